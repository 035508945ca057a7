"""Adapters that bring publications in: feeds, sitemaps and pages over one guarded client, and files."""

from aimas.sources.files import read_files
from aimas.sources.gather import Gatherer
from aimas.sources.http import ClientSettings, GuardedClient, RefusedAddress, Response
from aimas.sources.imports import ImportOptions
from aimas.sources.types import (
    IMPORT,
    ItemMark,
    Poll,
    Polled,
    PollOutcome,
    PollState,
    SeenItems,
    Source,
    SourceKind,
    SourceStore,
    Standing,
    Take,
)
from aimas.sources.visit import GatherSettings, poll

__all__ = [
    "IMPORT",
    "ClientSettings",
    "GatherSettings",
    "Gatherer",
    "GuardedClient",
    "ImportOptions",
    "ItemMark",
    "Poll",
    "PollOutcome",
    "PollState",
    "Polled",
    "RefusedAddress",
    "Response",
    "SeenItems",
    "Source",
    "SourceKind",
    "SourceStore",
    "Standing",
    "Take",
    "poll",
    "read_files",
]
