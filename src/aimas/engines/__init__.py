"""How the steps are run: in this process, or with worker processes for the pure ones; engines know steps, not content."""

from aimas.engines.local import Books, LocalEngine, Progress, RunReport
from aimas.engines.workers import Workers

__all__ = ["Books", "LocalEngine", "Progress", "RunReport", "Workers"]
