"""What happened to cases, as the ledger vouches for it, and how a case is found by number."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, and_, insert, or_, select, update

from aimas.appeals.receipts import read_receipt
from aimas.appeals.store import Kept, Recorded, Settlement
from aimas.appeals.types import AnyEvent
from aimas.storage import appeal_tables as tables
from aimas.storage import schema
from aimas.storage.database import reading
from aimas.storage.times import moment

PAGE = 500

_event_in = msgspec.json.Decoder(AnyEvent)


class SqlCases:
    """A CaseStore."""

    _engine: Engine

    # What happened.

    def events(self, case: str, settlement: Settlement | None = None) -> tuple[AnyEvent, ...]:
        table = tables.case_events
        query = select(table.c.event).where(table.c.case_id == case).order_by(table.c.turn)
        if settlement is not None:
            found = settlement.connection.execute(query).scalars().all()
        else:
            with reading(self._engine) as connection:
                found = connection.execute(query).scalars().all()
        return tuple(_event_in.decode(each) for each in found)

    def events_until(self, case: str, position: int) -> tuple[AnyEvent, ...]:
        table = tables.case_events
        query = select(table.c.event).where(table.c.case_id == case, table.c.position <= position)
        with reading(self._engine) as connection:
            found = connection.execute(query.order_by(table.c.turn)).scalars().all()
        return tuple(_event_in.decode(each) for each in found)

    def all_events(self) -> Iterator[tuple[str, tuple[AnyEvent, ...], int, int]]:
        table = tables.case_events
        born = 0
        while True:
            with reading(self._engine) as connection:
                first = (
                    select(table.c.case_id, table.c.position)
                    .where(table.c.turn == 1, table.c.position > born)
                    .order_by(table.c.position)
                    .limit(PAGE)
                )
                came = connection.execute(first).all()
                if not came:
                    return
                ids = [r.case_id for r in came]
                rows = connection.execute(
                    select(table.c.case_id, table.c.event, table.c.position)
                    .where(table.c.case_id.in_(ids))
                    .order_by(table.c.case_id, table.c.turn)
                ).all()
            gathered: dict[str, list[Any]] = {}
            for r in rows:
                gathered.setdefault(r.case_id, []).append(r)
            for case_id in ids:
                events = tuple(_event_in.decode(r.event) for r in gathered[case_id])
                yield case_id, events, gathered[case_id][0].position, gathered[case_id][-1].position
            born = came[-1].position

    def telling(self) -> Iterator[tuple[int, str, AnyEvent]]:
        table = tables.case_events
        links = [table.c.event.like(f'{{"event":"{name}"%') for name in ("linked", "unlinked")]
        after = 0
        while True:
            query = (
                select(table.c.position, table.c.case_id, table.c.event)
                .where(table.c.position > after, or_(table.c.turn == 1, *links))
                .order_by(table.c.position)
                .limit(PAGE)
            )
            with reading(self._engine) as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            for r in rows:
                yield r.position, r.case_id, _event_in.decode(r.event)
            after = rows[-1].position

    def misfits(self) -> Iterator[str]:
        """Descriptions of what finds a case and is not what its number's event says."""
        events, cases, states = tables.case_events, tables.cases, tables.case_states
        with reading(self._engine) as connection:
            other = (
                select(events.c.case_id)
                .outerjoin(cases, cases.c.case_id == events.c.case_id)
                .where(
                    events.c.receipt.is_not(None),
                    or_(
                        cases.c.case_id.is_(None),
                        cases.c.receipt != events.c.receipt,
                        cases.c.position != events.c.position,
                    ),
                )
                .limit(20)
            )
            for case in connection.execute(other).scalars():
                yield f"case {case} is found by another receipt than the one that was issued"
            unborn = (
                select(cases.c.case_id)
                .outerjoin(events, and_(events.c.case_id == cases.c.case_id, events.c.turn == 1))
                .where(events.c.case_id.is_(None))
                .limit(20)
            )
            for case in connection.execute(unborn).scalars():
                yield f"case {case} can be found and never came"
            nobody = (
                select(states.c.case_id)
                .outerjoin(events, and_(events.c.case_id == states.c.case_id, events.c.turn == 1))
                .where(events.c.case_id.is_(None))
                .limit(20)
            )
            for case in connection.execute(nobody).scalars():
                yield f"case {case} is listed and never came"
            for row in connection.execute(
                select(cases.c.case_id, cases.c.number, cases.c.code, cases.c.receipt)
            ):
                told = read_receipt(row.receipt)
                if told is None or (told.number, told.code) != (row.number, row.code):
                    yield f"case {row.case_id} is found by another number or code than its receipt says"

    def recorded(self, case: str) -> tuple[Recorded, ...]:
        ledger, events, acts, deeds = schema.ledger, tables.case_events, tables.case_acts, schema.acts
        with reading(self._engine) as connection:
            happened = connection.execute(
                select(ledger.c.position, ledger.c.at, ledger.c.actor, events.c.event)
                .join(events, events.c.position == ledger.c.position)
                .where(events.c.case_id == case)
            ).all()
            done = connection.execute(
                select(ledger.c.position, ledger.c.at, ledger.c.actor, deeds.c.verb, deeds.c.detail)
                .join(acts, acts.c.position == ledger.c.position)
                .join(deeds, deeds.c.position == ledger.c.position)
                .where(acts.c.case_id == case)
            ).all()
        found = [
            Recorded(position=r.position, at=moment(r.at), by=r.actor, event=_event_in.decode(r.event))
            for r in happened
        ] + [
            Recorded(
                position=r.position,
                at=moment(r.at),
                by=r.actor,
                act=r.verb,
                detail=msgspec.json.decode(r.detail),
            )
            for r in done
        ]
        return tuple(sorted(found, key=lambda each: each.position))

    # How it is found.

    def kept(self, case: str) -> Kept | None:
        return self._kept(tables.cases.c.case_id == case)

    def by_number(self, year: int, running: int) -> Kept | None:
        return self._kept(and_(tables.cases.c.year == year, tables.cases.c.running == running))

    def by_nonce(self, digest: str, settlement: Settlement) -> Kept | None:
        return _kept(settlement.connection, tables.cases.c.nonce == digest)

    def next_number(self, settlement: Settlement, year: int) -> int:
        table, connection = tables.case_counters, settlement.connection
        moved = update(table).where(table.c.year == year).values(running=table.c.running + 1)
        if connection.execute(moved).rowcount == 0:
            connection.execute(insert(table).values(year=year, running=1))
        return int(connection.execute(select(table.c.running).where(table.c.year == year)).scalar_one())

    def begin(
        self,
        settlement: Settlement,
        kept: Kept,
        year: int,
        running: int,
        nonce: str | None,
        position: int,
    ) -> None:
        row = {
            "case_id": kept.case,
            "year": year,
            "running": running,
            "number": kept.number,
            "code": kept.code,
            "receipt": kept.receipt,
            "nonce": nonce,
            "calendar": kept.calendar,
            "position": position,
        }
        settlement.connection.execute(insert(tables.cases), row)

    def put_act(self, settlement: Settlement, case: str, position: int) -> None:
        settlement.connection.execute(insert(tables.case_acts).values(position=position, case_id=case))

    def put_bulk(self, settlement: Settlement, id: str, positions: Mapping[str, int]) -> None:
        position = settlement.act("cases-bulk", id, {"positions": dict(positions)})
        settlement.connection.execute(insert(tables.case_bulks).values(id=id, position=position))

    def bulk(self, id: str) -> dict[str, int] | None:
        with reading(self._engine) as connection:
            detail = connection.execute(
                select(schema.acts.c.detail)
                .join(tables.case_bulks, tables.case_bulks.c.position == schema.acts.c.position)
                .where(tables.case_bulks.c.id == id)
            ).scalar()
        return None if detail is None else dict(msgspec.json.decode(detail)["positions"])

    def _kept(self, where: ColumnElement[bool]) -> Kept | None:
        with reading(self._engine) as connection:
            return _kept(connection, where)


def _kept(connection: Connection, where: ColumnElement[bool]) -> Kept | None:
    table = tables.cases
    row = connection.execute(select(table).where(where)).first()
    return None if row is None else Kept(row.case_id, row.number, row.code, row.receipt, row.calendar)
