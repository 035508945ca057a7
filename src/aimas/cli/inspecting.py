"""Verbs of the map of precincts: put one in place, see which holds, ask it for a place."""

from pathlib import Path
from typing import Any

import click
import msgspec

from aimas.app import App
from aimas.cli.base import emit, json_option, say, with_app
from aimas.core import BadInput
from aimas.precincts import PrecinctMap


@click.group()
def inspectors() -> None:
    """Who serves which precinct, and where police posts are; citizens look here."""


@inspectors.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@json_option
@with_app
def import_map(app: App, file: Path, as_json: bool) -> None:
    """Put the map in FILE (GeoJSON) in place of the one before; the older one stays in the ledger."""
    made = app.inspectors.replace(file.read_bytes(), app.actor)
    emit(_summary(made)) if as_json else say(_told(made))


@inspectors.command("show")
@json_option
@with_app
def show(app: App, as_json: bool) -> None:
    """Which map holds."""
    known = app.inspectors.map()
    if known is None:
        raise BadInput("No map is on file. Give one: aimas inspectors import FILE.geojson")
    emit(_summary(known)) if as_json else say(_told(known))


@inspectors.command("find")
@click.argument("latitude", type=float)
@click.argument("longitude", type=float)
@json_option
@with_app
def find(app: App, latitude: float, longitude: float, as_json: bool) -> None:
    """The inspector and the nearest post for a point; write -- before a negative number."""
    found = app.inspectors.at(longitude, latitude)
    if as_json:
        emit(msgspec.to_builtins(found))
        return
    language = app.settings.language
    for precinct in found.precincts:
        for inspector in precinct.inspectors:
            say(f"{precinct.names[language]}: {inspector.name}, {inspector.phone}")
    if not found.precincts:
        say("No precinct on the map holds that point.")
    if found.nearest is not None and found.distance_m is not None:
        say(
            f"Nearest post, {found.distance_m:,.0f} m: {found.nearest.names[language]}, {found.nearest.phone}"
        )


def _summary(known: PrecinctMap) -> dict[str, Any]:
    return {
        "place": known.place,
        "source": known.source,
        "checked_on": known.checked_on,
        "invented": known.is_invented,
        "precincts": len(known.precincts),
        "posts": len(known.posts),
        "inspectors": sum(len(p.inspectors) for p in known.precincts),
    }


def _told(known: PrecinctMap) -> str:
    made = _summary(known)
    return (
        f"{known.place['en']}: {made['precincts']} precincts with {made['inspectors']} inspectors, "
        f"{made['posts']} posts. Source: {known.source['en']}, checked on {known.checked_on}."
    )
