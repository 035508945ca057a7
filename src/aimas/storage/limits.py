"""How often something was tried from one place, in the records: it holds over several processes and a restart."""

import hmac
from collections.abc import Callable

from sqlalchemy import Engine, delete, insert, select, update

from aimas.storage.database import writing
from aimas.storage.limit_tables import limit_levels

Level = tuple[float, float]
"""Tries left, and when that was counted, in seconds."""
LONGEST_S = 6 * 3600
"""After which every bucket is full again: what was not touched for so long is forgotten."""


class SqlLimits:
    def __init__(self, engine: Engine, secret: bytes) -> None:
        """`secret` keys what stands for an address or a name: the records do not say who tried."""
        self._engine = engine
        self._secret = secret

    def change(
        self, name: str, key: str, now_s: float, changed: Callable[[Level | None], Level | None]
    ) -> None:
        """In the writer's turn, so that two processes never count from the same number; None changes nothing. Raises
        Unavailable."""
        table = limit_levels
        digest = hmac.digest(self._secret, f"{name}\x1f{key}".encode(), "sha256")[:16]
        with writing(self._engine) as connection:
            own = (table.c.name == name, table.c.key == digest)
            row = connection.execute(select(table.c.level, table.c.at).where(*own)).first()
            level = changed(None if row is None else (row.level, row.at / 1_000_000))
            if level is None:
                return
            values = {"level": level[0], "at": int(level[1] * 1_000_000)}
            if row is None:
                connection.execute(insert(table).values(name=name, key=digest, **values))
            else:
                connection.execute(update(table).where(*own).values(**values))
            connection.execute(delete(table).where(table.c.at < int((now_s - LONGEST_S) * 1_000_000)))
