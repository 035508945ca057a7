"""Worker processes change nothing but the time that it takes."""

import gc
import multiprocessing
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from tests.builders import NOW, Shelf, fetched
from tests.engines.test_local_engine import books, everything_that_can_happen, extract, understand

from aimas.core import Fetched, Outcome, Passed, Unavailable
from aimas.engines import LocalEngine, Workers, collect_seldom
from aimas.flow import Kit, Step, monitoring, reading


def steps(_: str) -> tuple[Step, ...]:
    return reading(Kit(extract, understand, print))


def fatal(_: str) -> tuple[Step, ...]:
    return reading(Kit(die, understand, print))


def losing(_: str) -> tuple[Step, ...]:
    return reading(Kit(lambda batch: extract(batch)[:-1], understand, print))


def counting(word: str) -> tuple[Step, ...]:
    """Tells each time, and whenever it is asked, how many items it has read."""
    read: list[int] = []

    def count(batch: list[Fetched]) -> Any:
        read.append(len(batch))
        return extract(batch)

    first, *rest = reading(Kit(count, understand, print))
    first = msgspec.structs.replace(
        first, learned=lambda: f"{word} {sum(read)}".encode(), counts=lambda: {word: sum(read)}
    )
    return first, *rest


def die(_: Any) -> Any:
    os._exit(9)


class Deadly:
    """Nobody who is handed it lives."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os._exit, (9,)


def items() -> Iterator[Outcome[Fetched]]:
    yield from everything_that_can_happen()
    yield from work()


def work() -> Iterator[Outcome[Fetched]]:
    for n in range(700):
        yield Passed(fetched(f"Работа {n}.", name=f"row {n}"))


def contents(shelf: Shelf) -> tuple[list[Any], list[Any], list[Any]]:
    positions = [e.position for e in shelf.records.entries()]
    entries = [(e.position, e.kind, e.subject) for e in shelf.records.entries()]
    publications = [(p.text, p.name, p.versions, p.mentions) for p in shelf.records.by_reading(positions)]
    held = [(h.position, h.step, h.reason, h.detail, h.name) for h in shelf.records.held(1_000)]
    return entries, publications, held


def run(shelf: Shelf, workers: Workers | None, came: Callable[[], Iterator[Outcome[Fetched]]] = items) -> Any:
    made = monitoring(Kit(extract, understand, shelf.archive.file))
    return LocalEngine(made, shelf.archive, workers).run(came(), source="import")


def test_two_processes_file_what_one_files(tmp_path: Path) -> None:
    here, there = Shelf(tmp_path / "here"), Shelf(tmp_path / "there")
    alone = run(here, None)
    with Workers(2, steps, ("",)) as pool:
        together = run(there, pool)
    assert together == alone
    assert books(there) == books(here)
    assert all(a.adds_up for a in books(there).values())
    assert contents(there) == contents(here)
    assert here.clock.now() == NOW
    here.close()
    there.close()


@pytest.mark.parametrize(
    ("build", "error", "words"),
    [
        pytest.param(fatal, Unavailable, "A reading process died", id="a process is killed"),
        pytest.param(losing, RuntimeError, "step extract took", id="a step loses an item"),
    ],
)
def test_a_failure_over_there_stops_the_run_here(
    shelf: Shelf, build: Any, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words), Workers(1, build, ("",)) as pool:
        run(shelf, pool)
    assert shelf.records.head() == 0


def test_what_was_learned_comes_back_in_order(shelf: Shelf) -> None:
    said: list[bytes] = []
    with Workers(1, counting, ("read",), said.append) as pool:
        run(shelf, pool)
    assert len(said) > 2
    counts = [int(one.removeprefix(b"read ")) for one in said]
    assert counts == sorted(counts) and counts[-1] >= 700


def test_every_process_says_what_it_has_counted(shelf: Shelf) -> None:
    with Workers(2, counting, ("read",)) as pool:
        assert [*pool.counts("extract").values()] == [{"read": 0}] * 2
        run(shelf, pool, work)
        told = pool.counts("extract")
        assert [*pool.counts("understand").values()] == [{}, {}]
    assert len(told) == 2
    assert sum(counts["read"] for counts in told.values()) == 700


def test_a_process_that_dies_over_what_it_is_given_stops_the_run(shelf: Shelf) -> None:
    much = bytes(8_000_000)
    with (
        pytest.raises(Unavailable, match="A reading process died"),
        Workers(1, steps, (Deadly(), much)) as pool,
    ):
        run(shelf, pool)
    assert shelf.records.head() == 0


def test_no_process_is_left_behind(shelf: Shelf) -> None:
    with Workers(1, steps, ("",)) as pool:
        run(shelf, pool)
    assert multiprocessing.active_children() == []


@pytest.fixture
def memory() -> Iterator[None]:
    """As Python comes, and so again afterwards."""
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def full_searches() -> int:
    return int(gc.get_stats()[2]["collections"])


@pytest.mark.usefixtures("memory")
def test_what_is_loaded_is_looked_through_no_more_and_what_follows_is() -> None:
    loaded = [[n] for n in range(100_000)]
    collect_seldom()
    assert gc.get_freeze_count() > len(loaded)
    gc.set_threshold(100, 2, 2)
    before = full_searches()
    kept = [[n] for n in range(5_000)]
    assert full_searches() > before, f"{len(kept)} new things wait for a quarter of what is frozen"
