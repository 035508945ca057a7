"""Fits the weights of pairs and the threshold of stories on development texts: writes calibration.json.

Texts: tests/stories/data/stories.txt and the demo newsroom. Weights by logistic regression on pairs at most 14 days
apart; then threshold and support by B-cubed F1 of the whole placement. Each figure shown is of stories left out.
"""

import json
import sys
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np

from aimas.evaluation import stories as measured
from aimas.stories import Stories
from aimas.stories.features import features_of
from aimas.stories.stories import Calibration, Weights, pair_values, vectors_of

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.stories.texts import newsroom, own  # noqa: E402

OUT = ROOT / "src/aimas/stories/calibration.json"
NAMES = [f for f in Weights.__struct_fields__ if f != "bias"]
DAYS = 14
RIDGE = 0.02
SLACK = 0.006

_items = {}


def pairs(rows):
    made = []
    for item in measured.items(rows):
        features = features_of(item)
        made.append((item.published, features, vectors_of(features)))
    one, two = [], []
    for a, b in combinations(range(len(rows)), 2):
        if abs((made[a][0] - made[b][0]).days) >= DAYS:
            continue
        values = pair_values(*made[a], *made[b])
        same = made[a][1].language is made[b][1].language
        row = (
            [values[name] for name in NAMES],
            rows[a]["story"] == rows[b]["story"],
            rows[a]["story"],
            rows[b]["story"],
        )
        (one if same else two).append(row)
    return one, two


def fitted(table):
    """Negatives weigh as the number of items that a newcomer meets near it, not as all pairs."""
    x = np.array([[1.0, *row[0]] for row in table])
    y = np.array([row[1] for row in table], float)
    weight = np.where(y == 1, 1.0, 8.0 * y.sum() / (1 - y).sum())
    beta = np.zeros(x.shape[1])
    for _ in range(40):
        p = 1 / (1 + np.exp(-x @ beta))
        gradient = x.T @ (weight * (y - p)) - RIDGE * y.sum() * np.r_[0, beta[1:]] * 0.1
        hessian = (x * (weight * p * (1 - p))[:, None]).T @ x + RIDGE * 0.1 * y.sum() * np.eye(len(beta))
        beta += np.linalg.solve(hessian, gradient)
    named = dict(zip(NAMES, (round(float(b), 3) for b in beta[1:]), strict=True))
    named["elsewhere"] = min(0.0, named["elsewhere"])
    named["days"] = min(0.0, named["days"])
    named["other_figures"] = min(0.0, named["other_figures"])
    return Weights(bias=round(float(beta[0]), 3), **named)


def score(rows, calibration):
    truth = measured.expected(rows)
    key = rows[0]["id"]
    if key not in _items:
        _items[key] = list(measured.items(rows))
    stories = Stories(calibration=calibration)
    found = [stories.place(item).story for item in _items[key]]
    return measured.b_cubed(truth, found) | measured.cross_lingual(rows, truth, found)


def best(sets, one, two):
    """Of all settings as good as the best but for SLACK, the middle one: the very best is an accident."""
    tried = []
    for threshold in np.arange(1.0, 3.6, 0.25):
        for support in (0.0, 0.2, 0.4):
            calibration = Calibration(one, two, float(threshold), support)
            figures = [score(rows, calibration) for rows in sets]
            value = np.mean([f["bcubed_f1"] + 0.1 * f["cross_lingual_recall"] for f in figures])
            tried.append((value, calibration, figures))
    top = max(value for value, _, _ in tried)
    good = [one for one in tried if one[0] >= top - SLACK]
    return good[len(good) // 2]


def main():
    sets = [own(), newsroom()]
    tables = [pairs(rows) for rows in sets]
    one, two = (fitted(tables[0][k] + tables[1][k]) for k in (0, 1))
    _, calibration, figures = best(sets, one, two)
    print(json.dumps(msgspec.to_builtins(calibration)))
    for f in figures:
        print({k: round(v, 3) for k, v in f.items()})
    OUT.write_bytes(msgspec.json.format(msgspec.json.encode(calibration), indent=2) + b"\n")
    # Left out: weights from one set, figures of the other.
    for k in (0, 1):
        crossed = [fitted(tables[k][n]) for n in (0, 1)]
        _, calibration, _ = best([sets[k]], *crossed)
        print(
            "fitted on",
            ("own", "newsroom")[k],
            {n: round(v, 3) for n, v in score(sets[1 - k], calibration).items()},
        )


if __name__ == "__main__":
    main()
