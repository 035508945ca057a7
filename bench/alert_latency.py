"""From the poll that lists a publication to the board and to a webhook: `python -m bench.alert_latency [ITEMS]`.

A feed on this machine publishes one item after another; a station gathers, files, places, indexes, looks and sends as
in service. The clock begins when the feed is asked and has the new item; it ends when a reader of the index finds it,
and when the webhook is told. How long until a source is polled is a matter of its interval, not of this.
"""

import argparse
import json
import logging
import os
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil
import structlog
from tests.sources.contract import source
from tests.sources.local_site import Answer, LocalSite, local_site

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.app import App
from aimas.home import create_home
from aimas.sources.types import Take
from aimas.station import Station

TEXTS = (
    "Полиция города раскрыла дело {n}. Жители говорят, что сотрудники приехали быстро и помогли.",
    "Жители пожаловались на полицию: дело {n} не расследуют третий месяц, сотрудники грубят.",
    "Қала полициясы {n} істі ашты. Тұрғындар қызметкерлерге алғыс айтты.",
    "The police solved case {n}. Residents say that officers came late.",
)


def publish(site: LocalSite, n: int) -> None:
    items = "".join(
        f"<item><guid>{i}</guid><title>Дело {i}</title><link>{site.at(f'/{i}')}</link>"
        f"<description>{TEXTS[i % len(TEXTS)].format(n=i) * 4}</description></item>"
        for i in range(max(0, n - 20), n + 1)
    )
    site.routes["/rss"] = Answer(f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>")


def measured(folder: Path, many: int) -> dict[str, list[float]]:
    shown: list[tuple[int, float]] = []
    with local_site() as site:
        site.routes["/hook"] = Answer(status=204)
        home = create_home(
            folder,
            profiles=["kz-mia"],
            timezone="Asia/Almaty",
            admitted=[site.pair],
            admitted_delay_s=0.0,
            min_interval_s=1.0,
            max_interval_s=1.0,
        )
        app = App(home.folder)
        app.declare(
            source(address=site.at("/rss"), take=Take.CONTENT, min_interval_s=1.0, max_interval_s=1.0)
        )
        app.searches.save("все", "is:relevant", "kz-mia")
        rule = Rule(id="", name="hook", search="все", kind=RuleKind.EVERY, language="ru")
        app.alerting.add(rule, [(ChannelKind.WEBHOOK, site.at("/hook"))])

        def count() -> int:
            return app.search.count(app.search.ask("is:relevant", "kz-mia"))

        station = Station(app, on_change=lambda position: shown.append((count(), time.monotonic())))
        station.start()
        board, told = [], []
        try:
            # The first loads the model.
            for n in range(many + 1):
                before = len(site.asked)
                publish(site, n)
                while not any(a.path == "/hook" for a in site.asked[before:]):
                    time.sleep(0.002)
                hook = next(a.at for a in site.asked[before:] if a.path == "/hook")
                first = next(a.at for a in site.asked[before:] if a.path == "/rss")
                if n:
                    board.append(next(at for c, at in shown if c > n) - first)
                    told.append(hook - first)
        finally:
            station.stop()
            app.close()
    return {"on the board": board, "told": told}


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.alert_latency", description=__doc__)
    asked.add_argument("items", type=int, nargs="?", default=50)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as folder:
        found = measured(Path(folder) / "home", asked.parse_args().items)
    seconds = {
        name: {
            "p50_s": round(median(taken), 2),
            "p95_s": round(sorted(taken)[int(0.95 * (len(taken) - 1))], 2),
            "most_s": round(max(taken), 2),
        }
        for name, taken in found.items()
    }
    load = round(psutil.getloadavg()[0], 1)
    print(
        json.dumps({"items": len(found["told"]), "cores": os.cpu_count(), "load": load, **seconds}, indent=1)
    )


if __name__ == "__main__":
    main()
