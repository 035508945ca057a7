"""The form that each kind of personal data has at least: what a network takes for one and cannot be is not told."""

import re
from collections.abc import Sequence

from aimas.appeals.name_signs import Sign, is_english, listing, sign_of
from aimas.appeals.pii import PiiKind
from aimas.institution import gazetteer
from aimas.text import normal_form

_WORD = re.compile(r"[^\W\d_]{2,}")
_SURELY = 0.95
"""From this chance on a common word or a place's name is taken for a person's."""
_SURE_OF_SMALL = 0.985
_HONOURS = frozenset(
    ("апай", "апа", "аға", "ага", "ата", "апке", "әпке", "тәте", "көке", "әже", "apa", "aga", "apay")
)
"""Said behind a name; alone they are none."""
_HOME = 0.7
"""An address without a number is one only where somebody lives there."""
_LEAST = 3
"""Digits of a plate, a paper, a card that is masked."""
_LEAST_OF_PHONE, _LEAST_OF_IIN = 5, 10
_WRITTEN_OUT = 3
"""Words of a number or a date that is written without digits."""


def fitting(kind: PiiKind, written: str, confidence: float) -> PiiKind | None:
    """The kind, another one that the form rather has, or None."""
    digits = sum(c.isdigit() for c in written)
    words = _WORD.findall(written)
    match kind:
        case PiiKind.NAME:
            fits = digits <= len(words) and (confidence >= _SURELY or not _says_nothing(words))
        case PiiKind.ADDRESS:
            fits = digits > 0 or confidence >= _HOME
        case PiiKind.BIRTH_DATE:
            fits = digits > 0 or len(words) >= _WRITTEN_OUT - 1
        case PiiKind.PHONE:
            fits = digits >= _LEAST_OF_PHONE or len(words) >= _WRITTEN_OUT
        case PiiKind.IIN if digits < _LEAST_OF_IIN:
            return PiiKind.DOC_NUMBER if digits >= _LEAST_OF_PHONE else None
        case PiiKind.EMAIL:
            fits = True
        case _:
            fits = digits >= _LEAST
    return kind if fits else None


def is_careful(text: str) -> bool:
    """It begins with a capital and has another one: who writes so writes names with capitals."""
    words = _WORD.findall(text)
    return (
        bool(words) and words[0][0].isupper() and sum(w[0].isupper() and not w.isupper() for w in words) > 1
    )


def is_small(written: str, confidence: float) -> bool:
    """In small letters, on no list, and not so sure that it must be a name all the same."""
    return written.islower() and confidence < _SURE_OF_SMALL and is_unlisted(written)


def is_unlisted(written: str) -> bool:
    """No word of it is a given name by the lists; endings alone may speak for it."""
    return not any(listing(normal_form(word)) in ("name", "word") for word in _WORD.findall(written))


def is_unknown(written: str) -> bool:
    """No word of it is surely a person's name."""
    return all(sign_of(normal_form(word)) is not Sign.STRONG for word in _WORD.findall(written))


def is_common(written: str) -> bool:
    """Every word of it is a word of a dictionary and nobody's name."""
    return all(sign_of(normal_form(word)) is Sign.NONE for word in _WORD.findall(written))


def _says_nothing(words: Sequence[str]) -> bool:
    """All are words of a dictionary, or together they are a place."""
    lows = [normal_form(word) for word in words]
    if all(
        sign_of(low) is Sign.NONE or low in _HONOURS or (low.isascii() and is_english(low)) for low in lows
    ):
        return True
    written = " ".join(words)
    seen = gazetteer().sightings(written.title() if written.isupper() or written.islower() else written)
    return any(each.start == 0 and each.end == len(written) for each in seen)
