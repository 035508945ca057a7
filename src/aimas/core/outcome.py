"""Every item that enters a step leaves it once: passed, dropped with a reason, or held for a person."""

from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

import msgspec

T = TypeVar("T")


class DropReason(StrEnum):
    """Not wanted: counted, never retried."""

    ALREADY_FILED = "already-filed"
    """The same text is on file under the same address or content."""
    ALREADY_HELD = "already-held"
    """The same broken item waits in quarantine."""
    REMOVED_BY_ROBOTS = "refused-by-robots"
    """The site's robots.txt asks not to fetch it."""
    NOT_A_PUBLICATION = "not-a-publication"
    """An index, a tag page, a picture: nothing was said."""


class HoldReason(StrEnum):
    """Wanted but broken: quarantined, shown, retried by a person or after a fix."""

    EMPTY = "empty"
    """No text could be found."""
    NOT_TEXT = "not-text"
    """Binary content under a text's name."""
    TOO_LARGE = "too-large"
    """Larger than one item may be."""
    MALFORMED = "malformed"
    """The container (XML, JSON, WARC, CSV row) could not be read."""
    TRUNCATED = "truncated"
    """The input ended before its own end."""
    UNREADABLE_CHARSET = "unreadable-charset"
    """Its bytes are not in the encoding that the rest is in."""
    BOMB = "bomb"
    """A compressed or nested body that grows beyond every limit."""
    FETCH_FAILED = "fetch-failed"
    """The page behind a listed address could not be had after all tries."""
    REFUSED_ADDRESS = "refused-address"
    """The address leads into a private network."""
    MISSING_FIELD = "missing-field"
    """A row without the column that holds the text."""
    CRASHED = "crashed"
    """The step failed on this item alone; a fix of the program is due."""


class Passed(msgspec.Struct, Generic[T], frozen=True, tag=True):
    value: T


class Dropped(msgspec.Struct, frozen=True, tag=True):
    reason: DropReason
    detail: str = ""


class Held(msgspec.Struct, frozen=True, tag=True):
    reason: HoldReason
    detail: str


Outcome: TypeAlias = Passed[T] | Dropped | Held
