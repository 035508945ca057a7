"""The product as a list of steps that fits on one screen; engines run it, this package only says what it is."""

from aimas.flow.monitoring import GATHER, Kit, monitoring, reading
from aimas.flow.rereading import RereadReport, reread
from aimas.flow.step import Step
from aimas.flow.understanding import Understanding

__all__ = ["GATHER", "Kit", "RereadReport", "Step", "Understanding", "monitoring", "reading", "reread"]
