"""The pages. Each handler asks a service and fills a template."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

import msgspec
import structlog
from litestar import Request, get, post
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, Parameter
from litestar.response import Redirect, Template

from aimas.app import App
from aimas.core import BadInput
from aimas.coverage import coverage, source_lines
from aimas.flow.accounts import accounts
from aimas.institution import Profile
from aimas.search import QueryError, written
from aimas.search.board import TONES, board
from aimas.search.tree import Marked
from aimas.web import views
from aimas.web.texts import TONGUES, Texts, chosen_tongue

log = structlog.get_logger(__name__)

PER_PAGE = 30
LATEST = 10
Ask = Annotated[str, Parameter(query="q", max_length=4_000)]
Snapshot = Annotated[int | None, Parameter(query="at", ge=0)]
Below = Annotated[int | None, Parameter(query="below", ge=0)]
Institution = Annotated[str | None, Parameter(query="i", max_length=100)]


class Desk(msgspec.Struct, frozen=True):
    """What every page stands on."""

    app: App
    texts: Texts
    profile: Profile
    names: views.Names
    common: Mapping[str, Any]


def desk(request: Request[Any, Any, Any], app: App, institution: str | None) -> Desk:
    tongue = chosen_tongue(
        request.query_params.get("lang"),
        request.cookies.get("lang"),
        request.headers.get("accept-language"),
        app.settings.language,
    )
    texts = Texts(tongue, app.settings.zone)
    asked = institution or request.cookies.get("institution")
    profile = next((p for p in app.profiles if p.id == asked), app.profiles[0])
    names = views.Names(texts, profile, app.sources.sources())
    theme = request.cookies.get("theme")
    common = {
        "t": texts,
        "profile": profile,
        "institution_name": getattr(profile.title, tongue),
        "profiles": app.profiles,
        "names": names,
        "tongues": TONGUES,
        "tones": TONES,
        "theme": theme if theme in ("light", "dark") else "",
        "path": request.url.path,
        "here": _here(request),
        "is_demo": app.settings.demo,
    }
    return Desk(app, texts, profile, names, common)


def _here(request: Request[Any, Any, Any]) -> str:
    query = request.url.query
    return request.url.path + (f"?{query}" if query else "")


def page(desk: Desk, template: str, status: int = 200, **values: Any) -> Template:
    return Template(template, context={**desk.common, **values}, status_code=status)


@get("/", include_in_schema=False)
async def board_page(
    request: Request[Any, Any, Any],
    app: App,
    i: Institution = None,
    at: Snapshot = None,
    until: date | None = None,
) -> Template:
    stand = desk(request, app, i)
    return page(stand, "board.html", **board_values(stand, at, until))


@get("/board/live", include_in_schema=False)
async def board_live(request: Request[Any, Any, Any], app: App, i: Institution = None) -> Template:
    """The part of the board that changes, alone."""
    stand = desk(request, app, i)
    return page(stand, "board_live.html", **board_values(stand, None, None))


def board_values(stand: Desk, at: int | None, until: date | None) -> dict[str, Any]:
    app = stand.app
    figures = board(app.search, stand.profile.id, at=at, until=until)
    latest = app.search.page(
        app.search.about(Marked("relevant"), stand.profile.id, figures.snapshot), limit=LATEST
    )
    return {
        "board": figures,
        "links": views.Links(stand.profile.id, figures.snapshot),
        "highest": max((d.total.count for d in figures.days), default=0),
        "tiles": views.tiles(figures.regions, figures.critical_regions, figures.relevant),
        "latest": [views.row(p, stand.profile.id) for p in latest.publications],
        "latest_query": written(Marked("relevant")),
        "coverage": coverage(app),
        "critical_today": figures.today_tones[0].count,
    }


@get("/list", include_in_schema=False)
async def list_page(
    request: Request[Any, Any, Any],
    app: App,
    q: Ask = "*",
    i: Institution = None,
    at: Snapshot = None,
    below: Below = None,
) -> Template:
    stand = desk(request, app, i)
    text = q.strip() or "*"
    try:
        question = app.search.ask(text, stand.profile.id, at)
    except QueryError as error:
        wrong = {"message": str(error), "before": text[: error.start], "here": text[error.start : error.end],
                 "after": text[error.end :]}  # fmt: skip
        return page(stand, "list.html", status=422, q=text, wrong=wrong, result=None)
    result = app.search.page(question, limit=PER_PAGE, below=below)
    template = "list_more.html" if request.headers.get("hx-request") and below else "list.html"
    return page(
        stand,
        template,
        q=text,
        wrong=None,
        result=result,
        understood=written(question.node),
        rows=[views.row(p, stand.profile.id) for p in result.publications],
        links=views.Links(stand.profile.id, question.scope.snapshot),
    )


@get("/publication/{id:str}", include_in_schema=False)
async def publication_page(
    request: Request[Any, Any, Any], app: App, id: str, i: Institution = None
) -> Template:
    stand = desk(request, app, i)
    return page(stand, "publication.html", **publication_values(stand, id))


def publication_values(stand: Desk, id: str) -> dict[str, Any]:
    publication = stand.app.records.get_publication(id)
    if publication is None:
        raise NotFoundException()
    institution = stand.profile.id
    mentions = [m for m in publication.mentions if m.institution == institution]
    offset = len(publication.shown) - len(publication.text)
    return {
        "p": publication,
        "title": views.pieces_of(publication.shown, mentions, 0, len(publication.title))
        if publication.title
        else (),
        "paragraphs": views.paragraphs(publication.shown, mentions, offset),
        "verdict": views.verdict(institution, publication.mentions),
        "mentions": mentions,
        "revisions": stand.app.records.revisions(publication),
        "original": None,
    }


@post("/publication/{id:str}/original", include_in_schema=False, status_code=200)
async def open_original(
    request: Request[Any, Any, Any],
    app: App,
    id: str,
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Template:
    """Recorded first, shown after; as text, never as a live page."""
    stand = desk(request, app, None)
    reason = data.get("reason", "")
    opened = app.open_original(id, reason)
    body = opened.body.decode("utf-8", "replace")
    values = publication_values(stand, id)
    values["original"] = {"reason": reason, "body": body[:500_000], "media_type": opened.media_type}
    return page(stand, "publication.html", **values)


@get("/sources", include_in_schema=False)
async def sources_page(request: Request[Any, Any, Any], app: App) -> Template:
    stand = desk(request, app, None)
    question = app.search.ask("*", stand.profile.id)
    return page(
        stand,
        "sources.html",
        lines=source_lines(app),
        counts=app.search.facet(question, "source"),
        links=views.Links(stand.profile.id, question.scope.snapshot),
    )


@get("/held", include_in_schema=False)
async def held_page(request: Request[Any, Any, Any], app: App) -> Template:
    stand = desk(request, app, None)
    return page(stand, "held.html", items=app.records.held(), count=app.records.held_count(), done=None)


@post("/held/{position:int}/retry", include_in_schema=False, status_code=200)
async def retry_held(request: Request[Any, Any, Any], app: App, position: int) -> Template:
    stand = desk(request, app, None)
    done = app.retry_held(position)
    return page(stand, "held.html", items=app.records.held(), count=app.records.held_count(), done=done)


@get("/ledger", include_in_schema=False)
async def ledger_page(request: Request[Any, Any, Any], app: App) -> Template:
    stand = desk(request, app, None)
    position, head = app.records.head_hash()
    return page(
        stand,
        "ledger.html",
        position=position,
        head=head.hex(),
        books=accounts(app.records.tallies()),
        acts=app.records.acts(100),
    )


@post("/choose", include_in_schema=False)
async def choose(
    data: Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Redirect:
    """Remembers language, theme or institution in a cookie and goes back."""
    back = data.get("back", "/")
    if not back.startswith("/") or back.startswith("//") or "\\" in back:
        back = "/"
    answer = Redirect(back, status_code=303)
    known = {"lang": set(TONGUES), "theme": {"light", "dark"}}
    for key, values in known.items():
        if data.get(key) in values:
            answer.set_cookie(key, data[key], max_age=365 * 86_400, samesite="lax", httponly=True)
    if chosen := data.get("institution"):
        answer.set_cookie("institution", chosen[:100], max_age=365 * 86_400, samesite="lax", httponly=True)
    return answer


def failure(request: Request[Any, Any, Any], error: Exception) -> Template:
    """A person sees what to do; never an exception's own text."""
    app: App = request.app.state.app
    stand = desk(request, app, None)
    if isinstance(error, BadInput):
        return page(stand, "error.html", 422, message=str(error))
    status = getattr(error, "status_code", 500)
    if status == 404:
        return page(stand, "error.html", 404, message=stand.texts("error.404"))
    if 400 <= status < 500:
        return page(stand, "error.html", status, message=str(getattr(error, "detail", "")))
    log.exception("page.failed", path=request.url.path, exc_info=error)
    return page(stand, "error.html", 500, message=stand.texts("error.500"))


PAGES = (
    board_page,
    board_live,
    list_page,
    publication_page,
    open_original,
    sources_page,
    held_page,
    retry_held,
    ledger_page,
    choose,
)
