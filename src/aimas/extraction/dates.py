"""When a publication appeared, by what it says itself; nothing is ever filled in.

A date counts only with day, month and year, and only between 1990 and two days after fetching.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from urllib.parse import urlsplit

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST_AFTER_FETCH = timedelta(days=2)

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "января январь янв қаңтар қаңтары january jan",
            "февраля февраль фев ақпан ақпаны february feb",
            "марта март мар наурыз наурызы march mar",
            "апреля апрель апр сәуір сәуірі april apr",
            "мая май мамыр мамыры may",
            "июня июнь июн маусым маусымы june jun",
            "июля июль июл шілде шілдесі july jul",
            "августа август авг тамыз тамызы august aug",
            "сентября сентябрь сен сент қыркүйек қыркүйегі september sep sept",
            "октября октябрь окт қазан қазаны october oct",
            "ноября ноябрь ноя нояб қараша қарашасы november nov",
            "декабря декабрь дек желтоқсан желтоқсаны december dec",
        ),
        start=1,
    )
    for name in names.split()
}
_MONTH = "(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?<![\d.,:/])(?P<day>0?[1-9]|[12]\d|3[01])"
_YEAR = r"(?P<year>(?:19|20)\d\d)(?!\d)"
_CLOCK = (
    r"(?:[\s,|/•·–—-]*(?:в|at|сағат)?\s*(?P<hour>[01]?\d|2[0-3])[:.](?P<minute>[0-5]\d)(?!\d|[.:]\d{2,}))?"
)
_VISIBLE = tuple(
    re.compile(pattern + _CLOCK, re.IGNORECASE)
    for pattern in (
        rf"{_DAY}(?:-?(?:st|nd|rd|th|го|е))?\s+(?:of\s+)?{_MONTH},?\s+{_YEAR}(?:\s*(?:года|год|г\.?|жыл(?:ы)?|ж\.?)(?!\w))?",
        rf"{_MONTH}\s+(?P<day>0?[1-9]|[12]\d|3[01])(?:st|nd|rd|th)?,?\s+{_YEAR}",
        rf"(?<!\d){_YEAR}\s*(?:жыл(?:ғы|дың|ы)?|ж\.?)?,?\s+(?P<day>0?[1-9]|[12]\d|3[01])[\s-]+{_MONTH}",
        rf"{_DAY}\.(?P<number>0[1-9]|1[0-2])\.{_YEAR}(?:\s*(?:года|г\.?|ж\.?)(?!\w))?",
        rf"(?<!\d){_YEAR}-(?P<number>0[1-9]|1[0-2])-(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
        rf"(?<!\d){_YEAR}\.(?P<number>0[1-9]|1[0-2])\.(?P<day>0[1-9]|[12]\d|3[01])(?!\d)",
    )
)
_LOOSE = re.compile(
    rf"(?<!\d)(?:0?[1-9]|[12]\d|3[01])\s+(?:{'|'.join(sorted(_MONTHS, key=len, reverse=True))})(?!\w)\.?,?"
    r"|(?<!\w)(?:сегодня|вчера|позавчера|бүгін|кеше|today|yesterday)(?!\w)"
    r"|(?<!\d)\d{1,2}\s*(?:секунд\w*|сек\.?|минут\w*|мин\.?|час(?:а|ов)?|ч\.?|дн(?:я|ей)|день|сағат|күн|апта|min\w*|hours?|days?|h|d)"
    r"\s+(?:назад|бұрын|ago)(?!\w)"
    r"|(?<![\d.])(?:0?[1-9]|[12]\d|3[01])[./](?:0?[1-9]|1[0-2])[./](?:\d{4}|\d{2})(?!\d)"
    r"|(?<![\d:.])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?!\d)(?:\s*(?:am|pm|[ap]\.m\.))?",
    re.IGNORECASE,
)
"""Days without a year, relative days, hours: no dates, but words of a date line."""
DATE_PATTERNS = (*_VISIBLE, _LOOSE)
_DIGIT = re.compile("[0-9]")
_CENTURY = re.compile("19|20")
"""Without either no pattern above finds a full date."""
_RELATIVE = ("сегодня", "вчера", "бүгін", "кеше", "today", "yesterday")
_CLAIM = re.compile(
    r"\s*(\d{4})-?(\d\d)-?(\d\d)"
    r"(?:[T\s]+(\d{1,2}):?(\d\d)(?::?(\d\d))?(?:[.,]\d+)?\s*(Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?)?",
    re.IGNORECASE,
)
_UNIX_TIME = re.compile(r"[0-9]{10}(?:[0-9]{3})?")
_MAIL_DATE = re.compile(
    r"(?:[A-Z][a-z]{2},\s*)?(\d{1,2})\s+([A-Z][a-z]{2})\s+(\d{4})\s+(\d\d):(\d\d)(?::(\d\d))?\s*(Z|UTC|GMT|[+-]\d{4})?"
)
_PATH_DATE = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])[/-](0[1-9]|[12]\d|3[01])(?=[/_-]|$)")

_WORDS_BEFORE_DATELINE = 6
_AFTER_DATELINE = re.compile(
    r"\s*(?:$|\n|[.:;/|–—)\]]|-\s|,\s*[«\"]?[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w-]*(?:\s[A-ZА-ЯЁӘҒҚҢӨҰҮҺІ][\w.-]*){0,2}\s*(?:$|\n|[.:;/|–—]|-\s))"
)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_DATE_LINE_CHARACTERS = 90
_DATELINE_CHARACTERS = 120


def is_believable(moment: datetime, fetched_at: datetime) -> bool:
    return EARLIEST <= moment <= fetched_at + LATEST_AFTER_FETCH


def claimed_date(claim: str, zone: tzinfo) -> datetime | None:
    """A machine-readable date (ISO 8601, RFC 2822, Unix seconds); one without an offset is in `zone`."""
    text = claim.strip()
    if _UNIX_TIME.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC)
    if found := _CLAIM.match(claim):
        year, month, day, hour, minute, second, offset = found.groups()
        return _moment(int(year), int(month), int(day), hour, minute, second, _zone(offset, zone))
    if found := _MAIL_DATE.match(text):
        day, name, year, hour, minute, second, offset = found.groups()
        month_number = _MONTHS.get(name.lower())
        if month_number is None:
            return None
        return _moment(int(year), month_number, int(day), hour, minute, second, _zone(offset, zone))
    return visible_date(text, zone) if len(text) <= _DATE_LINE_CHARACTERS else None


def address_date(address: str | None, zone: tzinfo) -> datetime | None:
    """The date in a path like /2024/05/17/."""
    if not address:
        return None
    try:
        found = _PATH_DATE.search(urlsplit(address).path)
    except ValueError:
        return None
    if found is None:
        return None
    year, month, day = found.groups()
    return _moment(int(year), int(month), int(day), None, None, None, zone)


def visible_date(line: str, zone: tzinfo) -> datetime | None:
    """The first full date written in a short line for readers."""
    found = _first_date(line)
    return _written(found, zone) if found else None


def is_date_line(line: str) -> bool:
    """The line is a date and next to nothing else: "17 мая 2024, 10:30", "Опубликовано: 17.05.2024"."""
    if len(line) > _DATE_LINE_CHARACTERS or not _DIGIT.search(line):
        return False
    found = _first_date(line)
    return found is not None and len(_WORDS.findall(line[: found.start()] + line[found.end() :])) <= 1


def without_dates(line: str) -> tuple[str, int]:
    """The line with a bar for each day and hour, full or not, and their number."""
    total = 0
    if _DIGIT.search(line):
        if _CENTURY.search(line):
            for pattern in _VISIBLE:
                line, found = pattern.subn(" | ", line)
                total += found
    elif not any(map(line.lower().__contains__, _RELATIVE)):
        return line, 0
    line, found = _LOOSE.subn(" | ", line)
    return line, total + found


def date_line(lines: Iterable[str], zone: tzinfo) -> datetime | None:
    """The date of the first line that is little more than a full date."""
    for line in lines:
        if len(line) > _DATE_LINE_CHARACTERS:
            continue
        found = _first_date(line)
        if found and len(_WORDS.findall(line[: found.start()] + line[found.end() :])) <= 4:
            return _written(found, zone)
    return None


def dateline_date(text: str, zone: tzinfo) -> datetime | None:
    """The full date in a dateline that opens the text («АСТАНА, 17 мая 2024 года. …»), never an event's."""
    head = text[:_DATELINE_CHARACTERS]
    start = 0
    for line in head.split("\n")[:2]:
        found = _first_date(line)
        if found and _may_open_dateline(line[: found.start()]):
            end = start + found.end()
            if text[end - 1] == "." or _AFTER_DATELINE.match(text, end):
                return _written(found, zone)
        start += len(line) + 1
    return None


