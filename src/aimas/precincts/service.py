"""Finds the precinct and the post for a place or a street."""

import re

import msgspec

from aimas.core import Actor
from aimas.precincts.geometry import distance_m, holds
from aimas.precincts.maps import read_map
from aimas.precincts.store import MapStore
from aimas.precincts.types import Point, Post, Precinct, PrecinctMap

_KIND_OF_STREET = re.compile(
    r"\b(улица|ул|проспект|пр-т|пр|переулок|пер|микрорайон|мкр|площадь|пл"
    r"|көшесі|көш|даңғылы|шағын ауданы|алаңы|street|st|avenue|ave|square)\b\.?"
)
_SAME_LETTERS = str.maketrans("әғқңөұүһіё", "агкноуухие")
"""A Russian keyboard has no Kazakh letters."""
FAR_M = 30_000
"""Further from the nearest post, a place lies outside of the city's map."""


class Found(msgspec.Struct, frozen=True):
    """What is known of a place; both may be nothing."""

    precincts: tuple[Precinct, ...]
    """More than one where a border runs, or a street goes through several."""
    nearest: Post | None
    distance_m: float | None
    """In a straight line; None where no point was given."""


class Inspectors:
    """The citizen's "who is my inspector, and where is the nearest post"; remembers nothing of who asked."""

    def __init__(self, store: MapStore) -> None:
        self._store = store

    def map(self) -> PrecinctMap | None:
        return self._store.current()

    def replace(self, content: bytes, by: Actor) -> PrecinctMap:
        """The whole map anew. Raises BadInput naming the feature that is wrong; then the old one stays."""
        made = read_map(content)
        self._store.replace(made, by)
        return made

    def at(self, longitude: float, latitude: float) -> Found:
        known = self._store.current()
        if known is None:
            return Found((), None, None)
        point: Point = (longitude, latitude)
        nearest = min(known.posts, key=lambda post: distance_m(point, post.at), default=None)
        away = distance_m(point, nearest.at) if nearest else None
        precincts = tuple(p for p in known.precincts if holds(p.areas, point))
        if away is not None and away > FAR_M and not precincts:
            return Found((), None, None)
        return Found(precincts, nearest, away)

    def on_street(self, words: str) -> Found:
        """Every precinct that a street of that name runs through; the post is that of the first."""
        known = self._store.current()
        wanted = street_key(words)
        if known is None or len(wanted) < 2:
            return Found((), None, None)
        precincts = tuple(p for p in known.precincts if any(wanted in street_key(s) for s in p.streets))
        posts = {post.id: post for post in known.posts}
        return Found(precincts, posts.get(precincts[0].post) if precincts else None, None)

    def streets(self) -> tuple[str, ...]:
        """All that the map names, each once."""
        known = self._store.current()
        return tuple(sorted({s for p in known.precincts for s in p.streets})) if known else ()


def street_key(words: str) -> str:
    """What stays of a street's name when its kind, letter case and keyboard do not matter."""
    bare = _KIND_OF_STREET.sub(" ", words.casefold())
    return " ".join(re.findall(r"\w+", bare)).translate(_SAME_LETTERS)
