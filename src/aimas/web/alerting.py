"""Pages of saved searches and alerts: what was told and why, what watches, and what a rule would have sent."""

import hmac
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import QueryParameter
from litestar.response import Redirect, Template

from aimas.alerts import (
    Alert,
    Backtest,
    Channel,
    ChannelKind,
    QuietHours,
    Rule,
    RuleKind,
    SavedSearch,
    Sensitivity,
)
from aimas.alerts.backtest import DAYS
from aimas.alerts.calendar import Calendar, calendar
from aimas.alerts.judging import on
from aimas.alerts.searches import reference
from aimas.alerts.words import Words
from aimas.app import App
from aimas.core import BadInput
from aimas.notify import feed
from aimas.notify.atom import MEDIA_TYPE
from aimas.search import QueryError, parse, written
from aimas.search.board import Figure
from aimas.web import mistakes, views
from aimas.web.chart import scale
from aimas.web.pages import Desk, Form, Institution, desk, page
from aimas.web.persons import person
from aimas.web.signing_in import READ, READ_LIVE, WORK
from aimas.web.texts import Texts

PER_PAGE = 30
SHOWN = 20
"""Contributing publications on an alert's own page; the link beside them opens all."""
FEED_LENGTH = 30
MOST_DAYS = 730
SPANS = (("1", 1), ("8", 8), ("24", 24), ("168", 168))
"""Hours for which an alert can be muted."""
Below = Annotated[int | None, QueryParameter(name="below", ge=0, le=2**62 - 1)]


class SearchLine(msgspec.Struct, frozen=True):
    saved: SavedSearch
    reference: str
    today: Figure | None
    """None where the query can't be asked."""
    month: Figure | None
    links: views.Links | None
    trouble: str
    rules: int


class RuleLine(msgspec.Struct, frozen=True):
    rule: Rule
    search: str
    muted_until: datetime | None
    channels: tuple[Channel, ...]
    trouble: str


class Bar(msgspec.Struct, frozen=True):
    """One day beside what was to be expected of it."""

    day: date
    count: int
    href: str
    x: float
    y: float
    height: float
    expected: float
    expected_y: float
    threshold: int | None
    threshold_y: float | None
    is_told: bool
    is_off: bool
    is_labelled: bool
    weight: float | None


class SpikeChart(msgspec.Struct, frozen=True):
    bars: tuple[Bar, ...]
    lines: tuple[tuple[int, float], ...]
    step: float
    width: float
    height: int
    base: int


LEFT, TOP, PLOT, FOOT, WIDTH = 34, 30, 150, 24, 960


@get("/searches", opt=READ, include_in_schema=False, sync_to_thread=True)
def searches_page(
    request: Request[Any, Any, Any], app: App, i: Institution = None, q: str = "", saved: str = ""
) -> Template:
    """`q` fills the form, `saved` names what was saved just now."""
    stand = desk(request, app, i)
    return _searches(stand, draft={"name": "", "q": q[:4_000]}, saved=saved[:100])


def _searches(stand: Desk, status: int = 200, **values: Any) -> Template:
    rules = stand.app.alerting.rules()
    lines = [_search_line(stand, s, rules) for s in stand.app.searches.all()]
    about: dict[str, Any] = {"wrong": "", "place": None, "saved": "", "draft": {"name": "", "q": ""}}
    about |= {"lines": lines, "here": "/searches"}
    return page(stand, "searches.html", status, **(about | values))


def _search_line(stand: Desk, saved: SavedSearch, rules: Sequence[Rule]) -> SearchLine:
    app = stand.app
    known = sum(r.search == saved.id for r in rules)
    name = reference(saved.name)
    try:
        question = app.searches.question(saved)
    except QueryError as error:
        return SearchLine(saved, name, None, None, None, mistakes.told(error, stand.texts), known)
    scope, today = question.scope, app.search.today()
    counts = app.search.days(question, today - timedelta(days=29), today)
    span = f"date:{today - timedelta(days=29)}..{today}"
    month = written(parse(f"({written(question.node)}) {span}", today))
    return SearchLine(
        saved,
        name,
        Figure("today", counts.get(today, 0), written(on(today, question.node))),
        Figure("month", sum(counts.values()), month),
        views.Links(scope.institution, scope.snapshot),
        "",
        known,
    )


