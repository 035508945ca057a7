"""What is understood of a publication, and in which order; no mention, no further cost."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from aimas.core import Guess, Language, Mention, Outcome, Passed, Publication, Reading, Tone
from aimas.institution import Gazetteer, Institutions
from aimas.text import LanguageDetector
from aimas.tone import ToneAnswer, ToneModel
from aimas.tone.asking import Asked, questions_about

ASKED_MOST = 1_000
"""Mentions of one institution in one publication whose tone is asked, the first of them. An article has a few dozen; a
page with more is a list, a log or a trick, and each costs a hundredth of a second of everybody's. Those beyond are
found, counted and shown without a tone, as any that nobody looked at."""
EXPLAINED_MOST = 50
"""Mentions of one publication whose deciding words are sought at once: each costs ten answers."""


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
        told = [list(mentions) for mentions in found]
        explained: list[tuple[int, int, Asked]] = []
        plain: list[tuple[int, int, Asked]] = []
        for row, (text, language, mentions) in enumerate(zip(texts, languages, found, strict=True)):
            chosen = _first_of_each(mentions)
            asked = questions_about(text, [mentions[n] for n in chosen], language.value)
            placed = [(row, n, each) for n, each in zip(chosen, asked, strict=True)]
            most = EXPLAINED_MOST if self._evidence else 0
            explained += placed[:most]
            plain += placed[most:]
        for part, evidence in ((explained, True), (plain, False)):
            answers = self._tone.answers([each.question for *_, each in part], evidence) if part else []
            for (row, n, each), answer in zip(part, answers, strict=True):
                told[row][n] = _answered(told[row][n], answer, each)
        return [tuple(mentions) for mentions in told]

    def with_evidence(
        self, text: str, language: Language, mentions: Sequence[Mention]
    ) -> tuple[Mention, ...]:
        """The same mentions, with the deciding words where this very model took a side without saying why: those of
        the first EXPLAINED_MOST."""
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
        ][:EXPLAINED_MOST]
        asked = questions_about(text, [mentions[n] for n in silent], language)
        answers = model.answers([each.question for each in asked]) if asked else []
        told = list(mentions)
        for n, answer, each in zip(silent, answers, asked, strict=True):
            # Only the words are new: what was said and filed stays as it was, to the last digit.
            words = _answered(mentions[n], answer, each).tone
            was = mentions[n].tone
            assert was is not None and words is not None
            tone = msgspec.structs.replace(was, evidence=words.evidence)
            told[n] = msgspec.structs.replace(mentions[n], tone=tone)
        return tuple(told)


def _first_of_each(mentions: Sequence[Mention]) -> list[int]:
    """Which mentions are asked about: ASKED_MOST of each institution."""
    if len(mentions) <= ASKED_MOST:
        return [*range(len(mentions))]
    seen: Counter[str] = Counter()
    chosen = []
    for n, mention in enumerate(mentions):
        seen[mention.institution] += 1
        if seen[mention.institution] <= ASKED_MOST:
            chosen.append(n)
    return chosen


def _answered(mention: Mention, answer: ToneAnswer, asked: Asked) -> Mention:
    """Evidence moves from the question into the text."""
    evidence = tuple(asked.in_text(span) for span in answer.guess.evidence)
    guess: Guess[Tone] = msgspec.structs.replace(answer.guess, evidence=evidence)
    return msgspec.structs.replace(mention, tone=guess, scores=answer.scores)
