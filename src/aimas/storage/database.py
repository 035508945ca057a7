"""Opens the records: SQLite in WAL mode by default."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.exc import DatabaseError, OperationalError

import aimas.storage.account_tables  # noqa: F401 (its tables belong to the same metadata)
import aimas.storage.alert_tables  # noqa: F401
from aimas.core import BadInput, Unavailable
from aimas.storage import schema

BUSY_TIMEOUT_MS = 15_000
"""How long a writer waits for another before it says so."""


def open_database(path: Path, *, create: bool = False) -> Engine:
    """Raises BadInput when the file is missing, is no home's or is of another version."""
    if not create and not path.exists():
        raise BadInput(f"{path.parent} is not a home yet. Run: aimas init {path.parent}")
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

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

    with _plain_errors(path):
        if create:
            with writing(engine) as connection:
                schema.metadata.create_all(connection)
                known = connection.execute(select(schema.meta.c.key)).scalars().all()
                if "home" not in known:
                    rows = [
                        {"key": "home", "value": secrets.token_hex(8)},
                        {"key": "version", "value": str(schema.VERSION)},
                    ]
                    connection.execute(insert(schema.meta), rows)
        with engine.connect() as connection:
            version = _meta(connection, "version")
        if version != str(schema.VERSION):
            raise BadInput(f"{path} has tables of version {version}, this program needs {schema.VERSION}.")
    return engine


def home_id(engine: Engine) -> str:
    with reading(engine) as connection:
        return _meta(connection, "home")


def _meta(connection: Connection, key: str) -> str:
    return str(connection.execute(select(schema.meta.c.value).where(schema.meta.c.key == key)).scalar_one())


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """For readers: trouble with the file becomes a plain error here too."""
    with _plain_errors(Path(engine.url.database or "")), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction with the writer's lock taken at its start; all of it or nothing."""
    with _plain_errors(Path(engine.url.database or "")), engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            # A full disk may have ended the transaction already.
            if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
                connection.exec_driver_sql("ROLLBACK")
            raise
        _commit(connection)


def _commit(connection: Connection) -> None:
    try:
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        if connection.connection.dbapi_connection.in_transaction:  # type: ignore[union-attr]
            connection.exec_driver_sql("ROLLBACK")
        raise


@contextmanager
def _plain_errors(path: Path) -> Iterator[None]:
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
            raise BadInput(f"{path} is damaged: {error.orig}. Run: aimas verify") from None
        raise
