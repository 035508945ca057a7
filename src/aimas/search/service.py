"""Asks the index and the records together; whatever shows a number gets it here, with its snapshot."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo
from functools import cached_property
from typing import Protocol

import msgspec
import numpy as np

from aimas.core import Clock, StoredPublication
from aimas.search.kept import CarriedOn, Kept, KeptIndex, question_bytes
from aimas.search.names import Named
from aimas.search.parser import parse
from aimas.search.tree import Marked, Node, conjunction, written
from aimas.search.types import Column, Hit, Reached, Scope, SearchIndex
from aimas.search.values import Known


class Publications(Protocol):
    def by_reading(self, positions: Sequence[int], at: int | None = None) -> list[StoredPublication]:
        """In the order asked for, with where they stood at that position."""

    def ids(self, positions: Sequence[int]) -> dict[int, str]:
        """Of publications by their positions."""

    def head(self) -> int: ...


class Question(msgspec.Struct, frozen=True):
    """A query understood, bound to an institution and a snapshot: everything that a link must repeat."""

    text: str
    node: Node
    scope: Scope


class Page(msgspec.Struct, frozen=True):
    """Part of a list. `count` is the whole list's length at the snapshot; `newer` what came since."""

    question: Question
    count: int
    newer: int
    publications: list[StoredPublication]
    next_below: int | None
    """Continue below it; None at the end."""


class Lag(msgspec.Struct, frozen=True):
    filed: int
    """Last position of the ledger."""
    indexed: int

    @property
    def behind(self) -> int:
        return self.filed - self.indexed


class Distinct(msgspec.Struct, frozen=True):
    """The three kinds of numbers of one list."""

    publications: int
    unique: int
    """Each chain of copies counts once; what has no place (yet) stands for itself."""
    stories: int
    placed: int
    """Of the publications; stories are counted among these alone."""


class StoryCount(msgspec.Struct, frozen=True):
    """A story's share of a list."""

    story: str
    """Id."""
    count: int
    unique: int
    readings: list[int]
    """All of them, newest first."""


class _Placed:
    """Columns of what is placed in a list, newest first, and what follows from them."""

    def __init__(self, readings: Column, orders: Column, chains: Column, stories: Column) -> None:
        self.readings = readings
        self.orders = orders
        self.chains = chains
        self.stories = stories

    def then(self, came: "_Placed", ended: "_Placed") -> "_Placed":
        """With what came, and without what ended: a version of each reading is in a list at a time."""
        left = ~np.isin(self.orders, ended.orders)
        kept = (self.readings[left], self.orders[left], self.chains[left], self.stories[left])
        # Newest first, and no two of equal order.
        at = len(kept[1]) - np.searchsorted(kept[1][::-1], came.orders)
        new = (came.readings, came.orders, came.chains, came.stories)
        return _Placed(*(np.insert(column, at, values) for column, values in zip(kept, new, strict=True)))

    @cached_property
    def by_chain(self) -> tuple[Column, Column]:
        """Each chain, ascending, with how many of its texts are here."""
        found, counts = np.unique(self.chains, return_counts=True)
        return found, counts

    @cached_property
    def by_story(self) -> tuple[Column, Column, Column]:
        """Each story, ascending, with where its newest publication stands and how many are here."""
        found, newest, counts = np.unique(self.stories, return_index=True, return_counts=True)
        return found, newest, counts

    @cached_property
    def chain_of(self) -> dict[int, int]:
        """By the first said of each chain, that alone stands for it."""
        chains, oldest = np.unique(self.chains[::-1], return_index=True)
        return dict(zip(self.readings[::-1][oldest].tolist(), chains.tolist(), strict=True))

    @cached_property
    def folded(self) -> Column:
        """All others, ascending: copies that are not shown."""
        return np.setdiff1d(self.readings, np.fromiter(self.chain_of, np.int64, len(self.chain_of)))

    def shown(self, readings: Column) -> Column:
        """Without the copies among them."""
        at = np.searchsorted(self.folded, readings)
        return np.compress(np.append(self.folded, 0)[at] != readings, readings)

    def copies(self, reading: int) -> int:
        """Of the text that a reading is the first of."""
        chain = self.chain_of.get(reading)
        if chain is None:
            return 0
        chains, counts = self.by_chain
        return int(counts[np.searchsorted(chains, chain)]) - 1


COLUMNS_ROOM = 72_000_000
"""Bytes for the columns of lists: a list at a snapshot never changes."""
ROW_BYTES = 56
"""Four columns, and about as much for what follows from them."""
FOLDED_STEP = 500
"""Lines looked through at once for those that are no copies."""


