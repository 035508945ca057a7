"""The tables of appeals. What happened stands in `case_events`, as the ledger vouches for it; what people wrote is
sealed; `case_states`, clusters and tokens are derived."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from aimas.storage.schema import Position, metadata


def _entry(name: str = "position", **more: object) -> Column[int]:
    """A ledger position; the entry itself is written at the end of the same transaction."""
    of = ForeignKey("ledger.position", deferrable=True, initially="DEFERRED")
    return Column(name, Position, of, **more)  # type: ignore[arg-type]


case_events = Table(
    "case_events",
    metadata,
    _entry(primary_key=True, autoincrement=False),
    Column("case_id", String(16), nullable=False),
    Column("turn", Integer, nullable=False),
    # Canonical JSON of the event.
    Column("event", Text, nullable=False),
    # Ids of what was sealed with it, a JSON array.
    Column("sealed", Text, nullable=False),
    # As issued, with the event that gave the number.
    Column("receipt", Text, nullable=True),
)
Index("case_events_of", case_events.c.case_id, case_events.c.turn, unique=True)

case_acts = Table(
    "case_acts",
    metadata,
    _entry(primary_key=True, autoincrement=False),
    Column("case_id", String(16), nullable=False),
)
Index("case_acts_of", case_acts.c.case_id, case_acts.c.position)

cases = Table(
    "cases",
    metadata,
    Column("case_id", String(16), primary_key=True),
    Column("year", Integer, nullable=False),
    Column("running", Integer, nullable=False),
    Column("number", String(32), nullable=False, unique=True),
    # Digest of the check code.
    Column("code", String(64), nullable=False),
    Column("receipt", Text, nullable=False),
    Column("nonce", String(64), nullable=True, unique=True),
    Column("calendar", String(16), nullable=False),
    _entry(nullable=False),
)
Index("cases_numbered", cases.c.year, cases.c.running, unique=True)

case_counters = Table(
    "case_counters",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("running", Integer, nullable=False),
)

case_keys = Table(
    "case_keys",
    metadata,
    Column("case_id", String(16), primary_key=True),
    # Null once erased: what was sealed stays, nobody can read it.
    Column("wrapped_key", LargeBinary, nullable=True),
)

case_parts = Table(
    "case_parts",
    metadata,
    # SHA-256 of the sealed bytes.
    Column("id", String(64), primary_key=True),
    Column("case_id", String(16), nullable=False),
    _entry(nullable=False),
    Column("kind", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
)
Index("case_parts_of", case_parts.c.case_id, case_parts.c.position)

case_states = Table(
    "case_states",
    metadata,
    Column("case_id", String(16), primary_key=True),
    Column("number", String(32), nullable=False),
    # When it came first, in the order of the ledger.
    Column("born", Position, nullable=False),
    Column("position", Position, nullable=False),
    Column("stage", String(16), nullable=False),
    Column("is_open", Integer, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("standing", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("category", String(32), nullable=True),
    Column("unit", String(64), nullable=True),
    Column("officer", String(128), nullable=True),
    Column("is_confidential", Integer, nullable=False),
    Column("received_at", BigInteger, nullable=False),
    # Days are ordinals.
    Column("received_on", Integer, nullable=False),
    # A day far away where none is owed, so that lists have one order.
    Column("due", Integer, nullable=False),
    Column("term", Integer, nullable=True),
    Column("done_on", Integer, nullable=True),
    Column("contact_at", BigInteger, nullable=True),
    Column("forwards", Integer, nullable=False),
    Column("extensions", Integer, nullable=False),
    Column("reopenings", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("is_repeat", Integer, nullable=False),
    Column("decision", String(16), nullable=True),
    Column("stars", Integer, nullable=True),
    # 0: a person said that it is urgent; 1: it seems to be; 2: not.
    Column("press", Integer, nullable=False, server_default="2"),
    Column("updated_at", BigInteger, nullable=False),
)
Index("case_states_due", case_states.c.is_open, case_states.c.due, case_states.c.born)
Index("case_states_unit", case_states.c.unit, case_states.c.is_open, case_states.c.due, case_states.c.born)
Index(
    "case_states_officer", case_states.c.officer, case_states.c.is_open, case_states.c.due, case_states.c.born
)
Index(
    "case_states_pressing", case_states.c.is_open, case_states.c.press, case_states.c.due, case_states.c.born
)
Index(
    "case_states_unit_pressing",
    case_states.c.unit,
    case_states.c.is_open,
    case_states.c.press,
    case_states.c.due,
    case_states.c.born,
)
Index(
    "case_states_officer_pressing",
    case_states.c.officer,
    case_states.c.is_open,
    case_states.c.press,
    case_states.c.due,
    case_states.c.born,
)
Index(
    "case_states_standing",
    case_states.c.standing,
    case_states.c.is_open,
    case_states.c.press,
    case_states.c.born.desc(),
)
Index(
    "case_states_kind",
    case_states.c.kind,
    case_states.c.is_open,
    case_states.c.press,
    case_states.c.born.desc(),
)
Index("case_states_stage", case_states.c.stage, case_states.c.due, case_states.c.born)
Index("case_states_category", case_states.c.category, case_states.c.due, case_states.c.born)
Index("case_states_any", case_states.c.due, case_states.c.born)
Index("case_states_born", case_states.c.born)
Index("case_states_updated", case_states.c.position)
Index("case_states_came", case_states.c.received_on)

case_readers = Table(
    "case_readers",
    metadata,
    Column("reader", String(128), primary_key=True),
    Column("case_id", String(16), primary_key=True),
)

case_bulks = Table(
    "case_bulks",
    metadata,
    Column("id", String(16), primary_key=True),
    _entry(nullable=False),
)

case_messages = Table(
    "case_messages",
    metadata,
    Column("id", Position, primary_key=True),
    Column("case_id", String(16), nullable=False),
    Column("number", String(32), nullable=False),
    Column("key", String(32), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(16), nullable=False),
    Column("tries", Integer, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    # Id of the sealed text.
    Column("sealed", String(64), nullable=False),
    _entry(nullable=False),
)
Index("case_messages_of", case_messages.c.case_id)
Index("case_messages_waiting", case_messages.c.state, case_messages.c.due_at)

case_clusters = Table(
    "case_clusters",
    metadata,
    Column("case_id", String(16), primary_key=True),
    # The earliest case of its cluster.
    Column("cluster", String(16), nullable=False),
)
Index("case_clusters_of", case_clusters.c.cluster)

cluster_sizes = Table(
    "cluster_sizes",
    metadata,
    Column("cluster", String(16), primary_key=True),
    Column("size", Integer, nullable=False),
)

case_tokens = Table(
    "case_tokens",
    metadata,
    # Keyed digests of words, streets, squares of the map: found again by whoever has the home's key, read by nobody.
    Column("token", LargeBinary(8), primary_key=True),
    # The case, by the position at which it came.
    Column("born", Position, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

case_marks = Table(
    "case_marks",
    metadata,
    Column("born", Position, primary_key=True, autoincrement=False),
    Column("case_id", String(16), nullable=False, unique=True),
    # All its tokens, one behind another.
    Column("tokens", LargeBinary, nullable=False),
)

case_pairs = Table(
    "case_pairs",
    metadata,
    # Both by the position at which they came.
    Column("newer", Position, primary_key=True, autoincrement=False),
    Column("older", Position, primary_key=True, autoincrement=False),
    Column("score", Float, nullable=False),
    # What they share, in a few words of the program.
    Column("why", String(64), nullable=False),
    # 1: a person linked them; -1: a person took the link away.
    Column("ruled", Integer, nullable=False),
    sqlite_with_rowid=False,
)
Index("case_pairs_older", case_pairs.c.older)

absences = Table(
    "absences",
    metadata,
    # Days are ordinals, both included.
    Column("officer", String(128), primary_key=True),
    Column("first", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
)
