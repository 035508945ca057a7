"""`aimas`: every verb, and how errors become exit codes."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from aimas import __version__
from aimas.cli import base

VERBS = {
    "init": "aimas.cli.homes:init",
    "settings": "aimas.cli.homes:settings",
    "verify": "aimas.cli.homes:verify",
    "checkpoint": "aimas.cli.homes:checkpoint",
    "stats": "aimas.cli.homes:stats",
    "reindex": "aimas.cli.homes:reindex",
    "sources": "aimas.cli.gathering:sources",
    "ingest": "aimas.cli.gathering:ingest",
    "watch": "aimas.cli.gathering:watch",
    "held": "aimas.cli.gathering:held",
    "serve": "aimas.cli.serving:serve",
    "search": "aimas.cli.asking:search",
    "export": "aimas.cli.asking:export",
    "profile": "aimas.cli.asking:profile",
    "eval": "aimas.cli.evaluating:evaluate",
}
"""Loaded when called, so that `aimas --help` and completion stay quick."""


class Verbs(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        from importlib import import_module

        if name not in VERBS:
            return None
        module, _, attribute = VERBS[name].partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="aimas")
@base.home_option
def cli() -> None:
    """Hears what the public says about an institution, and answers for what it hears."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Exit code 0 done, 1 failed, 2 wrong use."""
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    from aimas.core import AimasError

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
        raise
    return result if isinstance(result, int) else 0


if __name__ == "__main__":
    main()
