"""What becomes of a message: when it may go, when it is tried again, when it is given up."""

from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from aimas.alerts.types import QuietHours
from aimas.core import AimasError

WAITS_S = (5, 15, 60, 300, 900, 1_800, 3_600)
"""Pauses after failed tries; the last one repeats."""
GIVE_UP = timedelta(hours=24)
LONGEST_WAIT = GIVE_UP + timedelta(hours=2)
"""No message waits longer, quiet hours included: one that seems to was put off under a clock that was ahead."""
CLAIM = timedelta(minutes=5)
"""How long whoever took a delivery may be silent; a channel's own time-outs are well below."""


class Failure(StrEnum):
    """Why a message did not go."""

    PASSING = "passing"
    """The other side is down or busy: tried again."""
    PERMANENT = "permanent"
    """The other side will never take it: not tried again."""
    UNCLEAR = "unclear"
    """It was handed over and no answer came: whether it arrived nobody knows."""


class NotDelivered(AimasError):
    """Raised by a channel; its text names no address and no key."""

    def __init__(self, failure: Failure, message: str, retry_after_s: float | None = None) -> None:
        super().__init__(message)
        self.failure = failure
        self.retry_after_s = retry_after_s


def next_try(
    tries: int, now: datetime, made_at: datetime, retry_after_s: float | None = None
) -> datetime | None:
    """After `tries` failed ones; None where it is given up."""
    wait_s = max(WAITS_S[min(tries, len(WAITS_S)) - 1], retry_after_s or 0)
    at = now + timedelta(seconds=wait_s)
    return None if at - made_at > GIVE_UP else at


def may_go_at(quiet: QuietHours | None, now: datetime, zone: tzinfo) -> datetime:
    """Now, or when the quiet hours that hold now are over."""
    local = now.astimezone(zone)
    if quiet is None or not quiet.hold(local.time()):
        return now
    end = datetime.combine(local.date(), quiet.until, zone)
    return end if end > local else datetime.combine(local.date() + timedelta(days=1), quiet.until, zone)
