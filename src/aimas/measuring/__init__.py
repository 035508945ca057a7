"""How right the program is, told from what persons labelled blind: samples, intervals, agreement, truer counts."""

from aimas.measuring.accuracy import Accuracy, Measurement, Part, measured
from aimas.measuring.agreement import Kappa, kappa
from aimas.measuring.intervals import Interval, wilson
from aimas.measuring.judging import asked_about, judged, read_by
from aimas.measuring.quantification import Corrected, Refused, adjusted, by_sample
from aimas.measuring.sampling import drawn
from aimas.measuring.types import Label, Member, Sample, Stratum, Unit

__all__ = [
    "Accuracy",
    "Corrected",
    "Interval",
    "Kappa",
    "Label",
    "Measurement",
    "Member",
    "Part",
    "Refused",
    "Sample",
    "Stratum",
    "Unit",
    "adjusted",
    "asked_about",
    "by_sample",
    "drawn",
    "judged",
    "kappa",
    "measured",
    "read_by",
    "wilson",
]
