"""Tone toward a mention: the question, the model that answers it, the rule from mentions to a publication.

The model itself is imported from `aimas.tone.model` where it is asked: its runtime is slow to load.
"""

from aimas.tone.corrections import carried, corrected
from aimas.tone.types import Correction, ToneAnswer, ToneModel, ToneQuestion
from aimas.tone.verdict import Verdict, is_self_praise, verdict

__all__ = [
    "Correction",
    "ToneAnswer",
    "ToneModel",
    "ToneQuestion",
    "Verdict",
    "carried",
    "corrected",
    "is_self_praise",
    "verdict",
]
