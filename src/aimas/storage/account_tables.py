"""The tables of accounts. Who was made, changed or locked by whom stands in the ledger; here is what opens the door."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, LargeBinary, String, Table, Text

from aimas.storage.schema import metadata

accounts = Table(
    "accounts",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("account", LargeBinary, nullable=False),
    # Sealed under the home's key: a copy of the records alone opens nothing.
    Column("keys", LargeBinary, nullable=False),
    Column("is_closed", Boolean, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    # SHA-256 of the token in the cookie.
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(16), nullable=False),
    Column("account", String(16), ForeignKey("accounts.id"), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("agent", Text, nullable=False),
)
Index("sessions_of", sessions.c.account)
Index("sessions_ends", sessions.c.ends_at)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("id", String(16), nullable=False),
    Column("account", String(16), ForeignKey("accounts.id"), nullable=False),
    Column("label", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("used_at", BigInteger, nullable=True),
)
Index("api_tokens_of", api_tokens.c.account)
