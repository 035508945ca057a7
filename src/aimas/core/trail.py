"""One id from the fetch to the alert: every line of the log on the way of what came in bears it."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_trail: ContextVar[str] = ContextVar("trail", default="")


def new_trail() -> str:
    """Drawn by chance, so that it says nothing of where something came from."""
    return secrets.token_hex(6)


def current_trail() -> str:
    """Of what is being dealt with now; empty where nobody began one."""
    return _trail.get()


@contextmanager
def on_trail(trail: str) -> Iterator[None]:
    """What this thread does within belongs to it."""
    token = _trail.set(trail)
    try:
        yield
    finally:
        _trail.reset(token)
