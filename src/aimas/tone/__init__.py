"""Tone toward a mention: the question, the model that answers it, the rule from mentions to a publication."""

from aimas.tone.model import OnnxTone, load_tone
from aimas.tone.types import ToneAnswer, ToneModel, ToneQuestion
from aimas.tone.verdict import Verdict, verdict

__all__ = ["OnnxTone", "ToneAnswer", "ToneModel", "ToneQuestion", "Verdict", "load_tone", "verdict"]
