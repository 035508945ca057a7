"""Verbs about keeping a home: another version of its tables, another place of its records, copies of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from aimas.cli.base import FAILED, counting, emit, errors, home_folder, home_option, json_option, say


@click.command()
@click.option("--to", type=int, help="Another version than this program's, to go back to an older program.")
@home_option
@json_option
def migrate(to: int | None, as_json: bool) -> None:
    """Bring the tables of an older home to this program's version; make a backup before."""
    from aimas.keeping import migrate
    from aimas.storage.schema import VERSION

    target = VERSION if to is None else to
    before = migrate(home_folder(), target)
    if as_json:
        emit({"from": before, "to": target})
    elif before == target:
        say(f"The tables are of version {target} already.")
    else:
        say(f"The tables are now of version {target}; they were of version {before}.")


@click.command()
@click.option(
    "--to",
    required=True,
    help="postgresql://user:password@host:5432/database, its password perhaps from PGPASSWORD; sqlite for the "
    "home's own file.",
)
@home_option
@json_option
def move(to: str, as_json: bool) -> None:
    """Move all records to another database and prove that they arrived; stop serving first. Run again to go on."""
    from aimas.core import current_actor
    from aimas.keeping import move

    with _following() as told:
        moved = move(home_folder(), to, current_actor(), told)
    if as_json:
        emit(moved)
        return
    say(
        f"{moved.entries:,} ledger entries and {sum(moved.rows.values()):,} rows are in {moved.to}, each as it was."
    )
    say(f"What was left is closed to writing and can be put away: {moved.left}.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--keys",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the keys go; not beside the backup. Without it they are not copied.",
)
@home_option
@json_option
def backup(folder: Path, keys: Path | None, as_json: bool) -> None:
    """Copy records, sealed originals and settings while everything runs; a second time only what is new."""
    from aimas.keeping import back_up

    with _following() as told:
        manifest = back_up(home_folder(), folder, keys=keys, told=told)
    size = sum(part.size for part in manifest.files)
    if as_json:
        emit(
            {
                "position": manifest.position,
                "head": manifest.head,
                "files": len(manifest.files),
                "bytes": size,
            }
        )
        return
    say(
        f"{folder} holds {manifest.position:,} ledger entries, {len(manifest.files)} files, {size / 1e6:,.1f} MB."
    )
    if keys is None:
        say(
            "The keys are not in it, and without them no original can be read: aimas backup FOLDER --keys ELSEWHERE."
        )


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--keys",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The folder to which aimas backup --keys wrote them.",
)
@home_option
@json_option
def restore(folder: Path, keys: Path | None, as_json: bool) -> int:
    """Make a home, in the empty folder that --home names, of a backup; with the keys it is proved whole."""
    from aimas.keeping import restore

    with _following() as told:
        manifest, findings = restore(folder, home_folder(), keys=keys, told=told)
    if as_json:
        emit(
            {
                "position": manifest.position,
                "head": manifest.head,
                "verified": findings is not None,
                "findings": findings or [],
            }
        )
    elif findings is None:
        say(f"{manifest.position:,} ledger entries are back.")
        say(f"Put the keys into {home_folder() / 'keys'}, then: aimas verify")
    elif findings:
        for finding in findings:
            errors.print(f"[red]{finding.breach.value}[/red]: {finding.detail}")
    else:
        say(
            f"{manifest.position:,} ledger entries are back, whole. The search index is built anew by: aimas reindex"
        )
    return FAILED if findings else 0


@contextmanager
def _following() -> Iterator[Callable[[str, int, int], None]]:
    """One line on stderr that tells what is copied just now."""
    with counting("copying") as show:

        def told(what: str, done: int, total: int) -> None:
            show(done)

        yield told
