"""Saved searches, the rules that watch them, and when a rule speaks: single items, batches, spikes over a baseline."""

from aimas.alerts.backtest import Backtest, Firing, backtest
from aimas.alerts.deliveries import Failure, NotDelivered, next_try
from aimas.alerts.messages import Composer, Item, Message
from aimas.alerts.searches import SavedSearches
from aimas.alerts.sending import Courier, Sending
from aimas.alerts.service import Alerting
from aimas.alerts.spikes import Sensitivity
from aimas.alerts.types import (
    Alert,
    Attempt,
    Channel,
    ChannelKind,
    Delivery,
    DeliveryState,
    QuietHours,
    Rule,
    RuleKind,
    RuleState,
    SavedSearch,
)

__all__ = [
    "Alert",
    "Alerting",
    "Attempt",
    "Backtest",
    "Channel",
    "ChannelKind",
    "Composer",
    "Courier",
    "Delivery",
    "DeliveryState",
    "Failure",
    "Firing",
    "Item",
    "Message",
    "NotDelivered",
    "QuietHours",
    "Rule",
    "RuleKind",
    "RuleState",
    "SavedSearch",
    "SavedSearches",
    "Sending",
    "Sensitivity",
    "backtest",
    "next_try",
]
