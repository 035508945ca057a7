"""The nouns of the finder: a precinct, its inspector, a police post, and the map that holds them all."""

from typing import TypeAlias

import msgspec

Point: TypeAlias = tuple[float, float]
"""Longitude, latitude: the order of GeoJSON."""
Ring: TypeAlias = tuple[Point, ...]
"""Closed: the last point is the first."""


class Area(msgspec.Struct, frozen=True):
    """One piece of ground with its holes."""

    outer: Ring
    holes: tuple[Ring, ...] = ()


class Inspector(msgspec.Struct, frozen=True, kw_only=True):
    """A police officer in office, named because the law has him known to those he serves."""

    name: str
    phone: str
    rank: dict[str, str] = {}
    """Language → word; empty: not told."""
    hours: dict[str, str] = {}
    """Language → when he receives people."""
    languages: tuple[str, ...] = ()
    """Those that he speaks, as codes."""


class Precinct(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    names: dict[str, str]
    areas: tuple[Area, ...]
    inspectors: tuple[Inspector, ...]
    """At least one."""
    post: str = ""
    """Id of the post where he works; empty: not told."""
    streets: tuple[str, ...] = ()
    """As written in the file; a street through two precincts stands in both."""


class Post(msgspec.Struct, frozen=True, kw_only=True):
    """A police post or station."""

    id: str
    names: dict[str, str]
    address: dict[str, str]
    phone: str
    at: Point
    hours: dict[str, str] = {}


class PrecinctMap(msgspec.Struct, frozen=True, kw_only=True):
    """All of one city, replaced as a whole: half a map would send people to the wrong door."""

    place: dict[str, str]
    """What it is a map of."""
    source: dict[str, str]
    """Language → who says so."""
    checked_on: str
    """ISO day on which the source last looked."""
    precincts: tuple[Precinct, ...]
    posts: tuple[Post, ...] = ()
    is_invented: bool = False
    """For a demonstration: the page says so."""
