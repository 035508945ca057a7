"""A digest as a tree of figures: no words of any language in it but those of the publications themselves."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import StrEnum

import msgspec

from aimas.core import BadInput, Span, Tone
from aimas.reports.intervals import Interval

DAY, WEEK = 1, 7


class Period(msgspec.Struct, frozen=True):
    """Whole days in the home's time zone, both ends included."""

    since: date
    until: date

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.since - timedelta(days=self.days), self.since - timedelta(days=1))


def day(last: date) -> Period:
    return Period(last, last)


def week(last: date) -> Period:
    """The seven days that end with this one: as many of each weekday as the seven before it."""
    if last.toordinal() <= 2 * WEEK:
        raise BadInput(f"{last} is too early for a week.")
    return Period(last - timedelta(days=WEEK - 1), last)


class Known(msgspec.Struct, frozen=True):
    """The moment whose knowledge is told, and the last ledger entry written until then."""

    moment: datetime
    position: int


class Kind(StrEnum):
    """What a number counts."""

    PUBLICATIONS = "publications"
    UNIQUE = "unique"
    """Copies folded: each chain of reprints once."""
    STORIES = "stories"


class Number(msgspec.Struct, frozen=True, kw_only=True):
    """A count and the query whose list it counts at the digest's snapshot, beside that of the period before."""

    key: str
    kind: Kind = Kind.PUBLICATIONS
    count: int
    query: str
    before: int | None = None
    before_query: str | None = None
    change: Interval | None = None
    """Of the ratio of now to before, see `intervals.ratio`; None while the period runs or nothing was counted."""
    share: Interval | None = None
    """Of the share in the publications that carry a tone, see `intervals.wilson`."""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A publication as evidence, as it stood and was read at the snapshot."""

    id: str
    title: str
    """Its own, or its first words."""
    language: str
    source: str
    """Id of an outlet; one name for all personal pages."""
    address: str | None
    said_at: datetime
    is_dated: bool
    tone: Tone | None
    confidence: float | None
    sentence: str
    """Where the tone was decided; empty where no tone was."""
    words: tuple[Span, ...]
    """Offsets into `sentence` of the words that decided."""
    by: str | None
    """Which model or person said so."""


class StoryLine(msgspec.Struct, frozen=True, kw_only=True):
    """An event as this period told it."""

    id: str | None
    """None for a publication that no story holds yet."""
    titles: Mapping[str, str]
    """By language; at least one."""
    total: Number
    unique: Number
    tones: tuple[Number, ...]
    first: Item
    """The first to publish it, in this period or before."""
    is_new: bool
    """First published in this period."""
    evidence: Item | None
    """Where the words that decided are strongest; None where no tone takes a side."""


class Row(msgspec.Struct, frozen=True):
    """One region, theme, language or outlet."""

    key: str
    total: Number
    critical: Number


class Day(msgspec.Struct, frozen=True):
    day: date
    total: Number
    tones: tuple[Number, ...]
    unlooked: Number
    """What no model looked at: with the tones it makes up the total."""


class SourceTold(msgspec.Struct, frozen=True):
    """How one source, or all personal pages together, answered in the period."""

    source: str
    pages: int
    good: int
    failed: int
    is_well: bool
    """The last poll was answered: of every page, where there are several."""
    failing: int
    silent: int
    """Pages whose last poll failed, and that were not polled once."""

    @property
    def well(self) -> int:
        return self.pages - self.failing - self.silent


class Listening(msgspec.Struct, frozen=True, kw_only=True):
    """Who was listening in the period, so that silence is explained."""

    until: datetime
    """Polls that ended later are not in it."""
    sources: int
    answered: int
    """At least once in the period."""
    failing: int
    """The last poll of the period failed."""
    silent: int
    """Declared and not polled once in the period."""
    polls_good: int
    polls_failed: int
    held: int
    """Broken items that came in the period."""
    waiting: int
    """Of these, not settled at the snapshot."""
    deaf_days: tuple[date, ...]
    """Days of the period, begun by then, on which no poll was answered."""
    told: tuple[SourceTold, ...]

    @property
    def is_deaf(self) -> bool:
        """Nobody listened: silence means nothing."""
        return self.sources == 0 or self.polls_good == 0


class Unclear(msgspec.Struct, frozen=True, kw_only=True):
    """What the digest does not know and says so."""

    abstained: Number
    """The model looked and could not tell."""
    unlooked: Number
    """No model looked."""
    undated: Number
    """Fetched in the period, with no date of their own: in no count above."""
    unplaced: Number
    """In no story yet."""


class Digest(msgspec.Struct, frozen=True, kw_only=True):
    """What was said about one institution in a day or a week, as known at one moment."""

    institution: str
    period: Period
    known: Known
    zone: str
    is_over: bool
    """False while the period still ran at that moment: then no change is told."""
    publications: Number
    unique: Number
    stories: Number
    tones: tuple[Number, ...]
    rate: Interval
    """Of what could be expected of such a period, from its unique publications, see `intervals.poisson`."""
    listened: Number
    """Everything published in the period, of the institution or not."""
    trend: tuple[Day, ...]
    """Two weeks up to the period's end."""
    top: tuple[StoryLine, ...]
    critical: tuple[StoryLine, ...]
    positive: tuple[StoryLine, ...]
    regions: tuple[Row, ...]
    themes: tuple[Row, ...]
    languages: tuple[Row, ...]
    outlets: tuple[Row, ...]
    listening: Listening
    unclear: Unclear
