"""Figures on rows that can be worked out by hand, and on chains made of the newsroom's texts."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.stories import edits
from tests.stories.texts import newsroom

from aimas.core import BadInput
from aimas.evaluation import reprints, stories

HERE = Path()


def test_pairs_are_those_of_the_closure() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "relation": "original", "of": None},
        {"id": "b", "relation": "reprint", "of": "a"},
        {"id": "c", "relation": "reprint", "of": "b"},
        {"id": "d", "relation": "retelling", "of": "a"},
    ]
    assert reprints.expected(rows) == [0, 0, 0, 3]
    assert reprints.pair_metrics([0, 0, 0, 3], [0, 0, 2, 2]) == {
        "precision": 0.5,
        "recall": pytest.approx(1 / 3),
        "f1": pytest.approx(0.4),
    }
    assert reprints.pair_metrics([0, 1], [0, 1])["f1"] == 1.0


def test_b_cubed_and_pairs_across_languages() -> None:
    assert stories.b_cubed(["x", "x", "y"], [1, 1, 1]) == {
        "bcubed_precision": pytest.approx((2 / 3 + 2 / 3 + 1 / 3) / 3),
        "bcubed_recall": 1.0,
        "bcubed_f1": pytest.approx(2 * (5 / 9) / (5 / 9 + 1)),
    }
    rows = [{"lang": "ru"}, {"lang": "kk"}, {"lang": "en"}]
    assert stories.cross_lingual(rows, ["x"] * 3, [1, 1, 2]) == {"cross_lingual_recall": pytest.approx(1 / 3)}
    assert stories.cross_lingual(rows, ["x"] * 3, [1, 1, 2], "kk") == {"cross_lingual_recall": 0.5}
    assert stories.cross_lingual(rows[:1], ["x"], [1]) == {}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param({"id": "a", "text": "x", "story": None}, "published_at", id="no date"),
        pytest.param({"id": "a", "published_at": "2026-11-01", "story": None}, "text", id="no text"),
    ],
)
def test_a_row_that_misfits_is_named(row: dict[str, Any], says: str) -> None:
    for evaluate in (reprints.evaluate, stories.evaluate):
        with pytest.raises(BadInput, match=rf"row 1 \(a\).*{says}"):
            evaluate([row], HERE)


def test_a_copy_of_nothing_is_named() -> None:
    rows = [{"id": "a", "relation": "reprint", "of": "b", "text": "x", "published_at": "2026-11-01"}]
    with pytest.raises(BadInput, match="no row of the file"):
        reprints.evaluate(rows, HERE)


def chains(seed: int, count: int = 60) -> list[dict[str, Any]]:
    """Chains of edited copies, some texts with an outlet's footer, follow-ups that quote, and forms filled in."""
    rng = random.Random(seed)
    start = datetime(2026, 11, 1, tzinfo=UTC)
    rows: list[dict[str, Any]] = []

    def add(id: str, lang: str, text: str, hours: float, of: str | None = None) -> None:
        rows.append(
            {
                "id": id, "lang": lang, "title": f"Заголовок {len(rows)}", "text": text, "of": of,
                "relation": "reprint" if of else "original", "story": None,
                "published_at": (start + timedelta(hours=hours)).isoformat(),
            }
        )  # fmt: skip

    texts = [row for row in newsroom() if row["lang"] in edits.FOOTERS]
    rng.shuffle(texts)
    for row, other in zip(texts[:count], texts[count : 2 * count], strict=True):
        lang, hours = row["lang"], rng.uniform(0, 200)
        text = edits.edited(row["text"], lang, "footer added", rng) if rng.random() < 0.5 else row["text"]
        add(row["id"], lang, text, hours)
        for copy in range(rng.randint(1, 3)):
            changed = edits.edited(row["text"], lang, rng.choice(list(edits.EDITS)), rng)
            add(f"{row['id']}-{copy}", lang, changed, hours + rng.uniform(0.1, 40), row["id"])
        if other["lang"] == lang:
            quoted = other["text"] + "\n" + row["text"].splitlines()[-1]
            add(f"{row['id']}-f", lang, quoted, hours + 48)
    for number in range(40):
        lang = rng.choice(list(edits.FORMS))
        add(
            f"form-{number}", lang, edits.filled(lang, rng.randrange(len(edits.FORMS[lang])), rng), 5 * number
        )
    return sorted(rows, key=lambda row: str(row["published_at"]))


@pytest.mark.parametrize("seed", [1, 2])
def test_chains_of_development_texts_are_told(seed: int) -> None:
    scores = reprints.evaluate(chains(seed), HERE)
    assert scores.metrics["precision"] >= 0.99
    assert scores.metrics["recall"] >= 0.97
    assert set(scores.by_lang) == {"ru", "kk", "en"}
