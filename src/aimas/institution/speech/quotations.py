"""Who speaks: stretches of reported speech, and the words around them that name the speaker."""

import re
from typing import NamedTuple

from aimas.institution.speech import words

_QUOTED = re.compile(r"""«[^«»]{2,3000}»|“[^“”]{2,3000}”|„[^„“”]{2,3000}[“”]|(?<!\w)"[^"\n]{2,3000}\"""")
_AFTER_A_DASH = re.compile(
    r"(?:(?<=\n)|^)\s*[–—-]\s(?P<said>[^\n]{2,1500}?)[,!?…]\s*[–—-]\s(?P<by>[^\n]{2,200}?)(?=[.\n]|$)"
)
_CONTINUES = re.compile(r"\s*[,.]?\s*-|\s*,|\s+[a-zа-яәғқңөұүһі]")
_NO_END = re.compile(r"(?:\b[a-zа-яәғқңөұүһі]|\bг|\boct|\bnov)$")
_ANNOUNCES = re.compile(r"[:,]\s*$")

ATTRIBUTION_REACH = 260
"""Characters; «…», - сказал such-and-such of such a body: the longest seen in real reports is about 200."""
SAME_SPEAKER_REACH = 220
"""Characters between two quotations of one speaker («…», he said. «…»)."""


class Quotation(NamedTuple):
    start: int
    end: int
    """Of what is said, without the marks."""
    attribution: tuple[int, int] | None
    """Where the speaker is named; None for a quoted title or word."""


def quotations(text: str, low: str) -> list[Quotation]:
    """Quoted stretches in order; `low` is the text's normal form."""
    found: list[Quotation] = []
    for match in _QUOTED.finditer(text):
        start, end = match.span()
        attribution = _after(text, low, end) or _before(low, start)
        if attribution is None and found and _goes_on(text, low, found[-1], start):
            attribution = found[-1].attribution
        found.append(Quotation(start + 1, end - 1, attribution))
    found.extend(
        Quotation(*match.span("said"), match.span("by"))
        for match in _AFTER_A_DASH.finditer(text)
        if words.ANY_VERB.search(low, *match.span("by"))
    )
    return sorted(found, key=lambda quotation: quotation[:2])


def _goes_on(text: str, low: str, previous: Quotation, start: int) -> bool:
    between = text[previous.end : start]
    if previous.attribution is None or len(between) > SAME_SPEAKER_REACH or "\n\n" in between:
        return False
    return len(between) < 6 or bool(words.ANY_VERB.search(low, previous.end, start))


def _after(text: str, low: str, end: int) -> tuple[int, int] | None:
    """«…», - сказал X: what follows in the same sentence, when it has a word of speech."""
    ended = low[end - 2] in ".!?…"
    if ended and not _CONTINUES.match(text, end):
        return None
    stop = _sentence_end(low, end)
    return (end, stop) if words.ANY_VERB.search(low, end, stop) else None


def _sentence_end(low: str, start: int) -> int:
    last = min(len(low), start + ATTRIBUTION_REACH)
    for position in range(start, last):
        letter = low[position]
        if letter in "«“„\n" and position > start:
            return position
        if letter in ".!?…" and not _NO_END.search(low[max(start, position - 4) : position]):
            if position - start < 3:
                continue
            return position
    return last


def _before(low: str, start: int) -> tuple[int, int] | None:
    """X отметил: «…»."""
    left = low[max(0, start - ATTRIBUTION_REACH) : start]
    clause = left[max(left.rfind(mark) for mark in (". ", "! ", "? ", "»", "”")) + 1 :]
    if not _ANNOUNCES.search(clause) or not words.ANY_VERB.search(clause):
        return None
    return start - len(clause), start
