"""Addresses at which a digest's numbers, stories and publications open."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from aimas.reports import Digest, Known, Period
from aimas.reports.types import Kind, Number


class Links:
    """Where each number's list opens; `base` is empty on the board's own page."""

    def __init__(self, told: Digest, base: str = "") -> None:
        self._base = base.rstrip("/")
        self._told = told

    def number(self, number: Number) -> str:
        return self.query(number.query, number.kind)

    def query(self, query: str, kind: Kind = Kind.PUBLICATIONS) -> str:
        asked = {"q": query, "i": self._told.institution, "at": self._told.known.position}
        return f"{self._base}{LISTS[kind]}" + urlencode(asked | FOLDS[kind])

    def story(self, id: str) -> str:
        asked = {"i": self._told.institution, "at": self._told.known.position}
        return f"{self._base}/story/{id}?" + urlencode(asked)

    def publication(self, id: str) -> str:
        return f"{self._base}/publication/{id}?" + urlencode({"i": self._told.institution})

    def listening(self, state: str = "") -> str:
        """With `state` those sources alone of which the page says so."""
        again = asked(self._told.institution, self._told.period, self._told.known)
        return f"{self._base}/digest/listening?" + urlencode(again | ({"state": state} if state else {}))


LISTS = {Kind.PUBLICATIONS: "/list?", Kind.UNIQUE: "/list?", Kind.STORIES: "/stories?"}
FOLDS: dict[Kind, dict[str, int]] = {Kind.PUBLICATIONS: {}, Kind.UNIQUE: {"fold": 1}, Kind.STORIES: {}}


def asked(institution: str, period: Period, known: Known) -> dict[str, object]:
    """What a link to the same days as known at the same moment repeats."""
    return {
        "i": institution,
        "day": period.until.isoformat(),
        "days": period.days,
        "known": stamp(known.moment),
        "at": known.position,
    }


def stamp(moment: datetime) -> str:
    """The moment to the microsecond, as the command line and a link take it."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
