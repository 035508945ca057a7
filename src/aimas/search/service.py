"""Asks the index and the records together; whatever shows a number gets it here, with its snapshot."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo
from typing import Protocol

import msgspec
import numpy as np

from aimas.core import Clock, StoredPublication
from aimas.search.parser import Named, parse
from aimas.search.tree import Marked, Node, conjunction, written
from aimas.search.types import Column, Hit, Scope, SearchIndex


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


class _Placed(msgspec.Struct, frozen=True):
    """Columns of what is placed in a list, newest first."""

    readings: Column
    chains: Column
    stories: Column


KEPT_COLUMNS = 16
"""Lists whose columns are remembered: a list at a snapshot never changes."""


class Search:
    def __init__(
        self,
        index: SearchIndex,
        publications: Publications,
        clock: Clock,
        zone: tzinfo,
        named: Named | None = None,
    ) -> None:
        self._index = index
        self._publications = publications
        self._clock = clock
        self.zone = zone
        self._named = named
        self._lock = threading.Lock()
        self._columns: OrderedDict[tuple[Node, Scope], _Placed] = OrderedDict()

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

        node = parse(text, self.today(), saved)
        return self.about(node, institution, at, None if named else text)

    def about(self, node: Node, institution: str, at: int | None = None, text: str | None = None) -> Question:
        reached = self._index.position()
        snapshot = reached if at is None else min(at, reached)
        return Question(written(node) if text is None else text, node, Scope(institution, snapshot))

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
        chains, stories = len(np.unique(placed.chains)), len(np.unique(placed.stories))
        return Distinct(count, count - len(placed.chains) + chains, stories, len(placed.chains))

    def stories(
        self, question: Question, *, limit: int = 20, skip: int = 0, newest_first: bool = False
    ) -> list[StoryCount]:
        """The largest first, of equal ones that with the newest publication; or by the newest publication alone."""
        placed = self._placed(question)
        found, newest, counts = np.unique(placed.stories, return_index=True, return_counts=True)
        ordered = np.argsort(newest) if newest_first else np.lexsort((newest, -counts))
        chosen = ordered[skip : skip + limit]
        ids = self._publications.ids([int(found[n]) for n in chosen])
        counted = []
        for n in chosen:
            here = placed.stories == found[n]
            counted.append(
                StoryCount(
                    ids[int(found[n])],
                    int(counts[n]),
                    len(np.unique(placed.chains[here])),
                    [int(r) for r in placed.readings[here]],
                )
            )
        return counted

    def folded(
        self, question: Question, *, limit: int = 50, skip: int = 0
    ) -> list[tuple[StoredPublication, int]]:
        """One for each chain of copies, the first said of those asked for, and how many of its copies the list has;
        newest first, as many as `distinct` calls unique."""
        columns = self._index.columns(question.node, question.scope, ("reading", "chain_at"))
        # What has no place stands for itself, also where a chain is still called after it.
        stands = np.where(columns["chain_at"] == 0, -columns["reading"], columns["chain_at"])
        chains, counts = np.unique(stands, return_counts=True)
        oldest = len(stands) - 1 - np.unique(stands[::-1], return_index=True)[1]
        ordered = np.sort(oldest)[skip : skip + limit]
        copies = dict(zip(chains.tolist(), counts.tolist(), strict=True))
        shown = self.publications([int(columns["reading"][n]) for n in ordered], question.scope.snapshot)
        by_reading = {p.read_at: p for p in shown}
        return [
            (by_reading[int(columns["reading"][n])], copies[int(stands[n])] - 1)
            for n in ordered
            if int(columns["reading"][n]) in by_reading
        ]

    def publications(self, readings: Sequence[int], at: int) -> list[StoredPublication]:
        """In the order asked for, as they stood at a snapshot."""
        return self._publications.by_reading(readings, at)

    def _placed(self, question: Question) -> _Placed:
        key = (question.node, question.scope)
        with self._lock:
            if key in self._columns:
                self._columns.move_to_end(key)
                return self._columns[key]
        node = conjunction(question.node, Marked("placed"))
        columns = self._index.columns(node, question.scope, ("reading", "chain_at", "story_at"))
        placed = _Placed(columns["reading"], columns["chain_at"], columns["story_at"])
        with self._lock:
            self._columns[key] = placed
            while len(self._columns) > KEPT_COLUMNS:
                self._columns.popitem(last=False)
        return placed

    def hits(self, question: Question, limit: int) -> list[Hit]:
        return self._index.page(question.node, question.scope, limit=limit)

    def facet(self, question: Question, field: str) -> dict[str, int]:
        return self._index.facet(question.node, question.scope, field)

    def tones_by_day(self, question: Question, since: date, until: date) -> dict[date, dict[str, int]]:
        return self._index.tones_by_day(question.node, question.scope, since, until)

    def days(self, question: Question, since: date, until: date) -> dict[date, int]:
        return self._index.days(question.node, question.scope, since, until)

    def lag(self) -> Lag:
        return Lag(self._publications.head(), self._index.position())
