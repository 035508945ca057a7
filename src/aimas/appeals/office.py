"""Who takes appeals in, and by which law and clock."""

import msgspec

from aimas.appeals.calendars import CURRENT
from aimas.appeals.law import Terms
from aimas.appeals.routing import Routing


class Office(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    receiver: str
    terms: Terms
    calendar: str = CURRENT
    routing: Routing
    least_for_ranks: int = 30
    ours: tuple[str, ...] = ()
    """Telephones, addresses and names that an answer may tell: the institution's own."""
