"""The query language and what can be asked of an index; one tree serves every number, list and chart."""

from aimas.search.errors import QueryError
from aimas.search.names import Named
from aimas.search.parser import parse
from aimas.search.tree import Node, conjunction, written

__all__ = ["Named", "Node", "QueryError", "conjunction", "parse", "written"]
