"""The figures of mentions and places on rows whose scores can be worked out by hand."""

from pathlib import Path

import pytest

from aimas.core import BadInput
from aimas.evaluation import mentions, places

HERE = Path()


def test_mentions_count_overlaps_once_and_documents_apart() -> None:
    rows = [
        {"lang": "ru", "text": "МВД и полиция.", "spans": [{"start": 0, "end": 3, "target": "x"}]},
        {"lang": "ru", "text": "Погода.", "spans": []},
        {"lang": "en", "text": "Weather.", "spans": [{"start": 0, "end": 7, "target": "police"}]},
        {"text": "Police came.", "spans": [{"start": 0, "end": 6, "target": "police"}]},
    ]
    scores = mentions.evaluate(rows, HERE)
    assert scores.rows == 4
    assert scores.by_lang["ru"] == {"span_f1": pytest.approx(2 / 3), "document_f1": 1.0}
    assert scores.by_lang["en"] == {"span_f1": 0.0, "document_f1": 0.0}
    assert scores.metrics["span_f1"] == pytest.approx(4 / 6)
    assert "kk" not in scores.by_lang


def test_places_count_regions_once_a_row() -> None:
    rows = [
        {"lang": "ru", "text": "Алматы, в Алматы и Тараз", "regions": ["KZ-75"]},
        {"lang": "en", "text": "Rain.", "regions": []},
    ]
    scores = places.evaluate(rows, HERE)
    assert scores.metrics == {"micro_f1": pytest.approx(2 / 3)}
    assert scores.by_lang["en"] == {"micro_f1": 1.0}


@pytest.mark.parametrize("evaluate", [mentions.evaluate, places.evaluate], ids=["mentions", "places"])
def test_a_row_that_misfits_is_named(evaluate: object) -> None:
    with pytest.raises(BadInput, match="row 1"):
        evaluate([{"lang": "ru"}], HERE)  # type: ignore[operator]
