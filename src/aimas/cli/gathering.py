"""Verbs that bring publications in: sources, files, the watch, and what waits for a person."""

import signal
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click
import msgspec

from aimas.app import App
from aimas.beside import indexing_beside
from aimas.cli.base import FAILED, counting, emit, errors, json_option, say, with_app
from aimas.core import BadInput, Ownership, Unavailable
from aimas.core.ids import short_id
from aimas.engines import collect_seldom
from aimas.sources import ImportOptions, Source, SourceKind, read_files
from aimas.sources.types import IMPORT

CLUSTER_HELP = "Dask scheduler whose machines read, as tcp://10.0.0.5:8786; the home's setting when absent."


@click.group()
def sources() -> None:
    """Where publications come from."""


@sources.command("add")
@click.argument("address", required=False)
@click.option(
    "--opml", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Add all of an OPML file."
)
@click.option("--outlet", "outlet", help="Name of the outlet whose channel this is.")
@click.option("--institution", "institution", help="Name of the institution whose channel this is.")
@click.option(
    "--kind", type=click.Choice(["feed", "sitemap", "page"]), help="Told from the address when absent."
)
@click.option("--language", help="What it is mostly written in.")
@click.option("--timezone", help="IANA zone of dates that come without one.")
@json_option
@with_app
def add(
    app: App,
    address: str | None,
    opml: Path | None,
    outlet: str | None,
    institution: str | None,
    kind: str | None,
    language: str | None,
    timezone: str | None,
    as_json: bool,
) -> None:
    """Add a feed, sitemap or page. Without --outlet or --institution it is a personal page and is pooled."""
    if (address is None) == (opml is None):
        raise click.UsageError("Give one address, or --opml FILE.")
    if outlet and institution:
        raise click.UsageError("A source is an outlet's or an institution's, not both.")
    from aimas.sources.opml import read_opml, source_id

    known = {s.address: s.id for s in app.sources.sources()}
    if opml is not None:
        found = list(read_opml(opml.read_bytes()))
    else:
        assert address is not None
        name = outlet or institution
        owner = Ownership.OUTLET if outlet else Ownership.INSTITUTION if institution else Ownership.PERSONAL
        found = [
            Source(
                id=source_id(name or "", address, owner, known.values()),
                kind=SourceKind(kind or kind_of(address)),
                address=address,
                name=name or "personal page",
                ownership=owner,
                language_hint=language,
                timezone=timezone,
            )
        ]
    # The same address again changes its declaration and keeps its id and what is remembered of it.
    found = [msgspec.structs.replace(s, id=known.get(s.address, s.id)) for s in found]
    for source in found:
        app.client.check(source.address)
    for source in found:
        app.declare(source)
    if as_json:
        emit({"added": [{"id": s.id, "kind": s.kind, "ownership": s.ownership} for s in found]})
        return
    for source in found:
        say(f"{source.id}: {source.kind.value}, {source.ownership.value}")
    say(f"{len(found)} sources. They are polled by aimas serve and aimas watch.")


def kind_of(address: str) -> str:
    path = urlsplit(address).path.lower()
    if "sitemap" in path:
        return "sitemap"
    if any(part in path for part in ("rss", "feed", "atom", ".xml", ".json", ".rdf")):
        return "feed"
    return "page"


@sources.command("list")
@json_option
@with_app
def list_(app: App, as_json: bool) -> None:
    """Every source with its health."""
    rows = source_rows(app)
    if as_json:
        emit(rows)
        return
    for row in rows:
        say(
            f"{row['id']:<32} {row['kind']:<8} {row['ownership']:<11} {row['health']:<8} {row['last_error'] or ''}"
        )
    say(f"{len(rows)} sources")


def source_rows(app: App) -> list[dict[str, Any]]:
    from aimas.sources.health import health

    now = app.clock.now()
    rows = []
    for source, state in app.sources.states():
        personal = source.ownership is Ownership.PERSONAL
        rows.append(
            {
                "id": source.id,
                "kind": source.kind.value,
                "ownership": source.ownership.value,
                "name": None if personal else source.name,
                "address": None if personal else source.address,
                "health": health(source, state, now).value,
                "last_ok_at": state.last_ok_at,
                "next_due": state.next_due,
                "failures": state.consecutive_failures,
                "last_error": None if personal else state.last_error,
            }
        )
    return rows


@sources.command("check")
@json_option
@with_app
def check(app: App, as_json: bool) -> int:
    """Poll everything that is due once, file what is new, and say how each source did."""
    engine = app.engine()
    polls = app.gatherer(lambda outcomes: engine.run(outcomes, source="gather")).poll_due()
    index_now(app)
    if as_json:
        emit(polls)
    else:
        for poll in polls:
            say(
                f"{poll.source:<32} {poll.outcome.value:<13} listed {poll.listed:>5} known {poll.known:>5} "
                f"new {poll.new:>5} dropped {poll.dropped:>3} held {poll.held:>3} later {poll.postponed:>3}  "
                f"{poll.detail}"
            )
        say(f"{len(polls)} sources polled")
    return FAILED if any(p.outcome.value == "failed" for p in polls) else 0


@sources.command("retire")
@click.argument("source")
@click.option("--reason", required=True, help="Recorded in the ledger.")
@json_option
@with_app
def retire(app: App, source: str, reason: str, as_json: bool) -> None:
    """Poll it no more. What it brought stays, under its name; added again, it is polled again."""
    app.retire(source, reason)
    if as_json:
        emit({"retired": source})
    else:
        say(f"{source} is polled no more.")


