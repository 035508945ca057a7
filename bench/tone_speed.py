"""Mentions that the tone model answers a second of one core: `python -m bench.tone_speed`.

The mix is our own examples in file order (wire, telegram, comments, three languages), as they are, after another
sentence, and marks in whole articles as the product asks about them, one thread. Rates are per CPU-second, because wall
time on a shared machine says little. Beside them stand the weights' size and what int8 cost, as their card tells it.
"""

import argparse
import json
import os
import sys
import time
from itertools import islice
from pathlib import Path

from quality.weights import card, folder, weighed
from training.tone import data as sets

from aimas.core import BadSetting, Language, Span
from aimas.tone import ToneQuestion
from aimas.tone.model import load_tone
from bench.__main__ import record

DATA = Path(__file__).parents[1] / "training" / "tone" / "data"
MOST = 600
WITH_EVIDENCE = 100
ROUNDS = 3


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.tone_speed", description=__doc__)
    asked.add_argument("--no-record", action="store_true", help="keep no results file")
    chosen = asked.parse_args()
    single, few = questions(False), questions(False)[:WITH_EVIDENCE]
    rates = {
        "single": rate(single),
        "pairs": rate(questions(True)),
        "in_articles": rate(in_articles()),
        "evidence": rate(few, evidence=True),
    }
    ratio = rate(few) / rates["evidence"]
    print(f"single sentences            {rates['single']:7.1f} mentions per CPU-second")
    print(f"two sentences               {rates['pairs']:7.1f}")
    print(f"in articles, with title     {rates['in_articles']:7.1f}")
    print(f"single, with evidence       {rates['evidence']:7.1f}   {ratio:.1f} × the time without")
    weights = weighed(folder())["all"]
    print(f"weights                     {weights['megabytes']:7.1f} MB")
    loss = weights.get("int8_loss_macro_f1")
    print(f"int8 loses of macro F1      {'unknown' if loss is None else f'{loss:7.4f}'}   (card.json)")
    if not chosen.no_record:
        found = {
            "model": card(folder()).version,
            "threads": 1,
            "load": round(os.getloadavg()[0], 2),
            "mentions_per_cpu_s": {name: round(value, 1) for name, value in rates.items()},
            "evidence_ratio": round(ratio, 2),
            **weights,
        }
        record(found, "tone-speed")
    return 0


def questions(padded: bool) -> list[ToneQuestion]:
    rows = [
        json.loads(line)
        for file in sorted(DATA.glob("*.jsonl"))
        for line in file.read_text("utf-8").splitlines()
    ]
    rows = rows[:: max(1, len(rows) // MOST)]
    made = []
    for n, row in enumerate(islice(rows, MOST)):
        before = rows[n - 1]["text"] + " " if padded else ""
        span = Span(row["start"] + len(before), row["end"] + len(before))
        made.append(ToneQuestion(before + row["text"], span, Language(row["lang"])))
    return made


def in_articles() -> list[ToneQuestion]:
    rows = [row for row in sets.articles() if not row.id.endswith("-")]
    rows = rows[:: max(1, len(rows) // MOST)][:MOST]
    return [ToneQuestion(row.text, Span(row.start, row.end), Language(row.lang)) for row in rows]


def rate(asked: list[ToneQuestion], evidence: bool = False) -> float:
    """Answers a second of processor time, the best of a few rounds."""
    best = 0.0
    for _ in range(ROUNDS):
        # A new one each time: a model remembers what it was asked.
        model = load_tone()
        if model is None:
            raise BadSetting("No tone model is installed; restore models/tone.")
        model.answers(questions(True)[-32:], evidence=False)
        started = time.process_time()
        model.answers(asked, evidence=evidence)
        best = max(best, len(asked) / (time.process_time() - started))
    return best


if __name__ == "__main__":
    sys.exit(main())
