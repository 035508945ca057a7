"""Who did it: one type signs every write and every export."""

import getpass
from contextvars import ContextVar
from typing import Literal

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """A person or a part of the program, as the ledger names it."""

    kind: Literal["person", "program"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def current_actor() -> Actor:
    """The operating system's user: who runs the program, where nobody signed in."""
    return Actor("person", getpass.getuser())


_acting: ContextVar[Actor | None] = ContextVar("acting", default=None)


def act_as(actor: Actor) -> None:
    """For the rest of this task, which serves one person's request: the ledger names that person for its writes."""
    _acting.set(actor)


def acting(otherwise: Actor) -> Actor:
    """Who signed in for what runs now; `otherwise` where nobody did."""
    return _acting.get() or otherwise
