"""Which language a text is in: Russian, Kazakh, English, Kazakh with Russian, or none of these.

A softmax over hashed letter n-grams tells the languages (`models/language/`); runs of words tell whether
Kazakh and Russian clauses stand side by side. What it was measured against stands in docs/decisions/0005.
"""

import hashlib
import re
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from aimas.core import BadSetting, Guess, Language, Span
from aimas.text import grams
from aimas.text.memory import Memory

_FOLDERS = (
    Path(__file__).parents[1] / "models" / "language",
    Path(__file__).parents[3] / "models" / "language",
)
_OURS = ("kk", "ru", "en")
_COLUMNS = (Language.KK, Language.RU, Language.EN, Language.OTHER)

_LONG = 1_200
"""Characters; of a longer text three windows are read, and all of it only where two languages show."""
_WINDOW = 120
_WHOLE = 16_000
"""Characters read at most when clauses of two languages are looked for."""
_BATCH = 64
_SEEN = 100_000
"""Words whose scores are remembered; about 25 MB when full. Then it begins anew."""

_EXPECTED = 5.0
"""Added to the three languages' sums: a stream from Kazakhstan holds little else, and two words say little.

Chosen on SIB-200's dev part; in a sentence it no longer weighs anything.
"""
_SHARPNESS = 1.3
"""Makes the stated confidence equal the share that was right on held-out pairs of words and titles."""

_ELSEWHERE = re.compile(r"[\u0370-\u03ff\u0530-\u1dff\u2c00-\ud7ff\uf900-\ufdff]")
_KAZAKH_LETTERS = "іқңғәөүұһ"
"""The commonest first."""
_RUSSIAN_WORDS = (
    " и ",
    " в ",
    " на ",
    " не ",
    " что ",
    " с ",
    " по ",
    " для ",
    " из ",
    " это ",
    " как ",
    " от ",
)

_SWITCH = 4.0
"""What a change of language costs, in nats: about one clear word and a half."""
_CLAUSE_END = re.compile(r"[,.;:!?…\n()«»\"—–]")
_CLAUSE_WORDS = 3
_CLAUSE_SURE = 0.9


class _Card(msgspec.Struct):
    version: str
    sha256: str


class _Seen(dict[str, int]):
    """Words and their places in a table; `fresh` are those that stand in none yet."""

    def __init__(self) -> None:
        super().__init__()
        self.fresh: list[str] = []

    def __missing__(self, word: str) -> int:
        place = self[word] = len(self)
        self.fresh.append(word)
        return place


