"""Whatever is filed, changed, read again, ruled and broken off, in whatever order: the books hold and numbers stay."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from random import Random

import msgspec
import pytest
from tests.stories.test_placing import BRIBE, FIRE, FIRE_EN, FIRE_LATER, OUTLETS, WEATHER, opened, said

from aimas.app import App
from aimas.core import BadInput, Reading, StoredPublication
from aimas.flow.rereading import as_filed
from aimas.search.service import Distinct
from aimas.storage.archive import Archive
from aimas.storage.index import IndexWriter
from aimas.storage.index.state import StateFile
from aimas.stories import placing

STEPS = 40
QUERIES = ("is:relevant", "*", "source:tengri OR source:orda", "is:reprint")


class Power(BaseException):
    """It went out."""


class Numbers(msgspec.Struct, frozen=True):
    distinct: Distinct
    listed: int
    folded: int
    stories: Counter[str]


class Life:
    """One home and everything that happens to it."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home = home
        self.random = Random(seed)
        self.remembered: dict[tuple[str, int], Numbers] = {}
        self.filed: list[Reading] = []
        self.ruled: dict[str, str] = {}
        """Where a person put each address."""
        with self._life() as app:
            self.start = app.records.head()

    @contextmanager
    def _life(self) -> Iterator[App]:
        with opened(self.home) as app:
            yield app

    def live(self) -> None:
        steps: list[Callable[[App], None]] = [
            self.file,
            self.file,
            self.revise,
            self.reread,
            self.rule,
            self.rule,
        ]
        left = STEPS
        while left > 0:
            # A restart each time round.
            with self._life() as app:
                for _ in range(self.random.randint(1, 12)):
                    left -= 1
                    self.random.choice(steps)(app)
                    if self.random.random() < 0.25:
                        with suppress(Power), self.broken():
                            follow(app)
                        # What is in memory is gone as well, unless only the index broke off.
                        break
                    if self.random.random() < 0.7:
                        follow(app)
                        self.look(app)
        with self._life() as app:
            follow(app)
            self.look(app)
            assert app.verify() == []
            writer = app.index.writer()
            writer.rebuild(app.records, lambda done, _: None)
            writer.close()
            self.look(app)

    @contextmanager
    def broken(self) -> Iterator[None]:
        """The power goes out at one of the writes, just before or just after it."""
        owner, name = self.random.choice(
            [(Archive, "settling"), (IndexWriter, "_commit"), (StateFile, "write")]
        )
        after, countdown = self.random.random() < 0.5, self.random.randint(0, 2)
        real = getattr(owner, name)

        def cut(*arguments: object) -> object:
            nonlocal countdown
            countdown -= 1
            if countdown >= 0:
                return real(*arguments)
            if not after:
                raise Power
            if owner is not Archive:
                real(*arguments)
                raise Power
            return settled_then_cut(*arguments)

        @contextmanager
        def settled_then_cut(*arguments: object) -> Iterator[object]:
            with real(*arguments) as account:
                yield account
            raise Power

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, name, cut)
            yield

    def file(self, app: App) -> None:
        for _ in range(self.random.randint(1, 4)):
            text = self.random.choice([FIRE, FIRE, FIRE_LATER, FIRE_EN, BRIBE, BRIBE, WEATHER])
            hours = self.random.choice(
                [0, 1, 2, 30, 31, -30, -8 * 24, -9 * 24, -12 * 24, -12.5 * 24, -400 * 24]
            )
            hours += self.random.randint(0, 6)
            reading = said(text, self.random.choice(OUTLETS), hours, relevant=self.random.random() < 0.85)
            address = f"https://news.test/{len(self.filed)}"
            dates = {"published_at": None} if self.random.random() < 0.1 else {}
            self.filed.append(_with(reading, address=address, **dates))
            self._settle(app, self.filed[-1:])

    def revise(self, app: App) -> None:
        if not self.filed:
            return
        old = self.random.choice(self.filed)
        text = f"{old.publication.title}\n{old.publication.text}"
        newer = self.random.choice(
            [
                text.replace("миллион", f"{self.random.randint(3, 99)} миллион", 1),
                text + f" Дополнено в {self.random.randint(1, 23)} часов.",
                self.random.choice([FIRE, BRIBE, WEATHER]),
            ]
        )
        title, _, body = newer.partition("\n")
        changed = said(newer, old.publication.source, 0, relevant=self.random.random() < 0.8)
        kept = {"address": old.publication.address, "published_at": old.publication.published_at}
        self._settle(app, [_with(changed, title=title, text=body, **kept)])

    def _settle(self, app: App, readings: list[Reading]) -> None:
        with app.archive.settling():
            app.archive.file(readings)

    def reread(self, app: App) -> None:
        current = app.records.current(self.start, 1_000)
        if current:
            chosen = self.random.choice(current)
            mentions = () if chosen.mentions else said(FIRE, "tengri").mentions
            with app.archive.settling() as account:
                account.reread(chosen.position, msgspec.structs.replace(as_filed(chosen), mentions=mentions))

    def rule(self, app: App) -> None:
        """On the command line: nothing says that the index is up to date, nor that all is placed."""
        placed = [p for p in app.records.current(self.start, 1_000) if p.placed]
        if len(placed) < 2:
            return
        one, other = self.random.sample(placed, 2)
        assert one.placed and other.placed
        into = other.placed.story
        with suppress(BadInput):
            match self.random.choice(["merge", "split", "pin", "pin a name", "rename"]):
                case "merge":
                    app.rulings.merge(one.placed.story, into)
                case "split":
                    members = [p for p in placed if p.placed and p.placed.story == one.placed.story]
                    chosen = self.random.sample(members, self.random.randint(1, len(members)))
                    story = app.rulings.split(one.placed.story, [p.id for p in chosen])
                    now = {p.id for p in _current(app) if p.placed and p.placed.story == story}
                    assert now == {p.id for p in chosen}, "a piece is a story of its own"
                case "pin":
                    app.rulings.pin(one.id, into)
                case "pin a name":
                    app.rulings.pin(one.placed.story, into)
                case _:
                    app.rulings.rename(into, f"Название {self.random.random()}")
        for p in _current(app):
            if p.placed and p.placed.ruled_by and p.address:
                self.ruled[p.address] = p.placed.story

    def look(self, app: App) -> None:
        position = app.index.position()
        assert position == app.records.head()
        for query in QUERIES:
            self.remembered.setdefault((query, position), numbers(app, query, position))
        for query, then in self.random.sample(sorted(self.remembered), min(12, len(self.remembered))):
            assert numbers(app, query, then) == self.remembered[query, then], (query, then)
        for p in _current(app):
            if p.mentions:
                assert p.placed is not None
                if p.placed.ruled_by and p.address in self.ruled:
                    assert self.ruled[p.address] == p.placed.story
        with closing(sqlite3.connect(self.home / "records.sqlite")) as records:
            twice = "SELECT publication FROM placements WHERE until IS NULL GROUP BY publication HAVING count(*) > 1"
            assert records.execute(twice).fetchall() == []
            astray = (
                "SELECT p.publication FROM placements p JOIN placements h ON h.publication = p.chain "
                "WHERE p.until IS NULL AND h.until IS NULL AND h.chain != h.publication"
            )
            assert records.execute(astray).fetchall() == [], "a chain has the name of one of its own"


