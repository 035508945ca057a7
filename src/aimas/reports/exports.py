"""An export as rows: which columns there are, and what a spreadsheet must not mistake for a formula."""

from enum import StrEnum
from typing import Literal

import msgspec


class Form(StrEnum):
    """In which an export leaves."""

    JSONL = "jsonl"
    CSV = "csv"
    XLSX = "xlsx"
    PARQUET = "parquet"


MEDIA_TYPES = {
    Form.JSONL: "application/jsonl; charset=utf-8",
    Form.CSV: "text/csv; charset=utf-8; header=present",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
}


class Column(msgspec.Struct, frozen=True):
    name: str
    holds: Literal["text", "list", "moment", "share", "whole"] = "text"


COLUMNS = (
    Column("id"),
    Column("source"),
    Column("address"),
    Column("published_at", "moment"),
    Column("dated_by"),
    Column("fetched_at", "moment"),
    Column("language"),
    Column("tone"),
    Column("confidence", "share"),
    Column("tone_by"),
    Column("self_praise", "whole"),
    Column("regions", "list"),
    Column("themes", "list"),
    Column("story"),
    Column("chain"),
    Column("revision", "whole"),
    Column("title"),
    Column("text"),
    Column("evidence", "list"),
    Column("by", "list"),
)
"""Of the flat forms; JSON Lines and Parquet hold the mentions too, with their places in the text."""

FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""With which a spreadsheet begins to calculate, in whichever width they are typed."""


def neutral(text: str) -> str:
    """With an apostrophe before what a spreadsheet would run; white space before it is no shelter."""
    return "'" + text if text.startswith(FORMULAS) or text.lstrip().startswith(FORMULAS[:4]) else text
