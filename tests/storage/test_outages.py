"""A database that goes away and comes back, a disk that is full, a clock that jumps back: all or nothing, then on."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from pg8000 import core
from pg8000.exceptions import InterfaceError
from tests.builders import KEY, Shelf, reading
from tests.postgres import PostgresServer
from tests.sources.contract import NOW, record, source

from aimas.core import BadInput, BadSetting, Unavailable
from aimas.ledger import verify
from aimas.sources import PollState
from aimas.storage import database
from aimas.storage.database import connect, open_database
from aimas.storage.sealing import Seal
from aimas.storage.sources import SqlSources


@pytest.fixture
def own_server() -> Iterator[PostgresServer]:
    """One that may be stopped without disturbing the others' tests."""
    with PostgresServer() as server:
        yield server


@pytest.mark.parametrize("at_once", [False, True], ids=["shut down", "crashed"])
def test_a_server_that_goes_away_and_comes_back(
    own_server: PostgresServer, tmp_path: Path, at_once: bool
) -> None:
    shelf = Shelf(tmp_path / "shelf", address=own_server.database())
    shelf.file(reading("A"))
    own_server.stop(at_once=at_once)
    with pytest.raises(Unavailable, match="does not answer") as refused:
        shelf.file(reading("B"))
    assert refused.value.retry_after_s
    with pytest.raises(Unavailable, match="does not answer"):
        shelf.records.head()
    own_server.start()
    shelf.file(reading("B"))
    assert [p.text for p in shelf.records.by_reading([1, 2])] == ["A", "B"]
    assert verify(shelf.records) == []
    shelf.close()


def test_a_server_that_goes_away_in_the_middle_of_a_settlement(
    own_server: PostgresServer, tmp_path: Path
) -> None:
    shelf = Shelf(tmp_path / "shelf", address=own_server.database())
    shelf.file(reading("A"))
    with pytest.raises(Unavailable, match="does not answer"), shelf.archive.settling() as settlement:
        settlement.file([reading("B")])
        settlement.flush()
        own_server.stop(at_once=True)
        settlement.act("never", "seen", {})
    own_server.start()
    assert shelf.records.head() == 1
    shelf.file(reading("B"), reading("C"))
    assert shelf.records.head() == 3
    assert verify(shelf.records) == []
    shelf.close()


def test_a_refused_copy_leaves_no_connection_out_of_step(postgres: PostgresServer, tmp_path: Path) -> None:
    """The driver, left to itself, would answer the next questions with other questions' answers."""
    shelf = Shelf(tmp_path / "shelf", address=postgres.database())
    shelf.file(*(reading(f"Text {n}") for n in range(3)))
    shelf.meddle(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$",
        "CREATE TRIGGER no BEFORE INSERT ON readings EXECUTE FUNCTION no()",
    )
    for n in range(3):
        with suppress(Exception):
            shelf.file(reading(f"More {n}"))
        assert shelf.records.head() == 3
        assert [p.text for p in shelf.records.by_reading([1, 2, 3])] == ["Text 0", "Text 1", "Text 2"]
    shelf.meddle("DROP TRIGGER no ON readings")
    shelf.file(reading("More"))
    assert shelf.records.head() == 4
    assert verify(shelf.records) == []
    shelf.close()


def test_two_writers_take_turns(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    one = Shelf(tmp_path / "one", address=postgres.database())
    other = Shelf(one.folder, address=one.address)
    with one.archive.settling() as settlement:
        settlement.file([reading("A")])
        with pytest.raises(Unavailable, match="busy: another process writes"):
            other.file(reading("B"))
        assert other.records.head() == 0, "readers are not in the way"
    other.file(reading("B"))
    one.file(reading("C"))
    assert [p.text for p in other.records.by_reading([1, 2, 3])] == ["A", "B", "C"]
    assert verify(one.records) == []
    one.close()
    other.close()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        pytest.param("nonsense", "is no address", id="no address"),
        pytest.param("mysql://a@b/c", "only postgresql", id="another database"),
        pytest.param("postgresql://host/db", "names no user", id="no user"),
        pytest.param("postgresql://a@host/", "no database", id="no database"),
        pytest.param("postgresql://a@host/db?sslmode=maybe", "sslmode maybe", id="an unknown way to encrypt"),
        pytest.param("postgresql://a@host/db?options=x", "options is not known", id="an unknown option"),
    ],
)
def test_an_address_that_can_not_be_used_names_the_setting(address: str, words: str) -> None:
    with pytest.raises(BadSetting, match=words):
        connect(address)


