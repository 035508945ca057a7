"""Every item leaves every step once: counted, whatever goes wrong on the way."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest
from tests.builders import Shelf, fetched, publication, reading, with_

from aimas.core import (
    Dropped,
    DropReason,
    Fetched,
    Held,
    HoldReason,
    Outcome,
    Passed,
    Publication,
    Reading,
    Unavailable,
)
from aimas.engines import LocalEngine, RunReport
from aimas.engines.local import CHUNK, CHUNK_BYTES
from aimas.flow import Kit, Step, monitoring
from aimas.flow.accounts import StepAccount, accounts


def extract(batch: Sequence[Fetched]) -> list[Outcome[Publication]]:
    """A text says what becomes of it: `hold:REASON`, `drop:REASON`, `raise`, else it passes."""
    outcomes: list[Outcome[Publication]] = []
    for item in batch:
        verb, _, reason = (item.text or "").partition(":")
        match verb:
            case "hold":
                outcomes.append(Held(HoldReason(reason), item.name))
            case "drop":
                outcomes.append(Dropped(DropReason(reason)))
            case "raise":
                raise ZeroDivisionError(item.name)
            case _:
                outcomes.append(Passed(publication(item.text or "", name=item.name)))
    return outcomes


def understand(batch: Sequence[Publication]) -> list[Outcome[Reading]]:
    if any(p.text == "raise later" for p in batch):
        raise KeyError("raise later")
    return [Passed(with_(reading(), publication=p)) for p in batch]


def engine(shelf: Shelf, **kit: Callable[..., Any]) -> LocalEngine:
    made: dict[str, Any] = {"extract": extract, "understand": understand, "file": shelf.archive.file, **kit}
    return LocalEngine(monitoring(Kit(**made)), shelf.archive)


def books(shelf: Shelf) -> dict[str, StepAccount]:
    return {a.step: a for a in accounts(shelf.records.tallies())}


def run(shelf: Shelf, items: Sequence[Outcome[Fetched]], **kit: Callable[..., Any]) -> RunReport:
    return engine(shelf, **kit).run(items, source="import")


def everything_that_can_happen() -> list[Outcome[Fetched]]:
    items: list[Outcome[Fetched]] = [Passed(fetched(f"Текст {n}.", name=f"row {n}")) for n in range(5)]
    items += [Passed(fetched("Текст 1.", name="row 5"))]
    items += [Passed(fetched(f"hold:{r.value}", name=f"held {r.value}")) for r in HoldReason]
    items += [Passed(fetched(f"drop:{r.value}", name=f"dropped {r.value}")) for r in DropReason]
    items += [Passed(fetched("raise", name="raising")), Passed(fetched("raise later", name="raising later"))]
    items += [Held(r, f"at the door, {r.value}") for r in HoldReason]
    items += [Dropped(r) for r in DropReason]
    return items


def test_a_run_with_every_kind_of_failure_adds_up(shelf: Shelf) -> None:
    items = everything_that_can_happen()
    reasons, drops = len(HoldReason), len(DropReason)
    report = run(shelf, items)
    assert report.entered == len(items)
    assert report.filed == 5
    assert report.filed + sum(report.dropped.values()) + sum(report.held.values()) == report.entered
    found = books(shelf)
    assert all(a.adds_up for a in found.values())
    once = dict.fromkeys((r.value for r in HoldReason), 1)
    dropped_once = dict.fromkeys((r.value for r in DropReason), 1)
    assert found["gather"] == StepAccount(
        "gather", len(items), len(items) - reasons - drops, dropped_once, once, True
    )
    assert found["extract"].held == {**once, "crashed": 2}
    assert found["extract"].dropped == dropped_once
    assert found["understand"].held == {"crashed": 1}
    assert (found["file"].entered, found["file"].passed, found["file"].dropped) == (
        6,
        5,
        {"already-filed": 1},
    )
    assert shelf.records.held_count() == 2 * reasons + 2


def test_the_same_run_again_files_and_holds_nothing_new_and_adds_up(shelf: Shelf) -> None:
    first = run(shelf, everything_that_can_happen())
    report = run(shelf, everything_that_can_happen())
    assert (report.filed, report.held) == (0, {})
    assert report.dropped["already-held"] == sum(first.held.values()) + 2
    assert all(a.adds_up for a in books(shelf).values())
    assert shelf.records.held_count() == sum(first.held.values())


def test_one_that_breaks_its_step_is_held_alone(shelf: Shelf) -> None:
    items = [Passed(fetched(f"Текст {n}.")) for n in range(40)]
    items.insert(20, Passed(fetched("raise", name="the bad one")))
    report = run(shelf, items)
    assert (report.filed, report.held) == (40, {"crashed": 1})
    (held,) = shelf.records.held()
    assert (held.name, held.step, held.retryable) == ("the bad one", "extract", True)
    assert "ZeroDivisionError" in held.detail and "row" not in held.detail


def losing(step: Callable[..., Any]) -> Callable[..., Any]:
    return lambda batch: list(step(batch))[:-1]


def doubling(step: Callable[..., Any]) -> Callable[..., Any]:
    return lambda batch: [*step(batch), *step(batch)][: len(batch) + 1]


@pytest.mark.parametrize("spoiled", [losing, doubling])
@pytest.mark.parametrize("name", ["extract", "understand", "file"])
def test_a_step_that_loses_or_doubles_an_item_stops_the_run(
    shelf: Shelf, name: str, spoiled: Callable[..., Any]
) -> None:
    step = {"extract": extract, "understand": understand, "file": shelf.archive.file}[name]
    with pytest.raises(RuntimeError, match=f"step {name} took"):
        run(shelf, [Passed(fetched(f"Текст {n}.")) for n in range(3)], **{name: spoiled(step)})
    assert shelf.records.head() == 0
    assert books(shelf) == {}


def test_one_that_breaks_and_is_then_lost_stops_the_run(shelf: Shelf) -> None:
    def vanishing(batch: Sequence[Fetched]) -> list[Outcome[Publication]]:
        if len(batch) > 1:
            raise ValueError
        return []

    with pytest.raises(RuntimeError, match="took 1 item"):
        run(shelf, [Passed(fetched("A")), Passed(fetched("B"))], extract=vanishing)


def test_a_world_that_is_down_is_no_items_fault(shelf: Shelf) -> None:
    def down(batch: Sequence[Fetched]) -> list[Outcome[Publication]]:
        raise Unavailable("the model is being replaced", 5.0)

    with pytest.raises(Unavailable, match="being replaced"):
        run(shelf, [Passed(fetched("A"))], extract=down)
    assert shelf.records.held_count() == 0


def test_what_was_settled_stays_when_the_input_breaks_off(shelf: Shelf) -> None:
    def items() -> Iterator[Outcome[Fetched]]:
        for n in range(CHUNK + 10):
            yield Passed(fetched(f"Текст {n}."))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine(shelf).run(items(), source="import")
    assert books(shelf)["file"].passed == CHUNK
    again = run(shelf, [Passed(fetched(f"Текст {n}.")) for n in range(CHUNK + 10)])
    assert (again.filed, again.dropped) == (10, {"already-filed": CHUNK})
    assert all(a.adds_up for a in books(shelf).values())


def test_a_settlement_that_fails_counts_nothing(shelf: Shelf) -> None:
    def failing(batch: Sequence[Reading]) -> Any:
        shelf.archive.file(batch)
        raise Unavailable("disk full")

    with pytest.raises(Unavailable):
        run(shelf, [Passed(fetched("A")), Held(HoldReason.EMPTY, "x")], file=failing)
    assert (shelf.records.head(), books(shelf), shelf.records.held_count()) == (0, {}, 0)


def test_progress_hears_every_chunk(shelf: Shelf) -> None:
    heard: list[int] = []
    items: list[Outcome[Fetched]] = [Passed(fetched(f"Текст {n}.")) for n in range(2 * CHUNK + 1)]
    engine(shelf).run(items, source="import", progress=heard.append)
    assert heard == [CHUNK, 2 * CHUNK, 2 * CHUNK + 1]


def test_a_chunk_of_long_pages_is_settled_before_it_has_so_many(shelf: Shelf) -> None:
    heard: list[int] = []
    long = "Слово. " * (CHUNK_BYTES // 24)
    items: list[Outcome[Fetched]] = [Passed(fetched(f"{n} {long}")) for n in range(5)]
    engine(shelf).run(items, source="import", progress=heard.append)
    assert heard == [3, 5]


def test_a_batch_is_never_larger_than_its_step_allows(shelf: Shelf) -> None:
    sizes: list[int] = []

    def counting(batch: Sequence[Fetched]) -> list[Outcome[Publication]]:
        sizes.append(len(batch))
        return extract(batch)

    steps = (
        Step("extract", counting, batch=7),
        *monitoring(Kit(extract, understand, shelf.archive.file))[1:],
    )
    LocalEngine(steps, shelf.archive).run([Passed(fetched(f"T {n}")) for n in range(20)], source="import")
    assert sizes == [7, 7, 6]


@pytest.mark.parametrize(
    ("lines", "adds_up"),
    [
        pytest.param([("gather", "entered", "", 3), ("gather", "passed", "", 3)], [True], id="all passed"),
        pytest.param([("gather", "entered", "", 3), ("gather", "passed", "", 2)], [False], id="one lost"),
        pytest.param(
            [("gather", "entered", "", 3), ("gather", "passed", "", 2), ("gather", "held", "empty", 1)],
            [True],
            id="one held",
        ),
        pytest.param(
            [("gather", "entered", "", 3), ("gather", "passed", "", 3), ("extract", "entered", "", 2), ("extract", "passed", "", 2)],
            [True, False],
            id="one lost between two steps",
        ),
    ],
)  # fmt: skip
def test_books(lines: list[tuple[str, str, str, int]], adds_up: list[bool]) -> None:
    from aimas.storage.records import Tallied

    assert [a.adds_up for a in accounts(Tallied(*line) for line in lines)] == adds_up
