"""An answer to an applicant goes by a real mail server, again until it is taken, and the case says what became of it."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from tests.appeals.desk import CLERK, GOOD_ANSWER, MONDAY, OFFICER, TODAY, filed
from tests.builders import StoppedClock
from tests.notify.conftest import MailServer, writing_office

from aimas.app import App
from aimas.appeals.posting import BY, GIVE_UP
from aimas.appeals.service import Applicant, Filed
from aimas.appeals.types import Channel, Decision, MessageKind, Stage


@pytest.fixture
def office(tmp_path: Path, clock: StoppedClock, mail: MailServer) -> Iterator[App]:
    with writing_office(tmp_path / "home", clock, mail, "Департамент полиции Алматы") as made:
        yield made


def answered(office: App, **changes: object) -> Filed:
    done = filed(office, channel=Channel.EMAIL, **changes)
    text = GOOD_ANSWER.format(number=done.number)
    office.appeals.answer(done.case, text, (), Decision.SATISFIED, "С. Ахметов, инспектор", OFFICER, TODAY)
    return done


def test_it_arrives_once_and_the_case_says_so(office: App, mail: MailServer) -> None:
    done = answered(office)
    assert office.posting.send_due() == 1
    assert office.posting.send_due() == 0
    (envelope,) = mail.box.letters
    letter = message_from_bytes(envelope.content or b"", policy=default)
    assert envelope.rcpt_tos == ["aigul.seit@example.kz"]
    assert done.number in letter["Subject"]
    assert "починят" in letter.get_content()
    case = office.appeals.case(done.case)
    assert case.stage is Stage.DELIVERED
    delivered = office.appeals.history(done.case)[-1]
    sheet = office.persons.look(done.case, OFFICER, "когда дошло")
    assert sheet.words_of(delivered.position, "proof") == letter["Message-ID"]


def test_a_server_that_is_busy_is_tried_again_with_the_same_letter(
    office: App, mail: MailServer, clock: StoppedClock
) -> None:
    done = answered(office)
    mail.box.answers = ["451 busy"]
    assert office.posting.send_due() == 1
    assert office.appeals.case(done.case).stage is Stage.ANSWERED
    assert office.posting.send_due() == 0
    clock.advance(hours=1)
    assert office.posting.send_due() == 1
    assert office.appeals.case(done.case).stage is Stage.DELIVERED


def test_an_address_that_nobody_has_is_told_at_once(office: App) -> None:
    done = answered(office, applicant=Applicant(name="Некто", email="nobody@example.kz"))
    office.posting.send_due()
    assert office.appeals.case(done.case).failed_deliveries == 1
    assert office.appeals.outbox.outgoing() == []


def test_it_is_given_up_after_three_days(office: App, mail: MailServer, clock: StoppedClock) -> None:
    done = answered(office)
    mail.box.answers = ["451 busy"] * 99
    while clock.time < MONDAY + GIVE_UP + timedelta(days=1):
        office.posting.send_due()
        clock.advance(hours=7)
    assert office.appeals.case(done.case).failed_deliveries == 1


def test_a_notice_is_told_once_the_mail_server_took_it(office: App, mail: MailServer) -> None:
    done = filed(office, channel=Channel.EMAIL)
    before = office.appeals.forward(done.case, "Акимат", (), "дороги их", CLERK)
    assert not before.told
    office.posting.send_due()
    after = office.appeals.case(done.case)
    assert after.events[:-1] == before.events
    (told,) = after.told
    assert (told.about, told.notice) == (MessageKind.FORWARDED, before.forwards[0].notice)
    assert (told.channel, told.on, told.by) == (Channel.EMAIL, MONDAY.date(), BY)
    assert len(mail.box.letters) == 1
