"""A process that has loaded everything and opened nothing: each piece of work runs in a copy of it, which may be killed.

Loading takes seconds and a kill milliseconds; so hundreds of kills fit in minutes.
"""

import json
import os
import subprocess
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
from tests.crash import harm, work
from tests.crash.work import Found

from aimas.storage import faults


class Died(msgspec.Struct):
    """How a piece of work ended: by signal 9 at its point, by an error, or not at all."""

    signal: int
    code: int
    said: str


class Nursery:
    """A context; hands pieces of work to the process and waits for them."""

    def __enter__(self) -> "Nursery":
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parents[2],
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(120)

    def do(self, what: str, folder: Path, *arguments: Any, fault: tuple[str, int] | None = None) -> Died:
        assert self._process.stdin
        assert self._process.stdout
        said = json.dumps([what, str(folder), arguments, fault])
        self._process.stdin.write(said.encode() + b"\n")
        self._process.stdin.flush()
        return msgspec.json.decode(self._process.stdout.readline(), type=Died)

    def look(self, folder: Path, turn: int, is_finished: bool) -> Found:
        ended = self.do("look", folder, turn, is_finished)
        if ended.code or ended.signal:
            raise RuntimeError(ended.said)
        return msgspec.json.decode(ended.said, type=Found)


def _run(what: str, folder: Path, arguments: list[Any], fault: list[Any] | None) -> str:
    match fault:
        case ["full-disk", room]:
            harm.no_more_than(room)
        case [str(name), nth] if name.startswith("server-gone:"):
            _, pid, at = name.split(":")
            faults.arm(at, nth, harm.gone(int(pid)))
        case [name, nth]:
            faults.arm(name, nth)
    if what == "look":
        turn, is_finished = arguments
        return msgspec.json.encode(work.look(folder, turn, is_finished=is_finished)).decode()
    {"make": work.make, "work": work.work, "go": work.go}[what](folder, *arguments)
    return ""


def main() -> None:
    for line in sys.stdin:
        what, folder, arguments, fault = json.loads(line)
        readable, writable = os.pipe()
        if not (child := os.fork()):
            os.close(readable)
            os.dup2(2, 1)
            code = 0
            try:
                said = _run(what, Path(folder), arguments, fault)
            except BaseException:
                said, code = traceback.format_exc(), 1
            with os.fdopen(writable, "w") as pipe:
                pipe.write(said)
            os._exit(code)
        os.close(writable)
        with os.fdopen(readable) as pipe:
            said = pipe.read()
        _, status = os.waitpid(child, 0)
        died = Died(
            os.WTERMSIG(status), os.waitstatus_to_exitcode(status) if os.WIFEXITED(status) else 0, said
        )
        sys.stdout.write(msgspec.json.encode(died).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
