"""The search index on Tantivy: derived from the records, rebuildable, a little behind them and honest about it."""

import fcntl
import itertools
import json
import re
import secrets
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np
import tantivy
from numpy.typing import NDArray
from tantivy import FieldType, Occur, Order, Query

from aimas.core import Unavailable
from aimas.search import tree
from aimas.search.types import FACETS, Column, Hit, Reached, Scope
from aimas.storage.faults import point
from aimas.storage.records import Records, Version
from aimas.storage.terms import NOTHING, TOKENIZER, Writing, Written
from aimas.text import normal_form, query_terms
from aimas.tone import verdict

FORMAT = 8
"""Raised with every change of the schema or of what is put in; another format is rebuilt."""

_Terms: TypeAlias = tuple[str, ...]
"""What may stand at one place; any one is a hit."""
_Run: TypeAlias = tuple[_Terms, ...]
"""Side by side."""

CURRENT = 2**62
"""`until` of what nothing has replaced."""
HEAP = 128 * 1024 * 1024
STEP = 8_000
"""Ledger positions taken in together: each commit costs a segment and its merges; as many texts are held in memory."""
FACET_SIZE = 10_000
ALTERNATION_BYTES = 700


_SEGMENT = re.compile(r"[0-9a-f]{32}\..+")
"""A file of a segment."""


class _Part(msgspec.Struct, frozen=True):
    """The fields of one part of a publication."""

    stems: str
    """All that a word is found by, each term at the word's place: stems, and keys of names."""
    exact: str
    """Normal forms, in order."""


TITLE = _Part("title", "title_exact")
BODY = _Part("body", "body_exact")
"""Title and text."""


class _State(msgspec.Struct, frozen=True):
    """What is noted beside the index. One that was built before generations were has none."""

    format: int = 0
    position: int = 0
    generation: str = ""
    entry: str = ""
    """Hash of the ledger's entry at the position, which stands for all before it; empty where none was noted."""


_state_in = msgspec.json.Decoder(_State)


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for part in (TITLE, BODY):
        builder.add_text_field(part.stems, tokenizer_name=TOKENIZER, index_option="position")
        builder.add_text_field(part.exact, tokenizer_name="whitespace", index_option="position")
    for keyword in ("id", "source", "lang", "institution", "tone", "theme", "region", "mark"):
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic", fast=True)
    for keyword in ("story", "reprints"):
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("reading", indexed=True, fast=True)
    # Stretches of these are read from their columns: terms for them would be written and never looked up.
    for number in ("since", "until", "order", "day", "fetched_day", "chain_at", "story_at"):
        builder.add_unsigned_field(number, fast=True)
    return builder.build()


