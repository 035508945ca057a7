"""The search index on Tantivy: derived from the records, rebuildable, always a little behind them and honest about it."""

import itertools
import json
import shutil
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

import tantivy
from tantivy import FieldType, Occur, Order, Query

from aimas.core import Language, StoredPublication, Unavailable
from aimas.search import tree
from aimas.search.types import FACETS, Hit, Scope
from aimas.storage.records import Records
from aimas.text import index_terms, normal_form, query_terms, stem, words
from aimas.tone import verdict

FORMAT = 1
"""Raised with every change of the schema or of what is put in; another format is rebuilt."""

CURRENT = 2**62
"""`until` of what nothing has replaced."""
HEAP = 128 * 1024 * 1024
FACET_SIZE = 10_000


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for text in ("title", "body", "exact"):
        builder.add_text_field(text, tokenizer_name="whitespace", index_option="position")
    for keyword in ("id", "source", "lang", "institution", "tone", "theme", "region", "mark"):
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic", fast=True)
    for number in ("since", "until", "order", "day", "fetched_day"):
        builder.add_unsigned_field(number, indexed=True, fast=True)
    return builder.build()


class Index:
    """Reads for everyone; one process at a time may write (`writer`)."""

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        self._folder = folder
        self._zone = zone
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._state = folder / "position.json"
        if self._read_state().get("format") != FORMAT:
            self._wipe()
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, str(folder / "tantivy"), reuse=True)
        self._index.config_reader("manual")

    def position(self) -> int:
        return int(self._read_state().get("position", 0))

    def count(self, node: tree.Node, scope: Scope) -> int:
        return int(self._searcher().search(self._scoped(node, scope), limit=1, count=True).count)

    def page(
        self,
        node: tree.Node,
        scope: Scope,
        *,
        limit: int,
        below: int | None = None,
        by_relevance: bool = False,
    ) -> list[Hit]:
        searcher = self._searcher()
        query = self._scoped(node, scope)
        if below is not None:
            older = self._range("order", None, below - 1)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, older)])
        if by_relevance:
            found = searcher.search(query, limit=limit, count=False)
        else:
            found = searcher.search(query, limit=limit, count=False, order_by_field="order", order=Order.Desc)
        addresses = [address for _, address in found.hits]
        readings = searcher.fast_field_values("since", addresses)
        orders = searcher.fast_field_values("order", addresses)
        return [Hit(int(r or 0), int(o or 0)) for r, o in zip(readings, orders, strict=True)]

    def facet(self, node: tree.Node, scope: Scope, field: str) -> dict[str, int]:
        if field not in FACETS:
            raise ValueError(f"{field} is no facet; there are {', '.join(FACETS)}")
        buckets = self._terms(self._scoped(node, scope), field)
        if field in ("tone", "theme"):
            prefix = f"{scope.institution}:"
            return {k.removeprefix(prefix): n for k, n in buckets.items() if k.startswith(prefix)}
        return buckets

    def days(self, node: tree.Node, scope: Scope, since: date, until: date) -> dict[date, int]:
        query = self._scoped(tree.conjunction(node, tree.Dated(since, until)), scope)
        buckets = self._terms(query, "day")
        return {date.fromordinal(int(float(k))): n for k, n in sorted(buckets.items())}

    def tones_by_day(
        self, node: tree.Node, scope: Scope, since: date, until: date
    ) -> dict[date, dict[str, int]]:
        query = self._scoped(tree.conjunction(node, tree.Dated(since, until)), scope)
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
        return IndexWriter(self)

    def _searcher(self) -> tantivy.Searcher:
        self._index.reload()
        return self._index.searcher()

    def _aggregate(self, query: Query, aggregation: dict[str, Any]) -> dict[str, Any]:
        return dict(self._searcher().aggregate(query, aggregation))

    def _terms(self, query: Query, field: str) -> dict[str, int]:
        found = self._aggregate(query, {"f": {"terms": {"field": field, "size": FACET_SIZE}}})
        return {str(b["key"]): int(b["doc_count"]) for b in found["f"]["buckets"]}

    def _scoped(self, node: tree.Node, scope: Scope) -> Query:
        """What was valid at the snapshot: since ≤ snapshot < until."""
        return Query.boolean_query(
            [
                (Occur.Must, self._compiled(node, scope, "body")),
                (Occur.Must, Query.const_score_query(self._range("since", None, scope.snapshot), 0.0)),
                (Occur.Must, Query.const_score_query(self._range("until", scope.snapshot + 1, None), 0.0)),
            ]
        )

    def _range(self, field: str, low: int | None, high: int | None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Unsigned, low, high)

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value)

    def _compiled(self, node: tree.Node, scope: Scope, field: str) -> Query:
        match node:
            case tree.Everything():
                return Query.all_query()
            case tree.Word(text=text, exact=exact, wildcard=True):
                pattern = normal_form(text).replace("*", "[^ ]*").replace("?", "[^ ]")
                return Query.regex_query(
                    self._schema, "title" if field == "title" and not exact else "exact", pattern
                )
            case tree.Word(text=text, exact=True):
                return self._in_title_exactly(field, [text]) or self._term("exact", normal_form(text))
            case tree.Word(text=text):
                return _any([self._term(field, t) for t in query_terms(text)])
            case tree.Phrase(words=parts, exact=True):
                return self._phrase("exact", [normal_form(p) for p in parts])
            case tree.Phrase(words=parts):
                return _any([self._phrase(field, v) for v in _variants(parts)])
            case tree.Near():
                return self._near(node, field)
            case tree.InTitle(node=inner):
                return self._compiled(inner, scope, "title")
            case tree.Is(field=name, values=values):
                if name in ("tone", "theme"):
                    values = tuple(v if ":" in v else f"{scope.institution}:{v}" for v in values)
                return _any([self._term(name, v) for v in values])
            case tree.Dated(since=since, until=until, fetched=fetched):
                low = since.toordinal() if since else None
                high = until.toordinal() if until else None
                name = "fetched_day" if fetched else "day"
                return self._range(name, low, high) if low or high else self._term("mark", "dated")
            case tree.Marked(mark="relevant"):
                return self._term("institution", scope.institution)
            case tree.Marked(mark=mark):
                return self._term("mark", mark)
            case tree.And(nodes=nodes):
                return Query.boolean_query([(Occur.Must, self._compiled(n, scope, field)) for n in nodes])
            case tree.Or(nodes=nodes):
                return _any([self._compiled(n, scope, field) for n in nodes])
            case tree.Not(node=inner):
                return Query.boolean_query(
                    [(Occur.Must, Query.all_query()), (Occur.MustNot, self._compiled(inner, scope, field))]
                )

    def _in_title_exactly(self, field: str, parts: list[str]) -> Query | None:
        """A title keeps no exact forms of its own: both the stem in the title and the form anywhere must fit."""
        if field != "title":
            return None
        return Query.boolean_query(
            [(Occur.Must, _any([self._term("title", t) for t in query_terms(p)])) for p in parts]
            + [(Occur.Must, self._term("exact", normal_form(p))) for p in parts]
        )

    def _phrase(self, field: str, parts: Sequence[str], slop: int = 0) -> Query:
        if len(parts) == 1:
            return self._term(field, parts[0])
        return Query.phrase_query(self._schema, field, list(parts), slop)

    def _near(self, node: tree.Near, field: str) -> Query:
        """NEAR/n: at most n − 1 words between. Slop counts moves, and a swap of neighbours costs two."""
        ways = []
        for left, right in _variants((node.left, node.right)):
            ways.append(self._phrase(field, (left, right), node.distance - 1))
            if not node.ordered:
                ways.append(self._phrase(field, (right, left), node.distance - 1))
        return _any(ways)

    def _read_state(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self._state.read_text()))
        except (OSError, ValueError):
            return {}

    def _write_state(self, position: int) -> None:
        partial = self._state.with_suffix(".partial")
        partial.write_text(json.dumps({"format": FORMAT, "position": position}))
        partial.replace(self._state)

    def _wipe(self) -> None:
        shutil.rmtree(self._folder / "tantivy", ignore_errors=True)
        (self._folder / "tantivy").mkdir(parents=True, exist_ok=True)
        self._write_state(0)


