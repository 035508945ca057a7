"""The tables. Rows of a record are written once; the few columns that move are derived and named so."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from aimas.storage.packed import PackedText

VERSION = 7
"""Raised with every change of the tables; a home of another version is refused with what to run."""

metadata = MetaData()

Position = BigInteger().with_variant(Integer, "sqlite")

meta = Table(
    "meta",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("position", Position, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("actor", String(128), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

publications = Table(
    "publications",
    metadata,
    Column("position", Position, ForeignKey("ledger.position"), primary_key=True, autoincrement=False),
    Column("id", String(16), nullable=False, unique=True),
    Column("key", String(16), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("revises", Position, nullable=True),
    Column("source", String(64), nullable=False),
    Column("address", Text, nullable=True),
    Column("title", Text, nullable=False),
    Column("text", PackedText, nullable=False),
    Column("site_name", Text, nullable=True),
    Column("published_at", BigInteger, nullable=True),
    Column("dated_by", String(16), nullable=True),
    Column("fetched_at", BigInteger, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),
    Column("original", String(64), nullable=True),
    # Derived: the position at which a revision took its place.
    Column("until", Position, nullable=True),
    UniqueConstraint("key", "revision"),
)
Index(
    "publications_revises",
    publications.c.revises,
    unique=True,
    sqlite_where=publications.c.revises.is_not(None),
    postgresql_where=publications.c.revises.is_not(None),
)

readings = Table(
    "readings",
    metadata,
    Column("position", Position, ForeignKey("ledger.position"), primary_key=True, autoincrement=False),
    Column("publication", Position, ForeignKey("publications.position"), nullable=False),
    Column("language", String(8), nullable=False),
    Column("language_confidence", Float, nullable=False),
    Column("findings", LargeBinary, nullable=False),
    # 1 where it speaks of an institution.
    Column("relevant", Integer, nullable=False),
    Column("until", Position, nullable=True),
)
Index("readings_of", readings.c.publication)
Index(
    "readings_relevant",
    readings.c.position,
    sqlite_where=readings.c.relevant == 1,
    postgresql_where=readings.c.relevant == 1,
)
Index(
    "readings_ended",
    readings.c.until,
    sqlite_where=readings.c.until.is_not(None),
    postgresql_where=readings.c.until.is_not(None),
)

placements = Table(
    "placements",
    metadata,
    Column("position", Position, ForeignKey("ledger.position"), primary_key=True, autoincrement=False),
    Column("publication", Position, ForeignKey("publications.position"), primary_key=True),
    # When it was said, in seconds: what the windows of copies and stories go by.
    Column("timed", BigInteger, nullable=False),
    # Both name the publication that was there first, by its position.
    Column("chain", Position, nullable=False),
    Column("story", Position, nullable=False),
    Column("similarity", Float, nullable=True),
    Column("score", Float, nullable=False),
    Column("ruled_by", String(128), nullable=True),
    Column("why", LargeBinary, nullable=False),
    Column("until", Position, nullable=True),
)
Index("placements_of", placements.c.publication)
Index(
    "placements_timed",
    placements.c.timed,
    sqlite_where=placements.c.until.is_(None),
    postgresql_where=placements.c.until.is_(None),
)
Index("placements_chain", placements.c.chain)
Index("placements_story", placements.c.story)
Index(
    "placements_ended",
    placements.c.until,
    sqlite_where=placements.c.until.is_not(None),
    postgresql_where=placements.c.until.is_not(None),
)

originals = Table(
    "originals",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("segment", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("length", BigInteger, nullable=False),
    # Null once lawfully erased: the bytes stay, nobody can read them.
    Column("wrapped_key", LargeBinary, nullable=True),
)

held = Table(
    "held",
    metadata,
    Column("position", Position, ForeignKey("ledger.position"), primary_key=True, autoincrement=False),
    Column("key", String(16), nullable=False),
    Column("step", String(32), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("source", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("original", String(64), nullable=True),
    # Derived: the act that settled it.
    Column("resolved", Position, nullable=True),
)
Index("held_key", held.c.key)
Index("held_open", held.c.resolved)

acts = Table(
    "acts",
    metadata,
    Column("position", Position, ForeignKey("ledger.position"), primary_key=True, autoincrement=False),
    Column("verb", String(32), nullable=False),
    Column("detail", Text, nullable=False),
)

Index("acts_verb", acts.c.verb)

tallies = Table(
    "tallies",
    metadata,
    Column("step", String(32), primary_key=True),
    Column("outcome", String(16), primary_key=True),
    Column("reason", String(32), primary_key=True),
    Column("n", BigInteger, nullable=False),
)

TALLY = text(
    "INSERT INTO tallies (step, outcome, reason, n) VALUES (:step, :outcome, :reason, :n) "
    "ON CONFLICT (step, outcome, reason) DO UPDATE SET n = tallies.n + excluded.n"
)
"""Adds to a count."""

NOTE = text(
    "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
)
"""Notes where some work goes on."""

trails = Table(
    "trails",
    metadata,
    # First and last ledger position that one settlement filed.
    Column("position", Position, primary_key=True, autoincrement=False),
    Column("last", Position, nullable=False),
    Column("trail", String(32), nullable=False),
)

sources = Table(
    "sources",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("declared", LargeBinary, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("next_due", BigInteger, nullable=True),
    Column("claimed_until", BigInteger, nullable=False, default=0),
)
Index("sources_due", sources.c.next_due)

polls = Table(
    "polls",
    metadata,
    Column("id", Position, primary_key=True),
    Column("source", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("listed", Integer, nullable=False),
    Column("known", Integer, nullable=False),
    Column("new", Integer, nullable=False),
    Column("dropped", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("postponed", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("elapsed_ms", Integer, nullable=False),
    Column("detail", Text, nullable=False),
)
Index("polls_of", polls.c.source, polls.c.at)
Index("polls_at", polls.c.at)

seen = Table(
    "seen",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("item", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),
)

SEE = text(
    "INSERT INTO seen (source, item, digest) VALUES (:source, :item, :digest) "
    "ON CONFLICT (source, item) DO UPDATE SET digest = excluded.digest"
)
"""Remembers an item as it was last listed."""

templates = Table(
    "templates",
    metadata,
    Column("host", String(255), primary_key=True),
    Column("template", LargeBinary, nullable=False),
)
