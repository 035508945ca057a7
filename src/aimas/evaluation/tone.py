"""How well tone toward a marked target is told, how honest its chances are, and what abstaining buys."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from aimas.core import BadInput, BadSetting, Language, Tone
from aimas.evaluation.scores import (
    Row,
    Scores,
    by_language,
    language_of,
    named,
    required_text,
    shown,
    span_of,
)
from aimas.tone import ToneQuestion
from aimas.tone.model import TONES, OnnxTone, load_tone

BINS = 10
"""Bins of equal width for the expected calibration error of the most probable tone."""

SUREST = 0.75
"""The share of answers, the surest first, that `accuracy_at_75` counts: what abstaining could buy at any threshold."""

_LABELS = {tone.value: n for n, tone in enumerate(TONES)}


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """Raises BadSetting where no model is installed."""
    model = require_model()
    questions, labels = (
        zip(*(question(n, row) for n, row in enumerate(rows, 1)), strict=True) if rows else ((), ())
    )
    answers = model.answers(questions, evidence=False)
    truth = np.array(labels, np.int64)
    scores = np.array([a.scores for a in answers]).reshape(-1, 3)
    answered = np.array([a.guess.value is not Tone.UNCLEAR for a in answers], bool)
    place = {id(row): n for n, row in enumerate(rows)}

    def of(part: Sequence[Row]) -> dict[str, float]:
        chosen = np.array([place[id(row)] for row in part], np.int64)
        return metrics(truth[chosen], scores[chosen], answered[chosen])

    return Scores(
        "tone", len(rows), of(rows), {lang: of(part) for lang, part in sorted(by_language(rows).items())}
    )


def metrics(
    truth: NDArray[np.int64], scores: NDArray[np.float64], answered: NDArray[np.bool_]
) -> dict[str, float]:
    """All but coverage and the accuracies at a threshold and at 75 take the most probable tone, never abstaining."""
    if not len(truth):
        return {}
    said, confidence = scores.argmax(axis=1), scores.max(axis=1)
    f1 = [_f1(truth == n, said == n) for n in range(3)]
    right = said == truth
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = (abs(right[bins == b].sum() - confidence[bins == b].sum()) for b in range(BINS))
    return {
        "macro_f1": sum(f1) / 3,
        "f1_pn": (f1[0] + f1[1]) / 2,
        "accuracy": float(right.mean()),
        "coverage": float(answered.mean()),
        "accuracy_at_threshold": float(right[answered].mean()) if answered.any() else 0.0,
        "accuracy_at_75": float(
            right[np.argsort(-confidence, kind="stable")[: round(SUREST * len(truth))]].mean()
        ),
        "ece": float(sum(gaps) / len(truth)),
    }


def _f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    both = int(truth.sum() + said.sum())
    return 2 * int((truth & said).sum()) / both if both else 0.0


@cache
def require_model() -> OnnxTone:
    """Raises BadSetting where no model is installed."""
    model = load_tone()
    if model is None:
        raise BadSetting(
            "No tone model is installed; restore models/tone or point AIMAS_MODELS at a folder of models."
        )
    return model


def question(number: int, row: Row) -> tuple[ToneQuestion, int]:
    """What a row asks and its label, a place in TONES. Raises BadInput naming the row that misfits."""
    name = named(number, row)
    for field in ("text", "start", "end", "label"):
        if field not in row:
            raise BadInput(f"{name} has no {field!r}; see the format of tone")
    text = required_text(number, row, "text")
    target = span_of(name, row["start"], row["end"], text)
    label = row["label"]
    if not isinstance(label, str) or label not in _LABELS:
        raise BadInput(f"{name}: label {shown(label)} is none of {', '.join(_LABELS)}")
    return ToneQuestion(text, target, language_of(number, row) or Language.OTHER), _LABELS[label]
