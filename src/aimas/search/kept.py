"""An index that remembers what it said: the list of a query at a snapshot never changes, whoever asks again.

And what a long list says at the next snapshot is what it said at the last, with what came and without what ended in
between: so the next publication does not have millions counted again.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from time import perf_counter
from typing import Any, Generic, TypeAlias, TypeVar

from msgspec.structs import replace

from aimas.search.tree import Node, written
from aimas.search.types import Column, Hit, Reached, Scope, SearchIndex

ANSWERS_ROOM = 32_000_000
"""Bytes. A board asks some sixty questions, a digest of a week some two hundred; most answers take one or two thousand,
all facets of six hundred outlets 70,000."""
WORTH_S = 0.02
"""What was answered sooner is asked anew at the next snapshot."""
FAR = 100_000
"""Ledger positions over which an answer is carried on."""
LONG = 2_000
"""Questions of which it is known that they took long."""
ENDED = 1_000
"""Versions ended in between, at most, for a first page to be carried on."""
WIDE = 5_000
"""Values of a field from which facets are not carried on."""
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


Carried: TypeAlias = Callable[[T, T, T], T | None]
"""An answer, what came to it and what ended of it, to the answer now; None where they do not suffice."""


class _Long:
    """Questions that took long, with the snapshot at which each was answered last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: OrderedDict[tuple[Any, ...], int] = OrderedDict()

    def before(self, question: tuple[Any, ...], snapshot: int) -> int | None:
        """None too where that is later, or so long ago that as much would be asked again."""
        with self._lock:
            last = self._last.get(question)
        return last if last and last < snapshot <= last + FAR else None

    def told(self, question: tuple[Any, ...], snapshot: int) -> None:
        with self._lock:
            self._last[question] = snapshot
            self._last.move_to_end(question)
            while len(self._last) > LONG:
                self._last.popitem(last=False)


class CarriedOn:
    """Answers kept, and those that took long carried from the snapshot at which they were given last to the next."""

    def __init__(
        self, kept: Kept[Any, Any], reached: Callable[[], Reached], worth_s: float = WORTH_S
    ) -> None:
        self._kept = kept
        self._reached = reached
        self._long = _Long()
        self._worth_s = worth_s

    def asked(
        self,
        node: Node,
        scope: Scope,
        what: tuple[Hashable, ...],
        ask: Callable[[Scope], T],
        carried: "Carried[T] | None" = None,
    ) -> T:
        """`what` with the node and the scope names the answer."""
        question = (node, scope.institution, *what)

        def anew() -> T:
            if carried is not None and (before := self._long.before(question, scope.snapshot)) is not None:
                was = replace(scope, snapshot=before)
                known = self._kept.known([(node, was, *what)], self._reached())
                if known:
                    (said,) = known.values()
                    came = ask(replace(scope, came_after=before))
                    ended = ask(replace(was, ended_by=scope.snapshot))
                    if (now := carried(said, came, ended)) is not None:
                        self._long.told(question, scope.snapshot)
                        return now
            began = perf_counter()
            answer = ask(scope)
            if carried is not None and perf_counter() - began >= self._worth_s:
                self._long.told(question, scope.snapshot)
            return answer

        said: T = self._kept.asked((node, scope, *what), scope.snapshot, anew)
        return said

    def clear(self) -> None:
        self._kept.clear()


class KeptIndex:
    """A SearchIndex before another. Pages further down, lists by relevance and whole columns are asked anew."""

    def __init__(self, index: SearchIndex, room: int = ANSWERS_ROOM, worth_s: float = WORTH_S) -> None:
        self._index = index
        self._answers = CarriedOn(Kept(index.reached, room, _bytes), index.reached, worth_s)

    def reached(self) -> Reached:
        return self._index.reached()

    def position(self) -> int:
        return self._index.position()

    def count(self, node: Node, scope: Scope) -> int:
        count: int = self._answers.asked(
            node, scope, ("count",), lambda of: self._index.count(node, of), _sum
        )
        return count

    def page(
        self, node: Node, scope: Scope, *, limit: int, below: int | None = None, by_relevance: bool = False
    ) -> list[Hit]:
        return self._index.page(node, scope, limit=limit, below=below, by_relevance=by_relevance)

    def counted_page(
        self, node: Node, scope: Scope, *, limit: int, by_relevance: bool = False
    ) -> tuple[int, list[Hit]]:
        if by_relevance:
            return self._index.counted_page(node, scope, limit=limit, by_relevance=True)

        def ask(of: Scope) -> tuple[int, list[Hit]]:
            # Of what ended all must be known, of all else no more than a page.
            most = limit if of.ended_by is None else max(limit, ENDED)
            return self._index.counted_page(node, of, limit=most)

        what = "page", limit
        page: tuple[int, list[Hit]] = self._answers.asked(node, scope, what, ask, partial(_turned, limit))
        return page

    def columns(self, node: Node, scope: Scope, names: Sequence[str]) -> dict[str, Column]:
        return self._index.columns(node, scope, names)

    def facets(self, node: Node, scope: Scope) -> dict[str, dict[str, int]]:
        return self._answers.asked(
            node, scope, ("facets",), lambda of: self._index.facets(node, of), _sum_facets
        )

    def days(self, node: Node, scope: Scope, since: date, until: date) -> dict[date, int]:
        what = "days", since, until
        return self._answers.asked(
            node, scope, what, lambda of: self._index.days(node, of, since, until), _sum
        )

    def tones_by_day(self, node: Node, scope: Scope, since: date, until: date) -> dict[date, dict[str, int]]:
        what = "tones", since, until
        return self._answers.asked(
            node, scope, what, lambda of: self._index.tones_by_day(node, of, since, until)
        )


def _sum(was: Any, came: Any, ended: Any) -> Any:
    """Of counts by whatever value, without those that none have left."""
    if isinstance(was, int):
        return was + came - ended
    values = {**was, **came}
    found = {}
    for value in values:
        empty: Any = {} if isinstance(values[value], dict) else 0
        n = _sum(was.get(value, empty), came.get(value, empty), ended.get(value, empty))
        if isinstance(n, dict) or n:
            found[value] = n
    return found


def _sum_facets(*told: dict[str, dict[str, int]]) -> dict[str, dict[str, int]] | None:
    """An index names so many values of a field at most."""
    if any(len(values) >= WIDE for facets in told for values in facets.values()):
        return None
    found: dict[str, dict[str, int]] = _sum(*told)
    return found


def _turned(
    limit: int, was: tuple[int, list[Hit]], came: tuple[int, list[Hit]], ended: tuple[int, list[Hit]]
) -> tuple[int, list[Hit]] | None:
    """The first page: below its last hit nobody knows what would come up."""
    if ended[0] > len(ended[1]):
        return None
    count, gone = was[0] + came[0] - ended[0], {hit.order for hit in ended[1]}
    hits = sorted([h for h in was[1] if h.order not in gone] + came[1], key=lambda h: -h.order)[:limit]
    if len(hits) == min(limit, count) and (
        len(was[1]) == was[0] or not hits or hits[-1].order >= was[1][-1].order
    ):
        return count, hits
    return None


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
