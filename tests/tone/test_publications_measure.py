"""What is told of whole publications, by answers whose figures are worked out by hand."""

from pathlib import Path

import pytest

from aimas.core import BadInput, Tone
from aimas.evaluation.publications import evaluate, metrics

HERE = Path(__file__).parent
P, C, N, U = Tone.POSITIVE, Tone.CRITICAL, Tone.NEUTRAL, Tone.UNCLEAR


def test_figures_by_hand() -> None:
    found = metrics([C, C, C, P, P, N, N, N], [C, U, None, P, C, N, C, U])
    assert found == {
        "found": 7 / 8,
        "coverage": 5 / 7,
        "accuracy_at_threshold": 3 / 5,
        "opposite": 1 / 7,
        "critical_recall": 1 / 3,
        "positive_recall": 1 / 2,
    }


def test_nothing_found_is_no_division() -> None:
    assert metrics([C], [None]) == {
        "found": 0.0,
        "coverage": 0.0,
        "accuracy_at_threshold": 0.0,
        "opposite": 0.0,
        "critical_recall": 0.0,
        "positive_recall": 0.0,
    }


def test_no_rows_no_figures() -> None:
    assert metrics([], []) == {}


ROW = {"lang": "ru", "title": "Позор", "text": "Полиция три часа не ехала на вызов.", "label": "critical"}


def test_a_publication_is_found_read_and_ruled(model: object) -> None:
    other = {"lang": "ru", "text": "В Алматы открылась выставка цветов.", "label": "neutral"}
    scores = evaluate([ROW, other], HERE)
    assert scores.rows == 2
    assert scores.metrics["found"] == 0.5
    assert scores.metrics["critical_recall"] == 1.0


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"text": "Полиция."}, "no 'label'"),
        ({"label": "neutral"}, "no 'text'"),
        (ROW | {"label": "unclear"}, "none of positive, critical, neutral"),
        (ROW | {"title": 7}, "title"),
    ],
)
def test_a_row_that_misfits_is_refused(model: object, row: dict[str, object], said: str) -> None:
    with pytest.raises(BadInput, match=said):
        evaluate([row], HERE)
