"""What every evaluation returns, and the checks that all share."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeGuard

import msgspec

from aimas.core import BadInput, Language, Span

Row = dict[str, Any]
"""One JSON line of an evaluation file; unknown fields are ignored."""


class Line(dict[str, Any]):
    """A row that knows its line in the file: blank lines make that another number than the row's own."""

    def __init__(self, row: Row, line: int) -> None:
        super().__init__(row)
        self.line = line


_LANGUAGES = {language.value: language for language in Language}


class Scores(msgspec.Struct, frozen=True):
    task: str
    rows: int
    metrics: dict[str, float]
    by_lang: dict[str, dict[str, float]]
    """Rows without `lang` count in `metrics` only."""


class Evaluate(Protocol):
    def __call__(self, rows: Sequence[Row], base: Path) -> Scores:
        """`base`: the folder of the file, for relative paths. Raises BadInput naming the row that misfits."""


def by_language(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Raises BadInput for a language that is not a string."""
    groups: dict[str, list[Row]] = {}
    for number, row in enumerate(rows, 1):
        if lang := optional_text(number, row, "lang"):
            groups.setdefault(lang, []).append(row)
    return groups


def named(number: int, row: Row) -> str:
    """By its line where it was read from a file, else by its number among the rows; with its id where it has one."""
    place = f"line {row.line}" if isinstance(row, Line) else f"row {number}"
    return f"{place} ({row['id']})" if row.get("id") else place


def required_text(number: int, row: Row, field: str) -> str:
    """Raises BadInput where the field is missing or no string."""
    value = row.get(field)
    if not isinstance(value, str):
        raise BadInput(
            f"{named(number, row)} has no {field!r}"
            if value is None
            else f"{named(number, row)}: {field} {shown(value)} is not a string"
        )
    return value


def optional_text(number: int, row: Row, field: str) -> str | None:
    """None where the field is missing or null; raises BadInput where it is anything else but a string."""
    return None if row.get(field) is None else required_text(number, row, field)


def language_of(number: int, row: Row) -> Language | None:
    """None where the row names no language or none of ours."""
    return _LANGUAGES.get(optional_text(number, row, "lang") or "")


def span_of(name: str, start: object, end: object, text: str) -> Span:
    """Raises BadInput for offsets that are no whole numbers (true is none) or lie outside the text."""
    if not (is_whole(start) and is_whole(end)):
        raise BadInput(f"{name}: the offsets {shown(start)}..{shown(end)} are not whole numbers")
    if not 0 <= start < end <= len(text):
        raise BadInput(
            f"{name}: the offsets {shown(start)}..{shown(end)} lie outside a text of {len(text)} characters"
        )
    return Span(start, end)


def is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def shown(value: object) -> str:
    """As it stands in the file, cut where it is long."""
    told = json.dumps(value, ensure_ascii=False)
    return told if len(told) <= 60 else told[:57] + "..."
