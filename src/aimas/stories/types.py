"""What is placed, where it was placed and why, and what a person has ruled."""

from datetime import datetime
from typing import TypeAlias

import msgspec

from aimas.core import Language
from aimas.stories.reprints import Evidence


class StoryItem(msgspec.Struct, frozen=True, kw_only=True):
    """A relevant publication on its way into a story."""

    key: int
    """Grows in the order of placing."""
    language: Language
    title: str
    text: str
    published: datetime
    places: tuple[str, ...] = ()
    """Main names of places in Kazakhstan."""
    regions: tuple[str, ...] = ()
    """ISO 3166-2:KZ codes."""
    themes: tuple[str, ...] = ()
    """Themes and targets of the profile."""
    copy_of: int | None = None
    """Head of its chain of reprints: a copy is where its original is."""


class Reason(msgspec.Struct, frozen=True):
    """One line of the sum that a score is."""

    feature: str
    adds: float
    """To the logarithm of the odds."""
    value: float
    shared: tuple[str, ...] = ()
    """The strongest of what both texts have."""


class Placement(msgspec.Struct, frozen=True):
    story: int
    """Key of its first item."""
    score: float
    """Chance that the item tells this story; for a new story, of the best one that was not taken."""
    is_new: bool
    neighbour: int | None = None
    """The item of the story that is nearest; None where nothing was near."""
    why: tuple[Reason, ...] = ()
    """All that the score is made of, the weightiest first."""


class Merge(msgspec.Struct, frozen=True, tag=True):
    """Two stories are one: what would go to `story` goes to `into`."""

    story: int
    into: int


class Split(msgspec.Struct, frozen=True, tag=True):
    """These items are a story of their own; it is named by the first of them."""

    items: tuple[int, ...]


class Rename(msgspec.Struct, frozen=True, tag=True):
    """A title given by a person; where items go does not change."""

    story: int
    title: str


class Pin(msgspec.Struct, frozen=True, tag=True):
    """This item is of this story, whatever the texts say; before or after it is placed."""

    item: int
    story: int


Ruling: TypeAlias = Merge | Split | Rename | Pin


class PlacedItem(msgspec.Struct, frozen=True):
    """A placement on file, for a restart."""

    item: StoryItem
    story: int
    """As first placed, before any ruling."""


class Why(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a placing rests on."""

    by: str
    """Version of the rules, or the person."""
    copies: Evidence | None = None
    reasons: tuple[Reason, ...] = ()
    neighbour: int | None = None
    """The item of the story that is nearest."""


class Placing(msgspec.Struct, frozen=True, kw_only=True):
    """Where one publication stands from now on; publications are named by their ledger positions."""

    publication: int
    timed: datetime
    chain: int
    story: int
    similarity: float | None
    score: float
    why: Why
    ruled_by: str | None = None
