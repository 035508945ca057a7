"""What the program believes is never a bare value: it has words that made it, a strength and an author."""

from typing import Generic, TypeVar

import msgspec

T = TypeVar("T")


class Span(msgspec.Struct, frozen=True, order=True, array_like=True):
    """A stretch of text in Unicode code points, `end` exclusive."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise ValueError(f"a span must hold at least one character, got {self.start}..{self.end}")

    def of(self, text: str) -> str:
        """The words under this span."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        return self.start < other.end and other.start < self.end


class Guess(msgspec.Struct, Generic[T], frozen=True):
    """What we believe, how strongly, which words made us, and who said so."""

    value: T
    confidence: float
    """Calibrated probability, 0..1."""
    evidence: tuple[Span, ...]
    """Offsets into the text shown to the reader."""
    by: str
    """A model or rule with its version ("tone/2026-11") or a person ("person:aigerim")."""
