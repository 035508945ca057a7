"""What alerts need of a store; whoever implements it decides nothing."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import msgspec

from aimas.alerts.types import (
    Alert,
    Attempt,
    Channel,
    Delivery,
    DeliveryState,
    Rule,
    RuleState,
    SavedSearch,
)


class Settlement(Protocol):
    """One transaction: acts and what belongs to them are recorded together or not at all."""

    @property
    def connection(self) -> Any: ...

    def act(self, verb: str, subject: str, detail: Mapping[str, Any]) -> int:
        """Returns the ledger position."""


Settle: TypeAlias = Callable[[], AbstractContextManager[Settlement]]


class Found(msgspec.Struct, frozen=True):
    """A publication that a rule's question found."""

    id: str
    key: str
    """The same for all revisions at one address."""
    is_known: bool
    """Told by this rule in whatever revision, or older than the rule itself."""


class Claimed(msgspec.Struct, frozen=True):
    """A delivery in hand: nobody else tries it meanwhile."""

    delivery: Delivery
    was_interrupted: bool
    """The try before this one never ended: the program did."""


class AlertStore(Protocol):
    def searches(self) -> list[SavedSearch]:
        """Current ones by name."""

    def put_search(self, settlement: Settlement, search: SavedSearch) -> None:
        """In place of the version before it, where there is one."""

    def retire_search(self, settlement: Settlement, id: str, position: int) -> None: ...

    def rules(self) -> list[Rule]:
        """Current ones, oldest first."""

    def get_rule(self, id: str) -> Rule | None:
        """Also a retired one, in its last version."""

    def put_rule(self, settlement: Settlement, rule: Rule, state: RuleState) -> None: ...

    def retire_rule(self, settlement: Settlement, id: str, position: int) -> None: ...

    def state_of(self, rule: str) -> RuleState: ...

    def advance(self, settlement: Settlement, rule: str, known: RuleState, new: RuleState) -> bool:
        """False where somebody else was faster: then nothing may be recorded."""

    def found(self, rule: str, born: int, readings: Sequence[int]) -> list[Found]:
        """What was filed at or before `born` is known: an old text that is read anew is no news."""

    def put_alert(self, settlement: Settlement, alert: Alert, keys: Sequence[str]) -> None:
        """With the items that count as told from now on."""

    def acknowledge(self, settlement: Settlement, alert: int, position: int) -> bool:
        """False where it was already."""

    def alerts(
        self, limit: int, *, rule: str | None = None, below: int | None = None, only_open: bool = False
    ) -> list[Alert]:
        """Newest first."""

    def get_alert(self, position: int) -> Alert | None: ...

    def open_count(self) -> int:
        """Alerts that nobody acknowledged."""

    def channels(self) -> list[Channel]: ...

    def get_channel(self, id: str) -> Channel | None: ...

    def put_channel(self, settlement: Settlement, channel: Channel, position: int) -> None: ...

    def queue(
        self,
        settlement: Settlement,
        alert: int,
        channel: str,
        key: str,
        due_at: datetime,
        state: DeliveryState,
    ) -> None: ...

    def due(self, now: datetime, limit: int) -> list[Delivery]:
        """Waiting, due, and in nobody's hand."""

    def claim(self, delivery: int, now: datetime, until: datetime) -> Claimed | None:
        """None where another was faster."""

    def postpone(self, delivery: int, due_at: datetime) -> None:
        """Not tried yet."""

    def settle(
        self,
        settlement: Settlement,
        delivery: Delivery,
        attempt: Attempt,
        state: DeliveryState,
        due_at: datetime | None,
    ) -> None: ...

    def revive(self, settlement: Settlement, delivery: int, due_at: datetime) -> bool:
        """Back to waiting, by a person's word; False where it was sent or waits already."""

    def deliveries(self, alert: int) -> list[tuple[Delivery, list[Attempt]]]: ...