class Index:
    """Reads for everyone; one process at a time may write (`writer`)."""

    def __init__(self, folder: Path, zone: tzinfo) -> None:
        self._folder = folder
        self._zone = zone
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)
        self._state = folder / "position.json"
        if self._read_state().format != FORMAT:
            self._wipe()
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, str(folder / "tantivy"), reuse=True)
        self._index.config_reader("manual")

    def position(self) -> int:
        return self.reached().position

    def reached(self) -> Reached:
        state = self._read_state()
        return Reached(state.position, state.generation)

    def count(self, node: tree.Node, scope: Scope) -> int:
        return self._counted(self._searcher(), self._scoped(node, scope))

    def page(
        self,
        node: tree.Node,
        scope: Scope,
        *,
        limit: int,
        below: int | None = None,
        by_relevance: bool = False,
    ) -> list[Hit]:
        query = self._scoped(node, scope)
        if below is not None:
            older = self._range("order", None, below - 1)
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, older)])
        return self._hits(query, limit, by_relevance)[1]

    def counted_page(
        self, node: tree.Node, scope: Scope, *, limit: int, by_relevance: bool = False
    ) -> tuple[int, list[Hit]]:
        return self._hits(self._scoped(node, scope), limit, by_relevance, count=True)

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
        query = self._scoped(node, scope)
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
        counted = self._aggregate(self._scoped(node, scope), fields)
        found = {field: _buckets(counted[field]) for field in FACETS}
        prefix = f"{scope.institution}:"
        for field in ("tone", "theme"):
            of_all = found[field].items()
            found[field] = {k.removeprefix(prefix): n for k, n in of_all if k.startswith(prefix)}
        return found

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

    def _scoped(self, node: tree.Node, scope: Scope) -> Query:
        """What was valid at the snapshot: since ≤ snapshot < until."""
        came = self._range("since", scope.came_after + 1 if scope.came_after else None, scope.snapshot)
        ended = self._range("until", scope.snapshot + 1, scope.ended_by)
        return Query.boolean_query(
            [
                (Occur.Must, self._compiled(node, scope, BODY)),
                (Occur.Must, Query.const_score_query(came, 0.0)),
                (Occur.Must, Query.const_score_query(ended, 0.0)),
            ]
        )

    def _range(self, field: str, low: int | None, high: int | None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Unsigned, low, high)

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value)

    def _compiled(self, node: tree.Node, scope: Scope, part: _Part) -> Query:
        match node:
            case tree.Everything():
                return Query.all_query()
            case tree.Word(text=text, wildcard=True):
                pattern = normal_form(text).replace("*", ".*").replace("?", ".")
                return Query.regex_query(self._schema, part.exact, pattern)
            case tree.Word():
                (terms,) = _run(node)
                return _any([self._term(_field(node, part), term) for term in terms])
            case tree.Phrase():
                return self._phrase(_field(node, part), enumerate(_run(node)))
            case tree.Near(left=left, right=right):
                return self._near(node, _field(_choices(left)[0], part), _runs(left), _runs(right))
            case tree.InTitle(node=inner):
                return self._compiled(inner, scope, TITLE)
            case tree.Is(field=name, values=values):
                if name in ("tone", "theme"):
                    values = tuple(v if ":" in v else f"{scope.institution}:{v}" for v in values)
                return _any([self._term(name, v) for v in values])
            case tree.Dated(since=since, until=until, fetched=fetched):
                low = since.toordinal() if since else None
                high = until.toordinal() if until else None
                if low is None and high is None:
                    return Query.all_query() if fetched else self._term("mark", "dated")
                return self._range("fetched_day" if fetched else "day", low, high)
            case tree.Entered(since=since, until=until):
                return self._range("since", since or 0, until)
            case tree.Marked(mark="relevant"):
                return self._term("institution", scope.institution)
            case tree.Marked(mark="self-praise" | "corrected" as mark):
                return self._term("mark", f"{scope.institution}:{mark}")
            case tree.Marked(mark=mark):
                return self._term("mark", mark)
            case tree.And(nodes=nodes):
                return Query.boolean_query([(Occur.Must, self._compiled(n, scope, part)) for n in nodes])
            case tree.Or(nodes=nodes):
                return _any([self._compiled(n, scope, part) for n in nodes])
            case tree.Not(node=inner):
                return Query.boolean_query(
                    [(Occur.Must, Query.all_query()), (Occur.MustNot, self._compiled(inner, scope, part))]
                )

    def _phrase(self, field: str, placed: Iterable[tuple[int, _Terms]], slop: int = 0) -> Query:
        placed = list(placed)
        if all(len(terms) == 1 for _, terms in placed):
            return Query.phrase_query(self._schema, field, [(at, term) for at, (term,) in placed], slop)
        ways = itertools.product(*(_alternations(terms) for _, terms in placed))
        places = [at for at, _ in placed]
        return _any([self._pattern(field, list(zip(places, way, strict=True)), slop) for way in ways])

    def _pattern(self, field: str, patterns: list[str | tuple[int, str]], slop: int) -> Query:
        return Query.regex_phrase_query(self._schema, field, patterns, slop)

    def _near(self, node: tree.Near, field: str, left: list[_Run], right: list[_Run]) -> Query:
        ways = []
        for first, second in itertools.product(left, right):
            ways += self._apart(field, first, second, node.distance)
            if not node.ordered and first != second:
                ways += self._apart(field, second, first, node.distance)
        return _any(ways)

    def _apart(self, field: str, first: _Run, second: _Run, distance: int) -> list[Query]:
        """The second begins 1 to n places after the first ends.

        Of two words with the second expected k places on, slop s allows distances k − s … k + s, either side of
        zero; so one query covers 1 … n for an odd n, and two, 1 … n−1 and 2 … n, for an even one. In a phrase slop
        would also loosen the words within, so each distance is a query of its own.
        """
        if len(first) == len(second) == 1:
            middle, slop = (distance + 1) // 2, (distance - 1) // 2
            places = (middle,) if distance % 2 else (middle, middle + 1)
            return [self._phrase(field, [(0, first[0]), (place, second[0])], slop) for place in places]
        last = len(first) - 1
        return [
            self._phrase(field, [*enumerate(first), *enumerate(second, last + apart)])
            for apart in range(1, distance + 1)
        ]

    def _read_state(self) -> _State:
        try:
            return _state_in.decode(self._state.read_bytes())
        except (OSError, ValueError, msgspec.MsgspecError):
            return _State()

    def _write_state(self, position: int, entry: str = "", generation: str | None = None) -> None:
        """Of the generation that it is where none is given."""
        partial = self._state.with_suffix(".partial")
        generation = self._read_state().generation if generation is None else generation
        state = _State(FORMAT, position, generation, entry)
        with _disk_errors(self._folder):
            partial.write_bytes(msgspec.json.encode(state))
            partial.replace(self._state)

    def _start_anew(self) -> None:
        """What anyone remembers of the index is worth nothing from here on."""
        self._write_state(0, "", secrets.token_hex(8))

    def _wipe(self) -> None:
        shutil.rmtree(self._folder / "tantivy", ignore_errors=True)
        (self._folder / "tantivy").mkdir(parents=True, exist_ok=True)
        self._start_anew()


