"""The nouns: a saved search, a rule that watches it, an alert with what led to it, and its deliveries."""

from datetime import date, datetime, time
from enum import StrEnum

import msgspec

from aimas.alerts.spikes import Baseline, Sensitivity


class RuleKind(StrEnum):
    """When a rule speaks."""

    EVERY = "every"
    """As soon as something new is found; what comes together is told together."""
    DIGEST = "digest"
    """At set hours, what was found since the last time; nothing where nothing was."""
    SPIKE = "spike"
    """When a day holds more than chance explains, once an episode."""


class ChannelKind(StrEnum):
    """Where an alert is sent."""

    EMAIL = "email"
    """To one address, by the SMTP server of the settings."""
    WEBHOOK = "webhook"
    """A signed POST to an address."""
    TELEGRAM = "telegram"
    """A message of the bot of the settings to one chat."""
    ATOM = "atom"
    """A feed at an unguessable address: fetched, not sent."""


class DeliveryState(StrEnum):
    """How far one message has come."""

    WAITING = "waiting"
    """To be tried when due."""
    SENT = "sent"
    """The other side accepted it; never sent again."""
    FAILED = "failed"
    """Refused for good, or given up after a day of tries."""
    UNCLEAR = "unclear"
    """It may have arrived, and the channel could not tell two from one: a person decides."""
    SILENCED = "silenced"
    """The rule was muted: recorded, not sent."""


class SavedSearch(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    query: str
    institution: str
    by: str
    """Who saved this version of it."""
    position: int
    """The act in the ledger."""
    at: datetime


class QuietHours(msgspec.Struct, frozen=True):
    """From one time of the day to another in the home's time zone; over midnight where the first is later."""

    since: time
    until: time

    def hold(self, clock: time) -> bool:
        if self.since <= self.until:
            return self.since <= clock < self.until
        return clock >= self.since or clock < self.until


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    search: str
    """Id of the saved search that it watches."""
    kind: RuleKind
    language: str
    """Of what is sent: ru, kk or en."""
    hour: int | None = None
    """Of a digest: the hour of the day; None is every hour."""
    sensitivity: Sensitivity = Sensitivity()
    channels: tuple[str, ...] = ()
    """Ids of channels; none means that alerts are only shown here."""
    quiet: QuietHours | None = None
    by: str = ""
    position: int = 0
    at: datetime | None = None


class RuleState(msgspec.Struct, frozen=True, kw_only=True):
    """What moves: each change is made only by whoever knew the version before it."""

    version: int = 0
    cursor: int = 0
    """Ledger position up to which found items were told."""
    slot: str = ""
    """The hour or day of the last digest."""
    episode: date | None = None
    """The last day of the spike that was told."""
    muted_until: datetime | None = None


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """Sealed at rest: an address may name a person or carry a key."""

    id: str
    kind: ChannelKind
    address: str
    """E-mail address, webhook address, chat id; of a feed its secret."""
    secret: str = ""
    """Of a webhook: what its signature is made with."""

    @property
    def shown(self) -> str:
        """Enough to recognise it, never enough to use it."""
        match self.kind:
            case ChannelKind.EMAIL:
                name, _, host = self.address.partition("@")
                return f"{name[:2]}…@{host}"
            case ChannelKind.WEBHOOK:
                return self.address.split("/")[2] if self.address.count("/") > 1 else "webhook"
            case ChannelKind.TELEGRAM:
                return f"…{self.address[-4:]}"
            case ChannelKind.ATOM:
                return "Atom"


class Acknowledgement(msgspec.Struct, frozen=True):
    by: str
    at: datetime
    note: str
    position: int


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """What was found, by which question at which snapshot, and why it was told now."""

    rule: str
    rule_name: str
    search: str
    search_name: str
    kind: RuleKind
    institution: str
    query: str
    """Lists exactly the counted publications at `snapshot`."""
    snapshot: int
    count: int
    watched: str
    """The saved query as it was understood, dates written out."""
    baseline: Baseline | None = None
    chance: float | None = None
    """Of so many publications on such a day, for a spike."""
    since: datetime | None = None
    """For a digest: what came after it."""
    why: dict[str, str] = {}
    """In each language of the interface."""
    position: int = 0
    """The act in the ledger: the alert's number."""
    at: datetime | None = None
    acknowledged: Acknowledgement | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    id: int
    alert: int
    channel: str
    key: str
    """The same at every try: Message-ID and Idempotency-Key are made of it."""
    state: DeliveryState
    due_at: datetime
    tries: int
    made_at: datetime
    sent_at: datetime | None = None


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    at: datetime
    outcome: str
    """`accepted`, or a Failure's value; `interrupted` where the program ended in between."""
    detail: str
