"""Two plain ways to find reprints and stories: `python bench/stories_baselines.py reprints|stories FILE [--ours]`.

Exact hash: texts that are one after white space is squeezed. TF-IDF, single pass: an item joins the nearest earlier
item's group where the cosine of their word weights reaches the threshold; rarity is counted as items arrive. The
threshold is tried at every step and the best is shown, which flatters the baseline: ours was fixed elsewhere.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from math import log, sqrt
from pathlib import Path

from aimas.core.ids import text_digest
from aimas.evaluation import reprints, stories
from aimas.evaluation.scores import Row

THRESHOLDS = [n / 20 for n in range(2, 20)]


def by_hash(rows: list[Row]) -> list[int]:
    first: dict[bytes, int] = {}
    return [first.setdefault(text_digest("", row["text"]), n) for n, row in enumerate(rows)]


def nearest(rows: list[Row]) -> list[tuple[float, int]]:
    """For each row the greatest cosine with an earlier one, and that one's number."""
    often: Counter[str] = Counter()
    holders: dict[str, list[tuple[int, float]]] = defaultdict(list)
    found = []
    for n, row in enumerate(rows):
        counts = Counter(re.findall(r"\w+", f"{row['title']} {row['text']}".lower()))
        often.update(counts.keys())
        weights = {w: (1 + log(c)) * log((n + 2) / (often[w] + 0.5)) for w, c in counts.items()}
        norm = sqrt(sum(w * w for w in weights.values())) or 1.0
        cosines: Counter[int] = Counter()
        for word, weight in weights.items():
            for other, other_weight in holders[word]:
                cosines[other] += weight / norm * other_weight
            holders[word].append((n, weight / norm))
        found.append(max(((cosine, other) for other, cosine in cosines.items()), default=(0.0, n)))
    return found


def by_tf_idf(near: list[tuple[float, int]], threshold: float) -> list[int]:
    groups: list[int] = []
    for n, (cosine, other) in enumerate(near):
        groups.append(groups[other] if cosine >= threshold else n)
    return groups


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("task", choices=("reprints", "stories"))
    asked.add_argument("file", type=Path)
    asked.add_argument("--ours", action="store_true", help="measure this program too")
    chosen = asked.parse_args()
    task, file = chosen.task, chosen.file
    rows: list[Row] = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    module = {"reprints": reprints, "stories": stories}[task]
    truth = module.expected(rows)

    def figures(found: list[int]) -> dict[str, float]:
        if task == "reprints":
            return reprints.pair_metrics(truth, found)
        return stories.b_cubed(truth, found) | stories.cross_lingual(rows, truth, found)

    near = nearest(rows)
    main_figure = "f1" if task == "reprints" else "bcubed_f1"
    best = max(THRESHOLDS, key=lambda threshold: figures(by_tf_idf(near, threshold))[main_figure])
    table = {
        "exact hash": figures(by_hash(rows)),
        f"TF-IDF at {best}": figures(by_tf_idf(near, best)),
    }
    if chosen.ours:
        table["ours"] = module.evaluate(rows, file.parent).metrics
    for name, metrics in table.items():
        print(f"{name:16}", "  ".join(f"{key} {value:.3f}" for key, value in metrics.items()))


if __name__ == "__main__":
    main()
