"""Tables of one version become those of the next and of the one before, on SQLite and on PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine
from tests.builders import Shelf, reading

from aimas.core import BadInput
from aimas.ledger import verify
from aimas.storage import migrations, schema
from aimas.storage.database import connect, open_database, version_of, writing

pytestmark = pytest.mark.both_records


@pytest.fixture
def empty(tmp_path: Path, records_address: str) -> Iterator[Engine]:
    made = connect(records_address or tmp_path / "empty.sqlite", create=True)
    yield made
    made.dispose()


def differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, schema.metadata))


def indexes(connection: Connection) -> set[str]:
    """With their conditions, which comparing metadata leaves out."""
    query = (
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if connection.dialect.name == "sqlite"
        else "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    return {" ".join(str(r[0]).split()) for r in connection.exec_driver_sql(query)}


def move(engine: Engine, to: int) -> list[int]:
    reached: list[int] = []
    version = version_of(engine)
    with writing(engine) as connection:
        migrations.move(connection, version, to, reached.append)
    return reached


def test_all_revisions_in_turn_build_what_the_program_says(empty: Engine, shelf: Shelf) -> None:
    with writing(empty) as connection:
        # On PostgreSQL the shelf's tables are in this database.
        schema.metadata.drop_all(connection)
        migrations.build(connection)
        assert differences(connection) == []
        built = indexes(connection)
        schema.metadata.drop_all(connection)
        schema.metadata.create_all(connection)
        assert indexes(connection) == built


def test_the_program_needs_the_last_version() -> None:
    assert migrations.versions() == [*range(2, schema.VERSION + 1)]


def test_down_and_up_again_loses_nothing(shelf: Shelf) -> None:
    shelf.file(*(reading(f"Text {n}", address=f"https://a.kz/{n}") for n in range(5)))
    before = list(shelf.records.entries())
    down = move(shelf.engine, migrations.versions()[0])
    assert down == [*range(schema.VERSION - 1, 1, -1)]
    with pytest.raises(BadInput, match=r"tables of version 2, this program needs \d+\. Run: aimas migrate"):
        open_database(shelf.address or shelf.path)
    assert move(shelf.engine, schema.VERSION) == [*range(3, schema.VERSION + 1)]
    open_database(shelf.address or shelf.path).dispose()
    with shelf.engine.connect() as connection:
        assert differences(connection) == []
    assert list(shelf.records.entries()) == before
    assert verify(shelf.records) == []


def put_an_account(shelf: Shelf) -> None:
    shelf.meddle(
        "INSERT INTO accounts (id, name, account, keys, is_closed) VALUES ('a', 'aigerim', x'00', x'00', false)"
    )


def test_going_back_is_refused_where_it_would_delete(shelf: Shelf) -> None:
    put_an_account(shelf)
    with pytest.raises(BadInput, match="accounts came with version 3 and holds records"):
        move(shelf.engine, 2)
    assert version_of(shelf.engine) == schema.VERSION
    with shelf.engine.connect() as connection:
        assert differences(connection) == []


def test_tables_made_between_two_versions_give_way_while_empty(shelf: Shelf) -> None:
    shelf.meddle("UPDATE meta SET value = '2' WHERE key = 'version'", "DROP INDEX sessions_of")
    assert move(shelf.engine, schema.VERSION) == [*range(3, schema.VERSION + 1)]
    with shelf.engine.connect() as connection:
        assert differences(connection) == []


def test_tables_made_between_two_versions_are_left_where_they_hold_something(shelf: Shelf) -> None:
    put_an_account(shelf)
    shelf.meddle("UPDATE meta SET value = '2' WHERE key = 'version'")
    with pytest.raises(BadInput, match="holds records"):
        move(shelf.engine, 3)
    assert version_of(shelf.engine) == 2


@pytest.mark.parametrize("to", [0, 1, 99])
def test_a_version_that_nobody_knows_is_refused(shelf: Shelf, to: int) -> None:
    with pytest.raises(BadInput, match=f"version {to} are not known"):
        move(shelf.engine, to)


def test_a_condition_of_an_index_holds_on_both() -> None:
    def conditions(dialect: str) -> dict[str, str | None]:
        found = {}
        for table in schema.metadata.tables.values():
            for index in table.indexes:
                where = index.dialect_options[dialect]["where"]
                found[str(index.name)] = None if where is None else str(where)
        return found

    assert conditions("sqlite") == conditions("postgresql")
