"""What is understood of a publication, and in which order; no mention, no further cost."""

from collections.abc import Sequence

import msgspec

from aimas.core import Guess, Language, Mention, Outcome, Passed, Publication, Reading, Span, Tone
from aimas.institution import Gazetteer, Institutions
from aimas.text import LanguageDetector
from aimas.tone import ToneAnswer, ToneModel, ToneQuestion

CONTEXT = 320
"""Characters on each side of a mention that a tone model is shown at most; sentences are cut to it at spaces."""


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
            question_about(text, mention, language.value)
            for text, language, mentions in zip(texts, languages, found, strict=True)
            for mention in mentions
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
        asked = [question_about(text, mentions[n], language) for n in silent]
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


def question_about(text: str, mention: Mention, language: Language) -> tuple[ToneQuestion, int]:
    """The mention's sentence, cut at spaces to CONTEXT around it, and where it starts in the text."""
    start = max(mention.sentence.start, mention.span.start - CONTEXT)
    end = min(mention.sentence.end, mention.span.end + CONTEXT)
    if start > mention.sentence.start:
        space = text.find(" ", start, mention.span.start)
        start = space + 1 if space >= 0 else start
    if end < mention.sentence.end:
        space = text.rfind(" ", mention.span.end, end)
        end = space if space >= 0 else end
    start, end = min(start, mention.span.start), max(end, mention.span.end)
    target = Span(mention.span.start - start, mention.span.end - start)
    return ToneQuestion(text[start:end], target, language), start
