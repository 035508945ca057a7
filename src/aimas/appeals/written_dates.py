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
_WITHOUT_YEAR = tuple(
    re.compile(rf"(?<![\d№/.-]){form}")
    for form in (
        rf"{_DAY}(?:-?го|-?(?:ші|шы)|st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?![^\W\d_])",
        rf"{_MONTH}\s{_DAY}(?:st|nd|rd|th)?(?![\d:./-])",
    )
)
_WHOLE = {
    "ru": r"январ[ьяею]м? феврал[ьяею]м? март(?:а|е|у|ом)? апрел[ьяею]м? ма[йяею]м? июн[ьяею]м? июл[ьяею]м? "
    r"август(?:а|е|у|ом)? сентябр[ьяею]м? октябр[ьяею]м? ноябр[ьяею]м? декабр[ьяею]м?",
    "kk": " ".join(rf"{month}\w{{0,6}}" for month in _BEGINNINGS["kk"].split()),
    "en": "jan(?:uary)? feb(?:ruary)? mar(?:ch)? apr(?:il)? may june? july? aug(?:ust)? sept?(?:ember)? oct(?:ober)? "
    "nov(?:ember)? dec(?:ember)?",
}
"""Without a year beside it a beginning is too little: "12 market stalls"."""


class WrittenDate(msgspec.Struct, frozen=True):
    span: Span
    day: date | None
    """None: there is no such day (31 February)."""
    has_year: bool = True
    """Else the year is the next that it can be."""


def written_dates(text: str, after: date | None = None) -> tuple[WrittenDate, ...]:
    """In order of place. A day without its year is the next one from `after` on; none where that is not given."""
    full = _full_dates(text)
    if after is None:
        return full
    low = normal(text)
    found = {written.span.start: written for written in full}
    for form in _WITHOUT_YEAR:
        for match in form.finditer(low):
            span, month = Span(*match.span()), _whole_month(match["month"])
            # "5 may be used": the month has a capital.
            modal = match["month"] == "may" and text[match.start("month")] != "M"
            if month is None or modal or any(span.overlaps(other.span) for other in found.values()):
                continue
            found[span.start] = WrittenDate(span, _next(after, month, int(match["day"])), has_year=False)
    return tuple(found[start] for start in sorted(found))


def _next(after: date, month: int, day: int) -> date | None:
    # 29 February comes again within eight years.
    days = (_day(year, month, day) for year in range(after.year, after.year + 9))
    return next((found for found in days if found and found >= after), None)


def _full_dates(text: str) -> tuple[WrittenDate, ...]:
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


def _whole_month(word: str) -> int | None:
    return next((number for whole, number in _whole_months() if whole.fullmatch(word)), None)


@cache
def _whole_months() -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple(
        (re.compile(form), number)
        for forms in _WHOLE.values()
        for number, form in enumerate(forms.split(), 1)
    )


@cache
def _months() -> tuple[tuple[re.Pattern[str], int], ...]:
    return tuple(
        (re.compile(beginning), number)
        for beginnings in _BEGINNINGS.values()
        for number, beginning in enumerate(beginnings.split(), 1)
    )