@sources.command("export")
@click.option("--opml", is_flag=True, required=True, help="As OPML on stdout.")
@click.option("--with-personal", is_flag=True, help="Personal pages too: their addresses carry handles.")
@with_app
def export_(app: App, opml: bool, with_personal: bool) -> None:
    """All declared sources, to take elsewhere."""
    from aimas.sources.opml import write_opml

    named = [
        s
        for s in app.sources.sources()
        if s.retired_at is None and (with_personal or s.ownership is not Ownership.PERSONAL)
    ]
    click.echo(write_opml(named), nl=False)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--outlet", help="Name of the outlet whose publications these are.")
@click.option("--institution", help="Name of the institution whose publications these are.")
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=NAME",
    help="Which column holds text, title, url, published_at, source or lang.",
)
@click.option(
    "--workers", type=click.IntRange(0, 256), help="Processes for reading; the home's setting when absent."
)
@click.option("--cluster", metavar="ADDRESS", help=CLUSTER_HELP)
@json_option
@with_app
def ingest(
    app: App,
    files: tuple[Path, ...],
    outlet: str | None,
    institution: str | None,
    columns: tuple[str, ...],
    workers: int | None,
    cluster: str | None,
    as_json: bool,
) -> None:
    """File txt, html, jsonl, csv, parquet, warc(.gz) or a Telegram result.json; '-' is standard input.

    Run twice it files nothing new. Stopped in the middle, run the same again to go on.
    """
    source = IMPORT
    if outlet or institution:
        owner = Ownership.OUTLET if outlet else Ownership.INSTITUTION
        name = str(outlet or institution)
        source = Source(
            id=f"import-{short_id(name)[:6]}", kind=SourceKind.IMPORT, address="", name=name, ownership=owner
        )
        app.declare(source)
    pairs = dict(_pair(c) for c in columns)
    options = ImportOptions(
        source=source, sources=tuple(app.sources.sources()), columns=pairs, timezone=app.settings.timezone
    )
    items = read_files(files, options, app.clock.now())
    count = app.settings.workers if workers is None else workers
    beside = indexing_beside(app) if count > 1 else nullcontext()
    collect_seldom()
    with counting("ingesting") as show, beside:
        report = app.ingest(
            items,
            source=source.id,
            progress=show,
            workers=count,
            cluster=app.settings.cluster if cluster is None else cluster,
        )
    index_now(app)
    if as_json:
        emit(msgspec.to_builtins(report))
        return
    dropped, held = sum(report.dropped.values()), sum(report.held.values())
    say(f"{report.entered:,} items: {report.filed:,} filed, {dropped:,} dropped, {held:,} held.")
    for reason, n in {**report.dropped, **report.held}.items():
        say(f"  {n:,} {reason}")
    if not report.filed and report.entered:
        say("Nothing new was filed.")
    if held:
        say("Next: aimas held list")


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals:
        raise click.UsageError(f"--column {text}: write FIELD=NAME, for example text=Текст")
    from aimas.sources.table import FIELDS

    if field not in FIELDS:
        raise click.UsageError(f"--column {text}: there is no field {field}; there are {', '.join(FIELDS)}.")
    return field, column


def index_now(app: App) -> None:
    """Brings the index up, unless a running server does it already."""
    if app.index.position() == app.records.head() and not app.places_wait():
        return
    try:
        writer = app.index.writer()
    except Unavailable:
        return
    try:
        app.follow(writer)
    finally:
        writer.close()


@click.command()
@click.option("--cluster", metavar="ADDRESS", help=CLUSTER_HELP)
@json_option
@with_app
def reread(app: App, cluster: str | None, as_json: bool) -> None:
    """Read again what an older model, profile or gazetteer read. Old readings stay; stopped, it goes on next time."""
    collect_seldom()
    with counting("reading again", app.records.head()) as show:
        report = app.reread(show, app.settings.cluster if cluster is None else cluster)
    index_now(app)
    if as_json:
        emit(report)
        return
    say(f"{report.looked:,} looked at, {report.reread:,} read again, {report.changed:,} came out otherwise.")


@click.command()
@with_app
def watch(app: App) -> int:
    """Gather and index until stopped, without a board."""
    from aimas.station import Station

    station = Station(app)
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    station.start()
    errors.print("Watching; Ctrl-C ends it.")
    while not stopped.wait(0.5) and station.failure is None:
        pass
    station.stop()
    return FAILED if station.failure else 0


@click.group()
def held() -> None:
    """What is broken and waits for a person."""


@held.command("list")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@json_option
@with_app
def held_list(app: App, limit: int, as_json: bool) -> None:
    """Newest first."""
    items = app.records.held(limit)
    if as_json:
        emit({"count": app.records.held_count(), "items": items})
        return
    for item in items:
        say(f"{item.position:>8}  {item.step:<10} {item.reason:<18} {item.name}  {item.detail}")
    say(f"{app.records.held_count():,} waiting")


@held.command("retry")
@click.argument("positions", nargs=-1, type=int)
@click.option("--all", "everything", is_flag=True)
@json_option
@with_app
def held_retry(app: App, positions: tuple[int, ...], everything: bool, as_json: bool) -> int:
    """Take held items through the flow again, after a fix."""
    if everything:
        positions = tuple(i.position for i in app.records.held(10_000) if i.retryable)
    if not positions and not everything:
        raise click.UsageError("Give positions from aimas held list, or --all.")
    filed, refused = 0, []
    for position in positions:
        try:
            filed += app.retry_held(position).filed
        except BadInput as error:
            refused.append(position)
            errors.print(str(error), markup=False)
    index_now(app)
    tried = len(positions) - len(refused)
    if as_json:
        emit({"tried": tried, "filed": filed, "refused": refused})
    elif positions:
        say(f"{tried} tried again, {filed} filed.")
    else:
        say("Nothing that is held can be tried again.")
    return FAILED if refused else 0
