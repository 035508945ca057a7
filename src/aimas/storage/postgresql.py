"""PostgreSQL as the records: how it is reached, whose turn it is to write, its troubles in plain words."""

import io
import os
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pg8000.exceptions import Error as DriverError
from sqlalchemy import URL, Connection, Engine, String, Table, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.compiler import compiles

from aimas.core import BadInput, BadSetting, Unavailable

SCHEME = "postgresql"
_WRITERS = 7_041_776
"""Names the lock that a writer holds, together with the schema's own number."""

_DISK_FULL, _TOO_MANY = "53100", "53300"
_LOCK_NOT_AVAILABLE, _DEADLOCK, _SERIALIZATION = "55P03", "40P01", "40001"
_CUT = ("network error", "communication error", "connection is closed", "Can't create a connection")
_LOCAL = ("", "localhost", "127.0.0.1", "::1")


@compiles(String, SCHEME)
def _any_length(type_: String, compiler: Any, **_: Any) -> str:
    """SQLite keeps what is longer than was declared; a limit that holds in one of two would part them."""
    return "TEXT"


def open_postgresql(address: str, *, patience_ms: int) -> Engine:
    """Raises BadSetting where the address is none."""
    try:
        url = make_url(address)
    except ArgumentError:
        raise BadSetting(
            "records_url is no address; write one like postgresql://user:password@host:5432/database"
        ) from None
    if url.drivername not in (SCHEME, f"{SCHEME}+pg8000"):
        raise BadSetting(f"records_url begins with {url.drivername}://; only postgresql:// is known.")
    if not url.username or not url.database:
        raise BadSetting(
            "records_url names no user or no database; write postgresql://user:password@host:5432/database"
        )
    query = dict(url.query)
    arguments: dict[str, Any] = {"application_name": "aimas", "tcp_keepalive": True, "timeout": None}
    if url.password is None and (known := os.environ.get("PGPASSWORD")):
        url = url.set(password=known)
    folder = query.pop("host", None)
    if folder is not None:
        # As libpq says it: a folder with the server's socket.
        arguments["unix_sock"] = f"{folder}/.s.PGSQL.{url.port or 5432}"
    elif context := _encryption(str(query.pop("sslmode", "")), url.host or ""):
        arguments["ssl_context"] = context
    query.pop("sslmode", None)
    if query:
        raise BadSetting(f"records_url: {', '.join(sorted(query))} is not known; host and sslmode are.")
    if folder is None and not url.host:
        url = url.set(host="localhost")
    plain = url.set(drivername=f"{SCHEME}+pg8000", query={})
    engine = create_engine(plain, connect_args=arguments, pool_pre_ping=True, pool_size=8, max_overflow=24)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        # A plan made for any value took a query from 5 ms to 3 s where one value was common and the other rare.
        cursor.execute("SET plan_cache_mode = force_custom_plan")
        cursor.execute(f"SET lock_timeout = {int(patience_ms)}")
        cursor.execute("SET idle_in_transaction_session_timeout = '15min'")
        cursor.execute("SET client_min_messages = warning")
        connection.commit()
        cursor.close()

    return engine


def _encryption(mode: str, host: str) -> ssl.SSLContext | None:
    """What leaves this machine is encrypted and the server's name checked, unless the address says otherwise."""
    mode = mode or ("disable" if host in _LOCAL else "verify-full")
    match mode:
        case "disable":
            return None
        case "require":
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            return context
        case "verify-full":
            return ssl.create_default_context()
    raise BadSetting(f"records_url: sslmode {mode} is not known; disable, require and verify-full are.")


def take_turn(connection: Connection) -> None:
    """Waits until no other transaction writes, and holds the turn to the end of this one: the ledger has one order."""
    connection.exec_driver_sql(
        f"SELECT pg_advisory_xact_lock({_WRITERS}, hashtext(current_schema()))"
    ).close()


def copy_in(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """By COPY: one round trip for all of them. Every row says the same columns."""
    names = list(rows[0])
    quoted = connection.dialect.identifier_preparer
    columns = ", ".join(quoted.quote(name) for name in names)
    data = io.BytesIO()
    for row in rows:
        data.write(b"\t".join([_copied(row[name]) for name in names]))
        data.write(b"\n")
    data.seek(0)
    # The stream is the driver's own addition to what drivers know.
    cursor: Any = connection.connection.cursor()
    try:
        cursor.execute(f"COPY {quoted.format_table(table)} ({columns}) FROM STDIN", stream=data)
    except BaseException as error:
        # Refused in the middle of a COPY, server and driver (pg8000 1.31) are out of step: the next question would be
        # given another one's answer. The transaction ends with the connection.
        connection.invalidate(error)
        raise
    cursor.close()


def _copied(value: Any) -> bytes:
    if value is None:
        return rb"\N"
    if isinstance(value, bytes):
        return rb"\\x" + value.hex().encode()
    if isinstance(value, str):
        raw = value.encode()
        if b"\0" in raw:
            raise BadInput(f"PostgreSQL keeps no text with a NUL in it: {value[:60]!r}.")
        if b"\\" in raw:
            raw = raw.replace(b"\\", rb"\\")
        return raw.replace(b"\n", rb"\n").replace(b"\r", rb"\r").replace(b"\t", rb"\t")
    return repr(value).encode()


def shown(url: URL) -> str:
    """Without the password."""
    folder = url.query.get("host")
    return f"{url.host or folder or 'local'}/{url.database}"


def _first_said(error: BaseException | None) -> BaseException | None:
    """The server's own words: the driver (pg8000 1.31) covers a refusal with a broken pipe where it was hung up on."""
    inner = error
    while inner is not None:
        is_drivers = isinstance(inner, DriverError)
        if is_drivers and inner.args and isinstance(inner.args[0], dict):
            return inner
        inner = inner.__context__
    return error


@contextmanager
def plain_errors(engine: Engine) -> Iterator[None]:
    where = f"the records' server {shown(engine.url)}"
    try:
        yield
    except (DBAPIError, DriverError) as error:
        said = _first_said(error.orig if isinstance(error, DBAPIError) else error)
        told = said.args[0] if said is not None and said.args else ""
        code = str(told.get("C", "")) if isinstance(told, dict) else ""
        message = str(told.get("M", "")) if isinstance(told, dict) else str(told)
        if code == _LOCK_NOT_AVAILABLE:
            raise Unavailable(
                f"{where} is busy: another process writes. Try again, or stop that process.", 1.0
            ) from None
        if code == _DISK_FULL:
            raise Unavailable(
                f"No room left on the disk of {where}. Free some and run the same again."
            ) from None
        if code in (_DEADLOCK, _SERIALIZATION, _TOO_MANY):
            raise Unavailable(f"{where} is busy: {message}.", 1.0) from None
        if code[:2] in ("28", "3D"):
            raise BadInput(f"{where} lets nobody in: {message}. See records_url.") from None
        if "records were moved" in message:
            raise BadInput(f"{message.capitalize()}; start this program again.") from None
        if code == "42P01":
            raise BadInput(
                f"{where} holds no home's records: {message}. Run: aimas init or aimas move"
            ) from None
        # Without a code the driver spoke; 57P0x is a server that stops, starts or recovers.
        if code[:2] == "08" or code.startswith("57P0") or (not code and message.startswith(_CUT)):
            raise Unavailable(
                f"{where} does not answer: {message or type(said).__name__}. See whether it runs.",
                2.0,
            ) from None
        raise
