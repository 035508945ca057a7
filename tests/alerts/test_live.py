"""The whole way in one process: filed, indexed, alerted, sent, recorded."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.builders import fetched
from tests.sources.local_site import Answer, LocalSite, local_site

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.app import App
from aimas.core import Passed
from aimas.station import Station

RULE = {"id": "", "name": "hook", "search": "полиция", "kind": RuleKind.EVERY, "language": "ru"}


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def admit(home: Path, site: LocalSite) -> None:
    with (home / "aimas.toml").open("a") as file:
        file.write(f'admitted = ["{site.pair}"]\n')


def switch_on(app: App, site: LocalSite) -> Rule:
    app.searches.save("полиция", "полиция", "kz-mia")
    rule, _ = app.alerting.add(Rule(**RULE), [(ChannelKind.WEBHOOK, site.at("/hook"))])  # type: ignore[arg-type]
    return rule


def test_what_is_filed_is_indexed_told_and_sent(home: Path) -> None:
    with local_site() as site:
        site.routes["/hook"] = Answer(status=204)
        admit(home, site)
        app = App(home)
        rule = switch_on(app, site)
        station = Station(app, gather=False)
        station.start()
        try:
            for n in range(3):
                app.ingest([Passed(fetched(f"Полиция говорит {n}."))], source="import")
                until(lambda n=n: len(site.asked) > n)  # type: ignore[misc]
            until(lambda: len([a for a in app.records.acts(50) if a["verb"] == "delivery-sent"]) == 3)
        finally:
            station.stop()
        assert station.failure is None
        told = app.alert_store.alerts(10, rule=rule.id)
        assert [a.count for a in told] == [1, 1, 1]
        assert len({a.headers["idempotency-key"] for a in site.asked}) == len(site.asked) == 3
        assert app.verify() == []
        app.close()


WATCH = """
import sys
from aimas.cli.main import main
main(["watch", "--home", sys.argv[1]])
"""


def test_killed_at_any_moment_it_tells_each_item_once(home: Path) -> None:
    """The receiver knows a repetition by its key; no item is missing and none is in two alerts."""
    with local_site() as site:
        site.routes["/hook"] = Answer(status=204)
        admit(home, site)
        app = App(home)
        rule = switch_on(app, site)
        total = 0
        for turn in range(3):
            watch = subprocess.Popen([sys.executable, "-c", WATCH, str(home)], stderr=subprocess.DEVNULL)
            try:
                for n in range(4):
                    app.ingest([Passed(fetched(f"Полиция говорит, раз {turn}, {n}."))], source="import")
                    total += 1
                before = len(site.asked)
                # Killed while it looks, fires or sends: wherever this moment falls.
                until(lambda before=before: len(site.asked) > before, 60)  # type: ignore[misc]
            finally:
                os.kill(watch.pid, signal.SIGKILL)
                watch.wait()
        app.catch_up()
        app.alerting.look()
        told = app.alert_store.alerts(100, rule=rule.id)
        assert sum(a.count for a in told) == total
        ids: list[str] = []
        for alert in told:
            question = app.search.ask(alert.query, alert.institution, alert.snapshot)
            ids += [p.id for p in app.search.everything(question)]
        assert len(ids) == len(set(ids)) == total
        sent = [d.key for a in told for d, _ in app.alert_store.deliveries(a.position)]
        assert len(sent) == len(set(sent)) == len(told)
        assert {a.headers["idempotency-key"] for a in site.asked} <= set(sent)
        assert app.verify() == []
        app.close()
