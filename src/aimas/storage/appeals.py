"""Appeals on SQL: events as the ledger vouches for them, the derived row a case, numbers, and messages to go out."""

import base64
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)

from aimas.appeals.queue import SOON_DAYS, Due, Order, QueuePage, QueueRow, QueueView
from aimas.appeals.receipts import read_receipt
from aimas.appeals.states import CaseState
from aimas.appeals.store import (
    Kept,
    MessageKind,
    MessageState,
    Outgoing,
    Pair,
    Recorded,
    Settlement,
    Waiting,
)
from aimas.appeals.types import AnyEvent, Channel, Decision, Stage, Standing
from aimas.core import BadInput, Language
from aimas.storage import appeal_tables as tables
from aimas.storage import schema
from aimas.storage.database import reading

NEVER = 9_999_999
"""The day that stands for none: after every other."""
PAGE = 500
LONGEST_PAGE = 200

_event_in = msgspec.json.Decoder(AnyEvent)


class SqlAppeals:
    """An AppealStore."""

    def __init__(self, engine: Engine, secret: bytes) -> None:
        """`secret` keys the marks by which appeals are found again."""
        self._engine = engine
        self._secret = secret

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

    def rows(self, cases: Sequence[str]) -> dict[str, tuple[CaseState, int]]:
        table = tables.case_states
        with reading(self._engine) as connection:
            found = connection.execute(select(table).where(table.c.case_id.in_(list(cases)))).mappings()
            return {r["case_id"]: (_state(dict(r)), int(r["position"])) for r in found}

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
            Recorded(position=r.position, at=_moment(r.at), by=r.actor, event=_event_in.decode(r.event))
            for r in happened
        ] + [
            Recorded(
                position=r.position,
                at=_moment(r.at),
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

    # What is derived.

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

    def loads(self, seen: QueueView | None = None, today: date | None = None) -> dict[str, int]:
        """Open cases by officer; of those in `seen` alone where it is given."""
        table = tables.case_states
        query = (
            select(table.c.officer, func.count().label("n"))
            .where(table.c.officer.is_not(None), table.c.is_open == 1)
            .group_by(table.c.officer)
        )
        if seen is not None:
            query = query.where(*_asked(seen, today or date.min, ()))
        with reading(self._engine) as connection:
            return {r.officer: r.n for r in connection.execute(query)}

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

    def states(self, since: date | None, until: date | None) -> Iterator[CaseState]:
        table = tables.case_states
        born = 0
        while True:
            query = select(table).where(table.c.born > born).order_by(table.c.born).limit(PAGE)
            if since is not None:
                query = query.where(table.c.received_on >= since.toordinal())
            if until is not None:
                query = query.where(table.c.received_on <= until.toordinal())
            with reading(self._engine) as connection:
                rows = connection.execute(query).mappings().all()
            yield from (_state(dict(r)) for r in rows)
            if len(rows) < PAGE:
                return
            born = rows[-1]["born"]

    # Likeness.

    def keyed(self, marks: Collection[str]) -> frozenset[str]:
        return frozenset(
            m[0] + hashlib.blake2b(m.encode(), digest_size=_MARK, key=self._secret).hexdigest() for m in marks
        )

    def put_marks(self, settlement: Settlement, case: str, marks: Collection[str]) -> int:
        connection = settlement.connection
        born = _born(connection, case)
        tokens = sorted(_token(m) for m in marks)
        rows = [{"token": token, "born": born} for token in tokens]
        if rows:
            connection.execute(insert(tables.case_tokens), rows)
        connection.execute(insert(tables.case_marks).values(born=born, case_id=case, tokens=b"".join(tokens)))
        return born

    def having(self, settlement: Settlement, mark: str, before: int, since: date, limit: int) -> list[int]:
        found = settlement.connection.execute(
            _HAVING,
            {"token": _token(mark), "before": before, "since": since.toordinal(), "most": limit},
        )
        return list(found.scalars())

    def marks(self, settlement: Settlement, born: Sequence[int]) -> dict[int, tuple[str, frozenset[str]]]:
        table = tables.case_marks
        rows = settlement.connection.execute(select(table).where(table.c.born.in_(list(born))))
        return {r.born: (r.case_id, _marks(r.tokens)) for r in rows}

    def put_pair(self, settlement: Settlement, pair: Pair) -> None:
        table, connection = tables.case_pairs, settlement.connection
        newer, older = sorted((_born(connection, pair.newer), _born(connection, pair.older)), reverse=True)
        connection.execute(delete(table).where(table.c.newer == newer, table.c.older == older))
        connection.execute(
            insert(table).values(
                newer=newer, older=older, score=pair.score, why=",".join(pair.why), ruled=pair.ruled
            )
        )

    def pairs(self, cases: Sequence[str], settlement: Settlement | None = None) -> list[Pair]:
        table = tables.case_pairs
        newer, older = tables.case_states.alias("newer"), tables.case_states.alias("older")
        found: dict[tuple[str, str], Pair] = {}
        with self._connection(settlement) as connection:
            for start in range(0, len(cases), PAGE):
                part = list(cases[start : start + PAGE])
                for side in (newer, older):
                    query = (
                        select(
                            newer.c.case_id.label("newer"),
                            older.c.case_id.label("older"),
                            table.c.score,
                            table.c.why,
                            table.c.ruled,
                        )
                        .join(newer, newer.c.born == table.c.newer)
                        .join(older, older.c.born == table.c.older)
                        .where(side.c.case_id.in_(part))
                    )
                    for r in connection.execute(query):
                        why = tuple(w for w in r.why.split(",") if w)
                        found[(r.newer, r.older)] = Pair(r.newer, r.older, r.score, why, r.ruled)
        return sorted(found.values(), key=lambda p: (-p.score, p.newer, p.older))

    def unite(self, settlement: Settlement, cases: Sequence[str]) -> None:
        connection = settlement.connection
        member, sizes, states = tables.case_clusters, tables.cluster_sizes, tables.case_states
        known = {
            r.case_id: r.cluster
            for r in connection.execute(
                select(member.c.case_id, member.c.cluster).where(member.c.case_id.in_(list(cases)))
            )
        }
        fresh = [case for case in dict.fromkeys(cases) if case not in known]
        heads = list(dict.fromkeys([*known.values(), *fresh]))
        if len(heads) == 1 and not fresh:
            return
        earliest = connection.execute(
            select(states.c.case_id).where(states.c.case_id.in_(heads)).order_by(states.c.born).limit(1)
        ).scalar_one()
        others = [head for head in known.values() if head != earliest]
        if others:
            connection.execute(update(member).where(member.c.cluster.in_(others)).values(cluster=earliest))
            connection.execute(delete(sizes).where(sizes.c.cluster.in_(others)))
        if fresh:
            rows = [{"case_id": case, "cluster": earliest} for case in fresh]
            connection.execute(insert(member), rows)
        if not others and earliest in known.values():
            grown = update(sizes).where(sizes.c.cluster == earliest)
            connection.execute(grown.values(size=sizes.c.size + len(fresh)))
        else:
            self._count(connection, earliest)

    def divide(self, settlement: Settlement, parts: Sequence[Sequence[str]]) -> None:
        connection, member = settlement.connection, tables.case_clusters
        every = [case for part in parts for case in part]
        for start in range(0, len(every), PAGE):
            gone = list(every[start : start + PAGE])
            connection.execute(delete(tables.cluster_sizes).where(tables.cluster_sizes.c.cluster.in_(gone)))
            connection.execute(delete(member).where(member.c.case_id.in_(gone)))
        for part in parts:
            rows = [{"case_id": case, "cluster": part[0]} for case in part]
            connection.execute(insert(member), rows)
            self._count(connection, part[0])

    def members(self, case: str, limit: int, settlement: Settlement | None = None) -> list[CaseState]:
        member, states = tables.case_clusters, tables.case_states
        of = select(member.c.cluster).where(member.c.case_id == case).scalar_subquery()
        query = (
            select(states)
            .join(member, member.c.case_id == states.c.case_id)
            .where(member.c.cluster == of)
            .order_by(states.c.born)
            .limit(limit)
        )
        with self._connection(settlement) as connection:
            return [_state(dict(r)) for r in connection.execute(query).mappings()]

    def forget_marks(self, settlement: Settlement, case: str) -> None:
        """Of a case that is erased: it is found by nothing any more."""
        connection, table = settlement.connection, tables.case_marks
        row = connection.execute(select(table).where(table.c.case_id == case)).first()
        if row is None:
            return
        tokens = tables.case_tokens
        for mark in _marks(row.tokens):
            connection.execute(
                delete(tokens).where(tokens.c.token == _token(mark), tokens.c.born == row.born)
            )
        connection.execute(delete(table).where(table.c.case_id == case))

    def empty_derived(self, settlement: Settlement) -> None:
        for table in _DERIVED:
            settlement.connection.execute(delete(table))

    def _count(self, connection: Connection, cluster: str) -> None:
        member, sizes = tables.case_clusters, tables.cluster_sizes
        n = connection.execute(
            select(func.count()).select_from(member).where(member.c.cluster == cluster)
        ).scalar_one()
        connection.execute(delete(sizes).where(sizes.c.cluster == cluster))
        connection.execute(insert(sizes).values(cluster=cluster, size=n))

    def _connection(self, settlement: Settlement | None) -> AbstractContextManager[Connection]:
        return reading(self._engine) if settlement is None else nullcontext(settlement.connection)

    def queue(self, view: QueueView, today: date, words: Sequence[Collection[str]]) -> QueuePage:
        table = tables.case_states
        asked = _asked(view, today, words)
        size = max(1, min(view.size, LONGEST_PAGE))
        keys = _keys(view.order)
        query = select(table).where(*asked).order_by(*(k.asc() if up else k.desc() for k, up in keys))
        if view.after:
            query = query.where(_beyond(keys, _cursor(view.after, len(keys))))
        with reading(self._engine) as connection:
            rows = connection.execute(query.limit(size + 1)).mappings().all()
            total = connection.execute(select(func.count()).select_from(table).where(*asked)).scalar_one()
            shown = rows[:size]
            clusters = self._clusters(connection, [r["case_id"] for r in shown])
        last = [str(shown[-1][k.name]) for k, _ in keys] if len(rows) > size else None
        return QueuePage(
            tuple(_queue_row(dict(r), *clusters.get(r["case_id"], (r["case_id"], 1))) for r in shown),
            base64.urlsafe_b64encode(":".join(last).encode()).decode() if last else None,
            int(total),
        )

    def _clusters(self, connection: Connection, cases: Sequence[str]) -> dict[str, tuple[str, int]]:
        member, size = tables.case_clusters, tables.cluster_sizes
        query = (
            select(member.c.case_id, member.c.cluster, size.c.size)
            .join(size, size.c.cluster == member.c.cluster)
            .where(member.c.case_id.in_(list(cases)))
        )
        return {r.case_id: (r.cluster, r.size) for r in connection.execute(query)}

    # What goes out.

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
                made_at=_microseconds(message.due_at),
                due_at=_microseconds(message.due_at),
                sealed=message.sealed,
                position=position,
            )
        )

    def outgoing(self, now: datetime, limit: int) -> list[Outgoing]:
        table = tables.case_messages
        waiting = and_(table.c.state == MessageState.WAITING.value, table.c.due_at <= _microseconds(now))
        query = (
            select(table)
            .where(or_(waiting, table.c.state == MessageState.BY_HAND.value))
            .order_by(table.c.due_at, table.c.id)
            .limit(limit)
        )
        with reading(self._engine) as connection:
            return [_outgoing(dict(r)) for r in connection.execute(query).mappings()]

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
                table.c.due_at <= _microseconds(now),
            )
            .values(due_at=_microseconds(until))
        )
        return bool(taken.rowcount == 1)

    def settle_message(
        self, settlement: Settlement, id: int, state: MessageState, due_at: datetime | None
    ) -> bool:
        table = tables.case_messages
        ended = [MessageState.SENT.value]
        values: dict[str, Any] = {"state": state.value, "tries": table.c.tries + 1}
        if due_at is not None:
            values["due_at"] = _microseconds(due_at)
        moved = settlement.connection.execute(
            update(table).where(table.c.id == id, table.c.state.not_in(ended)).values(**values)
        )
        return bool(moved.rowcount == 1)

    def _kept(self, where: ColumnElement[bool]) -> Kept | None:
        with reading(self._engine) as connection:
            return _kept(connection, where)


