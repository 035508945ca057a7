"""Where a publication stands, for its page and its story's."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec

from aimas.app import App
from aimas.core import BadInput, Language, StoredPublication
from aimas.search import conjunction
from aimas.search.stories import StoryTitle
from aimas.search.tree import Dated, Is, Marked
from aimas.stories import Evidence, Placing, Reason
from aimas.stories.placing import VERSION
from aimas.stories.stories import COPY, least_chance
from aimas.stories.telling import Telling
from aimas.web import views
from aimas.web.texts import Texts

CANDIDATES = 40
"""Stories of the same days that are offered to choose from."""
AROUND = timedelta(days=7)


class Copied(msgspec.Struct, frozen=True):
    """Which text this one repeats, and how that is told."""

    similarity: float
    source: StoredPublication
    """In the revision that was compared; `until` tells that it was changed since."""
    is_own: bool
    """An earlier revision of this very text."""
    stands_alone: bool
    """Of its chain nothing that copies nothing stands here, and this was said first: it is counted, not folded."""
    lost: Literal["", "changed", "elsewhere"]
    """Why the source does not stand here."""


class Ground(msgspec.Struct, frozen=True):
    """Why a publication is in its story."""

    kind: Literal["person", "edited", "copy", "began", "near"]
    by: str
    """The person, or the version of the rules."""
    chance: float
    """That the nearest text tells of the same event."""
    least: float | None
    """Of those that are taken; None where other rules placed it."""
    nearest: StoredPublication | None
    is_own: bool
    """The nearest is an earlier revision of this very text."""
    has_left: bool
    """The nearest is in another story since."""
    copies: Evidence | None
    joined: StoredPublication | None
    """What it repeats and stands together with, where that is not the nearest."""
    told: tuple[tuple[Reason, tuple[str, ...]], ...]
    """What the chance is made of, the weightiest first, each with what both texts have."""


class Member(msgspec.Struct, frozen=True):
    """A publication of a story with why it is there."""

    row: views.Row
    ground: Ground | None
    copied: Copied | None


class Place(msgspec.Struct, frozen=True):
    links: views.Links
    title: StoryTitle
    count: int
    chain: int
    """How many texts its chain of copies has, itself included."""
    ground: Ground | None
    copied: Copied | None
    candidates: list[tuple[str, str]]


def place_of(
    app: App, publication: StoredPublication, institution: str, names: views.Names, texts: Texts
) -> Place | None:
    placed = publication.placed
    if placed is None:
        return None
    story = app.search.about(Is("story", (placed.story,)), institution)
    named = app.stories.names(story, limit=1)
    if not named:
        # The index has not got there yet.
        return None
    chain = app.search.about(Is("reprints", (placed.chain,)), institution)
    day = publication.timed.astimezone(app.search.zone).date()
    member = members(app, [publication], institution, names, texts, is_whole=False)[0]
    return Place(
        views.Links(institution, story.scope.snapshot),
        named[0].title(texts.tongue),
        app.search.distinct(story).placed,
        app.search.count(chain),
        member.ground,
        member.copied,
        candidates(app, day, day, institution, texts.tongue, placed.story),
    )


def titles(app: App, institution: str, tongue: str) -> views.Titles:
    """As they are called now; a story that went into another by the publication that began it."""

    def publication(id: str) -> str:
        found = app.records.get_publication(id)
        return views.title_of(found) if found else id

    def story(id: str) -> str:
        found = app.stories.names(app.search.about(Is("story", (id,)), institution), limit=1)
        return found[0].title(tongue).text if found else publication(id)

    def case(id: str) -> str:
        try:
            return app.appeals.case(id).number or id
        except BadInput:
            return id

    return views.Titles(publication, story, case)


def members(
    app: App,
    publications: Sequence[StoredPublication],
    institution: str,
    names: views.Names,
    texts: Texts,
    at: int | None = None,
    is_whole: bool = True,
) -> list[Member]:
    """In the order in which they were said, each with why it is in the story, as known at a position; `is_whole` where
    these are all that the story has."""
    ordered = sorted(publications, key=lambda p: (p.timed, p.position))
    placings = {p.publication: p for p in app.places.of([p.position for p in ordered], at)}
    told = {n for p in placings.values() for n in (p.why.neighbour, _copied_from(p)) if n is not None}
    named = {p.position: p for p in app.places.last_read(sorted(told))}
    now = {p.publication: p.story for p in app.places.of(sorted(told), at)}
    alone = _alone(app, list(placings.values()), is_whole)
    return [
        Member(
            views.row(publication, institution),
            _ground(publication, placing, named, now, _teller(publication, names, texts))
            if placing
            else None,
            _copied(publication, placing, named, now, placing.publication in alone) if placing else None,
        )
        for publication in ordered
        for placing in [placings.get(publication.position)]
    ]


def _alone(app: App, placings: Sequence[Placing], is_whole: bool) -> set[int]:
    """The text of each chain that its copies here are copies of: what copies nothing, else what was said first."""
    standing = list(placings)
    if not is_whole:
        known = {p.publication for p in placings}
        mates = app.places.chains(sorted({p.chain for p in placings if p.similarity is not None}))
        shown = app.places.shown([p.publication for p in mates])
        standing += [p for p in mates if p.publication in shown and p.publication not in known]
    first: dict[tuple[int, int], Placing] = {}
    for placing in sorted(standing, key=lambda p: (p.similarity is not None, p.timed, p.publication)):
        first.setdefault((placing.story, placing.chain), placing)
    return {p.publication for p in first.values()}


def _copied(
    publication: StoredPublication,
    placing: Placing,
    named: Mapping[int, StoredPublication],
    stories: Mapping[int, int],
    is_alone: bool,
) -> Copied | None:
    source = named.get(_copied_from(placing) or 0)
    if placing.similarity is None or source is None:
        return None
    lost: Literal["", "changed", "elsewhere"] = ""
    if source.until is not None:
        lost = "changed"
    elif stories.get(source.position) != placing.story:
        lost = "elsewhere"
    return Copied(placing.similarity, source, _is_own(publication, source), is_alone, lost)


def _ground(
    publication: StoredPublication,
    placing: Placing,
    named: Mapping[int, StoredPublication],
    stories: Mapping[int, int],
    tell: Callable[[Reason], tuple[str, ...]],
) -> Ground:
    why = placing.why
    nearest = named.get(why.neighbour or 0)
    is_own = nearest is not None and _is_own(publication, nearest)
    kind: Literal["person", "edited", "copy", "began", "near"]
    if placing.ruled_by:
        kind = "person"
    elif is_own and not why.reasons:
        kind = "edited"
    elif any(reason.feature == COPY for reason in why.reasons):
        kind = "copy"
    elif placing.story == placing.publication:
        kind = "began"
    else:
        kind = "near"
    return Ground(
        kind,
        placing.ruled_by or why.by,
        placing.score,
        least_chance() if why.by == VERSION else None,
        nearest,
        is_own,
        has_left=kind in ("near", "copy") and stories.get(why.neighbour or 0, placing.story) != placing.story,
        copies=why.copies,
        joined=named.get(why.copies.compared_with) if why.copies and kind != "copy" else None,
        told=tuple((r, tell(r)) for r in why.reasons if r.feature not in ("bias", COPY)),
    )


def _teller(
    publication: StoredPublication, names: views.Names, texts: Texts
) -> Callable[[Reason], tuple[str, ...]]:
    telling, language = Telling(publication), Language(texts.tongue)

    def said(key: str) -> str:
        return texts.number(int(key)) if key.isdigit() else names.region(key)

    def tell(reason: Reason) -> tuple[str, ...]:
        shared = telling.shared(reason, language)
        return tuple(map(said, shared)) if reason.feature in ("places", "figures") else shared

    return tell


def _is_own(publication: StoredPublication, other: StoredPublication) -> bool:
    return publication.address is not None and (publication.address, publication.source) == (
        other.address,
        other.source,
    )


def candidates(
    app: App, since: date, until: date, institution: str, tongue: str, but: str
) -> list[tuple[str, str]]:
    """Id and title of the stories of these days, the largest first."""
    around = Dated(since - AROUND, until + AROUND)
    question = app.search.about(conjunction(Marked("relevant"), around), institution)
    found = app.stories.names(question, limit=CANDIDATES)
    return [(story.id, story.title(tongue).text) for story in found if story.id != but]


def _copied_from(placing: Placing) -> int | None:
    """What it was compared with; where that is not on file, the first of its chain."""
    if placing.why.copies:
        return placing.why.copies.compared_with
    return None if placing.similarity is None else placing.chain