class Search:
    def __init__(
        self,
        index: SearchIndex,
        publications: Publications,
        clock: Clock,
        zone: tzinfo,
        named: Named | None = None,
        told: Known | None = None,
    ) -> None:
        self._index = KeptIndex(index)
        self._publications = publications
        self._clock = clock
        self.zone = zone
        self._named = named
        self.told = told
        """What values are called in this home."""
        kept: Kept[tuple[Node, Scope], _Placed] = Kept(index.reached, COLUMNS_ROOM, _bytes)
        self._columns = CarriedOn(kept, index.reached)

    def today(self) -> date:
        return self._clock.now().astimezone(self.zone).date()

    def now(self) -> datetime:
        return self._clock.now()

    def ask(self, text: str, institution: str, at: int | None = None) -> Question:
        """Raises QueryError. Without `at` the snapshot is what the index has taken in.

        A query that names saved searches goes on written out: they may change, its list may not.
        """
        named: list[str] = []

        def saved(name: str) -> str | None:
            named.append(name)
            return self._named(name) if self._named else None

        node = parse(text, self.today(), saved, self.told)
        return self.about(node, institution, at, None if named else text)

    def about(self, node: Node, institution: str, at: int | None = None, text: str | None = None) -> Question:
        reached = self._index.position()
        snapshot = reached if at is None else min(at, reached)
        return Question(written(node) if text is None else text, node, Scope(institution, snapshot))

    def within(self, node: Node, scope: Scope) -> Question:
        """At the snapshot of a question that is bound already: the index is not asked again how far it is."""
        return Question(written(node), node, scope)

    def count(self, question: Question) -> int:
        return self._index.count(question.node, question.scope)

    def page(
        self, question: Question, *, limit: int = 50, below: int | None = None, by_relevance: bool = False
    ) -> Page:
        node, scope = question.node, question.scope
        if below is None:
            count, hits = self._index.counted_page(node, scope, limit=limit + 1, by_relevance=by_relevance)
        else:
            count = self.count(question)
            hits = self._index.page(node, scope, limit=limit + 1, below=below, by_relevance=by_relevance)
        shown = hits[:limit]
        latest = Scope(question.scope.institution, self._index.position())
        newer = 0
        if latest.snapshot > question.scope.snapshot:
            newer = max(0, self._index.count(question.node, latest) - count)
        more = len(hits) > limit and not by_relevance
        return Page(
            question,
            count,
            newer,
            self._publications.by_reading([h.reading for h in shown], question.scope.snapshot),
            shown[-1].order if more else None,
        )

    def everything(self, question: Question, step: int = 500) -> Iterator[StoredPublication]:
        """The whole list, newest first, at the snapshot: as many as `count` says."""
        below: int | None = None
        while hits := self._index.page(question.node, question.scope, limit=step, below=below):
            yield from self._publications.by_reading([h.reading for h in hits], question.scope.snapshot)
            below = hits[-1].order

    def distinct(self, question: Question) -> Distinct:
        placed = self._placed(question)
        count = self.count(question)
        of, chains, stories = len(placed.chains), len(placed.by_chain[0]), len(placed.by_story[0])
        return Distinct(count, count - of + chains, stories, of)

    def stories(
        self, question: Question, *, limit: int = 20, skip: int = 0, newest_first: bool = False
    ) -> list[StoryCount]:
        """The largest first, of equal ones that with the newest publication; or by the newest publication alone.
        Without those that the records lack, where they are older than the index."""
        placed = self._placed(question)
        found, newest, counts = placed.by_story
        ordered = np.argsort(newest) if newest_first else np.lexsort((newest, -counts))
        chosen = ordered[skip : skip + limit]
        ids = self._publications.ids([int(found[n]) for n in chosen])
        counted = []
        for n in chosen:
            if int(found[n]) not in ids:
                continue
            here = placed.stories == found[n]
            counted.append(
                StoryCount(
                    ids[int(found[n])],
                    int(counts[n]),
                    len(np.unique(placed.chains[here])),
                    placed.readings[here].tolist(),
                )
            )
        return counted

    def folded(
        self, question: Question, *, limit: int = 50, skip: int = 0
    ) -> list[tuple[StoredPublication, int]]:
        """One for each chain of copies, the first said of those asked for, and how many of its copies the list has;
        newest first, as many as `distinct` calls unique. What has no place stands for itself."""
        placed = self._placed(question)
        lines: list[int] = []
        below: int | None = None
        while len(lines) < skip + limit:
            step = max(FOLDED_STEP, skip + limit - len(lines))
            hits = self._index.page(question.node, question.scope, limit=step, below=below)
            readings = np.array([h.reading for h in hits], np.int64)
            lines += placed.shown(readings).tolist()
            if len(hits) < step:
                break
            below = hits[-1].order
        shown = self.publications(lines[skip : skip + limit], question.scope.snapshot)
        return [(p, placed.copies(p.read_at)) for p in shown]

    def publications(self, readings: Sequence[int], at: int) -> list[StoredPublication]:
        """In the order asked for, as they stood at a snapshot."""
        return self._publications.by_reading(readings, at)

    def _placed(self, question: Question) -> _Placed:
        node = conjunction(question.node, Marked("placed"))

        def ask(of: Scope) -> _Placed:
            columns = self._index.columns(node, of, ("reading", "order", "chain_at", "story_at"))
            return _Placed(*columns.values())

        return self._columns.asked(question.node, question.scope, (), ask, _Placed.then)

    def hits(self, question: Question, limit: int) -> list[Hit]:
        return self._index.page(question.node, question.scope, limit=limit)

    def facet(self, question: Question, field: str) -> dict[str, int]:
        """How many of each value; `field` is one of FACETS."""
        return self._index.facets(question.node, question.scope)[field]

    def tones_by_day(self, question: Question, since: date, until: date) -> dict[date, dict[str, int]]:
        return self._index.tones_by_day(question.node, question.scope, since, until)

    def days(self, question: Question, since: date, until: date) -> dict[date, int]:
        return self._index.days(question.node, question.scope, since, until)

    def reached(self) -> Reached:
        return self._index.reached()

    def lag(self) -> Lag:
        return Lag(self._publications.head(), self._index.position())


def _bytes(key: tuple[Node, Scope], placed: _Placed) -> int:
    return question_bytes(key[0]) + ROW_BYTES * len(placed.readings)
