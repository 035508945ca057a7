"""Who did it: one type signs every write and every export."""

import getpass
from typing import Literal

import msgspec


class Actor(msgspec.Struct, frozen=True):
    """A person or a part of the program, as the ledger names it."""

    kind: Literal["person", "program"]
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


def current_actor() -> Actor:
    """The operating system's user, until accounts exist."""
    return Actor("person", getpass.getuser())
