"""Saved searches, rules, alerts and their deliveries on SQL: found here, told in full by their acts in the ledger."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Engine, Select, func, insert, or_, select, update

from aimas.alerts import (
    Alert,
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    Rule,
    RuleState,
    SavedSearch,
)
from aimas.alerts.deliveries import LONGEST_WAIT
from aimas.alerts.store import Claimed, Found, Settlement
from aimas.alerts.types import Acknowledgement
from aimas.storage import alert_tables as tables
from aimas.storage import schema
from aimas.storage.database import reading, writing
from aimas.storage.faults import point
from aimas.storage.sealing import Seal

LOOKUP = 500

_channel_out, _channel_in = msgspec.json.Encoder(), msgspec.json.Decoder(Channel)


class SqlAlerts:
    """An AlertStore; channels are sealed, since an address may name a person or carry a key."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self._engine = engine
        self._seal = seal

    def searches(self) -> list[SavedSearch]:
        table = tables.saved_searches
        found = [_search(r) for r in self._rows(_told(table).where(table.c.until.is_(None)))]
        return sorted(found, key=lambda s: s.name.casefold())

    def put_search(self, settlement: Settlement, search: SavedSearch) -> None:
        self._replace(settlement.connection, tables.saved_searches, search.id, search.position)

    def retire_search(self, settlement: Settlement, id: str, position: int) -> None:
        _end(settlement.connection, tables.saved_searches, id, position)

    def rules(self) -> list[Rule]:
        table = tables.alert_rules
        return [_rule(r) for r in self._rows(_told(table).where(table.c.until.is_(None)))]

    def get_rule(self, id: str) -> Rule | None:
        table = tables.alert_rules
        rows = self._rows(_told(table).where(table.c.id == id))
        return _rule(rows[-1]) if rows else None

    def put_rule(self, settlement: Settlement, rule: Rule, state: RuleState) -> None:
        self._replace(settlement.connection, tables.alert_rules, rule.id, rule.position)
        settlement.connection.execute(
            insert(tables.alert_states).values(rule=rule.id, version=0, **_moving(state))
        )

    def retire_rule(self, settlement: Settlement, id: str, position: int) -> None:
        _end(settlement.connection, tables.alert_rules, id, position)

    def state_of(self, rule: str) -> RuleState:
        table = tables.alert_states
        with reading(self._engine) as connection:
            r = connection.execute(select(table).where(table.c.rule == rule)).one()
        return RuleState(
            version=r.version,
            cursor=r.cursor,
            slot=r.slot,
            episode=None if r.episode is None else date.fromordinal(r.episode),
            muted_until=None if r.muted_until is None else _moment(r.muted_until),
        )

    def advance(self, settlement: Settlement, rule: str, known: RuleState, new: RuleState) -> bool:
        table = tables.alert_states
        moved = settlement.connection.execute(
            update(table)
            .where(table.c.rule == rule, table.c.version == known.version)
            .values(version=known.version + 1, **_moving(new))
        )
        return bool(moved.rowcount == 1)

    def found(self, rule: str, born: int, readings: Sequence[int]) -> list[Found]:
        publications, told = schema.publications, tables.told_items
        known: dict[int, Found] = {}
        with reading(self._engine) as connection:
            for start in range(0, len(readings), LOOKUP):
                query = (
                    select(
                        schema.readings.c.position,
                        publications.c.id,
                        publications.c.key,
                        publications.c.position.label("filed"),
                        told.c.alert.label("told"),
                    )
                    .join(publications, publications.c.position == schema.readings.c.publication)
                    .outerjoin(told, (told.c.rule == rule) & (told.c.key == publications.c.key))
                    .where(schema.readings.c.position.in_(list(readings[start : start + LOOKUP])))
                )
                for r in connection.execute(query):
                    known[r.position] = Found(r.id, r.key, r.told is not None or r.filed <= born)
        return [known[p] for p in readings if p in known]

    def put_alert(self, settlement: Settlement, alert: Alert, keys: Sequence[str]) -> None:
        settlement.connection.execute(
            insert(tables.alerts).values(position=alert.position, rule=alert.rule, acknowledged=None)
        )
        if keys:
            settlement.connection.execute(
                insert(tables.told_items),
                [{"rule": alert.rule, "key": k, "alert": alert.position} for k in keys],
            )
        point("alert-written")

    def acknowledge(self, settlement: Settlement, alert: int, position: int) -> bool:
        table = tables.alerts
        claimed = settlement.connection.execute(
            update(table)
            .where(table.c.position == alert, table.c.acknowledged.is_(None))
            .values(acknowledged=position)
        )
        return bool(claimed.rowcount == 1)

    def alerts(
        self, limit: int, *, rule: str | None = None, below: int | None = None, only_open: bool = False
    ) -> list[Alert]:
        query = _alerts().order_by(tables.alerts.c.position.desc()).limit(limit)
        if rule is not None:
            query = query.where(tables.alerts.c.rule == rule)
        if below is not None:
            query = query.where(tables.alerts.c.position < below)
        if only_open:
            query = query.where(tables.alerts.c.acknowledged.is_(None))
        return [_alert(r) for r in self._rows(query)]

    def get_alert(self, position: int) -> Alert | None:
        rows = self._rows(_alerts().where(tables.alerts.c.position == position))
        return _alert(rows[0]) if rows else None

    def open_count(self) -> int:
        with reading(self._engine) as connection:
            query = select(func.count()).select_from(tables.alerts)
            waiting = query.where(tables.alerts.c.acknowledged.is_(None))
            return int(connection.execute(waiting).scalar_one())

    def delivery_counts(self) -> dict[str, int]:
        """Deliveries by state."""
        table = tables.deliveries
        query = select(table.c.state, func.count().label("n")).group_by(table.c.state)
        return {r["state"]: r["n"] for r in self._rows(query)}

    def channels(self) -> list[Channel]:
        table = tables.alert_channels
        with reading(self._engine) as connection:
            rows = connection.execute(select(table.c.sealed).order_by(table.c.position)).all()
        return [self._channel(r.sealed) for r in rows]

    def get_channel(self, id: str) -> Channel | None:
        table = tables.alert_channels
        with reading(self._engine) as connection:
            sealed = connection.execute(select(table.c.sealed).where(table.c.id == id)).scalar()
        return None if sealed is None else self._channel(sealed)

    def put_channel(self, settlement: Settlement, channel: Channel, position: int) -> None:
        sealed = self._seal.seal(_channel_out.encode(channel))
        settlement.connection.execute(
            insert(tables.alert_channels).values(id=channel.id, position=position, sealed=sealed)
        )

    def queue(
        self,
        settlement: Settlement,
        alert: int,
        channel: str,
        key: str,
        due_at: datetime,
        state: DeliveryState,
    ) -> None:
        settlement.connection.execute(
            insert(tables.deliveries).values(
                alert=alert,
                channel=channel,
                key=key,
                state=state.value,
                made_at=_microseconds(due_at),
                due_at=_microseconds(due_at),
                claimed_until=0,
                tries=0,
                sent_at=None,
            )
        )

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        table = tables.deliveries
        query = (
            select(table)
            .where(
                table.c.state == DeliveryState.WAITING.value,
                _come(table.c.due_at, now),
                _come(table.c.claimed_until, now),
            )
            .order_by(table.c.due_at, table.c.id)
            .limit(limit)
        )
        return [_delivery(r) for r in self._rows(query)]

    def claim(self, delivery: int, now: datetime, until: datetime) -> Claimed | None:
        table = tables.deliveries
        with writing(self._engine) as connection:
            before = connection.execute(select(table).where(table.c.id == delivery)).mappings().first()
            taken = connection.execute(
                update(table)
                .where(
                    table.c.id == delivery,
                    table.c.state == DeliveryState.WAITING.value,
                    _come(table.c.due_at, now),
                    _come(table.c.claimed_until, now),
                )
                .values(claimed_until=_microseconds(until), tries=table.c.tries + 1)
            )
            if before is None or taken.rowcount != 1:
                return None
            interrupted = before["claimed_until"] > 0
            if interrupted:
                connection.execute(
                    insert(tables.delivery_attempts).values(
                        delivery=delivery,
                        number=before["tries"],
                        at=before["due_at"],
                        outcome="interrupted",
                        detail="",
                    )
                )
            row = connection.execute(select(table).where(table.c.id == delivery)).mappings().one()
        point("delivery-claimed")
        return Claimed(_delivery(row), interrupted)

    def postpone(self, delivery: int, due_at: datetime) -> None:
        table = tables.deliveries
        with writing(self._engine) as connection:
            connection.execute(
                update(table)
                .where(table.c.id == delivery, table.c.state == DeliveryState.WAITING.value)
                .values(due_at=_microseconds(due_at))
            )

    def settle(
        self,
        settlement: Settlement,
        delivery: Delivery,
        attempt: Attempt,
        state: DeliveryState,
        due_at: datetime | None,
    ) -> None:
        table = tables.deliveries
        at = _microseconds(attempt.at)
        settlement.connection.execute(
            insert(tables.delivery_attempts).values(
                delivery=delivery.id,
                number=attempt.number,
                at=at,
                outcome=attempt.outcome,
                detail=attempt.detail,
            )
        )
        settlement.connection.execute(
            update(table)
            .where(table.c.id == delivery.id)
            .values(
                state=state.value,
                claimed_until=0,
                due_at=table.c.due_at if due_at is None else _microseconds(due_at),
                sent_at=at if state is DeliveryState.SENT else None,
            )
        )
        point("delivery-written")

    def revive(self, settlement: Settlement, delivery: int, due_at: datetime) -> bool:
        table = tables.deliveries
        final = [s.value for s in (DeliveryState.FAILED, DeliveryState.UNCLEAR, DeliveryState.SILENCED)]
        at = _microseconds(due_at)
        changed = settlement.connection.execute(
            update(table)
            .where(table.c.id == delivery, table.c.state.in_(final))
            .values(state=DeliveryState.WAITING.value, due_at=at, made_at=at, claimed_until=0)
        )
        return bool(changed.rowcount == 1)

    def deliveries(self, alert: int) -> list[tuple[Delivery, list[Attempt]]]:
        made, tried = tables.deliveries, tables.delivery_attempts
        found = [
            _delivery(r) for r in self._rows(select(made).where(made.c.alert == alert).order_by(made.c.id))
        ]
        ids = [d.id for d in found]
        attempts = self._rows(
            select(tried).where(tried.c.delivery.in_(ids)).order_by(tried.c.delivery, tried.c.number)
        )
        return [
            (
                d,
                [
                    Attempt(number=a["number"], at=_moment(a["at"]), outcome=a["outcome"], detail=a["detail"])
                    for a in attempts
                    if a["delivery"] == d.id
                ],
            )
            for d in found
        ]

    def _replace(self, connection: Connection, table: Any, id: str, position: int) -> None:
        _end(connection, table, id, position)
        connection.execute(insert(table).values(position=position, id=id, until=None))

    def _rows(self, query: Select[Any]) -> list[dict[str, Any]]:
        with reading(self._engine) as connection:
            return [dict(r) for r in connection.execute(query).mappings()]

    def _channel(self, sealed: bytes) -> Channel:
        return _channel_in.decode(self._seal.open(sealed))


