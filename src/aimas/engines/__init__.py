"""How the steps are run, here, in worker processes or on a cluster; engines know steps, not content."""

from aimas.engines.cluster import Cluster
from aimas.engines.local import Books, Keep, LocalEngine, Progress, RunReport, Traced
from aimas.engines.workers import Workers, collect_seldom

__all__ = [
    "Books",
    "Cluster",
    "Keep",
    "LocalEngine",
    "Progress",
    "RunReport",
    "Traced",
    "Workers",
    "collect_seldom",
]
