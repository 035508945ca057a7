"""What is erased by right ends: nothing of it is owed, nothing can be added, all that it was stays proven."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.appeals.desk import (
    AIGUL,
    APPLICANT,
    CLERK,
    GOOD_ANSWER,
    HEAD,
    MONDAY,
    OFFICER,
    TODAY,
    filed,
    opened,
)
from tests.builders import StoppedClock

from aimas.app import App
from aimas.appeals import Stage
from aimas.appeals.deadlines import silence
from aimas.appeals.service import Due, MessageState, QueueView, RefusedEvent
from aimas.appeals.types import Assigned, Channel, Complained, Decision, KeyDestroyed, Refusal, Withdrawn
from aimas.core import BadInput
from aimas.home import create_home

REASON = "решение суда от 2 ноября 2026 года"


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@pytest.fixture
def office(tmp_path: Path, clock: StoppedClock) -> Iterator[App]:
    app = opened(create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder, clock)
    yield app
    app.close()


@pytest.mark.parametrize("days", [pytest.param(0, id="within its term"), pytest.param(40, id="long overdue")])
def test_an_open_case_ends_and_is_overdue_never_more(office: App, clock: StoppedClock, days: int) -> None:
    done = filed(office)
    clock.advance(days=days)
    office.appeals.erase(done.case, REASON, HEAD)
    case = office.appeals.case(done.case)
    assert (case.stage, isinstance(case.events[-1], KeyDestroyed)) == (Stage.ERASED, True)
    later = TODAY + timedelta(days=90)
    (row,) = office.appeals.queue(QueueView(), later).rows
    assert (row.stage, row.due) == (Stage.ERASED, None)
    for due in (Due.OVERDUE, Due.TODAY, Due.SOON, Due.LATER):
        assert not office.appeals.queue(QueueView(due=due), later).total
    assert not office.appeals.queue(QueueView(only_open=True), later).total
    assert silence(case, office.appeals.terms, later) is None
    counted = office.appeals.figures(TODAY, TODAY, later).whole
    assert (counted.open, counted.overdue, counted.erased) == ((), (), (done.case,))
    assert not office.verify()
    office.appeals.rebuild(CLERK)
    assert not office.verify()


def test_nothing_can_be_done_to_it_and_each_refusal_says_why(office: App) -> None:
    done = filed(office)
    office.appeals.erase(done.case, REASON, HEAD)
    case, appeals = done.case, office.appeals
    head = office.records.head()
    acts: dict[str, Callable[[], object]] = {
        "assign": lambda: appeals.tell(case, Assigned(at=MONDAY, by=CLERK, unit="duty")),
        "answer": lambda: appeals.answer(case, GOOD_ANSWER, (), Decision.SATISFIED, "О.", OFFICER, TODAY),
        "document": lambda: appeals.add_document(case, "ещё письмо", (), APPLICANT),
        "forward": lambda: appeals.forward(case, "akimat", (), "дороги их", CLERK),
        "extend": lambda: appeals.extend(case, date(2026, 12, 20), "запрос", "М. О.", HEAD),
        "hearing": lambda: appeals.notice_hearing(case, "Отказать.", None, OFFICER),
        "categorise": lambda: appeals.set_category(case, "other", CLERK),
        "identify": lambda: appeals.identify(case, AIGUL, APPLICANT),
        "complain": lambda: appeals.tell(
            case, Complained(at=MONDAY, by=APPLICANT, to="department", reason="нет ответа")
        ),
        "withdraw": lambda: appeals.tell(case, Withdrawn(at=MONDAY, by=APPLICANT, reason="передумал")),
        "erase": lambda: appeals.erase(case, REASON, HEAD),
    }
    for name, act in acts.items():
        with pytest.raises(RefusedEvent) as refused:
            act()
        assert refused.value.refusal is Refusal.ERASED, name
    assert office.records.head() == head


def test_the_reason_outlives_the_words_and_names_nobody(office: App) -> None:
    done = filed(office)
    with pytest.raises(BadInput, match="by what right"):
        office.appeals.erase(done.case, "надо", HEAD)
    assert not office.persons.sheet(done.case).is_erased
    office.appeals.erase(done.case, f"заявление: {AIGUL.name}, {AIGUL.phone}", HEAD)
    told = next(r for r in office.appeals.history(done.case) if r.act == "case-erased")
    assert told.by == "person:marat"
    assert "Сейтжанова" not in told.detail["reason"] and "555 12 34" not in told.detail["reason"]
    assert told.detail["reason"].startswith("заявление")


def test_a_letter_that_waited_does_not_wait_for_ever(office: App) -> None:
    done = filed(office, channel=Channel.PAPER)
    office.appeals.forward(done.case, "akimat", (), "дороги их", CLERK)
    assert [m.state for m in office.appeals.outbox.outgoing()] == [MessageState.BY_HAND]
    office.appeals.erase(done.case, REASON, HEAD)
    assert not office.appeals.outbox.outgoing()
