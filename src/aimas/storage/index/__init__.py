"""The search index on Tantivy: derived from the records, rebuildable, a little behind them and honest about it."""

from aimas.storage.index.documents import CURRENT, order_key
from aimas.storage.index.reading import Index
from aimas.storage.index.writing import STEP, IndexWriter

__all__ = ["CURRENT", "STEP", "Index", "IndexWriter", "order_key"]
