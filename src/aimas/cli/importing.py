"""`aimas appeals import`: appeals from a table of another system."""

from pathlib import Path

import click

from aimas.app import App
from aimas.cli.base import counting, emit, json_option, say, with_app
from aimas.intake.rows import Field, columns_of, read_rows

FAILED_SOME = 1


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--origin",
    help="Name of the system it comes from: its numbers are told apart by it; the file's name when absent.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    help=f"FIELD=COLUMN where names differ; fields: {', '.join(field.value for field in Field)}.",
)
@json_option
@with_app
def import_rows(app: App, file: Path, origin: str | None, columns: tuple[str, ...], as_json: bool) -> int:
    """File every row of FILE (csv, tsv, jsonl) once; run again, it goes on. Exits 1 where rows are held."""
    with counting("rows") as progress:
        report = app.rows_in.take(
            read_rows(file),
            origin or file.stem,
            app.actor,
            columns_of(columns),
            app.appeals.knows,
            progress,
        )
    if as_json:
        emit(report)
    else:
        say(
            f"{report.rows} rows: {report.filed} filed, {report.known} known, {sum(report.held.values())} held"
        )
        for row in report.named:
            say(f"  line {row.line}: {row.reason.value} {row.detail}".rstrip())
    return FAILED_SOME if report.held else 0
