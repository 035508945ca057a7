"""Who is my inspector, and where is the nearest police post: asked by place or street, remembered nowhere."""

from collections.abc import Mapping
from datetime import date
from math import cos, radians
from typing import Any

from babel.units import format_unit
from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.response import Template

from aimas.app import App
from aimas.precincts import Found, PrecinctMap
from aimas.precincts.types import Point
from aimas.web.citizen.forms import Errors, Sent, coordinates, sent
from aimas.web.citizen.stand import Stand, page, stand
from aimas.web.limits import limited
from aimas.web.texts import Texts

SKETCH_WIDTH = 320


@get("/citizen/inspector", include_in_schema=False, sync_to_thread=True)
def inspector_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return _page(stand(request, app), request, {})


@post("/citizen/inspector/find", include_in_schema=False, status_code=200)
async def find_inspector(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    """By POST, so that where somebody lives stands in no address, history or log."""
    limited(request, "upload")
    said = await sent(request)
    return await sync_to_thread(_found, request, app, said)


def _found(request: Request[Any, Any, Any], app: App, said: Sent) -> Template:
    here = stand(request, app)
    point, is_wrong = coordinates(said)
    street = said.word("street", 100)
    if is_wrong:
        return _page(here, request, said.fields, errors={"latitude": here.texts("citizen.error.place")})
    if point is not None:
        at = (point[1], point[0])
        return _page(here, request, said.fields, app.inspectors.at(*at), at)
    if street:
        return _page(here, request, said.fields, app.inspectors.on_street(street))
    return _page(here, request, said.fields, errors={"street": here.texts("citizen.error.street")})


def _page(
    here: Stand,
    request: Request[Any, Any, Any],
    said: Mapping[str, str],
    found: Found | None = None,
    at: Point | None = None,
    errors: Errors | None = None,
) -> Template:
    known = here.app.inspectors.map()
    away = None if found is None or found.distance_m is None else _distance(found.distance_m, here.texts)
    return page(
        here,
        request,
        "inspector.html",
        422 if errors else 200,
        is_private=bool(said),
        map=known,
        map_day=date.fromisoformat(known.checked_on) if known else None,
        streets=here.app.inspectors.streets(),
        found=found,
        away=away,
        sketch=sketch(known, found, at, here.texts) if known and found and found.precincts else "",
        said=said,
        errors=errors or {},
    )


def _distance(metres: float, t: Texts) -> str:
    amount, unit = (
        (round(metres, -1), "length-meter")
        if metres < 1000
        else (round(metres / 1000, 1), "length-kilometer")
    )
    return t("citizen.inspector.away", distance=format_unit(amount, unit, "short", locale=t.tongue))


def sketch(known: PrecinctMap, found: Found, at: Point | None, t: Texts) -> str:
    """The first precinct among its neighbours as an outline: a map that needs no map service."""
    own = found.precincts[0]
    corners = [p for area in own.areas for p in area.outer] + ([at] if at else [])
    west, east = min(x for x, _ in corners), max(x for x, _ in corners)
    south, north = min(y for _, y in corners), max(y for _, y in corners)
    margin = max(east - west, north - south) * 0.12
    west, east, south, north = west - margin, east + margin, south - margin, north + margin
    # A degree of longitude is shorter than one of latitude by the cosine of the latitude.
    squeeze = cos(radians((south + north) / 2))
    scale = SKETCH_WIDTH / ((east - west) * squeeze)
    height = (north - south) * scale

    def put(point: Point) -> str:
        return f"{(point[0] - west) * squeeze * scale:.1f} {(north - point[1]) * scale:.1f}"

    def path(ids: tuple[str, ...], is_own: bool) -> str:
        rings = [
            "M" + "L".join(put(p) for p in ring) + "Z"
            for precinct in known.precincts
            if (precinct.id in ids) is is_own
            for area in precinct.areas
            for ring in (area.outer, *area.holes)
        ]
        return " ".join(rings)

    ids = (own.id,)
    posts = "".join(
        f'<circle class="post" cx="{put(p.at).split()[0]}" cy="{put(p.at).split()[1]}" r="5"/>'
        for p in known.posts
    )
    dot = f'<circle class="you" cx="{put(at).split()[0]}" cy="{put(at).split()[1]}" r="5"/>' if at else ""
    return (
        f'<svg viewBox="0 0 {SKETCH_WIDTH} {height:.0f}" role="img" aria-label="{t("citizen.inspector.sketch")}">'
        f'<path class="others" d="{path(ids, False)}"/><path class="own" fill-rule="evenodd" d="{path(ids, True)}"/>'
        f"{posts}{dot}</svg>"
    )


FINDING = (inspector_page, find_inspector)
