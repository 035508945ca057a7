"""How often the language of a text is told right, overall and for each language."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from aimas.core import Language
from aimas.evaluation.scores import Row, Scores, by_language, optional_text, required_text
from aimas.text import LanguageDetector


@cache
def _detector() -> LanguageDetector:
    return LanguageDetector()


def expected(lang: str) -> Language:
    """A language that is none of ours counts as `other`."""
    return Language(lang) if lang in set(Language) else Language.OTHER


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """`accuracy` over rows that name a language; `by_lang` holds foreign codes and their sum, `other`."""
    asked: list[Row] = []
    for number, row in enumerate(rows, 1):
        required_text(number, row, "text")
        if optional_text(number, row, "lang"):
            asked.append(row)
    guesses = _detector().detect_many(row["text"] for row in asked)
    right = {id(row): guess.value is expected(row["lang"]) for row, guess in zip(asked, guesses, strict=True)}

    def metrics(part: Sequence[Row]) -> dict[str, float]:
        return {"accuracy": sum(right[id(row)] for row in part) / len(part)} if part else {}

    groups = by_language(asked)
    foreign = [row for row in asked if expected(row["lang"]) is Language.OTHER]
    if foreign:
        groups[Language.OTHER] = foreign
    return Scores(
        "language", len(rows), metrics(asked), {lang: metrics(part) for lang, part in groups.items()}
    )
