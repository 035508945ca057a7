"""Rules that watch: what each listens to, where it speaks, muted or retired."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, get, post
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Redirect, Template

from aimas.alerts import (
    Channel,
    ChannelKind,
    Rule,
    SavedSearch,
)
from aimas.app import App
from aimas.search import QueryError
from aimas.web import mistakes, views
from aimas.web.desk import Desk, desk, page
from aimas.web.parameters import Form
from aimas.web.persons import named
from aimas.web.signing_in import READ, WORK

PER_PAGE = 30
SPANS = (("1", 1), ("8", 8), ("24", 24), ("168", 168))
"""Hours for which an alert can be muted."""


class RuleLine(msgspec.Struct, frozen=True):
    rule: Rule
    search: str
    muted_until: datetime | None
    channels: tuple[Channel, ...]
    trouble: str


def rule_lines(stand: Desk) -> list[RuleLine]:
    app = stand.app
    searches = {s.id: s for s in app.searches.all()}
    return [rule_line(stand, r, searches.get(r.search)) for r in app.alerting.rules()]


def rule_line(stand: Desk, rule: Rule, saved: SavedSearch | None) -> RuleLine:
    app = stand.app
    trouble = ""
    if saved is not None:
        try:
            app.searches.question(saved)
        except QueryError as error:
            trouble = mistakes.told(error, stand.texts)
    muted_until = app.alert_store.state_of(rule.id).muted_until
    is_muted = muted_until is not None and muted_until > app.clock.now()
    channels = tuple(c for id in rule.channels if (c := app.alert_store.get_channel(id)))
    return RuleLine(rule, saved.name if saved else "", muted_until if is_muted else None, channels, trouble)


@get("/alerts/rules/{id:str}", opt=READ, include_in_schema=False, sync_to_thread=True)
def rule_page(request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str]) -> Template:
    return rule_told(desk(request, app, None), _known_rule(app, id), [])


def _known_rule(app: App, id: str) -> Rule:
    found = app.alert_store.get_rule(id)
    if found is None:
        raise NotFoundException()
    return found


def rule_told(stand: Desk, rule: Rule, secrets: Sequence[Channel]) -> Template:
    app = stand.app
    saved = next((s for s in app.searches.all() if s.id == rule.search), None)
    found = app.alert_store.alerts(PER_PAGE, rule=rule.id)
    line = rule_line(stand, rule, saved)
    again = {
        "search": rule.search,
        "kind": rule.kind.value,
        "hour": "" if rule.hour is None else rule.hour,
        "false_alarm_days": rule.sensitivity.false_alarm_days,
        "minimum": rule.sensitivity.minimum,
        "test": "true",
    }
    return page(
        stand,
        "alert_rule.html",
        line=line,
        saved=saved,
        secrets=secrets,
        is_on=any(r.id == rule.id for r in app.alerting.rules()),
        fired=[(a, views.Links(a.institution, a.snapshot)) for a in found],
        feeds=[
            f"{app.settings.board_address}/feeds/{c.address}"
            for id in rule.channels
            if (c := app.alert_store.get_channel(id)) and c.kind is ChannelKind.ATOM
        ],
        backtest="/alerts/new?" + urlencode(again),
        spans=SPANS,
        unset=sorted({c.kind.value for c in line.channels} & _unset(app)),
        here=f"/alerts/rules/{rule.id}",
    )


def _unset(app: App) -> set[str]:
    """Channels that the settings say nothing about."""
    said = app.settings
    needed = {
        ChannelKind.EMAIL: said.smtp_host and said.smtp_from,
        ChannelKind.TELEGRAM: said.telegram_token.get_secret_value(),
    }
    return {kind.value for kind, setting in needed.items() if not setting}


@post("/alerts/rules/{id:str}/mute", opt=WORK, include_in_schema=False, sync_to_thread=True)
def mute(
    request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str], data: Form
) -> Redirect:
    """For so many hours; without any it speaks again."""
    rule = _known_rule(app, id)
    hours = dict(SPANS).get(data.get("hours", ""))
    until = app.clock.now().astimezone(UTC) + timedelta(hours=hours) if hours else None
    app.alerting.mute(rule, until, by=named(request, app))
    return Redirect(f"/alerts/rules/{id}", status_code=303)


@post("/alerts/rules/{id:str}/retire", opt=WORK, include_in_schema=False, sync_to_thread=True)
def retire_rule(request: Request[Any, Any, Any], app: NamedDependency[App], id: FromPath[str]) -> Redirect:
    app.alerting.retire(_known_rule(app, id), by=named(request, app))
    return Redirect("/alerts", status_code=303)


PAGES = (rule_page, mute, retire_rule)
