"""Machines of a cluster change nothing but the time that it takes, and may die."""

import os
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dask
import pytest
from distributed import LocalCluster
from quality.make_pages import pages_of
from tests.builders import Shelf
from tests.engines.test_local_engine import books, extract, understand
from tests.engines.test_workers import contents, counting, losing, run, steps
from tests.flow.test_known_sites import DESIGN, KNOWN, STORY, from_site, odd, templates, texts
from tests.flow.test_rereading import TEXTS, listen_for_police

from aimas.app import App
from aimas.core import BadInput, Fetched, Outcome, Publication, Unavailable
from aimas.engines import Cluster, machine
from aimas.engines import cluster as module
from aimas.extraction import TemplateState
from aimas.flow import Kit, Step, reading
from aimas.home import create_home
from aimas.sources import ImportOptions, read_files

LOST = 1
"""Machines that may die over one chunk in these tests."""


@contextmanager
def machines() -> Iterator[str]:
    quiet = {
        "distributed.scheduler.allowed-failures": LOST,
        "distributed.worker.preload": [],
        "logging.distributed": "critical",
    }
    with (
        dask.config.set(quiet),
        LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None, worker_dashboard_address=None
        ) as cluster,
    ):
        yield str(cluster.scheduler_address)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with machines() as at:
        yield at


@pytest.fixture
def doomed() -> Iterator[str]:
    """Machines of one test's own: those that others need may not be dead yet, or not back."""
    with machines() as at:
        yield at


def dying_once(mark: str) -> tuple[Step, ...]:
    """The machine that reads first goes down with what it read."""

    def die(batch: Sequence[Fetched]) -> list[Outcome[Publication]]:
        try:
            os.close(os.open(mark, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return extract(batch)
        os._exit(9)

    return reading(Kit(die, understand, print))


def dying(mark: str) -> tuple[Step, ...]:
    def die(_: Any) -> Any:
        with Path(mark).open("a") as deaths:
            deaths.write(f"{os.getpid()}\n")
        os._exit(9)

    return reading(Kit(die, understand, print))


def test_two_machines_file_what_one_process_files(tmp_path: Path, address: str) -> None:
    here, there = Shelf(tmp_path / "here"), Shelf(tmp_path / "there")
    alone = run(here, None)
    with Cluster(address) as cluster:
        together = run(there, cluster.steps(steps, ("",)))  # type: ignore[arg-type]
    assert together == alone
    assert books(there) == books(here)
    assert all(a.adds_up for a in books(there).values())
    assert contents(there) == contents(here)
    here.close()
    there.close()


def test_what_a_machine_had_when_it_died_is_read_by_another(tmp_path: Path, doomed: str) -> None:
    here, there = Shelf(tmp_path / "here"), Shelf(tmp_path / "there")
    mark = tmp_path / "died"
    alone = run(here, None)
    with Cluster(doomed) as cluster:
        together = run(there, cluster.steps(dying_once, (str(mark),)))  # type: ignore[arg-type]
    assert mark.exists()
    assert together == alone
    assert contents(there) == contents(here)
    here.close()
    there.close()


def test_a_chunk_that_kills_every_machine_stops_the_run(shelf: Shelf, tmp_path: Path, doomed: str) -> None:
    deaths = tmp_path / "deaths"
    with Cluster(doomed) as cluster, pytest.raises(Unavailable, match="Several workers died"):
        run(shelf, cluster.steps(dying, (str(deaths),)))  # type: ignore[arg-type]
    assert shelf.records.head() == 0
    assert len(deaths.read_text().split()) > LOST


def test_a_step_that_loses_an_item_stops_the_run(shelf: Shelf, address: str) -> None:
    with Cluster(address) as cluster, pytest.raises(RuntimeError, match="step extract took"):
        run(shelf, cluster.steps(losing, ("",)))  # type: ignore[arg-type]
    assert shelf.records.head() == 0


def test_the_program_itself_reads_there_what_it_reads_here(tmp_path: Path, address: str) -> None:
    def filed(name: str, cluster: str) -> App:
        create_home(tmp_path / name, profiles=["kz-prosecutor"], timezone="Asia/Almaty")
        app = App(tmp_path / name)
        for title, text in TEXTS.items():
            (tmp_path / title).write_text(text, "utf-8")
        files = [tmp_path / title for title in TEXTS]
        app.ingest(read_files(files, ImportOptions(), app.clock.now()), source="import", cluster=cluster)
        return app

    def found(app: App) -> list[Any]:
        return [(p.title, p.language, p.mentions, p.places, p.versions) for p in app.records.current(0, 10)]

    here, there = filed("here", ""), filed("there", address)
    assert found(there) == found(here)

    here, there = listen_for_police(here), listen_for_police(there)
    assert there.reread(cluster=address) == here.reread()
    assert found(there) == found(here)
    assert any(p.mentions for p in there.records.current(0, 10))
    assert not there.verify()


def test_machines_know_the_sites_that_the_home_knows_and_tell_what_they_learn(
    tmp_path: Path, address: str
) -> None:
    create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(tmp_path / "home")
    app.ingest([*from_site(pages_of(DESIGN, 12)), odd(1)], source="import", cluster=address)
    learned = templates(app).get(f"{DESIGN}.example")
    assert learned is not None and learned.state is TemplateState.TRUSTED
    templates(app).put("odd.example", KNOWN)
    app.ingest([odd(2)], source="import", cluster=address)
    *_, first, second = texts(app)
    assert STORY.strip() in first and STORY.strip() not in second
    app.close()


def held_there(dask_worker: Any) -> tuple[int, int]:
    return len(machine._given), len(machine._made)


def test_a_run_leaves_nothing_on_the_machines(shelf: Shelf, address: str) -> None:
    said: list[bytes] = []
    with Cluster(address) as cluster:
        run(shelf, cluster.steps(counting, ("read",), said.append))  # type: ignore[arg-type]
        during = cluster._client.run(held_there)
    assert said and all(one.startswith(b"read ") for one in said)
    assert {given for given, _ in during.values()} == {1}
    with Cluster(address) as cluster:
        assert set(cluster._client.run(held_there).values()) == {(0, 0)}


def test_parts_of_runs_that_were_killed_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_given", {})
    monkeypatch.setattr(machine, "_made", OrderedDict())
    for name in ("first", "second", "third"):
        machine.Parts(name, steps, ("",)).setup(None)
        machine.read(name, [])
    assert list(machine._given) == ["first", "second", "third"]
    assert list(machine._made) == ["second", "third"]


def test_a_machine_with_another_version_is_refused(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    monkeypatch.setattr(module, "__version__", "0.0.0-other")
    with pytest.raises(Unavailable, match=r"here is 0\.0\.0-other: install the same"):
        Cluster(address)


@pytest.mark.parametrize(
    ("address", "error", "words"),
    [
        pytest.param("tcp://127.0.0.1:9", Unavailable, "No Dask scheduler answers at", id="nobody there"),
        pytest.param("nonsense", BadInput, "write it as tcp://", id="no address"),
        pytest.param("tcp://127.0.0.1", BadInput, "write it as tcp://", id="no port"),
    ],
)
def test_an_address_without_a_scheduler(
    monkeypatch: pytest.MonkeyPatch, address: str, error: type[Exception], words: str
) -> None:
    monkeypatch.setattr(module, "CONNECT_S", 0.5)
    with pytest.raises(error, match=words):
        Cluster(address)


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(BadInput, match="make install-cluster"):
        Cluster("tcp://127.0.0.1:9")
