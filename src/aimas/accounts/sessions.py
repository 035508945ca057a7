"""How long a browser stays signed in, and how long wrong tries shut the door."""

import secrets
from datetime import datetime, timedelta
from hashlib import sha256

import msgspec

from aimas.accounts.types import ApiToken, Session

FREE_TRIES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a browser was last seen."""
TOKEN_PREFIX = "aimas_"
"""So that a token lost in a text is found by who looks for one."""


class Lifetimes(msgspec.Struct, frozen=True):
    idle: timedelta = timedelta(hours=1)
    absolute: timedelta = timedelta(hours=12)


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """What is kept of a token: who reads the records can't sign in with it."""
    return sha256(b"aimas-token\x00" + token.encode()).digest()


def session_id(digest: bytes) -> str:
    return digest.hex()[:16]


def is_alive(session: Session, now: datetime, lifetimes: Lifetimes) -> bool:
    return now < session.ends_at and now - session.seen_at < lifetimes.idle


def is_token_alive(token: ApiToken, now: datetime) -> bool:
    return now < token.ends_at


def shut_until(failures: int, failed_at: datetime | None) -> datetime | None:
    """None while the door is open. Five tries are free; then a minute, doubled with each further one up to an hour:
    a guesser gets some forty tries a day, and the owner is never shut out for longer than an hour."""
    if failures < FREE_TRIES or failed_at is None:
        return None
    doubled = min(failures - FREE_TRIES, 10)
    return failed_at + min(FIRST_WAIT * (1 << doubled), LONGEST_WAIT)
