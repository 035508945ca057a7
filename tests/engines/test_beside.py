"""The index may follow in a process of its own while a run files."""

import time
from pathlib import Path

import msgspec
import pytest

from aimas import beside
from aimas.app import App
from aimas.cli.gathering import index_now
from aimas.home import create_home
from aimas.sources import ImportOptions, read_files


def _home(folder: Path, rows: Path) -> App:
    create_home(folder, profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(folder)
    app.ingest(read_files([rows], ImportOptions(), app.clock.now()), source="import")
    return app


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl"
    texts = [{"text": f"В городе открыли школу номер {n}. Полиция следила за порядком."} for n in range(12)]
    path.write_bytes(b"\n".join(msgspec.json.encode(t) for t in texts))
    return path


def test_all_that_a_run_filed_is_found_when_it_is_over(tmp_path: Path, rows: Path) -> None:
    app = _home(tmp_path / "home", rows)
    with beside.indexing_beside(app):
        pass
    assert app.index.position() == app.records.head() == 13, (
        "no whole step: twelve publications and their places"
    )
    assert app.search.count(app.search.ask("is:relevant школу", "kz-mia")) == 12
    assert app.search.count(app.search.ask("школу", "kz-mia")) == 12
    app.close()


def test_what_a_run_that_was_broken_off_left_is_taken_in_later(tmp_path: Path, rows: Path) -> None:
    app = _home(tmp_path / "home", rows)
    with pytest.raises(KeyboardInterrupt), beside.indexing_beside(app):
        raise KeyboardInterrupt
    assert app.index.position() == 0
    index_now(app)
    assert app.search.count(app.search.ask("школу", "kz-mia")) == 12
    app.close()


def test_whole_steps_are_taken_in_while_it_runs(tmp_path: Path, rows: Path) -> None:
    app = _home(tmp_path / "home", rows)
    with beside.indexing_beside(app, step=4):
        until = time.monotonic() + 60
        while app.index.position() < 12 and time.monotonic() < until:
            time.sleep(0.1)
    assert app.index.position() >= 12
    index_now(app)
    assert app.search.count(app.search.ask("is:relevant школу", "kz-mia")) == 12
    assert not app.verify()
    app.close()


def test_it_leaves_index_and_places_to_whoever_writes_it(tmp_path: Path, rows: Path) -> None:
    app = _home(tmp_path / "home", rows)
    writer = app.index.writer()
    with beside.indexing_beside(app):
        pass
    assert app.places_wait(), "two that place at once would place the same"
    index_now(app)
    assert app.places_wait()
    app.follow(writer)
    writer.close()
    assert not app.places_wait()
    assert app.index.position() == app.records.head()
    app.close()
