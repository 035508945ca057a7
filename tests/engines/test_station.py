"""What runs in the background: it follows at once, waits out a bad disk, and says what stopped it."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from litestar.testing import TestClient
from tests.builders import fetched

from aimas.app import App
from aimas.core import Passed, Unavailable
from aimas.station import Station
from aimas.web.server import create_app


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def test_what_is_filed_is_searchable_within_a_second(app: App) -> None:
    heard = threading.Event()
    station = Station(app, gather=False, on_change=lambda position: heard.set())
    station.start()
    try:
        app.ingest([Passed(fetched("Полиция говорит."))], source="import")
        assert heard.wait(5)
        assert app.search.count(app.search.ask("полиция", "kz-mia")) == 1
    finally:
        station.stop()
    assert station.failure is None


def test_it_waits_out_what_passes(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    follow, tries = app.follow, []

    def flaky(writer: object) -> int:
        tries.append(1)
        if len(tries) < 3:
            raise Unavailable("no room left on the disk", 0.05)
        return follow(writer)  # type: ignore[arg-type]

    monkeypatch.setattr(app, "follow", flaky)
    app.ingest([Passed(fetched("Полиция говорит."))], source="import")
    station = Station(app, gather=False)
    station.start()
    until(lambda: app.search.lag().behind == 0)
    station.stop()
    assert station.failure is None


def test_what_stops_it_is_told(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(app, "follow", broken)
    station = Station(app, gather=False)
    station.start()
    until(lambda: station.failure is not None)
    until(lambda: station.dead() == ("follow",))
    with TestClient(create_app(app, 8000, station.dead), base_url="http://127.0.0.1:8000") as client:
        told = client.get("/readyz")
        assert (told.status_code, told.json()["ready"], told.json()["dead"]) == (503, False, ["follow"])
    station.stop()
    assert isinstance(station.failure, ZeroDivisionError)


def test_what_ends_without_a_word_is_dead_too_and_what_was_stopped_is_not(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    station = Station(app, gather=False)
    monkeypatch.setattr(station, "_deliver", lambda: None)
    station.start()
    until(lambda: station.dead() == ("deliver",))
    station.stop()
    assert station.dead() == ()


def test_checkpoints_are_written_as_the_ledger_grows(home: Path, tmp_path: Path) -> None:
    with (home / "aimas.toml").open("a") as file:
        file.write(f'checkpoint_dir = "{tmp_path / "safe"}"\ncheckpoint_every = 2\n')
    app = App(home)
    station = Station(app, gather=False)
    station.start()
    app.ingest([Passed(fetched(f"Полиция {n}.")) for n in range(5)], source="import")
    until(lambda: (tmp_path / "safe").exists() and any((tmp_path / "safe").glob("*.json")))
    station.stop()
    from aimas.ledger import read_checkpoint

    seen = [read_checkpoint(p) for p in (tmp_path / "safe").glob("*.json")]
    assert app.verify(seen) == []
    app.close()
