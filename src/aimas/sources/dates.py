"""Dates as sources write them: every usual form, no guess beyond it, nonsense is None."""

import re
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_tz
from zoneinfo import ZoneInfo

from dateutil import parser as dateparser

EARLIEST_YEAR = 1990
"""Before the first web page; earlier years are typing errors or the Unix epoch."""
AHEAD_H = 26
"""A date may run ahead by a wrong time zone (UTC+14 read as UTC-12) and no more."""

_MONTHS = {
    1: "янв(?:аря|арь)?|қаңтар(?:да)?|jan(?:uary)?",
    2: "фев(?:р|раля|раль)?|ақпан(?:да)?|feb(?:ruary)?",
    3: "мар(?:та|т)?|наурыз(?:да)?|mar(?:ch)?",
    4: "апр(?:еля|ель)?|сәуір(?:де)?|apr(?:il)?",
    5: "мая|май|мамыр(?:да)?|may",
    6: "июн(?:я|ь)?|маусым(?:да)?|june?",
    7: "июл(?:я|ь)?|шілде(?:де)?|july?",
    8: "авг(?:уста|уст)?|тамыз(?:да)?|aug(?:ust)?",
    9: "сен(?:т|тября|тябрь)?|қыркүйек(?:те)?|sept?(?:ember)?",
    10: "окт(?:ября|ябрь)?|қазан(?:да)?|oct(?:ober)?",
    11: "ноя(?:б|бря|брь)?|қараша(?:да)?|nov(?:ember)?",
    12: "дек(?:абря|абрь)?|желтоқсан(?:да)?|dec(?:ember)?",
}
_MONTH = re.compile(
    "|".join(f"(?P<m{n}>\\b(?:{names})\\b\\.?)" for n, names in _MONTHS.items()), re.IGNORECASE
)
_ENGLISH = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAY = re.compile(
    r"\b(?:пн|вт|ср|чт|пт|сб|вс|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
    r"дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма|сенбі|жексенбі|mon|tue|wed|thu|fri|sat|sun)\w{0,6}\b\.?,?",
    re.IGNORECASE,
)
_NOISE = re.compile(r"\b(?:года?|г|жыл(?:ы|ғы)?|ж|в|сағат|at)\b\.?|[|•—]", re.IGNORECASE)
_ZONES = {
    "MSK": 3 * 3600,
    "ALMT": 5 * 3600,
    "AQTT": 5 * 3600,
    "QYZT": 5 * 3600,
    "EST": -5 * 3600,
    "EDT": -4 * 3600,
}
_DAY_FIRST = re.compile(r"^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")


def moment(
    value: str | int | float | datetime | None, now: datetime, zone: tzinfo | str | None = None
) -> datetime | None:
    """The moment meant, aware and in UTC; None where none is said, or it lies before 1990 or ahead of `now`.

    `zone` holds for values without an offset of their own; UTC where None. A day alone is its midnight there.
    """
    if value is None or value == "" or isinstance(value, bool):
        return None
    home: tzinfo = ZoneInfo(zone) if isinstance(zone, str) else zone or UTC
    try:
        read = _read(value, home)
        if read is None:
            return None
        aware = read if read.tzinfo else read.replace(tzinfo=home)
        found = aware.astimezone(UTC)
    except (ValueError, OverflowError, OSError, TypeError, AttributeError):
        # dateutil lets several of these through on adversarial strings.
        return None
    if found.year < EARLIEST_YEAR or found > now + timedelta(hours=AHEAD_H):
        return None
    return found


def _read(value: str | int | float | datetime, home: tzinfo) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if isinstance(value, int | float):
        return _from_epoch(float(value))
    text = " ".join(value.split())
    if not text or len(text) > 80 or not any(c.isdigit() for c in text):
        return None
    if re.fullmatch(r"\d{9,13}(?:\.\d+)?", text):
        return _from_epoch(float(text))
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    mail = parsedate_tz(text)
    if mail is not None and mail[0] >= 1000:
        offset = mail[9]
        naive = datetime(*mail[:6])  # noqa: DTZ001  (the caller knows the zone)
        if offset is None or (offset == 0 and not re.search(r"(?i)gmt|utc|\bz\b|[+-]0000|\bUT\b", text)):
            return naive
        return naive.replace(tzinfo=UTC) - timedelta(seconds=offset)
    plain = _NOISE.sub(" ", _WEEKDAY.sub(" ", _MONTH.sub(_english, text)))
    # A sentinel year shows whether the text named one: dateutil would fill in the present year.
    read = dateparser.parse(
        plain.strip(" ,;"),
        dayfirst=bool(_DAY_FIRST.match(plain.strip())),
        default=datetime(1, 1, 1),  # noqa: DTZ001
        tzinfos=_ZONES,
    )
    return read if isinstance(read, datetime) and read.year > 1 else None


def _english(match: "re.Match[str]") -> str:
    return f" {_ENGLISH[int((match.lastgroup or 'm1')[1:]) - 1]} "


def _from_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if number > 1e11 else number
    return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
