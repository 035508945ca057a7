"""What comes is numbered at once, what happens is kept, what people wrote is sealed."""

import hashlib
import multiprocessing
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest
from tests.appeals.desk import (
    AIGUL,
    APPLICANT,
    CLERK,
    CORNER,
    GOOD_ANSWER,
    HEAD,
    LAMP,
    MONDAY,
    OFFICER,
    PAGE,
    PHOTO,
    TODAY,
    appeal,
    filed,
    opened,
)
from tests.builders import StoppedClock

from aimas.accounts import Role
from aimas.app import App
from aimas.appeals.receipts import Receipt, proven, proves
from aimas.appeals.service import (
    AnswerStopped,
    Applicant,
    Due,
    MessageState,
    QueueView,
    RefusedEvent,
)
from aimas.appeals.types import (
    Assigned,
    Categorised,
    Channel,
    Complained,
    Decision,
    Entrusted,
    Forwarded,
    Linked,
    MessageKind,
    Paused,
    Rated,
    Received,
    Refusal,
    Registered,
    Relation,
    Reopened,
    Stage,
    Standing,
    Weighed,
    Withdrawn,
)
from aimas.appeals.undoing import NotUndone
from aimas.core import BadInput, Language
from aimas.home import create_home
from aimas.ledger import Breach


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@pytest.fixture
def office(tmp_path: Path, clock: StoppedClock) -> Iterator[App]:
    folder = create_home(
        tmp_path / "home",
        profiles=["kz-mia"],
        timezone="Asia/Almaty",
        institution="Департамент полиции Алматы",
    ).folder
    made = opened(folder, clock)
    yield made
    made.close()


# What comes.


def test_an_appeal_gets_its_number_at_once_and_a_receipt_that_proves_what_was_filed(office: App) -> None:
    done = filed(office, attachments=(PHOTO,))
    case = office.appeals.case(done.case)
    assert case.stage is Stage.REGISTERED
    assert [type(e) for e in case.events] == [Received, Registered, Weighed]
    assert case.number == done.number == "З-2026-000001"
    receipt = proven(done.receipt, office.receipt_keys)
    assert isinstance(receipt, Receipt)
    assert receipt.number == done.number
    assert receipt.answer_by == date(2026, 11, 23)
    assert proves(receipt, done.code, LAMP, [hashlib.sha256(PHOTO.content).digest()])
    assert not proves(receipt, done.code, LAMP + "!", [hashlib.sha256(PHOTO.content).digest()])


NOT_TAKEN = [
    ("nothing is said", {"text": "  "}, "without words"),
    ("an appeal that nobody signed", {"applicant": None}, "is signed"),
    ("an anonymous one with a name", {"standing": Standing.ANONYMOUS}, "no applicant"),
    ("a kind that the law does not know", {"kind": "petition"}, "no kind"),
    ("a category that nobody has", {"category": "weather"}, "no category"),
    ("a nonce that could be guessed", {"nonce": "1"}, "nonce"),
    ("a stamp of tomorrow", {"received_at": MONDAY + timedelta(days=1)}, "future"),
    ("longer than a book", {"text": "а" * 50_001}, "characters"),
]


@pytest.mark.parametrize(("changes", "why"), [r[1:] for r in NOT_TAKEN], ids=[r[0] for r in NOT_TAKEN])
def test_what_is_no_appeal_is_refused_and_leaves_nothing(
    office: App, changes: dict[str, object], why: str
) -> None:
    with pytest.raises(BadInput, match=why):
        office.appeals.file(appeal(**{"text": LAMP, **changes}), PAGE)  # type: ignore[arg-type]
    assert office.records.head() == 0
    assert office.appeals.by_number("2026-1") is None


