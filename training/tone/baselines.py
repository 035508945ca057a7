"""What a bag of words, and saying "neutral" always, reach on the same parts:

python -m training.tone.baselines --data $AIMAS_DATA
"""

import argparse
from pathlib import Path

import numpy as np
from scipy.sparse import hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from training.tone import data as sets
from training.tone.train import f1s

REACH = 60
"""Characters around the target that make features of their own: all that the baseline knows of it."""


def near(row: sets.Row) -> str:
    return row.text[max(0, row.start - REACH) : row.start] + " § " + row.text[row.end : row.end + REACH]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    options = parser.parse_args()
    rows = [r for r in sets.everything(options.data) if r.source != "kazsandra"]
    train = [r for r in rows if r.part == "train"]
    test = [r for r in rows if r.part == "test"]
    makers = [
        (TfidfVectorizer(sublinear_tf=True, min_df=2, ngram_range=(1, 2)), lambda r: r.text),
        (
            TfidfVectorizer(sublinear_tf=True, min_df=3, analyzer="char_wb", ngram_range=(2, 5)),
            lambda r: r.text,
        ),
        (TfidfVectorizer(sublinear_tf=True, min_df=2), near),
    ]
    features = hstack([maker.fit_transform([of(r) for r in train]) for maker, of in makers]).tocsr()
    weights = [3.0 if r.source == "ours" else 1.0 for r in train]
    model = LogisticRegression(C=3.0, max_iter=300, class_weight="balanced")
    model.fit(features, [r.label for r in train], sample_weight=weights)
    said = model.predict(hstack([maker.transform([of(r) for r in test]) for maker, of in makers]).tocsr())
    truth = np.array([r.label for r in test])
    kinds = np.array([f"{r.source}-{r.lang}" for r in test])
    for name, guess in (("bag of words", said), ("always neutral", np.full(len(test), 2))):
        for kind in sorted(set(kinds)):
            each = f1s(truth[kinds == kind], guess[kinds == kind])
            right = (truth == guess)[kinds == kind].mean()
            print(
                f"{name:15} {kind:12} macro {sum(each) / 3:.4f}  pn {sum(each[:2]) / 2:.4f}  acc {right:.4f}"
            )


if __name__ == "__main__":
    main()
