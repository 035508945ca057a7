"""How many items entered each step, and how many left it in which way."""

import msgspec
from sqlalchemy import Engine, select

from aimas.storage import schema
from aimas.storage.database import reading


class Tallied(msgspec.Struct, frozen=True):
    step: str
    outcome: str
    reason: str
    n: int


class SqlTallies:
    _engine: Engine

    def tallies(self) -> list[Tallied]:
        with reading(self._engine) as connection:
            table = schema.tallies
            ordered = select(table).order_by(table.c.step, table.c.outcome, table.c.reason)
            return [Tallied(r.step, r.outcome, r.reason, r.n) for r in connection.execute(ordered)]
