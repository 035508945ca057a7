"""The pages. Each handler asks a service and fills a template."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import msgspec
import structlog
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath, FromQuery, QueryParameter
from litestar.response import Redirect, Template

from aimas.accounts import Right, may
from aimas.app import App
from aimas.core import BadInput, Tone
from aimas.correcting import history
from aimas.coverage import coverage, source_lines
from aimas.flow.accounts import accounts
from aimas.institution import Profile
from aimas.labelling import Estimated, estimated
from aimas.search import QueryError, conjunction, written
from aimas.search.board import TONES, Board, board
from aimas.search.limits import MAX_LENGTH
from aimas.search.service import Question
from aimas.search.tree import Dated, Marked
from aimas.sources.health import Health
from aimas.tone import is_self_praise, verdict
from aimas.web import changes, chart, filters, mistakes, places, views
from aimas.web.evidence import Explained
from aimas.web.limits import TooMany
from aimas.web.paging import Narrowed, part
from aimas.web.persons import person
from aimas.web.signing_in import OPEN_ORIGINAL, READ, READ_LIVE, WORK, Forbidden, account_of
from aimas.web.texts import TONGUES, Texts, chosen_tongue
from aimas.web.understood import in_words

log = structlog.get_logger(__name__)

PER_PAGE = 30
LATEST = 12
LATEST_ACTS = 1_000
"""Looked at for the ledger's page; a hundred lines of them are shown."""
TOP_STORIES = 5
SHORTEST_REASON = 3
Ask = Annotated[str, QueryParameter(name="q", max_length=MAX_LENGTH)]
MAX_POSITION = 2**62 - 1
MAX_ORDER = 2**63 - 1
"""What the index can hold; beyond it a link was made up."""
Snapshot = Annotated[int | None, QueryParameter(name="at", ge=0, le=MAX_POSITION)]
Below = Annotated[int | None, QueryParameter(name="below", ge=0, le=MAX_ORDER)]
Numbers = Literal["counted", "corrected"]
"""Whether the board tells what was counted, or that corrected for measured error."""
Sought = Annotated[str, QueryParameter(name="name", max_length=100)]
Skip = Annotated[int, QueryParameter(name="skip", ge=0, le=1_000_000)]
State = Literal["troubled", "new", "alive", "failing", "dead", "unwatched", "retired"]
"""A source's health, or all that the coverage counts as not answering."""
Institution = Annotated[str | None, QueryParameter(name="i", max_length=100)]
Form = Annotated[dict[str, str], Body(media_type=RequestEncodingType.URL_ENCODED)]


class Desk(msgspec.Struct, frozen=True):
    """What every page stands on."""

    app: App
    texts: Texts
    profile: Profile
    names: views.Names
    explained: Explained
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
        "speech": views.speech,
        "theme": theme if theme in ("light", "dark") else "",
        "path": request.url.path,
        "here": _here(request),
        "is_demo": app.settings.demo,
        "within": views.within,
        "title_of": views.title_of,
        "is_stopped": bool(request.app.state.dead()),
        # A link to a publication says under which institution it is read, where there is a choice.
        "under": f"?i={profile.id}" if len(app.profiles) > 1 else "",
        "person": person(request, app),
        "account": (account := account_of(request)),
        "can": lambda right: account is not None and may(account, Right(right)),
    }
    return Desk(app, texts, profile, names, request.app.state.explained, common)


def _here(request: Request[Any, Any, Any]) -> str:
    """Where a choice leads back to; after a POST that is the page itself, not the act."""
    if request.method != "GET":
        return re.sub(r"/(original|tone|draw|begin|answer|adopt|\d+/retry)$", "", request.url.path)
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "lang"]
    return request.url.path + (f"?{urlencode(pairs)}" if pairs else "")


def page(desk: Desk, template: str, status: int = 200, **values: Any) -> Template:
    return Template(template, context={**desk.common, **values}, status_code=status)


@get("/", opt=READ, include_in_schema=False, sync_to_thread=True)
def board_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    at: Snapshot = None,
    until: FromQuery[date | None] = None,
    numbers: FromQuery[Numbers] = "counted",
) -> Template:
    stand = desk(request, app, i)
    is_live = at is None and until is None
    return page(stand, "board.html", is_live=is_live, **board_values(stand, at, until, numbers))