_EXACT = re.compile(r"([0-9]{4})[^0-9]{1,3}([0-9]{1,9})[^0-9]*$")
"""A whole number of a case: it has an index of its own."""
_MARK = 7
"""Bytes of a digest, behind the letter of its kind."""
_HAVING = text(
    "SELECT t.born FROM case_tokens t JOIN case_states s ON s.born = t.born "
    "WHERE t.token = :token AND t.born < :before AND s.received_on >= :since ORDER BY t.born DESC LIMIT :most"
)
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
_DERIVED = (
    tables.case_states,
    tables.case_readers,
    tables.case_clusters,
    tables.cluster_sizes,
    tables.case_marks,
    tables.case_tokens,
    tables.case_pairs,
)


def _token(mark: str) -> bytes:
    return mark[0].encode() + bytes.fromhex(mark[1:])


def _marks(tokens: bytes) -> frozenset[str]:
    size = _MARK + 1
    found = (tokens[at : at + size] for at in range(0, len(tokens), size))
    return frozenset(chr(token[0]) + token[1:].hex() for token in found)


def _born(connection: Connection, case: str) -> int:
    """When it came; raises BadInput where there is no such case."""
    table = tables.case_states
    born = connection.execute(select(table.c.born).where(table.c.case_id == case)).scalar()
    if born is None:
        raise BadInput(f"There is no case {case}.")
    return int(born)


