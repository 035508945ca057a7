"""`aimas digest` and `aimas export`: what leaves the house, recorded before it does."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import click

from aimas.app import App
from aimas.cli.base import counting, emit, json_option, say, with_app

FORMS = ("md", "html", "docx", "pdf")


class Day(click.ParamType[Any, Any]):
    """`2026-11-22`, `today`, `yesterday`; the words are settled when the home's time zone is known."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, date) or value in ("today", "yesterday"):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day. Write 2026-11-22, today or yesterday.", param, ctx)


class Moment(click.ParamType[Any, Any]):
    """`2026-11-22` (its end), `2026-11-22T14:05`, with an offset or in the home's time zone."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            if len(value) == 10:
                return datetime.combine(date.fromisoformat(value) + timedelta(days=1), time())
            return datetime.fromisoformat(value)
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is no moment. Write 2026-11-22 or 2026-11-22T14:05.", param, ctx)


@click.command()
@click.option(
    "--day", "last", type=Day(), default="today", show_default=True, help="The day, or the week's last."
)
@click.option("--week", "is_week", is_flag=True, help="The seven days that end with that day.")
@click.option("--as-known-at", "moment", type=Moment(), help="Only what was on record then; now when absent.")
@click.option("--format", "form", type=click.Choice(FORMS), default="md", show_default=True)
@click.option("--language", type=click.Choice(["ru", "kk", "en"]), help="The home's when absent.")
@click.option("--profile", "institution", help="Whose digest; the home's first when absent.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output when absent."
)
@json_option
@with_app
def digest(
    app: App,
    last: Any,
    is_week: bool,
    moment: datetime | None,
    form: str,
    language: str | None,
    institution: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """A day or a week in numbers and stories, as known at any moment."""
    from aimas import digesting
    from aimas.cli.gathering import index_now
    from aimas.reports.types import day, week
    from aimas.web.digests import told_in

    profile = _profile(app, institution)
    index_now(app)
    if moment is None:
        known = digesting.undisturbed(app)
    else:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=app.settings.zone)
        known = digesting.settled(app, aware)
    if isinstance(last, str):
        # In the eyes of that moment.
        today = known.moment.astimezone(app.settings.zone).date()
        last = today - timedelta(days=1) if last == "yesterday" else today
    told = digesting.digest_of(app, profile.id, week(last) if is_week else day(last), known)
    tongue = language or app.settings.language
    if as_json:
        digesting.record(app, told, "json", tongue)
        if out is None:
            emit(told)
            return
        import msgspec

        raw = msgspec.json.format(msgspec.json.encode(told), indent=2) + b"\n"
    else:
        raw = told_in(app, told, profile, form, tongue)
        digesting.record(app, told, form, tongue)
    if out is None and form in ("docx", "pdf") and not as_json and sys.stdout.isatty():
        raise click.UsageError(f"{form} is no text for a terminal: give --out FILE.")
    with _leaving(out) as file:
        file.write(raw)


@click.command()
@click.argument("query", default="*")
@click.option(
    "--format",
    "kind",
    type=click.Choice(["jsonl", "csv", "xlsx", "parquet"]),
    default="jsonl",
    show_default=True,
)
@click.option(
    "--profile", "institution", help="Whose tones and themes are meant; the home's first when absent."
)
@click.option("--at", type=click.IntRange(0), help="As known at this ledger position.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="A file; standard output when absent."
)
@json_option
@with_app
def export(
    app: App, query: str, kind: str, institution: str | None, at: int | None, out: Path | None, as_json: bool
) -> None:
    """Write everything that a query finds. The ledger keeps who took out what."""
    from aimas.rendering.tables import About, exported
    from aimas.reports.exports import Form

    if as_json and out is None:
        raise click.UsageError(
            "--json tells about the file that --out names; without --out the export is the output."
        )
    form = Form(kind)
    if out is None and form in (Form.XLSX, Form.PARQUET) and sys.stdout.isatty():
        raise click.UsageError(f"{kind} is no text for a terminal: give --out FILE.")
    question = app.search.ask(query, _profile(app, institution).id, at)
    scope = question.scope
    about = About(query, scope.institution, scope.snapshot, app.search.count(question), app.settings.zone)
    app.record_export(question, kind)
    with counting("exporting", about.count) as show, _leaving(out) as file:
        for piece in exported(_counted(app.search.everything(question), show), form, about):
            file.write(piece)
    if out is not None and as_json:
        emit(
            {
                "file": str(out),
                "format": kind,
                "count": about.count,
                "query": query,
                "snapshot": scope.snapshot,
            }
        )
    elif out is not None:
        say(f"{about.count:,} publications in {out}, as at ledger entry {scope.snapshot:,}")


def _profile(app: App, asked: str | None) -> Any:
    known = {p.id: p for p in app.profiles}
    if asked is not None and asked not in known:
        raise click.UsageError(f"This home listens for {', '.join(known)}; there is no {asked!r}.")
    return known[asked] if asked else app.profiles[0]


def _counted(publications: Iterable[Any], show: Any) -> Iterator[Any]:
    for n, publication in enumerate(publications, 1):
        yield publication
        if n % 500 == 0:
            show(n)


@contextmanager
def _leaving(out: Path | None) -> Iterator[BinaryIO]:
    """Standard output, or a file that is there whole or not at all."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    partial = out.with_name(out.name + ".partial")
    try:
        with partial.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    except BaseException:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
        raise
