"""`aimas appeals`: the desk's list, a case with its dates, filing, figures, and what keeps derived rows right."""

from datetime import date, datetime
from pathlib import Path

import click

from aimas.app import App
from aimas.appeals.calendars import calendar
from aimas.appeals.deadlines import Keeping, keeping, silence
from aimas.appeals.figures import Measure
from aimas.appeals.service import Applicant, NewAppeal, Order, QueueView
from aimas.appeals.states import Press
from aimas.appeals.types import Channel, Stage, Standing
from aimas.appeals.wording import headline, silence_told
from aimas.cli.base import counting, emit, json_option, say, text_of, with_app
from aimas.cli.importing import import_rows
from aimas.core import BadInput, Language

_DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def appeals() -> None:
    """Cases of appeals: list, show, file, import, figures, recalculate, rebuild, key."""


appeals.add_command(import_rows)


@appeals.command("list")
@click.option("--unit", help="Only this unit's.")
@click.option("--officer", help="Only this officer's.")
@click.option("--stage", type=click.Choice([s.value for s in Stage]), multiple=True)
@click.option("--category", help="Only of this category.")
@click.option("--open", "only_open", is_flag=True, help="Only what waits for an answer.")
@click.option(
    "--urgent", "only_urgent", is_flag=True, help="Only what a person called urgent or seems to be."
)
@click.option("--text", default="", help="A number, or words of the appeals.")
@click.option("--order", type=click.Choice([o.value for o in Order]), default=Order.DUE.value)
@click.option("--size", type=click.IntRange(1, 200), default=50)
@click.option("--after", help="The `next` of the page before.")
@json_option
@with_app
def list_cases(
    app: App,
    unit: str | None,
    officer: str | None,
    stage: tuple[str, ...],
    category: str | None,
    only_open: bool,
    only_urgent: bool,
    text: str,
    order: str,
    size: int,
    after: str | None,
    as_json: bool,
) -> None:
    """Cases by the day on which they are due; no personal data."""
    view = QueueView(
        unit=unit,
        officer=officer,
        stages=tuple(Stage(s) for s in stage),
        category=category,
        only_open=only_open,
        only_urgent=only_urgent,
        text=text,
        order=Order(order),
        size=size,
        after=after,
        sees_confidential=True,
    )
    page = app.appeals.queue(view, _today(app))
    if as_json:
        emit({"rows": page.rows, "next": page.next, "total": page.total})
        return
    for row in page.rows:
        due = row.due.isoformat() if row.due else "—"
        mark = " (confidential)" if row.is_confidential else ""
        mark += {Press.SAID: " (urgent)", Press.SEEMS: " (seems urgent)"}.get(row.press, "")
        say(f"{row.number}  {row.stage.value:<10} due {due}  {row.unit or '—'}  {row.category or '—'}{mark}")
    say(f"{page.total} cases." + (f" More: --after {page.next}" if page.next else ""))


@appeals.command("show")
@click.argument("number")
@click.option("--why", help="Opens what the applicant wrote, for this reason; recorded before it is shown.")
@json_option
@with_app
def show_case(app: App, number: str, why: str | None, as_json: bool) -> None:
    """A case with its dates, what happened and who looked; personal data masked unless a reason is given."""
    case_id = _required(app, number)
    case = app.appeals.case(case_id)
    sheet = app.persons.look(case_id, app.actor, why) if why else app.persons.masked(case_id)
    today, language = _today(app), app.settings.language
    found = app.appeals.deadlines(case_id)
    if as_json:
        emit(
            {
                "number": case.number,
                "case": case_id,
                "stage": case.stage,
                "sheet": sheet,
                "deadlines": [{"deadline": d, "keeping": keeping(d, today)} for d in found],
                "history": app.appeals.history(case_id),
                "cluster": app.appeals.cluster(case_id),
            }
        )
        return
    say(f"{case.number}  {case.stage.value}  {case.unit or '—'}  {case.officer or '—'}")
    say()
    say(sheet.text if not sheet.is_erased else "(erased)")
    say()
    for deadline in found:
        state = keeping(deadline, today)
        if state is not Keeping.CONDITIONAL:
            say(f"{state.value:<9} {headline(deadline, language)}")
    if over := silence(case, app.appeals.terms, today):
        for line in silence_told(over, language):
            say(line)
    say()
    for each in app.appeals.history(case_id):
        told = type(each.event).__name__ if each.event is not None else each.act
        words = f": {each.words}" if each.words else ""
        at = app.appeals.terms.hours.local(each.at)
        say(f"{each.position:>7}  {at:%Y-%m-%d %H:%M %z}  {told}  {each.by}{words}")


