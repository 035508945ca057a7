"""Words as a search sees them: where they stand, and one spelling for what readers take for one."""

import re
import unicodedata
from collections.abc import Iterator

from aimas.core import Span

INVISIBLE = "\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Soft hyphens, joiners, marks of direction, as the inside of a character class: no part of any word."""
WORD = re.compile(rf"[^\W_](?:[^\W_]|[{INVISIBLE}\u0300-\u036f]|['’ʼ‘`](?=[^\W\d_]))*")

_ORDINARY = re.compile("[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]+")
"""Words of these letters alone need no more than small letters: most do."""
_QUOTES = str.maketrans(
    {
        **dict.fromkeys("«»“”„‟❝❞〝〞＂", '"'),
        **dict.fromkeys("‘’‚‛‹›ʼ´ʹ′`", "'"),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        "\xa0": " ",
        "\u202f": " ",
        "\u2009": " ",
        "…": "...",
    }
)
_UNSEEN = re.compile(f"[{INVISIBLE}]")
_TO_CYRILLIC = str.maketrans("aeopcyxkmtbhiəɵ", "аеорсухкмтвніәө")
_TO_LATIN = str.maketrans("аеорсухкмтвніһ", "aeopcyxkmtbhih")
_CYRILLIC = re.compile(r"[а-яёѐ-ӿ]")
_LATIN = re.compile(r"[a-zà-ɏə]")
_PLAIN = (("ё", "е"), ("ѐ", "е"), ("ѝ", "и"), ("\u0301", ""), ("\u0300", ""), ("i\u0307", "i"))
_NEIGHBOURS = re.compile(r"[a-zà-ɏəɵ][а-яѐ-ӿ]|[а-яѐ-ӿ][a-zà-ɏəɵ]")
_MIXED = re.compile(r"\w*(?:[a-zà-ɏəɵ][а-яѐ-ӿ]|[а-яѐ-ӿ][a-zà-ɏəɵ])\w*")


def words(text: str) -> Iterator[tuple[Span, str]]:
    """Each word as written, with its place; parts of a hyphenated word are words of their own."""
    for match in WORD.finditer(text):
        yield Span(match.start(), match.end()), match.group()


def normal_form(text: str) -> str:
    """One spelling for what a reader takes for one: case, ё, quotes, dashes, stress, letters of both scripts.

    Offsets into the result mean nothing in the original.
    """
    if text.isascii():
        return text.lower().replace("`", "'")
    if _ORDINARY.fullmatch(text):
        return text.lower().replace("ё", "е")
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text).lower()).translate(_QUOTES)
    for written, plain in _PLAIN:
        text = text.replace(written, plain)
    return _MIXED.sub(_one_script, text) if _NEIGHBOURS.search(text) else text


def _one_script(match: re.Match[str]) -> str:
    word = match.group()
    if len(_CYRILLIC.findall(word)) >= len(_LATIN.findall(word)):
        folded = word.translate(_TO_CYRILLIC)
        return folded if not _LATIN.search(folded) else word
    folded = word.translate(_TO_LATIN)
    return folded if not _CYRILLIC.search(folded) else word
