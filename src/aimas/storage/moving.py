"""Copies all records from one database to another, row by row, and proves that both hold the same."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import Connection, Engine, Table, delete, func, insert, inspect, select, tuple_, update

from aimas.core import BadInput
from aimas.storage import schema
from aimas.storage.database import MOVED, insert_rows, shown, writing
from aimas.storage.faults import point

PAGE = 1_000

Told: TypeAlias = Callable[[str, int, int], None]
"""Hears of each page: the table, how many of its rows are there, how many there are."""

_UNDER_WAY = "moving"
"""Begins the notes in the target's `meta` that say how far a copy came; none is there once it is whole."""

_pack = msgspec.msgpack.Encoder()
_unpack = msgspec.msgpack.Decoder()


class Sum(msgspec.Struct, frozen=True):
    """Of a table's rows, in whatever order they come."""

    rows: int
    digest: int

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.rows + other.rows, (self.digest + other.digest) % 2**256)


def copy_records(source: Connection, target: Engine, told: Told = lambda table, done, total: None) -> None:
    """From a source that nobody else writes meanwhile. Broken off, the same call goes on; what changed in between is
    found by comparing and set right. Raises BadInput where the target holds another home's records."""
    home = str(_noted(source, "home"))
    with writing(target) as connection:
        schema.metadata.create_all(connection)
        before = _noted(connection, f"{_UNDER_WAY}:home") or _noted(connection, "home")
        if before is None:
            _note(connection, f"{_UNDER_WAY}:home", home)
        elif before != home:
            raise BadInput(f"{shown(target)} holds records of another home already. Give an empty database.")
        elif _noted(connection, MOVED) or not _is_beginning(connection, source):
            raise BadInput(
                f"{shown(target)} holds records of this home already, and not the beginning of these. Give an empty "
                "database."
            )
    tables = [t for t in schema.metadata.sorted_tables if t is not schema.meta]
    for table in tables:
        _copy(source, target, table, told)
    point("tables-copied")
    changed = [t for t in tables if _sum(source, t) != _sum_of(target, t)]
    for table in changed:
        _reconcile(source, target, table)
    for table in reversed(changed):
        _thin_out(source, target, table)
    for table in changed:
        if (was := _sum(source, table)) != (now := _sum_of(target, table)):
            raise RuntimeError(
                f"{table.name}: {was.rows} rows were copied as {now.rows}, or not as they were"
            )
    with writing(target) as connection:
        _set_counters(connection, tables)
        known = dict(connection.execute(select(schema.meta.c.key, schema.meta.c.value)).all())
        for key in known:
            connection.execute(delete(schema.meta).where(schema.meta.c.key == key))
        insert_rows(
            connection, schema.meta, [dict(r) for r in source.execute(select(schema.meta)).mappings()]
        )
    point("copy-whole")


def leave(source: Connection, gone_to: str) -> None:
    """Nothing is filed any more where the records were: a process that still has them open is refused."""
    _note(source, MOVED, gone_to)
    said = f"these records were moved to {gone_to}".replace("'", "")
    if source.dialect.name == "sqlite":
        statements = [
            f"CREATE TRIGGER ledger_moved BEFORE INSERT ON ledger BEGIN SELECT RAISE(ABORT, '{said}'); END"
        ]
    else:
        statements = [
            "CREATE FUNCTION ledger_moved() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$",
            "CREATE TRIGGER ledger_moved BEFORE INSERT ON ledger EXECUTE FUNCTION ledger_moved()",
        ]
    for statement in statements:
        source.exec_driver_sql(statement)
    point("records-left")


def counts(connection: Connection) -> dict[str, int]:
    """Rows of every table."""
    return {
        t.name: int(connection.execute(select(func.count()).select_from(t)).scalar_one())
        for t in schema.metadata.sorted_tables
    }


def _is_beginning(part: Connection, whole: Connection) -> bool:
    """Whether one ledger goes on from where the other ends: only then may what is there be made like what is here."""
    ledger = schema.ledger.c
    last = part.execute(
        select(ledger.position, ledger.hash).order_by(ledger.position.desc()).limit(1)
    ).first()
    if last is None:
        return True
    return bool(
        last.hash == whole.execute(select(ledger.hash).where(ledger.position == last.position)).scalar()
    )


