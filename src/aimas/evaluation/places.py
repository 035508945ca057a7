"""How well regions are told from the places that a text names."""

from collections.abc import Sequence
from pathlib import Path

from aimas.core import BadInput
from aimas.evaluation.mentions import f1
from aimas.evaluation.scores import Row, Scores, by_language, language_of, named, required_text
from aimas.institution import gazetteer


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """`micro_f1` over the sets of regions, one set a row."""
    counted = {id(row): _counts(number, row) for number, row in enumerate(rows, 1)}

    def metrics(part: Sequence[Row]) -> dict[str, float]:
        return {"micro_f1": f1([counted[id(row)] for row in part])}

    return Scores(
        "places", len(rows), metrics(rows), {lang: metrics(part) for lang, part in by_language(rows).items()}
    )


def _counts(number: int, row: Row) -> tuple[int, int, int]:
    text, regions = required_text(number, row, "text"), row.get("regions")
    if not isinstance(regions, list) or not all(isinstance(region, str) for region in regions):
        raise BadInput(f"{named(number, row)}: 'regions' is not a list of strings; see the format of places")
    expected = set(regions)
    found = {place.region for place in gazetteer().places(text, language_of(number, row))}
    return len(found & expected), len(found), len(expected)
