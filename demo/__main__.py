"""`make demo`: an invented newsroom on one side, Aimas listening to it on the other, both on this machine."""

import argparse
import logging
import shutil
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import structlog
from rich.console import Console

from aimas.app import App
from aimas.core import AimasError
from aimas.coverage import source_lines
from aimas.home import create_home
from aimas.sources.health import Health
from aimas.sources.opml import read_opml
from aimas.web.server import run
from demo import appeals, people
from demo.newsroom.server import Newsroom

HERE = Path(__file__).parent
console = Console(stderr=True, highlight=False)


def main() -> int:
    arguments = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    arguments.add_argument("--port", type=int, default=8000)
    arguments.add_argument(
        "--live-every", type=float, default=8.0, metavar="S", help="seconds between new items"
    )
    arguments.add_argument("--home", type=Path, default=HERE / "home", help="made anew at every start")
    chosen = arguments.parse_args()
    # Whoever looks at the demo's terminal looks for its address.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        with Newsroom(started=datetime.now(UTC), live_every_s=chosen.live_every) as newsroom:
            app = listening_home(chosen.home, newsroom)
            threading.Thread(target=announce, args=(app, chosen.port), daemon=True).start()
            run(app, port=chosen.port, gather=True)
            app.close()
    except KeyboardInterrupt:
        pass
    except AimasError as error:
        console.print(str(error), markup=False)
        return 1
    return 0


def listening_home(folder: Path, newsroom: Newsroom) -> App:
    """A fresh home that may fetch from the newsroom's own ports and nothing else on this machine."""
    if folder.exists():
        if not (folder / "aimas.toml").exists() or "demo = true" not in (folder / "aimas.toml").read_text():
            raise AimasError(f"{folder} is not a demo's home; give another --home")
        shutil.rmtree(folder)
    create_home(
        folder,
        profiles=["kz-mia", "kz-prosecutor"],
        timezone="Asia/Almaty",
        language="ru",
        demo=True,
        contact="demo@localhost",
        gatherers=16,
        min_interval_s=2.0,
        max_interval_s=4.0,
        admitted=sorted(f"{host}:{port}" for host, port in newsroom.admitted()),
        admitted_delay_s=0.02,
        institution={
            "ru": "Управление полиции города Тұмарлы (город придуман)",
            "kk": "Тұмарлы қаласының полиция басқармасы (қала ойдан шығарылған)",
            "en": "Police Department of Tumarly (an invented city)",
        },
        appeals_receiver={
            "ru": "Электронная приёмная",
            "kk": "Электрондық қабылдау бөлмесі",
            "en": "Online reception",
        },
        least_for_ranks=10,
        checkpoint_dir=str(Path(tempfile.gettempdir()) / "aimas-demo-checkpoints" / folder.resolve().name),
        checkpoint_every=200,
    )
    shutil.rmtree(Path(tempfile.gettempdir()) / "aimas-demo-checkpoints", ignore_errors=True)
    with console.status("two months of appeals"):
        appeals.bring(folder, datetime.now(UTC))
    app = App(folder)
    people.settle(app)
    app.inspectors.replace((HERE / "precincts.geojson").read_bytes(), app.actor)
    for source in read_opml(newsroom.opml()):
        app.declare(source)
    return app


def announce(app: App, port: int) -> None:
    """Waits until the month is on the board, then says where to look."""
    begun = time.monotonic()
    with console.status("listening") as status:
        while time.monotonic() - begun < 120:
            lines = source_lines(app)
            asked = sum(line.health is not Health.NEW for line in lines)
            count = app.search.count(app.search.ask("*", app.profiles[0].id))
            status.update(f"listening: {asked} of {len(lines)} sources asked, {count} publications filed")
            if asked == len(lines) and count:
                break
            time.sleep(0.5)
    console.print(
        f"The board is at [bold]http://127.0.0.1:{port}[/bold]; choose there as whom to look, one click, no password\n"
        "  • the month by day and tone: click any number or bar, the list behind it opens\n"
        "  • a publication: what was said of the police, which words decided, how sure, who said so\n"
        "  • Appeals: the desk with every stage of a case, duty officer's messages, figures with their intervals\n"
        f"  • what a citizen sees, without signing in: http://127.0.0.1:{port}/citizen\n"
        "  • new items arrive by themselves; Sources shows who is down; Held shows what is broken\n"
        f"  • in another terminal: .venv/bin/aimas --home {app.home.folder} verify   (also: stats, search, held list)\n"
        "Ctrl-C ends it. Outlets, events and persons are invented."
    )
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
