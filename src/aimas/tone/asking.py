"""What a tone model is asked about a mention: its sentence, the neighbours that have room, the title above them.

A mention is asked about in its own sentence, whole, with as many neighbours of the same paragraph as ROOM holds: the
nearest first, the following before the preceding, each whole. Where a sentence is short, what is said of the
institution often stands in the next one; a long one says it itself. A mention in the title takes the sentences
that follow. Elsewhere the title stands before the question where both have room: it says what the text is about.
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

ROOM = 200
"""Characters of a question that neighbouring sentences may fill up; docs/decisions/0007-tone.md tells what was measured
of shorter and longer ones."""

TITLED = 0
"""Characters that a question may have together with its title; a longer one goes without."""

_TITLE_ENDS = "\n\n"
_BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
"""Ends a paragraph."""


class Asked(NamedTuple):
    question: ToneQuestion
    start: int
    """Where its sentences begin in the text."""
    lead: int
    """Characters of the title and its newline before them; the text begins with the title."""

    def in_text(self, span: Span) -> Span:
        """A span of the question's text. One that reaches out of the title ends with it."""
        if span.start < self.lead:
            return Span(span.start, min(span.end, self.lead - 1))
        return Span(span.start - self.lead + self.start, span.end - self.lead + self.start)


def questions_about(
    text: str, mentions: Sequence[Mention], language: Language, room: int = ROOM, titled: int = TITLED
) -> list[Asked]:
    """Of each mention its question, in order. `text` is as it is shown: its title, an empty line, its paragraphs."""
    known = sentences(text) if mentions else []
    title = _title_end(text)
    return [_question_about(text, mention, language, known, title, room, titled) for mention in mentions]


def _title_end(text: str) -> int:
    """0 where there is none."""
    end = text.find(_TITLE_ENDS)
    return 0 if end < 0 or _BREAK.search(text, 0, end) else end


def _question_about(
    text: str,
    mention: Mention,
    language: Language,
    known: Sequence[Span],
    title: int,
    room: int,
    titled: int,
) -> Asked:
    span = mention.span
    begun = title + len(_TITLE_ENDS) if titled and span.start < title else 0
    first, last = _with_neighbours(text, mention, known, begun, room)
    start, end = max(first, span.start - CONTEXT), min(last, span.end + CONTEXT)
    if start > first:
        space = text.find(" ", start, span.start)
        start = space + 1 if space >= 0 else start
    if end < last:
        space = text.rfind(" ", span.end, end)
        end = space if space >= 0 else end
    above = f"{text[:title]}\n" if title and start > title else ""
    if len(above) + end - start > titled:
        above = ""
    target = Span(span.start - start + len(above), span.end - start + len(above))
    return Asked(ToneQuestion(above + text[start:end], target, language), start, len(above))


def _with_neighbours(
    text: str, mention: Mention, known: Sequence[Span], begun: int, room: int
) -> tuple[int, int]:
    """Where the sentences begin and end in which the mention is asked about; it lies in them. Before `begun` no
    line ends a paragraph."""
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
            if following.end - start <= room and not _BREAK.search(text, max(end, begun), following.start):
                end, after, grew = following.end, after + 1, True
        if before >= 0:
            preceding = known[before]
            if end - preceding.start <= room and not _BREAK.search(text, preceding.end, start):
                start, before, grew = preceding.start, before - 1, True
    return start, end
