"""What a tone model is asked and what it answers."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from aimas.core import Guess, Language, Span, Tone

QUESTIONS = 3
"""How a question is made of a text and cut for the encoder; raised when the same mention of the same text is asked
about otherwise. It is part of the model's version: older readings are then read again, and no words are looked for to
an answer that was given to another question. 2: with neighbouring sentences, more unseen characters
skipped. 3: with more neighbours, and the title above."""


class ToneQuestion(msgspec.Struct, frozen=True):
    """Which tone does this text take toward the words under `target`?"""

    text: str
    """The sentence, with neighbours and the title where they have room."""
    target: Span
    """Offsets in `text`."""
    language: Language


class ToneAnswer(msgspec.Struct, frozen=True):
    guess: Guess[Tone]
    """`unclear` below the model's threshold; evidence counts in the question's text."""
    scores: tuple[float, float, float]
    """Calibrated probabilities of positive, critical, neutral; they sum to one."""


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """That a person said what the tone of a mention is: who, what, why, instead of what."""

    publication: str
    """Its id."""
    institution: str
    target: str
    span: Span
    """In the publication as it is shown."""
    instead_of: int
    """Ledger position of the reading that the person looked at."""
    model: Tone | None
    """What the model had said; None where none had looked."""
    model_by: str | None
    before: Tone | None
    """What held before: the model's answer or an earlier person's."""
    before_by: str | None
    tone: Tone | None
    """None: the person took back what was said, the model's answer holds again."""
    by: str
    reason: str
    """Empty where none was given."""


class ToneModel(Protocol):
    version: str
    """Of the weights and of how questions are made."""

    def answers(self, questions: Sequence[ToneQuestion], evidence: bool = True) -> list[ToneAnswer]:
        """One answer a question, in order. Raises ValueError for a target outside its text.

        Without `evidence` answers come about ten times sooner; the words can be asked for later.
        """
