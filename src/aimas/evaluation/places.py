"""How well regions are told from the places that a text names."""

from collections.abc import Sequence
from pathlib import Path

from aimas.core import BadInput, Language
from aimas.evaluation.mentions import f1
from aimas.evaluation.scores import Row, Scores, by_language
from aimas.institution import gazetteer

_LANGUAGES = {language.value: language for language in Language}


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """`micro_f1` over the sets of regions, one set a row."""
    counted = {id(row): _counts(number, row) for number, row in enumerate(rows, 1)}

    def metrics(part: Sequence[Row]) -> dict[str, float]:
        return {"micro_f1": f1([counted[id(row)] for row in part])}

    return Scores(
        "places", len(rows), metrics(rows), {lang: metrics(part) for lang, part in by_language(rows).items()}
    )


def _counts(number: int, row: Row) -> tuple[int, int, int]:
    try:
        text, expected = row["text"], set(row["regions"])
    except (KeyError, TypeError) as error:
        raise BadInput(
            f"row {number} has no usable 'text' and 'regions' ({error!r}); see the format of places"
        ) from None
    language = _LANGUAGES.get(str(row.get("lang")))
    found = {place.region for place in gazetteer().places(text, language)}
    return len(found & expected), len(found), len(expected)
