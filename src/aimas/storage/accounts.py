"""Accounts, sessions and tokens on SQL: what opens a door is sealed or kept as a digest only."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, delete, insert, select, update

from aimas.accounts import Account, ApiToken, Keys, Session
from aimas.accounts.store import Settlement
from aimas.core import Unavailable
from aimas.storage import account_tables as tables
from aimas.storage.database import reading, writing
from aimas.storage.sealing import Seal

_out = msgspec.json.Encoder()
_accounts, _keys = msgspec.json.Decoder(Account), msgspec.json.Decoder(Keys)


class SqlAccounts:
    """An AccountStore."""

    def __init__(self, engine: Engine, seal: Seal) -> None:
        self._engine = engine
        self._seal = seal

    def all(self) -> list[Account]:
        with reading(self._engine) as connection:
            found = [
                _accounts.decode(raw)
                for raw in connection.execute(select(tables.accounts.c.account)).scalars()
            ]
        return sorted(found, key=lambda a: a.name.casefold())

    def get(self, id: str) -> Account | None:
        query = select(tables.accounts.c.account).where(tables.accounts.c.id == id)
        with reading(self._engine) as connection:
            raw = connection.execute(query).scalar()
        return None if raw is None else _accounts.decode(raw)

    def keys_of(self, id: str) -> Keys:
        query = select(tables.accounts.c["keys"]).where(tables.accounts.c.id == id)
        with reading(self._engine) as connection:
            return _keys.decode(self._seal.open(connection.execute(query).scalar_one()))

    def put(self, settlement: Settlement, account: Account, keys: Keys) -> None:
        connection: Connection = settlement.connection
        values: dict[str, Any] = {
            "name": account.name,
            "account": _out.encode(account),
            "keys": self._seal.seal(_out.encode(keys)),
            "is_closed": account.is_closed,
        }
        changed = connection.execute(
            update(tables.accounts).where(tables.accounts.c.id == account.id).values(values)
        )
        if not changed.rowcount:
            connection.execute(insert(tables.accounts).values(id=account.id, **values))

    def open_session(self, settlement: Settlement, digest: bytes, session: Session) -> None:
        settlement.connection.execute(
            insert(tables.sessions).values(
                digest=digest,
                id=session.id,
                account=session.account,
                made_at=_us(session.made_at),
                seen_at=_us(session.seen_at),
                ends_at=_us(session.ends_at),
                agent=session.agent,
            )
        )

    def session_of(self, digest: bytes) -> tuple[Session, Account] | None:
        query = (
            select(tables.sessions, tables.accounts.c.account.label("owner"))
            .join(tables.accounts, tables.accounts.c.id == tables.sessions.c.account)
            .where(tables.sessions.c.digest == digest)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else (_session(row), _accounts.decode(row.owner))

    def sessions(self, account: str) -> list[Session]:
        table = tables.sessions
        query = select(table).where(table.c.account == account).order_by(table.c.made_at.desc())
        with reading(self._engine) as connection:
            return [_session(row) for row in connection.execute(query)]

    def seen(self, digest: bytes, at: datetime) -> None:
        table = tables.sessions
        self._touch(update(table).where(table.c.digest == digest).values(seen_at=_us(at)))

    def end_sessions(self, settlement: Settlement, account: str, only: str | None = None) -> int:
        return _ended(settlement, tables.sessions, account, only)

    def sweep(self, settlement: Settlement, before: datetime) -> None:
        settlement.connection.execute(delete(tables.sessions).where(tables.sessions.c.ends_at < _us(before)))

    def put_token(self, settlement: Settlement, digest: bytes, token: ApiToken) -> None:
        settlement.connection.execute(
            insert(tables.api_tokens).values(
                digest=digest,
                id=token.id,
                account=token.account,
                label=token.label,
                made_at=_us(token.made_at),
                ends_at=_us(token.ends_at),
                used_at=None,
            )
        )

    def token_of(self, digest: bytes) -> tuple[ApiToken, Account] | None:
        query = (
            select(tables.api_tokens, tables.accounts.c.account.label("owner"))
            .join(tables.accounts, tables.accounts.c.id == tables.api_tokens.c.account)
            .where(tables.api_tokens.c.digest == digest)
        )
        with reading(self._engine) as connection:
            row = connection.execute(query).first()
        return None if row is None else (_token(row), _accounts.decode(row.owner))

    def tokens(self, account: str) -> list[ApiToken]:
        table = tables.api_tokens
        query = select(table).where(table.c.account == account).order_by(table.c.made_at.desc())
        with reading(self._engine) as connection:
            return [_token(row) for row in connection.execute(query)]

    def token_used(self, digest: bytes, at: datetime) -> None:
        table = tables.api_tokens
        self._touch(update(table).where(table.c.digest == digest).values(used_at=_us(at)))

    def end_tokens(self, settlement: Settlement, account: str, only: str | None = None) -> int:
        return _ended(settlement, tables.api_tokens, account, only)

    def _touch(self, statement: Any) -> None:
        try:
            with writing(self._engine) as connection:
                connection.execute(statement)
        except Unavailable:
            # Somebody files just now: a session that was seen a minute earlier than it was does no harm.
            return


def _ended(settlement: Settlement, table: Any, account: str, only: str | None) -> int:
    statement = delete(table).where(table.c.account == account)
    if only is not None:
        statement = statement.where(table.c.id == only)
    return int(settlement.connection.execute(statement).rowcount)


def _session(row: Any) -> Session:
    return Session(
        id=row.id,
        account=row.account,
        made_at=_moment(row.made_at),
        seen_at=_moment(row.seen_at),
        ends_at=_moment(row.ends_at),
        agent=row.agent,
    )


def _token(row: Any) -> ApiToken:
    return ApiToken(
        id=row.id,
        account=row.account,
        label=row.label,
        made_at=_moment(row.made_at),
        ends_at=_moment(row.ends_at),
        used_at=None if row.used_at is None else _moment(row.used_at),
    )


def _us(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000)


def _moment(us: int) -> datetime:
    return datetime.fromtimestamp(us / 1_000_000, UTC)
