"""Where the board is served, and what is said before it is."""

import gc
import socket
import time
import weakref
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from aimas.app import App
from aimas.cli.main import _run
from aimas.core import BadInput
from aimas.home import create_home
from aimas.web import server


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What uvicorn was told, without serving."""
    told: dict[str, Any] = {}

    class Still:
        failure = None

        def __init__(self, *_: object, **__: object) -> None: ...
        def start(self) -> None: ...
        def stop(self) -> None: ...
        def dead(self) -> tuple[str, ...]:
            return ()

    monkeypatch.setattr(server, "Station", Still)
    # It is the process's own: whatever else is tested in it stays as it was.
    monkeypatch.setattr(server, "collect_seldom", lambda: None)
    monkeypatch.setattr(uvicorn, "run", lambda app, **options: told.update(options))
    return told


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_home_without_accounts_is_given_a_link(
    home: Path, served: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["serve", "--home", str(home), "--port", str(free_port()), "--host", "0.0.0.0"]) == 0
    said = capsys.readouterr().out
    assert "/set-up?word=" in said and "without TLS" in said
    assert served["host"] == "0.0.0.0"
    assert served["proxy_headers"] is False, "nobody's X-Forwarded-For is believed"
    assert _run(["users", "add", "salta", "--role", "admin", "--home", str(home)]) == 0
    capsys.readouterr()
    assert _run(["serve", "--home", str(home), "--port", str(free_port())]) == 0
    assert capsys.readouterr().out == "" and served["host"] == "127.0.0.1"


def test_only_the_proxy_of_the_settings_is_believed(
    home: Path, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIMAS_TRUSTED_PROXY", "10.0.0.2")
    monkeypatch.setenv("AIMAS_PUBLIC_ADDRESS", "https://board.example.kz")
    assert _run(["serve", "--home", str(home), "--port", str(free_port())]) == 0
    assert served["proxy_headers"] is True and served["forwarded_allow_ips"] == "10.0.0.2"


def test_a_demonstration_stays_on_this_machine(tmp_path: Path) -> None:
    app = App(create_home(tmp_path / "home", profiles=["kz-mia"], demo=True).folder)
    with pytest.raises(BadInput, match="this machine only"):
        server.run(app, port=free_port(), gather=False, host="0.0.0.0")
    app.close()


def test_a_taken_port_is_told_and_no_link_with_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert _run(["serve", "--home", str(home), "--port", str(taken.getsockname()[1])]) == 1
    said = capsys.readouterr()
    assert "is taken" in said.err and "set-up" not in said.out


class Ring:
    """Nothing but the search for rings frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_a_broken_off_answer_leaves_is_freed_in_time(
    home: Path, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "TIDY_EVERY_S", 0.01)
    freed = []

    def serve(app: object, **options: object) -> None:
        left = weakref.ref(Ring())
        until = time.monotonic() + 60
        while left() is not None and time.monotonic() < until:
            time.sleep(0.01)
        freed.append(left() is None)

    monkeypatch.setattr(uvicorn, "run", serve)
    gc.disable()
    try:
        assert _run(["serve", "--home", str(home), "--port", str(free_port())]) == 0
    finally:
        gc.enable()
    assert freed == [True]


def test_memory_is_settled_before_anything_is_under_way(
    home: Path, served: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(server, "collect_seldom", lambda: done.append("settled"))
    monkeypatch.setattr(server.Station, "start", lambda self: done.append("started"))
    assert _run(["serve", "--home", str(home), "--port", str(free_port())]) == 0
    assert done == ["settled", "started"]
