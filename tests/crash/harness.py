"""One kill after another, spread over the points; after each the home is looked at, finished and looked at again."""

import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
from tests.crash.nursery import Nursery

from aimas.storage.faults import POINTS

MOVING = ("page-copied", "tables-copied", "copy-whole", "records-left", "home-looks")
"""Points that only a move passes."""

FRESH_AFTER = 12
"""Rounds in one home: looking at all of it takes longer each time."""


class Kill(msgspec.Struct, frozen=True):
    point: str
    nth: int
    where: str
    """sqlite or postgresql: where the records were, or were going to."""


class Outcome(msgspec.Struct, frozen=True):
    kill: Kill
    was_hit: bool
    restart_s: float
    wrong: tuple[str, ...]


def kills(n: int, seed: int) -> Iterator[Kill]:
    """Every point in turn, on both kinds of records, at its first to sixth passing."""
    chance = random.Random(seed)
    for number in range(n):
        point = POINTS[number % len(POINTS)]
        where = ("sqlite", "postgresql")[(number + number // len(POINTS)) % 2]
        yield Kill(point, chance.randint(1, _passings(point)), where)


def _passings(point: str) -> int:
    """How often a round surely passes it; later ones are never reached."""
    if point in ("write-ready", "write-kept"):
        return 8
    if point in ("entries-written", "records-written"):
        return 5
    if point in ("page-copied", "original-synced", "reading-ended"):
        return 3
    return 1


def killed(
    nursery: Nursery, folder: Path, database: Callable[[], str], n: int, seed: int
) -> Iterator[Outcome]:
    """Looks after every kill; the rounds of one kind of records go on in one home."""
    homes: dict[str, tuple[Path, str, int]] = {}
    for number, kill in enumerate(kills(n, seed)):
        if kill.where not in homes or homes[kill.where][2] >= FRESH_AFTER:
            home = folder / str(number) / "home"
            home.parent.mkdir(parents=True)
            address = database() if kill.where == "postgresql" else ""
            _must(nursery, "make", home, address)
            homes[kill.where] = (home, address, 0)
        home, address, turn = homes[kill.where]
        if kill.point in MOVING:
            _must(nursery, "work", home, turn)
            # From wherever it is to the other kind, and there the next rounds go on.
            address = "" if address else database()
            what: tuple[object, ...] = ("go", address or "sqlite")
        else:
            what = ("work", turn)
        ended = nursery.do(str(what[0]), home, *what[1:], fault=(kill.point, kill.nth))
        wrong: list[str] = []
        if ended.code:
            wrong.append(ended.said)
        if kill.point not in MOVING or ended.signal == 0:
            after = nursery.look(home, turn, False)
            wrong += after.wrong
            restart_s = after.restart_s
        else:
            restart_s = 0.0
        _must(nursery, str(what[0]), home, *what[1:], *([30] if what[0] == "work" else []))
        finished = nursery.look(home, turn, True)
        wrong += finished.wrong
        homes[kill.where] = (home, address, turn + 1)
        yield Outcome(kill, ended.signal == signal.SIGKILL, max(restart_s, finished.restart_s), tuple(wrong))


def table(outcomes: list[Outcome]) -> str:
    """Hits at each point, and what was wrong after them."""
    hits = Counter((o.kill.point, o.kill.where) for o in outcomes if o.was_hit)
    missed = Counter(o.kill.point for o in outcomes if not o.was_hit)
    lines = [f"{'point':<20}{'sqlite':>8}{'postgresql':>12}{'not passed':>12}"]
    lines += [f"{p:<20}{hits[p, 'sqlite']:>8}{hits[p, 'postgresql']:>12}{missed[p]:>12}" for p in POINTS]
    slowest = max((o.restart_s for o in outcomes), default=0.0)
    wrong = sum(bool(o.wrong) for o in outcomes)
    lines.append(
        f"{len(outcomes)} tries, {sum(hits.values())} kills; slowest restart {slowest:.1f} s; wrong after {wrong}"
    )
    return "\n".join(lines)


def _must(nursery: Nursery, what: str, folder: Path, *arguments: object) -> None:
    ended = nursery.do(what, folder, *arguments)
    if ended.code or ended.signal:
        raise RuntimeError(f"{what} without a fault failed: {ended.said}")
