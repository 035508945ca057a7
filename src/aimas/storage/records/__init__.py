"""The records as they are read: a ledger of entries, and what each of them vouches for."""

from aimas.storage.records.held import HeldItem, held_item
from aimas.storage.records.queries import joined, parts, stored_publications
from aimas.storage.records.reading import Records
from aimas.storage.records.tallies import Tallied
from aimas.storage.records.versions import Version

__all__ = ["HeldItem", "Records", "Tallied", "Version", "held_item", "joined", "parts", "stored_publications"]
