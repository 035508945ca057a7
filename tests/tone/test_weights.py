"""The weights are those that the card describes, and small enough."""

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "models" / "tone"
MOST_MB = 60


def test_the_card_describes_these_files() -> None:
    card = json.loads((FOLDER / "card.json").read_text("utf-8"))
    size = 0
    for name, digest in card["sha256"].items():
        content = (FOLDER / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        assert len(content) == card["bytes"][name]
        size += len(content)
    assert size < MOST_MB * 1e6


def test_the_card_names_sources_and_measures() -> None:
    card = json.loads((FOLDER / "card.json").read_text("utf-8"))
    assert {"ru", "kk", "en"} <= set(card["languages"])
    assert all(card["trained_on"].values()), "a source without its licence"
    assert card["calibration"].keys() >= {"ru", "kk", "en", "all"}
    for language in ("ru", "kk", "en"):
        assert card["metrics"][f"test ours {language}"]["macro_f1"] > 0.5


def test_chances_were_fitted_on_rows_that_no_weights_learned_and_are_honest_there() -> None:
    """The aim: an expected calibration error of .05 a language, by numbers fitted without the row's own fifth."""
    card = json.loads((FOLDER / "card.json").read_text("utf-8"))
    assert "never trained on" in card["calibrated_on"]["what"]
    for language in ("ru", "kk", "en"):
        figures = card["metrics"][f"calibrated on {language}"]
        assert figures["rows"] == card["calibrated_on"]["rows"][language] >= 180
        assert figures["ece"] <= 0.05, language
