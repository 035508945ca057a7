"""`aimas corrections`: what persons said of tones, listed and exported for training."""

import sys

import click
import msgspec

from aimas.app import App
from aimas.cli.base import emit, json_option, say, with_app


@click.group()
def corrections() -> None:
    """What persons said of tones: list, export."""


@corrections.command("list")
@json_option
@with_app
def corrections_list(app: App, as_json: bool) -> None:
    """Oldest first: who said what instead of what, and why."""
    found = app.labels.corrections()
    if as_json:
        emit({"count": len(found), "items": found})
        return
    for recorded in found:
        said = recorded.correction
        was = said.before.value if said.before else "-"
        now = said.tone.value if said.tone else "taken back"
        say(
            f"{recorded.position:>8}  {recorded.at:%Y-%m-%d %H:%M}  {said.publication} {said.span.start:>5}  "
            f"{was} → {now}  {said.by}  {said.reason}".rstrip()
        )
    say(f"{len(found):,} corrections")


@corrections.command("export")
@with_app
def corrections_export(app: App) -> None:
    """Write the last word on each corrected mention to stdout in the format of `aimas eval tone`.

    Who said it is not included; the ledger keeps that this was exported.
    """
    from aimas.correcting import record_corrections_export, training_rows

    rows = list(training_rows(app))
    record_corrections_export(app, len(rows))
    for row in rows:
        sys.stdout.buffer.write(msgspec.json.encode(row) + b"\n")
