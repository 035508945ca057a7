"""Reads a city's precincts from GeoJSON and says plainly what is wrong with a file.

A FeatureCollection with `place`, `source` and `checked_on` beside `features`. A Polygon or MultiPolygon is a
precinct: `id`, `name`, `inspectors` (each `name`, `phone`; `rank`, `hours`, `languages` if told), `post`, `streets`.
A Point is a police post: `id`, `name`, `address`, `phone`, `hours`. Words are one text for all languages or an object
with ru, kk and en.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import msgspec

from aimas.core import BadInput
from aimas.precincts.geometry import crossing, surface
from aimas.precincts.types import Area, Inspector, Point, Post, Precinct, PrecinctMap, Ring

LANGUAGES = ("ru", "kk", "en")
MAX_BYTES = 20_000_000
MAX_FEATURES = 20_000
MAX_POINTS = 20_000
"""Corners of one ring."""
FEWEST_CORNERS = 4
"""With the first one again at the end (RFC 7946)."""

_Words = str | dict[str, str]


class _Inspector(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    phone: str
    rank: _Words = ""
    hours: _Words = ""
    languages: tuple[str, ...] = ()


class _Properties(msgspec.Struct):
    """Other properties are left alone: maps carry many."""

    id: str
    name: _Words
    inspectors: tuple[_Inspector, ...] = ()
    post: str = ""
    streets: tuple[str, ...] = ()
    address: _Words = ""
    phone: str = ""
    hours: _Words = ""


class _Feature(msgspec.Struct):
    type: str
    geometry: dict[str, Any]
    properties: dict[str, Any]


class _Collection(msgspec.Struct):
    type: str
    features: list[dict[str, Any]]
    place: _Words
    source: _Words
    checked_on: date
    invented: bool = False


def read_map(content: bytes) -> PrecinctMap:
    """Raises BadInput that names the feature, counted from 1, and what is wrong with it."""
    if len(content) > MAX_BYTES:
        raise BadInput(f"The file is larger than {MAX_BYTES // 1_000_000} MB: that is no map of one city.")
    try:
        said = msgspec.json.decode(content, type=_Collection)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadInput(f"This is no map of precincts: {error}") from None
    if said.type != "FeatureCollection":
        raise BadInput(f"GeoJSON's type must be FeatureCollection, not {said.type!r}.")
    if len(said.features) > MAX_FEATURES:
        raise BadInput(f"{len(said.features)} features are too many for one city.")
    precincts: list[Precinct] = []
    posts: list[Post] = []
    for number, raw in enumerate(said.features, 1):
        try:
            made = _feature(raw)
        except BadInput as error:
            raise BadInput(f"Feature {number}: {error}") from None
        (posts if isinstance(made, Post) else precincts).append(made)  # type: ignore[arg-type]
    if not precincts:
        raise BadInput("There is no precinct: a Polygon or MultiPolygon with an inspector.")
    _ids(precincts, posts)
    return PrecinctMap(
        place=_words(said.place, "place"),
        source=_words(said.source, "source"),
        checked_on=said.checked_on.isoformat(),
        precincts=tuple(precincts),
        posts=tuple(posts),
        is_invented=said.invented,
    )


def _ids(precincts: list[Precinct], posts: list[Post]) -> None:
    for kind, ids in (("precinct", [p.id for p in precincts]), ("post", [p.id for p in posts])):
        twice = [id for id, n in Counter(ids).items() if n > 1]
        if twice:
            raise BadInput(f"Two features have the {kind} id {twice[0]!r}: give each its own.")
    known = {post.id for post in posts}
    for precinct in precincts:
        if precinct.post and precinct.post not in known:
            raise BadInput(f"Precinct {precinct.id!r} names the post {precinct.post!r}, which is not there.")


def _feature(raw: dict[str, Any]) -> Precinct | Post:
    try:
        feature = msgspec.convert(raw, _Feature)
        said = msgspec.convert(feature.properties, _Properties)
    except msgspec.ValidationError as error:
        raise BadInput(str(error)) from None
    if not said.id.strip():
        raise BadInput("“id” is empty.")
    kind, places = feature.geometry.get("type"), feature.geometry.get("coordinates")
    match kind:
        case "Point":
            return Post(
                id=said.id,
                names=_words(said.name, "name"),
                address=_words(said.address, "address"),
                phone=_phone(said.phone),
                at=_point(places),
                hours=_words(said.hours, "hours", may_lack=True),
            )
        case "Polygon":
            areas: tuple[Area, ...] = (_area(places),)
        case "MultiPolygon":
            areas = tuple(_area(part) for part in _listed(places, "coordinates"))
        case _:
            raise BadInput(f"geometry {kind!r} is neither Polygon, MultiPolygon nor Point.")
    if not said.inspectors:
        raise BadInput(f"precinct {said.id!r} names no inspector.")
    return Precinct(
        id=said.id,
        names=_words(said.name, "name"),
        areas=areas,
        inspectors=tuple(_inspector(i) for i in said.inspectors),
        post=said.post,
        streets=tuple(s.strip() for s in said.streets if s.strip()),
    )


def _inspector(said: _Inspector) -> Inspector:
    if not said.name.strip():
        raise BadInput("an inspector has no name.")
    return Inspector(
        name=said.name.strip(),
        phone=_phone(said.phone),
        rank=_words(said.rank, "rank", may_lack=True),
        hours=_words(said.hours, "hours", may_lack=True),
        languages=said.languages,
    )


def _words(said: _Words, what: str, *, may_lack: bool = False) -> dict[str, str]:
    if isinstance(said, str):
        said = dict.fromkeys(LANGUAGES, said) if said.strip() else {}
    if not said and may_lack:
        return {}
    lacking = [language for language in LANGUAGES if not said.get(language, "").strip()]
    if lacking:
        raise BadInput(f"“{what}” is not said in {', '.join(lacking)}.")
    return {language: said[language].strip() for language in LANGUAGES}


def _phone(said: str) -> str:
    """As written: people recognise the grouping."""
    digits = sum(c.isdigit() for c in said)
    if not 3 <= digits <= 15 or any(not (c.isdigit() or c in "+-() ") for c in said):
        raise BadInput(f"{said!r} is no telephone number.")
    return said.strip()


def _area(rings: Any) -> Area:
    outer, *holes = [_ring(ring) for ring in _listed(rings, "a polygon")]
    return Area(outer, tuple(holes))


def _ring(places: Any) -> Ring:
    ring = tuple(_point(place) for place in _listed(places, "a ring"))
    if len(ring) > MAX_POINTS:
        raise BadInput(f"a ring has {len(ring)} corners, more than {MAX_POINTS}: simplify it.")
    if len(ring) < FEWEST_CORNERS:
        raise BadInput("a ring has fewer than four positions.")
    if ring[0] != ring[-1]:
        raise BadInput("a ring does not end where it begins.")
    if crossed := crossing(ring):
        raise BadInput(f"sides {crossed[0]} and {crossed[1]} of a ring cross each other.")
    if surface(ring) == 0:
        raise BadInput("a ring encloses nothing.")
    return ring


def _listed(value: Any, what: str) -> Iterable[Any]:
    if not isinstance(value, list) or not value:
        raise BadInput(f"{what} holds no list.")
    return value


def _point(value: Any) -> Point:
    """Height, where there is one, is left out."""
    numbers = isinstance(value, list) and len(value) >= 2 and all(type(v) in (int, float) for v in value)
    if not numbers:
        raise BadInput(f"{value!r} is no position: longitude, latitude.")
    longitude, latitude = float(value[0]), float(value[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise BadInput(f"{value[:2]} lies on no globe: longitude comes first, then latitude.")
    return longitude, latitude
