"""Which characters the bytes stand for, when the declaration may be wrong.

Order of trust: byte order mark, valid UTF-8, the declaration if it reads like a language, then detection.
"""

import codecs
import math
import re
from collections.abc import Iterable

from charset_normalizer import from_bytes

from aimas.core import Held, HoldReason
from aimas.extraction.types import Decoded

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BINARY_STARTS = (
    b"%PDF-", b"PK\x03\x04", b"\x89PNG", b"GIF87a", b"GIF89a", b"\xff\xd8\xff", b"\x1f\x8b", b"BZh", b"Rar!",
    b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"MZ\x90", b"OggS", b"ID3", b"RIFF", b"\x00\x00\x01\x00",
)  # fmt: skip
_DECLARATION = re.compile(
    rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9][\w.:-]{2,30})""", re.IGNORECASE
)
_DECLARATION_WINDOW_BYTES = 4096
_SAMPLE_BYTES = 200_000

# Bytes 0-31 that no text of any charset below holds; ESC and the usual blanks are left out.
_CONTROLS = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1b")

# Most of what is declared Latin-1 or ASCII was written on Windows; Kazakh pages declare plain windows-1251.
_WRITTEN_AS = {
    "iso8859-1": ("cp1252",),
    "ascii": ("cp1252",),
    "cp1251": ("cp1251", "kz1048", "ptcp154"),
    "kz1048": ("kz1048", "cp1251", "ptcp154"),
    "ptcp154": ("ptcp154", "kz1048", "cp1251"),
    "iso8859-5": ("iso8859-5", "cp1251"),
}
_DETECTED = ("cp1251", "kz1048", "ptcp154", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic", "cp1252")

_WORD = re.compile(r"[^\W\d_]+")
# Letters of Russian and Kazakh news: frequency per mille of a mixture of both, rounded.
_PER_MILLE = {
    "а": 108, "е": 76, "и": 60, "н": 69, "о": 70, "т": 62, "с": 47, "р": 52, "л": 49, "д": 42, "ы": 44,
    "к": 37, "м": 34, "в": 34, "п": 22, "у": 22, "і": 20, "г": 17, "я": 14, "қ": 13, "з": 14, "б": 17, "ғ": 8,
    "ь": 9, "й": 12, "ш": 10, "ч": 8, "ж": 12, "х": 7, "ә": 8, "ң": 6, "ү": 8, "ұ": 5, "ц": 4, "ө": 4, "ю": 4,
    "э": 3, "щ": 3, "ф": 4, "ъ": 1, "ё": 1, "һ": 1,
}  # fmt: skip
_LOG_ODDS = {letter: math.log(share / 1000 * 42) for letter, share in _PER_MILLE.items()}
"""Logarithm of a letter's frequency over that of 42 equal ones: a language's text averages +0.6."""
_NEVER_WRITTEN = re.compile("[\x80-\x9f\ufffd\u2500-\u259f]")
_ASCII = re.compile("[\x00-\x7f]+")
_LATIN = re.compile(r"[a-zA-Z\u00c0-\u024f]+")

PLAUSIBLE = 0.6
"""Least `plausibility` of a readable text: right readings of news score above .85, wrong ones below .45."""


def plausibility(text: str) -> float:
    """How much the words beyond ASCII look like a language: -1..1; 1 where there are none."""
    good = bad = odds = 0.0
    cyrillic_letters = 0
    beyond_ascii = " ".join(part for part in text.split() if not part.isascii())
    for word in _WORD.findall(beyond_ascii):
        if word.isascii():
            continue
        size = len(word)
        lower = word.lower()
        known = [_LOG_ODDS[letter] for letter in lower if letter in _LOG_ODDS]
        one_case = word[1:] == lower[1:] or word.isupper()
        if known:
            odds += sum(known)
            cyrillic_letters += size
            if len(known) == size and one_case:
                good += size
            else:
                bad += size
        elif _LATIN.fullmatch(word):
            beyond = sum(not letter.isascii() for letter in word)
            if beyond * 2 <= size and one_case:
                good += size
            else:
                bad += size
        else:
            good += size / 2
    if cyrillic_letters:
        unlikely = max(0.0, 0.35 - odds / cyrillic_letters)
        bad += min(1.0, 2.0 * unlikely) * cyrillic_letters
    bad += 2.0 * (len(_NEVER_WRITTEN.findall(beyond_ascii)) + text.count("\x85"))
    total = good + bad
    return 1.0 if not total else (good - bad) / total


def decoded(body: bytes, declared: str | None) -> Decoded | Held:
    """Never raises; `declared` is the transport's charset, a <meta> or XML declaration is found here."""
    for mark, charset in _BYTE_ORDER_MARKS:
        if body.startswith(mark):
            return Decoded(body[len(mark) :].decode(charset, "replace"), charset)
    if body.startswith(_BINARY_STARTS):
        return Held(HoldReason.NOT_TEXT, "the bytes are those of a picture, an archive or a document")
    sample = body[:_SAMPLE_BYTES]
    if b"\0" in sample and (wide := _wide(sample)):
        return Decoded(body.decode(wide, "replace"), wide)
    controls = len(sample) - len(sample.translate(None, _CONTROLS))
    if controls * 200 > len(sample):
        return Held(HoldReason.NOT_TEXT, f"{controls} control characters in the first {len(sample)} bytes")
    if (text := _as_utf8(body)) is not None:
        return Decoded(text, "utf-8")
    candidates = [name for claim in _claims(declared, body) for name in _WRITTEN_AS.get(claim, (claim,))]
    best = _best(sample, candidates)
    if best is None or best[0] < PLAUSIBLE:
        best = max((found for found in (best, _best(sample, _DETECTED)) if found), default=None)
    if best is None or best[0] < PLAUSIBLE:
        guess = from_bytes(sample).best()
        if guess is not None:
            best = max((found for found in (best, _best(sample, [guess.encoding])) if found), default=None)
    if best is None or best[0] < PLAUSIBLE:
        return Held(
            HoldReason.UNREADABLE_CHARSET, f"no charset makes words of it (declared: {declared or 'none'})"
        )
    return Decoded(body.decode(best[1], "replace"), best[1])


