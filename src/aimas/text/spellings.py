"""Kazakh in Latin letters of any year, back in Cyrillic: enough to find a word by its stem."""

import re
from functools import lru_cache

_PAIRS = (
    ("ştş", "щ"), ("shch", "щ"), ("tş", "ч"), ("sh", "ш"), ("ch", "ч"), ("zh", "ж"), ("gh", "ғ"), ("kh", "х"),
    ("a'", "ә"), ("o'", "ө"), ("u'", "ү"), ("g'", "ғ"), ("n'", "ң"), ("s'", "ш"), ("c'", "ч"), ("y'", "у"),
    ("i'", "й"), ("ya", "я"), ("yu", "ю"), ("ng", "ң"),
)  # fmt: skip
_SINGLE = str.maketrans(
    "äáəöóüúūğǵşçŋñńýıïíabvgdejzkqlmnoprstufhiywc",
    "әәәөөүүұғғшчңңңуіііабвгдежзкқлмнопрстуфхиыук",
)
_MARKED = re.compile(r"[äáəöóüúūğǵşçŋñńýıq]|[aoungscyi]'")
_GLIDE = re.compile(r"(?<=[аәеоөұүыія])[иі]")
_BACK = frozenset("аоұыя")


@lru_cache(maxsize=100_000)
def from_latin(word: str) -> str | None:
    """A Cyrillic spelling of a lower-case word that carries a mark of a Kazakh alphabet; None for any other.

    The alphabets disagree (ı is і or й, u is у or ұ), so this is a guess by position, not a transliteration.
    """
    return _cyrillic(word) if _MARKED.search(word) else None


def from_plain_latin(word: str) -> str:
    """As `from_latin`, for a word that stands in Kazakh text or that a list will confirm."""
    return _cyrillic(word)


def _cyrillic(word: str) -> str:
    for latin, cyrillic in _PAIRS:
        word = word.replace(latin, cyrillic)
    word = _GLIDE.sub("й", word.translate(_SINGLE))
    # i and ı stand for і in a front word and for и in a back one.
    return word if not _BACK.isdisjoint(word) else word.replace("и", "і").replace("ы", "і").replace("қ", "к")
