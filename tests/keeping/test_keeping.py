"""A whole home goes to PostgreSQL and back, is copied while it is used, and comes back from the copy."""

import shutil
import threading
from pathlib import Path

import pytest
from tests.builders import TESTER, reading
from tests.postgres import PostgresServer

from aimas.app import App
from aimas.cli.main import _run
from aimas.core import BadInput
from aimas.home import Home, create_home
from aimas.keeping import SQLITE, back_up, move, restore
from aimas.storage.backup import MANIFEST


def filed(app: App, first: int, last: int) -> None:
    for n in range(first, last):
        with app.archive.settling() as settlement:
            settlement.file([reading(f"Полиция, случай {n}.", address=f"https://a.kz/{n}")])
            settlement.tally("file", "entered")
            settlement.tally("file", "passed")


def opened(home: Path) -> App:
    return App(home, actor=TESTER)


@pytest.fixture
def stocked(home: Path) -> Path:
    app = opened(home)
    filed(app, 0, 20)
    app.close()
    return home


def ledger(home: Path) -> list[bytes]:
    app = opened(home)
    try:
        return [e.hash for e in app.records.entries()]
    finally:
        app.close()


def is_whole(home: Path) -> bool:
    app = opened(home)
    try:
        return app.verify() == []
    finally:
        app.close()


def test_there_and_back_again(stocked: Path, postgres: PostgresServer) -> None:
    before = ledger(stocked)
    address = postgres.database()
    moved = move(stocked, address, TESTER)
    assert moved.entries == len(before)
    assert moved.rows["publications"] == 20
    assert moved.left == str(Home(stocked).records)
    app = opened(stocked)
    assert app.records.acts(1)[0]["verb"] == "records-moved"
    filed(app, 20, 25)
    app.close()
    away = ledger(stocked)
    assert away[: len(before)] == before
    assert is_whole(stocked)

    move(stocked, SQLITE, TESTER)
    assert (stocked / "records-until-20.sqlite").exists(), "what was left is put aside, not written over"
    assert "records_url" not in Home(stocked).settings.read_text("utf-8")
    assert ledger(stocked)[: len(away)] == away
    assert is_whole(stocked)
    app = opened(stocked)
    assert [(t.outcome, t.n) for t in app.records.tallies()] == [("entered", 25), ("passed", 25)]
    filed(app, 25, 26)
    app.close()
    with pytest.raises(BadInput, match="holds records of this home already"):
        move(stocked, address, TESTER)


def test_whoever_still_has_the_old_place_open_is_told(stocked: Path, postgres: PostgresServer) -> None:
    left_open = opened(stocked)
    left_open.records.head()
    move(stocked, postgres.database(), TESTER)
    with pytest.raises(BadInput, match=r"records were moved to .*; start this program again"):
        filed(left_open, 30, 31)
    left_open.close()


def test_what_is_there_already_is_not_moved(stocked: Path) -> None:
    with pytest.raises(BadInput, match=r"are in .* already"):
        move(stocked, SQLITE, TESTER)


