"""One publication: its text with what was found in it, how it was changed, and its original."""

from collections import Counter
from typing import Annotated, Any

from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Template

from aimas.app import App
from aimas.correcting import history
from aimas.tone import is_self_praise, verdict
from aimas.web import changes, places, views
from aimas.web.desk import Desk, desk, page
from aimas.web.parameters import Form, Institution
from aimas.web.signing_in import OPEN_ORIGINAL, READ

SHORTEST_REASON = 3


@get("/publication/{id:str}", opt=READ, include_in_schema=False, sync_to_thread=True)
def publication_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    i: Institution = None,
    said: FromQuery[int | None] = None,
) -> Template:
    """`said`: where the mention stands whose tone a person has just corrected."""
    stand = desk(request, app, i)
    return page(stand, "publication.html", **(publication_values(stand, id) | {"said_at": said}))


def publication_values(stand: Desk, id: str) -> dict[str, Any]:
    publication = stand.app.records.get_publication(id)
    if publication is None:
        raise NotFoundException()
    publication = stand.explained(publication)
    institution = stand.profile.id
    mentions = sorted(
        (m for m in publication.mentions if m.institution == institution), key=lambda m: m.span.start
    )
    offset = len(publication.shown) - len(publication.text)
    named = Counter((place.span.of(publication.shown), place.region) for place in publication.places)
    return {
        "p": publication,
        "name": views.title_of(publication),
        "title": views.pieces_of(publication.shown, mentions, 0, len(publication.title))
        if publication.title
        else (),
        "paragraphs": views.paragraphs(publication.shown, mentions, offset),
        "verdict": verdict(institution, publication.mentions),
        "mentions": mentions,
        "regions": [(*place, n) for place, n in named.items()],
        "revisions": stand.app.records.revisions(publication),
        "source": stand.names.shown_source(publication.source),
        "place": places.place_of(stand.app, publication, institution, stand.names, stand.texts),
        "original": None,
        "reason": "",
        "reason_is_short": False,
        "history": history(stand.app, publication),
        "is_self_praise": is_self_praise,
        "draft": None,
        "said_at": None,
    }


@get("/publication/{id:str}/changes", opt=READ, include_in_schema=False, sync_to_thread=True)
def changes_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    i: Institution = None,
    before: Annotated[str | None, QueryParameter(name="from", max_length=100)] = None,
) -> Template:
    """From an earlier revision (the one just before when `from` is absent) to this one."""
    stand = desk(request, app, i)
    new = app.records.get_publication(id)
    if new is None:
        raise NotFoundException()
    earlier = [r for r in app.records.revisions(new) if r.revision < new.revision]
    wanted = [r for r in earlier if before in (None, r.id)]
    if not wanted:
        raise NotFoundException()
    old = wanted[-1]
    woven = changes.changes(old.shown, new.shown)
    return page(
        stand,
        "changes.html",
        old=old,
        p=new,
        paragraphs=woven,
        places=changes.places(woven),
        name=views.title_of(new),
    )


@post(
    "/publication/{id:str}/original",
    opt=OPEN_ORIGINAL,
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
)
def open_original(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    id: FromPath[str],
    data: Form,
    i: Institution = None,
) -> Template:
    """Recorded first, shown after; as text, never as a live page."""
    stand = desk(request, app, i)
    values = publication_values(stand, id)
    reason = " ".join(data.get("reason", "").split())[:300]
    if len(reason) < SHORTEST_REASON:
        return page(stand, "publication.html", 422, **(values | {"reason": reason, "reason_is_short": True}))
    opened = app.open_original(id, reason)
    body = opened.body.decode("utf-8", "replace")
    values["original"] = {"reason": reason, "body": body[:500_000], "media_type": opened.media_type}
    return page(stand, "publication.html", **values)


PUBLICATION_PAGES = (publication_page, changes_page, open_original)
