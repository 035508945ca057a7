"""The nouns and laws that all other packages share; it imports msgspec and the standard library only."""

from aimas.core.actor import Actor, act_as, acting, current_actor
from aimas.core.clock import Clock, SystemClock
from aimas.core.errors import AimasError, BadInput, BadSetting, LocatedError, Unavailable
from aimas.core.facts import Guess, Span
from aimas.core.items import (
    POOL,
    DatedBy,
    Fetched,
    Language,
    Mention,
    Ownership,
    Place,
    Placed,
    Publication,
    Reading,
    StoredPublication,
    Theme,
    Tone,
)
from aimas.core.outcome import Dropped, DropReason, Held, HoldReason, Outcome, Passed
from aimas.core.trail import current_trail, new_trail, on_trail

__all__ = [
    "POOL",
    "Actor",
    "AimasError",
    "BadInput",
    "BadSetting",
    "Clock",
    "DatedBy",
    "DropReason",
    "Dropped",
    "Fetched",
    "Guess",
    "Held",
    "HoldReason",
    "Language",
    "LocatedError",
    "Mention",
    "Outcome",
    "Ownership",
    "Passed",
    "Place",
    "Placed",
    "Publication",
    "Reading",
    "Span",
    "StoredPublication",
    "SystemClock",
    "Theme",
    "Tone",
    "Unavailable",
    "act_as",
    "acting",
    "current_actor",
    "current_trail",
    "new_trail",
    "on_trail",
]
