"""What the newsroom's authors wrote, as it lies in `publications/`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

FOLDER = Path(__file__).parent / "publications"
LIVE = -1

T = TypeVar("T")


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """An item as written; `day` counts back from the start, -1 waits to be released while the demo runs."""

    id: str
    outlet: str
    lang: str
    day: int
    at: str | None
    section: str
    title: str
    text: tuple[str, ...]
    byline: str | None = None
    story: str | None = None
    relation: str = "original"
    of: str | None = None
    about: tuple[str, ...] = ()
    tone: str | None = None
    regions: tuple[str, ...] = ()

    @property
    def live(self) -> bool:
        return self.day == LIVE


class Reprint(msgspec.Struct, frozen=True, kw_only=True):
    """Another outlet's copy: `lead` stands in front, the last `cut_last` paragraphs are gone."""

    id: str
    outlet: str
    reprint_of: str
    hours_later: float
    lead: str | None = None
    cut_last: int = 0
    title: str | None = None


def texts(folder: Path = FOLDER) -> list[Text]:
    paths = sorted(path for path in folder.glob("*.jsonl") if not path.stem.endswith("-reprints"))
    return [row for path in paths for row in _rows(path, Text)]


def reprints(folder: Path = FOLDER) -> list[Reprint]:
    return [row for path in sorted(folder.glob("*-reprints.jsonl")) for row in _rows(path, Reprint)]


def _rows(path: Path, kind: type[T]) -> Iterator[T]:
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                yield msgspec.json.decode(line, type=kind)
            except msgspec.DecodeError as error:
                raise ValueError(f"{path.name}, row {number}: {error}") from error
