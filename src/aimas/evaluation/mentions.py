"""How well mentions are found: spans by overlap, texts by whether the institution is spoken of at all."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from aimas.core import BadInput, Mention
from aimas.evaluation.scores import (
    Row,
    Scores,
    by_language,
    named,
    optional_text,
    required_text,
    span_of,
)
from aimas.institution import Institutions, require_profile

DEFAULT_PROFILE = "kz-mia"


@cache
def _institutions(profile: str) -> Institutions:
    return Institutions([require_profile(profile)])


def evaluate(rows: Sequence[Row], base: Path, profile: str = DEFAULT_PROFILE) -> Scores:
    """`span_f1` pairs each expected span with at most one found span that overlaps it, whatever the target.

    `document_f1` asks only whether the text mentions the institution. A row may name its `profile`.
    """
    counted = [(row, *_counts(number, row, profile)) for number, row in enumerate(rows, 1)]
    tables = {id(row): (spans, documents) for row, spans, documents in counted}

    def metrics(part: Sequence[Row]) -> dict[str, float]:
        spans = [tables[id(row)][0] for row in part]
        documents = [tables[id(row)][1] for row in part]
        return {"span_f1": f1(spans), "document_f1": f1(documents)}

    return Scores(
        "mentions",
        len(rows),
        metrics(rows),
        {lang: metrics(part) for lang, part in by_language(rows).items()},
    )


def f1(counts: Sequence[tuple[int, int, int]]) -> float:
    """F1 of summed (right, found, expected); 1 where nothing was expected and nothing found."""
    right, found, expected = (sum(column) for column in zip(*counts, strict=True)) if counts else (0, 0, 0)
    return 2 * right / (found + expected) if found + expected else 1.0


def _counts(number: int, row: Row, profile: str) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    optional_text(number, row, "lang")
    text, spans = required_text(number, row, "text"), row.get("spans")
    name = named(number, row)
    if not isinstance(spans, list) or not all(isinstance(span, dict) for span in spans):
        raise BadInput(f"{name}: 'spans' is not a list of objects; see the format of mentions")
    places = sorted(span_of(name, span.get("start"), span.get("end"), text) for span in spans)
    expected = [(place.start, place.end) for place in places]
    found = _institutions(optional_text(number, row, "profile") or profile).find(text)
    said, heard = bool(expected), bool(found)
    return (_paired(expected, found), len(found), len(expected)), (int(said and heard), int(heard), int(said))


def _paired(expected: Sequence[tuple[int, int]], found: Sequence[Mention]) -> int:
    """The greatest number of one-to-one pairs that overlap; both sides are in order and disjoint."""
    pairs, position = 0, 0
    for start, end in expected:
        while position < len(found) and found[position].span.end <= start:
            position += 1
        if position < len(found) and found[position].span.start < end:
            pairs += 1
            position += 1
    return pairs
