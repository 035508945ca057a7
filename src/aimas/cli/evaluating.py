"""`aimas eval`: quality on any file of truths."""

import sys
from importlib import import_module
from pathlib import Path

import click
import msgspec

from aimas.cli.base import emit, errors, json_option, say
from aimas.core import BadInput
from aimas.evaluation.scores import Line, Row

NOT_BUILT = 3
TASKS = (
    "tone",
    "evidence",
    "names",
    "publications",
    "language",
    "extraction",
    "reprints",
    "stories",
    "figures",
    "places",
    "instructions",
    "wage-debt",
    "appeals",
    "mentions",
)


@click.command("eval")
@click.argument("task", type=click.Choice(TASKS))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--profile", default="kz-mia", show_default=True)
@json_option
def evaluate(task: str, file: Path, profile: str, as_json: bool) -> int:
    """Measure TASK on FILE (JSON Lines). A task that is not built yet exits 3."""
    try:
        module = import_module(f"aimas.evaluation.{task.replace('-', '_')}")
    except ModuleNotFoundError:
        errors.print(f"The task {task} is not built yet.")
        return NOT_BUILT
    rows = read_rows(file)
    extra = {"profile": profile} if "profile" in module.evaluate.__code__.co_varnames else {}
    scores = module.evaluate(rows, file.parent, **extra)
    if as_json:
        emit(scores)
        return 0
    say(f"{scores.task}: {scores.rows} rows")
    for lang, metrics in [("all", scores.metrics), *sorted(scores.by_lang.items())]:
        say(f"  {lang:<6}" + "  ".join(f"{k} {v:.4f}" for k, v in metrics.items()))
    return 0


def read_rows(file: Path) -> list[Row]:
    """Raises BadInput naming the line that is no JSON object."""
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from None
    rows: list[Row] = []
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise BadInput(f"{file}, line {number}: {error}") from None
        if not isinstance(row, dict):
            raise BadInput(f"{file}, line {number}: not a JSON object")
        rows.append(Line(row, number))
    return rows
