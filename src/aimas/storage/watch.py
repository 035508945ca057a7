"""Who listened and what broke, as it stood on record at a ledger position or a moment."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, and_, case, func, or_, select

from aimas.core import Ownership
from aimas.reports.listening import Broken, Declared, Polls
from aimas.sources import SourceKind
from aimas.storage import schema
from aimas.storage.database import reading
from aimas.storage.polls import PollSums
from aimas.storage.records import HeldItem, held_item


class SqlWatch:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._sums = PollSums(engine)
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
        return self._sums.between(_microseconds(since), _microseconds(until), _microseconds(ended))

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
                (held_item(r), r.resolved is None or r.resolved > position) for r in connection.execute(query)
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


def _declared(detail: str) -> Declared:
    said: dict[str, Any] = msgspec.json.decode(detail)
    id, kind = str(said["id"]), str(said.get("kind", ""))
    ownership = Ownership(said.get("ownership", Ownership.PERSONAL))
    return Declared(id, kind, ownership, str(said.get("name", "")), kind != SourceKind.IMPORT)


def _microseconds(moment: datetime) -> int:
    return round(moment.timestamp() * 1_000_000)
