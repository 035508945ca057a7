"""Declared sources, what is remembered between polls, and the record of every poll."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeAlias, TypeVar

import msgspec
from sqlalchemy import Connection, Engine, and_, case, func, insert, or_, select, update

from aimas.core import DropReason, Ownership
from aimas.sources import ItemMark, Poll, PollOutcome, PollState, Source, SourceKind, Standing
from aimas.sources.types import AHEAD, LONGEST_LEASE
from aimas.storage import schema
from aimas.storage.database import reading, writing
from aimas.storage.faults import point
from aimas.storage.schema import TALLY
from aimas.storage.sealing import Seal

LOOKUP = 500
QUARTER = 900_000_000
"""Microseconds."""
NEAR = 4
"""Quarters: another thread's moment may be a little older."""
NEVER = 2**62
Counts: TypeAlias = tuple[int, int, int]
"""Polls that succeeded, that failed, and new items."""
NONE: Counts = (0, 0, 0)
T = TypeVar("T")

_source_out, _source_in = msgspec.json.Encoder(), msgspec.json.Decoder(Source)
_state_out, _state_in = msgspec.json.Encoder(), msgspec.json.Decoder(PollState)


class SqlSources:
    """A SourceStore on SQL; declarations and states are sealed, since a personal page's address carries a handle."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self._engine = engine
        self._seal = seal
        self._declarations = _Opened(seal, _source_in)
        self._states = _Opened(seal, _state_in)
        self._recent = _Recent()

    def put(self, source: Source) -> None:
        table = schema.sources
        declared = self._seal.seal(_source_out.encode(source))
        pollable = source.kind is not SourceKind.IMPORT
        with writing(self._engine) as connection:
            before = connection.execute(select(table).where(table.c.id == source.id)).first()
            if before is not None:
                due: dict[str, Any] = {}
                if source.retired_at is not None:
                    due = {"next_due": None, "claimed_until": 0}
                elif pollable and self._declared(before).retired_at is not None:
                    due = {"next_due": 0}
                connection.execute(
                    update(table).where(table.c.id == source.id).values(declared=declared, **due)
                )
            else:
                connection.execute(
                    insert(table).values(
                        id=source.id,
                        declared=declared,
                        state=self._seal.seal(_state_out.encode(PollState(source=source.id))),
                        next_due=0 if pollable else None,
                        claimed_until=0,
                    )
                )

    def get_source(self, source_id: str) -> Source | None:
        row = self._row(source_id)
        return None if row is None else self._declared(row)

    def sources(self) -> list[Source]:
        table = schema.sources
        with reading(self._engine) as connection:
            rows = connection.execute(select(table.c.id, table.c.declared).order_by(table.c.id)).all()
        return [self._declared(r) for r in rows]

    def states(self) -> list[tuple[Source, PollState]]:
        """All with what is remembered of them, by id, in one question."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(schema.sources).order_by(schema.sources.c.id)).all()
        return [(self._declared(r), self._state(r)) for r in rows]

    def state_of(self, source_id: str) -> PollState:
        row = self._row(source_id)
        return PollState(source=source_id) if row is None else self._state(row)

    def due(self, now: datetime, limit: int) -> list[tuple[Source, PollState]]:
        table = schema.sources
        at = _microseconds(now)
        query = (
            select(table)
            .where(table.c.next_due.is_not(None), table.c.next_due <= at, table.c.claimed_until <= at)
            .order_by(table.c.next_due, table.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [(self._declared(r), self._state(r)) for r in connection.execute(query)]

    def claim(self, source_id: str, now: datetime, until: datetime) -> bool:
        table = schema.sources
        at = _microseconds(now)
        free = (
            update(table)
            .where(
                table.c.id == source_id,
                table.c.next_due.is_not(None),
                table.c.next_due <= at,
                or_(table.c.claimed_until <= at, table.c.claimed_until.is_(None)),
            )
            .values(claimed_until=_microseconds(until))
        )
        with writing(self._engine) as connection:
            return connection.execute(free).rowcount == 1

    def save(self, state: PollState, poll: Poll, marks: Sequence[ItemMark]) -> None:
        table = schema.sources
        with writing(self._engine) as connection:
            row = connection.execute(select(table).where(table.c.id == state.source)).first()
            declared = None if row is None else self._declared(row)
            personal = declared is None or declared.ownership is Ownership.PERSONAL
            ended = state.dead or (declared is not None and declared.retired_at is not None)
            connection.execute(
                update(table)
                .where(table.c.id == state.source)
                .values(
                    state=self._seal.seal(_state_out.encode(state)),
                    next_due=None if ended else _microseconds(state.next_due) if state.next_due else 0,
                    claimed_until=0,
                )
            )
            connection.execute(
                insert(schema.polls).values(
                    source=poll.source,
                    at=_microseconds(poll.at),
                    outcome=poll.outcome.value,
                    listed=poll.listed,
                    known=poll.known,
                    new=poll.new,
                    dropped=poll.dropped,
                    held=poll.held,
                    postponed=poll.postponed,
                    bytes=poll.bytes,
                    elapsed_ms=poll.elapsed_ms,
                    # An error of a personal page may quote its address.
                    detail="" if personal else poll.detail,
                )
            )
            # What was listed again and known came in by the door and left it at once.
            for outcome, reason in (("entered", ""), ("dropped", DropReason.ALREADY_FILED.value)):
                if poll.known:
                    connection.execute(
                        TALLY, [{"step": "gather", "outcome": outcome, "reason": reason, "n": poll.known}]
                    )
            if marks:
                connection.execute(
                    schema.SEE, [{"source": state.source, "item": m.key, "digest": m.digest} for m in marks]
                )
            point("poll-written")

    def release(self, source_id: str) -> None:
        with writing(self._engine) as connection:
            connection.execute(
                update(schema.sources).where(schema.sources.c.id == source_id).values(claimed_until=0)
            )

    def set_right(self, now: datetime) -> int:
        table, polls = schema.sources, schema.polls
        at, ahead = _microseconds(now), _microseconds(now + AHEAD)
        later = polls.alias()
        polled_since = select(later.c.id).where(later.c.source == polls.c.source, later.c.id > polls.c.id)
        polled_ahead = select(polls.c.source).where(polls.c.at > ahead, ~polled_since.exists())
        waits = (table.c.next_due > at, table.c.id.in_(polled_ahead))
        lost = (table.c.claimed_until > _microseconds(now + LONGEST_LEASE),)
        with writing(self._engine) as connection:
            ended = connection.execute(update(table).where(*lost).values(claimed_until=0)).rowcount
            ended += connection.execute(update(table).where(*waits).values(next_due=at)).rowcount
        return ended

    def polls(self, source_id: str, limit: int) -> list[Poll]:
        table = schema.polls
        query = select(table).where(table.c.source == source_id).order_by(table.c.id.desc()).limit(limit)
        with reading(self._engine) as connection:
            return [_poll(r) for r in connection.execute(query)]

    def polls_since(self, moment: datetime) -> dict[str, dict[str, int]]:
        """Per source: polls that succeeded and failed, and new items, since the moment.

        What was read once is remembered by the quarter of an hour, and only what was written since is read: six hundred
        outlets are polled some hundred thousand times a day, and every page tells of it.
        """
        since = _microseconds(moment)
        table, first, recent = schema.polls.c, -(-since // QUARTER), self._recent
        with recent.lock, reading(self._engine) as connection:
            newest = int(connection.execute(select(func.max(table.id))).scalar() or 0)
            if first < recent.first - NEAR or newest < recent.upto:
                # Asked for more than is remembered, or these are other records than they were.
                recent.begin(first)
            recent.forget(first)
            whole = recent.first * QUARTER
            if newest > recent.upto:
                # With nothing added to the other column SQLite would answer by the wrong index.
                written = (
                    and_(table.id > recent.upto, table.id <= newest, table.at + 0 >= whole)
                    if recent.upto
                    else and_(table.id + 0 <= newest, table.at >= whole)
                )
                for quarter, source, counts in self._counted(connection, written, table.at // QUARTER):
                    recent.add(quarter, source, counts)
                recent.upto = newest
            edge = and_(table.at >= since, table.at < whole, table.id + 0 <= newest)
            return recent.summed(self._counted(connection, edge, table.at * 0))

    @staticmethod
    def _counted(connection: Connection, wanted: Any, quarter: Any) -> Iterator[tuple[int, str, Counts]]:
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

    def standings(self, source: str, marks: Sequence[ItemMark]) -> list[Standing]:
        table = schema.seen
        known: dict[str, str] = {}
        keys = list({m.key for m in marks})
        with reading(self._engine) as connection:
            for start in range(0, len(keys), LOOKUP):
                query = select(table.c.item, table.c.digest).where(
                    table.c.source == source, table.c.item.in_(keys[start : start + LOOKUP])
                )
                known.update({r.item: r.digest for r in connection.execute(query)})
        return [
            Standing.NEW
            if m.key not in known
            else Standing.KNOWN
            if known[m.key] == m.digest
            else Standing.CHANGED
            for m in marks
        ]

    def retire(self, source_id: str, now: datetime) -> bool:
        """Stops polling; the declaration stays, since what it brought is shown under its name. False when unknown
        or retired already."""
        source = self.get_source(source_id)
        if source is None or source.retired_at is not None:
            return False
        self.put(msgspec.structs.replace(source, retired_at=now))
        return True

    def _row(self, source_id: str) -> Any:
        with reading(self._engine) as connection:
            return connection.execute(select(schema.sources).where(schema.sources.c.id == source_id)).first()

    def _declared(self, row: Any) -> Source:
        return self._declarations.of(row.id, row.declared)

    def _state(self, row: Any) -> PollState:
        return self._states.of(row.id, row.state)


class _Opened(Generic[T]):
    """What sealed bytes say, opened once: each page names all sources, and they seldom change."""

    def __init__(self, seal: Seal, decoder: "msgspec.json.Decoder[T]") -> None:
        self._seal = seal
        self._decoder = decoder
        self._known: dict[str, tuple[bytes, T]] = {}

    def of(self, id: str, sealed: bytes) -> T:
        """Raises BadInput as `Seal.open` does."""
        known = self._known.get(id)
        if known is None or known[0] != sealed:
            known = self._known[id] = (sealed, self._decoder.decode(self._seal.open(sealed)))
        return known[1]


class _Recent:
    """Polls by the quarter of an hour and source, and their sums; asked for under the lock."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.first, self.upto = NEVER, 0
        """The first quarter that is whole here, and the last poll that was added."""
        self._quarters: dict[int, dict[str, Counts]] = {}
        self._sums: dict[str, Counts] = {}

    def begin(self, first: int) -> None:
        self.first, self.upto, self._quarters, self._sums = first, 0, {}, {}

    def add(self, quarter: int, source: str, counts: Counts) -> None:
        sources = self._quarters.setdefault(quarter, {})
        sources[source] = _plus(sources.get(source, NONE), counts)
        self._sums[source] = _plus(self._sums.get(source, NONE), counts)

    def forget(self, first: int) -> None:
        """What lies before."""
        for quarter in [q for q in self._quarters if q < first]:
            for source, (good, failed, new) in self._quarters.pop(quarter).items():
                self._sums[source] = _plus(self._sums[source], (-good, -failed, -new))
        self.first = max(self.first, first)

    def summed(self, more: Iterable[tuple[int, str, Counts]]) -> dict[str, dict[str, int]]:
        sums = dict(self._sums)
        for _, source, counts in more:
            sums[source] = _plus(sums.get(source, NONE), counts)
        return {
            source: {"ok": good, "failed": failed, "new": new}
            for source, (good, failed, new) in sums.items()
            if good or failed
        }


def _plus(one: Counts, other: Counts) -> Counts:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _poll(row: Any) -> Poll:
    return Poll(
        source=row.source,
        at=datetime.fromtimestamp(row.at / 1_000_000, UTC),
        outcome=PollOutcome(row.outcome),
        listed=row.listed,
        known=row.known,
        new=row.new,
        dropped=row.dropped,
        held=row.held,
        postponed=row.postponed,
        bytes=row.bytes,
        elapsed_ms=row.elapsed_ms,
        detail=row.detail,
    )
