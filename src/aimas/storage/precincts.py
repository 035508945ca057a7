"""The map of precincts, read from the ledger's acts: the newest import holds, the older ones stay on file."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

import msgspec
from sqlalchemy import Engine, select

from aimas.core import Actor
from aimas.precincts import PrecinctMap
from aimas.storage import schema
from aimas.storage.database import reading

IMPORTED = "precincts-imported"


class _Settlement(Protocol):
    def act(self, verb: str, subject: str, detail: dict[str, object]) -> int: ...


class SqlPrecincts:
    """A MapStore. What was read last is kept in memory until another import is on record."""

    def __init__(
        self, engine: Engine, settle: Callable[[Actor], AbstractContextManager[_Settlement]]
    ) -> None:
        self._engine = engine
        self._settle = settle
        self._kept: tuple[int, PrecinctMap] | None = None

    def current(self) -> PrecinctMap | None:
        acts = schema.acts
        newest = (
            select(acts.c.position).where(acts.c.verb == IMPORTED).order_by(acts.c.position.desc()).limit(1)
        )
        with reading(self._engine) as connection:
            position = connection.execute(newest).scalar()
            if position is None:
                return None
            kept = self._kept
            if kept is not None and kept[0] == position:
                return kept[1]
            detail = connection.execute(select(acts.c.detail).where(acts.c.position == position)).scalar_one()
        made = msgspec.convert(msgspec.json.decode(detail)["map"], PrecinctMap)
        self._kept = (position, made)
        return made

    def replace(self, map: PrecinctMap, by: Actor) -> None:
        with self._settle(by) as settlement:
            settlement.act(IMPORTED, "precincts", {"map": msgspec.to_builtins(map)})
