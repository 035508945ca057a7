"""What a tone model is asked about a mention: its sentence, the neighbours that have room, the title above them.

A mention is asked about in its own sentence, whole, with as many neighbours of the same paragraph as there is room for:
the nearest first, the following before the preceding, each whole. Where a sentence is short, what is said of the
institution often stands in the next one; a long one says it itself. Above stands the title, which says what the text
is about, and before which neighbours give way; a sentence too long for both goes without. A mention in the title takes
the sentences that follow it.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from aimas.core import Language, Mention, Span
from aimas.text.sentences import sentences
from aimas.tone.types import ToneQuestion

CONTEXT = 600
"""Characters on each side of a mention that a tone model is shown at most; sentences are cut to it at spaces. As many
as the encoder looks at, so that a long sentence is read as it is read in training and in `aimas eval tone`."""

ROOM = 300
"""Characters of a question that neighbouring sentences may fill up; docs/decisions/0007-tone.md tells what was measured
of shorter and longer ones."""

TITLED = 380
"""The same together with the title above."""

_TITLE_ENDS = "\n\n"
_BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
"""Ends a paragraph."""


class Asked(NamedTuple):
    """A question and where its text stands: first `lead` characters of the whole text, then those from `start` on."""

    question: ToneQuestion
    start: int
    lead: int
    """Of the title and the empty line after it; 0 without one."""

    def in_text(self, span: Span) -> Span:
        """Where a stretch of the question's text stands in the whole. None lies on both sides of the empty line."""
        if span.start < self.lead:
            return span
        return Span(span.start - self.lead + self.start, span.end - self.lead + self.start)


def questions_about(
    text: str, mentions: Sequence[Mention], language: Language, room: int = ROOM, titled: int = TITLED
) -> list[Asked]:
    """Of each mention its question, in order. `text` is as it is shown: its title, an empty line, its paragraphs.

    With `titled` 0 no title is looked at, and a mention in it is asked about alone.
    """
    known = sentences(text) if mentions else []
    body = _body(text, titled)
    return [_question_about(text, mention, language, known, body, room, titled) for mention in mentions]


def _body(text: str, titled: int) -> int:
    """Where the text below its title begins; 0 without a title, or with one that would take more than half of what
    is asked. Paragraphs are one newline apart, so the first empty line is the title's."""
    end = text.find(_TITLE_ENDS)
    if end <= 0 or end > titled // 2 or _BREAK.search(text, 0, end):
        return 0
    return end + len(_TITLE_ENDS)


def _question_about(
    text: str,
    mention: Mention,
    language: Language,
    known: Sequence[Span],
    body: int,
    room: int,
    titled: int,
) -> Asked:
    span = mention.span
    below = 0 < body <= span.start
    first, last = _with_neighbours(text, mention, known, body, min(room, titled - body) if below else room)
    start, end = max(first, span.start - CONTEXT), min(last, span.end + CONTEXT)
    if start > first:
        space = text.find(" ", start, span.start)
        start = space + 1 if space >= 0 else start
    if end < last:
        space = text.rfind(" ", span.end, end)
        end = space if space >= 0 else end
    lead = body if below and body <= start and body + end - start <= titled else 0
    target = Span(span.start - start + lead, span.end - start + lead)
    return Asked(ToneQuestion(text[:lead] + text[start:end], target, language), start, lead)


def _with_neighbours(
    text: str, mention: Mention, known: Sequence[Span], body: int, room: int
) -> tuple[int, int]:
    """Where the sentences begin and end in which the mention is asked about; it lies in them. What
    stands above `body` is no paragraph of its own."""
    start = min(mention.sentence.start, mention.span.start)
    end = max(mention.sentence.end, mention.span.end)
    before = bisect_right(known, start, key=lambda s: s.end) - 1
    after = bisect_left(known, end, key=lambda s: s.start)
    # A mention may reach over the end of its sentence.
    if own := known[before + 1 : after]:
        start, end = min(start, own[0].start), max(end, own[-1].end)
    grew = True
    while grew:
        grew = False
        if after < len(known):
            following = known[after]
            if following.end - start <= room and not _BREAK.search(text, max(end, body), following.start):
                end, after, grew = following.end, after + 1, True
        if before >= 0:
            preceding = known[before]
            if end - preceding.start <= room and not _BREAK.search(text, preceding.end, start):
                start, before, grew = preceding.start, before - 1, True
    return start, end
