"""What every command shares: the home, `--json`, progress on stderr, exit codes."""

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

errors = Console(stderr=True, highlight=False)
FAILED, WRONG_USE = 1, 2


def text_of(content: bytes, name: str) -> str:
    """In whatever charset it is written. Raises BadInput for what is no text."""
    from aimas.core import BadInput
    from aimas.sources.charsets import decoded

    text = decoded(content)
    if text is None:
        raise BadInput(f"{name} holds no text.")
    return text.lstrip("\ufeff")


def home_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--home DIR` after the verb; before it works too, and AIMAS_HOME stands in for both."""

    def remember(context: click.Context, _: click.Parameter, value: Path | None) -> None:
        if value is not None:
            context.ensure_object(dict)["home"] = value

    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        expose_value=False,
        callback=remember,
        is_eager=True,
        help="The home's folder; AIMAS_HOME when absent.",
    )(command)


def json_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option("--json", "as_json", is_flag=True, help="Machine-readable output on stdout.")(command)


def home_folder() -> Path:
    context = click.get_current_context()
    while context is not None:
        if isinstance(context.obj, dict) and "home" in context.obj:
            return Path(context.obj["home"])
        context = context.parent  # type: ignore[assignment]
    if said := os.environ.get("AIMAS_HOME"):
        return Path(said)
    raise click.UsageError("Which home? Give --home DIR or set AIMAS_HOME; aimas init DIR makes one.")


def with_app(command: Callable[..., Any]) -> Callable[..., Any]:
    """Opens the home for the command and closes it whatever happens."""

    @home_option
    @functools.wraps(command)
    def opened(*args: Any, **kwargs: Any) -> Any:
        from aimas.app import App
        from aimas.logs import configure_logs

        configure_logs()
        app = App(home_folder())
        try:
            return command(app, *args, **kwargs)
        finally:
            app.close()

    return opened


def emit(value: Any) -> None:
    """One JSON document on stdout."""
    raw = msgspec.json.format(msgspec.json.encode(value), indent=2)
    sys.stdout.buffer.write(raw + b"\n")
    sys.stdout.flush()


def say(text: str = "") -> None:
    click.echo(text)


@contextmanager
def counting(label: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """A progress line on stderr: how many, how fast. Silent where stderr is no terminal, save a line at the end."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f}"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=errors, transient=True) as progress:
        task = progress.add_task(label, total=total, rate="")

        def show(done: int) -> None:
            speed = progress.tasks[0].finished_speed or progress.tasks[0].speed
            progress.update(task, completed=done, rate=f"{speed:,.0f}/s" if speed else "")

        yield show
