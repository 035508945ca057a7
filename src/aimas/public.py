"""A publication as the JSON interface and exports show it; no author is in it because none was kept."""

from datetime import datetime

import msgspec

from aimas.core import DatedBy, Language, Mention, StoredPublication, Tone
from aimas.search.stories import StoryLine
from aimas.tone import verdict


class PublicPublication(msgspec.Struct, frozen=True):
    id: str
    source: str
    address: str | None
    title: str
    text: str
    published_at: datetime | None
    dated_by: DatedBy | None
    fetched_at: datetime
    language: Language
    tone: Tone | None
    """Toward the institution asked about; null where it is not spoken of or no model looked."""
    confidence: float | None
    tone_by: str | None
    """Who said so: persons before the model, and the rule from mentions to a publication."""
    self_praise: int
    """Mentions that praise the institution in its own words; they don't make the tone positive."""
    regions: list[str]
    themes: list[str]
    mentions: list[Mention]
    story: str | None
    """Id of the story that it tells; null until it is placed."""
    chain: str | None
    """Id of the first text of its chain of copies, its own where it copies nothing; null until it is placed."""
    revision: int
    by: tuple[str, ...]


def public(p: StoredPublication, institution: str) -> PublicPublication:
    ruled = verdict(institution, p.mentions)
    return PublicPublication(
        id=p.id,
        source=p.source,
        address=p.address,
        title=p.title,
        text=p.text,
        published_at=p.published_at,
        dated_by=p.dated_by,
        fetched_at=p.fetched_at,
        language=p.language.value,
        tone=ruled.tone if ruled else None,
        confidence=round(ruled.confidence, 3) if ruled else None,
        tone_by=ruled.by if ruled else None,
        self_praise=ruled.self_praise if ruled else 0,
        regions=sorted({place.region for place in p.places}),
        themes=sorted({t.theme for t in p.themes if t.institution == institution}),
        mentions=[m for m in p.mentions if m.institution == institution],
        story=p.placed.story if p.placed else None,
        chain=p.placed.chain if p.placed else None,
        revision=p.revision,
        by=p.versions,
    )


class PublicTitle(msgspec.Struct, frozen=True):
    text: str
    by: str | None
    """The person who gave it; null for a publication's own."""


class PublicStory(msgspec.Struct, frozen=True):
    id: str
    titles: dict[str, PublicTitle]
    """By language; `given` is a person's and stands above the others."""
    count: int
    query: str
    """Lists exactly these."""
    unique: int
    """Reprints folded."""
    tones: dict[str, int]
    languages: tuple[str, ...]
    sources: int
    first_said: datetime
    last_said: datetime


def public_story(line: StoryLine) -> PublicStory:
    return PublicStory(
        id=line.id,
        titles={key: PublicTitle(title.text, title.by) for key, title in line.titles.items()},
        count=line.count.count,
        query=line.count.query,
        unique=line.unique,
        tones={tone.key: tone.count for tone in line.tones},
        languages=line.languages,
        sources=line.sources,
        first_said=line.first_said,
        last_said=line.last_said,
    )
