"""Which kind of day it is: news about an institution is written on working days, and holidays move."""

import json
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec

WEEKEND = 5
SUNDAY = 6
MIDWEEK = 2
"""What a working weekend is taken for: a Wednesday."""


class Calendar(msgspec.Struct, frozen=True):
    """Days off and working weekends of one country, frozen in a file with its source."""

    version: str
    source: str
    first: date
    last: date
    """Beyond it only weekdays are known."""
    off: dict[date, str]
    working_weekends: frozenset[date]

    def kind_of(self, day: date) -> int:
        """0 Monday … 6 Sunday, as the day is lived: a day off is a Sunday, a working weekend a Wednesday."""
        if day in self.working_weekends:
            return MIDWEEK
        return SUNDAY if day in self.off else day.weekday()

    def is_off(self, day: date) -> bool:
        return day not in self.working_weekends and (day in self.off or day.weekday() >= WEEKEND)


@cache
def calendar(country: str = "kz") -> Calendar:
    raw = json.loads(files("aimas.alerts").joinpath("calendars", f"{country}.json").read_text("utf-8"))
    return msgspec.convert(raw, Calendar)
