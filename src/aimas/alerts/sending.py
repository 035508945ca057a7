"""Takes waiting messages to their channels: each is claimed, tried, and settled with what the other side said."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, tzinfo
from typing import Protocol

import structlog
from structlog.contextvars import bound_contextvars

from aimas.alerts.deliveries import CLAIM, Failure, NotDelivered, may_go_at, next_try
from aimas.alerts.messages import Message
from aimas.alerts.store import AlertStore, Claimed, Settle
from aimas.alerts.types import Alert, Attempt, Channel, ChannelKind, Delivery, DeliveryState, Rule
from aimas.core import Clock

AT_ONCE = 4
"""A silent webhook does not hold up the others."""
BATCH = 50
ACCEPTED = "accepted"
INTERRUPTED = "interrupted"

log = structlog.get_logger(__name__)


class Courier(Protocol):
    """One kind of channel."""

    @property
    def tells_twice_from_once(self) -> bool:
        """Whether the other side can know a repeated message by its key."""

    def send(self, channel: Channel, message: Message) -> None:
        """Returns once the other side accepted it; raises NotDelivered."""


class Sending:
    def __init__(
        self,
        store: AlertStore,
        settle: Settle,
        clock: Clock,
        zone: tzinfo,
        compose: Callable[[Alert, Rule, str], Message],
        couriers: Mapping[ChannelKind, Courier],
        trails: Callable[[Alert], Sequence[str]] = lambda alert: (),
    ) -> None:
        """`trails` are those by which an alert's publications came in, for the log."""
        self._store = store
        self._settle = settle
        self._clock = clock
        self._zone = zone
        self._compose = compose
        self._couriers = couriers
        self._trails = trails

    def send_due(self) -> int:
        """Tries whatever is due; returns how many were tried."""
        due = self._store.due(self._clock.now(), BATCH)
        if len(due) < 2:
            return sum(map(self._try, due))
        with ThreadPoolExecutor(min(AT_ONCE, len(due)), "deliver") as pool:
            return sum(pool.map(self._try, due))

    def _try(self, waiting: Delivery) -> bool:
        now = self._clock.now()
        alert = self._store.get_alert(waiting.alert)
        rule = self._store.get_rule(alert.rule) if alert else None
        channel = self._store.get_channel(waiting.channel)
        if alert is None or rule is None or channel is None:
            raise LookupError(f"delivery {waiting.id} has lost its alert, rule or channel")
        free_at = may_go_at(rule.quiet, now, self._zone)
        if free_at > now:
            self._store.postpone(waiting.id, free_at)
            return False
        message = self._compose(alert, rule, waiting.key)
        claimed = self._store.claim(waiting.id, now, now + CLAIM)
        if claimed is None:
            return False
        with bound_contextvars(alert=alert.position, trails=list(self._trails(alert))):
            self._dealt_with(claimed, rule, channel, message, now)
        return True

    def _dealt_with(
        self, claimed: Claimed, rule: Rule, channel: Channel, message: Message, now: datetime
    ) -> None:
        courier = self._couriers[channel.kind]
        muted_until = self._store.state_of(rule.id).muted_until
        if muted_until is not None and now < muted_until:
            self._ended(claimed.delivery, channel, "muted", "", DeliveryState.SILENCED)
        elif claimed.was_interrupted and not courier.tells_twice_from_once:
            self._ended(claimed.delivery, channel, INTERRUPTED, "", DeliveryState.UNCLEAR)
        else:
            self._send(claimed, channel, courier, message)

    def _send(self, claimed: Claimed, channel: Channel, courier: Courier, message: Message) -> None:
        delivery = claimed.delivery
        try:
            courier.send(channel, message)
        except NotDelivered as error:
            self._failed(delivery, channel, courier, error)
        else:
            self._ended(delivery, channel, ACCEPTED, "", DeliveryState.SENT)

    def _failed(self, delivery: Delivery, channel: Channel, courier: Courier, error: NotDelivered) -> None:
        now = self._clock.now()
        failure = error.failure
        log.warning("delivery.failed", delivery=delivery.id, failure=failure.value, why=str(error))
        if failure is Failure.UNCLEAR and courier.tells_twice_from_once:
            failure = Failure.PASSING
        if failure is Failure.UNCLEAR:
            self._ended(delivery, channel, failure.value, str(error), DeliveryState.UNCLEAR)
            return
        again_at = next_try(delivery.tries, now, delivery.made_at, error.retry_after_s)
        if failure is Failure.PERMANENT or again_at is None:
            self._ended(delivery, channel, failure.value, str(error), DeliveryState.FAILED)
            return
        attempt = Attempt(number=delivery.tries, at=now, outcome=failure.value, detail=str(error)[:300])
        with self._settle() as settlement:
            self._store.settle(settlement, delivery, attempt, DeliveryState.WAITING, again_at)

    def _ended(
        self, delivery: Delivery, channel: Channel, outcome: str, detail: str, state: DeliveryState
    ) -> None:
        """For good: the ledger says how."""
        attempt = Attempt(number=delivery.tries, at=self._clock.now(), outcome=outcome, detail=detail[:300])
        with self._settle() as settlement:
            told = {
                "alert": delivery.alert,
                "channel": channel.kind.value,
                "tries": delivery.tries,
                "outcome": outcome,
            }
            settlement.act(f"delivery-{state.value}", str(delivery.id), told)
            self._store.settle(settlement, delivery, attempt, state, None)
        log.info(f"delivery.{state.value}", delivery=delivery.id, channel=channel.kind.value)
