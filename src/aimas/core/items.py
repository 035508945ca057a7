"""The nouns on the way of a publication: fetched, publication, reading."""

from datetime import datetime
from enum import StrEnum

import msgspec

from aimas.core.facts import Guess, Span


class Language(StrEnum):
    RU = "ru"
    KK = "kk"
    EN = "en"
    KK_RU = "kk-ru"
    """Kazakh and Russian clauses in one text."""
    OTHER = "other"
    """Another language, or one that cannot be told."""


class Tone(StrEnum):
    """Tone toward the institution, never the mood of the text."""

    POSITIVE = "positive"
    CRITICAL = "critical"
    NEUTRAL = "neutral"
    UNCLEAR = "unclear"
    """The model looked and could not tell: a value of its own everywhere."""


POOL = "personal"
"""What all personal pages are filed under."""


class Ownership(StrEnum):
    """Whose voice a source is; only outlets and institutions are ever shown by name."""

    OUTLET = "outlet"
    INSTITUTION = "institution"
    PERSONAL = "personal"
    """A person's page, channel, chat or comment: pooled. Unknown means personal."""


class DatedBy(StrEnum):
    """What a publication's date rests on."""

    FEED = "feed"
    PAGE = "page"
    """Metadata or a visible date line of the page."""
    TEXT = "text"
    """A full date in the text's own dateline."""
    RECORD = "record"
    """A column or field of an import."""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What a source handed over, before anything is understood. Bylines and handles are already gone."""

    source: str
    """Id of the source, or of the import it came with."""
    address: str | None
    """Canonical address; None where the item has none (a local file, an export row)."""
    media_type: str
    """`text/html`, `text/plain`; what `body` holds."""
    body: bytes
    """The bytes as received: the evidence. For rows and messages, their UTF-8 text."""
    charset: str | None = None
    """As declared by the transport; may be wrong."""
    title: str | None = None
    text: str | None = None
    """Set where the source hands over clean text (a row, a message); then `body` is not parsed."""
    published_at: datetime | None = None
    """As the source says it, aware; None where it says nothing or nonsense."""
    dated_by: DatedBy | None = None
    language_hint: str | None = None
    site_name: str | None = None
    fetched_at: datetime
    name: str
    """What a person would recognise the item by in an error message: file and row, or address."""


class Publication(msgspec.Struct, frozen=True, kw_only=True):
    """What was said, where and when."""

    source: str
    address: str | None
    title: str
    """Empty where the item has none."""
    text: str
    """Paragraphs joined by one newline."""
    site_name: str | None
    published_at: datetime | None
    dated_by: DatedBy | None
    """None exactly when `published_at` is None: undatable items are marked, never dated today."""
    fetched_at: datetime
    language_hint: str | None
    original: bytes
    """The bytes kept as evidence."""
    media_type: str
    name: str

    @property
    def shown(self) -> str:
        """Title and text as the reader sees them; every Span of a reading counts in this string."""
        return f"{self.title}\n\n{self.text}" if self.title else self.text


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """The institution is spoken of here."""

    institution: str
    """Id of the profile: `kz-mia`."""
    target: str
    """Which part of it: `ministry`, `minister`, `police`, …; keys come from the profile."""
    span: Span
    sentence: Span
    why: str
    """The name or rule that matched, for `profile test` and the page."""
    speaker: str | None = None
    """Whose words, quoted or reported: `institution` its own official's, `citizen` somebody's who is named as a
    resident, a victim, a parent …, `other` any other's; None in the outlet's voice."""
    tone: Guess[Tone] | None = None
    """None: never looked."""
    scores: tuple[float, float, float] | None = None
    """Probabilities of positive, critical, neutral."""
    corrected: Guess[Tone] | None = None
    """A person's word on the tone; the model's stays beside it."""

    @property
    def stands(self) -> Guess[Tone] | None:
        """The tone that holds: a person's where one spoke, else the model's. None: nobody looked."""
        return self.tone if self.corrected is None else self.corrected


class Place(msgspec.Struct, frozen=True):
    """A place named in the text and the region it lies in."""

    region: str
    """ISO 3166-2:KZ code of 2022."""
    name: str
    """The place's main name."""
    span: Span


class Theme(msgspec.Struct, frozen=True):
    """A theme of the profile, with the words that brought it up."""

    institution: str
    theme: str
    evidence: tuple[Span, ...]


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A publication understood, with the versions that did it."""

    publication: Publication
    language: Guess[Language]
    mentions: tuple[Mention, ...]
    """Empty for most of the stream: then nothing more was computed."""
    places: tuple[Place, ...] = ()
    themes: tuple[Theme, ...] = ()
    versions: tuple[str, ...] = ()
    """Sorted `part/version` strings of everything that had a say."""


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a publication that speaks of the institution stands among the others."""

    position: int
    """Ledger position of this placing."""
    until: int | None
    """The position at which another placing took its place."""
    chain: str
    """Id of the first seen text of its chain of copies: its own where it copies nothing."""
    chain_at: int
    """Ledger position of that text; so for `story_at`."""
    similarity: float | None
    """How much of it is copied, 0..1; None for what is nobody's copy."""
    story: str
    """Id of the story's first placed publication."""
    story_at: int
    score: float
    """Chance that it tells this story, 1 where a person said so; for a story's first, of the best one not taken."""
    ruled_by: str | None = None
    """The person who put it into this story."""


class StoredPublication(msgspec.Struct, frozen=True, kw_only=True):
    """A publication with its reading, as it stands on file at some position."""

    position: int
    id: str
    revision: int
    revises: int | None
    until: int | None
    """The position at which a revision took its place; None while current."""
    source: str
    address: str | None
    title: str
    text: str
    site_name: str | None
    published_at: datetime | None
    dated_by: DatedBy | None
    fetched_at: datetime
    media_type: str
    name: str
    original: str | None
    read_at: int
    """The ledger position of the reading."""
    read_until: int | None
    """The position at which a newer reading or revision took this one's place."""
    language: Guess[Language]
    mentions: tuple[Mention, ...]
    places: tuple[Place, ...]
    themes: tuple[Theme, ...]
    versions: tuple[str, ...]
    placed: Placed | None = None
    """None for what speaks of no institution, and until it is placed."""

    @property
    def timed(self) -> datetime:
        """When it was said: as published, but never after it was fetched; as fetched where no date is known."""
        return min(self.published_at or self.fetched_at, self.fetched_at)

    @property
    def shown(self) -> str:
        """The string in which all spans count."""
        return f"{self.title}\n\n{self.text}" if self.title else self.text

    def institutions(self) -> tuple[str, ...]:
        return tuple(sorted({m.institution for m in self.mentions}))
