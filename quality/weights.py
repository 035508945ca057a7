"""What the tone model weighs, what int8 cost it, and how it does on the test parts of the public sets."""

import os
from pathlib import Path

import msgspec
from training.tone import data as sets

from aimas.core import BadSetting
from aimas.evaluation.tone import evaluate
from quality.floors import HERE, Floor

FILES = ("model.onnx", "tokenizer.json")
LIMITS = Floor(
    file="models/tone",
    task="weights",
    sha256="",
    floors={"all": {"megabytes": 60.0, "int8_loss_macro_f1": 0.005}},
    ceilings=("megabytes", "int8_loss_macro_f1"),
)
"""Ceilings by design: weights that travel in a wheel, and int8 that costs half a point at most."""

PUBLIC = {"newsmtsc": ("NewsMTSC", "macro_f1"), "rusentne": ("RuSentNE", "f1_pn")}
"""Source → its name and the figure that the field reports of it."""
PUBLIC_FILES = ("newsmtsc/train.jsonl", "rusentne/train_data.csv")


class _Card(msgspec.Struct, frozen=True):
    version: str
    metrics: dict[str, dict[str, float]]
    int8_loss_macro_f1: float | None = None


def folder() -> Path:
    """Where the tone model is read from, as the product does."""
    named = os.environ.get("AIMAS_MODELS")
    return (Path(named) if named else HERE.parent / "models") / "tone"


def card(where: Path) -> _Card:
    try:
        return msgspec.json.decode((where / "card.json").read_bytes(), type=_Card)
    except FileNotFoundError:
        raise BadSetting(f"{where} has no tone model; restore models/tone.") from None


def weighed(where: Path) -> dict[str, dict[str, float]]:
    """Megabytes on the disk; the loss of macro F1 as `training.tone.finish` measured it and the card keeps it."""
    made = {"megabytes": sum((where / name).stat().st_size for name in FILES) / 1e6}
    if (loss := card(where).int8_loss_macro_f1) is not None:
        made["int8_loss_macro_f1"] = loss
    return {"all": made}


def public_parts(data: Path | None) -> dict[str, dict[str, float]] | None:
    """All figures of the test parts by source, measured anew; None where `data` (AIMAS_DATA) lacks the sets."""
    if data is None or not all((data / name).is_file() for name in PUBLIC_FILES):
        return None
    read = {"newsmtsc": sets.newsmtsc, "rusentne": sets.rusentne}
    found = {}
    for source in PUBLIC:
        rows = [row for row in read[source](data) if row.part == "test"]
        asked = [
            {"lang": r.lang, "text": r.text, "start": r.start, "end": r.end, "label": sets.LABELS[r.label]}
            for r in rows
        ]
        found[source] = {"rows": float(len(rows)), **evaluate(asked, data).metrics}
    return found


def on_card(where: Path, source: str) -> dict[str, float]:
    """What the card says of a source's test part; empty where it says nothing."""
    return next(
        (told for name, told in card(where).metrics.items() if name.startswith(f"test {source} ")), {}
    )
