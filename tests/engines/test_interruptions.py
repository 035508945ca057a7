"""Stopped in the middle, by a person or by the machine: what was settled stays, the rest comes with the next run."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

ROWS = 2_000
"""More chunks than workers are given ahead: else the run would wait for more input before it settles any."""
RUN = (sys.executable, "-m", "aimas.cli.main")


def lines() -> list[bytes]:
    return [
        json.dumps({"text": f"Сообщение номер {n}: погода в районе {n} без изменений. " * 4}).encode() + b"\n"
        for n in range(ROWS)
    ]


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "AIMAS_HOME": str(home)}


def filed(home: Path) -> int:
    with closing(sqlite3.connect(home / "records.sqlite")) as records:
        return int(records.execute("SELECT count(*) FROM publications").fetchone()[0])


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    path.write_bytes(b"".join(lines()))
    return path


@pytest.fixture
def halfway(home: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """An ingest that has settled something and waits for the rest of its input."""
    run = subprocess.Popen(
        [*RUN, "ingest", "-", *request.param],
        env=environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A test run in the background is deaf to Ctrl-C, and its children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert run.stdin
    run.stdin.write(b"".join(lines()))
    run.stdin.flush()
    deadline = time.monotonic() + 90
    while not filed(home) and run.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    yield run
    if run.poll() is None:
        os.killpg(run.pid, signal.SIGKILL)
    run.communicate()


@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("halfway", "number", "code"),
    [
        pytest.param([], signal.SIGINT, 130, id="Ctrl-C"),
        pytest.param(["--workers", "2"], signal.SIGINT, 130, id="Ctrl-C with workers"),
        pytest.param([], signal.SIGKILL, -signal.SIGKILL, id="kill -9"),
    ],
    indirect=["halfway"],
)
def test_the_next_run_completes_it(
    home: Path, rows: Path, halfway: subprocess.Popen[bytes], number: int, code: int
) -> None:
    assert filed(home) > 0
    # As a terminal does: to the whole group.
    os.killpg(halfway.pid, number)
    out, told = halfway.communicate(timeout=120)
    assert halfway.returncode == code, told.decode()
    assert 0 < filed(home) < ROWS
    assert out == b""
    if code == 130:
        assert b"run the same again" in told
        assert b"Traceback" not in told

    from aimas.app import App
    from aimas.sources import ImportOptions, read_files

    app = App(home)
    before = filed(home)
    report = app.ingest(read_files([rows], ImportOptions(), app.clock.now()), source="import")
    assert (report.entered, report.filed, report.dropped) == (ROWS, ROWS - before, {"already-filed": before})
    assert app.verify() == []
    from aimas.flow.accounts import accounts

    books = {a.step: a for a in accounts(app.records.tallies())}
    assert all(a.adds_up for a in books.values())
    assert books["file"].passed == ROWS
    writer = app.index.writer()
    app.follow(writer)
    writer.close()
    everything = app.search.ask("*", "kz-mia")
    assert app.search.count(everything) == ROWS == len({p.text for p in app.search.everything(everything)})
    app.close()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("halfway", [["--workers", "2"]], indirect=True, ids=["workers"])
def test_workers_end_with_a_killed_parent(halfway: subprocess.Popen[bytes]) -> None:
    group = halfway.pid
    os.kill(halfway.pid, signal.SIGKILL)
    halfway.wait(timeout=60)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("worker processes outlive their parent")
