"""Installs an exported model: copies its files, measures what int8 costs, calibrates, writes card.json:

    python -m training.tone.finish --data $AIMAS_DATA --command "…" --seed N EXPORTED models/tone

EXPORTED holds fp32.onnx, model.onnx and tokenizer.json; the last two are copied.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
from training.tone import data as sets
from training.tone.calibrate import LANGUAGES, VERSION, calibrated, logits_of

from aimas.evaluation.tone import metrics

COMPARED = 4
"""Every fourth public row of dev and test, and all of ours and of articles."""


def int8_loss(exported: Path, data: Path) -> float:
    """By how much macro F1 of the bare logits falls, dev and test together."""
    public = [r for r in [*sets.rusentne(data), *sets.newsmtsc(data)] if r.part != "train"]
    rows = [r for r in [*sets.ours(), *sets.articles()] if r.part != "train"] + public[::COMPARED]
    truth = np.array([r.label for r in rows])
    full, small = (
        metrics(
            truth, logits_of(exported / name, exported / "tokenizer.json", rows), np.ones(len(rows), bool)
        )["macro_f1"]
        for name in ("fp32.onnx", "model.onnx")
    )
    print(f"int8 loses {full - small:.4f} of macro F1 on {len(rows)} rows")
    return full - small


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--command", action="append", required=True, help="once for each run")
    parser.add_argument("--seed", type=int, action="append", required=True)
    parser.add_argument("exported", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for name in ("model.onnx", "tokenizer.json"):
        shutil.copy(options.exported / name, options.out / name)
    files = {n: (options.out / n).read_bytes() for n in ("model.onnx", "tokenizer.json")}
    card = {
        "name": "tone",
        "version": VERSION,
        "what": "tone toward a marked target: the 12 layers of multilingual-e5-small, "
        "48,000 of 250,000 pieces, int8; answers positive, critical, neutral",
        "languages": list(LANGUAGES),
        "trained_on": sets.SOURCES,
        "licence": "Apache-2.0; attribution: KazSAnDRA is CC BY 4.0",
        "seed": options.seed,
        "command": options.command,
        **calibrated(options.out / "model.onnx", options.out / "tokenizer.json", options.data),
        "int8_loss_macro_f1": round(int8_loss(options.exported, options.data), 4),
        "sha256": {n: hashlib.sha256(content).hexdigest() for n, content in files.items()},
        "bytes": {n: len(content) for n, content in files.items()},
    }
    (options.out / "card.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
