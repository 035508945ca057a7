"""Fits chances and thresholds of an exported model on rows that its weights never learned, and writes its card:

    python -m training.tone.calibrate --data $AIMAS_DATA models/tone

1. One matrix for all languages (matrix scaling, Guo et al. 2017), drawn to a bare temperature by a ridge. It is also
   fitted five times without a fifth of the rows, so that every row has chances from numbers that never saw it.
2. A temperature for each language, on those chances and on those of the public sets' dev rows, which count PUBLIC times
   as much as all its own: a matrix is a little too sure of rows it did not see, and more so of real news.
3. A threshold for each language, on those chances too: the lowest from which ACCURATE of the answers are right, but
   none that leaves fewer than LEAST answered.

Rows: `calibration/`, written for this alone, and the dev parts of ours and of whole articles. Their figures in the card
are of chances by numbers fitted without the row's fifth; those of the test parts and the public sets are of the numbers
that are written.
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from scipy.optimize import minimize
from tokenizers import Tokenizer
from training.tone import data as sets

from aimas.core import Span
from aimas.evaluation.tone import metrics
from aimas.tone.calibration import Calibration
from aimas.tone.encoding import Encoder

VERSION = "2026-11-5"
LANGUAGES = sets.LANGUAGES
OWN = ("ours", "articles", "calibration")
ACCURATE, LEAST = 0.93, 0.75
"""The aim is .90 right where at least .75 are answered; on rows that fitted nothing both come out a point or two lower.
Where both can't be had, a little of each is given up."""
FOLDS = 5
RIDGE = 20.0
"""On the matrix's departure from a bare temperature and on the shifts, in rows; 3 to 40 cost within .001 a row."""
PUBLIC = 0.25
EVEN = 1.0
"""On the logarithm of a language's own temperature."""
NEIGHBOURS = 10
"""Neighbouring ids are in one fold: one writer's runs of like sentences; in `calibration/` also translations."""

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


def logits_of(file: Path, tokenizer: Path, rows: list[sets.Row]) -> Array:
    """Each row alone, as the product asks: activations in int8 share one scale a batch."""
    encoder = Encoder(Tokenizer.from_file(str(tokenizer)))
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    out = np.zeros((len(rows), 3))
    for n, each in enumerate(encoder.encoded([(r.text, Span(r.start, r.end)) for r in rows])):
        ids, roles = np.array([each.ids], np.int64), np.array([each.roles], np.int64)
        asked = {"ids": ids, "mask": np.ones(ids.shape, np.int32), "roles": roles}
        out[n] = session.run(["logits"], asked)[0][0]
    return out


def fold_of(row: sets.Row) -> int:
    if row.source == "articles":
        return _fold(row.id.split(".")[0])
    family, number = row.id.rsplit("-", 1)
    if row.id.startswith("tr-"):
        family, number = "tr", row.id.split("-")[1]
    elif row.source == "calibration":
        family = "calibration"
    return _fold(f"{family}-{int(number) // NEIGHBOURS}")


def _fold(key: str) -> int:
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:4], "big") % FOLDS


class Scaling(msgspec.Struct, frozen=True):
    matrix: Array
    shift: Array

    def cooled(self, temperature: float) -> "Scaling":
        return Scaling(self.matrix / temperature, self.shift / temperature)

    def with_threshold(self, threshold: float) -> Calibration:
        """In the four digits that the card keeps."""
        rounded = [[round(float(v), 4) for v in row] for row in [*self.matrix, self.shift]]
        return msgspec.convert(
            {"matrix": rounded[:3], "shift": rounded[3], "threshold": threshold}, Calibration, strict=False
        )

    def chances(self, logits: Array) -> Array:
        return self.with_threshold(0.0).chances(logits)


def scaling(logits: Array, truth: Labels) -> Scaling:
    """The matrix and shift under which these labels surprise least."""
    right = np.eye(3)[truth]

    def unpacked(p: Array) -> tuple[Array, Array, float]:
        return np.eye(3) + p[:9].reshape(3, 3), np.array([p[9], p[10], -p[9] - p[10]]), float(np.exp(-p[11]))

    def loss(p: Array) -> tuple[float, Array]:
        matrix, shift, scale = unpacked(p)
        turned = logits @ matrix.T
        z = scale * turned + shift
        z -= z.max(axis=1, keepdims=True)
        said = np.exp(z)
        said /= said.sum(axis=1, keepdims=True)
        surprise = -np.log((said * right).sum(axis=1) + 1e-12).sum()
        off = said - right
        slope = np.concatenate(
            [
                (scale * off.T @ logits).ravel(),
                (off[:, :2] - off[:, 2:]).sum(axis=0),
                [-scale * (off * turned).sum()],
            ]
        )
        held = np.r_[np.full(11, RIDGE), 0.0]
        return float(surprise + (held * p**2).sum()), slope + 2 * held * p

    matrix, shift, scale = unpacked(minimize(loss, np.zeros(12), jac=True, method="L-BFGS-B").x)
    return Scaling(matrix * scale, shift)


class Told(msgspec.Struct, frozen=True):
    """Chances and what was true."""

    chances: Array
    truth: Labels

    def at(self, rows: NDArray[np.bool_]) -> "Told":
        return Told(self.chances[rows], self.truth[rows])


