"""Names that things keep: short, stable, derived from what the thing is."""

import hashlib
from itertools import product

_PAIRS = [one + other for one, other in product("abcdefghijklmnopqrstuvwxyz234567", repeat=2)]
"""Ten bits each, as base 32 writes them."""
_SHIFTS = range(70, -1, -10)


def short_id(*parts: str) -> str:
    """Sixteen lower-case letters and digits (80 bits of SHA-256) made of the parts."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    bits = int.from_bytes(digest[:10])
    return "".join([_PAIRS[bits >> shift & 1023] for shift in _SHIFTS])


def text_digest(title: str, text: str) -> bytes:
    """SHA-256 of what was said, blind to white space: two servings of one text are one."""
    squeezed = " ".join(title.split()) + "\x1e" + " ".join(text.split())
    return hashlib.sha256(squeezed.encode()).digest()