def _kept(connection: Connection, where: ColumnElement[bool]) -> Kept | None:
    table = tables.cases
    row = connection.execute(select(table).where(where)).first()
    return None if row is None else Kept(row.case_id, row.number, row.code, row.receipt, row.calendar)


def _asked(view: QueueView, today: date, words: Sequence[Collection[str]]) -> list[ColumnElement[bool]]:
    """Every condition; none says anything of what is sealed."""
    table = tables.case_states.c
    found: list[ColumnElement[bool]] = []
    plain: tuple[tuple[ColumnElement[Any], Any], ...] = (
        (table.unit, view.unit),
        (table.officer, view.officer),
        (table.standing, view.standing and view.standing.value),
        (table.kind, view.kind),
        (table.channel, view.channel and view.channel.value),
        (table.language, view.language and view.language.value),
        (table.category, view.category),
    )
    found += [column == value for column, value in plain if value is not None]
    if view.is_unassigned:
        found.append(table.unit.is_(None))
    if view.stages:
        found.append(table.stage.in_([stage.value for stage in view.stages]))
    if view.only_open:
        found.append(table.is_open == 1)
    if view.due is not None:
        found.append(_due(view.due, today.toordinal()))
    if view.units is not None:
        reached = [table.unit.in_(list(view.units)), *_named(view)]
        found.append(or_(*reached, table.unit.is_(None)) if view.sees_unassigned else or_(*reached))
    if view.cases is not None:
        found.append(table.case_id.in_(list(view.cases)))
    if view.cluster is not None:
        member = tables.case_clusters
        of = select(member.c.cluster).where(member.c.case_id == view.cluster).scalar_subquery()
        found.append(
            or_(
                table.case_id.in_(select(member.c.case_id).where(member.c.cluster == of)),
                table.case_id == view.cluster,
            )
        )
    for either in words:
        tokens = tables.case_tokens
        has = select(tokens.c.born).where(tokens.c.token.in_([_token(mark) for mark in either]))
        found.append(table.born.in_(has))
    if exact := _EXACT.search(view.text):
        cases = tables.cases.c
        numbered = and_(cases.year == int(exact[1]), cases.running == int(exact[2]))
        found.append(table.case_id.in_(select(cases.case_id).where(numbered)))
    elif view.text.strip() and not words:
        digits = re.findall(r"[0-9]+", view.text)
        found.append(table.number.like("%" + "%".join(digits) + "%") if digits else literal(False))
    if not view.sees_confidential:
        found.append(_may_see(view))
    return found