@appeals.command("file")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(["ru", "kk", "en"]), required=True)
@click.option("--channel", type=click.Choice([c.value for c in Channel]), default=Channel.PAPER.value)
@click.option("--kind", default="application", help="Kind by law.")
@click.option("--category", help="What it is about.")
@click.option("--name", default="", help="Of the applicant; without one it is a signal.")
@click.option("--address", default="")
@click.option("--phone", default="")
@click.option("--email", default="")
@click.option(
    "--received", type=click.DateTime(["%Y-%m-%dT%H:%M"]), help="The stamp on the paper, local time."
)
@json_option
@with_app
def file_one(
    app: App,
    path: Path,
    language: str,
    channel: str,
    kind: str,
    category: str | None,
    name: str,
    address: str,
    phone: str,
    email: str,
    received: datetime | None,
    as_json: bool,
) -> None:
    """Take in an appeal from a text file; prints the number, the check code and the receipt, once."""
    who = Applicant(name=name, address=address, phone=phone, email=email)
    new = NewAppeal(
        text=text_of(path.read_bytes(), str(path)),
        language=Language(language),
        channel=Channel(channel),
        standing=Standing.APPEAL if name.strip() else Standing.SIGNAL,
        kind=kind,
        category=category,
        applicant=who if who.told() else None,
        received_at=received.replace(tzinfo=app.settings.zone) if received else None,
        receiver=app.actor.name,
    )
    done = app.appeals.file(new, app.actor)
    if as_json:
        emit(done)
        return
    say(f"{done.number}\ncheck code {done.code}\n{done.receipt}")


@appeals.command("figures")
@click.option("--since", type=_DAY, help="First day of receipt; the first of this month when absent.")
@click.option("--until", type=_DAY, help="Last day of receipt; today when absent.")
@click.option("--at", type=click.IntRange(min=0), help="As it stood at this ledger position.")
@json_option
@with_app
def show_figures(
    app: App, since: datetime | None, until: datetime | None, at: int | None, as_json: bool
) -> None:
    """How well appeals are answered, by unit, with denominators and 95 % intervals."""
    today = _today(app)
    first = since.date() if since else today.replace(day=1)
    last = until.date() if until else today
    if last < first:
        raise BadInput("The last day is before the first.")
    found = app.appeals.figures(first, last, today, at)
    if as_json:
        emit(found)
        return
    for unit in (found.whole, *found.units):
        name = "all" if unit is found.whole else unit.unit or "of nobody yet"
        say(f"{name}: {len(unit.received)} received, {len(unit.open)} open, {len(unit.overdue)} overdue")
        for measure in Measure:
            share = unit.shares[measure]
            if share.interval is not None:
                low, high = share.interval.low, share.interval.high
                say(f"  {measure.value:<11} {share.n} of {share.of}  ({low:.0%}–{high:.0%})")
        if unit.speed is not None:
            back = unit.speed.reopened
            say(
                f"  heard within {unit.speed.median_hours} h (median), {unit.speed.ninth_hours} h (nine in ten); "
                f"reopened {back.n} of {back.of}"
            )
        if not unit.is_ranked:
            say(f"  fewer than {found.least} cases: not ranked")


@appeals.command("recalculate")
@click.argument("version")
@json_option
@with_app
def recalculate(app: App, version: str, as_json: bool) -> None:
    """Count every open case by another calendar; every date that moves is told and recorded."""
    calendar(version)
    told = app.appeals.recalculate(version, app.actor)
    if as_json:
        emit([{"case": case, "moved": event.moved} for case, event in told])
        return
    for case, event in told:
        for move in event.moved:
            say(f"{case}  {move.rule}: {move.before} → {move.after}")
    say(f"{len(told)} cases are counted by {version} now.")


