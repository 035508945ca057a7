"""The tables with which homes of version 2 were made."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = None

NEW_TABLES: tuple[str, ...] = ()

Position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alert_states",
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("cursor", Position, nullable=False),
        sa.Column("slot", sa.String(length=16), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=True),
        sa.Column("muted_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("rule"),
    )
    op.create_table(
        "ledger",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("actor", sa.String(length=128), nullable=False),
        sa.Column("hash", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_table(
        "meta",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_table(
        "originals",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("offset", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.BigInteger(), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "polls",
        sa.Column("id", Position, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("listed", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("dropped", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("postponed", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("elapsed_ms", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("polls_at", "polls", ["at"], unique=False)
    op.create_index("polls_of", "polls", ["source", "at"], unique=False)
    op.create_table(
        "seen",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("source", "item"),
    )
    op.create_table(
        "sources",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("declared", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("next_due", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("sources_due", "sources", ["next_due"], unique=False)
    op.create_table(
        "tallies",
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("step", "outcome", "reason"),
    )
    op.create_table(
        "templates",
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("template", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("host"),
    )
    op.create_table(
        "told_items",
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("alert", Position, nullable=False),
        sa.PrimaryKeyConstraint("rule", "key"),
    )
    op.create_table(
        "acts",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("verb", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["position"],
            ["ledger.position"],
        ),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("acts_verb", "acts", ["verb"], unique=False)
    op.create_table(
        "alert_channels",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("position", Position, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "alert_rules",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("until", Position, nullable=True),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("alert_rules_of", "alert_rules", ["id"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(length=16), nullable=False),
        sa.Column("acknowledged", Position, nullable=True),
        sa.ForeignKeyConstraint(["acknowledged"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("alerts_of", "alerts", ["rule", "position"], unique=False)
    op.create_index(
        "alerts_open",
        "alerts",
        ["position"],
        unique=False,
        sqlite_where=sa.text("acknowledged IS NULL"),
        postgresql_where=sa.text("acknowledged IS NULL"),
    )
    op.create_table(
        "held",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("step", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("original", sa.String(length=64), nullable=True),
        sa.Column("resolved", Position, nullable=True),
        sa.ForeignKeyConstraint(
            ["position"],
            ["ledger.position"],
        ),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("held_key", "held", ["key"], unique=False)
    op.create_index("held_open", "held", ["resolved"], unique=False)
    op.create_table(
        "publications",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=16), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("revises", Position, nullable=True),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("site_name", sa.Text(), nullable=True),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.Column("dated_by", sa.String(length=16), nullable=True),
        sa.Column("fetched_at", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("original", sa.String(length=64), nullable=True),
        sa.Column("until", Position, nullable=True),
        sa.ForeignKeyConstraint(
            ["position"],
            ["ledger.position"],
        ),
        sa.PrimaryKeyConstraint("position"),
        sa.UniqueConstraint("id"),
        sa.UniqueConstraint("key", "revision"),
    )
    op.create_index(
        "publications_revises",
        "publications",
        ["revises"],
        unique=True,
        sqlite_where=sa.text("revises IS NOT NULL"),
        postgresql_where=sa.text("revises IS NOT NULL"),
    )
    op.create_table(
        "saved_searches",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("until", Position, nullable=True),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("saved_searches_of", "saved_searches", ["id"], unique=False)
    op.create_table(
        "deliveries",
        sa.Column("id", Position, nullable=False),
        sa.Column("alert", Position, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("claimed_until", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["alert"],
            ["alerts.position"],
        ),
        sa.ForeignKeyConstraint(
            ["channel"],
            ["alert_channels.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index(
        "deliveries_due",
        "deliveries",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index("deliveries_of", "deliveries", ["alert"], unique=False)
    op.create_table(
        "placements",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("publication", Position, nullable=False),
        sa.Column("timed", sa.BigInteger(), nullable=False),
        sa.Column("chain", Position, nullable=False),
        sa.Column("story", Position, nullable=False),
        sa.Column("similarity", sa.Float(), nullable=True),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("ruled_by", sa.String(length=128), nullable=True),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("until", Position, nullable=True),
        sa.ForeignKeyConstraint(
            ["position"],
            ["ledger.position"],
        ),
        sa.ForeignKeyConstraint(
            ["publication"],
            ["publications.position"],
        ),
        sa.PrimaryKeyConstraint("position", "publication"),
    )
    op.create_index("placements_chain", "placements", ["chain"], unique=False)
    op.create_index(
        "placements_ended",
        "placements",
        ["until"],
        unique=False,
        sqlite_where=sa.text("until IS NOT NULL"),
        postgresql_where=sa.text("until IS NOT NULL"),
    )
    op.create_index("placements_of", "placements", ["publication"], unique=False)
    op.create_index("placements_story", "placements", ["story"], unique=False)
    op.create_index(
        "placements_timed",
        "placements",
        ["timed"],
        unique=False,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "readings",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("publication", Position, nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("language_confidence", sa.Float(), nullable=False),
        sa.Column("findings", sa.LargeBinary(), nullable=False),
        sa.Column("relevant", sa.Integer(), nullable=False),
        sa.Column("until", Position, nullable=True),
        sa.ForeignKeyConstraint(
            ["position"],
            ["ledger.position"],
        ),
        sa.ForeignKeyConstraint(
            ["publication"],
            ["publications.position"],
        ),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index(
        "readings_ended",
        "readings",
        ["until"],
        unique=False,
        sqlite_where=sa.text("until IS NOT NULL"),
        postgresql_where=sa.text("until IS NOT NULL"),
    )
    op.create_index("readings_of", "readings", ["publication"], unique=False)
    op.create_index(
        "readings_relevant",
        "readings",
        ["position"],
        unique=False,
        sqlite_where=sa.text("relevant = 1"),
        postgresql_where=sa.text("relevant = 1"),
    )
    op.create_table(
        "delivery_attempts",
        sa.Column("delivery", Position, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery"],
            ["deliveries.id"],
        ),
        sa.PrimaryKeyConstraint("delivery", "number"),
    )


def downgrade() -> None:
    raise NotImplementedError("nothing came before")
