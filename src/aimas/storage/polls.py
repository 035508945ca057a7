"""Sums of the polls' table: six hundred outlets are polled some hundred thousand times a day, and every page tells of
it."""

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import BigInteger, Connection, Engine, and_, case, cast, func, select

from aimas.reports.listening import Polls
from aimas.sources import PollOutcome
from aimas.storage import schema
from aimas.storage.database import reading

HOUR = 3_600_000_000
"""Microseconds."""
QUARTER = HOUR // 4
NEAR = 4
"""Quarters: another thread's moment may be a little older."""
NEVER = 2**62
KEPT_SPANS = 400
"""A digest of a quarter asks for ninety days and the hours of the last, and its parts come in between."""

Counts: TypeAlias = tuple[int, int, int]
"""Polls that succeeded, that failed, and new items."""
NONE: Counts = (0, 0, 0)


class _Span(msgspec.Struct, frozen=True):
    """Polls that began within one."""

    polls: tuple[Polls, ...]
    ended: int
    """The last of all that began in it, be it told of or not."""


class PollSums:
    """What was summed once is remembered, and only what was written since is read. Moments are in microseconds.

    Two kinds are remembered: what ends now, by the quarter of an hour and grown poll by poll; and spans that are over,
    as they were asked for and until a poll is written into them.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._first, self._upto = NEVER, 0
        """The first quarter that is whole here, and the last poll that was added."""
        self._quarters: dict[int, dict[str, Counts]] = {}
        self._sums: dict[str, Counts] = {}
        self._spans: OrderedDict[tuple[int, int], _Span] = OrderedDict()
        self._looked = 0
        """The last poll that is told of in what is remembered of spans, or lies in none of them."""

    def since(self, moment: int) -> dict[str, dict[str, int]]:
        """Per source: polls that succeeded and failed, and new items."""
        table, first = schema.polls.c, -(-moment // QUARTER)
        with self._lock, reading(self._engine) as connection:
            newest = _newest(connection)
            if first < self._first - NEAR or newest < self._upto:
                # Asked for more than is remembered, or these are other records than they were.
                self._begin(first)
            self._forget(first)
            whole = self._first * QUARTER
            if newest > self._upto:
                # With nothing added to the other column SQLite would answer by the wrong index.
                written = (
                    and_(table.id > self._upto, table.id <= newest, table.at + 0 >= whole)
                    if self._upto
                    else and_(table.id + 0 <= newest, table.at >= whole)
                )
                for quarter, source, counts in _counted(connection, written, table.at // QUARTER):
                    _add(self._quarters.setdefault(quarter, {}), source, counts)
                    _add(self._sums, source, counts)
                self._upto = newest
            sums = dict(self._sums)
            edge = and_(table.at >= moment, table.at < whole, table.id + 0 <= newest)
            for _, source, counts in _counted(connection, edge, table.at * 0):
                _add(sums, source, counts)
        return {
            source: {"ok": good, "failed": failed, "new": new}
            for source, (good, failed, new) in sums.items()
            if good or failed
        }

    def between(self, begin: int, end: int, over: int) -> list[Polls]:
        """Those that began in it and had ended at `over`; of a day that may not be over by the hour."""
        with reading(self._engine) as connection:
            self._look(connection)
            edges = [begin, end] if end <= over - HOUR else [*range(begin, end, HOUR), end]
            return [p for a, b in pairwise(edges) for p in self._within(connection, a, b, over)]

    def _begin(self, first: int) -> None:
        """Nothing is remembered of what ends now."""
        self._first, self._upto, self._quarters, self._sums = first, 0, {}, {}

    def _forget(self, first: int) -> None:
        """The quarters that lie before."""
        for quarter in [q for q in self._quarters if q < first]:
            for source, (good, failed, new) in self._quarters.pop(quarter).items():
                _add(self._sums, source, (-good, -failed, -new))
        self._first = max(self._first, first)

    def _look(self, connection: Connection) -> None:
        """Forgets the spans that polls were written into since the last look."""
        polls = schema.polls.c
        with self._lock:
            newest = _newest(connection)
            if self._spans and newest != self._looked:
                # With nothing added SQLite would walk all moments from the oldest on.
                query = select(func.min(polls.at + 0)).where(polls.id > self._looked)
                first = connection.execute(query).scalar() if newest > self._looked else None
                # Fewer than there were: these are other records.
                earliest = 0 if first is None else int(first)
                for span in [s for s in self._spans if s[1] > earliest]:
                    del self._spans[span]
            self._looked = newest

    def _within(self, connection: Connection, begin: int, end: int, over: int) -> Sequence[Polls]:
        with self._lock:
            looked, known = self._looked, self._spans.get((begin, end))
            if known is not None and known.ended <= over:
                self._spans.move_to_end((begin, end))
                return known.polls
        at = schema.polls.c.at
        began = and_(at >= begin, at < end)
        found = _answered(connection, and_(began, _ends() <= over))
        if end <= over:
            ended = int(connection.execute(select(func.max(_ends())).where(began)).scalar() or 0)
            if ended <= over:
                with self._lock:
                    if looked == self._looked:
                        self._spans[begin, end] = _Span(found, ended)
                    while len(self._spans) > KEPT_SPANS:
                        self._spans.popitem(last=False)
        return found


def _newest(connection: Connection) -> int:
    return int(connection.execute(select(func.max(schema.polls.c.id))).scalar() or 0)


def _counted(connection: Connection, wanted: Any, quarter: Any) -> Iterator[tuple[int, str, Counts]]:
    """By quarter and source."""
    table = schema.polls.c
    failed = func.sum(case((table.outcome == PollOutcome.FAILED.value, 1), else_=0))
    query = (
        select(table.source, quarter.label("quarter"), func.count(), failed, func.sum(table.new))
        .where(wanted)
        # By its name: written out again, its values would be other values to PostgreSQL.
        .group_by(table.source, "quarter")
    )
    for source, at, n, bad, new in connection.execute(query):
        yield int(at), source, (n - int(bad), int(bad), int(new or 0))


def _answered(connection: Connection, wanted: Any) -> tuple[Polls, ...]:
    """By source and by whether it answered, with the last of each."""
    table = schema.polls.c
    answered = case((table.outcome == PollOutcome.FAILED.value, 0), else_=1).label("answered")
    query = (
        select(table.source, answered, func.count().label("n"), func.max(table.at).label("last"))
        .where(wanted)
        .group_by(table.source, "answered")
    )
    return tuple(
        Polls(r.source, bool(r.answered), r.n, datetime.fromtimestamp(r.last / 1_000_000, UTC))
        for r in connection.execute(query)
    )


def _ends() -> Any:
    table = schema.polls.c
    return table.at + cast(table.elapsed_ms, BigInteger) * 1_000


def _add(sums: dict[str, Counts], source: str, counts: Counts) -> None:
    before = sums.get(source, NONE)
    sums[source] = before[0] + counts[0], before[1] + counts[1], before[2] + counts[2]
