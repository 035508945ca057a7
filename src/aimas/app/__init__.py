"""The composition root: only here are parts constructed and joined, one module for each side of a home."""

from aimas.app.ingesting import build_reading, build_understanding
from aimas.app.opened import App

__all__ = ["App", "build_reading", "build_understanding"]
