"""How well appeals are answered, by unit: each share with its denominator, its interval and the list that it counts."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar import get
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery, QueryParameter
from litestar.response import Template

from aimas.accounts import Right
from aimas.app import App
from aimas.appeals.figures import Measure, ServiceFigures, Share, UnitFigures
from aimas.appeals.service import Order, QueueRow, QueueView
from aimas.core import BadInput
from aimas.web.appeals_desk.entering import Ask, Room, Said, day_said, enter
from aimas.web.texts import alphabetical

USUAL_DAYS = 90
PER_PAGE = 50
SPANS = (30, 90, 365)
FIRST = (Measure.ON_TIME, Measure.REOPENED, Measure.UPHELD)
"""Beside how fast the applicant hears something; the rest stands below."""
REST = tuple(measure for measure in Measure if measure not in FIRST)
NOBODY = "-"
"""Stands for the cases of no unit in an address."""
Day = date | None


class Number(msgspec.Struct, frozen=True):
    """A count that opens its list."""

    count: int
    href: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A share as the page shows it."""

    measure: str
    n: Number
    of: Number
    share: float | None
    """None: nothing could be counted."""
    low: float = 0.0
    high: float = 1.0


class SpeedShown(msgspec.Struct, frozen=True, kw_only=True):
    median_hours: float
    ninth_hours: float
    heard: Number
    silent: Number


