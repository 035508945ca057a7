"""Verbs about keeping a home: another version of its tables, another place of its records, copies of it."""

import click

from aimas.cli.base import emit, home_folder, home_option, json_option, say


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