def _may_open_dateline(text: str) -> bool:
    """Place, agency and punctuation may stand before the date; a sentence would have small words."""
    before = text.split()
    if len(before) > _WORDS_BEFORE_DATELINE:
        return False
    starts = [next((sign for sign in word if sign.isalpha()), "") for word in before]
    return all(not sign or sign.isupper() for sign in starts)


def _first_date(text: str) -> re.Match[str] | None:
    if not _CENTURY.search(text):
        return None
    matches = [found for pattern in _VISIBLE if (found := pattern.search(text))]
    return min(matches, key=lambda found: (found.start(), -found.end()), default=None)


def _written(found: re.Match[str], zone: tzinfo) -> datetime | None:
    parts = found.groupdict()
    month = int(parts["number"]) if parts.get("number") else _MONTHS[parts["month"].lower()]
    return _moment(int(parts["year"]), month, int(parts["day"]), parts["hour"], parts["minute"], None, zone)


def _moment(
    year: int, month: int, day: int, hour: str | None, minute: str | None, second: str | None, zone: tzinfo
) -> datetime | None:
    try:
        date(year, month, day)
        local = datetime(
            year, month, day, int(hour or 0), int(minute or 0), min(int(second or 0), 59), tzinfo=zone
        )
        return local.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _zone(offset: str | None, default: tzinfo) -> tzinfo:
    if not offset:
        return default
    if offset.upper() in ("Z", "UTC", "GMT"):
        return UTC
    digits = offset[1:].replace(":", "")
    shift = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if shift >= timedelta(hours=24):
        return default
    return timezone(-shift if offset[0] == "-" else shift)
