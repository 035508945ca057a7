"""What a tone model is asked and what it answers."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from aimas.core import Guess, Language, Span, Tone


class ToneQuestion(msgspec.Struct, frozen=True):
    """Which tone does this text take toward the words under `target`?"""

    text: str
    """The sentence with what is needed around it."""
    target: Span
    """Offsets in `text`."""
    language: Language


class ToneAnswer(msgspec.Struct, frozen=True):
    guess: Guess[Tone]
    """`unclear` below the model's threshold; evidence counts in the question's text."""
    scores: tuple[float, float, float]
    """Calibrated probabilities of positive, critical, neutral; they sum to one."""


class ToneModel(Protocol):
    version: str

    def answers(self, questions: Sequence[ToneQuestion], evidence: bool = True) -> list[ToneAnswer]:
        """One answer a question, in order. Raises ValueError for a target outside its text.

        Without `evidence` answers come about ten times sooner; the words can be asked for later.
        """
