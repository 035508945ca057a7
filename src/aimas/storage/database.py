"""Opens the records: SQLite in WAL mode by default, PostgreSQL where a server is to hold them."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

import aimas.storage.account_tables
import aimas.storage.alert_tables
import aimas.storage.appeal_tables
import aimas.storage.limit_tables  # noqa: F401
from aimas.core import BadInput, Unavailable
from aimas.storage import postgresql, schema
from aimas.storage.faults import point

BUSY_TIMEOUT_MS = 15_000
"""How long a writer waits for another before it says so."""

MOVED = "moved"
"""Noted in records that were left: where they went."""


def open_database(where: Path | str, *, create: bool = False) -> Engine:
    """A file is SQLite's, an address PostgreSQL's. Raises BadInput when it is missing, is no home's or is of another
    version."""
    engine = connect(where, create=create)
    with _plain_errors(engine):
        if create:
            with writing(engine) as connection:
                schema.metadata.create_all(connection)
                known = connection.execute(select(schema.meta.c.key)).scalars().all()
                if "home" in known and is_postgresql(engine):
                    raise BadInput(f"{shown(engine)} holds a home's records already; give an empty database.")
                if "home" not in known:
                    rows = [
                        {"key": "home", "value": secrets.token_hex(8)},
                        {"key": "version", "value": str(schema.VERSION)},
                    ]
                    connection.execute(insert(schema.meta), rows)
    version = version_of(engine)
    if version != schema.VERSION:
        engine.dispose()
        raise BadInput(
            f"{shown(engine)} has tables of version {version}, this program needs {schema.VERSION}. "
            + ("Run: aimas migrate" if version < schema.VERSION else "Install a newer program.")
        )
    if gone := gone_to(engine):
        engine.dispose()
        raise BadInput(
            f"The records were moved to {gone}. Run the same aimas move again, or say records_url."
        )
    return engine


def version_of(engine: Engine) -> int:
    """Of the tables; raises BadInput where there are none."""
    with reading(engine) as connection:
        return int(_meta(connection, "version"))


def connect(where: Path | str, *, create: bool = False) -> Engine:
    """Without looking at what is inside."""
    if isinstance(where, str):
        return postgresql.open_postgresql(where, patience_ms=BUSY_TIMEOUT_MS)
    if not create and not where.exists():
        if (where.parent / "aimas.toml").exists():
            raise BadInput(
                f"{where} is missing. Put it back, or make a new home of a backup: aimas restore BACKUP --home FOLDER"
            )
        raise BadInput(f"{where.parent} is not a home yet. Run: aimas init {where.parent}")
    engine = create_engine(f"sqlite:///{where}", connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: write() says BEGIN IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        # FULL: a commit that was reported survives a power cut.
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.execute("PRAGMA cache_size=-65536")
        cursor.execute("PRAGMA mmap_size=1073741824")
        cursor.close()

    return engine


def is_postgresql(engine: Engine) -> bool:
    return engine.dialect.name == postgresql.SCHEME


def shown(engine: Engine) -> str:
    """Where the records are, without a password."""
    return postgresql.shown(engine.url) if is_postgresql(engine) else str(engine.url.database)


def gone_to(engine: Engine) -> str | None:
    """Where records went that were here; None where they are."""
    with reading(engine) as connection:
        return _get_meta(connection, MOVED)


def home_id(engine: Engine) -> str:
    with reading(engine) as connection:
        return _meta(connection, "home")


def _meta(connection: Connection, key: str) -> str:
    value = _get_meta(connection, key)
    if value is None:
        raise BadInput(
            f"{shown(connection.engine)} is not whole: records are being moved there. Run the same aimas move again."
        )
    return value


def _get_meta(connection: Connection, key: str) -> str | None:
    return connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar()


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """For readers: trouble with the file becomes a plain error here too."""
    with _plain_errors(engine), engine.connect() as connection:
        if is_postgresql(engine):
            # Each question sees what is committed when it is asked, as with SQLite.
            connection.execution_options(isolation_level="AUTOCOMMIT")
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction with the writer's lock taken at its start; all of it or nothing."""
    if is_postgresql(engine):
        with _plain_errors(engine), engine.begin() as connection:
            postgresql.take_turn(connection)
            yield connection
            point("write-ready")
        point("write-kept")
        return
    with _plain_errors(engine), engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            # A full disk may have ended the transaction already.
            if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                connection.exec_driver_sql("ROLLBACK")
            raise
        _commit(connection)


def overwritten(connection: Connection) -> None:
    """From now on this connection writes zeros over what it deletes, where the records are a file."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON")


def checkpointed(engine: Engine) -> None:
    """Takes what was written into the file itself, so that the log beside it keeps nothing older."""
    if not is_postgresql(engine):
        with reading(engine) as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()


def insert_rows(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Many at once, the quickest way that the records know; every row says the same columns."""
    if not rows:
        return
    if connection.dialect.name == postgresql.SCHEME:
        postgresql.copy_in(connection, table, rows)
    else:
        connection.execute(insert(table), rows)


def _commit(connection: Connection) -> None:
    try:
        point("write-ready")
        connection.exec_driver_sql("COMMIT")
        point("write-kept")
    except BaseException:
        if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("ROLLBACK")
        raise


@contextmanager
def _plain_errors(engine: Engine) -> Iterator[None]:
    if is_postgresql(engine):
        with postgresql.plain_errors(engine):
            yield
        return
    path = Path(engine.url.database or "")
    try:
        yield
    except OperationalError as error:
        reason = str(error.orig)
        if "locked" in reason or "busy" in reason:
            raise Unavailable(
                f"{path} is busy: another process writes. Try again, or stop that process.", 1.0
            ) from None
        if "full" in reason:
            raise Unavailable(
                f"No room left on the disk of {path}. Free some and run the same again."
            ) from None
        if "disk I/O" in reason:
            raise Unavailable(
                f"The disk of {path} refused to read or write. See whether it is full or broken, "
                "then run the same again."
            ) from None
        if "readonly" in reason or "unable to open" in reason:
            raise BadInput(f"{path} can't be written: {reason}.") from None
        raise
    except DatabaseError as error:
        if "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise BadInput(
                f"{path} is damaged: {error.orig}. Make a new home of a backup: aimas restore BACKUP --home FOLDER"
            ) from None
        if "records were moved" in str(error.orig):
            raise BadInput(f"{str(error.orig).capitalize()}; start this program again.") from None
        raise