def _may_see(view: QueueView) -> ColumnElement[bool]:
    table = tables.case_states.c
    seen: list[ColumnElement[bool]] = [table.is_confidential == 0, *_named(view)]
    if view.confidential_units:
        seen.append(table.unit.in_(list(view.confidential_units)))
    return or_(*seen)


def _named(view: QueueView) -> list[ColumnElement[bool]]:
    """Cases that the reader works on or was let in to."""
    table, readers = tables.case_states.c, tables.case_readers.c
    if view.reader is None:
        return []
    let_in = select(readers.case_id).where(readers.reader == view.reader)
    return [table.officer == view.reader, table.case_id.in_(let_in)]


def _due(due: Due, today: int) -> ColumnElement[bool]:
    column = tables.case_states.c.due
    match due:
        case Due.OVERDUE:
            return column < today
        case Due.TODAY:
            return column == today
        case Due.SOON:
            return column.between(today + 1, today + SOON_DAYS)
        case Due.LATER:
            return column.between(today + SOON_DAYS + 1, NEVER - 1)
        case Due.NONE:
            return column == NEVER


def _keys(order: Order) -> tuple[tuple[ColumnElement[Any], bool], ...]:
    """Columns of the order with their direction; the last one tells every two cases apart."""
    table = tables.case_states.c
    match order:
        case Order.DUE:
            return ((table.due, True), (table.born, True))
        case Order.NEWEST:
            return ((table.born, False),)
        case Order.UPDATED:
            return ((table.position, False),)


