"""The one shape that every text has: composed characters, single blanks, paragraphs joined by one newline."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff\ud800-\udfff]"
)
_JOINER = "\u034f"
"""The one invisible character that counts as printable."""
_BLANKS = re.compile(r"\s{2,}|[^\S ]")
"""Whatever is not one plain blank."""
_NEWLINE = re.compile(r"[\n\r\v\f\x85\u2028\u2029]")
_WORDS = re.compile(r"\w+")
_LETTER = re.compile(r"\w")

_SHORT = 300
"""Characters of a line that is worth remembering: titles, links and frames come again, paragraphs do not."""


def clean(text: str) -> str:
    """Without invisible and control characters, blank lines or doubled blanks; NFC."""
    if "\n" in text:
        lines = text.split("\n")
        if all(map(_is_plain, lines)):
            # Most texts are: a look at each line costs a tenth of what the expressions do.
            text = "\n".join([stripped for line in lines if (stripped := line.strip())])
            return text if text.isascii() else unicodedata.normalize("NFC", text)
    if not _is_plain(text):
        text = _BLANKS.sub(_mended, _INVISIBLE.sub("", text))
    text = text.strip()
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _mended(blanks: re.Match[str]) -> str:
    return "\n" if _NEWLINE.search(blanks[0]) else " "


def _is_plain(line: str) -> bool:
    """One line with nothing to mend."""
    return line.isprintable() and _JOINER not in line and "  " not in line


def has_words(text: str) -> bool:
    """Whether `words_key` would hold anything."""
    return _LETTER.search(text) is not None


def clean_line(text: str) -> str:
    """`clean` on one line."""
    return clean(text).replace("\n", " ")


def words_key(text: str) -> str:
    """Equal for two lines that differ in case, punctuation or blanks only."""
    return _short_key(text) if len(text) <= _SHORT else _key(text)


def _key(text: str) -> str:
    return " ".join(_WORDS.findall(text.lower()))


_short_key = lru_cache(maxsize=4096)(_key)


def without_title(text: str, title: str) -> str:
    """Text whose first line repeats the title, without it."""
    if not title:
        return text
    head, _, rest = text.partition("\n")
    if not rest or _first_letter(head) != _first_letter(title):
        return text
    return rest if words_key(head) == words_key(title) else text


def _first_letter(text: str) -> str:
    """Small; empty where there is none. Lines that differ here need no key."""
    found = _LETTER.search(text)
    return found[0].lower() if found else ""
