"""By which trail publications came in: notes for the log, no records, so that a line about an alert names the fetch."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Engine, func, select

from aimas.storage import schema
from aimas.storage.database import reading

LOOKUP = 500


class Stretch(msgspec.Struct, frozen=True):
    """Ledger positions that were filed on one trail, the last included."""

    first: int
    last: int
    trail: str


class SqlTrails:
    """Reads what settlements noted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def between(self, after: int, upto: int, limit: int) -> list[Stretch]:
        """Those that begin there, oldest first; what one trail filed in a row is one stretch."""
        table = schema.trails
        query = (
            select(table)
            .where(table.c.position > after, table.c.position <= upto)
            .order_by(table.c.position)
            .limit(limit)
        )
        found: list[Stretch] = []
        with reading(self._engine) as connection:
            for row in connection.execute(query):
                if found and found[-1].trail == row.trail:
                    found[-1] = Stretch(found[-1].first, row.last, row.trail)
                else:
                    found.append(Stretch(row.position, row.last, row.trail))
        return found

    def of(self, readings: Sequence[int]) -> list[str]:
        """Of the publications that these readings read, each once. What nobody began a trail for has none."""
        table, read = schema.trails, schema.readings
        earlier = table.alias()
        nearest = (
            select(func.max(earlier.c.position))
            .where(earlier.c.position <= read.c.publication)
            .scalar_subquery()
        )
        found: dict[str, None] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(readings), LOOKUP):
                query = (
                    select(table.c.trail)
                    .select_from(read)
                    .join(table, table.c.position == nearest)
                    .where(
                        read.c.position.in_(list(readings[start : start + LOOKUP])),
                        table.c.last >= read.c.publication,
                    )
                    .order_by(read.c.publication)
                )
                found.update(dict.fromkeys(connection.execute(query).scalars()))
        return list(found)