def temperature(own: Told, public: Told) -> float:
    """By which the logarithms of these chances are best divided."""
    told = np.log(np.concatenate([own.chances, public.chances]) + 1e-12)
    truth = np.concatenate([own.truth, public.truth])
    weight = np.ones(len(truth))
    weight[len(own.truth) :] = PUBLIC * len(own.truth) / max(1, len(public.truth))

    def loss(p: Array) -> float:
        z = told / np.exp(p[0])
        surprise = np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(truth)), truth]
        return float((weight * surprise).sum() + EVEN * p[0] ** 2)

    return float(np.exp(minimize(loss, np.zeros(1), method="Nelder-Mead").x[0]))


def heated(chances: Array, by: float) -> Array:
    raised = (chances + 1e-12) ** (1 / by)
    return raised / raised.sum(axis=1, keepdims=True)


def without_their_fold(
    logits: Array, truth: Labels, lang: NDArray[np.str_], fold: Labels, public: Told
) -> tuple[Array, Array]:
    """Chances of step 1, and of step 2, of each row by numbers fitted without its fold; `public` is for step 2."""
    first = np.zeros_like(logits)
    for n in range(FOLDS):
        first[fold == n] = scaling(logits[fold != n], truth[fold != n]).chances(logits[fold == n])
    second = np.zeros_like(first)
    for n in range(FOLDS):
        for each in LANGUAGES:
            here, others = (fold == n) & (lang == each), (fold != n) & (lang == each)
            second[here] = heated(first[here], temperature(Told(first, truth).at(others), public))
    return first, second


def threshold(chances: Array, truth: Labels) -> float:
    """The lowest from which answers are right often enough, or else the one that answers LEAST."""
    confidence, right = chances.max(axis=1), chances.argmax(axis=1) == truth
    for candidate in np.arange(0.34, 1.0, 0.005):
        kept = confidence >= candidate
        if kept.mean() < LEAST:
            break
        if right[kept].mean() >= ACCURATE:
            return round(float(candidate), 3)
    return round(float(np.quantile(confidence, 1 - LEAST)), 3)


def calibrated(model: Path, tokenizer: Path, data: Path) -> dict[str, Any]:
    """What the card says of chances and thresholds, and how they fare."""
    everything = [*sets.rusentne(data), *sets.newsmtsc(data), *sets.ours(), *sets.articles()]
    rows = [r for r in [*sets.calibrating(), *everything] if r.part != "train"]
    logits = logits_of(model, tokenizer, rows)
    truth = np.array([r.label for r in rows])
    lang = np.array([r.lang for r in rows])
    source = np.array([r.source for r in rows])
    part = np.array([r.part for r in rows])
    fits = (part == "dev") & np.isin(source, OWN)
    fold = np.array([fold_of(r) if fit else -1 for r, fit in zip(rows, fits, strict=True)])

    shared = scaling(logits[fits], truth[fits])
    real = (part == "dev") & ~fits
    public = Told(shared.chances(logits[real]), truth[real])
    first, second = without_their_fold(logits[fits], truth[fits], lang[fits], fold[fits], public)
    own = Told(first, truth[fits])
    numbers = {"all": shared.cooled(temperature(own, public)).with_threshold(threshold(second, truth[fits]))}
    for each in LANGUAGES:
        of = lang[fits] == each
        cooled = shared.cooled(temperature(own.at(of), public))
        numbers[each] = cooled.with_threshold(threshold(second[of], truth[fits][of]))

    said = np.zeros_like(logits)
    for each in LANGUAGES:
        said[lang == each] = numbers[each].chances(logits[lang == each])
    said[fits] = second
    told = said.max(axis=1) >= np.array([numbers[each].threshold for each in lang])
    figures = {}

    def measure(name: str, here: NDArray[np.bool_]) -> None:
        each = metrics(truth[here], said[here], told[here])
        figures[name] = {"rows": int(here.sum())} | {k: round(v, 4) for k, v in each.items()}
        print(name, figures[name], flush=True)

    for each in LANGUAGES:
        measure(f"calibrated on {each}", fits & (lang == each))
    for where in ("dev", "test"):
        for kind in sorted({(r.source, r.lang) for r in rows if r.part == where}):
            measure(f"{where} {kind[0]} {kind[1]}", (part == where) & (source == kind[0]) & (lang == kind[1]))
    return {
        "calibration": msgspec.to_builtins(numbers),
        "calibrated_on": {
            "rows": {each: int((fits & (lang == each)).sum()) for each in LANGUAGES},
            "what": "training/tone/calibration and the dev parts of training/tone/data, never trained on; one matrix "
            "for all languages, a temperature (the public sets' dev parts weigh in) and a threshold each; "
            "their figures are cross-fitted in five parts",
            "command": "python -m training.tone.calibrate --data $AIMAS_DATA models/tone",
        },
        "metrics": figures,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("model", type=Path, help="folder of model.onnx, tokenizer.json and card.json")
    options = parser.parse_args()
    file = options.model / "card.json"
    card = json.loads(file.read_text("utf-8"))
    card |= calibrated(options.model / "model.onnx", options.model / "tokenizer.json", options.data)
    card["version"] = VERSION
    file.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
