"""A real IMAP server and a real mail server on the loopback address, and a real home between them."""

import io
import ssl
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from PIL import Image
from tests.appeals.desk import opened
from tests.intake.imap_server import Box, ImapServer
from tests.notify.conftest import Mailbox as SentBox
from tests.notify.conftest import certificate, free_port  # noqa: F401

from aimas.app import App
from aimas.appeals.types import Channel, Standing
from aimas.core import BadSetting, Unavailable
from aimas.home import create_home
from aimas.intake.mailbox import Mailbox, MailboxSettings
from aimas.notify import EmailSettings
from aimas.notify.answers import postman

AIGUL, OTHER = "aigul@example.kz", "somebody@example.kz"
WORDS = "Прошу починить светофор на углу улиц Толе би и Сейфуллина, он не горит третью неделю."


def letter(
    text: str = WORDS,
    sender: str = f"Айгуль Сейтжанова <{AIGUL}>",
    id: str = "<1@example.kz>",
    **headers: str,
) -> EmailMessage:
    made = EmailMessage()
    made["From"] = sender
    made["To"] = "police@example.kz"
    made["Subject"] = headers.pop("Subject", "Светофор")
    made["Message-ID"] = id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    return made


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, "JPEG")
    return out.getvalue()


class Post:
    """The institution's two servers and its home."""

    def __init__(self, app: App, box: Box, sent: SentBox, smtp_port: int, imap_port: int) -> None:
        self.app, self.box, self.sent = app, box, sent
        self.mailbox = Mailbox(
            MailboxSettings(
                host="127.0.0.1",
                user="police",
                password="right",
                port=imap_port,
                security="none",
                largest=200_000,
            )
        )
        said = EmailSettings(host="127.0.0.1", sender="police@example.kz", port=smtp_port, security="none")
        self.letters = app.letters_in(postman(said, app.records.home))

    def put(self, message: EmailMessage | bytes) -> None:
        self.box.put(message if isinstance(message, bytes) else message.as_bytes())

    def look(self) -> dict[str, int]:
        return self.mailbox.look(self.letters)

    def folders(self) -> dict[str, int]:
        return {name: self.box.count(name) for name in self.box.folders if self.box.count(name)}

    def answers(self) -> list[EmailMessage]:
        return [message_from_bytes(e.content, policy=policy.default) for e in self.sent.letters]  # type: ignore[misc]

    def cases(self) -> list[str]:
        from datetime import date

        from aimas.appeals.service import Order, QueueView

        view = QueueView(sees_confidential=True, order=Order.NEWEST)
        return [row.case for row in self.app.appeals.queue(view, date(2026, 11, 2)).rows]


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    create_home(tmp_path / "home", smtp_from="Police <police@example.kz>")
    app = opened(tmp_path / "home")
    box, sent = Box(), SentBox()
    smtp = Controller(sent, hostname="127.0.0.1", port=free_port())
    smtp.start()
    imap = ImapServer(box)
    try:
        yield Post(app, box, sent, smtp.port, imap.port)
    finally:
        imap.close()
        smtp.stop()
        app.close()


def test_a_letter_becomes_a_case_and_its_writer_gets_number_and_code(post: Post) -> None:
    message = letter()
    message.add_attachment(photo(), maintype="image", subtype="jpeg", filename="lamp.jpg")
    message.add_attachment(b"MZ\x90\x00", maintype="application", subtype="octet-stream", filename="x.exe")
    post.put(message)
    assert post.look() == {"filed": 1}
    (case_id,) = post.cases()
    case, sheet = post.app.appeals.case(case_id), post.app.persons.sheet(case_id)
    assert case.standing is Standing.SIGNAL and case.channel is Channel.EMAIL
    assert WORDS in sheet.text
    assert sheet.applicant is not None and sheet.applicant.email == AIGUL
    assert [each.media_type for each in sheet.attachments] == ["image/jpeg"]
    (answer,) = post.answers()
    text = answer.get_content()
    assert answer["To"] == AIGUL and answer["Auto-Submitted"] == "auto-generated"
    assert case.number is not None and case.number in answer["Subject"]
    assert "AIMAS1:" in text and "x.exe" in text
    code = next(line for line in text.splitlines() if "Код проверки" in line).rsplit(" ", 1)[1]
    assert post.app.appeals.opened(case.number, code) == case_id
    assert post.folders() == {"Aimas-filed": 1}