@post("/searches/save", opt=WORK, include_in_schema=False, sync_to_thread=True)
def save_search(
    request: Request[Any, Any, Any], app: App, data: Form, i: Institution = None
) -> Response[Any]:
    stand = desk(request, app, i)
    name, query = data.get("name", "")[:200], data.get("q", "")[:4_000]
    try:
        saved = app.searches.save(name, query, stand.profile.id, by=_by(request, app))
    except BadInput as error:
        return _searches(stand, 422, draft={"name": name, "q": query}, **_wrong(stand, error))
    return Redirect("/searches?" + urlencode({"saved": saved.name}), status_code=303)


@post("/searches/{id:str}/change", opt=WORK, include_in_schema=False, sync_to_thread=True)
def change_search(request: Request[Any, Any, Any], app: App, id: str, data: Form) -> Response[Any]:
    stand = desk(request, app, None)
    saved = _saved(app, id)
    name, query = data.get("name", "")[:200], data.get("q", "")[:4_000]
    try:
        changed = app.searches.change(saved, name=name, query=query, by=_by(request, app))
    except BadInput as error:
        return _searches(stand, 422, **_wrong(stand, error))
    return Redirect("/searches?" + urlencode({"saved": changed.name}), status_code=303)


@post("/searches/{id:str}/retire", opt=WORK, include_in_schema=False, sync_to_thread=True)
def retire_search(request: Request[Any, Any, Any], app: App, id: str) -> Response[Any]:
    stand = desk(request, app, None)
    try:
        app.searches.retire(_saved(app, id), by=_by(request, app))
    except BadInput as error:
        return _searches(stand, 422, **_wrong(stand, error))
    return Redirect("/searches", status_code=303)


def _saved(app: App, id: str) -> SavedSearch:
    found = next((s for s in app.searches.all() if s.id == id), None)
    if found is None:
        raise NotFoundException()
    return found


def _by(request: Request[Any, Any, Any], app: App) -> str:
    """Empty for this home's own user, whom the ledger names anyway."""
    actor = person(request, app)
    return "" if actor.name == app.actor.name else str(actor)


def _wrong(stand: Desk, error: BadInput) -> dict[str, Any]:
    """What is wrong, in the reader's language; with its place where it is a query."""
    if isinstance(error, QueryError):
        q = error.query
        place = {"before": q[: error.start], "here": q[error.start : error.end], "after": q[error.end :]}
        return {"wrong": mistakes.told(error, stand.texts), "place": place}
    return {"wrong": refusal(str(error), stand.texts), "place": None}


# The domain speaks English; each of its sentences that a form can meet has a key here.
REFUSALS: tuple[tuple[str, str], ...] = (
    (r"“(?P<name>.*)” is saved already\..*", "taken"),
    (r"There is an alert “(?P<name>.*)” already\..*", "taken"),
    (r"(?:A|An alert's) name has (?P<low>\d+) to (?P<high>\d+) characters\.", "length"),
    (r"A name can't hold (?P<sign>.+): queries use it as @name\.", "sign"),
    (r"A saved query has at most (?P<n>\d+) characters.*", "long"),
    (r"Alerts go by “(?P<name>.*)”: (?P<who>.*)\. Retire them first\.", "used"),
    (r"“(?P<who>.*)” names @(?P<name>.*)\. Change it first\.", "named"),
    (r"Quiet hours begin and end at different times\.", "quiet"),
    (r"That is no address for (?P<kind>\w+): write (?P<form>.*)\.", "address"),
    (r"Choose a saved search\.", "search"),
    (r"Choose when the alert speaks\.", "kind"),
    (r"A number from (?P<low>\d+) to (?P<high>\d+) is needed\.", "number"),
)


def refusal(message: str, texts: Texts) -> str:
    """In the reader's language."""
    for pattern, key in REFUSALS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return texts.filled(f"refused.{key}", found.groupdict())
    return texts("refused.fallback", said=message)


@get("/alerts", opt=READ, include_in_schema=False, sync_to_thread=True)
def alerts_page(request: Request[Any, Any, Any], app: App, below: Below = None) -> Template:
    stand = desk(request, app, None)
    return page(stand, "alerts.html", rules=_rule_lines(stand), **_fired(app, below))


@get("/alerts/fired", opt=READ_LIVE, include_in_schema=False, sync_to_thread=True)
def alerts_fired(request: Request[Any, Any, Any], app: App) -> Template:
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


def _rule_lines(stand: Desk) -> list[RuleLine]:
    app = stand.app
    searches = {s.id: s for s in app.searches.all()}
    return [_rule_line(stand, r, searches.get(r.search)) for r in app.alerting.rules()]


