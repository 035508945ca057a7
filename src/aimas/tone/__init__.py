"""Tone toward a mention: the question, the model that answers it, and the rule from mentions to a publication."""

from aimas.tone.types import ToneModel, ToneQuestion
from aimas.tone.verdict import Verdict, verdict

__all__ = ["ToneModel", "ToneQuestion", "Verdict", "verdict"]
