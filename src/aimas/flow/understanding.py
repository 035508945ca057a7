"""What is understood of a publication, and in which order; no mention, no further cost."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import msgspec

from aimas.core import Guess, Language, Mention, Outcome, Passed, Publication, Reading, Span, Tone
from aimas.institution import Gazetteer, Institutions
from aimas.text import LanguageDetector
from aimas.text.sentences import sentences
from aimas.tone import ToneAnswer, ToneModel, ToneQuestion

CONTEXT = 600
"""Characters on each side of a mention that a tone model is shown at most; sentences are cut to it at spaces. As many
as the encoder looks at, so that a long sentence is read as it is read in training and in `aimas eval tone`."""

ROOM = 200
"""Characters of a question that neighbouring sentences may fill up; docs/decisions/0007-tone.md tells what was measured
of shorter and longer ones."""

_BREAK = re.compile(r"[\n\r\x0b\x0c\x85\u2028\u2029]")
"""Ends a paragraph."""


class Understanding:
    """Language for all; mentions, places, themes and tone only where the institution is spoken of."""

    def __init__(
        self,
        detector: LanguageDetector,
        institutions: Institutions,
        gazetteer: Gazetteer,
        tone: ToneModel | None,
        *,
        evidence: bool = True,
    ) -> None:
        """Without `evidence` the deciding words are left to `with_evidence`: bulk runs are many times faster."""
        self._detector = detector
        self._institutions = institutions
        self._gazetteer = gazetteer
        self._tone = tone
        self._evidence = evidence

    def understand(self, batch: Sequence[Publication]) -> list[Outcome[Reading]]:
        texts = [p.shown for p in batch]
        languages = self._detector.detect_many(texts)
        found = [self._mentions(text, language) for text, language in zip(texts, languages, strict=True)]
        toned = self._with_tone(texts, languages, found)
        readings: list[Outcome[Reading]] = []
        for publication, text, language, mentions in zip(batch, texts, languages, toned, strict=True):
            readings.append(
                Passed(
                    Reading(
                        publication=publication,
                        language=language,
                        mentions=mentions,
                        places=self._gazetteer.places(text, language.value) if mentions else (),
                        themes=self._institutions.themes(text, mentions) if mentions else (),
                        versions=self.versions(bool(mentions)),
                    )
                )
            )
        return readings

    def versions(self, is_relevant: bool) -> tuple[str, ...]:
        """Everything that has a say in a reading; where nothing was found, who looked."""
        used = {self._detector.version, *self._institutions.versions}
        if is_relevant:
            used.add(self._gazetteer.version)
            if self._tone:
                used.add(self._tone.version)
        return tuple(sorted(used))

    def _mentions(self, text: str, language: Guess[Language]) -> tuple[Mention, ...]:
        if not self._institutions.speaks_of(text):
            return ()
        return self._institutions.find(text, language.value)

    def _with_tone(
        self,
        texts: Sequence[str],
        languages: Sequence[Guess[Language]],
        found: Sequence[tuple[Mention, ...]],
    ) -> list[tuple[Mention, ...]]:
        """All mentions of the batch go to the model at once."""
        if self._tone is None:
            return list(found)
        asked = [
            question
            for text, language, mentions in zip(texts, languages, found, strict=True)
            for question in questions_about(text, mentions, language.value)
        ]
        said = self._tone.answers([q for q, _ in asked], self._evidence) if asked else []
        answers = iter(zip(said, asked, strict=True))
        toned: list[tuple[Mention, ...]] = []
        for mentions in found:
            done = []
            for mention in mentions:
                answer, (_, start) = next(answers)
                done.append(_answered(mention, answer, start))
            toned.append(tuple(done))
        return toned

    def with_evidence(
        self, text: str, language: Language, mentions: Sequence[Mention]
    ) -> tuple[Mention, ...]:
        """The same mentions, with the deciding words where this very model took a side without saying why."""
        model = self._tone
        if model is None:
            return tuple(mentions)
        silent = [
            n
            for n, m in enumerate(mentions)
            if m.tone
            and m.tone.by == model.version
            and m.tone.value in (Tone.CRITICAL, Tone.POSITIVE)
            and not m.tone.evidence
        ]
        asked = questions_about(text, [mentions[n] for n in silent], language)
        answers = model.answers([q for q, _ in asked]) if asked else []
        told = list(mentions)
        for n, (_, start), answer in zip(silent, asked, answers, strict=True):
            # Only the words are new: what was said and filed stays as it was, to the last digit.
            words = _answered(mentions[n], answer, start).tone
            was = mentions[n].tone
            assert was is not None and words is not None
            tone = msgspec.structs.replace(was, evidence=words.evidence)
            told[n] = msgspec.structs.replace(mentions[n], tone=tone)
        return tuple(told)


def _answered(mention: Mention, answer: ToneAnswer, start: int) -> Mention:
    """Evidence moves from the question, which begins at `start`, into the text."""
    evidence = tuple(Span(s.start + start, s.end + start) for s in answer.guess.evidence)
    guess: Guess[Tone] = msgspec.structs.replace(answer.guess, evidence=evidence)
    return msgspec.structs.replace(mention, tone=guess, scores=answer.scores)


def questions_about(
    text: str, mentions: Sequence[Mention], language: Language
) -> list[tuple[ToneQuestion, int]]:
    """Of each mention its question, in order, and where that starts in the text.

    A mention is asked about in its own sentence, whole, with as many neighbours of the same paragraph as ROOM holds:
    the nearest first, the following before the preceding, each whole. Where a sentence is short, what is said of the
    institution often stands in the next one; a long one says it itself, and foreign neighbours would only push its own
    words out of the encoder's reach or lend it their tone. So neither a long paragraph nor an article on one line
    changes the answer to a sentence that is long enough.
    """
    known = sentences(text) if mentions else []
    return [_question_about(text, mention, language, known) for mention in mentions]


def _question_about(
    text: str, mention: Mention, language: Language, known: Sequence[Span]
) -> tuple[ToneQuestion, int]:
    span = mention.span
    first, last = _with_neighbours(text, mention, known)
    start, end = max(first, span.start - CONTEXT), min(last, span.end + CONTEXT)
    if start > first:
        space = text.find(" ", start, span.start)
        start = space + 1 if space >= 0 else start
    if end < last:
        space = text.rfind(" ", span.end, end)
        end = space if space >= 0 else end
    return ToneQuestion(text[start:end], Span(span.start - start, span.end - start), language), start


def _with_neighbours(text: str, mention: Mention, known: Sequence[Span]) -> tuple[int, int]:
    """Where the sentences begin and end in which the mention is asked about; it lies in them."""
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
            if following.end - start <= ROOM and not _BREAK.search(text, end, following.start):
                end, after, grew = following.end, after + 1, True
        if before >= 0:
            preceding = known[before]
            if end - preceding.start <= ROOM and not _BREAK.search(text, preceding.end, start):
                start, before, grew = preceding.start, before - 1, True
    return start, end
