"""Dates as readers and feeds see them, and as a broken engine writes them."""

import zlib
from datetime import datetime
from email.utils import format_datetime
from typing import Literal

from demo.newsroom.edition import LOCAL
from demo.newsroom.outlets import Words

Flaw = Literal["far-future", "missing", "words", "no-zone"]
_FLAWS: tuple[Flaw | None, ...] = ("far-future", None, "missing", None, "words", None, "no-zone", None)


def date_line(moment: datetime, style: str, lang: str, words: Words) -> str:
    local = moment.astimezone(LOCAL)
    if style == "iso":
        return f"{local:%Y-%m-%d %H:%M}"
    if style == "dotted":
        return f"{local:%d.%m.%Y, %H:%M}"
    month = words.months[local.month - 1]
    if lang == "kk":
        return f"{local.year} жылғы {local.day} {month}, {local:%H:%M}"
    if lang == "ru":
        return f"{local.day} {month} {local.year} года, {local:%H:%M}"
    return f"{local.day} {month} {local.year}, {local:%H:%M}"


def iso(moment: datetime) -> str:
    return moment.astimezone(LOCAL).isoformat(timespec="seconds")


def rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(LOCAL))


def flaw_of(article_id: str) -> Flaw | None:
    """Half of the items of an outlet with wrong dates have one of four flaws, always the same one."""
    return _FLAWS[zlib.crc32(article_id.encode()) % len(_FLAWS)]


def flawed(moment: datetime, flaw: Flaw, russian: Words) -> str | None:
    local = moment.astimezone(LOCAL)
    if flaw == "missing":
        return None
    if flaw == "far-future":
        return rfc822(local.replace(year=2099, day=min(local.day, 28)))
    if flaw == "words":
        return f"{local.day} {russian.months[local.month - 1]} {local.year}, {local:%H:%M}"
    return f"{local:%a, %d %b %Y %H:%M:%S}"
