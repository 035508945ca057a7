"""Accounts, sessions and tokens; cases with what people wrote, what became of them and who is told."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"

NEW_TABLES: tuple[str, ...] = (
    "absences",
    "accounts",
    "case_clusters",
    "case_counters",
    "case_keys",
    "case_marks",
    "case_pairs",
    "case_readers",
    "case_states",
    "case_tokens",
    "cluster_sizes",
    "api_tokens",
    "case_acts",
    "case_bulks",
    "case_events",
    "case_messages",
    "case_parts",
    "cases",
    "sessions",
)

Position = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("officer", sa.String(length=128), nullable=False),
        sa.Column("first", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("officer", "first"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("account", sa.LargeBinary(), nullable=False),
        sa.Column("keys", sa.LargeBinary(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "case_clusters",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("cluster", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("case_clusters_of", "case_clusters", ["cluster"], unique=False)
    op.create_table(
        "case_counters",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year"),
    )
    op.create_table(
        "case_keys",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_table(
        "case_marks",
        sa.Column("born", Position, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("tokens", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("born"),
        sa.UniqueConstraint("case_id"),
    )
    op.create_table(
        "case_pairs",
        sa.Column("newer", Position, autoincrement=False, nullable=False),
        sa.Column("older", Position, autoincrement=False, nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.String(length=64), nullable=False),
        sa.Column("ruled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("newer", "older"),
        sqlite_with_rowid=False,
    )
    op.create_index("case_pairs_older", "case_pairs", ["older"], unique=False)
    op.create_table(
        "case_readers",
        sa.Column("reader", sa.String(length=128), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("reader", "case_id"),
    )
    op.create_table(
        "case_states",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("born", Position, nullable=False),
        sa.Column("position", Position, nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("is_open", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("standing", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=True),
        sa.Column("unit", sa.String(length=64), nullable=True),
        sa.Column("officer", sa.String(length=128), nullable=True),
        sa.Column("is_confidential", sa.Integer(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("received_on", sa.Integer(), nullable=False),
        sa.Column("due", sa.Integer(), nullable=False),
        sa.Column("term", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Integer(), nullable=True),
        sa.Column("contact_at", sa.BigInteger(), nullable=True),
        sa.Column("forwards", sa.Integer(), nullable=False),
        sa.Column("extensions", sa.Integer(), nullable=False),
        sa.Column("reopenings", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("is_repeat", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=True),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("case_id"),
    )
    op.create_index("case_states_any", "case_states", ["due", "born"], unique=False)
    op.create_index("case_states_born", "case_states", ["born"], unique=False)
    op.create_index("case_states_came", "case_states", ["received_on"], unique=False)
    op.create_index("case_states_category", "case_states", ["category", "due", "born"], unique=False)
    op.create_index("case_states_due", "case_states", ["is_open", "due", "born"], unique=False)
    op.create_index("case_states_officer", "case_states", ["officer", "is_open", "due", "born"], unique=False)
    op.create_index("case_states_stage", "case_states", ["stage", "due", "born"], unique=False)
    op.create_index("case_states_unit", "case_states", ["unit", "is_open", "due", "born"], unique=False)
    op.create_index("case_states_updated", "case_states", ["position"], unique=False)
    op.create_table(
        "case_tokens",
        sa.Column("token", sa.LargeBinary(length=8), nullable=False),
        sa.Column("born", Position, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("token", "born"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cluster_sizes",
        sa.Column("cluster", sa.String(length=16), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("cluster"),
    )
    op.create_table(
        "api_tokens",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("api_tokens_of", "api_tokens", ["account"], unique=False)
    op.create_table(
        "case_acts",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("case_acts_of", "case_acts", ["case_id", "position"], unique=False)
    op.create_table(
        "case_bulks",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("position", Position, nullable=False),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "case_events",
        sa.Column("position", Position, autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("position"),
    )
    op.create_index("case_events_of", "case_events", ["case_id", "turn"], unique=True)
    op.create_table(
        "case_messages",
        sa.Column("id", Position, nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed", sa.String(length=64), nullable=False),
        sa.Column("position", Position, nullable=False),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("case_messages_of", "case_messages", ["case_id"], unique=False)
    op.create_index("case_messages_waiting", "case_messages", ["state", "due_at"], unique=False)
    op.create_table(
        "case_parts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("position", Position, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("case_parts_of", "case_parts", ["case_id", "position"], unique=False)
    op.create_table(
        "cases",
        sa.Column("case_id", sa.String(length=16), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=True),
        sa.Column("calendar", sa.String(length=16), nullable=False),
        sa.Column("position", Position, nullable=False),
        sa.ForeignKeyConstraint(["position"], ["ledger.position"], initially="DEFERRED", deferrable=True),
        sa.PrimaryKeyConstraint("case_id"),
        sa.UniqueConstraint("nonce"),
        sa.UniqueConstraint("number"),
    )
    op.create_index("cases_numbered", "cases", ["year", "running"], unique=True)
    op.create_table(
        "sessions",
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("account", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account"],
            ["accounts.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("sessions_ends", "sessions", ["ends_at"], unique=False)
    op.create_index("sessions_of", "sessions", ["account"], unique=False)


def downgrade() -> None:
    op.drop_index("sessions_of", table_name="sessions")
    op.drop_index("sessions_ends", table_name="sessions")
    op.drop_table("sessions")
    op.drop_index("cases_numbered", table_name="cases")
    op.drop_table("cases")
    op.drop_index("case_parts_of", table_name="case_parts")
    op.drop_table("case_parts")
    op.drop_index("case_messages_waiting", table_name="case_messages")
    op.drop_index("case_messages_of", table_name="case_messages")
    op.drop_table("case_messages")
    op.drop_index("case_events_of", table_name="case_events")
    op.drop_table("case_events")
    op.drop_table("case_bulks")
    op.drop_index("case_acts_of", table_name="case_acts")
    op.drop_table("case_acts")
    op.drop_index("api_tokens_of", table_name="api_tokens")
    op.drop_table("api_tokens")
    op.drop_table("cluster_sizes")
    op.drop_table("case_tokens")
    op.drop_index("case_states_updated", table_name="case_states")
    op.drop_index("case_states_unit", table_name="case_states")
    op.drop_index("case_states_stage", table_name="case_states")
    op.drop_index("case_states_officer", table_name="case_states")
    op.drop_index("case_states_due", table_name="case_states")
    op.drop_index("case_states_category", table_name="case_states")
    op.drop_index("case_states_came", table_name="case_states")
    op.drop_index("case_states_born", table_name="case_states")
    op.drop_index("case_states_any", table_name="case_states")
    op.drop_table("case_states")
    op.drop_table("case_readers")
    op.drop_index("case_pairs_older", table_name="case_pairs")
    op.drop_table("case_pairs")
    op.drop_table("case_marks")
    op.drop_table("case_keys")
    op.drop_table("case_counters")
    op.drop_index("case_clusters_of", table_name="case_clusters")
    op.drop_table("case_clusters")
    op.drop_table("accounts")
    op.drop_table("absences")