def _rule_line(stand: Desk, rule: Rule, saved: SavedSearch | None) -> RuleLine:
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


@get("/alerts/{position:int}", opt=READ, include_in_schema=False, sync_to_thread=True)
def alert_page(request: Request[Any, Any, Any], app: App, position: int) -> Template:
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
        chart=_baseline_chart(found),
        days=[(d, Figure("day", d.count, _day_query(app, found, d.day))) for d in reversed(days)],
        deliveries=[
            (d, app.alert_store.get_channel(d.channel), tries)
            for d, tries in app.alert_store.deliveries(position)
        ],
        calendar=calendar(),
        decimal=_decimal(stand),
    )


def _decimal(stand: Desk) -> Callable[[float], str]:
    """Numbers with a fraction, as the reader's language writes them."""
    return Words(stand.texts.tongue, stand.app.settings.zone).number


def _alert(app: App, position: int) -> Alert:
    found = app.alert_store.get_alert(position) if position < 2**62 else None
    if found is None:
        raise NotFoundException()
    return found


def _day_query(app: App, alert: Alert, day: date) -> str:
    return written(on(day, parse(alert.watched, app.search.today())))


@post("/alerts/{position:int}/ack", opt=WORK, include_in_schema=False, sync_to_thread=True)
def acknowledge(request: Request[Any, Any, Any], app: App, position: int, data: Form) -> Redirect:
    """Who was faster stands on the page that follows."""
    found = _alert(app, position)
    if found.acknowledged is None:
        # Somebody else may do so meanwhile.
        with suppress(BadInput):
            app.alerting.acknowledge(found, data.get("note", ""), by=_by(request, app))
    return Redirect(f"/alerts/{position}#ack", status_code=303)


@post("/alerts/{position:int}/resend/{delivery:int}", opt=WORK, include_in_schema=False, sync_to_thread=True)
def resend(request: Request[Any, Any, Any], app: App, position: int, delivery: int) -> Redirect:
    if delivery not in [d.id for d, _ in app.alert_store.deliveries(_alert(app, position).position)]:
        raise NotFoundException()
    app.alerting.resend(delivery, by=_by(request, app))
    return Redirect(f"/alerts/{position}#deliveries", status_code=303)


@get("/alerts/new", opt=WORK, include_in_schema=False, sync_to_thread=True)
def new_alert_page(
    request: Request[Any, Any, Any], app: App, i: Institution = None, test: bool = False
) -> Template:
    """The form; what is in the address fills it. `test` shows what it would have sent."""
    stand = desk(request, app, i)
    said = dict(request.query_params)
    return _form(stand, said, is_tested=test)


