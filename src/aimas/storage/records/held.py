"""What was held for a person: which items wait, and what was kept of them."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Engine, Row, func, select

from aimas.storage import rows, schema
from aimas.storage.database import reading


class HeldItem(msgspec.Struct, frozen=True):
    position: int
    step: str
    reason: str
    detail: str
    name: str
    source: str
    at: datetime
    retryable: bool
    """False where nothing was kept that could be tried again."""


def held_item(row: Row[Any]) -> HeldItem:
    """Of a row of `schema.held`."""
    return HeldItem(
        row.position,
        row.step,
        row.reason,
        row.detail,
        row.name,
        row.source,
        rows.moment(row.at // 1_000_000),
        row.original is not None,
    )


class SqlHeld:
    _engine: Engine

    def held(self, limit: int = 200, after: int = 0) -> list[HeldItem]:
        """Waiting items, newest first; `after` continues below a position."""
        table = schema.held
        query = select(table).where(table.c.resolved.is_(None)).order_by(table.c.position.desc()).limit(limit)
        if after:
            query = query.where(table.c.position < after)
        with reading(self._engine) as connection:
            return [held_item(r) for r in connection.execute(query)]

    def held_count(self) -> int:
        with reading(self._engine) as connection:
            query = select(func.count()).select_from(schema.held).where(schema.held.c.resolved.is_(None))
            return int(connection.execute(query).scalar_one())

    def held_original(self, position: int) -> str | None:
        """None where nothing was kept, and where it was settled already."""
        with reading(self._engine) as connection:
            table = schema.held
            query = select(table.c.original).where(table.c.position == position, table.c.resolved.is_(None))
            return connection.execute(query).scalar()
