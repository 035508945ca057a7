"""Tone toward a mention: the question, the model that answers it, the rule from mentions to a publication.

The model itself is imported from `aimas.tone.model` where it is asked: its runtime is slow to load.
"""

from aimas.tone.types import ToneAnswer, ToneModel, ToneQuestion
from aimas.tone.verdict import Verdict, verdict

__all__ = ["ToneAnswer", "ToneModel", "ToneQuestion", "Verdict", "verdict"]
