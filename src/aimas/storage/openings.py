"""Derived of sealed words and kept in memory only: the masked first line of each appeal, for lists."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

MOST = 10_000
"""Lines; each holds some hundred letters."""


class Openings:
    """One line a case, good as long as nothing happens to the case; what was asked for longest ago goes first.

    Safe to share between threads.
    """

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._lines: OrderedDict[str, tuple[int, str]] = OrderedDict()
        self._lock = Lock()

    def line(self, case: str, position: int, make: Callable[[], str]) -> str:
        """`position`: of the case's last event; `make` is asked where another one was the last."""
        with self._lock:
            kept = self._lines.get(case)
            if kept is not None and kept[0] == position:
                self._lines.move_to_end(case)
                return kept[1]
        made = make()
        with self._lock:
            self._lines[case] = position, made
            self._lines.move_to_end(case)
            while len(self._lines) > self._most:
                self._lines.popitem(last=False)
        return made

    def forget(self, case: str) -> None:
        with self._lock:
            self._lines.pop(case, None)
