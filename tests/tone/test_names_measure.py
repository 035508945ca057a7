"""What exchanged names do to a tone, by answers whose figures are worked out by hand."""

from pathlib import Path

import pytest

from aimas.core import BadInput, Guess, Tone
from aimas.evaluation.names import evaluate, metrics
from aimas.tone import ToneAnswer

HERE = Path(__file__).parent


def told(tone: Tone, *scores: float) -> ToneAnswer:
    return ToneAnswer(Guess(tone, max(scores), (), "test"), (scores[0], scores[1], scores[2]))


CRITICAL = told(Tone.CRITICAL, 0.1, 0.8, 0.1)
LEANING = told(Tone.UNCLEAR, 0.1, 0.5, 0.4)
STRAYED = told(Tone.UNCLEAR, 0.1, 0.4, 0.5)
NEUTRAL = told(Tone.NEUTRAL, 0.0, 0.1, 0.9)


def test_answers_alike_have_no_stray() -> None:
    assert metrics(["a", "a", "a"], [CRITICAL] * 3) == {
        "alike": 1.0,
        "groups_alike": 1.0,
        "unopposed": 1.0,
        "spread": 0.0,
    }


def test_a_stray_is_counted_and_an_abstaining_one_opposes_nobody() -> None:
    found = metrics(["a", "a", "b", "a", "b"], [CRITICAL, LEANING, NEUTRAL, STRAYED, NEUTRAL])
    assert found["alike"] == 0.8
    assert found["groups_alike"] == 0.5
    assert found["unopposed"] == 1.0
    assert found["spread"] == pytest.approx(0.2)


def test_two_tones_told_are_opposed() -> None:
    assert metrics(["a", "a"], [CRITICAL, NEUTRAL])["unopposed"] == 0.0


def test_no_answers_no_figures() -> None:
    assert metrics([], []) == {}


ROW = {"lang": "ru", "text": "Полиция молчит.", "start": 0, "end": 7, "label": "critical"}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([ROW], "no 'group'"),
        ([ROW | {"group": ""}], "no 'group'"),
        ([ROW | {"group": "a"}, ROW | {"group": "b"}], "group a has a single row"),
    ],
)
def test_rows_that_compare_nothing_are_refused(
    model: object, rows: list[dict[str, object]], said: str
) -> None:
    with pytest.raises(BadInput, match=said):
        evaluate(rows, HERE)
