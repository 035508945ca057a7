"""What an appeal is about, whether somebody is in danger now, and whose matter it is: suggestions, never decisions.

1. The encoder gives each token its logits; the text's are their mean, so every word's share of a suggestion is known
   exactly, and the words with the largest shares are its evidence.
2. A calibrated chance follows; below the threshold nothing is said.
3. Urgency is asked of the encoder and of stated rules (`urgency.py`): a rule that fires says so, a rule against (it is
   past, a question, a plan) lowers the chance.
"""

import re
from functools import cache

import msgspec
import numpy as np
from numpy.typing import NDArray

from aimas.appeals.encoder import SUGGESTING, Encoder, load_encoder
from aimas.appeals.urgency import NOW, PAST, signs
from aimas.core import Guess, Span

URGENT = "urgent"
USUAL = "usual"
OURS = "ours"
"""Of competence: nothing speaks for another body."""

_SHOWN = 5
"""Words of evidence at most."""
_COUNTS = 0.25
"""A word is evidence where it adds at least this share of what the strongest adds."""
_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_RULE_WEIGHT = 1.6
"""Logits that the rules add or take; chosen on the held-out rows."""

Array = NDArray[np.float64]


class Answer(msgspec.Struct, frozen=True):
    """All three at once, never abstaining: what an evaluation reads."""

    category: Guess[str]
    urgency: Guess[str]
    competence: Guess[str]


class Suggester:
    """Loaded once; safe for several threads."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._card = encoder.card
        self._tokenizer = encoder.tokenizer()
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
        tokens = self._encoder.logits(SUGGESTING, encoding.ids).astype(np.float64)
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
    """None where no model is installed: nothing is suggested then."""
    encoder = load_encoder()
    return Suggester(encoder) if encoder else None