def test_a_phone_that_asks_twice_gets_the_same_receipt_and_one_case(office: App) -> None:
    first = filed(office, nonce="a-nonce-of-a-phone", attachments=(PHOTO,))
    head = office.records.head()
    assert filed(office, nonce="a-nonce-of-a-phone", attachments=(PHOTO,)) == first
    assert office.records.head() == head
    assert filed(office, nonce="another-phone-nonce").case != first.case


def test_codes_end_in_no_sign_and_a_phone_that_was_given_one_gets_it_again(
    office: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setattr("aimas.appeals.filing.sayable", next)
        nonces = (f"a-nonce-of-a-phone-{n}" for n in range(500))
        old = next((n, made) for n in nonces if (made := filed(office, nonce=n)).code[-1] in "*~$=U")
    assert filed(office, nonce=old[0]) == old[1]
    assert office.appeals.opened(old[1].number, old[1].code) == old[1].case
    later = [filed(office, nonce=f"a-phone-of-today-{n}") for n in range(20)] + [
        filed(office) for _ in range(20)
    ]
    assert not {made.code[-1] for made in later} & {*"*~$=U"}


def test_a_nonce_opens_no_other_appeal(office: App) -> None:
    filed(office, nonce="a-nonce-of-a-phone")
    with pytest.raises(BadInput, match="another appeal"):
        filed(office, "Я хочу узнать чужой код", nonce="a-nonce-of-a-phone")


def test_number_and_code_open_the_case_and_nothing_else_does(office: App) -> None:
    one, other = filed(office), filed(office, "Шумят соседи сверху, прошу принять меры.")
    assert office.appeals.opened(one.number, one.code) == one.case
    assert office.appeals.opened(f" {one.number.replace('З', 'z').lower()} ", one.code.lower()) == one.case
    assert office.appeals.opened(one.number, other.code) is None
    assert office.appeals.opened("З-2026-000009", one.code) is None
    assert office.appeals.opened(one.number, "") is None
    assert office.appeals.by_number("2026-000002") == other.case


def _file_many(home: str, count: int) -> None:
    app = opened(Path(home))
    for n in range(count):
        filed(app, f"Обращение {n}: прошу починить фонарь у дома {n}.")
    app.close()


def test_two_processes_that_file_at_once_never_give_one_number_twice(office: App) -> None:
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_file_many, args=(str(office.home.folder), 8)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(120)
        assert worker.exitcode == 0
    rows = office.appeals.queue(QueueView(size=50), TODAY).rows
    assert sorted(r.number for r in rows) == [f"З-2026-{n:06d}" for n in range(1, 17)]
    assert not office.verify()


def test_a_message_to_the_police_is_a_message_and_promises_no_date(office: App) -> None:
    done = filed(office, standing=Standing.SIGNAL, applicant=None, is_police_message=True)
    case = office.appeals.case(done.case)
    assert (case.kind, case.clock_at) == ("message", None)
    assert office.appeals.queue(QueueView(kind="message"), TODAY).total == 1


def test_what_speaks_of_the_police_is_confidential_from_the_start(office: App) -> None:
    done = filed(office, category="police_conduct")
    assert office.appeals.case(done.case).is_confidential
    assert office.appeals.queue(QueueView(), TODAY).total == 0
    assert office.appeals.queue(QueueView(sees_confidential=True), TODAY).total == 1
    told = Entrusted(at=MONDAY, by=HEAD, reader="serik", reason="ведёт проверку")
    office.appeals.tell(done.case, told)
    assert office.appeals.queue(QueueView(reader="serik"), TODAY).total == 1
    assert office.appeals.queue(QueueView(reader="dana"), TODAY).total == 0


# Where personal data is.


def _everything_written(office: App) -> bytes:
    """Every byte in the home but keys: records with their log, the index, attachments; and what is exported."""
    office.catch_up()
    found = [p.read_bytes() for p in office.home.folder.rglob("*") if p.is_file() and p.parent.name != "keys"]
    with sqlite3.connect(office.home.records) as database:
        found.append("\n".join(database.iterdump()).encode())
    return b"\n".join(found)


PLANTED = [
    "Сейтжанова", "Айгуль", "850312400123", "555 12 34", "7015551234", "Толе би", "aigul.seit", "Сейфуллина",
    "photograph", "Серикбаев", "не ответили мне", "Жандосова", "43.2551",
]  # fmt: skip


def test_no_byte_outside_the_sealed_store_tells_who_wrote_what(
    office: App, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    done = filed(office, attachments=(PHOTO,), place=CORNER, category="road_safety")
    appeals, now = office.appeals, MONDAY
    appeals.tell(done.case, Assigned(at=now, by=CLERK, unit="road-police", officer="serik"))
    appeals.add_document(done.case, "Свидетель: Серикбаев Н., улица Жандосова 5", (PHOTO,), APPLICANT)
    appeals.answer(
        done.case,
        GOOD_ANSWER.format(number=done.number),
        (),
        Decision.SATISFIED,
        "С. Ахметов, инспектор",
        OFFICER,
        TODAY,
    )
    appeals.tell(done.case, Reopened(at=now, by=APPLICANT, reason="Сейтжанова Айгуль: не ответили мне"))
    appeals.tell(done.case, Complained(at=now, by=APPLICANT, to="department", reason="Серикбаев видел"))
    office.persons.look(done.case, OFFICER, "веду дело")
    appeals.cluster(done.case)
    appeals.queue(QueueView(text="Сейтжанова"), TODAY)
    written = _everything_written(office).decode("utf-8", "replace")
    written += capsys.readouterr().out + caplog.text + repr(appeals.case(done.case))
    written += "".join(str(e) for e in office.records.acts())
    assert [planted for planted in PLANTED if planted.casefold() in written.casefold()] == []
    # And it is all there for who may look.
    sheet = office.persons.look(done.case, OFFICER, "веду дело")
    assert sheet.text == LAMP
    assert sheet.applicant == AIGUL
    assert sheet.place == CORNER
    assert [note.name for note in sheet.attachments] == [PHOTO.name, PHOTO.name]
    assert office.persons.attachment(done.case, sheet.attachments[0].digest, OFFICER, "веду дело") == PHOTO
    assert [each.words for each in appeals.history(done.case) if isinstance(each.event, Reopened)] == [
        "[name]: не ответили мне"
    ]


def test_masks_hide_the_applicant_and_leave_the_matter(office: App) -> None:
    sheet = office.persons.masked(filed(office, place=CORNER, attachments=(PHOTO,)).case)
    assert "не горит светофор" in sheet.text
    for told in ("Сейтжанова", "Айгуль", "555 12 34", "850312400123"):
        assert told not in sheet.text
    assert sheet.applicant is not None
    assert sheet.applicant.name == "[name]"
    assert sheet.place is None
    assert sheet.attachments[0].name == "1.jpeg"


def test_a_search_by_the_applicants_name_finds_nothing(office: App) -> None:
    filed(office)
    assert office.appeals.queue(QueueView(text="светофоры"), TODAY).total == 1
    assert office.appeals.queue(QueueView(text="Сейтжанова"), TODAY).total == 0


def test_a_look_is_recorded_before_anything_is_shown(office: App, monkeypatch: pytest.MonkeyPatch) -> None:
    done = filed(office)

    def broken(*_: object) -> None:
        raise RuntimeError("nothing can be opened")

    monkeypatch.setattr(office.persons, "_sheet", broken)
    with pytest.raises(RuntimeError):
        office.persons.look(done.case, OFFICER, "из любопытства")
    monkeypatch.undo()
    looks = [r for r in office.appeals.history(done.case) if r.act == "case-looked"]
    assert [(r.by, r.detail) for r in looks] == [("person:serik", {"purpose": "из любопытства"})]
    with pytest.raises(BadInput, match="why"):
        office.persons.look(done.case, OFFICER, " ")


def test_an_erased_case_is_unreadable_for_good_and_stays_provable(office: App, tmp_path: Path) -> None:
    done = filed(office, attachments=(PHOTO,))
    office.appeals.tell(done.case, Assigned(at=MONDAY, by=CLERK, unit="road-police"))
    with sqlite3.connect(office.home.records) as database:
        (wrapped,) = database.execute("SELECT wrapped_key FROM case_keys").fetchone()
    digest = office.persons.sheet(done.case).attachments[0].digest
    office.appeals.erase(done.case, "решение суда от 2 ноября 2026 года", HEAD)
    sheet = office.persons.look(done.case, HEAD, "проверка стирания")
    assert (sheet.is_erased, sheet.text, sheet.applicant) == (True, "", None)
    with pytest.raises(BadInput, match="erased"):
        office.persons.attachment(done.case, digest, HEAD, "проверка стирания")
    assert office.appeals.queue(QueueView(text="светофор"), TODAY).total == 0
    assert office.appeals.case(done.case).unit == "road-police"
    assert isinstance(proven(done.receipt, office.receipt_keys), Receipt)
    assert [r.act for r in office.appeals.history(done.case) if r.act] == ["case-erased", "case-looked"]
    assert not office.verify()
    # Not even in a copy of the file, or in the log beside it, the key is left.
    assert all(wrapped not in p.read_bytes() for p in office.home.folder.glob("records.sqlite*"))
    with pytest.raises(BadInput, match="erased"):
        office.appeals.erase(done.case, "решение суда от 2 ноября 2026 года", HEAD)
    with pytest.raises(BadInput, match="erased"):
        office.appeals.add_document(done.case, "ещё письмо", (), APPLICANT)


def _sql(statement: str) -> Callable[[App], None]:
    def tamper(office: App) -> None:
        with sqlite3.connect(office.home.records) as database:
            assert database.execute(statement).rowcount > 0
            database.commit()

    return tamper


def _swap_file(office: App) -> None:
    file = next(p for p in office.home.attachments.rglob("*") if p.is_file())
    raw = bytearray(file.read_bytes())
    raw[-1] ^= 1
    file.write_bytes(raw)


def _lose_file(office: App) -> None:
    shutil.rmtree(office.home.attachments)


TAMPERED: list[tuple[str, Callable[[App], None], Breach]] = [
    ("a unit rewritten in an event", _sql("UPDATE case_events SET event = replace(event, 'road-police', 'duty')"), Breach.RECORD),
    ("an event taken out", _sql("DELETE FROM case_events WHERE turn = 3"), Breach.RECORD_MISSING),
    ("an event put in", _sql("INSERT INTO case_events SELECT 9999, case_id, 99, event, sealed, receipt FROM case_events WHERE turn = 3"), Breach.STRAY_RECORD),
    ("who did it rewritten", _sql("UPDATE ledger SET actor = 'person:nobody' WHERE kind = 'case'"), Breach.CHAIN),
    ("a sealed text swapped", _sql("UPDATE case_parts SET sealed = zeroblob(80) WHERE kind = 'appeal'"), Breach.SEALED),
    ("a sealed text taken out", _sql("DELETE FROM case_parts WHERE kind = 'appeal'"), Breach.SEALED),
    ("a sealed text moved to another event", _sql("UPDATE case_parts SET position = position + 1 WHERE kind = 'appeal'"), Breach.SEALED),
    ("an attachment altered", _swap_file, Breach.SEALED),
    ("an attachment lost", _lose_file, Breach.SEALED),
    ("a key destroyed in silence", _sql("UPDATE case_keys SET wrapped_key = NULL"), Breach.SEALED),
    ("a key altered", _sql("UPDATE case_keys SET wrapped_key = zeroblob(60)"), Breach.SEALED),
    ("a key taken out", _sql("DELETE FROM case_keys"), Breach.SEALED),
    ("another check code", _sql("UPDATE cases SET code = 'ab'"), Breach.RECORD),
    ("another number", _sql("UPDATE cases SET number = 'З-2026-000777'"), Breach.RECORD),
    ("another receipt", _sql("UPDATE cases SET receipt = 'AIMAS1:'"), Breach.RECORD),
    ("a date moved in the list", _sql("UPDATE case_states SET due = due + 1"), Breach.DERIVED),
    ("a case hidden from the list", _sql("DELETE FROM case_states"), Breach.DERIVED),
]  # fmt: skip


@pytest.mark.parametrize(("tamper", "breach"), [r[1:] for r in TAMPERED], ids=[r[0] for r in TAMPERED])
def test_verify_finds(office: App, tamper: Callable[[App], None], breach: Breach) -> None:
    done = filed(office, attachments=(PHOTO,))
    office.appeals.tell(done.case, Assigned(at=MONDAY, by=CLERK, unit="road-police"))
    assert not office.verify()
    tamper(office)
    assert office.verify()[0].breach is breach


# What happens.


def test_what_the_law_refuses_does_not_happen_and_says_why(office: App) -> None:
    done = filed(office)
    head = office.records.head()
    with pytest.raises(RefusedEvent) as error:
        office.appeals.tell(done.case, Rated(at=MONDAY, by=APPLICANT, stars=5))
    assert error.value.refusal is Refusal.NOT_DELIVERED
    assert office.records.head() == head


def test_the_ledger_names_who_did_it(office: App) -> None:
    done = filed(office)
    office.appeals.tell(done.case, Assigned(at=MONDAY, by=CLERK, unit="road-police"))
    told = [r.by for r in office.appeals.history(done.case)]
    assert told[2].startswith("program:appeals/")
    assert told[:2] + told[3:] == [
        "program:page",
        "program:page",
        "person:dana",
    ]


def test_an_answer_that_lacks_something_does_not_go_out(office: App) -> None:
    done = filed(office)
    with pytest.raises(AnswerStopped) as error:
        office.appeals.answer(
            done.case, "Рассмотрено.", (), Decision.REFUSED, "С. Ахметов, инспектор", OFFICER, TODAY
        )
    assert len(error.value.findings) > 2
    assert office.appeals.case(done.case).stage is Stage.REGISTERED
    assert office.appeals.outbox.outgoing() == []


def test_an_answer_is_on_the_applicants_page_at_once(office: App) -> None:
    done = filed(office)
    case = office.appeals.answer(
        done.case,
        GOOD_ANSWER.format(number=done.number),
        (),
        Decision.SATISFIED,
        "С. Ахметов, инспектор",
        OFFICER,
        TODAY,
    )
    assert case.stage is Stage.DELIVERED
    assert office.persons.sheet(done.case).answers[0].text.startswith("Здравствуйте")
    assert office.appeals.outbox.outgoing() == []


SENT = [
    ("by e-mail, by the program", {"channel": Channel.EMAIL}, MessageState.WAITING),
    ("an e-mail without an address, by hand", {"channel": Channel.EMAIL, "applicant": Applicant(name="А. Б.")}, MessageState.BY_HAND),
    ("on paper, by hand", {"channel": Channel.PAPER}, MessageState.BY_HAND),
    ("by telephone, by hand", {"channel": Channel.PHONE}, MessageState.BY_HAND),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "state"), [r[1:] for r in SENT], ids=[r[0] for r in SENT])
def test_an_answer_goes_the_way_it_came(office: App, changes: dict[str, object], state: MessageState) -> None:
    done = filed(office, **changes)
    case = office.appeals.answer(
        done.case,
        GOOD_ANSWER.format(number=done.number),
        (),
        Decision.SATISFIED,
        "С. Ахметов, инспектор",
        OFFICER,
        TODAY,
    )
    assert case.stage is Stage.ANSWERED
    (row,) = office.appeals.outbox.outgoing()
    assert (row.kind, row.state, row.case) == (MessageKind.ANSWER, state, done.case)
    letter = office.appeals.outbox.letter(row)
    assert letter.text.startswith("Здравствуйте")
    assert done.number in letter.subject
    office.appeals.outbox.mark_delivered(row, "квитанция 77")
    assert office.appeals.case(done.case).stage is Stage.DELIVERED
    assert office.appeals.outbox.outgoing() == []


def test_an_answer_that_came_back_is_on_record(office: App) -> None:
    done = filed(office, channel=Channel.EMAIL)
    office.appeals.answer(
        done.case,
        GOOD_ANSWER.format(number=done.number),
        (),
        Decision.SATISFIED,
        "С. Ахметов, инспектор",
        OFFICER,
        TODAY,
    )
    (row,) = office.appeals.outbox.outgoing()
    office.appeals.outbox.mark_failed(row, "ящик переполнен")
    case = office.appeals.case(done.case)
    assert (case.stage, case.failed_deliveries) == (Stage.ANSWERED, 1)


def test_a_part_goes_elsewhere_and_the_applicant_hears_of_it_in_his_language(office: App) -> None:
    text = "Бағдаршамды жөндеуді сұраймын. Жолдағы шұңқырды бітеуді сұраймын."
    done = filed(office, text, language=Language.KK, channel=Channel.PAPER)
    case = office.appeals.forward(done.case, "Қала әкімдігі", [2], "жолды әкімдік жөндейді", CLERK)
    assert case.gone == {2}
    (row,) = office.appeals.outbox.outgoing()
    letter = office.appeals.outbox.letter(row)
    assert "Қала әкімдігі" in letter.text
    assert "бір бөлігі" in letter.text
    assert isinstance(case.events[-1], Forwarded)
    assert case.events[-1].notice == row.key


def test_an_extension_and_its_notice_are_one_settlement(office: App) -> None:
    done = filed(office)
    case = office.appeals.extend(
        done.case, date(2026, 12, 10), "запрошено заключение", "М. Оспанов, начальник", HEAD
    )
    assert case.extensions[-1].notice is not None
    assert office.appeals.queue(QueueView(), TODAY).rows[0].due == date(2026, 12, 10)
    head = office.records.head()
    with pytest.raises(RefusedEvent):
        office.appeals.extend(done.case, date(2027, 12, 10), "ещё", "М. Оспанов, начальник", HEAD)
    assert office.records.head() == head


def test_many_at_once_can_be_taken_back(office: App, clock: StoppedClock) -> None:
    cases = [filed(office, f"Прошу убрать машину у дома {n}.").case for n in range(4)]
    appeals = office.appeals
    appeals.tell(cases[3], Withdrawn(at=MONDAY, by=CLERK, reason="передумал"))
    given = appeals.bulk(cases, lambda c: Assigned(at=clock.now(), by=CLERK, unit="duty"), CLERK)
    assert (given.done, given.refused) == (tuple(cases[:3]), ((cases[3], Refusal.WITHDRAWN),))
    appeals.set_category(cases[1], "road_safety", CLERK)
    back = appeals.undo(given.id, CLERK)
    assert back.refused == ((cases[1], NotUndone.CHANGED_SINCE),)
    assert [appeals.case(c).unit for c in cases] == [None, "duty", None, None]
    assert len(appeals.case(cases[0]).events) == 5
    assert not office.verify()
    assert set(appeals.undo(back.id, CLERK).done) == {cases[0], cases[2]}
    assert appeals.case(cases[0]).unit == "duty"
    assert not office.verify()


def test_what_the_applicant_was_told_cannot_be_taken_back(office: App) -> None:
    done = filed(office)
    sent = office.appeals.bulk(
        [done.case],
        lambda c: Forwarded(at=MONDAY, by=CLERK, to="akimat", reason="дороги их", notice="notice-1"),
        CLERK,
    )
    assert office.appeals.undo(sent.id, CLERK).refused == ((done.case, NotUndone.WENT_OUT),)


def test_another_calendar_tells_the_dates_that_it_moves(office: App, clock: StoppedClock) -> None:
    clock.time = MONDAY.replace(month=8, day=17)
    done = filed(office)
    before = office.appeals.queue(QueueView(), TODAY).rows[0].due
    told = office.appeals.recalculate("kz/2026-01", CLERK)
    assert [(case, event.calendar) for case, event in told] == [(done.case, "kz/2026-01")]
    assert told[0][1].moved
    after = office.appeals.queue(QueueView(), TODAY).rows[0].due
    assert {(m.before, m.after) for m in told[0][1].moved if m.rule == "answer"} == {(before, after)}
    assert office.appeals.recalculate("kz/2026-01", CLERK) == ()


# What is derived.


def test_the_list_is_what_the_events_make_and_can_be_made_anew(office: App, clock: StoppedClock) -> None:
    appeals = office.appeals
    cases = [
        filed(office).case,
        filed(
            office,
            "У дома Толе би 48 снова не горит светофор, почините.",
            applicant=Applicant(name="Петров И."),
        ).case,
        filed(office, "Соседи шумят ночью.", standing=Standing.SIGNAL).case,
        filed(office, category="custody_conditions", channel=Channel.EMAIL).case,
    ]
    clock.advance(days=2)
    appeals.tell(cases[0], Assigned(at=clock.now(), by=CLERK, unit="road-police", officer="serik"))
    appeals.forward(cases[1], "akimat", (), "дороги их", CLERK)
    appeals.tell(cases[2], Linked(at=clock.now(), by=CLERK, other=cases[0], relation=Relation.SIMILAR))
    view = QueueView(sees_confidential=True)
    before = appeals.queue(view, TODAY)
    assert {r.cluster_size for r in before.rows} != {1}
    assert not office.verify()
    with sqlite3.connect(office.home.records) as database:
        for table in ("case_states", "case_clusters", "case_marks", "case_tokens"):
            database.execute(f"DELETE FROM {table}")
        database.commit()
    assert office.verify()[0].breach is Breach.DERIVED
    assert appeals.rebuild(CLERK) == 4
    assert appeals.queue(view, TODAY) == before
    assert not office.verify()


QUEUES = [
    ("what is overdue", QueueView(due=Due.OVERDUE), ["late"]),
    ("what is due today", QueueView(due=Due.TODAY), ["today"]),
    ("what no law sets a date for", QueueView(due=Due.NONE, only_open=True), ["signal"]),
    ("a unit's", QueueView(unit="duty"), ["today"]),
    ("nobody's", QueueView(is_unassigned=True, only_open=True), ["late", "fresh", "signal"]),
    ("by number", QueueView(text="2026-000003"), ["fresh"]),
    ("by a word of the text", QueueView(text="собака"), ["late"]),
    ("only in Kazakh", QueueView(language=Language.KK), ["fresh"]),
    ("the list behind a figure", QueueView(cases=("signal", "late")), ["late", "signal"]),
    ("by its stage", QueueView(stages=(Stage.WITHDRAWN,)), ["gone"]),
]  # fmt: skip


@pytest.mark.parametrize(("view", "expected"), [r[1:] for r in QUEUES], ids=[r[0] for r in QUEUES])
def test_the_queue_lists(office: App, clock: StoppedClock, view: QueueView, expected: list[str]) -> None:
    clock.time = MONDAY - timedelta(days=28)
    ids = {"late": filed(office, "Во дворе бегает злая собака. Прошу принять меры.").case}
    clock.time = MONDAY - timedelta(days=24)
    ids["today"] = filed(office, "Прошу вернуть удостоверение.").case
    clock.time = MONDAY
    ids["fresh"] = filed(office, "Жарық жоқ, көмек сұраймын.", language=Language.KK).case
    ids["signal"] = filed(office, "Шумят.", standing=Standing.SIGNAL).case
    ids["gone"] = filed(office, "Прошу ничего не делать.").case
    office.appeals.tell(ids["gone"], Withdrawn(at=MONDAY, by=CLERK, reason="передумал"))
    office.appeals.tell(ids["today"], Assigned(at=MONDAY, by=CLERK, unit="duty"))
    if view.cases is not None:
        view = msgspec.structs.replace(view, cases=tuple(ids[name] for name in view.cases))
    today = {r.case: r.due for r in office.appeals.queue(QueueView(), TODAY).rows}[ids["today"]]
    assert today is not None
    page = office.appeals.queue(view, today)
    names = {case: name for name, case in ids.items()}
    assert [names[row.case] for row in page.rows] == expected
    assert page.total == len(expected)


def test_pages_of_the_queue_hold_every_case_once(office: App) -> None:
    cases = [filed(office, f"Прошу убрать мусор у дома {n}.").case for n in range(7)]
    seen: list[str] = []
    after: str | None = None
    while True:
        page = office.appeals.queue(QueueView(size=3, after=after), TODAY)
        assert page.total == 7
        seen += [row.case for row in page.rows]
        if page.next is None:
            break
        after = page.next
    assert seen == cases
    with pytest.raises(BadInput):
        office.appeals.queue(QueueView(after="nonsense"), TODAY)


def test_who_is_away_is_suggested_for_nothing_and_the_least_laden_first(office: App) -> None:
    for name in ("anel", "berik", "saule"):
        _add_officer(office, name)
    done = filed(office, category="road_safety")
    appeals = office.appeals

    def suggested() -> str | None:
        route = appeals.suggestions(done.case).route
        assert route is not None
        assert (route.unit, route.rule.id) == ("road-police", "roads")
        return route.officer

    assert suggested() == "anel"
    appeals.tell(done.case, Assigned(at=MONDAY, by=CLERK, unit="road-police", officer="anel"))
    assert suggested() == "berik"
    appeals.absences.put("berik", TODAY, TODAY, CLERK)
    assert suggested() == "saule"


def _add_officer(office: App, name: str) -> None:
    office.accounts.add(
        name, (Role.OFFICER,), CLERK, units=("road-police",), password="a long enough password 1"
    )


def test_undone_words_are_marked_categories_kept(office: App) -> None:
    done = filed(office, category="road_safety")
    many = office.appeals.bulk(
        [done.case], lambda c: Categorised(at=MONDAY, by=CLERK, category="other"), CLERK
    )
    office.appeals.undo(many.id, CLERK)
    assert office.appeals.case(done.case).category == "road_safety"


def test_numbers_begin_anew_each_year(office: App, clock: StoppedClock) -> None:
    clock.time = MONDAY.replace(month=12, day=31, hour=18, minute=59)
    assert filed(office).number == "З-2026-000001"
    # Midnight in Almaty, not in London.
    clock.time = MONDAY.replace(month=12, day=31, hour=19)
    assert filed(office).number == "З-2027-000001"
    assert re.fullmatch(r"Ж-2027-000002", filed(office, kind="complaint").number)


def test_a_pause_needs_a_ground_that_the_home_names(office: App) -> None:
    done = filed(office)
    event = Paused(at=MONDAY, by=HEAD, ground="inspection", reason="проверка 5")
    with pytest.raises(RefusedEvent):
        office.appeals.tell(done.case, event)
    (office.home.folder / "pauses.toml").write_text(
        '[inspection]\nnames = { ru = "проверка", kk = "тексеру", en = "an inspection" }\narticle = "0"\nsource = "a test"\n'
    )
    again = opened(office.home.folder)
    assert again.appeals.tell(done.case, event).stage is Stage.PAUSED
    again.close()
