"""A fortnight at an invented newsroom, small enough to count by hand."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from tests.builders import NOW, TESTER, StoppedClock, fetched, reading, with_

from aimas.app import App
from aimas.core import (
    POOL,
    DatedBy,
    Guess,
    Held,
    HoldReason,
    Language,
    Mention,
    Ownership,
    Passed,
    Reading,
    Span,
    Tone,
)
from aimas.home import create_home
from aimas.sources import Source, SourceKind
from aimas.sources.types import Poll, PollOutcome, PollState

LAST = NOW.date()
"""The day told of; 14:00 in Almaty at NOW."""
SECRET = "Кухня Айгерим"


def publication(
    days_ago: float,
    tone: Tone | None,
    *,
    number: int,
    source: str = "tengri",
    language: Language = Language.RU,
    title: str = "",
    text: str = "",
    **more: object,
) -> Reading:
    """Each text unlike the others, so that nothing is a copy unless it is meant to be."""
    sentence = (
        text or f"Полиция отчиталась о деле {number}: улица {number * 37}, дом {number * 11}, ущерб {number}."
    )
    fields: dict[str, object] = {
        "title": title or f"Полиция и дело {number}",
        "source": source,
        "address": None if source == POOL else f"https://{source}.test/{number}",
        "published_at": NOW - timedelta(days=days_ago),
        "dated_by": DatedBy.FEED,
        "fetched_at": NOW - timedelta(days=days_ago),
    }
    made = reading(sentence, language=language, relevant=True, **(fields | more))
    shown = made.publication.shown
    start = shown.index("Полиция", len(made.publication.title))
    found = Mention(
        institution="kz-mia",
        target="police",
        span=Span(start, start + 7),
        sentence=Span(start, len(shown)),
        why="полиция",
        tone=None
        if tone is None
        else Guess(tone, 0.9 - number / 1000, (Span(start + 8, start + 18),), "tone/test"),
    )
    return with_(made, mentions=(found,))


def declare(app: App, id: str, name: str, ownership: Ownership = Ownership.OUTLET) -> None:
    app.declare(
        Source(id=id, kind=SourceKind.FEED, address=f"https://{id}.test/rss", name=name, ownership=ownership)
    )


def poll(
    app: App, source: str, at: datetime, outcome: PollOutcome = PollOutcome.OK, elapsed_s: int = 0
) -> None:
    record = Poll(source=source, at=at, outcome=outcome, elapsed_ms=elapsed_s * 1_000)
    app.sources.save(PollState(source=source, last_ok_at=at), record, [])


def file(app: App, *readings: Reading) -> None:
    with app.archive.settling():
        app.archive.file(readings)


def index(app: App) -> None:
    writer = app.index.writer()
    app.follow(writer)
    writer.close()


def furnish(app: App) -> None:
    """Six relevant publications on the last day, five in the six days before, three in the week before that."""
    declare(app, "tengri", "Тенгри")
    declare(app, "dala", "Дала үні")
    declare(app, "press", "Пресс-служба", Ownership.INSTITUTION)
    for n in range(2):
        declare(app, f"page-{n}", f"{SECRET} {n}", Ownership.PERSONAL)
    for days in range(14):
        # Nobody answered three days ago; the second outlet fails all the time.
        well = PollOutcome.FAILED if days == 3 else PollOutcome.OK
        poll(app, "tengri", NOW - timedelta(days=days, hours=1), well)
        poll(app, "dala", NOW - timedelta(days=days, hours=1), PollOutcome.FAILED)
    file(
        app,
        publication(0.05, Tone.CRITICAL, number=1, regions=("KZ-75",), themes=("corruption",)),
        publication(0.10, Tone.CRITICAL, number=2, source="dala", language=Language.KK),
        publication(0.15, Tone.POSITIVE, number=3, regions=("KZ-75", "KZ-71")),
        publication(0.20, Tone.NEUTRAL, number=4, source="press"),
        publication(0.25, Tone.UNCLEAR, number=5, source=POOL),
        publication(0.30, None, number=6, source=POOL, language=Language.EN),
        *(publication(n, Tone.POSITIVE, number=10 + n) for n in range(1, 6)),
        *(publication(7 + n, Tone.CRITICAL, number=20 + n) for n in range(1, 4)),
        publication(0.2, Tone.CRITICAL, number=30, published_at=None, dated_by=None),
        *(
            reading(f"Погода в степи, заметка {n}.", address=f"https://tengri.test/weather/{n}")
            for n in range(4)
        ),
    )
    broken = msgspec.structs.replace(fetched(), body=bytes(range(256)) * 20, text=None, name="broken.bin")
    app.ingest([Passed(broken), Held(HoldReason.MALFORMED, "row 3 cut")], source="import")
    index(app)


def furnished(folder: Path) -> Path:
    """A home to copy."""
    home = create_home(folder / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder
    app = App(home, StoppedClock(), TESTER)
    furnish(app)
    app.close()
    return home


def opened(furnished: Path, folder: Path) -> App:
    """A copy, the morning after."""
    shutil.copytree(furnished, folder)
    clock = StoppedClock()
    clock.advance(hours=20)
    return App(folder, clock, TESTER)
