"""How far two texts agree, by runs of four words."""

import re
from collections import Counter
from typing import NamedTuple, TypeVar

_WORD = re.compile(r"\w+")

SHINGLE_WORDS = 4

T = TypeVar("T")


class Overlap(NamedTuple):
    """Shingles in both texts, in the second alone, in the first alone."""

    shared: int
    added: int
    missing: int

    @property
    def precision(self) -> float:
        return (
            self.shared / (self.shared + self.added) if self.shared + self.added else float(not self.missing)
        )

    @property
    def recall(self) -> float:
        return (
            self.shared / (self.shared + self.missing)
            if self.shared + self.missing
            else float(not self.added)
        )

    @property
    def f1(self) -> float:
        both = 2 * self.shared + self.added + self.missing
        return 2 * self.shared / both if both else 1.0


def words(text: str) -> list[str]:
    return _WORD.findall(text)


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Runs of four words with their counts; a shorter text is one run."""
    found = words(text)
    if not found:
        return Counter()
    return Counter(
        tuple(found[start : start + SHINGLE_WORDS]) for start in range(max(1, len(found) - SHINGLE_WORDS + 1))
    )


def overlap(true: Counter[T], found: Counter[T]) -> Overlap:
    shared = (true & found).total()
    return Overlap(shared, found.total() - shared, true.total() - shared)


def agreement(one: str, other: str) -> float:
    """F1 of shingles, 0..1, the same both ways round."""
    return overlap(shingles(one), shingles(other)).f1
