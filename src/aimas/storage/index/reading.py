"""Reading the index: counts, pages, columns and facets of what a query finds at a snapshot."""

import shutil
from collections.abc import Sequence
from datetime import date, tzinfo
from pathlib import Path
from typing import Any

import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import Occur, Order, Query

from aimas.search import tree
from aimas.search.types import FACETS, Column, Hit, Reached, Scope
from aimas.storage.index.documents import schema
from aimas.storage.index.queries import Queries
from aimas.storage.index.state import StateFile
from aimas.storage.index.writing import IndexWriter

FACET_SIZE = 10_000


class Index:
    """Reads for everyone; one process at a time may write (`writer`)."""

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        self._folder = folder
        self._zone = zone
        folder.mkdir(parents=True, exist_ok=True)
        self._state = StateFile(folder)
        if not self._state.is_current():
            self._wipe()
        fields = schema()
        self._queries = Queries(fields)
        self._index = tantivy.Index(fields, str(folder / "tantivy"), reuse=True)
        self._index.config_reader("manual")

    def position(self) -> int:
        return self.reached().position

    def reached(self) -> Reached:
        state = self._state.read()
        return Reached(state.position, state.generation)

    def count(self, node: tree.Node, scope: Scope) -> int:
        return self._counted(self._searcher(), self._queries.scoped(node, scope))

    def page(
        self,
        node: tree.Node,
        scope: Scope,
        *,
        limit: int,
        below: int | None = None,
        by_relevance: bool = False,
    ) -> list[Hit]:
        query = self._queries.scoped(node, scope)
        if below is not None:
            older = self._queries.range("order", None, below - 1)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, older)])
        return self._hits(query, limit, by_relevance)[1]

    def counted_page(
        self, node: tree.Node, scope: Scope, *, limit: int, by_relevance: bool = False
    ) -> tuple[int, list[Hit]]:
        return self._hits(self._queries.scoped(node, scope), limit, by_relevance, count=True)

    def _hits(
        self, query: Query, limit: int, by_relevance: bool, count: bool = False
    ) -> tuple[int, list[Hit]]:
        searcher = self._searcher()
        ordered: dict[str, Any] = {} if by_relevance else {"order_by_field": "order", "order": Order.Desc}
        found: Any = searcher.search(query, limit=limit, count=count, **ordered)
        addresses = [address for _, address in found.hits]
        readings = searcher.fast_field_values("reading", addresses)
        orders = searcher.fast_field_values("order", addresses)
        hits = [Hit(int(r or 0), int(o or 0)) for r, o in zip(readings, orders, strict=True)]
        return int(found.count or 0), hits

    def columns(self, node: tree.Node, scope: Scope, names: Sequence[str]) -> dict[str, Column]:
        searcher = self._searcher()
        query = self._queries.scoped(node, scope)
        count = self._counted(searcher, query)
        if not count:
            return {name: np.zeros(0, np.int64) for name in names}
        found = searcher.search(query, limit=count, count=False, order_by_field="order", order=Order.Desc)
        addresses = [address for _, address in found.hits]
        columns = {
            name: np.array([v or 0 for v in searcher.fast_field_values(name, addresses)], np.uint64)
            for name in names
        }
        return {name: _signed(c) if name == "order" else c.view(np.int64) for name, c in columns.items()}

    def facets(self, node: tree.Node, scope: Scope) -> dict[str, dict[str, int]]:
        # Together: looking who is in the list takes three times as long as counting a field.
        fields = {field: {"terms": {"field": field, "size": FACET_SIZE}} for field in FACETS}
        counted = self._aggregate(self._queries.scoped(node, scope), fields)
        found = {field: _buckets(counted[field]) for field in FACETS}
        prefix = f"{scope.institution}:"
        for field in ("tone", "theme"):
            of_all = found[field].items()
            found[field] = {k.removeprefix(prefix): n for k, n in of_all if k.startswith(prefix)}
        return found

    def days(self, node: tree.Node, scope: Scope, since: date, until: date) -> dict[date, int]:
        query = self._queries.scoped(tree.conjunction(node, tree.Dated(since, until)), scope)
        buckets = self._terms(query, "day")
        return {date.fromordinal(int(float(k))): n for k, n in sorted(buckets.items())}

    def tones_by_day(
        self, node: tree.Node, scope: Scope, since: date, until: date
    ) -> dict[date, dict[str, int]]:
        query = self._queries.scoped(tree.conjunction(node, tree.Dated(since, until)), scope)
        nested = {
            "days": {
                "terms": {"field": "day", "size": FACET_SIZE},
                "aggs": {"tones": {"terms": {"field": "tone", "size": FACET_SIZE}}},
            }
        }
        prefix = f"{scope.institution}:"
        found: dict[date, dict[str, int]] = {}
        for bucket in self._aggregate(query, nested)["days"]["buckets"]:
            tones = {b["key"]: b["doc_count"] for b in bucket["tones"]["buckets"]}
            found[date.fromordinal(int(bucket["key"]))] = {
                k.removeprefix(prefix): n for k, n in tones.items() if k.startswith(prefix)
            }
        return found

    def writer(self) -> "IndexWriter":
        """Raises Unavailable while another process writes."""
        return IndexWriter(self._folder, self._zone)

    @staticmethod
    def _counted(searcher: tantivy.Searcher, query: Query) -> int:
        """Of all that match: an aggregation takes half of the time of a search for one hit that also counts."""
        found = searcher.aggregate(query, {"n": {"value_count": {"field": "reading"}}})
        return int(found["n"]["value"])

    def _searcher(self) -> tantivy.Searcher:
        self._index.reload()
        return self._index.searcher()

    def _aggregate(self, query: Query, aggregation: dict[str, Any]) -> dict[str, Any]:
        return dict(self._searcher().aggregate(query, aggregation))

    def _terms(self, query: Query, field: str) -> dict[str, int]:
        found = self._aggregate(query, {"f": {"terms": {"field": field, "size": FACET_SIZE}}})
        return _buckets(found["f"])

    def _wipe(self) -> None:
        shutil.rmtree(self._folder / "tantivy", ignore_errors=True)
        (self._folder / "tantivy").mkdir(parents=True, exist_ok=True)
        self._state.start_anew()


def _signed(values: NDArray[np.uint64]) -> Column:
    """In the same order: an order key has 64 bits, so what is below half of them becomes negative."""
    return (values ^ np.uint64(1 << 63)).view(np.int64)


def _buckets(counted: dict[str, Any]) -> dict[str, int]:
    return {str(b["key"]): int(b["doc_count"]) for b in counted["buckets"]}