def _as_utf8(body: bytes) -> str | None:
    """UTF-8 that is whole, cut off in its last character, or broken in less than one letter of twenty."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(body) - 3:
            return body[: error.start].decode("utf-8")
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = len(_ASCII.sub("", text[:_SAMPLE_BYTES])) - text.count("\ufffd", 0, _SAMPLE_BYTES)
    return text.replace("\ufffd", "") if whole > 20 * broken else None


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every second byte is 0 (Latin) or 4 (Cyrillic)."""
    pairs = len(sample) // 2
    if pairs < 8:
        return None
    for charset, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if (high.count(0) + high.count(4)) > 0.8 * pairs:
            text = sample[: pairs * 2].decode(charset, "replace")
            if plausibility(text) >= PLAUSIBLE and text.count("\0") * 200 < pairs:
                return charset
    return None


def _claims(declared: str | None, body: bytes) -> Iterable[str]:
    names = [declared] if declared else []
    names += [
        name.decode("ascii", "replace") for name in _DECLARATION.findall(body[:_DECLARATION_WINDOW_BYTES])
    ]
    for name in names:
        try:
            codec = codecs.lookup(name.strip().strip("\"'"))
        except (LookupError, ValueError):
            continue
        if getattr(codec, "_is_text_encoding", True) and not codec.name.startswith(
            ("utf", "idna", "punycode", "raw")
        ):
            yield codec.name


def _best(sample: bytes, charsets: Iterable[str]) -> tuple[float, str] | None:
    """The most plausible charset, the earlier of equals."""
    best: tuple[float, str] | None = None
    scored: set[str] = set()
    for charset in charsets:
        try:
            text = sample.decode(charset, "replace")
        except (LookupError, ValueError):
            continue
        if text in scored:
            continue
        scored.add(text)
        score = plausibility(text)
        if best is None or score > best[0] + 0.001:
            best = (score, charset)
    return best