@get("/board/live", opt=READ_LIVE, include_in_schema=False, sync_to_thread=True)
def board_live(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    numbers: FromQuery[Numbers] = "counted",
) -> Template:
    """The part of the board that changes, alone."""
    stand = desk(request, app, i)
    return page(stand, "board_live.html", is_live=True, **board_values(stand, None, None, numbers))


def board_values(stand: Desk, at: int | None, until: date | None, numbers: Numbers) -> dict[str, Any]:
    app = stand.app
    figures = board(app.search, stand.profile.id, at=at, until=until)
    month = app.search.ask(figures.relevant.query, stand.profile.id, figures.snapshot)
    week = Dated(figures.until - timedelta(days=6), figures.until)
    lately = app.search.within(conjunction(Marked("relevant"), week), month.scope)
    stories = app.stories.lines(lately, limit=TOP_STORIES)
    latest = app.search.page(app.search.within(Marked("relevant"), month.scope), limit=LATEST)
    return {
        "board": figures,
        "links": views.Links(stand.profile.id, figures.snapshot),
        "distinct": app.search.distinct(month),
        "stories": stories,
        "stories_most": max((line.count.count for line in stories), default=1),
        "chart": chart.chart(figures.days),
        "today_tones": _with_rest(figures.today, figures.today_tones),
        "month_tones": _with_rest(figures.relevant, figures.tones),
        "table": [(d, _with_rest(d.total, d.tones)) for d in reversed(figures.days)],
        "has_unlooked": chart.unlooked(figures.relevant, figures.tones).count > 0,
        "tiles": views.tiles(figures.regions, figures.critical_regions, figures.relevant, figures.tones[0]),
        "latest": [views.row(p, stand.profile.id) for p in latest.publications],
        "latest_query": written(Marked("relevant")),
        "about": _about(figures),
        "coverage": coverage(app),
        "critical_today": figures.today_tones[0].count,
        "numbers": numbers,
        "numbers_links": _ways(stand.profile.id, at, until),
        "estimated": _estimated(app, figures) if numbers == "corrected" else None,
    }


def _ways(institution: str, at: int | None, until: date | None) -> dict[str, str]:
    """The same board with its numbers told the one way and the other."""
    asked = {"i": institution, "at": at, "until": until}
    here = {k: v for k, v in asked.items() if v is not None}
    return {way: "/?" + urlencode(here | {"numbers": way}) for way in ("counted", "corrected")}


def _estimated(app: App, figures: Board) -> Estimated | None:
    counts = {Tone(f.key): f.count for f in figures.tones}
    return estimated(app, figures.institution, counts, figures.since, figures.until, figures.snapshot)


def _with_rest(total: Any, tones: Any) -> tuple[Any, ...]:
    """The tones, and what nobody looked at where there is any: parts equal their total."""
    rest = chart.unlooked(total, tones)
    return (*tones, rest) if rest.count else tuple(tones)


def _about(figures: Board) -> int:
    """How many publications the board speaks of: what grows when a new one comes."""
    return figures.relevant.count + figures.undated.count


