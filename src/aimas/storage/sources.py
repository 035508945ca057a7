"""Declared sources, what is remembered between polls, and the record of every poll."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import Engine, insert, or_, select, update

from aimas.core import DropReason, Ownership
from aimas.sources import ItemMark, Poll, PollOutcome, PollState, Source, SourceKind, Standing
from aimas.sources.types import AHEAD, LONGEST_LEASE
from aimas.storage import schema
from aimas.storage.database import reading, writing
from aimas.storage.faults import point
from aimas.storage.polls import PollSums
from aimas.storage.schema import TALLY
from aimas.storage.sealing import Seal

LOOKUP = 500
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
        self._sums = PollSums(engine)

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
        """Per source: polls that succeeded and failed, and new items, since the moment."""
        return self._sums.since(_microseconds(moment))

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
