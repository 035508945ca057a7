"""Dates as people write them, in Russian, Kazakh and English; an impossible one is found too."""

import re
from datetime import date
from functools import cache

import msgspec

from aimas.core import Span
from aimas.institution.lexicon import normal

_BEGINNINGS = {
    "ru": "январ феврал март апрел ма[йя] июн июл август сентябр октябр ноябр декабр",
    "kk": "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан",
    "en": "jan feb mar apr may jun jul aug sep oct nov dec",
}
_MONTH = r"(?P<month>[^\W\d_]{3,12})\.?"
_DAY = r"(?P<day>\d{1,2})"
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_FORMS = tuple(
    re.compile(rf"(?<![\d№/]){form}(?!\d)")
    for form in (
        rf"{_DAY}[./](?P<number>\d{{1,2}})[./]{_YEAR}",
        rf"{_YEAR}-(?P<number>\d{{2}})-{_DAY}",
        rf"{_DAY}(?:-?го|st|nd|rd|th)?\s(?:of\s)?{_MONTH},?\s{_YEAR}",
        rf"{_YEAR}\s?(?:жыл\w*|ж\.)\s{_DAY}(?:-?(?:ші|шы))?\s{_MONTH}",
        rf"{_MONTH}\s{_DAY}(?:st|nd|rd|th)?,\s{_YEAR}",
    )
)


class WrittenDate(msgspec.Struct, frozen=True):
    span: Span
    day: date | None
    """None: there is no such day (31 February)."""


def written_dates(text: str) -> tuple[WrittenDate, ...]:
    """Full dates in order of place; a day without its year is none."""
    low = normal(text)
    found: dict[int, WrittenDate] = {}
    for form in _FORMS:
        for match in form.finditer(low):
            parts = match.groupdict()
            month = int(parts["number"]) if parts.get("number") else _month(parts["month"])
            if month is None:
                continue
            written = WrittenDate(Span(*match.span()), _day(int(parts["year"]), month, int(parts["day"])))
            if not any(written.span.overlaps(other.span) for other in found.values()):
                found[match.start()] = written
    return tuple(found[start] for start in sorted(found))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month(word: str) -> int | None:
    return next((number for beginning, number in _months() if beginning.match(word)), None)


@cache
def _months() -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple(
        (re.compile(beginning), number)
        for beginnings in _BEGINNINGS.values()
        for number, beginning in enumerate(beginnings.split(), 1)
    )
