"""Who listened and what broke, as it stood on record at a ledger position or a moment."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Engine, and_, case, cast, func, or_, select

from aimas.core import Ownership
from aimas.reports.listening import Broken, Declared, Polls
from aimas.sources import PollOutcome, SourceKind
from aimas.storage import schema
from aimas.storage.database import reading
from aimas.storage.records import HeldItem

HOUR = 3_600_000_000
"""Microseconds."""
KEPT_SPANS = 400
"""A digest of a quarter asks for ninety days and the hours of the last, and its parts come in between."""


class _Span(msgspec.Struct, frozen=True):
    """Polls that began within one."""

    polls: tuple[Polls, ...]
    ended: int
    """The last of all that began in it, be it told of or not."""


class SqlWatch:
    """Reads only. Days that are over are summed once, the present one by the hour: six hundred outlets are polled some
    hundred thousand times a day."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._spans: OrderedDict[tuple[int, int], _Span] = OrderedDict()
        self._looked = 0
        """The last poll that is told of in what is remembered, or lies in none of it."""
        self._declared: tuple[int, tuple[Declared, ...]] = (0, ())

    def declared(self, position: int) -> list[Declared]:
        acts = schema.acts.c
        said = (acts.verb == "source-declared", acts.position <= position)
        with reading(self._engine) as connection:
            last = int(connection.execute(select(func.max(acts.position)).where(*said)).scalar() or 0)
            known = self._declared
            if known[0] == last:
                return list(known[1])
            query = select(acts.detail).where(*said).order_by(acts.position)
            found = {d.id: d for d in map(_declared, connection.execute(query).scalars())}
        self._declared = (last, tuple(found.values()))
        return list(found.values())

    def polls(self, since: datetime, until: datetime, ended: datetime) -> list[Polls]:
        begin, end, over = _microseconds(since), _microseconds(until), _microseconds(ended)
        with reading(self._engine) as connection:
            self._look(connection)
            settled = end <= over - HOUR
            edges = [begin, end] if settled else [*range(begin, end, HOUR), end]
            return [p for a, b in pairwise(edges) for p in self._within(connection, a, b, over)]

    def _look(self, connection: Connection) -> None:
        """Forgets the spans that polls were written into since the last look."""
        polls = schema.polls.c
        with self._lock:
            newest = int(connection.execute(select(func.max(polls.id))).scalar() or 0)
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
        found = self._read(connection, begin, end, over)
        if end <= over:
            ended = self._last_end(connection, begin, end)
            if ended <= over:
                with self._lock:
                    if looked == self._looked:
                        self._spans[begin, end] = _Span(found, ended)
                    while len(self._spans) > KEPT_SPANS:
                        self._spans.popitem(last=False)
        return found

    @staticmethod
    def _read(connection: Connection, begin: int, end: int, over: int) -> tuple[Polls, ...]:
        table = schema.polls.c
        answered = case((table.outcome == PollOutcome.FAILED.value, 0), else_=1).label("answered")
        query = (
            select(
                table.source,
                answered,
                func.count().label("n"),
                func.max(table.at).label("last"),
            )
            .where(table.at >= begin, table.at < end, _ends() <= over)
            .group_by(table.source, "answered")
        )
        return tuple(
            Polls(r.source, bool(r.answered), r.n, datetime.fromtimestamp(r.last / 1_000_000, UTC))
            for r in connection.execute(query)
        )

    @staticmethod
    def _last_end(connection: Connection, begin: int, end: int) -> int:
        at = schema.polls.c.at
        query = select(func.max(_ends())).where(at >= begin, at < end)
        return int(connection.execute(query).scalar() or 0)

    def broken(self, since: datetime, until: datetime, position: int) -> Broken:
        table = schema.held.c
        waits = or_(table.resolved.is_(None), table.resolved > position)
        query = select(func.count(), func.coalesce(func.sum(case((waits, 1), else_=0)), 0)).where(
            self._held_within(since, until, position)
        )
        with reading(self._engine) as connection:
            held, waiting = connection.execute(query).one()
        return Broken(int(held), int(waiting))

    def held(
        self, since: datetime, until: datetime, position: int, limit: int
    ) -> Sequence[tuple[HeldItem, bool]]:
        """What `broken` counts, newest first, and whether it still waited."""
        table = schema.held
        query = (
            select(table)
            .where(self._held_within(since, until, position))
            .order_by(table.c.position.desc())
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [
                (
                    HeldItem(
                        r.position,
                        r.step,
                        r.reason,
                        r.detail,
                        r.name,
                        r.source,
                        datetime.fromtimestamp(r.at / 1_000_000, UTC),
                        r.original is not None,
                    ),
                    r.resolved is None or r.resolved > position,
                )
                for r in connection.execute(query)
            ]

    def written_after(self, position: int) -> datetime | None:
        """When the entry after this one was written; None where it is the last."""
        query = select(schema.ledger.c.at).where(schema.ledger.c.position == position + 1)
        with reading(self._engine) as connection:
            at = connection.execute(query).scalar()
        return None if at is None else datetime.fromtimestamp(at / 1_000_000, UTC)

    @staticmethod
    def _held_within(since: datetime, until: datetime, position: int) -> Any:
        table = schema.held.c
        return and_(
            table.at >= _microseconds(since), table.at < _microseconds(until), table.position <= position
        )


def _ends() -> Any:
    table = schema.polls.c
    return table.at + cast(table.elapsed_ms, BigInteger) * 1_000


def _declared(detail: str) -> Declared:
    said: dict[str, Any] = msgspec.json.decode(detail)
    id, kind = str(said["id"]), str(said.get("kind", ""))
    ownership = Ownership(said.get("ownership", Ownership.PERSONAL))
    return Declared(id, kind, ownership, str(said.get("name", "")), kind != SourceKind.IMPORT)


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
