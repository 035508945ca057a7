"""The same queue, cases and figures for programs: masked, and only what the account behind the token may see."""

from datetime import date, datetime
from typing import Annotated

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from aimas.accounts import Right
from aimas.app import App
from aimas.appeals import deadlines, keeping
from aimas.appeals.figures import UnitFigures
from aimas.appeals.service import QueueRow
from aimas.web.appeals_desk.case import found
from aimas.web.appeals_desk.entering import Ask, enter
from aimas.web.appeals_desk.figures import period
from aimas.web.appeals_desk.queue import asked_of, view_of
from aimas.web.appeals_desk.timeline import timeline

PER_PAGE = 100


class PublicQueue(msgspec.Struct, frozen=True):
    """Follow `next` as `after` until it is null."""

    today: date
    total: int
    next: str | None
    items: list[QueueRow]


class PublicDate(msgspec.Struct, frozen=True):
    rule: str
    due: date | None
    keeping: str
    done_on: date | None
    calendar: str
    is_official: bool


class PublicStep(msgspec.Struct, frozen=True):
    position: int
    """In the ledger."""
    at: datetime
    by: str
    said: str
    words: str
    """Personal data masked."""


class PublicCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case with personal data masked."""

    case: str
    number: str
    stage: str
    standing: str
    kind: str
    channel: str
    language: str
    category: str | None
    unit: str | None
    officer: str | None
    is_confidential: bool
    received_at: datetime
    requests: int
    open: list[int]
    text: str
    dates: list[PublicDate]
    history: list[PublicStep]


class PublicShare(msgspec.Struct, frozen=True):
    n: int
    of: int
    share: float | None
    low: float | None
    high: float | None


class PublicUnit(msgspec.Struct, frozen=True, kw_only=True):
    unit: str | None
    received: int
    open: int
    overdue: int
    is_ranked: bool
    shares: dict[str, PublicShare]
    median_hours_to_first_word: float | None


class PublicFigures(msgspec.Struct, frozen=True, kw_only=True):
    since: date
    until: date
    today: date
    snapshot: int
    """Ledger position; give it as `at` for the same figures again."""
    least: int
    """Cases below which a unit is not ranked."""
    whole: PublicUnit
    units: list[PublicUnit]


@get(
    "/",
    opt={"right": Right.SEE_QUEUE},
    summary="The queue of appeals, what is due first, by the filters of its page",
    sync_to_thread=True,
)
def api_queue(
    request: Ask,
    app: NamedDependency[App],
    text: Annotated[str, QueryParameter(max_length=200)] = "",
    stage: Annotated[str, QueryParameter(max_length=20)] = "",
    whose: Annotated[str, QueryParameter(max_length=100)] = "",
    category: Annotated[str, QueryParameter(max_length=40)] = "",
    due: Annotated[str, QueryParameter(max_length=20)] = "",
    after: Annotated[str, QueryParameter(max_length=200)] = "",
) -> PublicQueue:
    """A hundred at a time; without a stage, what still waits for an answer."""
    room = enter(request, app, Right.SEE_QUEUE)
    page = app.appeals.queue(view_of(room, asked_of(request), size=PER_PAGE), room.today)
    return PublicQueue(room.today, page.total, page.next, list(page.rows))


@get(
    "/{case_id:str}",
    opt={"right": Right.SEE_QUEUE},
    summary="One case with its dates and history, personal data masked",
    sync_to_thread=True,
)
def api_case(request: Ask, app: NamedDependency[App], case_id: FromPath[str]) -> PublicCase:
    case = found(app, case_id)
    room = enter(request, app, Right.SEE_QUEUE, case)
    return PublicCase(
        case=case.id,
        number=case.number or "",
        stage=case.stage.value,
        standing=case.standing.value,
        kind=case.kind,
        channel=case.channel.value,
        language=case.language.value,
        category=case.category,
        unit=case.unit,
        officer=case.officer,
        is_confidential=case.is_confidential,
        received_at=case.received_at,
        requests=case.requests,
        open=sorted(case.open),
        text=app.persons.masked(case.id).text,
        dates=[
            PublicDate(
                d.rule.value, d.due, keeping(d, room.today).value, d.done_on, d.calendar, d.is_official
            )
            for d in deadlines(case, app.appeals.terms)
        ],
        history=[
            PublicStep(s.position, s.at, s.by, s.said, s.words)
            for s in timeline(room, app.appeals.history(case.id))
        ],
    )


@get(
    "/figures",
    opt={"right": Right.SEE_FIGURES},
    summary="How well appeals are answered, by unit, each share with its denominator and interval",
    sync_to_thread=True,
)
def api_figures(
    request: Ask,
    app: NamedDependency[App],
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    at: Annotated[int | None, QueryParameter(ge=0, le=2**53)] = None,
) -> PublicFigures:
    """`at`: as it stood at this ledger position."""
    room = enter(request, app, Right.SEE_FIGURES)
    first, last = period(room, since, until)
    told = app.appeals.figures(first, last, room.today, at)

    def unit(of: UnitFigures) -> PublicUnit:
        return PublicUnit(
            unit=of.unit,
            received=len(of.received),
            open=len(of.open),
            overdue=len(of.overdue),
            is_ranked=of.is_ranked,
            shares={
                measure.value: PublicShare(
                    share.n,
                    share.of,
                    share.interval.share if share.interval else None,
                    share.interval.low if share.interval else None,
                    share.interval.high if share.interval else None,
                )
                for measure, share in of.shares.items()
            },
            median_hours_to_first_word=of.speed.median_hours if of.speed else None,
        )

    return PublicFigures(
        since=first,
        until=last,
        today=room.today,
        snapshot=told.snapshot,
        least=told.least,
        whole=unit(told.whole),
        units=[unit(each) for each in told.units],
    )


DESK_API = Router("/api/v1/appeals", route_handlers=[api_queue, api_case, api_figures])