def _told(table: Any) -> Select[Any]:
    """With what the act of each row says."""
    return (
        select(table, schema.acts.c.detail, schema.ledger.c.actor, schema.ledger.c.at)
        .join(schema.acts, schema.acts.c.position == table.c.position)
        .join(schema.ledger, schema.ledger.c.position == table.c.position)
        .order_by(table.c.position)
    )


def _alerts() -> Select[Any]:
    noted, noted_at = schema.acts.alias("noted"), schema.ledger.alias("noted_at")
    return (
        _told(tables.alerts)
        .order_by(None)
        .add_columns(
            noted.c.detail.label("noted"),
            noted_at.c.actor.label("noted_by"),
            noted_at.c.at.label("noted_at"),
        )
        .outerjoin(noted, noted.c.position == tables.alerts.c.acknowledged)
        .outerjoin(noted_at, noted_at.c.position == tables.alerts.c.acknowledged)
    )


def _end(connection: Connection, table: Any, id: str, position: int) -> None:
    connection.execute(update(table).where(table.c.id == id, table.c.until.is_(None)).values(until=position))


def _search(row: dict[str, Any]) -> SavedSearch:
    return msgspec.convert(_act(row), SavedSearch)


def _rule(row: dict[str, Any]) -> Rule:
    return msgspec.convert(_act(row), Rule)


