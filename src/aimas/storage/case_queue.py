"""The desk's list of cases: conditions and orders on the derived rows, which say nothing of what is sealed."""

import base64
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, and_, func, literal, or_, select

from aimas.appeals.queue import SOON_DAYS, Due, Order, QueuePage, QueueRow, QueueView
from aimas.appeals.states import Press
from aimas.appeals.types import Channel, Decision, Stage, Standing
from aimas.core import BadInput, Language
from aimas.storage import appeal_tables as tables
from aimas.storage.case_states import NEVER
from aimas.storage.database import reading
from aimas.storage.likeness import token
from aimas.storage.times import moment

LONGEST_PAGE = 200
_EXACT = re.compile(r"([0-9]{4})[^0-9]{1,3}([0-9]{1,9})[^0-9]*$")
"""A whole number of a case: it has an index of its own."""


class SqlCaseQueue:
    """A QueueStore."""

    _engine: Engine

    def queue(self, view: QueueView, today: date, words: Sequence[Collection[str]]) -> QueuePage:
        table = tables.case_states
        where = asked(view, today, words)
        size = max(1, min(view.size, LONGEST_PAGE))
        keys = _keys(view)
        query = select(table).where(*where).order_by(*(k.asc() if up else k.desc() for k, up in keys))
        if view.after:
            query = query.where(_beyond(keys, _cursor(view.after, len(keys))))
        with reading(self._engine) as connection:
            rows = connection.execute(query.limit(size + 1)).mappings().all()
            total = connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
            shown = rows[:size]
            clusters = self._clusters(connection, [r["case_id"] for r in shown])
        last = [str(shown[-1][k.name]) for k, _ in keys] if len(rows) > size else None
        return QueuePage(
            tuple(_queue_row(dict(r), *clusters.get(r["case_id"], (r["case_id"], 1))) for r in shown),
            base64.urlsafe_b64encode(":".join(last).encode()).decode() if last else None,
            int(total),
        )

    def loads(self, seen: QueueView | None = None, today: date | None = None) -> dict[str, int]:
        """Open cases by officer; of those in `seen` alone where it is given."""
        table = tables.case_states
        query = (
            select(table.c.officer, func.count().label("n"))
            .where(table.c.officer.is_not(None), table.c.is_open == 1)
            .group_by(table.c.officer)
        )
        if seen is not None:
            query = query.where(*asked(seen, today or date.min, ()))
        with reading(self._engine) as connection:
            return {r.officer: r.n for r in connection.execute(query)}

    def _clusters(self, connection: Connection, cases: Sequence[str]) -> dict[str, tuple[str, int]]:
        member, size = tables.case_clusters, tables.cluster_sizes
        query = (
            select(member.c.case_id, member.c.cluster, size.c.size)
            .join(size, size.c.cluster == member.c.cluster)
            .where(member.c.case_id.in_(list(cases)))
        )
        return {r.case_id: (r.cluster, r.size) for r in connection.execute(query)}


def asked(view: QueueView, today: date, words: Sequence[Collection[str]]) -> list[ColumnElement[bool]]:
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
    if view.only_urgent:
        found.append(table.press < int(Press.NOT))
    if view.due is not None:
        found.append(_due(view.due, today.toordinal()))
    if view.units is not None:
        reached = [table.unit.in_(list(view.units)), *_named(view)]
        if view.first_read_kinds:
            kinds = table.kind.in_(list(view.first_read_kinds))
            reached.append(and_(table.unit.is_(None), kinds, table.is_confidential == 0))
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
        has = select(tokens.c.born).where(tokens.c.token.in_([token(mark) for mark in either]))
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


def _keys(view: QueueView) -> tuple[tuple[ColumnElement[Any], bool], ...]:
    """Columns of the order with their direction; the last one tells every two cases apart."""
    table = tables.case_states.c
    keys: dict[Order, tuple[tuple[ColumnElement[Any], bool], ...]] = {
        Order.DUE: ((table.due, True), (table.born, True)),
        Order.NEWEST: ((table.born, False),),
        Order.UPDATED: ((table.position, False),),
    }
    return ((table.press, True), *keys[view.order]) if view.urgent_first else keys[view.order]


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


def _queue_row(r: Mapping[str, Any], cluster: str, cluster_size: int) -> QueueRow:
    return QueueRow(
        case=r["case_id"],
        number=r["number"],
        stage=Stage(r["stage"]),
        standing=Standing(r["standing"]),
        kind=r["kind"],
        channel=Channel(r["channel"]),
        language=Language(r["language"]),
        received_at=moment(r["received_at"]),
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
        press=Press(r["press"]),
        cluster=cluster,
        cluster_size=cluster_size,
        updated_at=moment(r["updated_at"]),
        position=r["position"],
    )
