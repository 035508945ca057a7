"""One small home for all tests of pages: every kind of thing that a page can show."""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from litestar.testing import TestClient
from tests.builders import NOW, TESTER, StoppedClock, fetched, reading
from tests.signing import signed_in

from aimas.app import App
from aimas.core import DatedBy, Held, HoldReason, Language, Ownership, Passed, Tone
from aimas.home import create_home
from aimas.sources import Source, SourceKind
from aimas.sources.types import Poll, PollOutcome, PollState
from aimas.web.server import create_app

PORT = 8000
BASE = f"http://127.0.0.1:{PORT}"
PLANTED = '<script>alert("aimas")</script><img src=x onerror=alert(1)>"\'&'
SECRET_NAME = "Кухня Айгерим"


@pytest.fixture(scope="session")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = create_home(
        tmp_path_factory.mktemp("web") / "home",
        profiles=["kz-mia", "kz-prosecutor"],
        timezone="Asia/Almaty",
        language="ru",
    ).folder
    app = App(folder, StoppedClock(), TESTER)
    _declare(app)
    _file(app)
    _break(app)
    writer = app.index.writer()
    app.follow(writer)
    writer.close()
    yield app
    app.close()


def _declare(app: App) -> None:
    def outlet(id: str, name: str, **more: object) -> Source:
        fields: dict[str, object] = {"ownership": Ownership.OUTLET, "home": f"https://{id}.test/"} | more
        return Source(id=id, kind=SourceKind.FEED, address=f"https://{id}.test/rss", name=name, **fields)  # type: ignore[arg-type]

    app.declare(outlet("tengri", "Тенгри <b>демо</b>"))
    app.declare(outlet("dala", "Дала үні"))
    app.declare(outlet("press", "Пресс-служба", ownership=Ownership.INSTITUTION))
    for n in range(3):
        app.declare(outlet(f"page-{n}", f"{SECRET_NAME} {n}", ownership=Ownership.PERSONAL, home=None))
    good = PollState(source="tengri", last_ok_at=NOW, next_due=NOW + timedelta(minutes=5))
    app.sources.save(good, Poll(source="tengri", at=NOW, outcome=PollOutcome.OK, listed=3, new=3), [])
    bad = PollState(
        source="dala",
        last_error="503 <i>down</i>",
        consecutive_failures=2,
        next_due=NOW + timedelta(minutes=5),
    )
    app.sources.save(bad, Poll(source="dala", at=NOW, outcome=PollOutcome.FAILED, detail="503"), [])


def _file(app: App) -> None:
    tones = [Tone.CRITICAL, Tone.POSITIVE, Tone.NEUTRAL, Tone.UNCLEAR, None]
    regions = ["KZ-75", "KZ-71", "KZ-10", "KZ-59"]
    readings = []
    for n in range(45):
        language = [Language.RU, Language.KK, Language.EN][n % 3]
        readings.append(
            reading(
                f"Полиция, сообщение номер {n}.\nВторой абзац о деле {n}.",
                language=language,
                tone=tones[n % 5],
                relevant=True,
                regions=tuple(regions[: n % 3]),
                themes=("corruption",) if n % 4 == 0 else (),
                title=f"Полиция {n}" if n % 7 else "",
                source=["tengri", "dala", "press", "personal"][n % 4],
                address=f"https://tengri.test/{n}",
                published_at=None if n % 11 == 10 else NOW - timedelta(days=n % 33),
                dated_by=None if n % 11 == 10 else DatedBy.FEED,
            )
        )
    readings += [
        reading(f"Погода в степи, заметка {n}.", address=f"https://tengri.test/weather/{n}") for n in range(5)
    ]
    readings.append(
        reading(
            PLANTED + " Полиция.",
            title="Полиция " + PLANTED,
            relevant=True,
            regions=("KZ-63", "KZ-63"),
            address="https://tengri.test/planted",
        )
    )
    was = "Полиция задержала троих подозреваемых.\nСуд назначен на май."
    readings.append(
        reading(was, title="Полиция о деле", relevant=True, address="https://tengri.test/revised")
    )
    with app.archive.settling():
        app.archive.file(readings)
    now = "Полиция задержала четверых подозреваемых.\nСуд назначен на июнь.\nОбвинение не комментирует."
    with app.archive.settling():
        app.archive.file(
            [reading(now, title="Полиция о деле", relevant=True, address="https://tengri.test/revised")]
        )


def _break(app: App) -> None:
    broken = msgspec.structs.replace(fetched(), body=bytes(range(256)) * 20, text=None, name="broken.bin")
    app.ingest([Passed(broken), Held(HoldReason.MALFORMED, "row 3 <u>cut</u>")], source="import")


@pytest.fixture
def client(furnished: App) -> Iterator[TestClient]:
    with signed_in(furnished, create_app(furnished, PORT), BASE) as made:
        yield made
