"""Whoever leaves an e-mail and is told so gets receipt, notices and answer there too, by whatever way he came."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from tests.appeals.desk import CLERK, GOOD_ANSWER, OFFICER, TODAY, filed
from tests.builders import StoppedClock
from tests.notify.conftest import MailServer, writing_office

from aimas.app import App
from aimas.appeals.receipts import Receipt, proven
from aimas.appeals.service import Applicant
from aimas.appeals.store import MessageState
from aimas.appeals.types import Channel, Decision, MessageKind, Stage, Standing
from aimas.core import Language

NAMES = {"ru": "Управление полиции", "kk": "Полиция басқармасы", "en": "Police Department"}


@pytest.fixture
def office(tmp_path: Path, clock: StoppedClock, mail: MailServer) -> Iterator[App]:
    with writing_office(tmp_path / "home", clock, mail, NAMES) as made:
        yield made


def letters(mail: MailServer) -> list[EmailMessage]:
    read = [message_from_bytes(each.content or b"", policy=default) for each in mail.box.letters]
    return [each for each in read if isinstance(each, EmailMessage)]


@pytest.mark.parametrize(
    ("channel", "first"),
    [
        pytest.param(Channel.WEB, (Channel.WEB, MessageState.SENT), id="by the citizen's page"),
        pytest.param(Channel.PAPER, (Channel.PAPER, MessageState.BY_HAND), id="on paper"),
        pytest.param(Channel.PHONE, (Channel.PHONE, MessageState.BY_HAND), id="by telephone"),
        pytest.param(Channel.API, (Channel.API, MessageState.SENT), id="through a program"),
    ],
)
def test_receipt_notice_and_answer_come_by_letter_too_and_the_outbox_shows_both(
    office: App, mail: MailServer, channel: Channel, first: tuple[Channel, MessageState]
) -> None:
    done = filed(office, channel=channel)
    office.appeals.extend(
        done.case, TODAY.replace(month=TODAY.month + 1), "Ждём эксперта.", "Начальник", CLERK
    )
    text = GOOD_ANSWER.format(number=done.number)
    office.appeals.answer(done.case, text, (), Decision.SATISFIED, "С. Ахметов, инспектор", OFFICER, TODAY)
    for _ in range(2):
        office.posting.send_due()
    receipt, notice, answer = letters(mail)
    assert {each["To"] for each in (receipt, notice, answer)} == {"aigul.seit@example.kz"}
    assert done.receipt in receipt.get_content() and done.code not in receipt.get_content()
    assert "Ждём эксперта." in notice.get_content() and "починят" in answer.get_content()
    shown = [(m.kind, m.channel, m.state) for m in office.appeal_store.messages(done.case)]
    assert shown == [
        (MessageKind.RECEIPT, Channel.EMAIL, MessageState.SENT),
        (MessageKind.EXTENDED, *first),
        (MessageKind.EXTENDED, Channel.EMAIL, MessageState.SENT),
        (MessageKind.ANSWER, *first),
        (MessageKind.ANSWER, Channel.EMAIL, MessageState.SENT),
    ]
    case = office.appeals.case(done.case)
    assert case.stage is Stage.DELIVERED
    way = Channel.EMAIL if first[1] is MessageState.BY_HAND else channel
    assert [told.channel for told in case.told] == [way], "told once, by what came first"


def test_who_left_no_address_gets_no_letter(office: App, mail: MailServer) -> None:
    filed(office, channel=Channel.WEB, applicant=Applicant(name="Айгүл Сейт"))
    assert office.posting.send_due() == 0 and not mail.box.letters


@pytest.mark.parametrize("language", [Language.RU, Language.KK, Language.EN])
def test_a_receipt_speaks_the_language_of_its_appeal_and_stays_provable(
    office: App, mail: MailServer, language: Language
) -> None:
    done = filed(office, channel=Channel.WEB, language=language)
    receipt = proven(done.receipt, office.receipt_keys)
    assert isinstance(receipt, Receipt)
    assert receipt.institution == receipt.receiver == NAMES[language.value]
    office.posting.send_due()
    (letter,) = letters(mail)
    assert NAMES[language.value] in letter.get_content() and letter["Content-Language"] == language.value


@pytest.mark.parametrize(
    ("standing", "word"), [(Standing.APPEAL, "обращение"), (Standing.SIGNAL, "сообщение")]
)
def test_a_letter_calls_a_message_a_message(
    office: App, mail: MailServer, standing: Standing, word: str
) -> None:
    done = filed(office, standing=standing, is_police_message=standing is Standing.SIGNAL)
    office.posting.send_due()
    (letter,) = letters(mail)
    assert letter["Subject"] == f"Ваше {word} принято: № {done.number}"
    assert f"Ваше {word} зарегистрировано" in letter.get_content()
