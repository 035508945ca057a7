"""How the desk's list answers with 100,000 appeals on file, and what one more appeal costs then: numbered, sealed,
entered in the ledger, put beside those that are alike.

Some thousand invented appeals enter through the same tables and the same ledger as real ones; the rows that lists
and likeness read are then multiplied to the number asked for, with keys of their own and nothing in the ledger, so
such a home is good for measuring and for nothing else. Those filed on top go the whole way.
"""

import argparse
import json
import os
import platform
import random
import resource
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median

import msgspec
from sqlalchemy import event

from aimas.app import App
from aimas.appeals.cases import folded
from aimas.appeals.linking import marks_of
from aimas.appeals.service import Applicant, Due, NewAppeal, Order, Place, QueueView
from aimas.appeals.sheets import Part, PartKind
from aimas.appeals.states import state_of
from aimas.appeals.store import Kept, Settlement
from aimas.appeals.types import (
    Answered,
    AnyEvent,
    Assigned,
    Categorised,
    Channel,
    Decision,
    Received,
    Registered,
    Stage,
    Standing,
)
from aimas.core import Actor, Language
from aimas.home import create_home
from aimas.storage import appeal_tables as tables

CLERK, PAGE = Actor("person", "dana"), Actor("program", "page")
UNITS = ("duty", "local-police", "road-police", "criminal-police", "cyber-police", "migration", "registry")
CATEGORIES = (
    "road_safety",
    "neighbours_noise",
    "crime_report",
    "fraud_online",
    "documents_services",
    "other",
)
THINGS = (
    "светофор", "фонарь", "парковка", "музыка", "собака", "забор", "мусор", "очередь", "паспорт", "самокат", "подвал",
    "двор", "переход", "знак", "шум", "бар", "гараж", "карта", "звонок", "сайт", "велосипед", "камера", "лифт", "школа",
)  # fmt: skip
TROUBLES = (
    "не работает вторую неделю", "мешает жить всему дому", "опасен для детей", "стоит без присмотра", "сломан с лета",
    "появился снова", "не проверен никем", "обещан и не сделан",
)  # fmt: skip
CENTRE = (47.30, 70.15)
ENTERED = 2_000
TEXTS = 1_000


class MovingClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--appeals", type=int, default=100_000)
    arguments.add_argument("--asked", type=int, default=40, help="times that each list is asked for")
    arguments.add_argument("--more", type=int, default=200, help="appeals filed on top")
    arguments.add_argument("--out", type=Path)
    chosen = arguments.parse_args()
    with tempfile.TemporaryDirectory(prefix="aimas-appeals-") as folder:
        result = measured(Path(folder), chosen.appeals, chosen.asked, chosen.more)
    told = json.dumps(result, ensure_ascii=False, indent=2)
    if chosen.out:
        chosen.out.write_text(told + "\n", "utf-8")
    print(told)