class IndexWriter:
    """Follows the ledger. What was put in after the last noted position is taken out first, so a crash repeats
    work and never doubles it."""

    def __init__(self, index: Index) -> None:
        self._of = index
        try:
            self._writer = index._index.writer(HEAP, 1)
        except ValueError as error:
            raise Unavailable(f"Another process is writing the search index: {error}", 5.0) from None
        self._position = index.position()
        self._writer.delete_documents_by_query(index._range("since", self._position + 1, None))

    @property
    def position(self) -> int:
        return self._position

    def follow(self, records: Records, limit: int = 2_000) -> int:
        """Takes in up to `limit` ledger positions and commits; returns how many were taken."""
        fresh, ended, reached = records.readings_after(self._position, limit)
        if reached == self._position:
            return 0
        for publication in ended:
            self._writer.delete_documents_by_term("since", publication.read_at)
        for publication in itertools.chain(ended, fresh):
            self._writer.add_document(self._document(publication))
        self._writer.commit()
        taken = reached - self._position
        self._position = reached
        self._of._write_state(reached)
        return taken

    def rebuild(self, records: Records, progress: Callable[[int, int], None]) -> None:
        """From nothing; readers see the old index until the first commit."""
        self._writer.delete_all_documents()
        self._writer.commit()
        self._position = 0
        self._of._write_state(0)
        head = records.head()
        while self.follow(records):
            progress(self._position, head)

    def close(self) -> None:
        self._writer.wait_merging_threads()

    def _document(self, p: StoredPublication) -> tantivy.Document:
        language = p.language.value
        moment: datetime = p.published_at or p.fetched_at
        doc = tantivy.Document()
        doc.add_text("title", " ".join(index_terms(p.title, language)))
        doc.add_text("body", " ".join(index_terms(p.shown, language)))
        doc.add_text("exact", " ".join(normal_form(w) for _, w in words(p.shown)))
        doc.add_text("id", p.id)
        doc.add_text("source", p.source)
        doc.add_text("lang", language.value)
        doc.add_text("mark", "dated" if p.published_at else "undated")
        if p.revises is not None:
            doc.add_text("mark", "revised")
        for institution in p.institutions():
            doc.add_text("institution", institution)
            if ruled := verdict(institution, p.mentions):
                doc.add_text("tone", f"{institution}:{ruled.tone.value}")
        for theme in sorted({f"{t.institution}:{t.theme}" for t in p.themes}):
            doc.add_text("theme", theme)
        for region in sorted({place.region for place in p.places}):
            doc.add_text("region", region)
        doc.add_unsigned("since", p.read_at)
        doc.add_unsigned("until", p.read_until or CURRENT)
        doc.add_unsigned("order", order_key(moment, p.read_at))
        if p.published_at:
            doc.add_unsigned("day", p.published_at.astimezone(self._of._zone).date().toordinal())
        doc.add_unsigned("fetched_day", p.fetched_at.astimezone(self._of._zone).date().toordinal())
        return doc


def order_key(moment: datetime, reading: int) -> int:
    """Sorts by time, then by filing; unique as long as positions fit 32 bits."""
    return min(max(int(moment.timestamp()), 0), 2**32 - 1) << 32 | (reading & 0xFFFFFFFF)


def _any(queries: list[Query]) -> Query:
    if not queries:
        return Query.empty_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def _variants(parts: Iterable[str]) -> list[tuple[str, ...]]:
    """The words' stems under each language; a phrase is written in one."""
    parts = tuple(parts)
    readings = (
        tuple(stem(p, language) for p in parts) for language in (Language.RU, Language.KK, Language.EN)
    )
    return list(dict.fromkeys(readings))
