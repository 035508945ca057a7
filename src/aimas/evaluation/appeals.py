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
from aimas.core import BadInput, BadSetting, Span
from aimas.evaluation.scores import Row, Scores, by_language


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
    name = f"row {number} ({row['id']})" if row.get("id") else f"row {number}"
    try:
        text, category, is_urgent, written = row["text"], row["category"], row["urgent"], row["pii"]
    except KeyError as missing:
        raise BadInput(f"{name} has no {missing}; see the format of appeals") from None
    if not isinstance(text, str) or not text.strip():
        raise BadInput(f"{name}: text is not a string with words")
    if category not in [each.id for each in categories()]:
        raise BadInput(f"{name}: category {category!r} is none of the twelve")
    places = []
    for place in written:
        try:
            kind, start, end = PiiKind(place["kind"]), place["start"], place["end"]
        except (KeyError, TypeError, ValueError):
            raise BadInput(f"{name}: {place!r} is no place of personal data") from None
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(text)):
            raise BadInput(f"{name}: the offsets {start}..{end} lie outside a text of {len(text)} characters")
        places.append(Pii(kind, Span(start, end)))
    outside = row.get("outside_competence")
    return category, bool(is_urgent), None if outside is None else bool(outside), tuple(places)
