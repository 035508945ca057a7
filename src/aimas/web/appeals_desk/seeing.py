"""Which cases a person's list holds, as the queue is asked for them."""

from typing import Any

from aimas.accounts import Account, Right, reach
from aimas.appeals.routing import Routing, first_read_kinds


def seen_by(account: Account, right: Right, routing: Routing) -> dict[str, Any]:
    """Fields of a `QueueView`."""
    reached = reach(account, right)
    return {
        "reader": account.name,
        "units": None if reached.is_everywhere else tuple(sorted(reached.units)),
        "sees_confidential": reached.is_confidential_everywhere,
        "confidential_units": tuple(sorted(reached.confidential_units)),
        "sees_unassigned": reached.is_unassigned,
        "first_read_kinds": first_read_kinds(routing, reached.units),
    }