def _signed(values: NDArray[np.uint64]) -> Column:
    """In the same order: an order key has 64 bits, so what is below half of them becomes negative."""
    return (values ^ np.uint64(1 << 63)).view(np.int64)


def _buckets(counted: dict[str, Any]) -> dict[str, int]:
    return {str(b["key"]): int(b["doc_count"]) for b in counted["buckets"]}


class IndexWriter:
    """Follows the ledger. What was put in after the last noted position is taken out first, so a crash repeats
    work and never doubles it."""

    def __init__(self, index: Index) -> None:
        self._of = index
        folder = index._folder / "tantivy"
        # Opened anew: a writer deletes the files that its index knew of when it was opened, or made itself, and not
        # those that another process made meanwhile.
        try:
            self._index = tantivy.Index(index._schema, str(folder), reuse=True)
        except (OSError, ValueError) as error:
            raise Unavailable(f"The search index in {folder} can't be opened: {error}", 5.0) from None
        try:
            self._writer = self._index.writer(HEAP, 1)
        except ValueError as error:
            raise Unavailable(f"Another process is writing the search index: {error}", 5.0) from None
        _clear_unfinished(folder)
        _clear_unowned(folder)
        state = index._read_state()
        self._position, self._entry = state.position, state.entry
        self._writer.delete_documents_by_query(index._range("since", self._position + 1, None))

    @property
    def position(self) -> int:
        return self._position

    def follow(self, records: Records, limit: int = STEP) -> int:
        """Takes in up to `limit` ledger positions and commits; returns how many were taken."""
        if self._position > records.head() or self._is_of_others(records):
            # Another copy of the records was put back: what the index knows and they do not never happened.
            self._restart()
        versions = records.versions_after(self._position, limit)
        if versions.reached == self._position:
            return 0
        if versions.ended:
            # Not delete_documents_by_term: for numbers it deletes nothing and says nothing (tantivy 0.27.0).
            old = Query.term_set_query(self._of._schema, "reading", versions.ended)
            self._writer.delete_documents_by_query(old)
        writing = Writing()
        documents = [*self._documents(versions.documents, writing)]
        # Before the first document of a commit: its segments take the tokenizer that they find.
        self._index.register_tokenizer(TOKENIZER, writing.tokenizer())
        for document in documents:
            with _disk_errors(self._of._folder):
                self._writer.add_document(document)
        point("index-filled")
        self._commit()
        point("index-kept")
        taken = versions.reached - self._position
        self._position = versions.reached
        self._entry = (records.hash_at(versions.reached) or b"").hex()
        self._of._write_state(versions.reached, self._entry)
        return taken

    def _is_of_others(self, records: Records) -> bool:
        """Whether these records had another entry where the index stands: they were put back and went on since."""
        return bool(self._entry) and (records.hash_at(self._position) or b"").hex() != self._entry

    def rebuild(self, records: Records, progress: Callable[[int, int], None]) -> None:
        """From nothing. A reader sees an index that is far behind and says so; what stops in between goes on later."""
        self._restart()
        head = records.head()
        while self.follow(records):
            progress(self._position, head)
        self._commit()

    def _restart(self) -> None:
        # Position first: documents above it are taken out by whoever opens the index next.
        self._of._start_anew()
        self._position, self._entry = 0, ""
        self._writer.delete_all_documents()

    def close(self) -> None:
        """Waits for merges. What was not committed is gone, as after a crash, and is taken in again later."""
        with suppress(ValueError):
            self._writer.wait_merging_threads()

    def _commit(self) -> None:
        with _disk_errors(self._of._folder):
            self._writer.commit()

    def _documents(self, versions: Iterable[Version], writing: Writing) -> Iterator[tantivy.Document]:
        reading, title, text = 0, NOTHING, NOTHING
        for version in versions:
            p = version.publication
            # Versions of one reading follow each other and differ in their places alone.
            if p.read_at != reading:
                reading, language = p.read_at, p.language.value
                title, text = writing.written(p.title, language), writing.written(p.text, language)
            yield self._document(version, title, text)

    def _document(self, version: Version, title: Written, text: Written) -> tantivy.Document:
        p = version.publication
        language = p.language.value
        moment: datetime = p.published_at or p.fetched_at
        doc = tantivy.Document()
        title.add_to(doc, TITLE.exact, TITLE.stems)
        # Two values of one field: no phrase runs from the title into the text.
        title.add_to(doc, BODY.exact, BODY.stems)
        text.add_to(doc, BODY.exact, BODY.stems)
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
                if ruled.self_praise:
                    doc.add_text("mark", f"{institution}:self-praise")
                if ruled.corrected:
                    doc.add_text("mark", f"{institution}:corrected")
        for theme in sorted({f"{t.institution}:{t.theme}" for t in p.themes}):
            doc.add_text("theme", theme)
        for region in sorted({place.region for place in p.places}):
            doc.add_text("region", region)
        if place := p.placed:
            doc.add_text("mark", "placed")
            doc.add_text("mark", "reprint" if place.similarity is not None else "original")
            doc.add_text("story", place.story)
            doc.add_text("reprints", place.chain)
            doc.add_unsigned("chain_at", place.chain_at)
            doc.add_unsigned("story_at", place.story_at)
        doc.add_unsigned("reading", p.read_at)
        doc.add_unsigned("since", version.since)
        doc.add_unsigned("until", version.until or CURRENT)
        doc.add_unsigned("order", order_key(moment, p.read_at))
        if p.published_at:
            doc.add_unsigned("day", p.published_at.astimezone(self._of._zone).date().toordinal())
        doc.add_unsigned("fetched_day", p.fetched_at.astimezone(self._of._zone).date().toordinal())
        return doc


