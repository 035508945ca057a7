"""What is urgent stands first: as a program suggests, and above it as a person says; on whatever database."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.appeals.desk import CLERK, MONDAY, TODAY, filed, opened

from aimas.app import App
from aimas.appeals.queue import Order, QueueView
from aimas.appeals.states import Press
from aimas.appeals.types import Standing, Urgency, Weighed
from aimas.core import Actor
from aimas.home import create_home

pytestmark = pytest.mark.both_records
DOOR = "Помогите, прямо сейчас муж ломает дверь и кричит, что убьёт нас с ребёнком! Приезжайте скорее!"
THANKS = "Спасибо участковому, в прошлом году он помог вернуть велосипед. Прошу отметить его работу."


@pytest.fixture
def home(tmp_path: Path, records_address: str) -> Path:
    where = {"records_url": records_address} if records_address else {}
    return create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty", **where).folder


@pytest.fixture
def office(home: Path) -> Iterator[App]:
    made = opened(home)
    yield made
    made.close()


def listed(app: App, **asked: object) -> list[str]:
    """Page by page, as the reader goes on."""
    found: list[str] = []
    after = None
    while True:
        view = QueueView(size=1, after=after, **asked)  # type: ignore[arg-type]
        page = app.appeals.queue(view, TODAY)
        found += [row.case for row in page.rows]
        assert page.total == app.appeals.queue(QueueView(**asked), TODAY).total  # type: ignore[arg-type]
        if page.next is None:
            return found
        after = page.next


def test_what_seems_urgent_stands_first_and_is_counted_by_the_list_that_the_number_opens(office: App) -> None:
    thanks, door = filed(office, THANKS).case, filed(office, DOOR).case
    assert listed(office) == [thanks, door]
    assert listed(office, urgent_first=True) == [door, thanks]
    assert listed(office, urgent_first=True, order=Order.UPDATED) == [door, thanks]
    assert listed(office, only_urgent=True) == [door]
    (row,) = office.appeals.queue(QueueView(only_urgent=True), TODAY).rows
    assert row.press is Press.SEEMS
    weighed = office.appeals.case(door).weighed
    assert weighed is not None and weighed.by.kind == "program" and weighed.by.name.startswith("appeals/")
    assert weighed.confidence is not None and weighed.confidence >= 0.5


def test_a_persons_word_stands_above_the_suggestion_also_above_a_later_one(office: App) -> None:
    thanks, door = filed(office, THANKS).case, filed(office, DOOR).case
    office.appeals.weigh(door, Urgency.USUAL, CLERK)
    office.appeals.weigh(thanks, Urgency.URGENT, CLERK)
    again = Weighed(at=MONDAY, by=Actor("program", "appeals/later"), urgency=Urgency.URGENT, confidence=0.99)
    office.appeals.tell(door, again)
    assert listed(office, only_urgent=True) == [thanks]
    assert office.appeals.queue(QueueView(only_urgent=True), TODAY).rows[0].press is Press.SAID
    assert [type(r.event).__name__ for r in office.appeals.history(door)][-2:] == ["Weighed", "Weighed"]


def test_the_order_is_made_anew_from_the_events(office: App) -> None:
    filed(office, THANKS)
    door = filed(office, DOOR).case
    filed(
        office, "Скорее приезжайте, прямо сейчас избивают человека!", standing=Standing.SIGNAL, applicant=None
    )
    office.appeals.weigh(door, Urgency.URGENT, CLERK)
    before = office.appeals.queue(QueueView(urgent_first=True), TODAY)
    assert [row.press for row in before.rows] == [Press.SAID, Press.SEEMS, Press.NOT]
    assert not office.verify()
    office.appeals.rebuild(CLERK)
    assert office.appeals.queue(QueueView(urgent_first=True), TODAY) == before


def test_what_an_older_version_took_in_is_looked_at_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("aimas.app.appealing._suggester", lambda: None)
        older = opened(home)
        door = filed(older, DOOR).case
        assert older.appeals.case(door).weighed is None and listed(older, only_urgent=True) == []
        assert older.appeals.weigh_open(CLERK) == 0
        older.close()
    office = opened(home)
    assert office.appeals.weigh_open(CLERK) == 1
    assert listed(office, only_urgent=True) == [door]
    assert office.appeals.weigh_open(CLERK) == 0
    office.close()
