"""Floors hold on frozen sets, and the tool that keeps them cannot lower one."""

import pytest
from quality.__main__ import measure
from quality.floors import FILE, HERE, Floor, fingerprint, raised, read_floors, shortfalls, written

FLOORS = read_floors()


@pytest.mark.parametrize("floor", FLOORS, ids=[f.file for f in FLOORS])
def test_the_frozen_set_is_as_it_was(floor: Floor) -> None:
    assert fingerprint(HERE / "sets" / floor.file) == floor.sha256


@pytest.mark.parametrize("floor", FLOORS, ids=[f.file for f in FLOORS])
def test_the_floor_holds(floor: Floor) -> None:
    assert shortfalls(floor, measure(floor.task, HERE / "sets" / floor.file)) == []


def test_every_evaluation_set_has_a_floor() -> None:
    assert {p.name for p in (HERE / "sets").glob("*.jsonl")} == {f.file for f in FLOORS}


def test_the_file_is_what_the_tool_would_write() -> None:
    assert FILE.read_text("utf-8") == written(FLOORS)


CASE = Floor("x.jsonl", "tone", "0" * 64, {"ru": {"macro_f1": 0.7, "ece": 0.05}})


def test_a_worse_measurement_never_lowers_a_floor() -> None:
    assert raised(CASE, {"ru": {"macro_f1": 0.5, "ece": 0.2}}).floors == CASE.floors


def test_a_better_measurement_raises_a_floor_and_lowers_a_ceiling() -> None:
    moved = raised(CASE, {"ru": {"macro_f1": 0.8, "ece": 0.02}}).floors["ru"]
    assert moved == {"macro_f1": 0.795, "ece": 0.025}


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        pytest.param({"ru": {"macro_f1": 0.6, "ece": 0.01}}, "under the floor", id="a score under its floor"),
        pytest.param(
            {"ru": {"macro_f1": 0.9, "ece": 0.06}}, "over the ceiling", id="an error over its ceiling"
        ),
        pytest.param({"ru": {"macro_f1": 0.9}}, "was not measured", id="a metric nobody measured"),
    ],
)
def test_what_falls_short_is_told(measured: dict[str, dict[str, float]], words: str) -> None:
    (told,) = shortfalls(CASE, measured)
    assert words in told