def _clear_unfinished(folder: Path) -> None:
    """Lists of deletions that a full disk broke off in a commit: the next commit gives its own the same names, and
    tantivy 0.27 would refuse to write over them for ever. Only for who holds the writer's lock."""
    committed = int(json.loads((folder / "meta.json").read_bytes())["opstamp"])
    for path in folder.glob("*.del"):
        if int(path.name.split(".")[1]) > committed:
            path.unlink(missing_ok=True)


def _clear_unowned(folder: Path) -> None:
    """Files of segments that no longer are, left by a process that was killed or knew nothing of them. Only for who
    holds the writer's lock; readers that are just opening the index hold the other one, as against tantivy itself."""
    with (folder / ".tantivy-meta.lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        meta = json.loads((folder / "meta.json").read_bytes())
        owned = {segment["segment_id"].replace("-", "") for segment in meta["segments"]}
        for path in folder.iterdir():
            if _SEGMENT.fullmatch(path.name) and path.name[:32] not in owned:
                path.unlink(missing_ok=True)


def order_key(moment: datetime, reading: int) -> int:
    """Sorts by time, then by filing; unique as long as positions fit 32 bits."""
    return min(max(int(moment.timestamp()), 0), 2**32 - 1) << 32 | (reading & 0xFFFFFFFF)


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        # Tantivy tells its troubles with the disk by ValueError; nothing else is left to go wrong here.
        raise Unavailable(
            f"The search index in {folder} can't be written: {error}. Free some room and run the same again."
        ) from None


def _any(queries: list[Query]) -> Query:
    if not queries:
        return Query.empty_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def _field(node: tree.Word | tree.Phrase, part: _Part) -> str:
    return part.exact if node.exact else part.stems


def _run(node: tree.Word | tree.Phrase) -> _Run:
    written = node.words if isinstance(node, tree.Phrase) else (node.text,)
    return tuple((normal_form(word),) if node.exact else query_terms(word) for word in written)


def _alternations(terms: _Terms) -> list[str]:
    """Few enough in one expression for tantivy's 1,000 states; a letter takes a state a byte."""
    found = [""]
    for term in map(re.escape, terms):
        if len(found[-1].encode()) + len(term.encode()) > ALTERNATION_BYTES:
            found.append("")
        found[-1] += f"|{term}" if found[-1] else term
    return found


def _runs(side: tree.Word | tree.Phrase | tree.Or) -> list[_Run]:
    """All single words of a side are one run that any of them fills; each phrase is another."""
    runs = [_run(choice) for choice in _choices(side)]
    single = dict.fromkeys(term for run in runs if len(run) == 1 for term in run[0])
    return [((*single,),)] * bool(single) + [run for run in runs if len(run) > 1]


def _choices(side: tree.Word | tree.Phrase | tree.Or) -> tuple[tree.Word | tree.Phrase, ...]:
    return side.nodes if isinstance(side, tree.Or) else (side,)  # type: ignore[return-value]