def measured(folder: Path, count: int, asked: int, more: int) -> dict[str, object]:
    now = datetime(2026, 11, 20, 6, tzinfo=UTC)
    home = create_home(folder / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder
    clock = MovingClock(now)
    app = App(home, clock, CLERK)
    event.listen(
        app.database, "checkout", lambda connection, *_: connection.execute("PRAGMA synchronous=OFF")
    )
    begun = time.process_time()
    fill(app, clock, min(count, ENTERED), now)
    multiply(app, count // ENTERED - 1)
    filled_s = time.process_time() - begun
    app.close()
    app = App(home, clock, CLERK)
    today = now.date()
    views: dict[str, QueueView] = {
        "all, by date": QueueView(sees_confidential=True),
        "open, by date": QueueView(only_open=True, sees_confidential=True),
        "overdue": QueueView(due=Due.OVERDUE, only_open=True, sees_confidential=True),
        "a unit's open": QueueView(unit="road-police", only_open=True),
        "an officer's": QueueView(officer="officer-3", only_open=True, reader="officer-3"),
        "registered, newest": QueueView(stages=(Stage.REGISTERED,), order=Order.NEWEST),
        "a category": QueueView(category="fraud_online"),
        "by two words": QueueView(text="светофор школа"),
        "by number": QueueView(text="2026-000777"),
        "without confidential": QueueView(reader="officer-3", confidential_units=("duty",)),
    }
    lists = {name: pages(app, view, asked, today) for name, view in views.items()}
    filing = timed(lambda n: app.appeals.file(letter(random.Random(10_000_000 + n)), PAGE), more)
    begun = time.process_time()
    figures = app.appeals.figures(today - timedelta(days=30), today, today)
    return {
        "what": "list of appeals and filing, SQLite in WAL mode, one process",
        "appeals": count,
        "machine": {"python": platform.python_version(), "cores": os.cpu_count()},
        "filled_processor_s": round(filled_s, 1),
        "home_mb": round(sum(p.stat().st_size for p in home.rglob("*") if p.is_file()) / 1e6),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "pages_ms": lists,
        "file_one_more_ms": filing,
        "figures_of_a_month": {
            "processor_ms": round(1000 * (time.process_time() - begun)),
            "cases": len(figures.whole.received),
        },
    }


def pages(app: App, view: QueueView, asked: int, today: date) -> dict[str, object]:
    """The first page, and pages further on by their cursors."""
    cursors: list[str | None] = [None]

    def ask(n: int) -> object:
        page = app.appeals.queue(msgspec.structs.replace(view, after=cursors[n % len(cursors)]), today)
        if page.next and len(cursors) < 10:
            cursors.append(page.next)
        return page

    total = app.appeals.queue(view, today).total
    return {"total": total, **timed(ask, asked)}


def timed(act: Callable[[int], object], times: int) -> dict[str, float]:
    processor, clock = [], []
    for n in range(times):
        p, c = time.process_time(), time.perf_counter()
        act(n)
        processor.append(1000 * (time.process_time() - p))
        clock.append(1000 * (time.perf_counter() - c))
    return {
        "processor_p50": round(median(processor), 1),
        "processor_p95": round(sorted(processor)[int(0.95 * (len(processor) - 1))], 1),
        "clock_p50": round(median(clock), 1),
        "clock_p95": round(sorted(clock)[int(0.95 * (len(clock) - 1))], 1),
    }


def fill(app: App, clock: MovingClock, count: int, now: datetime) -> None:
    """Three years of appeals, most of them answered."""
    chance = random.Random(2026)
    # Enough different ones that every word, street and square has many.
    written = [(new, _marks(app, new)) for new in (letter(chance) for _ in range(TEXTS))]
    begun = now - timedelta(days=3 * 365)
    for start in range(0, count, 2_000):
        with app.archive.settling(PAGE) as settlement:
            for n in range(start, min(count, start + 2_000)):
                at = begun + (now - begun) * n / count
                clock.at = at
                one(app, settlement, chance, at, n, now, *chance.choice(written))
    clock.at = now


def multiply(app: App, times: int) -> None:
    """Each entered case so many times more, as if it had come before: newer ones must find them."""
    state = [c.name for c in tables.case_states.c if c.name not in ("case_id", "born", "number")]
    columns = ", ".join(state)
    with app.archive.settling(PAGE) as settlement:
        connection = settlement.connection
        ids = connection.exec_driver_sql("SELECT case_id FROM case_states").scalars().all()
        step = settlement.position + 1
        for k in range(1, times + 1):
            name, born = f"substr(case_id, 1, 12) || '{k:04d}'", f"born - {k * step}"
            for statement in (
                f"INSERT INTO case_states (case_id, born, number, {columns}) "
                f"SELECT {name}, {born}, number || '-{k}', {columns} FROM case_states WHERE born > 0",
                f"INSERT INTO case_marks SELECT {born}, {name}, tokens FROM case_marks WHERE born > 0",
                f"INSERT INTO case_tokens SELECT token, {born} FROM case_tokens WHERE born > 0",
            ):
                connection.exec_driver_sql(statement)
            for case_id in ids:
                app.persons.begin(settlement, f"{case_id[:12]}{k:04d}")


def one(
    app: App,
    settlement: Settlement,
    chance: random.Random,
    at: datetime,
    n: int,
    now: datetime,
    new: NewAppeal,
    marks: frozenset[str],
) -> None:
    calendar = app.office.calendar
    case_id = f"bench{n:07d}0000"
    sealed = app.persons
    sealed.begin(settlement, case_id)
    events: list[AnyEvent] = [
        Received(
            at=at, by=PAGE, case=case_id, kind="application", standing=new.standing, channel=new.channel,
            language=new.language, content="c0ffee", calendar=calendar, receiver="bench",
            is_confidential=chance.random() < 0.05,
        ),
        Registered(at=at, by=PAGE, number=f"З-{at.year}-{n + 1:06d}"),
        Categorised(at=at, by=PAGE, category=new.category),
        Assigned(at=at, by=CLERK, unit=chance.choice(UNITS), officer=f"officer-{chance.randint(1, 12)}"),
    ]  # fmt: skip
    age = (now - at).days
    if chance.random() < (0.97 if age > 25 else 0.3 if age > 5 else 0.0):
        done = at + timedelta(days=chance.choice((3, 8, 12, 19, 24)))
        events.append(
            Answered(
                at=min(done, now),
                by=CLERK,
                decision=chance.choice(list(Decision)),
                content="c0",
                signed_by="О.",
            )
        )
    ids = sealed.put(
        settlement, case_id, settlement.position + 1, [Part(kind=PartKind.APPEAL, text=new.text)]
    )
    positions = [
        settlement.case_event(case_id, turn, each, ids if turn == 1 else ())
        for turn, each in enumerate(events, 1)
    ]
    app.appeal_store.put_state(
        settlement, state_of(folded(events), app.appeals.terms), positions[-1], positions[0]
    )
    kept = Kept(case_id, f"З-{at.year}-{n + 1:06d}", f"{n:064d}", "", calendar)
    app.appeal_store.begin(settlement, kept, at.year, n + 1, None, positions[1])
    app.appeal_store.put_marks(settlement, case_id, marks)


def _marks(app: App, new: NewAppeal) -> frozenset[str]:
    return app.appeal_store.keyed(marks_of(new.text, new.language, new.place, new.applicant, new.category))


def letter(chance: random.Random) -> NewAppeal:
    thing, other = chance.sample(THINGS, 2)
    house = chance.randint(1, 90)
    street = f"{chance.choice(('Садовая', 'Речная', 'Парковая', 'Степная', 'Новая'))}"
    text = (
        f"У дома {house} по улице {street} {thing} {chance.choice(TROUBLES)}, рядом {other}. "
        f"Обращались {chance.randint(1, 9)} раз, {chance.choice(TROUBLES)}. Прошу проверить {thing} и ответить."
    )
    where = (CENTRE[0] + chance.uniform(-0.05, 0.05), CENTRE[1] + chance.uniform(-0.07, 0.07))
    return NewAppeal(
        text=text,
        language=Language.RU,
        channel=Channel.WEB,
        standing=Standing.APPEAL,
        applicant=Applicant(
            name="Выдуманный Заявитель", phone=f"+7700{chance.randint(1_000_000, 9_999_999)}"
        ),
        place=Place(*where),
        category=chance.choice(CATEGORIES),
    )


if __name__ == "__main__":
    main()