def _with(reading: Reading, **changes: object) -> Reading:
    return msgspec.structs.replace(
        reading, publication=msgspec.structs.replace(reading.publication, **changes)
    )


def _current(app: App) -> list[StoredPublication]:
    return app.records.current(0, 1_000)


def follow(app: App) -> None:
    writer = app.index.writer()
    try:
        app.follow(writer)
    finally:
        writer.close()


def numbers(app: App, query: str, at: int) -> Numbers:
    """Nothing remembered: as another process would count."""
    app.search._columns.clear()
    question = app.search.ask(query, "kz-mia", at)
    found = Numbers(
        app.search.distinct(question),
        len(list(app.search.everything(question))),
        len(app.search.folded(question, limit=1_000)),
        Counter({s.story: s.count for s in app.search.stories(question, limit=1_000)}),
    )
    assert found.listed == found.distinct.publications
    assert found.folded == found.distinct.unique
    assert len(found.stories) == found.distinct.stories
    assert sum(found.stories.values()) == found.distinct.placed
    for story, count in found.stories.items():
        within = app.search.ask(f"({query}) AND story:{story}", "kz-mia", at)
        assert app.search.count(within) == count
    return found


@pytest.mark.parametrize("seed", range(3))
def test_the_books_hold_whatever_happens(home: Path, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(placing, "BATCH", 2)
    Life(home, seed).live()
