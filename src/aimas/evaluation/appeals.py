"""How well an appeal's category, urgency, competence and personal data are told.

Category, urgency and competence never abstain here. A place of personal data is found where any overlaps it that has
the same kind; a found one is right on the same terms.
"""

from collections.abc import Sequence
from pathlib import Path

import msgspec

from aimas.appeals.categories import categories
from aimas.appeals.finding import found
from aimas.appeals.pii import Pii, PiiKind
from aimas.appeals.suggesting import OURS, URGENT, Answer, load_suggester
from aimas.core import BadInput, BadSetting
from aimas.evaluation.scores import (
    Row,
    Scores,
    by_language,
    named,
    optional_text,
    required_text,
    shown,
    span_of,
)


class _Told(msgspec.Struct, frozen=True):
    """One row beside what is said of it."""

    category: str
    is_urgent: bool
    is_outside: bool | None
    places: tuple[Pii, ...]
    answer: Answer
    found: tuple[Pii, ...]


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """Raises BadSetting where no model is installed."""
    suggester = load_suggester()
    if suggester is None:
        raise BadSetting(
            "No model for appeals is installed; restore models/appeals or point AIMAS_MODELS at a folder of models."
        )
    told: dict[int, _Told] = {}
    for number, row in enumerate(rows, 1):
        category, is_urgent, is_outside, places = _truth(number, row)
        told[id(row)] = _Told(
            category,
            is_urgent,
            is_outside,
            places,
            suggester.answer(row["text"]),
            found(row["text"]),
        )

    def of(part: Sequence[Row]) -> dict[str, float]:
        return metrics([told[id(row)] for row in part])

    return Scores(
        "appeals", len(rows), of(rows), {lang: of(part) for lang, part in sorted(by_language(rows).items())}
    )


def metrics(told: Sequence[_Told]) -> dict[str, float]:
    """A category that neither stands nor is said counts for nothing; a kind that does not stand has no recall."""
    if not told:
        return {}
    names = [category.id for category in categories()]
    scores = [
        f1([t.category == name for t in told], [t.answer.category.value == name for t in told])
        for name in names
        if any(name in (t.category, t.answer.category.value) for t in told)
    ]
    made = {
        "category_macro_f1": sum(scores) / len(scores),
        "category_accuracy": sum(t.category == t.answer.category.value for t in told) / len(told),
        "urgent_f1": f1([t.is_urgent for t in told], [t.answer.urgency.value == URGENT for t in told]),
    }
    known = [t for t in told if t.is_outside is not None]
    if known:
        made["outside_competence_f1"] = f1(
            [bool(t.is_outside) for t in known], [t.answer.competence.value != OURS for t in known]
        )
    made |= _places(told)
    return made


def f1(truth: Sequence[bool], said: Sequence[bool]) -> float:
    both = sum(truth) + sum(said)
    return 2 * sum(a and b for a, b in zip(truth, said, strict=True)) / both if both else 0.0


def _places(told: Sequence[_Told]) -> dict[str, float]:
    """Of all kinds together, then the recall of each."""
    stand = dict.fromkeys(PiiKind, 0)
    met = dict(stand)
    right = said = 0
    for t in told:
        for place in t.places:
            stand[place.kind] += 1
            met[place.kind] += any(_hits(place, found) for found in t.found)
        said += len(t.found)
        right += sum(any(_hits(place, found) for place in t.places) for found in t.found)
    total = sum(stand.values())
    made = {
        "pii_recall": sum(met.values()) / total if total else 1.0,
        "pii_precision": right / said if said else 1.0,
    }
    return made | {f"pii_recall_{kind.value}": met[kind] / stand[kind] for kind in PiiKind if stand[kind]}


def _hits(place: Pii, found: Pii) -> bool:
    return place.kind is found.kind and place.span.overlaps(found.span)


def _truth(number: int, row: Row) -> tuple[str, bool, bool | None, tuple[Pii, ...]]:
    name = named(number, row)
    for field in ("text", "category", "urgent", "pii"):
        if field not in row:
            raise BadInput(f"{name} has no {field!r}; see the format of appeals")
    optional_text(number, row, "lang")
    text, category, written = required_text(number, row, "text"), row["category"], row["pii"]
    if not text.strip():
        raise BadInput(f"{name}: text is not a string with words")
    if category not in [each.id for each in categories()]:
        raise BadInput(f"{name}: category {shown(category)} is none of the twelve")
    if not isinstance(written, list):
        raise BadInput(f"{name}: pii {shown(written)} is not a list")
    places = []
    for place in written:
        try:
            kind, start, end = PiiKind(place["kind"]), place["start"], place["end"]
        except (KeyError, TypeError, ValueError):
            raise BadInput(f"{name}: {shown(place)} is no place of personal data") from None
        places.append(Pii(kind, span_of(name, start, end, text)))
    outside = None if row.get("outside_competence") is None else _truth_of(name, row, "outside_competence")
    return category, _truth_of(name, row, "urgent"), outside, tuple(places)


def _truth_of(name: str, row: Row, field: str) -> bool:
    value = row[field]
    if not isinstance(value, bool):
        raise BadInput(f"{name}: {field} {shown(value)} is neither true nor false")
    return value
