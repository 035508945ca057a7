"""Which days are worked: frozen calendars with a version, and why each skipped day is skipped.

How the files were made and what they were checked against: training/appeals/README.md.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import msgspec

from aimas.core import BadInput

CURRENT = "kz/2026-07"
"""The version that new cases are counted by."""

_DAY = timedelta(days=1)


class DayKind(StrEnum):
    """Why a day is worked or not."""

    WORKING = "working"
    """An ordinary working day."""
    WORKING_WEEKEND = "working-weekend"
    """A Saturday or Sunday that the Government made a working day."""
    WEEKEND = "weekend"
    """Saturday or Sunday."""
    HOLIDAY = "holiday"
    """A holiday by law."""
    STAND_IN = "stand-in"
    """Off because a holiday fell on a weekend."""
    SWAPPED = "swapped"
    """Off because a weekend day works for it."""


class Day(msgspec.Struct, frozen=True):
    """One day with the reason why it counts or doesn't."""

    on: date
    kind: DayKind
    holiday: str | None = None
    """Id in the calendar's `names`; set for holidays and their stand-ins."""
    other: date | None = None
    """The weekend day that a stand-in or a swap belongs to; for a working weekend, the day given for it."""

    @property
    def works(self) -> bool:
        return self.kind in (DayKind.WORKING, DayKind.WORKING_WEEKEND)


class Count(msgspec.Struct, frozen=True):
    """A number of working days counted from a day that is not itself counted."""

    zero: date
    working_days: int
    last: date
    skipped: tuple[Day, ...]
    """Every day between `zero` and `last` that was not counted, in order."""
    is_official: bool
    """False: it touches a year that nobody has published yet."""


class _Off(msgspec.Struct, frozen=True):
    on: date = msgspec.field(name="date")
    holiday: str
    instead_of: date | None = None


class _Swap(msgspec.Struct, frozen=True):
    off: date
    works: date


class Year(msgspec.Struct, frozen=True):
    official: bool
    source: str
    off: tuple[_Off, ...]
    swaps: tuple[_Swap, ...]


class _File(msgspec.Struct, frozen=True):
    version: str
    country: str
    as_of: date
    made_on: date
    made_from: str
    licence: str
    sources: tuple[str, ...]
    names: dict[str, dict[str, str]]
    years: dict[int, Year]


class Calendar:
    """One version of a country's calendar; asked for a day beyond its years it raises BadInput."""

    def __init__(self, content: _File) -> None:
        self.version = content.version
        self.as_of = content.as_of
        """The day on which the world was as this version says."""
        self.sources = content.sources
        self.names = content.names
        """Holiday id → language → name."""
        self.years = content.years
        self._special: dict[date, Day] = {}
        for year in content.years.values():
            for off in year.off:
                kind = DayKind.STAND_IN if off.instead_of else DayKind.HOLIDAY
                self._special[off.on] = Day(off.on, kind, off.holiday, off.instead_of)
            for swap in year.swaps:
                self._special[swap.off] = Day(swap.off, DayKind.SWAPPED, other=swap.works)
                self._special[swap.works] = Day(swap.works, DayKind.WORKING_WEEKEND, other=swap.off)

    @classmethod
    def read(cls, content: bytes) -> "Calendar":
        """Raises BadInput where `content` is no calendar."""
        try:
            return cls(msgspec.json.decode(content, type=_File))
        except msgspec.MsgspecError as error:
            raise BadInput(f"Not a calendar: {error}") from None

    def day(self, on: date) -> Day:
        if on.year not in self.years:
            known = f"{min(self.years)}–{max(self.years)}"
            raise BadInput(
                f"The calendar {self.version} knows {known}, not {on.year}; add the year to "
                "training/appeals/freeze_calendar.py and give the file a new version."
            )
        if special := self._special.get(on):
            return special
        return Day(on, DayKind.WEEKEND if on.weekday() > 4 else DayKind.WORKING)

    def is_working_day(self, on: date) -> bool:
        return self.day(on).works

    def is_official(self, on: date) -> bool:
        """Whether the year of this day has been published by the state."""
        return self.years[self.day(on).on.year].official

    def next_working_day(self, after: date) -> date:
        """The first working day strictly after."""
        return self.after(after, 1).last

    def after(self, zero: date, working_days: int) -> Count:
        """Day zero is not counted; the last of `working_days` is the day on which the term ends."""
        return self._counted(zero, working_days, _DAY)

    def before(self, zero: date, working_days: int) -> Count:
        """The same, backwards: so many working days before `zero`."""
        return self._counted(zero, working_days, -_DAY)

    def _counted(self, zero: date, working_days: int, step: timedelta) -> Count:
        if working_days < 1:
            raise ValueError(f"a term has at least one working day, got {working_days}")
        skipped: list[Day] = []
        left, on = working_days, zero
        while left:
            on += step
            day = self.day(on)
            if day.works:
                left -= 1
            else:
                skipped.append(day)
        official = all(self.years[year].official for year in {zero.year, on.year} if year in self.years)
        return Count(zero, working_days, on, tuple(sorted(skipped, key=lambda day: day.on)), official)


class OfficeHours(msgspec.Struct, frozen=True):
    """When the office is open; a setting of the institution."""

    zone: str = "Asia/Almaty"
    """UTC+5 since 1 March 2024, UTC+6 before in Almaty."""
    opens: time = time(9, 0)
    closes: time = time(18, 0)
    """What comes at this minute sharp still comes in time."""

    def local(self, at: datetime) -> datetime:
        return at.astimezone(ZoneInfo(self.zone))

    def is_open(self, at: datetime, calendar: Calendar) -> bool:
        here = self.local(at)
        return calendar.is_working_day(here.date()) and self.opens <= here.time() <= self.closes


class Arrival(msgspec.Struct, frozen=True):
    """The day that counts as the day of receipt, and why it is not the day on the clock."""

    came_on: date
    """By the office's clock."""
    counts_from: date
    after_hours: bool
    """It came on a working day, after closing."""
    skipped: tuple[Day, ...]
    """Days not worked between coming and counting, the day of coming among them if it was one."""


def arrival(at: datetime, calendar: Calendar, hours: OfficeHours) -> Arrival:
    """What comes before opening counts the same day; after closing or on a day off, the next working day."""
    here = hours.local(at)
    today = calendar.day(here.date())
    if today.works and here.time() <= hours.closes:
        return Arrival(today.on, today.on, False, ())
    count = calendar.after(today.on, 1)
    skipped = count.skipped if today.works else (today, *count.skipped)
    return Arrival(today.on, count.last, today.works, skipped)


@cache
def calendar(version: str = CURRENT) -> Calendar:
    """A calendar that ships with the program. Raises BadInput naming the versions there are."""
    folder = files("aimas.appeals").joinpath("data", "calendars")
    there = {entry.name: entry for entry in folder.iterdir() if entry.name.endswith(".json")}
    entry = there.get(f"{version.replace('/', '-')}.json")
    if entry is None:
        raise BadInput(f"There is no calendar {version}; there are {', '.join(versions())}.")
    return Calendar.read(entry.read_bytes())


@cache
def versions() -> tuple[str, ...]:
    """Versions that ship with the program, the oldest first."""
    folder = files("aimas.appeals").joinpath("data", "calendars")
    found = (
        msgspec.json.decode(e.read_bytes(), type=_File) for e in folder.iterdir() if e.name.endswith("json")
    )
    return tuple(each.version for each in sorted(found, key=lambda each: each.as_of))
