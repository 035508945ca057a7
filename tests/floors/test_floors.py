"""Floors hold on frozen sets, and the tool that keeps them cannot lower one."""

from pathlib import Path

import pytest
from quality.__main__ import measure, public_tone
from quality.floors import FILE, HERE, Floor, fingerprint, raised, read_floors, shortfalls, written

from quality import weights

FLOORS = read_floors()


@pytest.mark.parametrize("floor", FLOORS, ids=[f"{f.task} of {f.file}" for f in FLOORS])
def test_the_frozen_set_is_as_it_was(floor: Floor) -> None:
    assert fingerprint(HERE / "sets" / floor.file) == floor.sha256


@pytest.mark.parametrize("floor", FLOORS, ids=[f"{f.task} of {f.file}" for f in FLOORS])
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


def test_what_is_demanded_and_not_measured_stays_where_it_is() -> None:
    demanded = Floor("x.jsonl", "evidence", "0" * 64, {"ru": {"drop_ratio": 3.0}})
    assert raised(demanded, {"ru": {"drop_ratio": 9.0}}) == demanded
    assert "under the floor" in shortfalls(demanded, {"ru": {"drop_ratio": 2.9}})[0]


def test_the_weights_of_tone_keep_their_ceilings() -> None:
    assert shortfalls(weights.LIMITS, weights.weighed(weights.folder())) == []


@pytest.mark.parametrize(
    ("measured", "words"),
    [
        pytest.param({"megabytes": 60.1, "int8_loss_macro_f1": 0.0}, "megabytes", id="too large a model"),
        pytest.param({"megabytes": 9.0, "int8_loss_macro_f1": 0.0051}, "int8", id="int8 that costs too much"),
        pytest.param({"megabytes": 9.0}, "was not measured", id="a card that does not tell what int8 cost"),
    ],
)
def test_weights_over_their_ceilings_are_told(measured: dict[str, float], words: str) -> None:
    (told,) = shortfalls(weights.LIMITS, {"all": measured})
    assert words in told


def test_without_the_public_sets_their_figures_are_of_the_card_and_called_not_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for data in (None, tmp_path):
        if data is None:
            monkeypatch.delenv("AIMAS_DATA", raising=False)
        else:
            monkeypatch.setenv("AIMAS_DATA", str(data))
        assert public_tone() == {}
        for line in capsys.readouterr().err.splitlines():
            assert "not run" in line and "card.json: 0." in line


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
