"""Two homes and one PostgreSQL: one gathers, the other shows from an index of its own; several gather in turns."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.builders import KEY, Shelf, StoppedClock, fetched
from tests.postgres import PostgresServer
from tests.sources.contract import source
from tests.sources.local_site import Answer, Asked, LocalSite, client_of, local_site

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.app import App
from aimas.cli.main import _run
from aimas.core import BadInput, Fetched, Outcome, Passed
from aimas.home import create_home
from aimas.sources import Gatherer, GatherSettings
from aimas.sources.types import Take
from aimas.station import Station
from aimas.storage.sealing import Seal
from aimas.storage.sources import SqlSources
from aimas.web import server

SETTINGS: dict[str, Any] = {"profiles": ["kz-mia"], "timezone": "Asia/Almaty"}


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


@pytest.fixture
def homes(tmp_path: Path, postgres: PostgresServer) -> tuple[Path, Path]:
    """One that gathers, and one beside it with copies of its settings and keys alone."""
    gathers = create_home(tmp_path / "gathers", **SETTINGS, records_url=postgres.database()).folder
    shows = tmp_path / "shows"
    shows.mkdir()
    shutil.copy(gathers / "aimas.toml", shows)
    shutil.copytree(gathers / "keys", shows / "keys")
    return gathers, shows


@contextmanager
def at_work(folder: Path, *, follow: bool = False) -> Iterator[App]:
    app = App(folder)
    if follow:
        app.follow_another()
    station = Station(app, gather=False)
    station.start()
    try:
        yield app
    finally:
        station.stop()
        app.close()
    assert station.failure is None


def file(app: App, *names: str) -> None:
    app.ingest([Passed(fetched(f"Полиция сообщила о деле {n}.")) for n in names], source="import")


def listed(app: App, query: str = "*") -> list[tuple[str, str | None]]:
    """Everything a query lists, with the story it stands in."""
    return [
        (p.id, p.placed.story if p.placed else None)
        for p in app.search.everything(app.search.ask(query, "kz-mia"))
    ]


def count(app: App, query: str = "полиция") -> int:
    return app.search.count(app.search.ask(query, "kz-mia"))


def placed(app: App) -> int:
    return sum(str(e.kind) == "placed" for e in app.records.entries())


def test_what_one_gathers_the_other_shows(homes: tuple[Path, Path]) -> None:
    gathers, shows = homes
    with at_work(gathers) as one, at_work(shows, follow=True) as other:
        file(one, "1", "2")
        until(lambda: count(other) == 2 and count(other, "is:placed") == 2)
        until(lambda: one.index.position() == other.index.position() == one.records.head())
        assert listed(other) == listed(one)
        # What a person does on the page of the second is an entry of the one ledger.
        other.searches.save("дела", "дело", "kz-mia")
        assert [s.name for s in one.searches.all()] == ["дела"]
    assert one.home.index != other.home.index


def test_it_goes_on_after_a_restart_and_builds_its_index_anew(homes: tuple[Path, Path]) -> None:
    gathers, shows = homes
    with at_work(gathers) as one:
        with at_work(shows, follow=True) as other:
            file(one, "1")
            until(lambda: count(other, "is:placed") == 1)
        file(one, "2", "3")
        until(lambda: count(one, "is:placed") == 3)
        with at_work(shows, follow=True) as other:
            until(lambda: other.index.position() == one.records.head())
            assert listed(other) == listed(one)
        shutil.rmtree(shows / "index")
        with at_work(shows, follow=True) as other:
            until(lambda: other.index.position() == one.records.head())
            assert listed(other) == listed(one)
        assert one.verify() == []


def test_the_one_that_shows_places_alerts_and_sends_nothing(homes: tuple[Path, Path]) -> None:
    gathers, shows = homes
    with local_site() as site:
        site.routes["/hook"] = Answer(status=204)
        for folder in homes:
            with (folder / "aimas.toml").open("a") as settings:
                settings.write(f'admitted = ["{site.pair}"]\n')
        one = App(gathers)
        one.searches.save("полиция", "полиция", "kz-mia")
        rule = Rule(id="", name="hook", search="полиция", kind=RuleKind.EVERY, language="ru")
        one.alerting.add(rule, [(ChannelKind.WEBHOOK, site.at("/hook"))])
        with at_work(shows, follow=True) as other:
            file(one, "1")
            until(lambda: count(other) == 1)
            head = one.records.head()
            time.sleep(1.5)
            assert one.records.head() == head, "it wrote nothing"
            assert (placed(one), one.alert_store.alerts(9), site.asked) == (0, [], [])
        one.close()
        with at_work(gathers) as one:
            until(lambda: len(site.asked) == 1 and placed(one) == 1)


def test_files_are_not_followed_and_a_strangers_key_is_told(
    home: Path, homes: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(["serve", "--follow", "--home", str(home)]) == 1
    assert "Only records on a PostgreSQL can be followed" in capsys.readouterr().err
    gathers, shows = homes
    app = App(gathers)
    app.declare(source())
    app.close()
    told: dict[str, Any] = {}
    monkeypatch.setattr(
        server, "run", lambda app, **options: told.update(options, follow=app.settings.follow)
    )
    assert _run(["serve", "--follow", "--home", str(shows)]) == 0
    assert told["follow"] is True
    (shows / "keys" / "master.key").write_bytes(bytes(32))
    assert _run(["serve", "--follow", "--home", str(shows)]) == 1
    assert "master.key does not belong" in capsys.readouterr().err


def test_an_original_out_of_reach_is_said_to_be_elsewhere(homes: tuple[Path, Path]) -> None:
    gathers, shows = homes
    one, other = App(gathers), App(shows)
    file(one, "1")
    one.catch_up()
    (publication,) = one.records.current(0, 5)
    assert other.records.get_publication(publication.id) == publication
    with pytest.raises(BadInput, match="the home that gathered holds them"):
        other.open_original(publication.id, "to read it")
    (shows / "originals").symlink_to(gathers / "originals")
    assert other.open_original(publication.id, "to read it").body == b"\xd0" + publication.text.encode()[1:]
    one.close()
    other.close()


class Feeds:
    """Sources on hosts of their own that notice two askers at once."""

    def __init__(self, stack: ExitStack, many: int) -> None:
        self.sites = [stack.enter_context(local_site()) for _ in range(many)]
        self.polls: list[tuple[int, int]] = []
        self.together = 0
        self._now: list[int] = []
        self._lock = threading.Lock()
        self._issue = 0
        for n, site in enumerate(self.sites):
            site.routes["/rss"] = self._route(n, site)

    def next(self) -> None:
        self._issue += 1

    def _route(self, n: int, site: LocalSite) -> Callable[[Asked], Answer]:
        def answered(_: Asked) -> Answer:
            with self._lock:
                self.together += self._now.count(n)
                self._now.append(n)
                self.polls.append((self._issue, n))
            time.sleep(0.05)
            with self._lock:
                self._now.remove(n)
            text = f"Новость {n}, выпуск {self._issue}. " * 20
            return Answer(
                f"<rss version='2.0'><channel><title>T</title><item><guid>{self._issue}</guid><title>t</title>"
                f"<link>{site.at(f'/{self._issue}')}</link><description>{text}</description></item></channel></rss>"
            )

        return answered


@pytest.mark.both_records
def test_gatherers_poll_each_source_once_and_take_over_from_a_dead_one(shelf: Shelf) -> None:
    clock = StoppedClock()
    taken: list[str] = []

    def accept(batch: Any) -> None:
        outcomes: list[Outcome[Fetched]] = list(batch)
        taken.extend(o.value.name for o in outcomes if isinstance(o, Passed))

    with ExitStack() as stack:
        feeds = Feeds(stack, 6)
        client = stack.enter_context(client_of(*feeds.sites))
        shelves = [shelf, Shelf(shelf.folder, address=shelf.address)]
        stores = [SqlSources(s.engine, Seal(KEY)) for s in shelves]
        for n, site in enumerate(feeds.sites):
            stores[0].put(source(f"s{n}", address=site.at("/rss"), take=Take.CONTENT, max_interval_s=60.0))
        settings = GatherSettings(threads=3, lease_s=1800.0)
        gatherers = [Gatherer(store, client, accept, clock=clock, settings=settings) for store in stores]
        for issue in range(1, 4):
            feeds.next()
            threads = [threading.Thread(target=g.poll_due) for g in gatherers]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert sorted(feeds.polls) == [(i, n) for i in range(1, issue + 1) for n in range(6)]
            clock.advance(minutes=5)
        assert feeds.together == 0
        assert len(taken) == len(set(taken)) == 18

        # The first is killed with two sources in hand: they wait for the end of its lease, and for nothing else.
        for name in ("s0", "s1"):
            assert stores[0].claim(name, clock.now(), clock.now().replace(hour=clock.now().hour + 1))
        feeds.next()
        assert {p.source for p in gatherers[1].poll_due()} == {"s2", "s3", "s4", "s5"}
        clock.advance(hours=1)
        assert {"s0", "s1"} <= {p.source for p in gatherers[1].poll_due()}
        shelves[1].close()
