"""The form that each kind of personal data has at least: what a network takes for one and cannot be is not told."""

import re
from collections.abc import Sequence

from aimas.appeals.name_signs import Sign, is_english, sign_of
from aimas.appeals.pii import PiiKind
from aimas.institution import gazetteer
from aimas.text import normal_form

_WORD = re.compile(r"[^\W\d_]{2,}")
_SURELY = 0.95
"""From this chance on a common word or a place's name is taken for a person's."""
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


def _says_nothing(words: Sequence[str]) -> bool:
    """All are words of a dictionary, or together they are a place."""
    if all(
        sign_of(low) is Sign.NONE or (low.isascii() and is_english(low)) for low in map(normal_form, words)
    ):
        return True
    written = " ".join(words)
    seen = gazetteer().sightings(written.title() if written.isupper() or written.islower() else written)
    return any(each.start == 0 and each.end == len(written) for each in seen)
