"""The table of how often something was tried from one place: kept only so long as a limit needs it."""

from sqlalchemy import BigInteger, Column, Float, Index, LargeBinary, String, Table

from aimas.storage.schema import metadata

limit_levels = Table(
    "limit_levels",
    metadata,
    Column("name", String(16), primary_key=True),
    # Keyed digest of the address or the name: the records say nothing of who tried.
    Column("key", LargeBinary(16), primary_key=True),
    # Tries left when it was last looked at.
    Column("level", Float, nullable=False),
    Column("at", BigInteger, nullable=False),
)
Index("limit_levels_at", limit_levels.c.at)
