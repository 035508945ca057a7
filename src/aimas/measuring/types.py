"""What is drawn, what is asked, what is answered."""

from datetime import date, datetime

import msgspec

from aimas.core import Language, Mention, Span, Tone


class Stratum(msgspec.Struct, frozen=True):
    """A part of the population that is drawn from by itself; `None` where it is not cut by that."""

    tone: Tone | None
    """As counted at the snapshot."""
    lang: Language | None
    size: int
    """Publications in the population."""
    drawn: int


class Member(msgspec.Struct, frozen=True):
    """A drawn publication; all its mentions of the institution are asked about."""

    reading: int
    """Ledger position of the reading: names one publication in one version."""
    stratum: int
    """Its place in the sample's list of strata."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """A random sample of publications, as the ledger remembers it."""

    id: str
    institution: str
    query: str
    snapshot: int
    since: date | None
    """The days that the query covers; None where it is open on that side."""
    until: date | None
    is_whole: bool
    """The query asks for nothing but the institution and days: the sample speaks for what the board counts."""
    seed: int
    strata: tuple[Stratum, ...]
    members: tuple[Member, ...]
    """In the order in which they are asked: random."""
    mentions: int
    """Of the institution in all of them: as many questions."""
    at: datetime
    by: str
    versions: tuple[str, ...] = ()
    """The tone models that had read them when they were drawn, and the rule from mentions to publications; empty in
    samples drawn before this was kept."""


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """A person's answer, given without seeing the model's. `unclear`: the person looked and could not tell."""

    sample: str
    reading: int
    span: Span
    tone: Tone
    by: str


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A drawn publication with what was counted of it and what a person said; the unit of all estimates."""

    stratum: int
    lang: Language
    day: date | None
    counted: Tone
    """The publication's tone as the board counts it."""
    truth: Tone
    """Its tone by the same rule from the person's answers."""
    asked: tuple[tuple[Mention, Tone], ...]
    """Each mention as it was read, with the person's answer."""
    versions: tuple[str, ...] = ()
    """The tone models that read it."""