def test_the_same_letter_twice_is_one_case_and_one_receipt(post: Post) -> None:
    for _ in range(2):
        post.put(letter())
    assert post.look() == {"filed": 1, "known": 1}
    assert len(post.cases()) == len(post.sent.letters) == 1


@pytest.mark.parametrize("broken", ["UID MOVE", "UID FETCH", "UID SEARCH", "SELECT"])
def test_broken_off_anywhere_nothing_is_lost_or_twice(post: Post, broken: str) -> None:
    post.put(letter())
    post.box.breaks_at = broken
    with pytest.raises(Unavailable):
        post.look()
    post.look()
    assert len(post.cases()) == len(post.sent.letters) == 1
    assert post.box.count("INBOX") == 0


def test_while_no_receipt_can_be_sent_the_letter_waits_and_is_filed_once(post: Post) -> None:
    post.put(letter())
    post.sent.answers = ["451 later"]
    with pytest.raises(Unavailable):
        post.look()
    assert post.box.count("INBOX") == 1
    assert post.look() == {"filed": 1}
    assert len(post.cases()) == len(post.sent.letters) == 1


def test_an_answer_with_the_number_adds_a_document_only_from_the_same_address(post: Post) -> None:
    post.put(letter())
    post.look()
    (case_id,) = post.cases()
    subject = f"Re: {post.answers()[0]['Subject']}"
    post.put(letter("Вот ещё снимок.\n\n-- \nАйгуль\n", id="<2@example.kz>", Subject=subject))
    post.put(letter("Дайте мне её адрес.", sender=OTHER, id="<3@example.kz>", Subject=subject))
    assert post.look() == {"added": 1, "held": 1}
    written = [each.text for each in post.app.persons.sheet(case_id).written]
    assert written == ["Вот ещё снимок."]
    assert len(post.cases()) == 1
    assert [a["To"] for a in post.answers()] == [AIGUL, AIGUL]
    assert post.app.intake.counts() == {"added": 1, "filed": 1, "held:stranger": 1}
    assert post.box.count("Aimas-held") == 1


MACHINES = [
    pytest.param(
        {"Auto_Submitted": "auto-replied"}, "Anna <a@example.kz>", "auto-reply", id="an absence notice"
    ),
    pytest.param({"Auto_Submitted": "auto-generated"}, "robot@example.kz", "auto-reply", id="a robot"),
    pytest.param({"X_Autoreply": "yes"}, "a@example.kz", "auto-reply", id="an old absence notice"),
    pytest.param({"Precedence": "bulk"}, "shop@example.kz", "list", id="an advertisement"),
    pytest.param({"List_Id": "<news.example.kz>"}, "news@example.kz", "list", id="a list"),
    pytest.param({"Return_Path": "<>"}, "a@example.kz", "bounce", id="without a way back"),
    pytest.param({}, "MAILER-DAEMON@example.kz", "bounce", id="the mail server itself"),
    pytest.param({}, "Police <police@example.kz>", "ourselves", id="our own letter"),
]


@pytest.mark.parametrize(("headers", "sender", "why"), MACHINES)
def test_what_a_machine_sent_is_neither_filed_nor_answered(
    post: Post, headers: dict[str, str], sender: str, why: str
) -> None:
    post.put(letter(sender=sender, **headers))
    assert post.look() == {"ignored": 1}
    assert post.cases() == [] and post.sent.letters == []
    assert post.app.intake.counts() == {f"ignored:{why}": 1}


def encrypted() -> EmailMessage:
    return letter("-----BEGIN PGP MESSAGE-----\nabc\n-----END PGP MESSAGE-----")


