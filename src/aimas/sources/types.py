"""A source, what is remembered between its polls, and what the poller needs of a store."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

import msgspec

from aimas.core import Fetched, Outcome, Ownership


class SourceKind(StrEnum):
    FEED = "feed"
    """RSS, Atom or JSON Feed."""
    SITEMAP = "sitemap"
    PAGE = "page"
    """A page that is watched for links to articles, or for its own changes."""
    IMPORT = "import"
    """Files handed over by a person; never polled."""


class Take(StrEnum):
    """Where an item's text is taken from."""

    AUTO = "auto"
    """The entry where it is complete, else the page behind it."""
    PAGE = "page"
    CONTENT = "content"


AHEAD = timedelta(minutes=1)
"""What was noted so much later than now was noted under another clock; less is the difference between two machines."""
LONGEST_LEASE = timedelta(days=1)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """An outlet's or an institution's channel, declared as such; undeclared means personal."""

    id: str
    kind: SourceKind
    address: str
    """Where it is polled; empty for imports."""
    name: str
    ownership: Ownership = Ownership.PERSONAL
    home: str | None = None
    """The site's front page, for people to follow; its host also tells an import's rows apart."""
    language_hint: str | None = None
    take: Take = Take.AUTO
    timezone: str | None = None
    """IANA name for dates that come without an offset; None takes such dates as UTC."""
    min_interval_s: float | None = None
    max_interval_s: float | None = None
    pages_per_poll: int | None = None
    link_pattern: str | None = None
    """For a watched page: regular expression over paths of article links; None learns it."""
    robots: bool = True
    """False only where the site's owner agreed to being read against its robots.txt."""
    retired_at: datetime | None = None
    """A person ended it: it is polled no more, and what it brought keeps its name. Declared again, it lives again."""


IMPORT = Source(id="import", kind=SourceKind.IMPORT, address="", name="import")
"""Whatever a person hands over without saying whose it is: personal."""


class PollState(msgspec.Struct, frozen=True, kw_only=True):
    """All that one poll leaves for the next; a new source starts with `PollState(source=id)`."""

    source: str
    address: str | None = None
    """Where a permanent redirect moved the source; None: as declared."""
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    validators_lie: bool = False
    """The server answered 304, or sent an old ETag, over a changed body: never asked conditionally again."""
    full_at: datetime | None = None
    """When the body was last read without condition."""
    interval_s: float = 900.0
    next_due: datetime | None = None
    """None: due at once."""
    last_attempt_at: datetime | None = None
    last_ok_at: datetime | None = None
    consecutive_failures: int = 0
    last_error: str | None = None
    dead: bool = False
    """The server said 410 Gone; polled again only when a person revives it."""
    newest_item_at: datetime | None = None
    cursor: datetime | None = None
    """For sitemaps: entries with an older `lastmod` are not looked at again."""
    tries: dict[str, int] = msgspec.field(default_factory=dict)
    """Item key → failed attempts at its page, for items that will be tried again."""
    link_shapes: tuple[str, ...] = ()
    """For a watched page: the shapes of paths that turned out to be articles."""


class PollOutcome(StrEnum):
    OK = "ok"
    NOT_MODIFIED = "not_modified"
    FAILED = "failed"


class Poll(msgspec.Struct, frozen=True, kw_only=True):
    """The record of one poll: `listed == known + new + dropped + held + postponed` always."""

    source: str
    at: datetime
    outcome: PollOutcome
    listed: int = 0
    known: int = 0
    new: int = 0
    """Passed on, changed items included."""
    dropped: int = 0
    held: int = 0
    postponed: int = 0
    """Left for the next poll: over the limit of pages, or the page's host is down for now."""
    bytes: int = 0
    elapsed_ms: int = 0
    detail: str = ""
    """What a person should know: the error, or what had to be repaired."""


class ItemMark(msgspec.Struct, frozen=True):
    """What is remembered of a listed item; both parts are digests, so that no handle is kept."""

    key: str
    digest: str


class Standing(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"


class Polled(msgspec.Struct, frozen=True, kw_only=True):
    """What a poll brought. Hand over `outcomes` first, then save the rest in one transaction."""

    outcomes: tuple[Outcome[Fetched], ...]
    state: PollState
    poll: Poll
    marks: tuple[ItemMark, ...]
    """Items whose fate is final; postponed ones are not among them."""


class SeenItems(Protocol):
    def standings(self, source: str, marks: Sequence[ItemMark]) -> list[Standing]:
        """One standing per mark, in order; reading changes nothing."""


class SourceStore(SeenItems, Protocol):
    """Sources and their polls; claims are leases, so that a crashed poller's source becomes due again."""

    def put(self, source: Source) -> None:
        """Add or replace the declaration; what is remembered of its polls stays."""

    def get_source(self, source_id: str) -> Source | None: ...

    def sources(self) -> list[Source]:
        """All declarations, by id."""

    def state_of(self, source_id: str) -> PollState:
        """A fresh state where the source was never polled."""

    def due(self, now: datetime, limit: int) -> list[tuple[Source, PollState]]:
        """Longest due first; neither dead, nor claimed by a lease that still runs, nor imports."""

    def claim(self, source_id: str, now: datetime, until: datetime) -> bool:
        """A conditional update: False where another poller holds it, it is not due or is unknown."""

    def save(self, state: PollState, poll: Poll, marks: Sequence[ItemMark]) -> None:
        """State, record and marks in one transaction; ends the claim."""

    def release(self, source_id: str) -> None:
        """End a claim without a poll."""

    def set_right(self, now: datetime) -> int:
        """Sources whose last poll was noted under a clock that was ahead are due at once, and claims that no lease
        explains end; returns how many."""

    def polls(self, source_id: str, limit: int) -> list[Poll]:
        """The newest first."""
