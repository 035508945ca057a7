"""Names that things keep: short, stable, derived from what the thing is."""

import hashlib
from base64 import b32encode


def short_id(*parts: str) -> str:
    """Sixteen lower-case letters and digits (80 bits of SHA-256) made of the parts."""
    digest = hashlib.sha256("\x1f".join(parts).encode()).digest()
    return b32encode(digest[:10]).decode().lower()


def text_digest(title: str, text: str) -> bytes:
    """SHA-256 of what was said, blind to white space: two servings of one text are one."""
    squeezed = " ".join(title.split()) + "\x1e" + " ".join(text.split())
    return hashlib.sha256(squeezed.encode()).digest()
