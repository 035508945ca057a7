"""What every evaluation returns."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

Row = dict[str, Any]
"""One JSON line of an evaluation file; unknown fields are ignored."""


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
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if lang := row.get("lang"):
            groups.setdefault(lang, []).append(row)
    return groups
