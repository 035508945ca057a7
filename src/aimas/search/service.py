"""Asks the index and the records together; whatever shows a number gets it here, with its snapshot."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, tzinfo
from typing import Protocol

import msgspec

from aimas.core import Clock, StoredPublication
from aimas.search.parser import parse
from aimas.search.tree import Node, written
from aimas.search.types import Hit, Scope, SearchIndex


class Publications(Protocol):
    def by_reading(self, positions: Sequence[int]) -> list[StoredPublication]:
        """In the order asked for."""

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


class Search:
    def __init__(self, index: SearchIndex, publications: Publications, clock: Clock, zone: tzinfo) -> None:
        self._index = index
        self._publications = publications
        self._clock = clock
        self.zone = zone

    def today(self) -> date:
        return self._clock.now().astimezone(self.zone).date()

    def now(self) -> datetime:
        return self._clock.now()

    def ask(self, text: str, institution: str, at: int | None = None) -> Question:
        """Raises QueryError. Without `at` the snapshot is what the index has taken in."""
        return self.about(parse(text, self.today()), institution, at, text)

    def about(self, node: Node, institution: str, at: int | None = None, text: str | None = None) -> Question:
        reached = self._index.position()
        snapshot = reached if at is None else min(at, reached)
        return Question(written(node) if text is None else text, node, Scope(institution, snapshot))

    def count(self, question: Question) -> int:
        return self._index.count(question.node, question.scope)

    def page(
        self, question: Question, *, limit: int = 50, below: int | None = None, by_relevance: bool = False
    ) -> Page:
        hits = self._index.page(
            question.node, question.scope, limit=limit + 1, below=below, by_relevance=by_relevance
        )
        shown = hits[:limit]
        count = self.count(question)
        latest = Scope(question.scope.institution, self._index.position())
        newer = 0
        if latest.snapshot > question.scope.snapshot:
            newer = max(0, self._index.count(question.node, latest) - count)
        more = len(hits) > limit and not by_relevance
        return Page(
            question,
            count,
            newer,
            self._publications.by_reading([h.reading for h in shown]),
            shown[-1].order if more else None,
        )

    def everything(self, question: Question, step: int = 500) -> Iterator[StoredPublication]:
        """The whole list, newest first, at the snapshot: as many as `count` says."""
        below: int | None = None
        while hits := self._index.page(question.node, question.scope, limit=step, below=below):
            yield from self._publications.by_reading([h.reading for h in hits])
            below = hits[-1].order

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
