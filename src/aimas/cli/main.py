"""`aimas`: every verb, and how errors become exit codes."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from aimas import __version__
from aimas.cli import base

VERBS = {
    "init": ("aimas.cli.homes:init", "Make a home in a new folder."),
    "settings": ("aimas.cli.homes:settings", "All settings with their meaning and value."),
    "sources": ("aimas.cli.gathering:sources", "Where publications come from: add, list, check, export."),
    "ingest": (
        "aimas.cli.gathering:ingest",
        "File txt, html, jsonl, csv, parquet, warc, Telegram exports.",
    ),
    "watch": ("aimas.cli.gathering:watch", "Gather and index until stopped, without a board."),
    "serve": ("aimas.cli.serving:serve", "Serve the board on this machine, gather and index."),
    "users": (
        "aimas.cli.accounts:users",
        "Who may sign in to the board: add, list, role, lock, unlock, reset.",
    ),
    "search": ("aimas.cli.asking:search", "Find publications; * means all of them."),
    "stories": ("aimas.cli.stories:stories", "Stories found: list, show, merge, split, pin, rename."),
    "digest": (
        "aimas.cli.reporting:digest",
        "A day or a week in numbers and stories, as known at any moment.",
    ),
    "export": ("aimas.cli.reporting:export", "Write everything that a query finds."),
    "appeals": (
        "aimas.cli.appealing:appeals",
        "Cases of appeals: list, show, file, import, figures, recalculate, rebuild, key.",
    ),
    "searches": ("aimas.cli.alerting:searches", "Queries with a name: save, list, change, retire."),
    "alerts": (
        "aimas.cli.alerting:alerts",
        "What watches saved searches: add, list, backtest, ack, mute, retire, resend, run.",
    ),
    "held": ("aimas.cli.gathering:held", "What is broken and waits for a person: list, retry."),
    "stats": ("aimas.cli.homes:stats", "Every outcome of every step; they add up."),
    "verify": ("aimas.cli.homes:verify", "Prove that nothing on file was altered or removed."),
    "erase": ("aimas.cli.homes:erase", "Destroy the key of an original where the law demands it."),
    "checkpoint": ("aimas.cli.homes:checkpoint", "Sign the ledger's head and keep the word elsewhere."),
    "reread": ("aimas.cli.gathering:reread", "Read again what an older model or profile read."),
    "reindex": ("aimas.cli.homes:reindex", "Build the search index anew from the records."),
    "backup": ("aimas.cli.keeping:backup", "Copy a home while everything runs; its keys elsewhere."),
    "restore": ("aimas.cli.keeping:restore", "Make a home of a backup and prove it whole."),
    "move": (
        "aimas.cli.keeping:move",
        "Move the records to PostgreSQL or back, and prove that they arrived.",
    ),
    "migrate": ("aimas.cli.keeping:migrate", "Bring an older home's tables to this program's version."),
    "corrections": ("aimas.cli.correcting:corrections", "What persons said of tones: list, export."),
    "inspectors": (
        "aimas.cli.inspecting:inspectors",
        "The map of precincts, inspectors and police posts: import, show, find.",
    ),
    "profile": ("aimas.cli.asking:profile", "What an institution's profile says and sees."),
    "eval": ("aimas.cli.evaluating:evaluate", "Measure a task on a file of truths."),
}
"""Loaded when called and described here, so that `aimas --help` and completion stay quick."""


class Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from importlib import import_module

        if name not in VERBS:
            return None
        module, _, attribute = VERBS[name][0].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, told) for name, (_, told) in VERBS.items()])


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aimas")
@base.home_option
def cli() -> None:
    """Hears what the public says about an institution, and answers for what it hears."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Exit code 0 done, 1 failed, 2 wrong use."""
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    from aimas.core import AimasError, LocatedError

    try:
        result: Any = cli.main(args=arguments, prog_name="aimas", standalone_mode=False)
    except click.UsageError as error:
        error.show()
        return base.WRONG_USE
    except click.ClickException as error:
        error.show()
        return base.FAILED
    except (click.Abort, KeyboardInterrupt):
        base.errors.print("\nStopped. What was settled stays; run the same again to go on.")
        return 130
    except LocatedError as error:
        if "--json" in (sys.argv if arguments is None else arguments):
            base.emit({"error": str(error), "start": error.start, "end": error.end})
        place = " " * error.start + "^" * max(1, error.end - error.start)
        click.echo(f"{error}\n  {error.query}\n  {place}", err=True)
        return base.WRONG_USE
    except AimasError as error:
        base.errors.print(f"[red]{type(error).__name__}[/red]: ", end="")
        base.errors.print(str(error), markup=False)
        return base.FAILED
    except BrokenPipeError:
        return 0
    except OSError as error:
        if error.errno == 28:
            base.errors.print(
                "No room left on the disk. Nothing half-done was kept; free some and run the same again."
            )
            return base.FAILED
        if error.filename is None:
            raise
        base.errors.print(
            f"{error.filename}: {error.strerror}. Give another place, or mend its permissions.", markup=False
        )
        return base.FAILED
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
