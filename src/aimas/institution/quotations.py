"""Who speaks: stretches inside quotation marks, and the words around them that name the speaker."""

import re
from typing import NamedTuple

_PAIRS = re.compile(r"«[^«»]{2,3000}»|“[^“”]{2,3000}”|„[^„“”]{2,3000}[“”]|(?<!\w)\"[^\"\n]{2,3000}\"")
_DASH_SPEECH = re.compile(
    r"(?:(?<=\n)|^)\s*[–—-]\s(?P<said>[^\n]{2,1500}?)[,!?…]\s*[–—-]\s(?P<by>[^\n]{2,200}?)(?=[.\n]|$)"
)
_SPEECH = re.compile(
    r"\b(?:сказал\w*|заявил\w*|отметил\w*|сообщил\w*|рассказал\w*|подчеркнул\w*|пояснил\w*|добавил\w*|ответил\w*|говорит\w*|пишет"
    r"|написал\w*|считает|уточнил\w*|поручил\w*|объяснил\w*|признал\w*|прокомментировал\w*|напомнил\w*|указал\w*|призвал\w*|цитирует\w*"
    r"|заверил\w*|доложил\w*|возмутил\w*|пожаловал\w*|возмущается|жалуется|поблагодарил\w*|говорится|сообщают|сообщили|отметили|заявили|вспоминает|рассказывает|отмечает|сообщает|заявляет"
    r"|деді|дейді|деп|айтты|мәлімдеді|хабарлады|жазды|түсіндірді|атап өтті|баяндады|ескертті"
    r"|said|says|told|stated|explained|added|noted|stressed|emphasi[sz]ed|addressed|announced|wrote|reported|argued|commented|according to|tweeted|recalled|asked|complained|claimed|continued)\b"
)
_BARE_OFFICIAL = re.compile(
    r"\b(?:глава ведомства|спикер ведомства|ведомство басшысы|head of the department)\b"
)
_PRONOUN = re.compile(r"\b(?:он|она|ол|he|she)\b")


class Quotation(NamedTuple):
    start: int
    end: int
    """Of what is said, without the marks."""
    attribution: tuple[int, int] | None
    """Where the speaker is named; None where no word of speech stands near."""


def quotations(text: str, low: str) -> list[Quotation]:
    """Stretches of reported speech in order; quoted titles and names, with no word of speech near, come without attribution."""
    found = []
    previous: Quotation | None = None
    for match in _PAIRS.finditer(text):
        start, end = match.span()
        attribution = _after(low, end) or _before(low, start)
        if attribution is None and previous and previous.attribution and start - previous.end < 220:
            between = low[previous.end : start]
            if "\n\n" not in text[previous.end : start] and (_SPEECH.search(between) or len(between) < 6):
                attribution = previous.attribution
        quotation = Quotation(start + 1, end - 1, attribution)
        found.append(quotation)
        previous = quotation
    for match in _DASH_SPEECH.finditer(text):
        by = match.span("by")
        if _SPEECH.search(low, *by):
            found.append(Quotation(*match.span("said"), by))
    return sorted(found)


def _after(low: str, end: int) -> tuple[int, int] | None:
    stop = _clause_end(low, end)
    clause = low[end:stop]
    if (
        clause[:2].strip(" ,-") == ""
        and low[end - 2 : end - 1] in ".!?…"
        and not re.match(r"\s*,?\s*-|\s*,", clause)
    ):
        starts_new = re.match(r"\s+[a-zа-яәғқңөұүһі]", clause)
        if starts_new and clause.lstrip()[:1] and not _SPEECH.search(clause[:120]):
            return None
    return (end, stop) if _SPEECH.search(clause) else None


def _clause_end(low: str, start: int) -> int:
    """End of the sentence that goes on after a quotation; initials and «г.» do not end it."""
    position = start
    while position < len(low) and position < start + 260:
        letter = low[position]
        if letter in "«“„":
            return position
        if letter in ".!?…" and not re.search(
            r"(?:\b[a-zа-яәғқңөұүһі]|\bг|\boct|\bnov)$", low[max(start, position - 4) : position]
        ):
            return position
        position += 1
    return position


def _before(low: str, start: int) -> tuple[int, int] | None:
    left = low[max(0, start - 200) : start]
    cut = max(left.rfind(mark) for mark in (". ", "! ", "? ", "»", "”"))
    clause = left[cut + 1 :]
    if not re.search(r"[:,]\s*$", clause) or not _SPEECH.search(clause):
        return None
    return start - len(clause), start


def is_anonymous(low: str, attribution: tuple[int, int]) -> bool:
    """The speaker is only «he», or not named: whoever was named last."""
    return bool(_PRONOUN.search(low, *attribution))


def is_office(low: str, attribution: tuple[int, int]) -> bool:
    return bool(_BARE_OFFICIAL.search(low, *attribution))
