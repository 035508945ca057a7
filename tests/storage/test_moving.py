"""All records go from SQLite to PostgreSQL and back: the same rows, the same chain, nothing lost when broken off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.builders import KEY, TESTER, Shelf, reading
from tests.postgres import PostgresServer
from tests.sources.contract import record, source

from aimas.core import BadInput, Held, HoldReason, Tone
from aimas.ledger import verify
from aimas.sources import ItemMark, PollState
from aimas.storage import moving, schema
from aimas.storage.archive import Archive
from aimas.storage.database import connect, open_database, version_of, writing
from aimas.storage.database import reading as asking
from aimas.storage.moving import copy_records, leave
from aimas.storage.originals import Vault
from aimas.storage.records import Records
from aimas.storage.sealing import Seal
from aimas.storage.sources import SqlSources


def fill(shelf: Shelf, n: int = 30) -> None:
    shelf.file(*(reading(f"Текст {i} о полиции.\t\\N\n", address=f"https://a.kz/{i}") for i in range(n)))
    with shelf.archive.settling() as settlement:
        settlement.file([reading("Текст 1 исправлен.", address="https://a.kz/1")])
        settlement.reread(3, reading("Текст 2 о полиции.", tone=Tone.CRITICAL))
        settlement.hold("extract", None, Held(HoldReason.EMPTY, "no text"), source="tengri", name="row")
        settlement.tally("file", "entered", n=n)
    sources = SqlSources(shelf.engine, Seal(KEY))
    sources.put(source())
    sources.save(PollState(source="tengri"), record(known=3), [ItemMark(f"i{k}", "d") for k in range(5)])


def rows_of(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with asking(engine) as connection:
        return {
            t.name: sorted(tuple(r) for r in connection.execute(t.select()))
            for t in schema.metadata.sorted_tables
        }


def copied(shelf: Shelf, target: Engine) -> None:
    with writing(shelf.engine) as connection:
        copy_records(connection, target)


@pytest.fixture
def target(tmp_path: Path, postgres: PostgresServer, shelf: Shelf) -> Iterator[Engine]:
    """The other kind than the shelf's."""
    engine = connect(tmp_path / "target.sqlite" if shelf.address else postgres.database(), create=True)
    yield engine
    engine.dispose()


pytestmark = pytest.mark.both_records


def test_every_row_arrives_as_it_was(shelf: Shelf, target: Engine) -> None:
    fill(shelf)
    copied(shelf, target)
    assert rows_of(target) == rows_of(shelf.engine)
    records = Records(target, Vault(shelf.folder / "originals", KEY))
    assert list(records.entries()) == list(shelf.records.entries())
    assert verify(records) == []


def test_numbers_go_on_behind_those_that_came_along(shelf: Shelf, target: Engine) -> None:
    fill(shelf)
    copied(shelf, target)
    sources = SqlSources(target, Seal(KEY))
    sources.save(PollState(source="tengri"), record(), [])
    assert len(sources.polls("tengri", 9)) == 2


@pytest.mark.parametrize("pages", [1, 4, 9, 14])
def test_broken_off_it_goes_on_and_what_changed_meanwhile_is_right(
    shelf: Shelf, target: Engine, monkeypatch: pytest.MonkeyPatch, pages: int
) -> None:
    monkeypatch.setattr(moving, "PAGE", 7)
    fill(shelf)

    class Stop(Exception):
        pass

    seen = 0

    def stop(table: str, done: int, total: int) -> None:
        nonlocal seen
        seen += 1
        if seen == pages:
            raise Stop

    with pytest.raises(Stop), writing(shelf.engine) as connection:
        copy_records(connection, target, stop)
    # The home goes on being used: rows come, rows change, rows go.
    fill(shelf, 33)
    shelf.meddle("DELETE FROM seen WHERE item = 'i1'")
    told: list[tuple[str, int, int]] = []
    with writing(shelf.engine) as connection:
        copy_records(connection, target, lambda *page: told.append(page))
    assert rows_of(target) == rows_of(shelf.engine)
    assert all(done <= total for _, done, total in told)
    first = told[0]
    assert pages < 3 or first[1] > 7, "what was copied before is not copied again"


def test_a_whole_copy_is_made_good_once_more(shelf: Shelf, target: Engine) -> None:
    fill(shelf)
    copied(shelf, target)
    fill(shelf, 40)
    copied(shelf, target)
    assert rows_of(target) == rows_of(shelf.engine)


def test_another_homes_records_are_not_written_over(shelf: Shelf, target: Engine, tmp_path: Path) -> None:
    other = Shelf(tmp_path / "other")
    fill(other)
    copied(other, target)
    before = rows_of(target)
    with pytest.raises(BadInput, match="holds records of another home"):
        copied(shelf, target)
    assert rows_of(target) == before
    other.close()


def test_what_went_on_by_itself_is_not_written_over(shelf: Shelf, target: Engine) -> None:
    fill(shelf)
    copied(shelf, target)
    vault = Vault(shelf.folder / "more", KEY)
    archive = Archive(target, vault, shelf.clock, TESTER)
    with archive.settling() as settlement:
        settlement.file([reading("Только здесь.")])
    before = rows_of(target)
    for _ in range(2):
        with pytest.raises(BadInput, match="not the beginning of these"):
            copied(shelf, target)
        # The second time the ledgers are as long, and not the same.
        shelf.file(reading("Только там."))
    assert rows_of(target) == before


def test_a_copy_that_is_not_whole_is_no_home(shelf: Shelf, target: Engine) -> None:
    fill(shelf)

    def stop(table: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), writing(shelf.engine) as connection:
        copy_records(connection, target, stop)
    with pytest.raises(BadInput, match="is not whole: records are being moved there"):
        version_of(target)


def test_what_was_left_takes_nothing_more(shelf: Shelf, target: Engine) -> None:
    fill(shelf)
    with writing(shelf.engine) as connection:
        copy_records(connection, target)
        leave(connection, "elsewhere")
    before = shelf.records.head()
    with pytest.raises(BadInput, match="records were moved to elsewhere; start this program again"):
        shelf.file(reading("Ещё одно."))
    assert shelf.records.head() == before
    with pytest.raises(BadInput, match="records were moved to elsewhere"):
        open_database(shelf.address or shelf.path)