@get("/list", opt=READ, include_in_schema=False, sync_to_thread=True)
def list_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    q: Ask = "*",
    i: Institution = None,
    at: Snapshot = None,
    below: Below = None,
    fold: FromQuery[bool] = False,
    skip: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> Template:
    """With `fold` each chain of copies is one line; then `skip` pages, as its order holds no single key."""
    stand = desk(request, app, i)
    text = q.strip() or "*"
    try:
        question = app.search.ask(text, stand.profile.id, at)
    except QueryError as error:
        wrong = mistaken(error, text, stand.texts)
        return page(stand, "list.html", status=422, q=text, typed=text, wrong=wrong, result=None)
    typed, text = text, question.text
    links = views.Links(stand.profile.id, question.scope.snapshot)
    distinct = app.search.distinct(question)
    copies: dict[str, int] = {}
    if fold:
        folded = app.search.folded(question, limit=PER_PAGE, skip=skip)
        rows = [views.row(p, stand.profile.id) for p, _ in folded]
        copies = {p.id: n for p, n in folded if n}
        result = app.search.page(question, limit=1)
        more = links.folded(text, skip=skip + PER_PAGE) if skip + PER_PAGE < distinct.unique else None
    else:
        result = app.search.page(question, limit=PER_PAGE, below=below)
        rows = [views.row(p, stand.profile.id) for p in result.publications]
        more = None if result.next_below is None else links.query(text, below=result.next_below)
    is_more = bool(request.headers.get("hx-request") and (below or skip))
    return page(
        stand,
        "list_more.html" if is_more else "list.html",
        q=text,
        typed=typed,
        wrong=None,
        result=result,
        understood=written(question.node),
        in_words=in_words(question.node, stand.names, stand.texts),
        groups=[] if is_more else filters.groups(app.search, question, links, stand.names, stand.texts),
        is_continued=below is not None or skip > 0,
        rows=rows,
        more=more,
        links=links,
        distinct=distinct,
        is_folded=fold,
        copies=copies,
    )


def mistaken(error: QueryError, text: str, texts: Texts) -> dict[str, str]:
    """What is wrong with a query, and where."""
    return {
        "message": mistakes.told(error, texts),
        "before": text[: error.start],
        "here": text[error.start : error.end],
        "after": text[error.end :],
    }


@get("/list/newer", opt=READ_LIVE, include_in_schema=False, sync_to_thread=True)
def list_newer(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    at: FromQuery[int],
    q: Ask = "*",
    i: Institution = None,
) -> Template:
    """How many came since a list was opened, alone."""
    stand = desk(request, app, i)
    question = app.search.ask(q.strip() or "*", stand.profile.id, at)
    links = views.Links(stand.profile.id, at)
    return page(stand, "list_newer.html", newer=_newer(app, question), links=links, q=q)


def _newer(app: App, question: Question) -> int:
    latest = app.search.about(question.node, question.scope.institution)
    return max(0, app.search.count(latest) - app.search.count(question))


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
    return {
        "p": publication,
        "name": views.title_of(publication),
        "title": views.pieces_of(publication.shown, mentions, 0, len(publication.title))
        if publication.title
        else (),
        "paragraphs": views.paragraphs(publication.shown, mentions, offset),
        "verdict": verdict(institution, publication.mentions),
        "mentions": mentions,
        "revisions": stand.app.records.revisions(publication),
        "source": stand.names.shown_source(publication.source),
        "place": places.place_of(stand.app, publication, institution, stand.texts.tongue),
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


@get("/sources", opt=READ, include_in_schema=False, sync_to_thread=True)
def sources_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    name: Sought = "",
    only: Annotated[State | None, QueryParameter(name="state")] = None,
    skip: Skip = 0,
) -> Template:
    """`name` is part of a name or an address; all personal pages stand together at the end, as they have neither."""
    stand = desk(request, app, None)
    question = app.search.ask("*", stand.profile.id)
    lines = source_lines(app)
    named, pool = views.pooled(lines)
    sought = Narrowed("/sources", name.strip(), only or "", {})
    fitting = [line for line in named if sought.fits(line.source.name, line.source.home)]
    pooled = dict(pool.healths) if pool and sought.fits(stand.texts("pub.personal")) else {}
    counted = Counter(line.health for line in fitting) + Counter(pooled)
    wanted = _healths(only)
    shown = part([line for line in fitting if line.health in wanted], skip, sought.link)
    pages = sum(n for health, n in pooled.items() if health in wanted)
    states = [("troubled", stand.texts("sources.troubled"), sum(counted[h] for h in views.TROUBLE))]
    states += [(h.value, stand.texts(f"health.{h.value}"), counted[h]) for h in Health]
    return page(
        stand,
        "sources.html",
        part=shown,
        sought=sought,
        choices=sought.choices(states),
        pages=pages,
        pool=pool if pages and shown.is_end else None,
        is_empty=not named and pool is None,
        coverage=coverage(app, lines),
        counts=app.search.facet(question, "source"),
        links=views.Links(stand.profile.id, question.scope.snapshot),
        now=app.clock.now(),
    )


