"""The shipped tone model: an int8 encoder, calibrated per language, that says "unclear" where it can't tell.

1. A question is cut around its target and the target is marked (`encoding`).
2. The encoder gives three logits; the language's calibration makes probabilities of them (`calibration`).
3. The most probable tone is the answer; below the language's threshold the answer is unclear.
4. Evidence: the words near the target are taken out one by one, and those whose loss costs the chosen tone
   most are the ones that decided. A neutral answer has none.
"""

import hashlib
import os
import re
from array import array
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aimas.core import BadSetting, Guess, Language, Span, Tone
from aimas.tone.calibration import Calibration
from aimas.tone.encoding import OUTSIDE, UNSEEN, Encoded, Encoder
from aimas.tone.types import QUESTIONS, ToneAnswer, ToneQuestion

TONES = (Tone.POSITIVE, Tone.CRITICAL, Tone.NEUTRAL)

_FOLDERS = (
    Path(__file__).parents[1] / "models" / "tone",
    Path(__file__).parents[3] / "models" / "tone",
)
_REMEMBERED = 20_000
"""Questions whose logits are kept, since reprints ask them again; some 20 MB when full."""
_WORDS_TRIED = 24
"""Words around the target that are taken out in search of evidence, nearest first."""
_WORDS_SHOWN = 4
_COUNTS = 0.3
"""A word is evidence where its loss costs at least this share of what the costliest word's loss costs."""

_LETTERS = r"[^\W_](?:[^\W_]|[\u0300-\u036f])*"
"""With the accents that stand after their letter."""
_JOINT = rf"(?:[{UNSEEN}]*[-'’][{UNSEEN}]*|[{UNSEEN}]+)"
_WORD = re.compile(rf"{_LETTERS}(?:{_JOINT}{_LETTERS})*|[\U0001f300-\U0001faff\u2600-\u27bf]")


class _Card(msgspec.Struct, frozen=True):
    version: str
    sha256: dict[str, str]
    calibration: dict[str, Calibration]
    """By language; `all` for others."""


class OnnxTone:
    """Loaded once, asked by any number of threads at once: the session and the tokenizer are only read, and the cache
    of logits keeps its own lock. Two threads with one new question may both work it out, to the same digits."""

    def __init__(self, folder: Path, threads: int = 1) -> None:
        """Raises BadSetting where files are missing or not those that the card describes."""
        try:
            card = msgspec.json.decode((folder / "card.json").read_bytes(), type=_Card)
            files = {name: (folder / name).read_bytes() for name in ("model.onnx", "tokenizer.json")}
        except FileNotFoundError as missing:
            raise BadSetting(f"The tone model lacks {missing.filename}; restore models/tone.") from missing
        for name, content in files.items():
            if hashlib.sha256(content).hexdigest() != card.sha256[name]:
                raise BadSetting(
                    f"{folder / name} is not the file that card.json describes; restore models/tone."
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            files["model.onnx"], options, providers=["CPUExecutionProvider"]
        )
        self._encoder = Encoder(Tokenizer.from_buffer(files["tokenizer.json"]))
        self._remembered = lru_cache(_REMEMBERED)(self._alone)
        self._calibration = card.calibration
        self.version = f"tone/{card.version}@{card.sha256['model.onnx'][:8]}/q{QUESTIONS}"

    def answers(self, questions: Sequence[ToneQuestion], evidence: bool = True) -> list[ToneAnswer]:
        """One answer a question, in order. Raises ValueError for a target outside its text.

        Without evidence a bulk run is several times faster.
        """
        encoded = self._encoder.encoded([(q.text, q.target) for q in questions])
        languages = [q.language for q in questions]
        chances = self._chances(self._logits(encoded), languages)
        spans: list[tuple[Span, ...]] = [()] * len(questions)
        if evidence:
            sided = [
                n
                for n in range(len(questions))
                if TONES[int(chances[n].argmax())] is not Tone.NEUTRAL
                and self.calibration_of(languages[n]).tells(chances[n])
            ]
            spans_of_sided = self._evidence(
                [questions[n] for n in sided], [encoded[n] for n in sided], chances[sided]
            )
            for n, found in zip(sided, spans_of_sided, strict=True):
                spans[n] = found
        return [
            self._answer(row, self.calibration_of(language), found)
            for row, language, found in zip(chances, languages, spans, strict=True)
        ]

    def words_tried(self, question: ToneQuestion) -> list[Span]:
        """The words of a question that its evidence may name, nearest to the target first."""
        return _words_near(question, self._encoder.encoded([(question.text, question.target)])[0])

    def calibration_of(self, language: Language) -> Calibration:
        """A sentence in Kazakh and Russian is read with the Kazakh numbers."""
        key = "kk" if language is Language.KK_RU else language.value
        return self._calibration.get(key) or self._calibration["all"]

    def _answer(
        self, chances: NDArray[np.float64], calibration: Calibration, evidence: tuple[Span, ...]
    ) -> ToneAnswer:
        top = int(chances.argmax())
        confidence = float(chances[top])
        tone = TONES[top] if calibration.tells(chances) else Tone.UNCLEAR
        positive, critical, neutral = (float(c) for c in chances)
        return ToneAnswer(Guess(tone, confidence, evidence, self.version), (positive, critical, neutral))

    def _chances(self, logits: NDArray[np.float64], languages: Sequence[Language]) -> NDArray[np.float64]:
        chances = np.zeros_like(logits)
        for n, language in enumerate(languages):
            chances[n] = self.calibration_of(language).chances(logits[n])
        return chances

    def _logits(self, encoded: Sequence[Encoded]) -> NDArray[np.float64]:
        """Each question alone: int8 activations share a scale, so company would change an answer's digits; and of a
        few questions of unlike length the padding costs more than the larger batch saves."""
        logits = np.zeros((len(encoded), 3))
        for n, each in enumerate(encoded):
            logits[n] = self._remembered(array("I", each.ids).tobytes(), bytes(each.roles))
        return logits

    def _alone(self, ids: bytes, roles: bytes) -> NDArray[np.float32]:
        row: NDArray[np.float32] = self._together([Encoded(array("I", ids).tolist(), [*roles], [])])[0]
        row.flags.writeable = False
        return row

    def _together(self, encoded: Sequence[Encoded]) -> NDArray[np.float32]:
        length = max(len(e.ids) for e in encoded)
        ids = np.full((len(encoded), length), self._encoder.padding, np.int64)
        roles = np.zeros((len(encoded), length), np.int64)
        mask = np.zeros((len(encoded), length), np.int32)
        for row, each in enumerate(encoded):
            size = len(each.ids)
            ids[row, :size] = each.ids
            roles[row, :size] = each.roles
            mask[row, :size] = 1
        said: Any = self._session.run(["logits"], {"ids": ids, "mask": mask, "roles": roles})
        logits: NDArray[np.float32] = said[0]
        return logits

    def _evidence(
        self, questions: Sequence[ToneQuestion], encoded: Sequence[Encoded], chances: NDArray[np.float64]
    ) -> list[tuple[Span, ...]]:
        """The shortened questions of one answer, nearly equal in length, go through the encoder together."""
        found: list[tuple[Span, ...]] = []
        for question, whole, row in zip(questions, encoded, chances, strict=True):
            near = _words_near(question, whole)
            if not near:
                found.append(())
                continue
            without = self._together([_without(whole, [word]) for word in near]).astype(np.float64)
            top = int(row.argmax())
            left = self._chances(without, [question.language] * len(near))[:, top]
            found.append(_deciding(near, np.log(row[top]) - np.log(left + 1e-9)))
        return found


