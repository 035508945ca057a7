"""Mentions a second and core that the tone model answers: `python bench/tone_speed.py`.

The mix is our own examples in file order (wire, telegram, comments, three languages), as they are and after
another sentence, one thread. Rates are per CPU-second, because wall time on a shared machine says little.
"""

import json
import time
from itertools import islice
from pathlib import Path

from aimas.core import Language, Span
from aimas.tone import ToneQuestion
from aimas.tone.model import load_tone

DATA = Path(__file__).parents[1] / "training" / "tone" / "data"
MOST = 600


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


def rate(asked: list[ToneQuestion], evidence: bool) -> float:
    best = 0.0
    for _ in range(3):
        # A new one each time: a model remembers what it was asked.
        model = load_tone()
        assert model, "no tone model is installed"
        model.answers(questions(True)[-32:], evidence=False)
        started = time.process_time()
        model.answers(asked, evidence=evidence)
        best = max(best, len(asked) / (time.process_time() - started))
    return best


def main() -> None:
    print(f"single sentences            {rate(questions(False), False):7.1f} mentions per CPU-second")
    print(f"two sentences               {rate(questions(True), False):7.1f}")
    print(f"single, with evidence       {rate(questions(False)[:100], True):7.1f}")


if __name__ == "__main__":
    main()