def test_the_environment_must_not_decide(stocked: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIMAS_RECORDS_URL", "")
    with pytest.raises(BadInput, match="AIMAS_RECORDS_URL in the environment"):
        move(stocked, "postgresql://a@/b", TESTER)


def test_a_damaged_home_is_not_moved(stocked: Path, postgres: PostgresServer) -> None:
    app = opened(stocked)
    with app.database.connect() as connection:
        connection.exec_driver_sql("UPDATE publications SET title = 'x' WHERE position = 3")
    app.close()
    with pytest.raises(BadInput, match=r"are not whole .*nothing was switched"):
        move(stocked, postgres.database(), TESTER)
    assert len(ledger(stocked)) == 20


@pytest.mark.both_records
def test_a_backup_made_while_another_files_is_whole(home: Path, tmp_path: Path) -> None:
    app = opened(home)
    filed(app, 0, 10)
    stop = threading.Event()
    broken: list[BaseException] = []

    def go_on() -> None:
        n = 10
        try:
            while not stop.is_set():
                filed(app, n, n + 1)
                n += 1
        except BaseException as error:
            broken.append(error)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        made = [back_up(home, tmp_path / "copy", keys=tmp_path / "keys") for _ in range(2)]
    finally:
        stop.set()
        thread.join()
    assert broken == []
    assert 10 <= made[0].position <= made[1].position
    everything = [e.hash for e in app.records.entries()]
    app.close()

    back, findings = restore(tmp_path / "copy", tmp_path / "back", keys=tmp_path / "keys")
    assert (back, findings) == (made[1], [])
    assert ledger(tmp_path / "back") == everything[: back.position]
    app = opened(tmp_path / "back")
    filed(app, 1_000, 1_001)
    original = app.records.by_reading([3])[0].original
    assert original is not None
    assert app.records.open_original(original).body
    app.close()


def test_no_key_lies_in_a_backup(stocked: Path, tmp_path: Path) -> None:
    back_up(stocked, tmp_path / "copy")
    key = Home(stocked).master_key()
    assert all(key not in p.read_bytes() for p in (tmp_path / "copy").rglob("*") if p.is_file())
    with pytest.raises(BadInput, match="protect nothing"):
        back_up(stocked, tmp_path / "copy", keys=tmp_path / "copy" / "keys")


def test_a_backup_without_keys_says_what_is_missing(stocked: Path, tmp_path: Path) -> None:
    back_up(stocked, tmp_path / "copy")
    _, findings = restore(tmp_path / "copy", tmp_path / "back")
    assert findings is None
    with pytest.raises(BadInput, match="Put the home's key back"):
        opened(tmp_path / "back").verify()
    for key in (stocked / "keys").iterdir():
        shutil.copy(key, tmp_path / "back" / "keys")
    assert is_whole(tmp_path / "back")


def test_keys_that_are_not_there_make_no_half_a_home(stocked: Path, tmp_path: Path) -> None:
    back_up(stocked, tmp_path / "copy", keys=tmp_path / "keys")
    (tmp_path / "wrong").mkdir()
    with pytest.raises(BadInput, match=r"holds no master\.key"):
        restore(tmp_path / "copy", tmp_path / "back", keys=tmp_path / "wrong")
    assert not (tmp_path / "back").exists()
    restore(tmp_path / "copy", tmp_path / "back", keys=tmp_path / "keys")
    assert is_whole(tmp_path / "back")


def test_a_new_home_begins_on_the_server_that_the_environment_names(
    tmp_path: Path, postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIMAS_RECORDS_URL", postgres.database())
    assert _run(["init", str(tmp_path / "new")]) == 0
    assert not (tmp_path / "new" / "records.sqlite").exists()
    app = opened(tmp_path / "new")
    filed(app, 0, 2)
    app.close()
    assert is_whole(tmp_path / "new")


def test_where_nobody_answers_no_home_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIMAS_RECORDS_URL", "postgresql://aimas@127.0.0.1:1/none")
    assert _run(["init", str(tmp_path / "new")]) == 1
    assert not (tmp_path / "new").exists()


def test_another_homes_backup_is_not_written_over(stocked: Path, tmp_path: Path) -> None:
    back_up(stocked, tmp_path / "copy")
    other = create_home(tmp_path / "other", profiles=["kz-mia"], timezone="Asia/Almaty").folder
    with pytest.raises(BadInput, match="backup of another home"):
        back_up(other, tmp_path / "copy")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        pytest.param(lambda f: (f / MANIFEST).unlink(), "broken off", id="no manifest"),
        pytest.param(
            lambda f: (f / "records.sqlite").write_bytes(b"x"), "damaged: records.sqlite", id="records"
        ),
        pytest.param(lambda f: next((f / "originals").iterdir()).unlink(), "is missing", id="a segment gone"),
    ],
)
def test_a_damaged_backup_is_not_put_back(stocked: Path, tmp_path: Path, damage: object, words: str) -> None:
    back_up(stocked, tmp_path / "copy")
    damage(tmp_path / "copy")  # type: ignore[operator]
    with pytest.raises(BadInput, match=words):
        restore(tmp_path / "copy", tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_the_verbs(
    stocked: Path, tmp_path: Path, postgres: PostgresServer, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, keys, back = (str(tmp_path / n) for n in ("copy", "keys", "back"))
    assert _run(["--home", str(stocked), "backup", copy, "--keys", keys]) == 0
    assert "20 ledger entries" in capsys.readouterr().out
    assert _run(["restore", copy, "--keys", keys, "--home", back]) == 0
    assert "whole" in capsys.readouterr().out
    assert _run(["--home", back, "move", "--to", postgres.database()]) == 0
    assert "20 ledger entries" in capsys.readouterr().out
    assert _run(["--home", back, "verify"]) == 0
    assert _run(["--home", back, "stats"]) == 0
    assert _run(["--home", back, "migrate"]) == 0
    assert "already" in capsys.readouterr().out
