"""Where a publication stands, for its page and its story's."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from aimas.app import App
from aimas.core import StoredPublication
from aimas.search import conjunction
from aimas.search.stories import StoryTitle
from aimas.search.tree import Dated, Is, Marked
from aimas.stories import Placing
from aimas.web import views

CANDIDATES = 40
"""Stories of the same days that are offered to choose from."""
AROUND = timedelta(days=7)


class Member(msgspec.Struct, frozen=True):
    """A publication of a story with why it is there."""

    row: views.Row
    placing: Placing | None
    neighbour: StoredPublication | None
    copied_from: StoredPublication | None


class Place(msgspec.Struct, frozen=True):
    links: views.Links
    title: StoryTitle
    count: int
    chain: int
    """How many texts its chain of copies has, itself included."""
    placing: Placing | None
    neighbour: StoredPublication | None
    copied_from: StoredPublication | None
    candidates: list[tuple[str, str]]


def place_of(app: App, publication: StoredPublication, institution: str, tongue: str) -> Place | None:
    placed = publication.placed
    if placed is None:
        return None
    story = app.search.about(Is("story", (placed.story,)), institution)
    names = app.stories.names(story, limit=1)
    if not names:
        # The index has not got there yet.
        return None
    chain = app.search.about(Is("reprints", (placed.chain,)), institution)
    day = publication.timed.astimezone(app.search.zone).date()
    member = members(app, [publication], institution)[0]
    return Place(
        views.Links(institution, story.scope.snapshot),
        names[0].title(tongue),
        app.search.distinct(story).placed,
        app.search.count(chain),
        member.placing,
        member.neighbour,
        member.copied_from,
        candidates(app, day, day, institution, tongue, placed.story),
    )


def titles(app: App, institution: str, tongue: str) -> views.Titles:
    """As they are called now; a story that went into another by the publication that began it."""

    def publication(id: str) -> str:
        found = app.records.get_publication(id)
        return views.title_of(found) if found else id

    def story(id: str) -> str:
        found = app.stories.names(app.search.about(Is("story", (id,)), institution), limit=1)
        return found[0].title(tongue).text if found else publication(id)

    return views.Titles(publication, story)


def members(
    app: App, publications: Sequence[StoredPublication], institution: str, at: int | None = None
) -> list[Member]:
    """In the order in which they were said; each with the text that it was found near, as known at a position."""
    ordered = sorted(publications, key=lambda p: (p.timed, p.position))
    placings = {p.publication: p for p in app.places.of([p.position for p in ordered], at)}
    near = {n for p in placings.values() for n in (p.why.neighbour, _copied_from(p)) if n is not None}
    named = {p.position: p for p in app.places.publications(sorted(near))}
    found = []
    for publication in ordered:
        placing = placings.get(publication.position)
        neighbour, source = (placing.why.neighbour, _copied_from(placing)) if placing else (None, None)
        found.append(
            Member(
                views.row(publication, institution),
                placing,
                named.get(neighbour or 0),
                named.get(source or 0),
            )
        )
    return found


def candidates(
    app: App, since: date, until: date, institution: str, tongue: str, but: str
) -> list[tuple[str, str]]:
    """Id and title of the stories of these days, the largest first."""
    around = Dated(since - AROUND, until + AROUND)
    question = app.search.about(conjunction(Marked("relevant"), around), institution)
    found = app.stories.names(question, limit=CANDIDATES)
    return [(story.id, story.title(tongue).text) for story in found if story.id != but]


def _copied_from(placing: Placing) -> int | None:
    return placing.why.copies.compared_with if placing.why.copies else None
