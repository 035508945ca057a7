"""Reprints are folded and events followed here: which text copies which, and which tell one story in any language."""

from aimas.stories.reprints import Copy, Evidence, Reprints, Seen
from aimas.stories.stories import Stories
from aimas.stories.types import (
    Merge,
    Pin,
    PlacedItem,
    Placement,
    Placing,
    Reason,
    Rename,
    Ruling,
    Split,
    StoryItem,
    Why,
)

__all__ = [
    "Copy",
    "Evidence",
    "Merge",
    "Pin",
    "PlacedItem",
    "Placement",
    "Placing",
    "Reason",
    "Rename",
    "Reprints",
    "Ruling",
    "Seen",
    "Split",
    "Stories",
    "StoryItem",
    "Why",
]
