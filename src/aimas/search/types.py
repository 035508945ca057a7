"""What a question to the index looks like and what comes back; an index implements the Protocol."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from aimas.search.tree import Node


class Scope(msgspec.Struct, frozen=True):
    """Under which institution tones and themes are meant, and at which ledger position the answer holds."""

    institution: str
    snapshot: int
    came_after: int = 0
    """Only what came after this position."""
    ended_by: int | None = None
    """Only what ended after the snapshot and at this position at the latest."""


class Hit(msgspec.Struct, frozen=True):
    reading: int
    """Ledger position of the reading: names one publication in one version."""
    order: int
    """Sort key, unique: continue a list below it."""


class Reached(msgspec.Struct, frozen=True):
    """How far an index has come. Within a generation a position is never taken back, and says the same for ever."""

    position: int
    generation: str
    """Another whenever the index starts anew."""


Column: TypeAlias = NDArray[np.int64]
"""One value a publication."""

FACETS = ("lang", "source", "tone", "theme", "region")
"""Keyword fields that can be counted."""


class SearchIndex(Protocol):
    def position(self) -> int:
        """The ledger position that the index has taken in."""

    def reached(self) -> Reached: ...

    def count(self, node: Node, scope: Scope) -> int: ...

    def page(
        self, node: Node, scope: Scope, *, limit: int, below: int | None = None, by_relevance: bool = False
    ) -> list[Hit]:
        """Newest first; `below` continues after the last hit's order, never skipping or repeating."""

    def counted_page(
        self, node: Node, scope: Scope, *, limit: int, by_relevance: bool = False
    ) -> tuple[int, list[Hit]]:
        """`count` and the first `page` for the price of one: a wildcard is spelled out once."""

    def columns(self, node: Node, scope: Scope, names: Sequence[str]) -> dict[str, Column]:
        """Of the whole list, newest first: `reading`, `chain_at` (the first text of its chain of copies), `story_at`,
        both 0 where it is not placed; and `order`, whose values sort as a hit's do and are others, to have a sign."""

    def facets(self, node: Node, scope: Scope) -> dict[str, dict[str, int]]:
        """Publications per value of each of FACETS; a publication with two themes counts under both."""

    def days(self, node: Node, scope: Scope, since: date, until: date) -> dict[date, int]:
        """Dated publications per day in the home's time zone; days without any are absent."""

    def tones_by_day(
        self, node: Node, scope: Scope, since: date, until: date
    ) -> dict[date, dict[str, int]]: ...
