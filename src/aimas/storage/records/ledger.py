"""The ledger itself: how far it goes, its entries and their hashes."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, func, select

from aimas.core import BadInput
from aimas.ledger import Entry, EntryKind
from aimas.storage import schema
from aimas.storage.archive import head
from aimas.storage.database import reading

PAGE = 1_000


class SqlLedger:
    _engine: Engine

    def head(self) -> int:
        with reading(self._engine) as connection:
            return head(connection)

    def head_hash(self) -> tuple[int, bytes]:
        """Raises BadInput on an empty ledger."""
        with reading(self._engine) as connection:
            row = connection.execute(
                select(schema.ledger).order_by(schema.ledger.c.position.desc()).limit(1)
            ).first()
        if row is None:
            raise BadInput("The ledger is empty: there is nothing to vouch for yet.")
        return row.position, row.hash

    def hash_at(self, position: int) -> bytes | None:
        """Of a ledger entry, which stands for all before it, too; None where there is none."""
        query = select(schema.ledger.c.hash).where(schema.ledger.c.position == position)
        with reading(self._engine) as connection:
            found = connection.execute(query).scalar()
        return None if found is None else _bytes(found)

    def position_at(self, moment_us: int) -> int:
        """The last position written at or before this moment."""
        with reading(self._engine) as connection:
            query = select(func.max(schema.ledger.c.position)).where(schema.ledger.c.at <= moment_us)
            return int(connection.execute(query).scalar() or 0)

    def entries(self) -> Iterator[Entry]:
        position = 0
        table = schema.ledger
        with reading(self._engine) as connection:
            while True:
                page = connection.execute(
                    select(table).where(table.c.position > position).order_by(table.c.position).limit(PAGE)
                ).all()
                if not page:
                    return
                for r in page:
                    yield Entry(
                        r.position, r.at, _kind(r.kind), r.subject, _bytes(r.digest), r.actor, _bytes(r.hash)
                    )
                position = page[-1].position


def _kind(written: Any) -> EntryKind | str:
    return EntryKind(written) if written in set(EntryKind) else str(written)


def _bytes(written: Any) -> bytes:
    """SQLite keeps what somebody else wrote, of whatever type."""
    return written if isinstance(written, bytes) else str(written).encode()
