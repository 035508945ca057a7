"""The tables of saved searches and alerts. What they say of a search, a rule or an alert stands in its act in the
ledger; here is what finds it, and the few columns that move."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from aimas.storage.schema import Position, metadata


def _act(name: str = "position", **more: object) -> Column[int]:
    """A ledger position; the entry itself is written at the end of the same transaction."""
    of = ForeignKey("ledger.position", deferrable=True, initially="DEFERRED")
    return Column(name, Position, of, **more)  # type: ignore[arg-type]


saved_searches = Table(
    "saved_searches",
    metadata,
    _act(primary_key=True, autoincrement=False),
    Column("id", String(16), nullable=False),
    # Derived: the act that changed or retired it.
    Column("until", Position, nullable=True),
)
Index("saved_searches_of", saved_searches.c.id)

alert_rules = Table(
    "alert_rules",
    metadata,
    _act(primary_key=True, autoincrement=False),
    Column("id", String(16), nullable=False),
    Column("until", Position, nullable=True),
)
Index("alert_rules_of", alert_rules.c.id)

alert_states = Table(
    "alert_states",
    metadata,
    Column("rule", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("cursor", Position, nullable=False),
    Column("slot", String(16), nullable=False),
    # A day, as an ordinal.
    Column("episode", Integer, nullable=True),
    Column("muted_until", BigInteger, nullable=True),
)

alerts = Table(
    "alerts",
    metadata,
    _act(primary_key=True, autoincrement=False),
    Column("rule", String(16), nullable=False),
    # Derived: the act of acknowledging.
    _act("acknowledged", nullable=True),
)
Index("alerts_of", alerts.c.rule, alerts.c.position)
Index(
    "alerts_open",
    alerts.c.position,
    sqlite_where=alerts.c.acknowledged.is_(None),
    postgresql_where=alerts.c.acknowledged.is_(None),
)

told_items = Table(
    "told_items",
    metadata,
    Column("rule", String(16), primary_key=True),
    Column("key", String(16), primary_key=True),
    Column("alert", Position, nullable=False),
)

alert_channels = Table(
    "alert_channels",
    metadata,
    Column("id", String(16), primary_key=True),
    _act(nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Position, primary_key=True),
    Column("alert", Position, ForeignKey("alerts.position"), nullable=False),
    Column("channel", String(16), ForeignKey("alert_channels.id"), nullable=False),
    Column("key", String(32), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("claimed_until", BigInteger, nullable=False, default=0),
    Column("tries", Integer, nullable=False, default=0),
    Column("sent_at", BigInteger, nullable=True),
)
Index("deliveries_of", deliveries.c.alert)
Index(
    "deliveries_due",
    deliveries.c.due_at,
    sqlite_where=deliveries.c.state == "waiting",
    postgresql_where=deliveries.c.state == "waiting",
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    Column("delivery", Position, ForeignKey("deliveries.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("detail", Text, nullable=False),
)
