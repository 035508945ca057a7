"""Who listened and what broke, as it stood on record at a ledger position or a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Engine, and_, case, cast, func, or_, select

from aimas.core import Ownership
from aimas.reports.listening import Broken, Declared, Polls
from aimas.sources import PollOutcome, SourceKind
from aimas.storage import schema
from aimas.storage.database import reading
from aimas.storage.records import HeldItem

QUARTER = 900_000_000
"""Microseconds: no time zone's day begins within one."""


class SqlWatch:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def declared(self, position: int) -> list[Declared]:
        acts = schema.acts.c
        query = (
            select(acts.detail)
            .where(acts.verb == "source-declared", acts.position <= position)
            .order_by(acts.position)
        )
        found: dict[str, Declared] = {}
        with reading(self._engine) as connection:
            for detail in connection.execute(query).scalars():
                said: dict[str, Any] = msgspec.json.decode(detail)
                id, kind = str(said["id"]), str(said.get("kind", ""))
                ownership = Ownership(said.get("ownership", Ownership.PERSONAL))
                is_polled = kind != SourceKind.IMPORT
                found[id] = Declared(id, kind, ownership, str(said.get("name", "")), is_polled)
        return list(found.values())

    def polls(self, since: datetime, until: datetime) -> list[Polls]:
        table = schema.polls.c
        answered = case((table.outcome == PollOutcome.FAILED.value, 0), else_=1).label("answered")
        quarter = table.at // QUARTER
        query = (
            select(
                table.source,
                answered,
                func.count().label("n"),
                func.max(table.at).label("last"),
            )
            .where(
                table.at >= _microseconds(since),
                # Implied by the next one, and answered by an index.
                table.at <= _microseconds(until),
                table.at + cast(table.elapsed_ms, BigInteger) * 1_000 <= _microseconds(until),
            )
            # By its name: written out again, its values would be other values to PostgreSQL.
            .group_by(table.source, "answered", quarter)
        )
        with reading(self._engine) as connection:
            return [
                Polls(r.source, bool(r.answered), r.n, datetime.fromtimestamp(r.last / 1_000_000, UTC))
                for r in connection.execute(query)
            ]

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


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