def _beyond(keys: tuple[tuple[ColumnElement[Any], bool], ...], cursor: Sequence[int]) -> ColumnElement[bool]:
    column, up = keys[0]
    further = column > cursor[0] if up else column < cursor[0]
    if len(keys) == 1:
        return further
    return or_(further, and_(column == cursor[0], _beyond(keys[1:], cursor[1:])))


def _cursor(written: str, parts: int) -> list[int]:
    try:
        found = [int(part) for part in base64.urlsafe_b64decode(written.encode()).decode().split(":")]
    except ValueError:
        found = []
    if len(found) != parts:
        raise BadInput("That page of the list does not exist; begin at its start.")
    return found


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
        "received_at": _microseconds(state.received_at),
        "received_on": state.received_on.toordinal(),
        "due": NEVER if state.due is None else state.due.toordinal(),
        "term": _ordinal(state.term),
        "done_on": _ordinal(state.done_on),
        "contact_at": None if state.contact_at is None else _microseconds(state.contact_at),
        "forwards": state.forwards,
        "extensions": state.extensions,
        "reopenings": state.reopenings,
        "complaints": state.complaints,
        "is_repeat": int(state.is_repeat),
        "decision": state.decision.value if state.decision else None,
        "stars": state.stars,
        "updated_at": _microseconds(state.updated_at),
    }


def _state(r: Mapping[str, Any]) -> CaseState:
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
        received_at=_moment(r["received_at"]),
        received_on=date.fromordinal(r["received_on"]),
        due=None if r["due"] == NEVER else date.fromordinal(r["due"]),
        term=_day(r["term"]),
        done_on=_day(r["done_on"]),
        contact_at=None if r["contact_at"] is None else _moment(r["contact_at"]),
        forwards=r["forwards"],
        extensions=r["extensions"],
        reopenings=r["reopenings"],
        complaints=r["complaints"],
        is_repeat=bool(r["is_repeat"]),
        decision=Decision(r["decision"]) if r["decision"] else None,
        stars=r["stars"],
        updated_at=_moment(r["updated_at"]),
    )


def _queue_row(r: Mapping[str, Any], cluster: str, cluster_size: int) -> QueueRow:
    return QueueRow(
        case=r["case_id"],
        number=r["number"],
        stage=Stage(r["stage"]),
        standing=Standing(r["standing"]),
        kind=r["kind"],
        channel=Channel(r["channel"]),
        language=Language(r["language"]),
        received_at=_moment(r["received_at"]),
        due=None if r["due"] == NEVER else date.fromordinal(r["due"]),
        unit=r["unit"],
        officer=r["officer"],
        category=r["category"],
        is_confidential=bool(r["is_confidential"]),
        is_repeat=bool(r["is_repeat"]),
        forwards=r["forwards"],
        extensions=r["extensions"],
        reopenings=r["reopenings"],
        complaints=r["complaints"],
        decision=Decision(r["decision"]) if r["decision"] else None,
        stars=r["stars"],
        cluster=cluster,
        cluster_size=cluster_size,
        updated_at=_moment(r["updated_at"]),
        position=r["position"],
    )


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
        made_at=_moment(r["made_at"]),
        due_at=_moment(r["due_at"]),
        position=r["position"],
    )


def _ordinal(day: date | None) -> int | None:
    return None if day is None else day.toordinal()


def _day(ordinal: int | None) -> date | None:
    return None if ordinal is None else date.fromordinal(ordinal)


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / 1_000_000, UTC)
