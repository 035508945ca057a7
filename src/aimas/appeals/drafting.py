"""The beginning of an answer: what the case already says, and blanks for what only a person can say.

An answer with a blank left in it does not go out, see `answers.Check.BLANK`.
"""

import re
import tomllib
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import msgspec
from babel.dates import format_date

from aimas.appeals.calendars import OfficeHours
from aimas.appeals.cases import Case
from aimas.appeals.types import Decision
from aimas.core import Language, Span

_TONGUES = {Language.KK: "kk", Language.KK_RU: "kk", Language.EN: "en"}
_LOCALES = {"ru": "ru", "kk": "kk", "en": "en_GB"}
_LONGEST_QUOTE = 160
_BLANK = re.compile(r"\[(?:[^\[\]\n]{3,400}|[\s….·_–—-]{0,2})\]")
"""Words in brackets, or nothing but dots or dashes; not «[1]»."""


class _Words(msgspec.Struct, frozen=True):
    decision: str
    reason: str
    next: str


class _File(msgspec.Struct, frozen=True):
    greeting: str
    came: str
    request: str
    complaint: str
    closing: str
    satisfied: _Words
    partly: _Words
    refused: _Words
    explained: _Words


def tongue_of(language: Language) -> str:
    """The language to answer in: a mixed appeal gets Kazakh, another language Russian."""
    return _TONGUES.get(language, "ru")


def first_draft(
    case: Case, decision: Decision, asked: Sequence[str], *, signed_by: str, today: date, hours: OfficeHours
) -> str:
    """`asked`: the words of each request to be answered, in the appeal's order; quoted in the blanks only."""
    tongue = tongue_of(case.language)
    texts = _texts(tongue)
    words: _Words = getattr(texts, decision.value)
    blanks = [texts.request.format(request=_quoted(request)) for request in asked]
    numbered = blanks if len(blanks) < 2 else [f"{n}. {blank}" for n, blank in enumerate(blanks, 1)]
    came = texts.came.format(
        number=case.number or "—", received=_day(hours.local(case.received_at).date(), tongue)
    )
    paragraphs = [
        texts.greeting,
        came,
        words.decision,
        "\n".join(numbered),
        words.reason,
        words.next,
        texts.complaint,
        texts.closing.format(signed_by=signed_by, today=_day(today, tongue)),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def blanks(answer: str) -> tuple[Span, ...]:
    """What is still to be filled in, with its brackets."""
    return tuple(Span(*match.span()) for match in _BLANK.finditer(answer))


def _quoted(request: str) -> str:
    """In one line and without brackets of its own, so that it stays one blank."""
    plain = re.sub(r"\s+", " ", request.translate({ord("["): "(", ord("]"): ")"})).strip(" .;")
    return plain if len(plain) <= _LONGEST_QUOTE else f"{plain[: _LONGEST_QUOTE - 1].rstrip()}…"


def _day(on: date, tongue: str) -> str:
    return str(format_date(on, "long", locale=_LOCALES[tongue])).replace("\u202f", "\u00a0")


@cache
def _texts(tongue: str) -> _File:
    content = files("aimas.appeals").joinpath("data", "answers", f"{tongue}.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(content), _File)