def raw(charset: str, body: bytes) -> bytes:
    return (
        f"From: a@example.kz\nMessage-ID: <9@x>\nContent-Type: text/plain; charset={charset}\nContent-Transfer-Encoding: 8bit\n\n".encode()
        + body
    )


HELD = [
    pytest.param(encrypted(), "encrypted", id="encrypted"),
    pytest.param(raw("utf-8", "Прошу".encode("cp1251")), "unreadable", id="bytes that are not what they say"),
    pytest.param(raw("klingon", b"x"), "unreadable", id="an encoding that nobody knows"),
    pytest.param(letter("Прошу помочь", sender=""), "no-sender", id="nobody's"),
    pytest.param(letter("Прошу помочь", sender="a@x.kz, b@x.kz"), "no-sender", id="of two senders"),
    pytest.param(letter(" ", Subject="!!!"), "no-words", id="without a word"),
    pytest.param(letter("x" * 250_000), "too-large", id="too large to fetch"),
    pytest.param(letter("слово " * 10_000), "refused", id="longer than an appeal may be"),
]


@pytest.mark.parametrize(("message", "why"), HELD)
def test_what_cannot_be_taken_in_waits_for_a_person_with_its_reason(
    post: Post, message: EmailMessage | bytes, why: str
) -> None:
    post.put(message)
    assert post.look() == {"held": 1}
    assert post.app.intake.counts() == {f"held:{why}": 1}
    assert post.folders() == {"Aimas-held": 1}
    assert post.sent.letters == []


def test_two_machines_that_answer_each_other_are_stopped(post: Post) -> None:
    for n in range(25):
        post.put(letter(f"{WORDS} {n}", id=f"<loop-{n}@example.kz>"))
    assert post.look() == {"filed": 20, "held": 5}
    assert len(post.sent.letters) == 20


def test_a_page_as_a_letter_is_read_as_its_words(post: Post) -> None:
    message = EmailMessage()
    message["From"], message["Message-ID"], message["Subject"] = AIGUL, "<5@x>", "Жарық жоқ"
    message.set_content(
        "<html><head><style>p{}</style></head><body><p>Көшеде жарық жоқ.</p><script>x()</script>"
        "<p>Жөндеуді сұраймын.</p><blockquote>ескі хат</blockquote></body></html>",
        subtype="html",
    )
    post.put(message)
    assert post.look() == {"filed": 1}
    (case_id,) = post.cases()
    assert post.app.persons.sheet(case_id).text == "Жарық жоқ\n\nКөшеде жарық жоқ.\nЖөндеуді сұраймын."
    assert "Сәлеметсіз бе" in post.answers()[0].get_content()


def test_servers_without_moving_are_served_too(post: Post) -> None:
    post.box.extensions = ()
    post.put(letter())
    assert post.look() == {"filed": 1}
    assert post.folders() == {"Aimas-filed": 1}
    assert post.look() == {}


def test_a_wrong_password_says_which_setting_to_mend(post: Post) -> None:
    post.box.password = "changed"
    with pytest.raises(BadSetting, match="imap_password"):
        post.look()


def test_a_certificate_that_nobody_trusts_is_refused(post: Post, certificate: Path) -> None:  # noqa: F811
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = ImapServer(post.box, context)
    try:
        said = MailboxSettings(host="127.0.0.1", user="police", password="right", port=server.port)
        with pytest.raises(BadSetting, match="certificate"):
            Mailbox(said).look(post.letters)
        post.put(letter())
        assert Mailbox(said, ssl.create_default_context(cafile=str(certificate))).look(post.letters) == {
            "filed": 1
        }
    finally:
        server.close()


def test_the_ledger_tells_of_letters_without_a_word_or_an_address(post: Post) -> None:
    post.put(letter())
    post.look()
    kept = b"".join(
        path.read_bytes()
        for path in (post.app.home.folder).rglob("*")
        if path.is_file() and "records" in path.name
    )
    for secret in (AIGUL, "светофор на углу", "Сейтжанова"):
        assert secret.encode() not in kept
    assert post.app.verify() == []
