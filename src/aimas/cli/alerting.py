"""Verbs of saved searches and alerts: save, switch on, try on history, acknowledge, mute, send."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

import click
import msgspec

from aimas.alerts import Alert, Channel, ChannelKind, QuietHours, Rule, RuleKind, SavedSearch, Sensitivity
from aimas.alerts.backtest import DAYS
from aimas.alerts.messages import list_path
from aimas.alerts.searches import reference
from aimas.app import App
from aimas.cli.base import emit, errors, json_option, say, with_app
from aimas.core import BadInput


@click.group()
def searches() -> None:
    """Queries with a name; other queries use them as @name."""


@searches.command("save")
@click.argument("name")
@click.argument("query")
@click.option(
    "--profile", "institution", help="Whose tones and themes are meant; the home's first when absent."
)
@json_option
@with_app
def save(app: App, name: str, query: str, institution: str | None, as_json: bool) -> None:
    """Save a query under a name."""
    saved = app.searches.save(name, query, _institution(app, institution))
    emit(_search_row(app, saved)) if as_json else say(
        f"“{saved.name}” is saved; queries may say {reference(saved.name)}."
    )


@searches.command("list")
@json_option
@with_app
def list_searches(app: App, as_json: bool) -> None:
    """Each with how many of today it finds."""
    rows = [_search_row(app, s) for s in app.searches.all()]
    if as_json:
        emit(rows)
        return
    for row in rows:
        today = "?" if row["today"] is None else f"{row['today']:,}"
        say(f"{row['name']:<30} today {today:>6}  {row['institution']:<14} {row['query']}")
    say(f"{len(rows)} saved searches")


@searches.command("change")
@click.argument("name")
@click.option("--name", "new_name", help="Another name.")
@click.option("--query", help="Another query.")
@json_option
@with_app
def change(app: App, name: str, new_name: str | None, query: str | None, as_json: bool) -> None:
    """Give a saved search another name or query; what it was stays in the ledger."""
    if new_name is None and query is None:
        raise click.UsageError("Give --name, --query or both.")
    saved = app.searches.change(app.searches.require(name), name=new_name, query=query)
    emit(_search_row(app, saved)) if as_json else say(f"“{saved.name}” finds now: {saved.query}")


@searches.command("retire")
@click.argument("name")
@with_app
def retire_search(app: App, name: str) -> None:
    """Take it off the list; the ledger keeps it."""
    saved = app.searches.require(name)
    app.searches.retire(saved)
    say(f"“{saved.name}” is retired.")


def _search_row(app: App, saved: SavedSearch) -> dict[str, Any]:
    from aimas.alerts.judging import on

    row: dict[str, Any] = msgspec.to_builtins(saved)
    try:
        question = app.searches.question(saved)
        today = app.search.about(
            on(app.search.today(), question.node), saved.institution, question.scope.snapshot
        )
        return row | {
            "today": app.search.count(today),
            "today_query": today.text,
            "snapshot": today.scope.snapshot,
        }
    except BadInput as error:
        return row | {"today": None, "trouble": str(error)}


def _institution(app: App, said: str | None) -> str:
    known = [p.id for p in app.profiles]
    if said is not None and said not in known:
        raise BadInput(f"This home does not listen for {said}, only for {', '.join(known)}.")
    return said or known[0]


@click.group()
def alerts() -> None:
    """What watches saved searches and tells."""


def _rule_options(command: Any) -> Any:
    for option in (
        click.option(
            "--kind",
            type=click.Choice([k.value for k in RuleKind]),
            default=RuleKind.EVERY.value,
            show_default=True,
            help="Every new item at once, a digest at set hours, or days with more than chance explains.",
        ),
        click.option(
            "--hour", type=click.IntRange(0, 23), help="Of a daily digest; a digest without it is hourly."
        ),
        click.option(
            "--false-alarm-days",
            type=click.IntRange(7, 3650),
            default=90,
            show_default=True,
            help="Of a spike: one false alarm is expected in so many days.",
        ),
        click.option(
            "--minimum",
            type=click.IntRange(1),
            default=3,
            show_default=True,
            help="Of a spike: fewer publications in a day are never one.",
        ),
    ):
        command = option(command)
    return command


@alerts.command("add")
@click.argument("name")
@click.option("--search", "search", help="The saved search that is watched.")
@click.option("--query", help="Watch this query: it is saved under the alert's name first.")
@_rule_options
@click.option(
    "--email", "emails", multiple=True, metavar="ADDRESS", help="Several are possible, as of all channels."
)
@click.option("--webhook", "webhooks", multiple=True, metavar="ADDRESS")
@click.option("--telegram", "chats", multiple=True, metavar="CHAT", help="Id of a chat that the bot is in.")
@click.option("--atom", is_flag=True, help="A feed at an address that nobody can guess.")
@click.option(
    "--language", type=click.Choice(["ru", "kk", "en"]), help="Of messages; the home's when absent."
)
@click.option(
    "--quiet", metavar="22:00-07:00", help="Hours in which nothing is sent, in the home's time zone."
)
@click.option(
    "--profile",
    "institution",
    help="With --query: whose tones and themes are meant; the home's first when absent.",
)
@json_option
@with_app
def add(
    app: App,
    name: str,
    search: str | None,
    query: str | None,
    kind: str,
    hour: int | None,
    false_alarm_days: int,
    minimum: int,
    emails: tuple[str, ...],
    webhooks: tuple[str, ...],
    chats: tuple[str, ...],
    atom: bool,
    language: str | None,
    quiet: str | None,
    institution: str | None,
    as_json: bool,
) -> None:
    """Switch an alert on. What was there before is not told; try it first with `aimas alerts backtest`."""
    if (search is None) == (query is None):
        raise click.UsageError("Give --search NAME, or --query.")
    channels = [(ChannelKind.EMAIL, a) for a in emails]
    channels += [(ChannelKind.WEBHOOK, a) for a in webhooks]
    channels += [(ChannelKind.TELEGRAM, a) for a in chats]
    channels += [(ChannelKind.ATOM, "")] if atom else []
    rule = Rule(
        id="",
        name=name,
        search=search or name,
        kind=RuleKind(kind),
        language=language or app.settings.language,
        hour=hour,
        sensitivity=Sensitivity(false_alarm_days, minimum),
        quiet=_quiet(quiet),
    )
    app.alerting.check(rule, channels)
    if query is not None:
        app.searches.save(name, query, _institution(app, institution))
    rule, made = app.alerting.add(rule, channels)
    if emails and not (app.settings.smtp_host and app.settings.smtp_from):
        errors.print("No mail server is set yet: smtp_host and smtp_from in aimas.toml.")
    if chats and not app.settings.telegram_token.get_secret_value():
        errors.print("No bot is set yet: AIMAS_TELEGRAM_TOKEN.")
    if as_json:
        new = [_shown(app, c, with_secret=True) for c in made]
        emit({"id": rule.id, "name": rule.name, "kind": rule.kind.value, "channels": new})
        return
    say(f"“{rule.name}” is on ({rule.id}).")
    for channel in made:
        if channel.kind is ChannelKind.WEBHOOK:
            say(f"Secret of the webhook {channel.shown}, shown this once: {channel.secret}")
        if channel.kind is ChannelKind.ATOM:
            say(f"Its feed: {feed_address(app, channel)}")


def feed_address(app: App, channel: Channel) -> str:
    return f"{app.settings.board_address}/feeds/{channel.address}"


def _shown(app: App, channel: Channel, with_secret: bool = False) -> dict[str, Any]:
    shown = {"id": channel.id, "kind": channel.kind.value, "shown": channel.shown}
    if channel.kind is ChannelKind.ATOM:
        shown["address"] = feed_address(app, channel)
    return shown | ({"secret": channel.secret} if with_secret and channel.secret else {})


def _quiet(said: str | None) -> QuietHours | None:
    if said is None:
        return None
    since, _, until = said.partition("-")
    try:
        return QuietHours(time.fromisoformat(since.strip()), time.fromisoformat(until.strip()))
    except ValueError:
        raise click.UsageError(f"--quiet {said}: write two times of the day, as 22:00-07:00") from None


@alerts.command("list")
@json_option
@with_app
def list_alerts(app: App, as_json: bool) -> None:
    """Every alert that is on, with when it is muted and where it goes."""
    names = {s.id: s.name for s in app.searches.all()}
    rows = []
    for rule in app.alerting.rules():
        state = app.alert_store.state_of(rule.id)
        row = msgspec.to_builtins(rule) | {
            "search_name": names.get(rule.search, rule.search),
            "muted_until": state.muted_until,
            "fired": len(app.alert_store.alerts(1_000, rule=rule.id)),
            "channels": [_shown(app, c) for id in rule.channels if (c := app.alert_store.get_channel(id))],
        }
        rows.append(row)
    if as_json:
        emit(rows)
        return
    for row in rows:
        to = ", ".join(f"{c['kind']} {c['shown']}" for c in row["channels"]) or "only shown here"
        muted = f"  muted until {row['muted_until']:%Y-%m-%d %H:%M}" if row["muted_until"] else ""
        about = f"{row['id']}  {row['name']:<24} {row['kind']:<7} {row['search_name']:<20}"
        say(f"{about} fired {row['fired']:>4}  {to}{muted}")
    say(f"{len(rows)} alerts")


@alerts.command("fired")
@click.option("--open", "only_open", is_flag=True, help="Only what nobody has acknowledged.")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_app
def fired(app: App, only_open: bool, limit: int, as_json: bool) -> None:
    """What was told, newest first."""
    found = app.alert_store.alerts(limit, only_open=only_open)
    if as_json:
        emit([_alert_row(app, a) for a in found])
        return
    for a in found:
        mark = "✓" if a.acknowledged else " "
        when = a.at.astimezone(app.settings.zone).strftime("%Y-%m-%d %H:%M") if a.at else ""
        say(f"{a.position:>8} {mark} {when}  {a.rule_name:<24} {a.why['en']}")
    say(f"{app.alert_store.open_count()} wait for somebody to acknowledge them")


@alerts.command("show")
@click.argument("alert", type=int)
@json_option
@with_app
def show(app: App, alert: int, as_json: bool) -> None:
    """One alert with its baseline, list and deliveries."""
    found = _require(app, alert)
    row = _alert_row(app, found)
    deliveries = app.alert_store.deliveries(alert)
    row["deliveries"] = [
        msgspec.to_builtins(d)
        | {"channel": _shown(app, c) if (c := app.alert_store.get_channel(d.channel)) else d.channel}
        | {"attempts": msgspec.to_builtins(tries)}
        for d, tries in deliveries
    ]
    if as_json:
        emit(row)
        return
    say(f"{found.rule_name}: {found.why['en']}")
    say(f"  {row['link']}")
    if found.baseline:
        say(
            f"  expected {found.baseline.expected:.2f}, threshold {found.baseline.threshold}, {found.baseline.method}"
        )
    for delivery, tries in deliveries:
        channel = app.alert_store.get_channel(delivery.channel)
        kind = channel.kind.value if channel else "?"
        say(f"  delivery {delivery.id}: {kind} {delivery.state.value}, {delivery.tries} tries")
        for attempt in tries:
            say(f"    {attempt.number} {attempt.outcome} {attempt.detail}")
    if found.acknowledged:
        say(f"  acknowledged by {found.acknowledged.by} {found.acknowledged.note}")


def _alert_row(app: App, alert: Alert) -> dict[str, Any]:
    row: dict[str, Any] = msgspec.to_builtins(alert)
    return row | {"link": f"{app.settings.board_address}{list_path(alert)}"}


def _require(app: App, position: int) -> Alert:
    found = app.alert_store.get_alert(position)
    if found is None:
        raise BadInput(f"There is no alert {position}. Run: aimas alerts fired")
    return found


@alerts.command("backtest")
@click.argument("search", required=False)
@click.option("--query", help="This query instead of a saved search.")
@_rule_options
@click.option(
    "--days", type=click.IntRange(7, 3650), default=DAYS, show_default=True, help="Up to yesterday."
)
@click.option(
    "--profile",
    "institution",
    help="With --query: whose tones and themes are meant; the home's first when absent.",
)
@json_option
@with_app
def backtest(
    app: App,
    search: str | None,
    query: str | None,
    kind: str,
    hour: int | None,
    false_alarm_days: int,
    minimum: int,
    days: int,
    institution: str | None,
    as_json: bool,
) -> None:
    """What an alert would have sent on the history that is on file, and how often."""
    if (search is None) == (query is None):
        raise click.UsageError("Give the name of a saved search, or --query.")
    if query is not None:
        of = _institution(app, institution)
        saved = SavedSearch(
            id="", name="", query=query, institution=of, by="", position=0, at=app.clock.now()
        )
    else:
        saved = app.searches.require(str(search))
    sensitivity = Sensitivity(false_alarm_days, minimum)
    result = app.alerting.backtest(saved, RuleKind(kind), sensitivity=sensitivity, hour=hour, days=days)
    if as_json:
        emit(result)
        return
    for firing in result.firings:
        against = (
            ""
            if firing.expected is None
            else f"  expected {firing.expected:.1f}, threshold {firing.threshold}"
        )
        say(f"{firing.day}  {firing.count:>6,} publications{against}  {firing.messages} message(s)")
    say(
        f"{result.messages} messages in {result.judged_days} days from {result.since} to {result.until}: "
        f"{result.per_week} a week, at snapshot {result.snapshot}."
    )
    if result.judged_days < days:
        say(f"{days - result.judged_days} days have too little history before them and were not judged.")


@alerts.command("ack")
@click.argument("alert", type=int)
@click.option("--note", default="", help="What was done about it.")
@with_app
def ack(app: App, alert: int, note: str) -> None:
    """Say that you have seen it; the ledger keeps who and when."""
    app.alerting.acknowledge(_require(app, alert), note)
    say(f"Alert {alert} is acknowledged by {app.actor}.")


@alerts.command("mute")
@click.argument("alert")
@click.option("--hours", type=click.FloatRange(0.1, 24 * 365), help="For so long from now.")
@click.option("--until", type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]), help="In the home's time zone.")
@with_app
def mute(app: App, alert: str, hours: float | None, until: datetime | None) -> None:
    """Send nothing for a while; what it finds is still recorded."""
    if hours is not None and until is None:
        moment = app.clock.now() + timedelta(hours=hours)
    elif until is not None and hours is None:
        moment = until.replace(tzinfo=app.settings.zone)
    else:
        raise click.UsageError("Give --hours or --until.")
    rule = app.alerting.require_rule(alert)
    app.alerting.mute(rule, moment.astimezone(UTC))
    say(f"“{rule.name}” is muted until {moment.astimezone(app.settings.zone):%Y-%m-%d %H:%M}.")


@alerts.command("unmute")
@click.argument("alert")
@with_app
def unmute(app: App, alert: str) -> None:
    """Let it send again."""
    rule = app.alerting.require_rule(alert)
    app.alerting.mute(rule, None)
    say(f"“{rule.name}” speaks again.")


@alerts.command("retire")
@click.argument("alert")
@with_app
def retire_alert(app: App, alert: str) -> None:
    """Switch it off for good; what it told stays."""
    rule = app.alerting.require_rule(alert)
    app.alerting.retire(rule)
    say(f"“{rule.name}” is retired.")


@alerts.command("resend")
@click.argument("delivery", type=int)
@with_app
def resend(app: App, delivery: int) -> None:
    """Try a delivery again that failed, was silenced or stayed unclear."""
    app.alerting.resend(delivery)
    say(f"Delivery {delivery} waits to be sent.")


@alerts.command("run")
@json_option
@with_app
def run(app: App, as_json: bool) -> None:
    """Look and send once, where neither `serve` nor `watch` runs."""
    if not app.catch_up():
        errors.print("The search index is behind; another process writes it.")
    told = app.alerting.look()
    tried = app.sending.send_due()
    if as_json:
        emit({"fired": [_alert_row(app, a) for a in told], "tried": tried})
        return
    say(f"{len(told)} alerts, {tried} deliveries tried.")
