"""The product as a list of steps that fits on one screen; engines run it, this package only says what it is."""

from aimas.flow.monitoring import GATHER, Kit, monitoring, reading
from aimas.flow.step import Step
from aimas.flow.understanding import Understanding

__all__ = ["GATHER", "Kit", "Step", "Understanding", "monitoring", "reading"]
