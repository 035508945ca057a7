"""An index that remembers what it said: the list of a query at a snapshot never changes, whoever asks again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from typing import Any, TypeVar

from aimas.search.tree import Node
from aimas.search.types import Column, Hit, Scope, SearchIndex

KEPT_ANSWERS = 4_000
"""A board asks some sixty questions, a digest of a week some two hundred."""
T = TypeVar("T")


class KeptIndex:
    """A SearchIndex before another. Pages further down, lists by relevance and whole columns are asked anew."""

    def __init__(self, index: SearchIndex, limit: int = KEPT_ANSWERS) -> None:
        self._index = index
        self._limit = limit
        self._lock = threading.Lock()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def position(self) -> int:
        return self._index.position()

    def count(self, node: Node, scope: Scope) -> int:
        return self._kept(("count", node, scope), lambda: self._index.count(node, scope))

    def page(
        self, node: Node, scope: Scope, *, limit: int, below: int | None = None, by_relevance: bool = False
    ) -> list[Hit]:
        return self._index.page(node, scope, limit=limit, below=below, by_relevance=by_relevance)

    def counted_page(
        self, node: Node, scope: Scope, *, limit: int, by_relevance: bool = False
    ) -> tuple[int, list[Hit]]:
        if by_relevance:
            return self._index.counted_page(node, scope, limit=limit, by_relevance=True)
        return self._kept(
            ("page", node, scope, limit), lambda: self._index.counted_page(node, scope, limit=limit)
        )

    def columns(self, node: Node, scope: Scope, names: Sequence[str]) -> dict[str, Column]:
        return self._index.columns(node, scope, names)

    def facets(self, node: Node, scope: Scope) -> dict[str, dict[str, int]]:
        return self._kept(("facets", node, scope), lambda: self._index.facets(node, scope))

    def days(self, node: Node, scope: Scope, since: date, until: date) -> dict[date, int]:
        return self._kept(
            ("days", node, scope, since, until), lambda: self._index.days(node, scope, since, until)
        )

    def tones_by_day(self, node: Node, scope: Scope, since: date, until: date) -> dict[date, dict[str, int]]:
        return self._kept(
            ("tones", node, scope, since, until), lambda: self._index.tones_by_day(node, scope, since, until)
        )

    def _kept(self, key: Hashable, ask: Callable[[], T]) -> T:
        """Callers do not change what they are given."""
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                found: T = self._answers[key]
                return found
        said = ask()
        with self._lock:
            self._answers[key] = said
            while len(self._answers) > self._limit:
                self._answers.popitem(last=False)
        return said
