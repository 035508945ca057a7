"""What was told, why and to whom: the list, an alert's own page, its feed."""

import hmac
from contextlib import suppress
from datetime import date
from typing import Annotated, Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect, Template

from aimas.alerts import (
    Alert,
    Channel,
    ChannelKind,
)
from aimas.alerts.calendar import calendar
from aimas.alerts.judging import on
from aimas.alerts.words import Words
from aimas.app import App
from aimas.core import BadInput
from aimas.notify import feed
from aimas.notify.atom import MEDIA_TYPE
from aimas.search import parse, written
from aimas.search.board import Figure
from aimas.web import views
from aimas.web.alerting.charts import baseline_chart, decimal
from aimas.web.alerting.rules import rule_lines
from aimas.web.desk import desk, page
from aimas.web.parameters import Form
from aimas.web.persons import named
from aimas.web.signing_in import READ, READ_LIVE, WORK

PER_PAGE = 30
SHOWN = 20
"""Contributing publications on an alert's own page; the link beside them opens all."""
FEED_LENGTH = 30
Below = Annotated[int | None, QueryParameter(name="below", ge=0, le=2**62 - 1)]


@get("/alerts", opt=READ, include_in_schema=False, sync_to_thread=True)
def alerts_page(request: Request[Any, Any, Any], app: NamedDependency[App], below: Below = None) -> Template:
    stand = desk(request, app, None)
    return page(stand, "alerts.html", rules=rule_lines(stand), **_fired(app, below))


@get("/alerts/fired", opt=READ_LIVE, include_in_schema=False, sync_to_thread=True)
def alerts_fired(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    """The part that changes, alone."""
    return page(desk(request, app, None), "alerts_fired.html", **_fired(app, None))


def _fired(app: App, below: int | None) -> dict[str, Any]:
    found = app.alert_store.alerts(PER_PAGE + 1, below=below)
    return {
        "fired": [(a, views.Links(a.institution, a.snapshot)) for a in found[:PER_PAGE]],
        "open_count": app.alert_store.open_count(),
        "next_below": found[PER_PAGE - 1].position if len(found) > PER_PAGE else None,
        "is_continued": below is not None,
    }


@get("/alerts/{position:int}", opt=READ, include_in_schema=False, sync_to_thread=True)
def alert_page(
    request: Request[Any, Any, Any], app: NamedDependency[App], position: FromPath[int]
) -> Template:
    found = _alert(app, position)
    stand = desk(request, app, found.institution)
    question = app.search.ask(found.query, found.institution, found.snapshot)
    result = app.search.page(question, limit=SHOWN)
    days = found.baseline.days if found.baseline else ()
    return page(
        stand,
        "alert.html",
        alert=found,
        rule=app.alert_store.get_rule(found.rule),
        is_on=any(r.id == found.rule for r in app.alerting.rules()),
        links=views.Links(found.institution, found.snapshot),
        rows=[views.row(p, found.institution) for p in result.publications],
        chart=baseline_chart(found),
        days=[(d, Figure("day", d.count, _day_query(app, found, d.day))) for d in reversed(days)],
        deliveries=[
            (d, app.alert_store.get_channel(d.channel), tries)
            for d, tries in app.alert_store.deliveries(position)
        ],
        calendar=calendar(),
        decimal=decimal(stand),
    )


def _alert(app: App, position: int) -> Alert:
    found = app.alert_store.get_alert(position) if position < 2**62 else None
    if found is None:
        raise NotFoundException()
    return found


def _day_query(app: App, alert: Alert, day: date) -> str:
    return written(on(day, parse(alert.watched, app.search.today())))


@post("/alerts/{position:int}/ack", opt=WORK, include_in_schema=False, sync_to_thread=True)
def acknowledge(
    request: Request[Any, Any, Any], app: NamedDependency[App], position: FromPath[int], data: Form
) -> Redirect:
    """Who was faster stands on the page that follows."""
    found = _alert(app, position)
    if found.acknowledged is None:
        # Somebody else may do so meanwhile.
        with suppress(BadInput):
            app.alerting.acknowledge(found, data.get("note", ""), by=named(request, app))
    return Redirect(f"/alerts/{position}#ack", status_code=303)


@post("/alerts/{position:int}/resend/{delivery:int}", opt=WORK, include_in_schema=False, sync_to_thread=True)
def resend(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    position: FromPath[int],
    delivery: FromPath[int],
) -> Redirect:
    if delivery not in [d.id for d, _ in app.alert_store.deliveries(_alert(app, position).position)]:
        raise NotFoundException()
    app.alerting.resend(delivery, by=named(request, app))
    return Redirect(f"/alerts/{position}#deliveries", status_code=303)


@get("/feeds/{token:str}", include_in_schema=False, sync_to_thread=True)
def feed_page(app: NamedDependency[App], token: FromPath[str]) -> Response[bytes]:
    """Only who knows the address gets it."""

    def is_meant(channel: Channel) -> bool:
        return channel.kind is ChannelKind.ATOM and hmac.compare_digest(
            channel.address.encode(), token.encode("utf-8", "surrogateescape")
        )

    channel = next((c for c in app.alert_store.channels() if is_meant(c)), None)
    rule = next((r for r in app.alerting.rules() if channel and channel.id in r.channels), None)
    if channel is None or rule is None:
        raise NotFoundException()
    words = Words(rule.language, app.settings.zone)
    found = app.alert_store.alerts(FEED_LENGTH, rule=rule.id)
    body = feed(
        words("feed.title", rule=rule.name),
        rule.id,
        app.records.home,
        f"{app.settings.board_address}/feeds/{channel.address}",
        words.tongue,
        [app.composer.message(a, rule, str(a.position)) for a in found],
    )
    return Response(body, media_type=MEDIA_TYPE, headers={"Cache-Control": "private, max-age=60"})


@get(
    "/alerts",
    opt=READ,
    summary="What was told, newest first, each with the query and snapshot of its exact list",
    sync_to_thread=True,
)
def api_alerts(app: NamedDependency[App], below: Below = None) -> list[Alert]:
    """A hundred at a time; `below` goes on under a position."""
    return app.alert_store.alerts(100, below=below)


PAGES = (alerts_page, alerts_fired, alert_page, acknowledge, resend, feed_page)
