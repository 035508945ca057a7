"""People who sign in, and what is kept of their keys."""

from datetime import datetime
from enum import StrEnum

import msgspec

from aimas.core import Actor


class Role(StrEnum):
    CLERK = "clerk"
    """Registers appeals and brings them to who answers."""
    OFFICER = "officer"
    """Works on the cases of own units and answers them."""
    HEAD = "head"
    """Answers for units: routes, extends, signs, sees what is confidential there."""
    ANALYST = "analyst"
    """Works on the board: searches, alerts, labels, corrections."""
    AUDITOR = "auditor"
    """Sees every step and every look, with personal data masked, and changes nothing."""
    ADMIN = "admin"
    """Makes and changes accounts, and sees no appeal."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may sign in. What is secret about it is elsewhere: this may be shown and passed around."""

    id: str
    name: str
    """What is typed to sign in and what the ledger writes; unique without regard to case, and never changed."""
    full_name: str = ""
    roles: tuple[Role, ...]
    units: tuple[str, ...] = ()
    """Ids of units whose cases are this person's; `*` is all of them."""
    made_at: datetime
    posts: dict[str, str] = {}
    """What the person is in the institution, by language; stands beside the name under what is signed."""
    is_closed: bool = False
    """An admin locked it; it ends no earlier than when an admin opens it."""
    must_change: bool = False
    """The password is one that somebody else has seen."""
    has_password: bool = False
    has_second: bool = False
    """A code of a phone is asked too."""
    is_demo: bool = False
    """Invented, and open to anybody where the home is a demonstration."""

    @property
    def actor(self) -> Actor:
        return Actor("person", self.name)

    def post(self, tongue: str) -> str:
        """In that language, else in whichever there is; empty where an admin gave none."""
        return self.posts.get(tongue) or next(iter(self.posts.values()), "")

    @property
    def shown(self) -> str:
        return self.full_name or self.name


class Keys(msgspec.Struct, frozen=True, kw_only=True):
    """What opens an account, as it is kept: nothing here can be typed to sign in."""

    password: str | None = None
    """Argon2id; None: nobody can sign in with a password."""
    second: bytes | None = None
    """The secret of time-based codes, once confirmed."""
    pending: bytes | None = None
    """A secret that was shown and waits for its first code."""
    last_step: int = 0
    """Codes of this time step and before were used."""
    recovery: tuple[str, ...] = ()
    """SHA-256 of recovery codes not used yet."""
    failures: int = 0
    """Wrong tries in a row."""
    failed_at: datetime | None = None


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """One browser signed in."""

    id: str
    """Names it on its owner's page; opens nothing."""
    account: str
    made_at: datetime
    seen_at: datetime
    ends_at: datetime
    agent: str
    """What the browser called itself."""


class ApiToken(msgspec.Struct, frozen=True, kw_only=True):
    """A program that reads in a person's name."""

    id: str
    account: str
    label: str
    made_at: datetime
    ends_at: datetime
    used_at: datetime | None = None
