"""Which passwords are taken, and how they are kept.

Length counts and composition does not (NIST SP 800-63B, section 5.1.1): no demand for signs of all kinds.
"""

import secrets
import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from aimas.core import BadInput

SHORTEST = 12
LONGEST = 200
DISTINCT = 5
AT_ONCE = 2
"""Passwords tried at the same moment; the others wait their turn."""
ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "йцукенгшщзхъ",
    "фывапролджэ",
    "ячсмитьбю",
)
RUN = 4
"""As many letters in keyboard or alphabet order count as one."""
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters that are taken for others when a password is read from paper."""


class WeakPassword(BadInput):
    """The password can be guessed; `why` is the key of a text: short, long, plain or name."""

    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why = why


def normal(password: str) -> str:
    """The same whatever keyboard composed its letters (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def checked(password: str, *names: str) -> str:
    """Raises WeakPassword for one that is short, repeats itself, runs along a keyboard or holds the person's name."""
    given = normal(password)
    if len(given) < SHORTEST:
        raise WeakPassword("short", f"A password has {SHORTEST} characters or more.")
    if len(given) > LONGEST:
        raise WeakPassword("long", f"A password has at most {LONGEST} characters.")
    low = given.casefold()
    for name in names:
        for part in name.casefold().split():
            if len(part) >= RUN and part in low:
                raise WeakPassword("name", "A password that holds the person's name is guessed first.")
    if _worth(low) < SHORTEST - RUN or len(set(low)) < DISTINCT:
        raise WeakPassword("plain", "This password repeats itself or runs along the keyboard.")
    return given


def _worth(low: str) -> int:
    """Its length with every run along a row, and every repetition, counted once."""
    worth, at = 0, 0
    while at < len(low):
        length = max(
            (n for n in range(RUN, len(low) - at + 1) if _is_run(low[at : at + n])),
            default=1,
        )
        worth, at = worth + 1, at + length
    half = len(low) // 2
    for size in range(1, half + 1):
        if low == (low[:size] * (len(low) // size + 1))[: len(low)]:
            return min(worth, size)
    return worth


def _is_run(piece: str) -> bool:
    return len(set(piece)) == 1 or any(piece in row or piece in row[::-1] for row in ROWS)


def made_up() -> str:
    """A password to be told once and changed at the first sign-in: 78 bits."""
    groups = ["".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)]
    return "-".join(groups)


class Passwords:
    """Argon2id by RFC 9106; a guess takes as long whether there is such a person or not."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        # The library's defaults are the RFC's second recommended choice: 64 MiB, three passes.
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        # Each takes 64 MiB: who floods the door must not take the machine's memory.
        self._room = threading.BoundedSemaphore(AT_ONCE)

    def kept(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(normal(password))

    def fits(self, kept: str | None, password: str) -> bool:
        """With None the same work is done and the answer is no."""
        try:
            with self._room:
                self._hasher.verify(kept or self._nobody, normal(password)[: LONGEST + 1])
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def is_stale(self, kept: str) -> bool:
        """Made with other costs than today's."""
        return self._hasher.check_needs_rehash(kept)
