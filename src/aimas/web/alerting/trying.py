"""The form of a new alert: filled, tried on history, switched on."""

from datetime import time
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Redirect, Template

from aimas.alerts import (
    Backtest,
    ChannelKind,
    QuietHours,
    Rule,
    RuleKind,
    Sensitivity,
)
from aimas.alerts.backtest import DAYS
from aimas.alerts.calendar import calendar
from aimas.app import App
from aimas.core import BadInput
from aimas.web import views
from aimas.web.alerting.charts import backtest_chart, decimal
from aimas.web.alerting.refusals import told_wrong
from aimas.web.alerting.rules import rule_told
from aimas.web.desk import Desk, desk, page
from aimas.web.parameters import Form, Institution
from aimas.web.persons import named
from aimas.web.signing_in import WORK

MOST_DAYS = 730


@get("/alerts/new", opt=WORK, include_in_schema=False, sync_to_thread=True)
def new_alert_page(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    i: Institution = None,
    test: FromQuery[bool] = False,
) -> Template:
    """The form; what is in the address fills it. `test` shows what it would have sent."""
    stand = desk(request, app, i)
    said = dict(request.query_params)
    return _form(stand, said, is_tested=test)


@post("/alerts/backtest", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def backtest_page(request: Request[Any, Any, Any], app: NamedDependency[App], data: Form) -> Template:
    """Tried on history; what a person wrote stays in the form."""
    return _form(desk(request, app, None), data, is_tested=True)


def _form(
    stand: Desk, said: dict[str, str], *, status: int = 200, is_tested: bool = False, wrong: str = ""
) -> Template:
    app = stand.app
    searches = app.searches.all()
    draft = _draft(stand, said)
    result: Backtest | None = None
    saved = next((s for s in searches if s.id == draft["search"]), None)
    if is_tested and not wrong:
        try:
            if saved is None:
                raise BadInput("Choose a saved search.")
            rule = _rule(draft)
            result = app.alerting.backtest(
                saved,
                rule.kind,
                sensitivity=rule.sensitivity,
                hour=rule.hour,
                days=_number(draft, "days", 7, MOST_DAYS),
            )
        except BadInput as error:
            wrong, status = told_wrong(stand, error)["wrong"], 422
    values: dict[str, Any] = {
        "searches": searches,
        "draft": draft,
        "wrong": wrong,
        "result": result,
        "kinds": list(RuleKind),
        "chart": backtest_chart(result) if result and result.days else None,
        "links": views.Links(result.institution, result.snapshot) if result else None,
        "calendar": calendar(),
        "here": "/alerts/new",
        "decimal": decimal(stand),
    }
    return page(stand, "alert_new.html", status, **values)


def _draft(stand: Desk, said: dict[str, str]) -> dict[str, str]:
    """What the form shows: what was said, else what is usual."""
    usual = {
        "name": "",
        "search": "",
        "kind": RuleKind.SPIKE.value,
        "hour": "9",
        "false_alarm_days": "90",
        "minimum": "3",
        "emails": "",
        "webhook": "",
        "telegram": "",
        "atom": "",
        "language": stand.texts.tongue,
        "since": "",
        "until": "",
        "days": str(DAYS),
    }
    return {key: str(said.get(key, value))[:2_000] for key, value in usual.items()}


def _rule(draft: dict[str, str]) -> Rule:
    """Raises BadInput for what the form does not offer."""
    if draft["kind"] not in {k.value for k in RuleKind}:
        raise BadInput("Choose when the alert speaks.")
    quiet = None
    if draft["since"] or draft["until"]:
        try:
            quiet = QuietHours(time.fromisoformat(draft["since"]), time.fromisoformat(draft["until"]))
        except ValueError:
            raise BadInput("Quiet hours begin and end at different times.") from None
    return Rule(
        id="",
        name=" ".join(draft["name"].split()),
        search=draft["search"],
        kind=RuleKind(draft["kind"]),
        language=draft["language"],
        hour=None if draft["hour"] == "" else _number(draft, "hour", 0, 23),
        sensitivity=Sensitivity(
            _number(draft, "false_alarm_days", 7, 3_650), _number(draft, "minimum", 1, 1_000_000)
        ),
        quiet=quiet,
    )


def _number(draft: dict[str, str], key: str, low: int, high: int) -> int:
    text = draft[key].strip()
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise BadInput(f"A number from {low} to {high} is needed.")
    return int(text)


def _channels(draft: dict[str, str]) -> list[tuple[ChannelKind, str]]:
    found = [(ChannelKind.EMAIL, a) for a in draft["emails"].replace(",", " ").replace(";", " ").split()]
    if draft["webhook"].strip():
        found.append((ChannelKind.WEBHOOK, draft["webhook"].strip()))
    if draft["telegram"].strip():
        found.append((ChannelKind.TELEGRAM, draft["telegram"].strip()))
    if draft["atom"]:
        found.append((ChannelKind.ATOM, ""))
    return found


@post("/alerts/add", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def add_alert(request: Request[Any, Any, Any], app: NamedDependency[App], data: Form) -> Response[Any]:
    """Switched on; new secrets are shown on the page that answers, and never again."""
    stand = desk(request, app, None)
    draft = _draft(stand, data)
    try:
        if not any(s.id == draft["search"] for s in app.searches.all()):
            raise BadInput("Choose a saved search.")
        rule, made = app.alerting.add(_rule(draft), _channels(draft), by=named(request, app))
    except BadInput as error:
        return _form(stand, data, status=422, wrong=told_wrong(stand, error)["wrong"])
    secrets = [c for c in made if c.kind is ChannelKind.WEBHOOK]
    if not secrets:
        return Redirect(f"/alerts/rules/{rule.id}", status_code=303)
    return rule_told(stand, rule, secrets)


PAGES = (new_alert_page, backtest_page, add_alert)
