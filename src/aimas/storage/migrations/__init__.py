"""How tables of one version become those of the next and of the one before; `meta` in the records tells which it is."""

from collections.abc import Callable
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import Script, ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, func, inspect, select, update

from aimas.core import BadInput

FOLDER = Path(__file__).parent

Told = Callable[[int], None]
"""Hears each version reached."""


def _script() -> ScriptDirectory:
    return ScriptDirectory(str(FOLDER), version_locations=[str(FOLDER / "versions")])


def versions() -> list[int]:
    """All that are known, oldest first."""
    return sorted(int(s.revision) for s in _script().walk_revisions())


def build(connection: Connection, to: int | None = None) -> None:
    """All tables from nothing, by every revision in turn up to that version."""
    for script in _between(0, to if to is not None else versions()[-1]):
        _run(connection, script, upwards=True)


def move(connection: Connection, version: int, to: int, told: Told = lambda version: None) -> None:
    """Within the caller's transaction. Raises BadInput for a version that is not known, and where going back would
    take something away that is on file."""
    known = versions()
    for one in (version, to):
        if one not in known:
            raise BadInput(f"Tables of version {one} are not known here; {known[0]} to {known[-1]} are.")
    upwards = to > version
    steps = _between(version, to) if upwards else _between(to, version)[::-1]
    for script in steps:
        _refuse_losses(connection, script, upwards)
        _run(connection, script, upwards)
        reached = int(script.revision) if upwards else int(str(script.down_revision))
        meta = _reflected(connection, "meta")
        connection.execute(update(meta).where(meta.c.key == "version").values(value=str(reached)))
        told(reached)


def _between(low: int, high: int) -> list[Script]:
    """The revisions above the one up to the other, oldest first."""
    return sorted(
        (s for s in _script().walk_revisions() if low < int(s.revision) <= high),
        key=lambda s: int(s.revision),
    )


def _run(connection: Connection, script: Script, upwards: bool) -> None:
    with Operations.context(MigrationContext.configure(connection)):
        (script.module.upgrade if upwards else script.module.downgrade)()


def _refuse_losses(connection: Connection, script: Script, upwards: bool) -> None:
    """Nothing is deleted: a step back drops tables only while they are empty. So does a step on, where a program
    between two versions made them already."""
    names = [n for n in script.module.NEW_TABLES if inspect(connection).has_table(n)]
    for name in names:
        if connection.execute(select(func.count()).select_from(_reflected(connection, name))).scalar_one():
            raise BadInput(
                f"The table {name} came with version {script.revision} and holds records: this step would delete "
                "them. Restore a backup from before instead."
            )
    if upwards and names:
        there = MetaData()
        there.reflect(connection, only=names)
        there.drop_all(connection, tables=[there.tables[n] for n in names])


def _reflected(connection: Connection, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=connection, resolve_fks=False)