@post("/alerts/backtest", opt=WORK, include_in_schema=False, status_code=200, sync_to_thread=True)
def backtest_page(request: Request[Any, Any, Any], app: App, data: Form) -> Template:
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
            wrong, status = _wrong(stand, error)["wrong"], 422
    values: dict[str, Any] = {
        "searches": searches,
        "draft": draft,
        "wrong": wrong,
        "result": result,
        "kinds": list(RuleKind),
        "chart": _backtest_chart(result) if result and result.days else None,
        "links": views.Links(result.institution, result.snapshot) if result else None,
        "calendar": calendar(),
        "here": "/alerts/new",
        "decimal": _decimal(stand),
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
def add_alert(request: Request[Any, Any, Any], app: App, data: Form) -> Response[Any]:
    """Switched on; new secrets are shown on the page that answers, and never again."""
    stand = desk(request, app, None)
    draft = _draft(stand, data)
    try:
        if not any(s.id == draft["search"] for s in app.searches.all()):
            raise BadInput("Choose a saved search.")
        rule, made = app.alerting.add(_rule(draft), _channels(draft), by=_by(request, app))
    except BadInput as error:
        return _form(stand, data, status=422, wrong=_wrong(stand, error)["wrong"])
    secrets = [c for c in made if c.kind is ChannelKind.WEBHOOK]
    if not secrets:
        return Redirect(f"/alerts/rules/{rule.id}", status_code=303)
    return _rule_page(stand, rule, secrets)


@get("/alerts/rules/{id:str}", opt=READ, include_in_schema=False, sync_to_thread=True)
def rule_page(request: Request[Any, Any, Any], app: App, id: str) -> Template:
    return _rule_page(desk(request, app, None), _known_rule(app, id), [])


def _known_rule(app: App, id: str) -> Rule:
    found = app.alert_store.get_rule(id)
    if found is None:
        raise NotFoundException()
    return found


def _rule_page(stand: Desk, rule: Rule, secrets: Sequence[Channel]) -> Template:
    app = stand.app
    saved = next((s for s in app.searches.all() if s.id == rule.search), None)
    found = app.alert_store.alerts(PER_PAGE, rule=rule.id)
    line = _rule_line(stand, rule, saved)
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
def mute(request: Request[Any, Any, Any], app: App, id: str, data: Form) -> Redirect:
    """For so many hours; without any it speaks again."""
    rule = _known_rule(app, id)
    hours = dict(SPANS).get(data.get("hours", ""))
    until = app.clock.now().astimezone(UTC) + timedelta(hours=hours) if hours else None
    app.alerting.mute(rule, until, by=_by(request, app))
    return Redirect(f"/alerts/rules/{id}", status_code=303)


@post("/alerts/rules/{id:str}/retire", opt=WORK, include_in_schema=False, sync_to_thread=True)
def retire_rule(request: Request[Any, Any, Any], app: App, id: str) -> Redirect:
    app.alerting.retire(_known_rule(app, id), by=_by(request, app))
    return Redirect("/alerts", status_code=303)


@get("/feeds/{token:str}", include_in_schema=False, sync_to_thread=True)
def feed_page(app: App, token: str) -> Response[bytes]:
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


class PublicSearch(msgspec.Struct, frozen=True):
    name: str
    query: str
    institution: str
    saved_at: datetime
    position: int
    """The act in the ledger."""


@get("/searches", opt=READ, summary="Saved searches; a query names one as @name", sync_to_thread=True)
def api_searches(app: App) -> list[PublicSearch]:
    return [PublicSearch(s.name, s.query, s.institution, s.at, s.position) for s in app.searches.all()]


@get(
    "/alerts",
    opt=READ,
    summary="What was told, newest first, each with the query and snapshot of its exact list",
    sync_to_thread=True,
)
def api_alerts(app: App, below: Below = None) -> list[Alert]:
    """A hundred at a time; `below` goes on under a position."""
    return app.alert_store.alerts(100, below=below)


def _baseline_chart(alert: Alert) -> SpikeChart | None:
    """The days before, and the day that was told as the last."""
    if alert.baseline is None:
        return None
    links = views.Links(alert.institution, alert.snapshot)
    base = alert.baseline
    past = [(d.day, d.count, d.expected, None, False, d.weight) for d in base.days]
    told = (base.day, alert.count, base.expected, base.threshold, True, None)
    return _chart([*past, told], lambda day: links.query(_dated(alert.watched, day)), calendar())


def _backtest_chart(result: Backtest) -> SpikeChart:
    links = views.Links(result.institution, result.snapshot)
    days = [(d.day, d.count, d.expected or 0.0, d.threshold, bool(d.messages), None) for d in result.days]
    queries = {d.day: d.query for d in result.days}
    return _chart(days, lambda day: links.query(queries[day]), calendar())


def _dated(watched: str, day: date) -> str:
    return written(on(day, parse(watched, day)))


def _chart(days: Sequence[tuple[Any, ...]], href: Any, of: Calendar) -> SpikeChart:
    highest = max(
        (max(count, threshold or 0, expected) for _, count, expected, threshold, _, _ in days), default=1
    )
    lines = scale(max(1, int(highest + 0.999)))
    most, base = lines[-1], TOP + PLOT
    first = days[0][0] if days else date.min
    span = (days[-1][0] - first).days + 1 if days else 1
    step = (WIDTH - LEFT - 4) / span

    def y(n: float) -> float:
        return base - n / most * PLOT

    bars = []
    for day, count, expected, threshold, is_told, weight in days:
        number = (day - first).days
        bars.append(
            Bar(
                day,
                count,
                href(day),
                LEFT + number * step,
                y(count),
                count / most * PLOT,
                expected,
                y(expected),
                threshold,
                None if threshold is None else y(threshold),
                is_told,
                of.is_off(day),
                (span - 1 - number) % 14 == 0,
                weight,
            )
        )
    return SpikeChart(tuple(bars), tuple((n, y(n)) for n in lines), step, WIDTH, base + FOOT, base)


ALERTING = (
    searches_page,
    save_search,
    change_search,
    retire_search,
    alerts_page,
    alerts_fired,
    alert_page,
    acknowledge,
    resend,
    new_alert_page,
    backtest_page,
    add_alert,
    rule_page,
    mute,
    retire_rule,
    feed_page,
)
