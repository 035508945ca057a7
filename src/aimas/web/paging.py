"""Long tables, a page of rows at a time: each row can be reached, and found by its name or its state."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar
from urllib.parse import urlencode

import msgspec

ROWS = 50
T = TypeVar("T")


class Part(msgspec.Struct, Generic[T], frozen=True):
    """Some rows of a table, by the places that they have in it."""

    rows: Sequence[T]
    first: int
    """Counted from 1; 0 where the table is empty."""
    of: int
    earlier: str | None
    later: str | None
    """Where the rows before and after these are."""

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def is_end(self) -> bool:
        return self.last == self.of


class Choice(msgspec.Struct, frozen=True):
    """A state to narrow a table to; chosen already, its link takes that away."""

    label: str
    count: int
    href: str
    is_on: bool


class Narrowed(msgspec.Struct, frozen=True):
    """By which name and state rows are sought, and what else their address says."""

    path: str
    name: str
    state: str
    more: dict[str, object]

    def link(self, skip: int = 0, **changed: str) -> str:
        asked = {"name": self.name, "state": self.state, "skip": skip, **changed}
        said = urlencode(self.more | {k: v for k, v in asked.items() if v})
        return f"{self.path}?{said}" if said else self.path

    def fits(self, *names: str | None) -> bool:
        sought = self.name.casefold()
        return any(sought in said.casefold() for said in names if said is not None)

    def choices(self, counted: Sequence[tuple[str, str, int]]) -> list[Choice]:
        """Of states with their labels and how many are in them; the empty are left out, but for what is chosen."""
        return [
            Choice(label, n, self.link(state="" if state == self.state else state), state == self.state)
            for state, label, n in counted
            if n or state == self.state
        ]


def part(rows: Sequence[T], skip: int, link: Callable[[int], str], size: int = ROWS) -> Part[T]:
    """From `skip` on; beyond the end the last page."""
    start = min(skip, max(0, len(rows) - 1) // size * size)
    shown = rows[start : start + size]
    return Part(
        shown,
        start + 1 if shown else 0,
        len(rows),
        link(max(0, start - size)) if start else None,
        link(start + size) if start + size < len(rows) else None,
    )
