"""What leaves the house for other eyes: digests of a day or a week, and exports, each as known at one moment."""

from aimas.reports.digest import digest
from aimas.reports.types import Digest, Known, Period

__all__ = ["Digest", "Known", "Period", "digest"]
