"""Worlds that fail without killing anybody: a disk that takes no more, a server that goes away, a clock that jumps."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from tests.crash.nursery import Nursery
from tests.postgres import PostgresServer

from aimas.storage import faults

PASSES = ("aimas.core.errors.Unavailable", "File too large")
"""How work ends that a full disk stopped: in plain words; or in the harness's own list of what was reported."""


class Trouble(msgspec.Struct, frozen=True):
    kind: str
    detail: str
    was_felt: bool
    wrong: tuple[str, ...]


def full_disks(
    nursery: Nursery, folder: Path, database: Callable[[], str], n: int, seed: int
) -> Iterator[Trouble]:
    """Each round meets a disk with room for so much a file; then there is room again and the round is done once more."""
    chance = random.Random(seed)
    homes: dict[str, Path] = {}
    for number in range(n):
        where = ("sqlite", "postgresql")[number % 2]
        turn = number // 2
        if where not in homes:
            homes[where] = folder / where / "home"
            homes[where].parent.mkdir(parents=True)
            _must(nursery, "make", homes[where], database() if where == "postgresql" else "")
        room = int(2 ** chance.uniform(6, 19))
        ended = nursery.do("work", homes[where], turn, fault=("full-disk", room))
        wrong = _ended_plainly(ended.signal, ended.code, ended.said)
        yield Trouble(
            "full disk",
            f"{where}, {room:,} bytes a file",
            bool(ended.code),
            (*wrong, *_repeated(nursery, homes[where], turn)),
        )


def lost_servers(
    nursery: Nursery, folder: Path, server: PostgresServer, n: int, seed: int
) -> Iterator[Trouble]:
    """The records' server crashes at a write point in the middle of a round, and is started again."""
    chance = random.Random(seed)
    home = folder / "lost" / "home"
    home.parent.mkdir(parents=True)
    _must(nursery, "make", home, server.database())
    points = [
        p for p in faults.POINTS if not p.startswith(("page-", "tables-", "copy-", "records-left", "home-"))
    ]
    for turn in range(n):
        point, nth = points[turn % len(points)], chance.randint(1, 2)
        ended = nursery.do("work", home, turn, fault=(f"server-gone:{server.pid}:{point}", nth))
        wrong = _ended_plainly(ended.signal, ended.code, ended.said)
        server.stop(at_once=True)
        server.start()
        yield Trouble(
            "server gone", f"at {point}", bool(ended.code), (*wrong, *_repeated(nursery, home, turn))
        )


def jumping_clocks(
    nursery: Nursery, folder: Path, database: Callable[[], str], n: int, seed: int
) -> Iterator[Trouble]:
    """A round under a clock that is off by up to two years, and the next under the right one."""
    chance = random.Random(seed)
    for where in ("sqlite", "postgresql"):
        home = folder / f"clock-{where}" / "home"
        home.parent.mkdir(parents=True)
        _must(nursery, "make", home, database() if where == "postgresql" else "")
        for turn in range(n):
            minutes = chance.choice((-1, 1)) * chance.randint(60, 2 * 365 * 24 * 60)
            ended = nursery.do("work", home, turn, minutes)
            wrong = () if not ended.code else (ended.said,)
            yield Trouble(
                "clock", f"{where}, {minutes:+,} minutes", True, (*wrong, *_repeated(nursery, home, turn))
            )


def _ended_plainly(by: int, code: int, said: str) -> tuple[str, ...]:
    if by:
        return (f"ended by signal {by}",)
    return (said,) if code and not any(word in said for word in PASSES) else ()


def _repeated(nursery: Nursery, home: Path, turn: int) -> list[str]:
    """The round once more, with nothing in the way; what is wrong then."""
    before = nursery.look(home, turn, False).wrong
    _must(nursery, "work", home, turn, 30)
    return before + nursery.look(home, turn, True).wrong


def _must(nursery: Nursery, what: str, folder: Path, *arguments: object) -> None:
    ended = nursery.do(what, folder, *arguments)
    if ended.code or ended.signal:
        raise RuntimeError(f"{what} without a trouble failed: {ended.said}")
