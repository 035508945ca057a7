"""The same data as JSON, described by /api/openapi.json."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import MediaType, Request, Router, get
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Response, ServerSentEvent, ServerSentEventMessage

from aimas.app import App
from aimas.coverage import coverage
from aimas.flow.accounts import StepAccount, accounts
from aimas.public import PublicPublication, PublicStory, public, public_story
from aimas.search import written
from aimas.search.board import Board, Day, Figure, board
from aimas.storage.records import HeldItem
from aimas.web.alerting.fired import api_alerts
from aimas.web.alerting.searches import api_searches
from aimas.web.estimates import api_corrected
from aimas.web.metrics import exposition
from aimas.web.parameters import Ask, Below, Institution, Snapshot
from aimas.web.reporting import EXPORTS, api_digest
from aimas.web.signing_in import READ, READ_LIVE, is_still_in

PER_PAGE = 100
LOOK_EVERY_S = 0.5
KEEP_ALIVE_S = 10.0
STILL_IN_EVERY_S = 30.0
"""How often an open stream looks whether who asked for it is still signed in."""
EVENT_EVERY_S = 2.0
"""Boards ask for their figures at every event: at most this often, and at most this late after a change."""


class PublicList(msgspec.Struct, frozen=True):
    """`count` is the length of the whole list at `snapshot`; follow `below` until it is null."""

    institution: str
    query: str
    understood: str
    snapshot: int
    count: int
    newer: int
    below: int | None
    items: list[PublicPublication]


class PublicSource(msgspec.Struct, frozen=True):
    id: str
    kind: str
    name: str | None
    """Null for a personal page."""
    ownership: str


class PublicCoverage(msgspec.Struct, frozen=True):
    sources: int
    alive: int
    polls_good: int
    polls_failed: int
    """Of the last 24 hours."""
    held: int
    behind: int
    """Ledger entries that the index has not taken in yet."""


class Standing(msgspec.Struct, frozen=True):
    ledger: int
    indexed: int
    steps: list[StepAccount]
    letters: dict[str, int]
    """To applicants, by what became of them."""


class Readiness(msgspec.Struct, frozen=True):
    ready: bool
    behind: int
    """Ledger positions that the search index has yet to take in."""
    dead: tuple[str, ...]
    """Parts of the background that ended and will not come back: follow, alert, deliver, gather, letters."""


MOST_BEHIND = 5_000


def _institution(app: App, asked: str | None) -> str:
    return asked if asked in {p.id for p in app.profiles} else app.profiles[0].id


@get(
    "/board",
    opt=READ,
    summary="The figures of the last 30 days, each with the query that lists it",
    sync_to_thread=True,
)
def api_board(
    app: NamedDependency[App],
    i: Institution = None,
    at: Snapshot = None,
    until: FromQuery[date | None] = None,
) -> Board:
    return board(app.search, _institution(app, i), at=at, until=until)


@get(
    "/publications",
    opt=READ,
    summary="A page of the publications that a query finds, newest first",
    sync_to_thread=True,
)
def api_publications(
    app: NamedDependency[App], q: Ask = "*", i: Institution = None, at: Snapshot = None, below: Below = None
) -> PublicList:
    question = app.search.ask(q.strip() or "*", _institution(app, i), at)
    found = app.search.page(question, limit=PER_PAGE, below=below)
    return PublicList(
        institution=question.scope.institution,
        query=q,
        understood=written(question.node),
        snapshot=question.scope.snapshot,
        count=found.count,
        newer=found.newer,
        below=found.next_below,
        items=[public(p, question.scope.institution) for p in found.publications],
    )


@get(
    "/publications/{id:str}",
    opt=READ,
    summary="One publication with its mentions, evidence and versions",
    sync_to_thread=True,
)
def api_publication(
    request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str], i: Institution = None
) -> PublicPublication:
    found = app.records.get_publication(id)
    if found is None:
        raise NotFoundException("There is no publication with this id.")
    return public(request.app.state.explained(found), _institution(app, i))


class StoryList(msgspec.Struct, frozen=True):
    """The three kinds of numbers of what the query finds, and a page of its stories."""

    institution: str
    query: str
    understood: str
    snapshot: int
    publications: int
    unique: int
    stories: int
    placed: int
    skip: int | None
    """Of the next page; null at the end."""
    items: list[PublicStory]


class StoryOverTime(msgspec.Struct, frozen=True):
    institution: str
    snapshot: int
    story: PublicStory
    days: tuple[Day, ...]
    sources: tuple[Figure, ...]
    regions: tuple[Figure, ...]


@get(
    "/stories",
    opt=READ,
    summary="The stories among what a query finds, the largest first",
    sync_to_thread=True,
)
def api_stories(
    app: NamedDependency[App],
    q: Ask = "is:relevant",
    i: Institution = None,
    at: Snapshot = None,
    skip: Annotated[int, QueryParameter(ge=0, le=10_000_000)] = 0,
) -> StoryList:
    question = app.search.ask(q.strip() or "is:relevant", _institution(app, i), at)
    distinct = app.search.distinct(question)
    lines = app.stories.lines(question, limit=PER_PAGE, skip=skip)
    return StoryList(
        institution=question.scope.institution,
        query=q,
        understood=written(question.node),
        snapshot=question.scope.snapshot,
        publications=distinct.publications,
        unique=distinct.unique,
        stories=distinct.stories,
        placed=distinct.placed,
        skip=skip + PER_PAGE if skip + PER_PAGE < distinct.stories else None,
        items=[public_story(line) for line in lines],
    )


@get(
    "/stories/{id:str}",
    opt=READ,
    summary="One story day by day, with its sources and regions",
    sync_to_thread=True,
)
def api_story(
    app: NamedDependency[App], id: FromPath[str], i: Institution = None, at: Snapshot = None
) -> StoryOverTime:
    institution = _institution(app, i)
    view = app.stories.story(id, institution, at)
    if view is None:
        now = app.places.successor(id)
        raise NotFoundException(f"It is part of story {now} now." if now else "There is no such story.")
    return StoryOverTime(
        institution, view.snapshot, public_story(view.line), view.days, view.sources, view.regions
    )


@get("/sources", opt=READ, summary="Declared sources; personal pages have no name", sync_to_thread=True)
def api_sources(app: NamedDependency[App]) -> list[PublicSource]:
    return [
        PublicSource(
            s.id, s.kind.value, None if s.ownership.value == "personal" else s.name, s.ownership.value
        )
        for s in app.sources.sources()
    ]


@get("/coverage", opt=READ, summary="Who was listening, and what waits", sync_to_thread=True)
def api_coverage(app: NamedDependency[App]) -> PublicCoverage:
    found = coverage(app)
    return PublicCoverage(
        sources=found.sources,
        alive=found.alive,
        polls_good=found.polls_good,
        polls_failed=found.polls_failed,
        held=found.held,
        behind=found.lag.behind,
    )


@get("/held", opt=READ, summary="What is broken and waits for a person", sync_to_thread=True)
def api_held(app: NamedDependency[App]) -> list[HeldItem]:
    return app.records.held()


@get("/stats", opt=READ, summary="Every outcome of every step", sync_to_thread=True)
def api_stats(app: NamedDependency[App]) -> Standing:
    lag = app.search.lag()
    letters = {state.value: n for state, n in app.appeal_store.message_counts().items()}
    return Standing(lag.filed, lag.indexed, accounts(app.records.tallies()), letters)


@get("/events", opt=READ_LIVE, include_in_schema=False)
async def events(request: Request[Any, Any, Any], app: NamedDependency[App]) -> ServerSentEvent:
    """`position` whenever the index has taken in more; what comes within EVENT_EVERY_S is told as one. It ends with
    the session that asked."""

    async def positions() -> AsyncIterator[ServerSentEventMessage]:
        known, quiet_s, unasked_s = app.index.position(), EVENT_EVERY_S, 0.0
        yield ServerSentEventMessage(event="hello", data=str(known))
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            quiet_s += LOOK_EVERY_S
            unasked_s += LOOK_EVERY_S
            if unasked_s >= STILL_IN_EVERY_S:
                unasked_s = 0.0
                if not await sync_to_thread(is_still_in, request):
                    return
            position = app.index.position()
            if position != known and quiet_s >= EVENT_EVERY_S:
                known, quiet_s = position, 0.0
                yield ServerSentEventMessage(event="position", data=str(position))
            elif quiet_s % KEEP_ALIVE_S == 0:
                yield ServerSentEventMessage(comment="alive")

    return ServerSentEvent(positions())


@get("/metrics", include_in_schema=False, sync_to_thread=True)
def metrics(app: NamedDependency[App]) -> Response[bytes]:
    return Response(exposition(app), media_type="text/plain; version=0.0.4; charset=utf-8")


@get("/healthz", include_in_schema=False, media_type=MediaType.TEXT)
async def healthz() -> str:
    return "ok"


@get("/readyz", include_in_schema=False, sync_to_thread=True)
def readyz(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Response[Readiness]:
    """Ready when the index is at most a few seconds of filing behind, and everything in the background lives."""
    lag, dead = app.search.lag(), tuple(request.app.state.dead())
    is_ready = lag.behind < MOST_BEHIND and not dead
    return Response(Readiness(is_ready, lag.behind, dead), status_code=200 if is_ready else 503)


API = Router(
    "/api/v1",
    route_handlers=[
        api_board,
        api_corrected,
        api_publications,
        *EXPORTS,
        api_digest,
        api_publication,
        api_stories,
        api_story,
        api_searches,
        api_alerts,
        api_sources,
        api_coverage,
        api_held,
        api_stats,
    ],
)