def test_a_database_without_a_home_says_so(postgres: PostgresServer) -> None:
    with pytest.raises(BadInput, match="holds no home's records"):
        open_database(postgres.database())


def test_a_user_who_may_not_enter_is_told(postgres: PostgresServer) -> None:
    address = postgres.database().replace("aimas@", "stranger@")
    with pytest.raises(BadInput, match="lets nobody in"):
        open_database(address)


def test_a_refusal_is_heard_though_the_server_hung_up_before_the_driver_did(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hung_up(*_: object) -> None:
        raise InterfaceError("network error") from BrokenPipeError()

    monkeypatch.setattr("pg8000.core._flush", _after_first(hung_up))
    with pytest.raises(BadInput, match="lets nobody in"):
        open_database(postgres.database().replace("aimas@", "stranger@"))


def _after_first(then: Callable[..., None]) -> Callable[..., None]:
    """The first flush is the greeting's own."""
    real, calls = core._flush, count()

    def flush(sock: Any) -> None:
        (then if next(calls) else real)(sock)

    return flush


def test_a_server_that_is_not_there_is_waited_for() -> None:
    with pytest.raises(Unavailable, match="does not answer"):
        open_database("postgresql://aimas@127.0.0.1:1/none")


@pytest.mark.both_records
def test_a_clock_that_jumps_back_loses_nothing(shelf: Shelf) -> None:
    """The ledger goes by positions; a source claimed in the future is free again when its poll was kept."""
    sources = SqlSources(shelf.engine, Seal(KEY))
    sources.put(source())
    shelf.file(reading("A", address="https://a.kz/1"))
    assert sources.claim("tengri", NOW, NOW + timedelta(minutes=5))
    shelf.clock.advance(hours=-5)
    back = NOW - timedelta(hours=5)
    sources.save(PollState(source="tengri", next_due=back + timedelta(minutes=1)), record(at=back), [])
    shelf.file(reading("B", address="https://a.kz/1"), reading("C"))
    assert verify(shelf.records) == []
    assert [e.position for e in shelf.records.entries()] == [1, 2, 3]
    first, second = shelf.records.by_reading([1, 2])
    assert (first.until, second.revision) == (2, 2)
    assert [s.id for s, _ in sources.due(back + timedelta(minutes=2), 9)] == ["tengri"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        pytest.param("53100", "No room left on the disk", id="a full disk"),
        pytest.param("40P01", "is busy", id="a deadlock"),
        pytest.param("53300", "is busy", id="too many connections"),
        pytest.param("57P01", "does not answer", id="an administrator's shutdown"),
    ],
)
def test_what_the_server_says_passes_and_nothing_is_kept(
    postgres: PostgresServer, tmp_path: Path, code: str, words: str
) -> None:
    shelf = Shelf(tmp_path / "shelf", address=postgres.database())
    shelf.file(reading("A"))
    shelf.meddle(
        "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END $$",
        "CREATE TRIGGER no BEFORE INSERT ON readings EXECUTE FUNCTION no()",
    )
    with pytest.raises(Unavailable, match=words):
        shelf.file(reading("B"), reading("C"))
    shelf.meddle("DROP TRIGGER no ON readings")
    assert shelf.records.head() == 1
    shelf.file(reading("B"), reading("C"))
    assert shelf.records.head() == 3
    assert verify(shelf.records) == []
    shelf.close()