def _copy(source: Connection, target: Engine, table: Table, told: Told) -> None:
    note = f"{_UNDER_WAY}:{table.name}"
    with writing(target) as connection:
        after = _noted(connection, note)
        done = int(connection.execute(select(func.count()).select_from(table)).scalar_one()) if after else 0
        if after is None and _noted(connection, "home") is not None:
            # It was whole before: only what changed since is missing, and comparing finds it.
            return
    total = int(source.execute(select(func.count()).select_from(table)).scalar_one())
    for page in _pages(source, table, None if after is None else _unpack.decode(bytes.fromhex(after))):
        with writing(target) as connection:
            insert_rows(connection, table, page)
            _note(connection, note, _pack.encode(_key(table, page[-1])).hex())
        point("page-copied")
        done += len(page)
        told(table.name, done, total)


def _pages(connection: Connection, table: Table, after: Sequence[Any] | None = None) -> Iterator[list[Any]]:
    key = list(table.primary_key.columns)
    while True:
        query = select(table).order_by(*key).limit(PAGE)
        if after is not None:
            query = query.where(tuple_(*key) > tuple(after) if len(key) > 1 else key[0] > after[0])
        page = [dict(r) for r in connection.execute(query).mappings()]
        if not page:
            return
        yield page
        after = _key(table, page[-1])


def _key(table: Table, row: Mapping[str, Any]) -> list[Any]:
    return [row[c.name] for c in table.primary_key.columns]


def _sum(connection: Connection, table: Table) -> Sum:
    total = Sum(0, 0)
    names = [c.name for c in table.columns]
    for page in _pages(connection, table):
        packed = (blake2b(_pack.encode([r[n] for n in names]), digest_size=32).digest() for r in page)
        total += Sum(len(page), sum(int.from_bytes(p) for p in packed))
    return total


def _sum_of(engine: Engine, table: Table) -> Sum:
    with writing(engine) as connection:
        return _sum(connection, table)


def _reconcile(source: Connection, target: Engine, table: Table) -> None:
    """Sets right what a first try copied and the home has changed since."""
    for page in _pages(source, table):
        with writing(target) as connection:
            there = _same_keys(connection, table, page)
            for row in page:
                key = _pack.encode(_key(table, row))
                if key not in there:
                    connection.execute(insert(table), row)
                elif there[key] != row:
                    connection.execute(update(table).where(_is(table, row)).values(row))


def _thin_out(source: Connection, target: Engine, table: Table) -> None:
    """Takes out what a first try copied and the home has let go since: sessions that ended, templates learned anew."""
    with writing(target) as connection:
        if _count(connection, table) == _count(source, table):
            return
        for page in list(_pages(connection, table)):
            still = _same_keys(source, table, page)
            for row in page:
                if _pack.encode(_key(table, row)) not in still:
                    connection.execute(delete(table).where(_is(table, row)))


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _same_keys(connection: Connection, table: Table, page: Sequence[Mapping[str, Any]]) -> dict[bytes, Any]:
    found: dict[bytes, Any] = {}
    for start in range(0, len(page), 100):
        keys = [_key(table, r) for r in page[start : start + 100]]
        columns = list(table.primary_key.columns)
        among = columns[0].in_([k[0] for k in keys]) if len(columns) == 1 else tuple_(*columns).in_(keys)
        for row in connection.execute(select(table).where(among)).mappings():
            whole = dict(row)
            found[_pack.encode(_key(table, whole))] = whole
    return found


def _is(table: Table, row: Mapping[str, Any]) -> Any:
    condition = None
    for column in table.primary_key.columns:
        here = column == row[column.name]
        condition = here if condition is None else condition & here
    return condition


def _set_counters(connection: Connection, tables: Sequence[Table]) -> None:
    """Numbers that the server draws go on behind those that came along."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is None:
            continue
        named = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
        highest = f'SELECT max("{column.name}") FROM {table.name}'
        connection.exec_driver_sql(
            f"SELECT setval({named}, coalesce(({highest}), 1), ({highest}) IS NOT NULL) WHERE {named} IS NOT NULL"
        )


def _noted(connection: Connection, key: str) -> str | None:
    return connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar()


def _note(connection: Connection, key: str, value: str) -> None:
    connection.execute(schema.NOTE, {"key": key, "value": value})


def is_under_way(engine: Engine) -> bool:
    """Whether a copy into it was begun and is not whole."""
    if not inspect(engine).has_table("meta"):
        return False
    with engine.connect() as connection:
        return _noted(connection, f"{_UNDER_WAY}:home") is not None
