"""An index that remembers what it said: the list of a query at a snapshot never changes, whoever asks again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from aimas.search.tree import Node, written
from aimas.search.types import Column, Hit, Reached, Scope, SearchIndex

ANSWERS_ROOM = 32_000_000
"""Bytes. A board asks some sixty questions, a digest of a week some two hundred; most answers take one or two thousand,
all facets of six hundred outlets 70,000."""
VALUE_BYTES = 120
"""Of one hit, or of one value with its count."""
K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Kept(Generic[K, T]):
    """What followed from an index at snapshots that it had reached, for threads. All is forgotten when the index starts
    anew; where there is no room, what was not asked for longest."""

    def __init__(self, reached: Callable[[], Reached], room: int, size: Callable[[K, T], int]) -> None:
        """The room for all is in the unit in which `size` tells how much one takes with its key."""
        self._reached = reached
        self._room = room
        self._size = size
        self._lock = threading.Lock()
        self._of = ""
        self._kept: OrderedDict[K, tuple[T, int]] = OrderedDict()
        self._taken = 0

    def asked(self, key: K, snapshot: int, ask: Callable[[], T]) -> T:
        """Nobody changes what they are given."""
        reached = self._reached()
        known = self.known((key,), reached)
        if key in known:
            return known[key]
        said = ask()
        self.keep({key: said}, reached, snapshot)
        return said

    def known(self, keys: Iterable[K], reached: Reached) -> dict[K, T]:
        """`reached` is where the index is now."""
        found: dict[K, T] = {}
        with self._lock:
            self._turn(reached)
            for key in keys:
                if key in self._kept:
                    self._kept.move_to_end(key)
                    found[key] = self._kept[key][0]
        return found

    def keep(self, said: Mapping[K, T], reached: Reached, snapshot: int) -> None:
        """`reached` is where the index was before it was asked: what had not come to the snapshot by then told of a
        part alone, and what has started anew since may have told of either."""
        if reached.position < snapshot or self._reached().generation != reached.generation:
            return
        sizes = {key: self._size(key, one) for key, one in said.items()}
        with self._lock:
            self._turn(reached)
            for key, one in said.items():
                if key not in self._kept:
                    self._kept[key] = one, sizes[key]
                    self._taken += sizes[key]
            while self._taken > self._room and len(self._kept) > 1:
                _, (_, size) = self._kept.popitem(last=False)
                self._taken -= size

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._taken = 0

    def _turn(self, reached: Reached) -> None:
        if reached.generation != self._of:
            self._kept.clear()
            self._of, self._taken = reached.generation, 0


class KeptIndex:
    """A SearchIndex before another. Pages further down, lists by relevance and whole columns are asked anew."""

    def __init__(self, index: SearchIndex, room: int = ANSWERS_ROOM) -> None:
        self._index = index
        self._answers: Kept[tuple[Any, ...], Any] = Kept(index.reached, room, _bytes)

    def reached(self) -> Reached:
        return self._index.reached()

    def position(self) -> int:
        return self._index.position()

    def count(self, node: Node, scope: Scope) -> int:
        return self._asked((node, scope, "count"), lambda: self._index.count(node, scope))

    def page(
        self, node: Node, scope: Scope, *, limit: int, below: int | None = None, by_relevance: bool = False
    ) -> list[Hit]:
        return self._index.page(node, scope, limit=limit, below=below, by_relevance=by_relevance)

    def counted_page(
        self, node: Node, scope: Scope, *, limit: int, by_relevance: bool = False
    ) -> tuple[int, list[Hit]]:
        if by_relevance:
            return self._index.counted_page(node, scope, limit=limit, by_relevance=True)
        return self._asked(
            (node, scope, "page", limit), lambda: self._index.counted_page(node, scope, limit=limit)
        )

    def columns(self, node: Node, scope: Scope, names: Sequence[str]) -> dict[str, Column]:
        return self._index.columns(node, scope, names)

    def facets(self, node: Node, scope: Scope) -> dict[str, dict[str, int]]:
        return self._asked((node, scope, "facets"), lambda: self._index.facets(node, scope))

    def days(self, node: Node, scope: Scope, since: date, until: date) -> dict[date, int]:
        return self._asked(
            (node, scope, "days", since, until), lambda: self._index.days(node, scope, since, until)
        )

    def tones_by_day(self, node: Node, scope: Scope, since: date, until: date) -> dict[date, dict[str, int]]:
        return self._asked(
            (node, scope, "tones", since, until), lambda: self._index.tones_by_day(node, scope, since, until)
        )

    def _asked(self, key: tuple[Any, ...], ask: Callable[[], T]) -> T:
        said: T = self._answers.asked(key, key[1].snapshot, ask)
        return said


def question_bytes(node: Node) -> int:
    """About what a query takes as a key, by measurement: each short word is a thing of its own."""
    return 1_000 + 20 * len(written(node))


def _bytes(key: tuple[Any, ...], said: Any) -> int:
    return question_bytes(key[0]) + VALUE_BYTES * _values(said)


def _values(said: Any) -> int:
    match said:
        case dict():
            return sum(_values(one) for one in said.values())
        case (int(), list(hits)):
            return 1 + len(hits)
        case _:
            return 1
