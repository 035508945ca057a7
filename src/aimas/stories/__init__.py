"""Reprints are folded and events followed here: which text copies which, and which tell one story in any language."""

from aimas.stories.reprints import Copy, Evidence, Reprints, Seen

__all__ = ["Copy", "Evidence", "Reprints", "Seen"]