def load_tone(folder: Path | None = None, threads: int = 1) -> OnnxTone | None:
    """None where no weights are installed; AIMAS_MODELS names another folder of models."""
    if folder is not None:
        candidates: tuple[Path, ...] = (folder,)
    elif named := os.environ.get("AIMAS_MODELS"):
        candidates = (Path(named) / "tone",)
    else:
        candidates = _FOLDERS
    for candidate in candidates:
        if (candidate / "card.json").exists():
            return OnnxTone(candidate, threads)
    return None


def _words_near(question: ToneQuestion, encoded: Encoded) -> list[Span]:
    """Words that the encoder saw outside the target, nearest first."""
    seen = [
        span
        for span, role in zip(encoded.spans, encoded.roles, strict=True)
        if role == OUTSIDE and span[0] < span[1]
    ]
    if not seen:
        return []
    start, end = min(a for a, _ in seen), max(b for _, b in seen)
    target = question.target
    # All of the text, since what was seen may begin and end within a word.
    words = [Span(*m.span()) for m in _WORD.finditer(question.text)]
    words = [w for w in words if w.start < end and start < w.end and not w.overlaps(target)]
    words.sort(key=lambda w: max(w.start - target.end, target.start - w.end))
    return words[:_WORDS_TRIED]


def _without(encoded: Encoded, words: Sequence[Span]) -> Encoded:
    """The tokens that touch none of these words; marks and target stay."""
    keep = [
        n
        for n, ((a, b), role) in enumerate(zip(encoded.spans, encoded.roles, strict=True))
        if role != OUTSIDE or a == b or not any(a < w.end and w.start < b for w in words)
    ]
    return Encoded(
        [encoded.ids[n] for n in keep], [encoded.roles[n] for n in keep], [encoded.spans[n] for n in keep]
    )


def _deciding(words: Sequence[Span], costs: NDArray[np.float64]) -> tuple[Span, ...]:
    """The costliest words in the order of the text; neighbours of one space make one span. Empty where
    no single word's loss makes the answer less sure."""
    order = np.argsort(-costs)[:_WORDS_SHOWN]
    if not len(order) or costs[order[0]] <= 0:
        return ()
    least = _COUNTS * float(costs[order[0]])
    chosen = sorted(words[n] for n in order if costs[n] >= least)
    merged = [chosen[0]]
    for word in chosen[1:]:
        if word.start - merged[-1].end <= 1:
            merged[-1] = Span(merged[-1].start, word.end)
        else:
            merged.append(word)
    return tuple(merged)
