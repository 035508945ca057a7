"""Stretches of a text that do not overlap, found by place without going through them all."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable


class Stretches:
    """Half-open, in order of place. A long page has thousands of names: a question takes the logarithm of that."""

    def __init__(self, given: Iterable[tuple[int, int]] = ()) -> None:
        """Those that overlap or touch become one."""
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(given):
            if self._ends and start <= self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def hold(self, position: int) -> bool:
        before = bisect_right(self._starts, position)
        return before > 0 and position < self._ends[before - 1]

    def meet(self, start: int, end: int) -> bool:
        """Whether start..end has a character in common with any of them."""
        before = bisect_left(self._starts, end)
        return before > 0 and start < self._ends[before - 1]

    def add(self, start: int, end: int) -> None:
        """One that meets none of them."""
        place = bisect_left(self._starts, start)
        self._starts.insert(place, start)
        self._ends.insert(place, end)
