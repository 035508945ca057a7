"""The derived row a case: what lists and figures read, made again from the events at any time."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, bindparam, func, insert, select, update

from aimas.appeals.states import CaseState, Press
from aimas.appeals.store import Settlement
from aimas.appeals.types import Channel, Decision, Stage, Standing
from aimas.core import BadInput, Language
from aimas.storage import appeal_tables as tables
from aimas.storage.database import reading
from aimas.storage.times import day, microseconds, moment, ordinal

PAGE = 500
NEVER = 9_999_999
"""The day that stands for none: after every other."""


class SqlCaseStates:
    """A StateStore."""

    _engine: Engine

    def rows(self, cases: Sequence[str]) -> dict[str, tuple[CaseState, int]]:
        table = tables.case_states
        with reading(self._engine) as connection:
            found = connection.execute(select(table).where(table.c.case_id.in_(list(cases)))).mappings()
            return {r["case_id"]: (state_of_row(dict(r)), int(r["position"])) for r in found}

    def put_state(
        self, settlement: Settlement, state: CaseState, position: int, born: int | None = None
    ) -> None:
        connection, row = settlement.connection, _row(state, position)
        if connection.execute(_MOVE_STATE, {"of": state.case, **row}).rowcount == 0:
            known = {"case_id": state.case, "born": born or position, **row}
            connection.execute(insert(tables.case_states), known)

    def put_reader(self, settlement: Settlement, case: str, reader: str) -> None:
        table = tables.case_readers
        known = select(table.c.case_id).where(table.c.case_id == case, table.c.reader == reader)
        if settlement.connection.execute(known).first() is None:
            settlement.connection.execute(insert(table).values(case_id=case, reader=reader))

    def states(self, since: date | None, until: date | None) -> Iterator[CaseState]:
        return (state for state, _ in self._since(since, until))

    def states_at(
        self, position: int, since: date | None, until: date | None
    ) -> Iterator[tuple[CaseState, int]]:
        return self._since(since, until, tables.case_states.c.born <= position)

    def head(self) -> int:
        with reading(self._engine) as connection:
            return int(connection.execute(select(func.max(tables.case_states.c.position))).scalar() or 0)

    def _since(
        self, since: date | None, until: date | None, *more: ColumnElement[bool]
    ) -> Iterator[tuple[CaseState, int]]:
        """In the order in which they came, with the position of each row."""
        table = tables.case_states
        born = 0
        while True:
            query = select(table).where(table.c.born > born, *more).order_by(table.c.born).limit(PAGE)
            if since is not None:
                query = query.where(table.c.received_on >= since.toordinal())
            if until is not None:
                query = query.where(table.c.received_on <= until.toordinal())
            with reading(self._engine) as connection:
                rows = connection.execute(query).mappings().all()
            yield from ((state_of_row(dict(r)), int(r["position"])) for r in rows)
            if len(rows) < PAGE:
                return
            born = rows[-1]["born"]


_MOVE_STATE = (
    update(tables.case_states)
    .where(tables.case_states.c.case_id == bindparam("of"))
    .values(
        {
            column: bindparam(column.name)
            for column in tables.case_states.c
            if column.name not in ("case_id", "born")
        }
    )
)
"""Made once: to say so many columns anew each time costs more than to write them."""


def born_at(connection: Connection, case: str) -> int:
    """When it came; raises BadInput where there is no such case."""
    table = tables.case_states
    born = connection.execute(select(table.c.born).where(table.c.case_id == case)).scalar()
    if born is None:
        raise BadInput(f"There is no case {case}.")
    return int(born)


def _row(state: CaseState, position: int) -> dict[str, Any]:
    return {
        "number": state.number,
        "position": position,
        "stage": state.stage.value,
        "is_open": int(state.is_open),
        "kind": state.kind,
        "standing": state.standing.value,
        "channel": state.channel.value,
        "language": state.language.value,
        "category": state.category,
        "unit": state.unit,
        "officer": state.officer,
        "is_confidential": int(state.is_confidential),
        "received_at": microseconds(state.received_at),
        "received_on": state.received_on.toordinal(),
        "due": NEVER if state.due is None else state.due.toordinal(),
        "term": ordinal(state.term),
        "done_on": ordinal(state.done_on),
        "contact_at": None if state.contact_at is None else microseconds(state.contact_at),
        "forwards": state.forwards,
        "extensions": state.extensions,
        "reopenings": state.reopenings,
        "complaints": state.complaints,
        "is_repeat": int(state.is_repeat),
        "decision": state.decision.value if state.decision else None,
        "stars": state.stars,
        "press": int(state.press),
        "updated_at": microseconds(state.updated_at),
    }


def state_of_row(r: Mapping[str, Any]) -> CaseState:
    return CaseState(
        case=r["case_id"],
        number=r["number"],
        stage=Stage(r["stage"]),
        is_open=bool(r["is_open"]),
        kind=r["kind"],
        standing=Standing(r["standing"]),
        channel=Channel(r["channel"]),
        language=Language(r["language"]),
        category=r["category"],
        unit=r["unit"],
        officer=r["officer"],
        is_confidential=bool(r["is_confidential"]),
        received_at=moment(r["received_at"]),
        received_on=date.fromordinal(r["received_on"]),
        due=None if r["due"] == NEVER else date.fromordinal(r["due"]),
        term=day(r["term"]),
        done_on=day(r["done_on"]),
        contact_at=None if r["contact_at"] is None else moment(r["contact_at"]),
        forwards=r["forwards"],
        extensions=r["extensions"],
        reopenings=r["reopenings"],
        complaints=r["complaints"],
        is_repeat=bool(r["is_repeat"]),
        decision=Decision(r["decision"]) if r["decision"] else None,
        stars=r["stars"],
        press=Press(r["press"]),
        updated_at=moment(r["updated_at"]),
    )