class UnitShown(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    received: Number
    open: Number
    overdue: Number
    erased: Number
    shares: dict[str, Shown]
    speed: SpeedShown | None
    is_ranked: bool
    place: int | None = None
    """Among those with enough cases, by the measure that is asked for."""


@get("/appeals/figures", opt={"right": Right.SEE_FIGURES}, include_in_schema=False, sync_to_thread=True)
def figures_page(
    request: Ask,
    app: NamedDependency[App],
    since: Said = "",
    until: Said = "",
    by: Said = "",
) -> Template:
    """`by` orders units by a measure; those with too few cases are never among them."""
    room = enter(request, app, Right.SEE_FIGURES)
    first, last = period(room, day_said(since), day_said(until))
    counted = app.appeals.figures(first, last, room.today)
    chosen = next((measure for measure in Measure if measure.value == by), None)
    return room.page(
        "appeals/figures.html",
        figures=counted,
        whole=_shown(room, counted, counted.whole, "", None),
        units=_units(room, counted, chosen),
        first=[measure.value for measure in FIRST],
        rest=[measure.value for measure in REST],
        measures=[measure.value for measure in Measure],
        by=chosen.value if chosen else "",
        since=first,
        until=last,
        spans=[
            (days, _span(room, days, by), first == room.today - timedelta(days=days - 1)) for days in SPANS
        ],
    )


@get("/appeals/figures/cases", opt={"right": Right.SEE_FIGURES}, include_in_schema=False, sync_to_thread=True)
def counted_page(
    request: Ask,
    app: NamedDependency[App],
    since: FromQuery[date],
    until: FromQuery[date],
    what: Annotated[str, QueryParameter(max_length=40)],
    unit: Annotated[str, QueryParameter(max_length=64)] = "",
    at: Annotated[int | None, QueryParameter(ge=0, le=2**53)] = None,
    on: FromQuery[date | None] = None,
    skip: Annotated[int, QueryParameter(ge=0, le=10**9)] = 0,
) -> Template:
    """The very cases that a figure counts, as they stood when it was counted (`at` a ledger position, `on` a day); of
    those that the reader may not see, only that they are counted."""
    room = enter(request, app, Right.SEE_FIGURES)
    first, last = period(room, since, until)
    counted = app.appeals.figures(first, last, min(on or room.today, room.today), at)
    of = counted.whole if not unit else next((u for u in counted.units if (u.unit or NOBODY) == unit), None)
    cases = _cases(of, what) if of is not None else None
    if cases is None or of is None:
        raise NotFoundException()
    page = cases[skip : skip + PER_PAGE]
    rows = {row.case: row for row in _rows(app, page, room.today)}
    asked = {"since": first, "until": last, "what": what, "unit": unit}
    then = asked | {"at": counted.snapshot, "on": counted.today}
    changed = sum(row.position > counted.snapshot for row in rows.values())
    further = skip + PER_PAGE < len(cases)
    return room.page(
        "appeals/counted.html",
        what=what,
        unit=_unit_name(room, of, unit),
        rows=[rows[case] for case in page if case in rows],
        seen={case for case in page if _is_seen(room, case)},
        total=len(cases),
        snapshot=counted.snapshot,
        counted_on=counted.today,
        changed=changed,
        now=f"/appeals/figures/cases?{urlencode(asked)}",
        since=first,
        until=last,
        back="/appeals/figures?" + urlencode({"since": first, "until": last}),
        more=f"/appeals/figures/cases?{urlencode(then | {'skip': skip + PER_PAGE})}" if further else None,
    )


def _rows(app: App, cases: Sequence[str], today: date) -> tuple[QueueRow, ...]:
    view = QueueView(cases=tuple(cases), sees_confidential=True, size=PER_PAGE, order=Order.NEWEST)
    return app.appeals.queue(view, today).rows if cases else ()


def _is_seen(room: Room, case: str) -> bool:
    try:
        return room.may(Right.SEE_QUEUE, room.app.appeals.case(case))
    except BadInput:
        return False


def _cases(unit: UnitFigures, what: str) -> tuple[str, ...] | None:
    """Of a name like `open`, `on-time`, `on-time.of`, `heard`."""
    measure, _, part = what.partition(".")
    plain = {"received": unit.received, "open": unit.open, "overdue": unit.overdue, "erased": unit.erased}
    if unit.speed is not None:
        plain |= {"heard": unit.speed.cases, "silent": unit.speed.still_silent}
    if what in plain:
        return plain[what]
    share = next((share for key, share in unit.shares.items() if key.value == measure), None)
    if share is None or part not in ("", "of"):
        return None
    return share.among if part else share.cases


def _units(room: Room, counted: ServiceFigures, by: Measure | None) -> list[UnitShown]:
    made = {u.unit or NOBODY: _shown(room, counted, u, u.unit or NOBODY, None) for u in counted.units}
    places = [] if by is None else counted.ranked(by)
    ranked = [msgspec.structs.replace(made.pop(unit), place=n) for n, unit in enumerate(places, 1)]
    nobody = [made.pop(NOBODY)] if NOBODY in made else []
    return [*ranked, *sorted(made.values(), key=lambda u: alphabetical(u.name)), *nobody]


def _shown(room: Room, counted: ServiceFigures, of: UnitFigures, unit: str, place: int | None) -> UnitShown:
    def number(what: str, cases: Sequence[str]) -> Number:
        asked = {"since": counted.since, "until": counted.until, "what": what, "unit": unit}
        asked |= {"at": counted.snapshot, "on": counted.today}
        return Number(len(cases), f"/appeals/figures/cases?{urlencode(asked)}")

    def share(found: Share) -> Shown:
        name, within = found.measure.value, found.interval
        return Shown(
            measure=name,
            n=number(name, found.cases),
            of=number(f"{name}.of", found.among),
            share=within.share if within else None,
            low=within.low if within else 0.0,
            high=within.high if within else 1.0,
        )

    speed = of.speed and SpeedShown(
        median_hours=of.speed.median_hours,
        ninth_hours=of.speed.ninth_hours,
        heard=number("heard", of.speed.cases),
        silent=number("silent", of.speed.still_silent),
    )
    return UnitShown(
        name=_unit_name(room, of, unit),
        received=number("received", of.received),
        open=number("open", of.open),
        overdue=number("overdue", of.overdue),
        erased=number("erased", of.erased),
        shares={measure.value: share(found) for measure, found in of.shares.items()},
        speed=speed or None,
        is_ranked=of.is_ranked,
        place=place,
    )


def _unit_name(room: Room, of: UnitFigures, unit: str) -> str:
    if not unit:
        return room.texts("desk.figures.whole")
    return room.names.unit(of.unit) if of.unit else room.texts("desk.figures.nobody")


def period(room: Room, since: Day, until: Day) -> tuple[date, date]:
    last = min(until or room.today, room.today)
    first = since or last - timedelta(days=USUAL_DAYS - 1)
    return (first, last) if first <= last else (last, last)


def _span(room: Room, days: int, by: str) -> str:
    asked = {"since": room.today - timedelta(days=days - 1), "until": room.today} | ({"by": by} if by else {})
    return "/appeals/figures?" + urlencode(asked)