def _act(row: dict[str, Any]) -> dict[str, Any]:
    """What was decided, by whom and when; a person named in it stands before the account it was done under."""
    about = {"id": row["id"], "position": row["position"], "at": _moment(row["at"])}
    return {"by": row["actor"], **msgspec.json.decode(row["detail"]), **about}


def _alert(row: dict[str, Any]) -> Alert:
    told = msgspec.json.decode(row["detail"])
    alert = msgspec.convert({**told, "position": row["position"], "at": _moment(row["at"])}, Alert)
    if row["acknowledged"] is None:
        return alert
    noted = msgspec.json.decode(row["noted"])
    by, note = str(noted.get("by") or row["noted_by"]), str(noted.get("note", ""))
    seen = Acknowledgement(by, _moment(row["noted_at"]), note, row["acknowledged"])
    return msgspec.structs.replace(alert, acknowledged=seen)


def _come(moment: ColumnElement[int], now: datetime) -> ColumnElement[bool]:
    """Whether it is past, or so far ahead that the clock was wrong when it was noted."""
    return or_(moment <= _microseconds(now), moment > _microseconds(now + LONGEST_WAIT))


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row["id"],
        alert=row["alert"],
        channel=row["channel"],
        key=row["key"],
        state=DeliveryState(row["state"]),
        due_at=_moment(row["due_at"]),
        tries=row["tries"],
        made_at=_moment(row["made_at"]),
        sent_at=None if row["sent_at"] is None else _moment(row["sent_at"]),
    )


def _moving(state: RuleState) -> dict[str, Any]:
    return {
        "cursor": state.cursor,
        "slot": state.slot,
        "episode": None if state.episode is None else state.episode.toordinal(),
        "muted_until": None if state.muted_until is None else _microseconds(state.muted_until),
    }


def _microseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC)
