"""The law as data: kinds of appeals, rules with their articles, and the readings that an institution must choose.

What could not be read in a source is not here: see docs/decisions on appeals.
"""

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from aimas.appeals.calendars import Calendar, OfficeHours, calendar, versions
from aimas.core import BadSetting

ACT = "kz-appc"
"""Administrative Procedural and Process-Related Code of Kazakhstan, 29 June 2020, No. 350-VI."""


class Rule(StrEnum):
    """What sets a date."""

    REGISTER = "register"
    """Registered on the day of receipt."""
    FORWARD = "forward"
    """Sent to the competent body, whole or in part."""
    ANSWER = "answer"
    """Answered."""
    EXTENSION = "extension"
    """Answered by the day to which the head extended the term."""
    EXTENSION_LIMIT = "extension-limit"
    """The last day to which the term may be extended."""
    EXTENSION_NOTICE = "extension-notice"
    """The applicant is told of the extension."""
    HEARING = "hearing"
    """The first day on which it may be decided after a hearing notice."""
    HEARING_NOTICE = "hearing-notice"
    """The last day on which a hearing notice still leaves time to decide."""
    SILENCE = "silence"
    """From this day on silence counts as a refusal."""
    REOPENED = "reopened"
    """The institution's own promise after "not solved"; no law."""


class LawText(msgspec.Struct, frozen=True):
    """What a rule rests on, as shown to a reader."""

    article: str
    """Empty where it is the institution's own promise."""
    says: dict[str, str]
    """Language → the rule in plain words; ours, not the law's."""
    quote: str
    """The law's own words where they could be read; else empty."""
    source: dict[str, str]
    """Language → where it was read."""
    quote_language: str = "ru"
    """The Code is equally law in Russian and in Kazakh."""


class Kind(msgspec.Struct, frozen=True):
    """A kind of appeal by law."""

    names: dict[str, str]
    caution: dict[str, str] = {}
    """What the reader must be told about dates of this kind."""


class TwoMonths(StrEnum):
    """How "not more than up to two months" is read; the law's words allow both."""

    TOTAL = "total"
    """The whole term, counted from the day of receipt, ends within two months."""
    ADDED = "added"
    """Two months may be added to the ordinary term."""


class PauseGround(msgspec.Struct, frozen=True):
    """A law that lets the clock stand; the institution names it, the program ships none."""

    names: dict[str, str]
    article: str
    source: str


def read_pause_grounds(folder: Path) -> dict[str, PauseGround]:
    """Those that `pauses.toml` in the home's folder names, by id; none without such a file. Raises BadSetting."""
    path = folder / "pauses.toml"
    if not path.exists():
        return {}
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[str, PauseGround])
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadSetting(f"{path} can't be read: {error}") from None


class Terms(msgspec.Struct, frozen=True):
    """All that a date depends on beside the case itself."""

    hours: OfficeHours = OfficeHours()
    two_months: TwoMonths = TwoMonths.TOTAL
    pause_grounds: dict[str, PauseGround] = {}
    reopened_working_days: int | None = None
    """The institution's own promise after "not solved"; None: it promises nothing."""
    calendars: dict[str, Calendar] = {}
    """By version; those that ship with the program are known anyway."""

    def calendar(self, version: str) -> Calendar:
        """Raises BadInput for a version that nobody has."""
        return self.calendars.get(version) or calendar(version)

    def knows(self, version: str) -> bool:
        return version in self.calendars or version in versions()


class _File(msgspec.Struct, frozen=True):
    act: dict[str, str]
    kinds: dict[str, Kind]
    rules: dict[Rule, LawText]
    standing: LawText
    writing: LawText
    complaint: LawText


@cache
def law() -> _File:
    """The rules of Kazakhstan, as far as they were read in a source."""
    content = files("aimas.appeals").joinpath("data", "law-kz.toml").read_bytes()
    return msgspec.convert(tomllib.loads(content.decode()), _File)


def kinds() -> dict[str, Kind]:
    """Kinds of appeals by id."""
    return law().kinds
