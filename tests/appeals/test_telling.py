"""Nobody is said to have been told before he was: by the program when it was sent, by a person when it was recorded."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.appeals.desk import CLERK, GOOD_ANSWER, HEAD, MONDAY, OFFICER, TODAY, filed, opened
from tests.builders import StoppedClock

from aimas.app import App
from aimas.appeals.admission import RefusedEvent
from aimas.appeals.cases import Case
from aimas.appeals.deadlines import Deadline, Keeping, keeping
from aimas.appeals.law import Rule
from aimas.appeals.states import state_of
from aimas.appeals.store import MessageState
from aimas.appeals.types import Channel, Decision, Delivered, MessageKind, Refusal, Stage, Standing, Told
from aimas.home import create_home

TWO = "Прошу починить светофор. Прошу убрать мусор во дворе."
UNTIL = date(2026, 12, 10)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@pytest.fixture
def office(tmp_path: Path, clock: StoppedClock) -> Iterator[App]:
    home = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder
    made = opened(home, clock)
    yield made
    made.close()


def extend(app: App, case: str) -> Case:
    return app.appeals.extend(case, UNTIL, "запрошено заключение", "М. Оспанов, начальник", HEAD)


def forward(app: App, case: str) -> Case:
    return app.appeals.forward(case, "Акимат", (2,), "дворы убирает акимат", CLERK)


def hear(app: App, case: str) -> Case:
    return app.appeals.notice_hearing(case, "Отказать.", None, OFFICER)


def answer(app: App, case: str, requests: tuple[int, ...] = ()) -> Case:
    number = app.appeals.case(case).number
    today = app.appeals.terms.hours.local(app.clock.now()).date()
    text = GOOD_ANSWER.format(number=number)
    decision, signed_by = Decision.SATISFIED, "С. Ахметов, инспектор"
    overruling = "мусор — в другом ответе"
    return app.appeals.answer(case, text, requests, decision, signed_by, OFFICER, today, overruling)


def answer_a_part(app: App, case: str) -> Case:
    return answer(app, case, (1,))


ACTS = [
    pytest.param(extend, MessageKind.EXTENDED, id="extended"),
    pytest.param(forward, MessageKind.FORWARDED, id="forwarded"),
    pytest.param(hear, MessageKind.HEARING, id="a preliminary decision"),
    pytest.param(answer_a_part, MessageKind.ANSWER, id="an answer to a part"),
]
Does = Callable[[App, str], Case]


@pytest.mark.parametrize(("does", "about"), ACTS)
@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.RECEPTION, Channel.PAPER])
def test_what_goes_by_hand_is_told_when_a_person_says_so(
    office: App, clock: StoppedClock, does: Does, about: MessageKind, channel: Channel
) -> None:
    done = filed(office, TWO, channel=channel)
    before = does(office, done.case)
    assert not before.told
    assert state_of(before, office.appeals.terms).contact_at is None, "nobody has heard of anything yet"
    (row,) = office.appeals.outbox.outgoing()
    assert (row.kind, row.state) == (about, MessageState.BY_HAND)
    clock.advance(days=1)
    assert office.appeals.outbox.told_by_hand(row, Channel.PHONE, TODAY, "звонок в 10:15", CLERK)
    case = office.appeals.case(done.case)
    (told,) = case.told
    assert (told.about, told.channel, told.on, told.by) == (about, Channel.PHONE, TODAY, CLERK)
    assert state_of(case, office.appeals.terms).contact_at == clock.time
    assert office.appeals.history(done.case)[-1].words == "звонок в 10:15"
    assert not office.appeals.outbox.outgoing()
    head = office.records.head()
    assert not office.appeals.outbox.told_by_hand(row, Channel.PHONE, TODAY, "ещё раз", CLERK)
    assert office.records.head() == head, "what was recorded is recorded once"
    assert not office.verify()


@pytest.mark.parametrize(("does", "about"), ACTS)
@pytest.mark.parametrize("channel", [Channel.WEB, Channel.API])
def test_on_the_applicants_page_it_is_told_at_once(
    office: App, does: Does, about: MessageKind, channel: Channel
) -> None:
    case = does(office, filed(office, TWO, channel=channel).case)
    (told,) = case.told
    assert (told.about, told.channel, told.on, told.by.kind) == (about, channel, TODAY, "program")
    assert not office.appeals.outbox.outgoing()


def notice_of(app: App, case: str) -> tuple[Deadline, Keeping]:
    (found,) = [d for d in app.appeals.deadlines(case) if d.rule is Rule.EXTENSION_NOTICE]
    return found, keeping(found, app.appeals.terms.hours.local(app.clock.now()).date())


def test_the_duty_to_tell_of_an_extension_is_open_until_somebody_told(
    office: App, clock: StoppedClock
) -> None:
    case = filed(office, channel=Channel.PHONE).case
    extend(office, case)
    duty, kept = notice_of(office, case)
    assert (duty.due, duty.done_on, kept) == (date(2026, 11, 5), None, Keeping.AHEAD)
    clock.advance(days=4)
    assert notice_of(office, case)[1] is Keeping.MISSED
    (row,) = office.appeals.outbox.outgoing()
    for day in (TODAY - timedelta(days=1), TODAY + timedelta(days=5)):
        with pytest.raises(RefusedEvent) as refused:
            office.appeals.outbox.told_by_hand(row, Channel.PHONE, day, "звонок", CLERK)
        assert refused.value.refusal is Refusal.WRONG_DAY
    with pytest.raises(RefusedEvent) as refused:
        office.appeals.outbox.told_by_hand(row, Channel.PHONE, TODAY, "  ", CLERK)
    assert refused.value.refusal is Refusal.NO_TEXT
    assert office.appeals.outbox.outgoing() == [row], "what was refused changes nothing"
    office.appeals.outbox.told_by_hand(row, Channel.PHONE, date(2026, 11, 4), "звонок в среду", CLERK)
    assert notice_of(office, case)[1] is Keeping.KEPT


def test_told_too_late_is_told_as_late(office: App, clock: StoppedClock) -> None:
    case = filed(office, channel=Channel.PHONE).case
    extend(office, case)
    clock.advance(days=7)
    (row,) = office.appeals.outbox.outgoing()
    office.appeals.outbox.told_by_hand(row, Channel.PHONE, date(2026, 11, 9), "звонок", CLERK)
    assert notice_of(office, case)[1] is Keeping.LATE


def test_each_extension_has_a_notice_of_its_own(office: App, clock: StoppedClock) -> None:
    case = filed(office, channel=Channel.PHONE).case
    extend(office, case)
    office.appeals.extend(case, UNTIL + timedelta(days=8), "ждём", "М. Оспанов, начальник", HEAD)
    first, second = office.appeals.outbox.outgoing()
    office.appeals.outbox.told_by_hand(second, Channel.PHONE, TODAY, "звонок", CLERK)
    assert [each.notice is None for each in office.appeals.case(case).extensions] == [True, False]
    office.appeals.outbox.told_by_hand(first, Channel.PHONE, TODAY, "звонок", CLERK)
    assert [each.notice is None for each in office.appeals.case(case).extensions] == [False, False]


def test_three_days_run_from_when_the_preliminary_decision_was_told(office: App, clock: StoppedClock) -> None:
    case = filed(office, channel=Channel.PHONE).case
    hear(office, case)
    rules = {d.rule: d for d in office.appeals.deadlines(case)}
    assert Rule.HEARING not in rules and rules[Rule.HEARING_NOTICE].applies
    clock.advance(days=7)
    with pytest.raises(RefusedEvent) as refused:
        answer(office, case)
    assert refused.value.refusal is Refusal.HEARING_NOT_TOLD
    (row,) = office.appeals.outbox.outgoing()
    office.appeals.outbox.told_by_hand(row, Channel.PHONE, date(2026, 11, 9), "звонок", CLERK)
    (hearing,) = [d for d in office.appeals.deadlines(case) if d.rule is Rule.HEARING]
    assert (hearing.zero, hearing.due) == (date(2026, 11, 9), date(2026, 11, 12))
    with pytest.raises(RefusedEvent) as refused:
        answer(office, case)
    assert refused.value.refusal is Refusal.TOO_SOON_AFTER_NOTICE
    clock.advance(days=3)
    assert answer(office, case).stage is Stage.ANSWERED


def test_an_answer_that_was_handed_over_waits_no_more(office: App, clock: StoppedClock) -> None:
    case = filed(office, channel=Channel.PAPER).case
    answer(office, case)
    clock.advance(days=2)
    office.appeals.outbox.handed_over(case, Channel.RECEPTION, date(2026, 11, 3), "расписка", CLERK)
    now = office.appeals.case(case)
    assert (now.stage, now.delivered_on) == (Stage.DELIVERED, date(2026, 11, 3))
    assert not office.appeals.outbox.outgoing()


def test_an_answer_told_by_hand_is_delivered(office: App) -> None:
    case = filed(office, channel=Channel.PHONE).case
    answer(office, case)
    (row,) = office.appeals.outbox.outgoing()
    assert office.appeals.outbox.told_by_hand(row, Channel.PHONE, TODAY, "звонок", OFFICER)
    last = office.appeals.case(case).events[-1]
    assert isinstance(last, Delivered) and not office.appeals.case(case).told


def test_nobody_is_told_where_nobody_is_known(office: App) -> None:
    done = filed(office, channel=Channel.PHONE, standing=Standing.ANONYMOUS, applicant=None)
    case = office.appeals.forward(done.case, "Акимат", (), "не к нам", CLERK)
    assert not case.told and not office.appeals.outbox.outgoing()
    assert not any(isinstance(event, Told) for event in case.events)
