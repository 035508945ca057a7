"""An invented newsroom served over HTTP: outlets in three languages with boilerplate, edits and outages."""

from demo.newsroom.server import Newsroom

__all__ = ["Newsroom"]
