"""Messages that go out to applicants, and what became of each."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, and_, func, insert, or_, select, update

from aimas.appeals.store import MessageState, Outgoing, Settlement, Waiting
from aimas.appeals.types import Channel, MessageKind
from aimas.core import Language
from aimas.storage import appeal_tables as tables
from aimas.storage.database import reading
from aimas.storage.times import microseconds, moment


class SqlMessages:
    """A MessageStore."""

    _engine: Engine

    def put_message(
        self, settlement: Settlement, case: str, number: str, message: Waiting, position: int
    ) -> None:
        settlement.connection.execute(
            insert(tables.case_messages).values(
                case_id=case,
                number=number,
                key=message.key,
                kind=message.kind.value,
                channel=message.channel.value,
                language=message.language.value,
                state=message.state.value,
                tries=0,
                made_at=microseconds(message.due_at),
                due_at=microseconds(message.due_at),
                sealed=message.sealed,
                position=position,
            )
        )

    def outgoing(self, now: datetime, limit: int) -> list[Outgoing]:
        table = tables.case_messages
        waiting = and_(table.c.state == MessageState.WAITING.value, table.c.due_at <= microseconds(now))
        query = (
            select(table)
            .where(or_(waiting, table.c.state == MessageState.BY_HAND.value))
            .order_by(table.c.due_at, table.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [_outgoing(dict(r)) for r in connection.execute(query).mappings()]

    def message_counts(self) -> dict[MessageState, int]:
        table = tables.case_messages
        query = select(table.c.state, func.count().label("n")).group_by(table.c.state)
        with reading(self._engine) as connection:
            found = {r.state: int(r.n) for r in connection.execute(query)}
        return {state: found.get(state.value, 0) for state in MessageState}

    def messages(self, case: str) -> list[Outgoing]:
        """All of a case, whatever became of them."""
        table = tables.case_messages
        query = select(table).where(table.c.case_id == case).order_by(table.c.id)
        with reading(self._engine) as connection:
            return [_outgoing(dict(r)) for r in connection.execute(query).mappings()]

    def get_message(self, id: int) -> tuple[Outgoing, str] | None:
        table = tables.case_messages
        with reading(self._engine) as connection:
            row = connection.execute(select(table).where(table.c.id == id)).mappings().first()
        return None if row is None else (_outgoing(dict(row)), str(row["sealed"]))

    def claim_message(self, settlement: Settlement, id: int, now: datetime, until: datetime) -> bool:
        table = tables.case_messages
        taken = settlement.connection.execute(
            update(table)
            .where(
                table.c.id == id,
                table.c.state == MessageState.WAITING.value,
                table.c.due_at <= microseconds(now),
            )
            .values(due_at=microseconds(until))
        )
        return bool(taken.rowcount == 1)

    def settle_message(
        self, settlement: Settlement, id: int, state: MessageState, due_at: datetime | None
    ) -> bool:
        table = tables.case_messages
        ended = [MessageState.SENT.value]
        values: dict[str, Any] = {"state": state.value, "tries": table.c.tries + 1}
        if due_at is not None:
            values["due_at"] = microseconds(due_at)
        moved = settlement.connection.execute(
            update(table).where(table.c.id == id, table.c.state.not_in(ended)).values(**values)
        )
        return bool(moved.rowcount == 1)


def _outgoing(r: Mapping[str, Any]) -> Outgoing:
    return Outgoing(
        id=r["id"],
        case=r["case_id"],
        number=r["number"],
        key=r["key"],
        kind=MessageKind(r["kind"]),
        channel=Channel(r["channel"]),
        language=Language(r["language"]),
        state=MessageState(r["state"]),
        tries=r["tries"],
        made_at=moment(r["made_at"]),
        due_at=moment(r["due_at"]),
        position=r["position"],
    )
