"""A desk for alerts, a real mail server and a site on the loopback address."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.alerts.conftest import desk  # noqa: F401
from tests.appeals.desk import MONDAY, opened
from tests.builders import StoppedClock
from tests.sources.local_site import LocalSite, local_site

from aimas.app import App
from aimas.home import create_home


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
def clock() -> StoppedClock:
    return StoppedClock(MONDAY)


@contextmanager
def writing_office(
    folder: Path, clock: StoppedClock, mail: MailServer, institution: str | Mapping[str, str]
) -> Iterator[App]:
    """An appeals office that sends its letters by the mail server."""
    home = create_home(
        folder,
        profiles=["kz-mia"],
        timezone="Asia/Almaty",
        institution=institution,
        smtp_host="127.0.0.1",
        smtp_port=mail.port,
        smtp_security="none",
        smtp_from="appeals@police.example",
    )
    app = opened(home.folder, clock)
    yield app
    app.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate for 127.0.0.1, signed by nobody but itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    form = serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(params=["starttls", "tls"])
def tls_mail(request: pytest.FixtureRequest, certificate: Path) -> Iterator[tuple[str, MailServer]]:
    """A server that speaks only encrypted, by either way."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    way = (
        {"ssl_context": context}
        if request.param == "tls"
        else {"tls_context": context, "require_starttls": True}
    )
    server = MailServer(Mailbox(), hostname="127.0.0.1", port=free_port(), **way)
    server.start()
    yield request.param, server
    server.stop()


@pytest.fixture
def site() -> Iterator[LocalSite]:
    with local_site() as made:
        yield made