@appeals.command("absences")
@json_option
@with_app
def absences(app: App, as_json: bool) -> None:
    """Officers who are away now or will be."""
    known = app.appeals.absences.known(_today(app))
    if as_json:
        emit(known)
        return
    for each in known:
        say(f"{each.officer:<24} {each.first} – {each.last}")
    say(f"{len(known)} absences")


@appeals.command("away")
@click.argument("officer")
@click.argument("first", type=_DAY)
@click.argument("last", type=_DAY)
@json_option
@with_app
def away(app: App, officer: str, first: datetime, last: datetime, as_json: bool) -> None:
    """Say that an officer is away, both days included: nothing is suggested for who is away."""
    app.appeals.absences.put(officer, first.date(), last.date(), app.actor)
    told = {"officer": officer, "first": first.date(), "last": last.date()}
    emit(told) if as_json else say(f"{officer} is away from {first.date()} to {last.date()}.")


@appeals.command("back")
@click.argument("officer")
@click.argument("first", type=_DAY)
@json_option
@with_app
def back(app: App, officer: str, first: datetime, as_json: bool) -> None:
    """End the absence that began on this day, or call off one that has not begun."""
    app.appeals.absences.end(officer, first.date(), _today(app), app.actor)
    emit({"officer": officer, "first": first.date()}) if as_json else say(f"{officer} is here again.")


@appeals.command("weigh")
@json_option
@with_app
def weigh(app: App, as_json: bool) -> None:
    """Look whether open cases that nobody weighed are urgent, as those that an older version took in."""
    done = app.appeals.weigh_open(app.actor)
    emit({"cases": done}) if as_json else say(f"{done} cases were looked at.")


@appeals.command("erase")
@click.argument("number")
@click.option("--reason", required=True, help="By what right; recorded, and readable for good: no names.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@json_option
@with_app
def erase(app: App, number: str, reason: str, yes: bool, as_json: bool) -> None:
    """Destroy the key to everything written in a case, for good; an open case ends by it, and its receipt stays."""
    case_id = _required(app, number)
    if not yes:
        click.confirm("Nobody will ever read this case again. Go on?", abort=True, err=True)
    case = app.appeals.erase(case_id, reason, app.actor)
    if as_json:
        emit({"case": case_id, "number": case.number, "stage": case.stage})
        return
    say(f"{case.number} was erased; that there was an appeal stays proven.")


@appeals.command("rebuild")
@json_option
@with_app
def rebuild(app: App, as_json: bool) -> None:
    """Make the rows that lists read anew from what happened."""
    with counting("cases") as progress:
        done = app.appeals.rebuild(app.actor, progress)
    if as_json:
        emit({"cases": done})
        return
    say(f"{done} cases.")


@appeals.command("key")
@json_option
@with_app
def key(app: App, as_json: bool) -> None:
    """The public keys that receipts are checked with, the present first; publish them where nobody can swap them."""
    keys, past = app.receipt_keys, {each.key: each for each in app.home.past_receipt_keys()}
    if as_json:
        emit({"institution": app.office.name, "ed25519": keys, "past": list(past.values())})
        return
    for each in keys:
        say(each + (f"  until {past[each].until:%Y-%m-%d %H:%M} UTC" if each in past else ""))


@appeals.command("rotate-key")
@click.option(
    "--leaked", is_flag=True, help="The old key may be in other hands: it does not vouch for the new one."
)
@json_option
@with_app
def rotate_key(app: App, leaked: bool, as_json: bool) -> None:
    """Sign receipts with a new key from now on; those of the old one stay proven, what it signs later is not."""
    past = app.rotate_receipt_key(is_leaked=leaked)
    if as_json:
        emit(past)
        return
    say(f"Receipts are signed with {past.next} from now on. Publish it, and back up keys/ anew.")
    say(
        "Phones that remember the old key "
        + ("warn of the new one." if leaked else "trust the new one by it.")
    )


def _required(app: App, number: str) -> str:
    case_id = app.appeals.by_number(number)
    if case_id is None:
        raise BadInput(f"There is no case {number}. See: aimas appeals list")
    return case_id


def _today(app: App) -> date:
    return app.appeals.terms.hours.local(app.clock.now()).date()
