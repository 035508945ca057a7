"""Which precinct a place lies in, who is its inspector and where the nearest police post is, belong here."""

from aimas.precincts.maps import read_map
from aimas.precincts.service import Found, Inspectors
from aimas.precincts.store import MapStore
from aimas.precincts.types import Inspector, Post, Precinct, PrecinctMap

__all__ = [
    "Found",
    "Inspector",
    "Inspectors",
    "MapStore",
    "Post",
    "Precinct",
    "PrecinctMap",
    "read_map",
]
