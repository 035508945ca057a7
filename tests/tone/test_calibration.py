"""From logits to chances: laws that hold for any numbers on a card, and what the shipped card promises."""

import json
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Language, Span, Tone
from aimas.tone import ToneQuestion
from aimas.tone.calibration import Calibration
from aimas.tone.model import OnnxTone

CARD = json.loads((Path(__file__).parents[2] / "models" / "tone" / "card.json").read_text("utf-8"))
SHIPPED = msgspec.convert(CARD["calibration"], dict[str, Calibration])

AS_THEY_ARE = Calibration(((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), (0.0, 0.0, 0.0), 0.6)

logits = st.lists(st.floats(-12, 12), min_size=3, max_size=3).map(np.array)
numbers = st.floats(-3, 3)
threes = st.tuples(numbers, numbers, numbers)
calibrations = st.builds(Calibration, st.tuples(threes, threes, threes), threes, st.floats(0.34, 0.99))


@given(calibrations, logits)
def test_chances_sum_to_one_and_none_is_negative(calibration: Calibration, z: np.ndarray) -> None:
    chances = calibration.chances(z)
    assert chances.sum() == pytest.approx(1.0)
    assert (chances >= 0).all()


@given(logits)
def test_what_all_logits_share_changes_nothing_where_the_matrix_only_scales(z: np.ndarray) -> None:
    assert AS_THEY_ARE.chances(z + 5.0) == pytest.approx(AS_THEY_ARE.chances(z))


@pytest.mark.parametrize("language", SHIPPED)
@given(z=logits, tone=st.integers(0, 2), more=st.floats(0.01, 6))
def test_a_larger_logit_never_lowers_its_tones_chance(
    language: str, z: np.ndarray, tone: int, more: float
) -> None:
    louder = z.copy()
    louder[tone] += more
    chances = SHIPPED[language].chances
    assert chances(louder)[tone] >= chances(z)[tone] - 1e-12


def test_rows_are_calibrated_each_for_itself() -> None:
    rows = np.array([[4.0, 0.0, 1.0], [-1.0, 2.0, 0.5]])
    together = SHIPPED["ru"].chances(rows)
    assert together == pytest.approx(np.array([SHIPPED["ru"].chances(row) for row in rows]))


def test_chances_by_hand() -> None:
    doubled = Calibration(((2.0, 0.0, 0.0), (0.0, 2.0, 0.0), (0.0, 1.0, 2.0)), (0.0, 0.0, np.log(3.0)), 0.5)
    # 2·ln2, 0, 0·1 + ln3: four, one and three parts of eight
    assert doubled.chances(np.array([np.log(2.0), 0.0, 0.0])) == pytest.approx([4 / 8, 1 / 8, 3 / 8])
    # The critical logit speaks for neutral too: e^2ln2 = 4 and e^ln2 · 3 = 6 of eleven
    assert doubled.chances(np.array([0.0, np.log(2.0), 0.0])) == pytest.approx([1 / 11, 4 / 11, 6 / 11])


@pytest.mark.parametrize(
    ("chances", "is_told"),
    [
        pytest.param([0.61, 0.3, 0.09], True, id="over the threshold"),
        pytest.param([0.2, 0.6, 0.2], True, id="at the threshold"),
        pytest.param([0.2, 0.21, 0.59], False, id="under the threshold"),
    ],
)
def test_an_answer_is_told_from_the_threshold_on(chances: list[float], is_told: bool) -> None:
    assert AS_THEY_ARE.tells(np.array(chances)) is is_told


def test_a_louder_threshold_makes_the_same_answer_unclear(
    model: OnnxTone, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ToneQuestion("Жители благодарят полицию за спасённого ребёнка.", Span(18, 25), Language.RU)
    (told,) = model.answers([asked])
    strict = msgspec.structs.replace(model.calibration_of(Language.RU), threshold=1.01)
    monkeypatch.setattr(model, "_calibration", model._calibration | {"ru": strict})
    (kept_back,) = model.answers([asked])
    assert told.guess.value is Tone.POSITIVE
    assert kept_back.guess.value is Tone.UNCLEAR
    assert kept_back.scores == told.scores
    assert kept_back.guess.evidence == ()


@pytest.mark.parametrize(
    ("language", "read_with"),
    [
        pytest.param(Language.RU, "ru", id="Russian by its own numbers"),
        pytest.param(Language.KK, "kk", id="Kazakh by its own"),
        pytest.param(Language.KK_RU, "kk", id="Kazakh and Russian in one sentence by the Kazakh ones"),
        pytest.param(Language.OTHER, "all", id="another language by those of all"),
    ],
)
def test_each_language_has_its_numbers(model: OnnxTone, language: Language, read_with: str) -> None:
    assert model.calibration_of(language) == SHIPPED[read_with]
