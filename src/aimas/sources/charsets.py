"""Bytes to characters where declarations lie: the alphabets of Kazakhstan's press decide."""

import codecs

_SIGNATURES = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x7fELF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\xd0\xcf\x11\xe0",
)
_CYRILLIC = ("cp1251", "kz1048", "koi8-r", "cp866", "iso8859-5", "mac-cyrillic")
_WIDE_EASTERN = frozenset(
    {"gb2312", "gbk", "gb18030", "big5", "euc_kr", "euc_jp", "shift_jis", "cp949", "cp932"}
)
_SMALL = frozenset("абвгдеёжзийклмнопрстуфхцчшщъыьэюяәғқңөұүһі")
_COMMON = frozenset("оеаинтсрвлкы")
_CAPITAL = frozenset("АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯӘҒҚҢӨҰҮҺІ")
_SAMPLE = 65536

SNIFF_BYTES = 65536
"""Head of a file that is enough to tell its encoding and kind."""


def charset_of(head: bytes, declared: str | None = None, *, whole: bool = True) -> str | None:
    """Name of a codec that reads the bytes as people wrote them; None for binary content.

    With `whole=False` the head may end inside a character.
    """
    for signature, name in _SIGNATURES:
        if head.startswith(signature):
            return name
    if head.startswith(_BINARY):
        return None
    wide = _wide(head)
    if wide:
        return wide
    if looks_binary(head):
        return None
    if _decodes(head, "utf-8", whole):
        return "utf-8"
    known = get_codec(declared)
    if known in _WIDE_EASTERN and _decodes(head, known, whole):
        return known
    if _is_latin(head[:_SAMPLE]):
        return known if known and known != "utf-8" and known not in _CYRILLIC else "cp1252"
    best, best_score = known or "cp1252", 0.0
    for name in _CYRILLIC:
        score = _score(head[:_SAMPLE].decode(name, "replace")) + (0.02 if name == known else 0.0)
        # Strictly better only: cp1251 stands first and agrees with kz1048 on all that is Russian.
        if score > best_score + 1e-9:
            best, best_score = name, score
    if best_score >= 0.3:
        return best
    if _mostly(head, "utf-8", whole):
        return "utf-8"
    return known if known and known != "utf-8" else "cp1252"


def decoded(data: bytes, declared: str | None = None) -> str | None:
    """The text, with U+FFFD for single broken bytes; None for binary content."""
    name = charset_of(data, declared)
    return None if name is None else data.decode(name, "replace")


def get_codec(name: str | None) -> str | None:
    """Python's name for a declared text encoding, or None where there is no such encoding."""
    if not name:
        return None
    try:
        found = codecs.lookup(name.strip().strip("\"'"))
    except (LookupError, ValueError):
        return None
    # zip, base64, rot13 and their like are codecs too, but no encodings of text.
    return found.name if getattr(found, "_is_text_encoding", True) else None


def looks_binary(head: bytes) -> bool:
    """Whether the bytes are no text in any 8-bit encoding: NULs, or control characters beyond a stray few."""
    sample = head[:4096]
    if not sample:
        return False
    if b"\x00" in sample:
        return True
    if sample.startswith(_BINARY):
        return True
    odd = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in sample)
    return odd > 2 and odd / len(sample) > 0.02


def _wide(head: bytes) -> str | None:
    # UTF-16 without a signature: Cyrillic has 0x04 in every other byte, Latin 0x00.
    sample = head[:2048]
    if len(sample) < 8:
        return None
    for name, high in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        is_wide = sum(byte in (0x00, 0x04) for byte in high) > 0.9 * len(high)
        if is_wide and "\x00" not in sample.decode(name, "ignore"):
            return name
    return None


def _decodes(data: bytes, name: str, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(name)().decode(data, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _mostly(data: bytes, name: str, whole: bool) -> bool:
    text = codecs.getincrementaldecoder(name)("replace").decode(data[:_SAMPLE], final=whole)
    return bool(text) and text.count("�") <= max(2, len(text) // 200)


def _is_latin(data: bytes) -> bool:
    # In "für" the odd letter stands among plain ones; Cyrillic words hold no plain letters.
    text = data.decode("latin-1")
    odd = [i for i, c in enumerate(text) if c > "\x7f"]
    beside = sum(
        (i > 0 and text[i - 1].isascii() and text[i - 1].isalpha())
        or (i + 1 < len(text) and text[i + 1].isascii() and text[i + 1].isalpha())
        for i in odd
    )
    return beside > 0.6 * len(odd)


def _score(text: str) -> float:
    odd = [c for c in text if c > "\x7f"]
    if not odd:
        return 0.0
    small = sum(c in _SMALL for c in odd)
    common = sum(c in _COMMON for c in odd)
    capital = sum(c in _CAPITAL for c in odd)
    # Wrong tables turn small letters into capitals or signs, and common letters into rare ones.
    return (small + 0.5 * common + 0.3 * capital) / (1.5 * len(odd))
