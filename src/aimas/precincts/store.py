"""What the finder needs of a store."""

from typing import Protocol

from aimas.core import Actor
from aimas.precincts.types import PrecinctMap


class MapStore(Protocol):
    """Keeps every map that ever held, with who put it in place; the newest holds."""

    def current(self) -> PrecinctMap | None:
        """None: nobody has given a map yet."""
        ...

    def replace(self, map: PrecinctMap, by: Actor) -> None: ...
