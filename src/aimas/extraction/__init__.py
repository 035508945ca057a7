"""Bytes into what a publication says: its title, text and date; authors' names and handles are left out."""

from aimas.extraction.bylines import without_bylines
from aimas.extraction.service import Extractor
from aimas.extraction.store import CROSSING_BYTES, MemoryTemplates, TemplateStore, packed, unpacked
from aimas.extraction.types import Limits, Template, TemplateState

__all__ = [
    "CROSSING_BYTES",
    "Extractor",
    "Limits",
    "MemoryTemplates",
    "Template",
    "TemplateState",
    "TemplateStore",
    "packed",
    "unpacked",
    "without_bylines",
]
