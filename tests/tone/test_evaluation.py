"""The figures of `aimas eval tone`, on answers known beforehand."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aimas.core import BadInput, BadSetting
from aimas.evaluation import tone as evaluation
from aimas.evaluation.tone import evaluate, metrics

KEYS = {"macro_f1", "f1_pn", "accuracy", "coverage", "accuracy_at_threshold", "accuracy_at_75", "ece"}


def row(**changes: Any) -> dict[str, Any]:
    base = {"id": "a-1", "lang": "ru", "text": "Полиция молчит.", "target": "police", "start": 0, "end": 7}
    return base | {"label": "neutral"} | changes


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        pytest.param({"end": 99}, r"a-1.*0\.\.99", id="end beyond the text"),
        pytest.param({"start": 7}, r"a-1.*7\.\.7", id="an empty target"),
        pytest.param({"start": -1}, "a-1", id="a negative offset"),
        pytest.param({"start": "0"}, "a-1", id="an offset that is no number"),
        pytest.param({"label": "unclear"}, "a-1.*unclear", id="a label that is no truth"),
        pytest.param({"text": None}, "a-1", id="no text"),
    ],
)
def test_a_row_that_misfits_is_named(model: object, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(BadInput, match=named):
        evaluate([row(), row(**changes)], Path())


def test_a_row_without_labels_is_named(model: object) -> None:
    with pytest.raises(BadInput, match=r"row 1.*label"):
        evaluate([{"text": "Полиция", "start": 0, "end": 7}], Path())


def test_every_language_has_every_figure(model: object) -> None:
    scores = evaluate([row(), row(lang="kk"), row(lang=None)], Path())
    assert scores.rows == 3
    assert scores.metrics.keys() == KEYS
    assert {lang: set(m) for lang, m in scores.by_lang.items()} == {"ru": KEYS, "kk": KEYS}


def test_figures_by_hand() -> None:
    truth = np.array([0, 0, 1, 2])
    scores = np.array([[0.9, 0.05, 0.05], [0.2, 0.6, 0.2], [0.1, 0.8, 0.1], [0.1, 0.2, 0.7]])
    got = metrics(truth, scores, np.array([True, False, True, True]))
    assert got["accuracy"] == 0.75
    assert got["coverage"] == 0.75
    assert got["accuracy_at_threshold"] == 1.0
    # the surest three of four, .9, .8 and .7, are right; .6 is the one that is not
    assert got["accuracy_at_75"] == 1.0
    assert got["f1_pn"] == pytest.approx((2 / 3 + 2 / 3) / 2)
    assert got["macro_f1"] == pytest.approx((2 / 3 + 2 / 3 + 1) / 3)
    # bins of .9, .6, .8 and .7 hold one answer each
    assert got["ece"] == pytest.approx((0.1 + 0.6 + 0.2 + 0.3) / 4)


def test_without_weights_the_message_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AIMAS_MODELS", str(tmp_path))
    evaluation.require_model.cache_clear()
    with pytest.raises(BadSetting, match="models/tone"):
        evaluate([row()], Path())
    evaluation.require_model.cache_clear()
