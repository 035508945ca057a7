"""What a digest is told with: the words of one language, the names of things, and looks that every part shares."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Protocol

from aimas.rendering.document import Look, Paragraph, Run
from aimas.reports import Known, Period


class Words(Protocol):
    """What the interface says, in one language."""

    @property
    def tongue(self) -> str: ...
    def __call__(self, key: str, **values: object) -> str: ...
    def number(self, n: int) -> str: ...
    def percent(self, share: float) -> str: ...
    def day(self, value: date, style: str = "d MMM") -> str: ...
    def moment(self, value: datetime) -> str: ...


class Naming(Protocol):
    """What sources, themes and regions are called in that language."""

    def facet(self, field: str, value: str) -> str: ...
    def source(self, id: str) -> str: ...


def filled(words: Words, key: str, **values: Sequence[Run]) -> tuple[Run, ...]:
    """A text whose gaps hold runs; gaps are found by marks that no text has."""
    marks = {name: f"\x00{name}\x00" for name in values}
    pieces = words(key, **marks).split("\x00")
    runs: list[Run] = []
    for n, piece in enumerate(pieces):
        if n % 2:
            runs += values[piece]
        elif piece:
            runs.append(Run(piece))
    return tuple(runs)


def subtitle(words: Words, period: Period, known: Known, zone: str) -> str:
    """Which days, and as known at which moment."""
    first, last = (words.day(day, words("digest.date")) for day in (period.since, period.until))
    return words(
        "digest.subtitle",
        period=first if first == last else f"{first} — {last}",
        moment=words.moment(known.moment),
        at=words.number(known.position),
        zone=zone,
    )


def warning(text: str) -> Paragraph:
    return Paragraph((Run(text),), "warning")


def toned(key: str) -> Look:
    looks: dict[str, Look] = {
        "critical": "critical",
        "positive": "positive",
        "neutral": "neutral",
        "unclear": "unclear",
        "unlooked": "unlooked",
    }
    return looks.get(key, "plain")
