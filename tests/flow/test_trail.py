"""One id leads through the log from a poll to the alert that was sent, whatever process dealt with it in between."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from tests.builders import Shelf, fetched, reading
from tests.sources.contract import source
from tests.sources.local_site import Answer, LocalSite, local_site

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.app import App
from aimas.core import Ownership, Passed, on_trail
from aimas.storage.trails import SqlTrails, Stretch

WATCH = "import sys; from aimas.cli.main import main; main(['watch', '--home', sys.argv[1]])"


def until(true: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.05)


@contextmanager
def watching(home: Path, log: Path) -> Iterator[None]:
    with log.open("ab") as err:
        watch = subprocess.Popen([sys.executable, "-c", WATCH, str(home)], stderr=err)
    try:
        yield
    finally:
        os.kill(watch.pid, signal.SIGTERM)
        watch.wait(60)


def grep(log: Path, word: str) -> list[dict[str, Any]]:
    """As a person would: lines that have the word, whatever they say."""
    return [json.loads(line) for line in log.read_text("utf-8").splitlines() if word in line]


def feed(site: LocalSite, *texts: str) -> Answer:
    items = "".join(
        f"<item><title>{text[:20]}</title><link>{site.at(f'/{n}')}</link><guid>{n}</guid>"
        f"<description>{(text + ' ') * 12}</description></item>"
        for n, text in enumerate(texts)
    )
    return Answer(f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>")


def prepared(home: Path, site: LocalSite, ownership: Ownership) -> None:
    site.routes["/hook"] = Answer(status=204)
    for n in range(3):
        site.routes[f"/{n}"] = Answer(
            f"<html><body><article><p>{(f'Полиция города раскрыла дело {n}. ') * 20}</p></article></body></html>",
            headers={"Content-Type": "text/html; charset=utf-8"},
        )
    site.routes["/rss"] = feed(site, "Полиция раскрыла дело", "Полиция нашла угнанное", "Полиция говорит")
    with (home / "aimas.toml").open("a") as file:
        file.write(f'admitted = ["{site.pair}"]\nadmitted_delay_s = 0.0\n')
    app = App(home)
    app.declare(source("handle-of-a-page", address=site.at("/rss"), ownership=ownership))
    app.searches.save("полиция", "полиция", "kz-mia")
    rule = Rule(id="", name="hook", search="полиция", kind=RuleKind.EVERY, language="ru")
    app.alerting.add(rule, [(ChannelKind.WEBHOOK, site.at("/hook"))])
    app.close()


@pytest.mark.both_records
def test_grep_goes_from_a_delivered_alert_back_to_the_poll(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with local_site() as site:
        prepared(home, site, Ownership.OUTLET)
        with watching(home, log):
            told: set[str] = set()

            def all_told() -> bool:
                for asked in site.asked:
                    if asked.path == "/hook":
                        items = json.loads(asked.body)["items"]
                        told.update(i["link"].split("?")[0].rsplit("/", 1)[1] for i in items)
                return len(told) == 3

            until(all_told)
            until(lambda: bool(grep(log, "poll.ended")) and bool(grep(log, "delivery.sent")))
    for publication in told:
        (filed,) = grep(log, f'"publication": "{publication}"')
        trail = filed["trail"]
        way = [line["event"] for line in grep(log, f'"{trail}"')]
        assert sorted(way[:3]) == ["filed", "indexed", "item.fetched"], "first it came in"
        assert way[3:5] == ["alert.fired", "delivery.sent"]
        (poll,) = [line for line in grep(log, trail.split(".")[0]) if line["event"] == "poll.ended"]
        assert (poll["source"], poll["new"]) == ("handle-of-a-page", 3)


def test_the_log_does_not_tell_which_items_came_from_one_person(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with local_site() as site:
        prepared(home, site, Ownership.PERSONAL)
        with watching(home, log):
            until(lambda: bool(log.exists() and grep(log, "poll.ended") and grep(log, "delivery.sent")))
        address = site.pair
    trails = [line["trail"] for line in grep(log, "item.fetched")]
    (poll,) = grep(log, "poll.ended")
    assert len(trails) == 3
    assert len({t.split(".")[0] for t in (*trails, poll["trail"])}) == 4
    assert poll["source"] == "personal"
    assert "handle-of-a-page" not in log.read_text() and address not in log.read_text()
    app = App(home)
    assert sorted(app.trails.of([p.read_at for p in app.records.current(0, 10)])) == sorted(trails)
    app.close()


@pytest.mark.both_records
def test_a_trail_outlives_the_process_that_filed(shelf: Shelf) -> None:
    trails = SqlTrails(shelf.engine)
    shelf.file(reading("no trail"))
    with on_trail("aa.1"):
        shelf.file(reading("A"), reading("B"))
    with on_trail("bb"):
        shelf.file(reading("C"))
        shelf.file(reading("D"))
    shelf.file(reading("none again"))
    assert trails.between(0, 99, 10) == [Stretch(2, 3, "aa.1"), Stretch(4, 5, "bb")]
    assert trails.between(3, 4, 10) == [Stretch(4, 4, "bb")]
    assert trails.of([1, 6]) == []
    assert trails.of([5, 3, 2, 6]) == ["aa.1", "bb"]


def test_what_is_read_anew_keeps_its_trail(shelf: Shelf) -> None:
    with on_trail("aa"):
        shelf.file(reading("A"))
    with shelf.archive.settling() as settlement:
        again = settlement.reread(1, reading("A"))
    assert SqlTrails(shelf.engine).of([again]) == ["aa"]


def test_a_file_that_is_handed_over_is_on_one_trail(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    items = [Passed(fetched(f"Полиция говорит {n}.")) for n in range(70)]
    app.ingest([*items, items[0]], source="import")
    app.catch_up()
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert {line["trail"] for line in lines} == {lines[0]["trail"]}
    # Settled in several steps, told once each.
    way = [event for event, _ in groupby(line["event"] for line in lines)]
    assert way == ["ingest.began", "filed", "ingest.ended", "indexed"]
    assert sum(line.get("publications", 0) for line in lines) == 70
    assert sum(line.get("known", 0) for line in lines) == 1
