"""Verbs about a home itself: its birth, settings, counts, proof and index."""

import re
from pathlib import Path

import click
from pydantic import SecretStr

from aimas.app import App
from aimas.cli.base import FAILED, counting, emit, errors, json_option, say, with_app
from aimas.settings import as_toml

_IS_KEY = re.compile(r"[0-9a-fA-F]{64}")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--profile",
    "profiles",
    multiple=True,
    default=("kz-mia",),
    show_default=True,
    help="Institution to listen for: a shipped name or a path; may be given several times.",
)
@click.option("--contact", default="", help="Address or e-mail that site owners can write to.")
@json_option
def init(folder: Path, profiles: tuple[str, ...], contact: str, as_json: bool) -> None:
    """Make a home in a new folder."""
    from aimas.home import create_home
    from aimas.institution import require_profile

    known = [require_profile(p) for p in profiles]
    home = create_home(
        folder, profiles=list(profiles), timezone="Asia/Almaty", contact=contact, checkpoint_dir=""
    )
    app = App(folder)
    with app.archive.settling() as settlement:
        settlement.act("home-made", app.records.home, {"profiles": [p.id for p in known]})
    app.close()
    if as_json:
        emit({"home": str(folder), "profiles": [p.id for p in known]})
        return
    say(f"A home for {', '.join(p.id for p in known)} is ready in {folder}.")
    say(f"Keep a copy of {home.master_key_file} elsewhere: without it no original can ever be opened.")
    say("Next: aimas sources add URL --outlet NAME, then aimas serve.")


@click.command()
@json_option
@with_app
def settings(app: App, as_json: bool) -> None:
    """All settings with their meaning and value, as aimas.toml says them."""
    # As JSON shows it: a secret is only shown to be set.
    values = app.settings.model_dump(mode="json")
    if as_json:
        emit(values)
        return
    for name, field in type(app.settings).model_fields.items():
        say(f"# {field.description}")
        hidden = isinstance(getattr(app.settings, name), SecretStr) and values[name]
        say(f"# {name} is set and not shown" if hidden else f"{name} = {as_toml(values[name])}")


@click.command()
@click.option(
    "--against",
    "checkpoints",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A signed checkpoint kept elsewhere; finds truncation, rewriting and roll-back.",
)
@click.option("--key", help="Hex of the public key that checkpoints must carry; this home's own when absent.")
@json_option
@with_app
def verify(app: App, checkpoints: tuple[Path, ...], key: str | None, as_json: bool) -> int:
    """Prove that nothing on file was altered or removed."""
    from aimas.ledger import read_checkpoint

    if key is not None and (not checkpoints or not _IS_KEY.fullmatch(key)):
        raise click.UsageError(
            "--key is 64 hex digits, and goes with --against: it is what signed a checkpoint."
        )
    findings = app.verify([read_checkpoint(p) for p in checkpoints], key)
    head = app.records.head()
    if as_json:
        emit({"ok": not findings, "entries": head, "checkpoints": len(checkpoints), "findings": findings})
        return FAILED if findings else 0
    for finding in findings:
        where = f" at {finding.position}" if finding.position else ""
        errors.print(f"[red]{finding.breach.value}[/red]{where}: {finding.detail}")
    if findings:
        say("Broken.")
        return FAILED
    say(f"Whole: {head} entries, their records and originals are as they were written.")
    if not checkpoints:
        say(
            "This shows that nobody tampered in part. That the whole chain was not replaced only a checkpoint "
            "kept elsewhere can show: aimas checkpoint --to FOLDER, aimas verify --against FILE."
        )
    return 0


@click.command()
@click.option(
    "--to",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder outside the home, best on another machine.",
)
@json_option
@with_app
def checkpoint(app: App, folder: Path | None, as_json: bool) -> None:
    """Sign the ledger's head and put the word where this home cannot reach it."""
    signed, path = app.checkpoint(folder)
    if as_json:
        emit({"path": str(path), "position": signed.position, "head": signed.head})
        return
    say(f"{path} vouches for {signed.position} entries.")


@click.command()
@json_option
@with_app
def stats(app: App, as_json: bool) -> int:
    """Every outcome of every step; what entered a step equals what left it."""
    from aimas.flow.accounts import accounts

    books = accounts(app.records.tallies())
    waiting = app.records.held_count()
    lag = app.search.lag()
    letters = app.appeal_store.message_counts()
    if as_json:
        emit(
            {
                "letters": letters,
                "steps": books,
                "adds_up": all(b.adds_up for b in books),
                "held_waiting": waiting,
                "ledger": lag.filed,
                "indexed": lag.indexed,
            }
        )
    else:
        for b in books:
            say(
                f"{b.step:<11} entered {b.entered:>9,}  passed {b.passed:>9,}  dropped {sum(b.dropped.values()):>9,}"
                f"  held {sum(b.held.values()):>7,}{'' if b.adds_up else '   DOES NOT ADD UP'}"
            )
            for reason, n in {**b.dropped, **b.held}.items():
                say(f"{'':<11}   {reason:<24}{n:>9,}")
        if any(letters.values()):
            say("letters to applicants: " + ", ".join(f"{state.value} {n:,}" for state, n in letters.items()))
        say(f"waiting for a person: {waiting:,}; ledger {lag.filed:,}, search index {lag.behind:,} behind")
    return 0 if all(b.adds_up for b in books) else FAILED


@click.command()
@json_option
@with_app
def reindex(app: App, as_json: bool) -> None:
    """Build the search index anew from the records."""
    writer = app.index.writer()
    with counting("indexing", app.records.head()) as show:
        writer.rebuild(app.records, lambda done, _: show(done))
    writer.close()
    lag = app.search.lag()
    if as_json:
        emit({"indexed": lag.indexed, "behind": lag.behind})
        return
    say(f"The index holds all {lag.indexed:,} ledger positions.")


@click.command()
@click.argument("publication")
@click.option("--reason", required=True, help="By what right; recorded in the ledger.")
@click.option("--yes", is_flag=True, help="Ask nothing.")
@json_option
@with_app
def erase(app: App, publication: str, reason: str, yes: bool, as_json: bool) -> None:
    """Destroy the key of one original for good. The record, its entry and a tombstone stay, and verify still holds."""
    if not yes:
        click.confirm("Nobody will ever read this original again. Go on?", abort=True, err=True)
    app.erase_original(publication, reason)
    if as_json:
        emit({"erased": publication})
    else:
        say(f"The original of {publication} can't be read any more; the ledger says so.")
