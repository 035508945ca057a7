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
