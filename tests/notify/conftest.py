"""A desk for alerts, a real mail server and a site on the loopback address."""

import socket
import threading
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from tests.alerts.conftest import desk  # noqa: F401
from tests.sources.local_site import LocalSite, local_site


class Mailbox:
    """What arrived, and what to answer before anything is accepted."""

    def __init__(self) -> None:
        self.letters: list[Envelope] = []
        self.answers: list[str] = []
        self.logins: list[tuple[str, str]] = []
        self.arrived = threading.Event()

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("nobody@"):
            return "550 no such person"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers:
            return self.answers.pop(0)
        self.letters.append(envelope)
        self.arrived.set()
        return "250 accepted"

    def login(self, server: SMTP, session: Session, envelope: Envelope, how: str, said: object) -> AuthResult:
        assert isinstance(said, LoginPassword)
        self.logins.append((said.login.decode(), said.password.decode()))
        return AuthResult(success=said.password == b"right", handled=False)


class MailServer(Controller):
    @property
    def box(self) -> Mailbox:
        assert isinstance(self.handler, Mailbox)
        return self.handler


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def mail() -> Iterator[MailServer]:
    box = Mailbox()
    server = MailServer(
        box, hostname="127.0.0.1", port=free_port(), authenticator=box.login, auth_require_tls=False
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with local_site() as made:
        yield made