def _healths(only: State | None) -> tuple[Health, ...]:
    if only == "troubled":
        return views.TROUBLE
    return tuple(Health) if only is None else (Health(only),)


@get("/held", opt=READ, include_in_schema=False, sync_to_thread=True)
def held_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return _held(request, app)


@post("/held/{position:int}/retry", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def retry_held(
    request: Request[Any, Any, Any], app: NamedDependency[App], position: FromPath[int]
) -> Template:
    """Answers with the list as it stands after, and what came of the try."""
    try:
        done = app.retry_held(position)
    except BadInput:
        # Another person was faster, or nothing was kept: the list below shows how it stands.
        return _held(request, app, failed=position)
    return _held(request, app, done=done)


def _held(request: Request[Any, Any, Any], app: App, **outcome: Any) -> Template:
    stand = desk(request, app, None)
    template = "held_items.html" if request.headers.get("hx-request") else "held.html"
    return page(
        stand,
        template,
        items=app.records.held(),
        count=app.records.held_count(),
        **({"done": None, "failed": None} | outcome),
    )


@get("/ledger", opt=READ, include_in_schema=False, sync_to_thread=True)
def ledger_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    stand = desk(request, app, None)
    position, head = app.records.head_hash() if app.records.head() else (0, b"")
    titles = places.titles(app, stand.profile.id, stand.texts.tongue)
    return page(
        stand,
        "ledger.html",
        position=position,
        head=head.hex(),
        books=accounts(app.records.tallies()),
        acts=views.acts(
            (a for a in app.records.acts(LATEST_ACTS) if _is_shown(a, stand.common["can"])),
            stand.texts,
            stand.names,
            titles,
        ),
        home=app.home.folder,
    )


ABOUT_CASES = ("case", "message-", "officer-")
ABOUT_ACCOUNTS = ("account-", "password-", "second-", "token-")


def _is_shown(act: Mapping[str, Any], can: Callable[[str], bool]) -> bool:
    """Who looked at whose appeal and who has which account is not for every reader of the board."""
    verb = str(act["verb"])
    if verb.startswith(ABOUT_CASES):
        return can(Right.SEE_LOOKS)
    return not verb.startswith(ABOUT_ACCOUNTS) or can(Right.MANAGE_USERS) or can(Right.SEE_LOOKS)


YEAR_S = 365 * 86_400
SAFE_PATH = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")
"""A path of this site: no second slash or backslash at its start, nothing that a browser strips away."""


@post("/choose", include_in_schema=False, sync_to_thread=False)
def choose(app: NamedDependency[App], data: Form) -> Redirect:
    """Remembers language, theme or institution in a cookie and goes back."""
    back = data.get("back", "/")
    answer = Redirect(back if SAFE_PATH.fullmatch(back) else "/", status_code=303)
    known: dict[str, set[str]] = {
        "lang": set(TONGUES),
        "theme": {"light", "dark"},
        "institution": {p.id for p in app.profiles},
    }
    for key, values in known.items():
        if data.get(key) in values:
            answer.set_cookie(key, data[key], max_age=YEAR_S, samesite="lax", httponly=True)
    if data.get("theme") == "auto":
        answer.delete_cookie("theme")
    return answer


def failure(request: Request[Any, Any, Any], error: Exception) -> Template:
    """A person sees what to do; never an exception's own text."""
    app: App = request.app.state.app
    stand = desk(request, app, None)
    status = 422 if isinstance(error, BadInput) else getattr(error, "status_code", 500)
    if status >= 500:
        log.exception("page.failed", path=request.url.path, exc_info=error)
    known = str(status) if stand.texts.has(f"error.{status}") else "400" if status < 500 else "500"
    if isinstance(error, Forbidden):
        known = "right"
    wait_s = stand.texts.number(error.wait_s) if isinstance(error, TooMany) else ""
    detail = str(error) if isinstance(error, BadInput) else ""
    return page(stand, "error.html", status, message=stand.texts(f"error.{known}", n=wait_s), detail=detail)


PAGES = (
    board_page,
    board_live,
    list_page,
    list_newer,
    publication_page,
    changes_page,
    open_original,
    sources_page,
    held_page,
    retry_held,
    ledger_page,
    choose,
)