class _Model:
    """Words in, scores out; weights are 8-bit integers with one scale."""

    def __init__(self, folder: Path) -> None:
        file = folder / "weights.npz"
        try:
            card = msgspec.json.decode((folder / "card.json").read_bytes(), type=_Card)
            found = hashlib.sha256(file.read_bytes()).hexdigest()
        except FileNotFoundError as missing:
            raise BadSetting(
                f"The language model is missing: {missing.filename}; restore models/language."
            ) from missing
        if found != card.sha256:
            raise BadSetting(f"{file} is not the file that its card.json describes; restore models/language.")
        with np.load(file) as stored:
            # Stored in eight bits; a sum of five needs more, and widening once beats widening each time.
            self._weights: NDArray[np.int16] = stored["weights"].astype(np.int16)
            self.scale = np.float32(stored["scale"])
            self.languages: list[str] = stored["languages"].tolist()
        self.by = f"language/{card.version}"
        self.ours = [self.languages.index(code) for code in _OURS]
        self._expected = np.zeros(len(self.languages), np.float32)
        self._expected[self.ours] = _EXPECTED
        self._turn = Lock()
        self._seen = _Seen()
        self._scores = np.empty((0, len(self.languages)), np.float32)
        self._counts = np.empty(0, np.int64)

    def words(
        self, read: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
        """A score for each word and language, each word's number of n-grams, and each text's first word."""
        firsts = np.zeros(len(read), np.int64)
        np.cumsum([len(words) for words in read[:-1]], out=firsts[1:])
        with self._turn:
            places = [*map(self._seen.__getitem__, chain.from_iterable(read))]
            if self._seen.fresh:
                self._learn()
            scores, counts = self._scores.take(places, axis=0), self._counts.take(places)
            if len(self._seen) > _SEEN:
                self._seen = _Seen()
        return scores, counts, firsts

    def _learn(self) -> None:
        """No n-gram runs over a space, so a word scores the same wherever it stands."""
        scores, counts = self._worked_out(self._seen.fresh)
        first, last = len(self._seen) - len(self._seen.fresh), len(self._seen)
        if last > len(self._counts):
            self._scores = np.concatenate(
                (self._scores[:first], np.empty_like(self._scores, shape=(2 * last, scores.shape[1])))
            )
            self._counts = np.concatenate((self._counts[:first], np.empty_like(self._counts, shape=2 * last)))
        self._scores[first:last], self._counts[first:last] = scores, counts
        self._seen.fresh.clear()

    def _worked_out(self, words: Sequence[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        buckets, spaces = grams.hashed(words)
        rows = self._weights.take(buckets[:, 0], axis=0)
        for column in range(1, grams.LONGEST):
            rows += self._weights.take(buckets[:, column], axis=0)
        scores = np.add.reduceat(rows, spaces, axis=0, dtype=np.float32) * self.scale
        return scores, np.add.reduceat(np.count_nonzero(buckets, axis=1), spaces)

    def chances(self, totals: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Columns as in `_OURS`, then anything else."""
        scores = (totals + self._expected) / np.sqrt(np.maximum(counts, 1), dtype=np.float32)[:, None]
        scores *= _SHARPNESS
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        ours = chances[:, self.ours]
        return np.column_stack((ours, np.maximum(0, 1 - ours.sum(axis=1))))


class LanguageDetector:
    """Made in some ten milliseconds; keeps scores of words and nothing of texts, and threads may share one."""

    def __init__(self, folder: Path | None = None) -> None:
        """Raises BadSetting where the weights are missing or are not those of their card."""
        self._model = _Model(
            folder or next((f for f in _FOLDERS if (f / "card.json").is_file()), _FOLDERS[-1])
        )
        self._kk, self._ru = self._model.ours[0], self._model.ours[1]
        self.version = self._model.by

    def detect(self, text: str) -> Guess[Language]:
        """Evidence is empty except for kk-ru, where it shows the runs of words that made it so."""
        return self._batch((text,))[0]

    def detect_many(self, texts: Iterable[str]) -> list[Guess[Language]]:
        """As `detect` one by one, in the same order, at twice the speed."""
        listed = list(texts)
        return [
            guess for at in range(0, len(listed), _BATCH) for guess in self._batch(listed[at : at + _BATCH])
        ]

    def _batch(self, texts: Sequence[str]) -> list[Guess[Language]]:
        by = self._model.by
        guesses = [Guess(Language.OTHER, 1.0, (), by)] * len(texts)
        asked: list[int] = []
        read: list[list[str]] = []
        for number, text in enumerate(texts):
            if words_read := grams.words(_sample(text)):
                asked.append(number)
                read.append(words_read)
        if not asked:
            return guesses
        words, counts, firsts = self._model.words(read)
        chances = self._model.chances(np.add.reduceat(words, firsts, axis=0), np.add.reduceat(counts, firsts))
        best = chances.argmax(axis=1).tolist()
        lean = (words[:, self._kk] - words[:, self._ru]) / np.sqrt(np.maximum(counts, 1))
        lasts = [*firsts[1:].tolist(), len(words)]
        for row, number in enumerate(asked):
            text = texts[number]
            if _foreign(text):
                continue
            if _perhaps_mixed(text, lean[firsts[row] : lasts[row]]):
                mixed = self._mixed(text)
                if mixed is not None:
                    guesses[number] = mixed
                    continue
            guesses[number] = Guess(_COLUMNS[best[row]], float(chances[row, best[row]]), (), by)
        return guesses

    def _mixed(self, text: str) -> Guess[Language] | None:
        """kk-ru where both languages hold a clause; None where one of them only lends words or names."""
        places = [match.span() for match in grams.LETTERS.finditer(text, 0, _WHOLE)]
        if len(places) < 2 * _CLAUSE_WORDS:
            return None
        words, counts, _ = self._model.words([[_whole[text[a:b]] for a, b in places]])
        lean = (words[:, self._kk] - words[:, self._ru]) / np.sqrt(np.maximum(counts, 1))
        runs = _runs(lean.tolist(), _breaks(text, places))
        found: dict[Language, list[tuple[float, Span]]] = {Language.KK: [], Language.RU: []}
        for first, last in runs:
            if last - first < _CLAUSE_WORDS:
                continue
            if sum(text[places[at][0]].islower() for at in range(first, last)) < _CLAUSE_WORDS - 1:
                continue
            chances = self._model.chances(
                words[first:last].sum(axis=0)[None], counts[first:last].sum(keepdims=True)
            )[0]
            language = _COLUMNS[int(chances.argmax())]
            if language in found and chances.max() >= _CLAUSE_SURE:
                found[language].append((float(chances.max()), Span(places[first][0], places[last - 1][1])))
        if not all(found.values()):
            return None
        sure = min(max(chance for chance, _ in clauses) for clauses in found.values())
        shown = sorted(span for clauses in found.values() for _, span in clauses)
        return Guess(Language.KK_RU, sure, tuple(shown), self._model.by)


_whole = Memory(lambda written: "".join(grams.words(written)) or "x", _SEEN)
"""Of what was taken for one word, its letters in one piece."""


def _sample(text: str) -> str:
    """The text, or its beginning, middle and end."""
    size = len(text)
    if size <= _LONG:
        return text
    middle = (size - _WINDOW) // 2
    return f"{text[:_WINDOW]} {text[middle : middle + _WINDOW]} {text[-_WINDOW:]}"


def _foreign(text: str) -> bool:
    """Half of the letters and more are neither Cyrillic nor Latin."""
    if _ELSEWHERE.search(text, 0, _LONG) is None:
        return False
    beginning = text[:_LONG]
    return 2 * len(_ELSEWHERE.findall(beginning)) >= sum(map(str.isalpha, beginning))


def _perhaps_mixed(text: str, lean: NDArray[np.floating[Any]]) -> bool:
    """A cheap look: three neighbours that lean to Kazakh, and three to Russian."""
    if len(text) > _LONG:
        read = text[:_WHOLE]
        return _has(read, _KAZAKH_LETTERS, 2 * _CLAUSE_WORDS) and _has(read, _RUSSIAN_WORDS, 2)
    if len(lean) < 2 * _CLAUSE_WORDS:
        return False
    sums = np.convolve(lean, np.ones(_CLAUSE_WORDS, np.float32), "valid")
    return bool(sums.max() > _SWITCH and sums.min() < -_SWITCH)


def _has(text: str, marks: Iterable[str], least: int) -> bool:
    """So many of the marks in all."""
    for mark in marks:
        least -= text.count(mark)
        if least <= 0:
            return True
    return False


def _breaks(text: str, places: Sequence[tuple[int, int]]) -> list[bool]:
    """Whether a sentence or clause may end before the word."""
    ends = [False]
    for (_, end), (start, _) in pairwise(places):
        alone = start - end == 1 and text[end] == " "
        ends.append(not alone and _CLAUSE_END.search(text, end, start) is not None)
    return ends


def _runs(lean: list[float], breaks: list[bool]) -> list[tuple[int, int]]:
    """The likeliest cut of the words into Kazakh and Russian runs (Viterbi); between clauses it is cheap."""
    kk = ru = 0.0
    from_kk: list[bool] = []
    from_ru: list[bool] = []
    for score, clause in zip(lean, breaks, strict=True):
        cost = _SWITCH / 2 if clause else _SWITCH
        from_ru.append(ru - cost > kk)
        from_kk.append(kk - cost > ru)
        kk, ru = max(kk, ru - cost) + score / 2, max(ru, kk - cost) - score / 2
    at_kk = kk >= ru
    runs: list[tuple[int, int]] = []
    end = len(lean)
    for at in range(len(lean) - 1, -1, -1):
        changes = from_ru[at] if at_kk else from_kk[at]
        if changes or at == 0:
            runs.append((at, end))
            end = at
            if changes:
                at_kk = not at_kk
    return runs[::-1]
