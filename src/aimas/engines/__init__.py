"""How the steps are run, here or in worker processes; engines know steps, not content."""

from aimas.engines.local import Books, LocalEngine, Progress, RunReport
from aimas.engines.workers import Workers

__all__ = ["Books", "LocalEngine", "Progress", "RunReport", "Workers"]
