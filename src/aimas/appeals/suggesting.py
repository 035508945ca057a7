"""What an appeal is about, whether somebody is in danger now, and whose matter it is: suggestions, never decisions.

1. The encoder gives each token its logits; the text's are their mean, so every word's share of a suggestion is known
   exactly, and the words with the largest shares are its evidence.
2. A calibrated chance follows; below the threshold nothing is said.
3. Urgency is asked of the encoder and of stated rules (`urgency.py`): a rule that fires says so, a rule against (it is
   past, a question, a plan) lowers the chance.
"""

import hashlib
import os
import re
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aimas.appeals.urgency import NOW, PAST, signs
from aimas.core import BadSetting, Guess, Span

URGENT = "urgent"
USUAL = "usual"
OURS = "ours"
"""Of competence: nothing speaks for another body."""

_FOLDERS = (
    Path(__file__).parents[1] / "models" / "appeals",
    Path(__file__).parents[3] / "models" / "appeals",
)
_SHOWN = 5
"""Words of evidence at most."""
_COUNTS = 0.25
"""A word is evidence where it adds at least this share of what the strongest adds."""
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_RULE_WEIGHT = 1.6
"""Logits that the rules add or take; chosen on the held-out rows."""

Array = NDArray[np.float64]


class _Card(msgspec.Struct, frozen=True):
    version: str
    sha256: dict[str, str]
    prefix: str
    most_tokens: int
    categories: tuple[str, ...]
    bodies: tuple[str, ...]
    temperature: dict[str, float]
    threshold: dict[str, float] = {}


class Answer(msgspec.Struct, frozen=True):
    """All three at once, never abstaining: what an evaluation reads."""

    category: Guess[str]
    urgency: Guess[str]
    competence: Guess[str]


class Suggester:
    """Loaded once; safe for several threads."""

    def __init__(self, folder: Path) -> None:
        """Raises BadSetting where files are missing or not those that the card describes."""
        try:
            self._card = msgspec.json.decode((folder / "card.json").read_bytes(), type=_Card)
            files = {name: (folder / name).read_bytes() for name in ("model.onnx", "tokenizer.json")}
        except FileNotFoundError as missing:
            raise BadSetting(
                f"The model for appeals lacks {missing.filename}; restore models/appeals."
            ) from missing
        for name, content in files.items():
            if hashlib.sha256(content).hexdigest() != self._card.sha256[name]:
                raise BadSetting(
                    f"{folder / name} is not the file that card.json describes; restore models/appeals."
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            files["model.onnx"], options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_buffer(files["tokenizer.json"])
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self._card.most_tokens)
        self.by = f"appeals/{self._card.version}"
        self._last: tuple[str, Answer] | None = None

    def category(self, text: str) -> Guess[str] | None:
        return self._told("category", self.answer(text).category)

    def urgency(self, text: str) -> Guess[str] | None:
        return self._told("urgency", self.answer(text).urgency)

    def competence(self, text: str) -> Guess[str] | None:
        """`ours`, or the id of a body in `competence.toml`."""
        return self._told("competence", self.answer(text).competence)

    def answer(self, text: str) -> Answer:
        """The three that follow one another are asked once."""
        last = self._last
        if last is not None and last[0] == text:
            return last[1]
        answer = self._answered(text)
        self._last = (text, answer)
        return answer

    def _told(self, what: str, guess: Guess[str]) -> Guess[str] | None:
        return guess if guess.confidence >= self._card.threshold.get(what, 0.5) else None

    def _answered(self, text: str) -> Answer:
        prefix, names = self._card.prefix, self._card.categories
        encoding = self._tokenizer.encode(prefix + text)
        ids = np.array([encoding.ids])
        logits = self._session.run(["logits"], {"ids": ids, "mask": np.ones_like(ids, np.int32)})[0][0]
        tokens = logits.astype(np.float64)
        spans = [(a - len(prefix), b - len(prefix)) for a, b in encoding.offsets]
        whole = tokens.mean(0)
        size = len(names)

        chances = _softmax(whole[:size] / self._card.temperature["category"])
        best = int(chances.argmax())
        rivals = np.delete(tokens[:, :size], best, 1).mean(1)
        category = Guess(
            names[best], float(chances[best]), self._words(text, spans, tokens[:, best] - rivals), self.by
        )
        others = (OURS, *self._card.bodies)
        chances = _softmax(whole[size + 1 :] / self._card.temperature["competence"])
        where = int(chances.argmax())
        share = tokens[:, size + 1 + where] - tokens[:, size + 1]
        competence = Guess(
            others[where],
            float(chances[where]),
            self._words(text, spans, share) if where else (),
            self.by,
        )
        return Answer(category, self._urgency(text, spans, tokens[:, size]), competence)

    def _urgency(self, text: str, spans: list[tuple[int, int]], shares: Array) -> Guess[str]:
        found = signs(text)
        for_it = [sign for sign in found if sign.says == NOW]
        against = [sign for sign in found if sign.says == PAST]
        logit = float(shares.mean()) / self._card.temperature["urgency"]
        logit += _RULE_WEIGHT * (bool(for_it) - bool(against and not for_it))
        chance = 1 / (1 + float(np.exp(-logit)))
        by = self.by + ("+rules" if for_it or against else "")
        if chance < 0.5:
            return Guess(USUAL, 1 - chance, tuple(sign.span for sign in against[:_SHOWN]), by)
        said = tuple(sign.span for sign in for_it)
        words = said or self._words(text, spans, shares)
        return Guess(URGENT, chance, tuple(sorted(words))[:_SHOWN], by)

    @staticmethod
    def _words(text: str, spans: list[tuple[int, int]], shares: Array) -> tuple[Span, ...]:
        """The words that add most, in order of place."""
        added: list[tuple[float, Span]] = []
        for match in _WORD.finditer(text):
            inside = [
                share
                for (start, end), share in zip(spans, shares, strict=True)
                if start < match.end() and match.start() < end and end > start
            ]
            if inside and len(match.group()) > 2:
                added.append((sum(inside), Span(match.start(), match.end())))
        added.sort(key=lambda each: -each[0])
        if not added or added[0][0] <= 0:
            return ()
        return tuple(sorted(span for value, span in added[:_SHOWN] if value >= _COUNTS * added[0][0]))


def _softmax(logits: Array) -> Array:
    z: Array = np.exp(logits - logits.max())
    chances: Array = z / z.sum()
    return chances


@cache
def load_suggester() -> Suggester | None:
    """None where no model is installed: nothing is suggested then. AIMAS_MODELS names another folder of models."""
    named = os.environ.get("AIMAS_MODELS")
    folders = (Path(named) / "appeals",) if named else _FOLDERS
    folder = next((folder for folder in folders if (folder / "card.json").is_file()), None)
    return Suggester(folder) if folder else None
