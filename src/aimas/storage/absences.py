"""When officers are away."""

from datetime import date

from sqlalchemy import Engine, delete, insert, select

from aimas.appeals.routing import Absence
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

    def absences(self, since: date) -> list[Absence]:
        table = tables.absences
        query = (
            select(table).where(table.c.last >= since.toordinal()).order_by(table.c.first, table.c.officer)
        )
        with reading(self._engine) as connection:
            return [
                Absence(r.officer, date.fromordinal(r.first), date.fromordinal(r.last))
                for r in connection.execute(query)
            ]

    def put_absence(self, settlement: Settlement, absence: Absence) -> None:
        self.end_absence(settlement, absence.officer, absence.first)
        settlement.connection.execute(
            insert(tables.absences).values(
                officer=absence.officer, first=absence.first.toordinal(), last=absence.last.toordinal()
            )
        )

    def end_absence(self, settlement: Settlement, officer: str, first: date) -> bool:
        table = tables.absences
        gone = delete(table).where(table.c.officer == officer, table.c.first == first.toordinal())
        return bool(settlement.connection.execute(gone).rowcount)
