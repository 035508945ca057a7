"""`aimas eval appeals` counts as its format says, on rows whose truth is known."""

from pathlib import Path
from typing import Any

import pytest

from aimas.core import BadInput
from aimas.evaluation.appeals import evaluate

NOISE = "Сосед сверху каждую ночь включает музыку. Мой телефон +7 701 123 45 67."


def row(**changes: Any) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": "a",
        "lang": "ru",
        "text": NOISE,
        "category": "neighbours_noise",
        "urgent": False,
        "pii": [{"kind": "phone", "start": 54, "end": 70}],
        "requests": 1,
        "outside_competence": False,
        "unknown": "ignored",
    }
    return {**said, **changes}


def test_what_is_right_counts_fully_and_languages_are_told_apart() -> None:
    scores = evaluate([row(), row(lang=None)], Path())
    assert scores.rows == 2 and set(scores.by_lang) == {"ru"}
    for metrics in (scores.metrics, scores.by_lang["ru"]):
        assert metrics["category_macro_f1"] == metrics["pii_recall"] == metrics["pii_precision"] == 1.0
        assert metrics["pii_recall_phone"] == 1.0


def test_any_overlap_of_the_same_kind_is_a_hit_and_another_kind_is_none() -> None:
    near = row(pii=[{"kind": "phone", "start": 68, "end": 71}])
    other = row(pii=[{"kind": "iin", "start": 54, "end": 70}])
    assert evaluate([near], Path()).metrics["pii_recall"] == 1.0
    missed = evaluate([other], Path()).metrics
    assert missed["pii_recall"] == missed["pii_precision"] == 0.0


def test_a_wrong_category_costs_both_of_those_that_were_confused() -> None:
    scores = evaluate([row(), row(category="thanks")], Path()).metrics
    assert scores["category_macro_f1"] == pytest.approx(1 / 3)
    assert scores["category_accuracy"] == 0.5


def test_what_is_urgent_and_not_told_so_costs_recall() -> None:
    assert evaluate([row(urgent=True)], Path()).metrics["urgent_f1"] == 0.0


MISFITS = [
    pytest.param({"category": "dragons"}, "category", id="no such category"),
    pytest.param({"pii": [{"kind": "colour", "start": 0, "end": 1}]}, "personal data", id="no such kind"),
    pytest.param(
        {"pii": [{"kind": "phone", "start": 70, "end": 900}]}, "outside", id="offsets beyond the text"
    ),
    pytest.param({"text": ""}, "words", id="no text"),
]


@pytest.mark.parametrize(("changes", "said"), MISFITS)
def test_a_row_that_misfits_is_named(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=rf"row 1 \(a\).*{said}"):
        evaluate([row(**changes)], Path())
