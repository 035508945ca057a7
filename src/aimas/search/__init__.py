"""The query language and what can be asked of an index; one tree serves every number, list and chart."""

from aimas.search.parser import Named, QueryError, parse
from aimas.search.tree import Node, conjunction, written

__all__ = ["Named", "Node", "QueryError", "conjunction", "parse", "written"]
