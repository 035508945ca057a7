"""When officers are away."""

from datetime import date

from sqlalchemy import Engine, delete, insert, select

from aimas.appeals.store import Settlement
from aimas.storage import appeal_tables as tables
from aimas.storage.database import reading


class SqlAbsences:
    """An AbsenceStore."""

    _engine: Engine

    def absent(self, today: date) -> frozenset[str]:
        table, day = tables.absences, today.toordinal()
        query = select(table.c.officer).where(table.c.first <= day, table.c.last >= day)
        with reading(self._engine) as connection:
            return frozenset(connection.execute(query).scalars())

    def put_absence(self, settlement: Settlement, officer: str, first: date, last: date) -> None:
        table, connection = tables.absences, settlement.connection
        day = first.toordinal()
        connection.execute(delete(table).where(table.c.officer == officer, table.c.first == day))
        connection.execute(insert(table).values(officer=officer, first=day, last=last.toordinal()))
