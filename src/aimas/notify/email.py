"""E-mail by the SMTP server of the settings; `smtplib`, since deliveries run in threads of their own."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

import msgspec

from aimas.alerts import Channel, Failure, Message, NotDelivered
from aimas.notify.writing import html, plain

TIMEOUT_S = 15.0
"""For each step of the conversation."""
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class EmailSettings(msgspec.Struct, frozen=True, kw_only=True):
    host: str
    """Empty: no e-mail is set up."""
    sender: str
    port: int = 0
    """0 is the usual one of `security`."""
    security: str = "starttls"
    """`starttls`, `tls` from the first byte, or `none` for a server on this machine."""
    user: str = ""
    password: str = ""


class _ByEmail:
    tells_twice_from_once = True
    """A repeated message carries the same Message-ID, by which mail servers and readers know it."""

    def __init__(self, settings: EmailSettings, context: ssl.SSLContext | None = None) -> None:
        self._settings = settings
        self._context = context

    def send(self, channel: Channel, message: Message) -> None:
        self._require_server()
        self.post(written(message, self._settings.sender, channel.address))

    def post(self, letter: EmailMessage) -> None:
        """Hands over a letter that is written; raises NotDelivered."""
        self._require_server()
        with _told(), self._server() as server:
            server.send_message(letter)

    def _require_server(self) -> None:
        if not self._settings.host or not self._settings.sender:
            raise NotDelivered(
                Failure.PERMANENT, "No mail server is set: smtp_host and smtp_from in aimas.toml."
            )

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        said = self._settings
        port = said.port or PORTS[said.security]
        context = self._context or ssl.create_default_context()
        server = (
            smtplib.SMTP_SSL(said.host, port, timeout=TIMEOUT_S, context=context)
            if said.security == "tls"
            else smtplib.SMTP(said.host, port, timeout=TIMEOUT_S)
        )
        try:
            if said.security == "starttls":
                server.starttls(context=context)
            if said.user:
                server.login(said.user, said.password)
            yield server
        finally:
            # What was accepted is accepted, however the server says good-bye.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()


def by_email(settings: EmailSettings, context: ssl.SSLContext | None = None) -> _ByEmail:
    """`context` decides whose certificates are trusted; the system's when absent."""
    return _ByEmail(settings, context)


def written(message: Message, sender: str, to: str) -> EmailMessage:
    """Raises NotDelivered where an address is none."""
    letter = EmailMessage()
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    try:
        letter["From"] = sender
        letter["To"] = Address(addr_spec=to)
    except (ValueError, IndexError):
        raise NotDelivered(Failure.PERMANENT, "The sender or the receiver is no e-mail address.") from None
    letter["Subject"] = " ".join(message.subject.split())
    letter["Date"] = format_datetime(message.at)
    letter["Message-ID"] = f"<aimas.{message.home}.{message.key}@{domain}>"
    letter["Auto-Submitted"] = "auto-generated"
    letter["X-Aimas-Alert"] = str(message.alert)
    letter.set_content(plain(message))
    letter.add_alternative(html(message), subtype="html")
    letter["Content-Language"] = message.language
    return letter


@contextmanager
def _told() -> Iterator[None]:
    """What smtplib raises, as what it means; a server's own words may quote an address and are left out."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = next((code for code, _ in error.recipients.values()), 550)
        raise NotDelivered(_kind(code), f"The mail server refused the receiver: {code}.") from None
    except smtplib.SMTPNotSupportedError:
        raise NotDelivered(
            Failure.PERMANENT,
            "The mail server lacks what the settings ask for: encryption, login or encoding.",
        ) from None
    except smtplib.SMTPAuthenticationError as error:
        raise NotDelivered(
            Failure.PERMANENT, f"The mail server refused user name or password: {error.smtp_code}."
        ) from None
    except smtplib.SMTPResponseException as error:
        raise NotDelivered(_kind(error.smtp_code), f"The mail server refused: {error.smtp_code}.") from None
    except smtplib.SMTPException as error:
        raise NotDelivered(Failure.UNCLEAR, f"The mail server broke off: {type(error).__name__}.") from None
    except ssl.SSLCertVerificationError as error:
        raise NotDelivered(
            Failure.PERMANENT, f"The mail server's certificate is not trusted: {error.verify_message}."
        ) from None
    except (ConnectionRefusedError, TimeoutError) as error:
        raise NotDelivered(
            Failure.PASSING, f"The mail server does not answer: {type(error).__name__}."
        ) from None
    except OSError as error:
        raise NotDelivered(Failure.PASSING, f"The mail server can't be reached: {error.strerror}.") from None


def _kind(code: int) -> Failure:
    """RFC 5321, 4.2.1: 4yz passes, 5yz is for good."""
    return Failure.PERMANENT if code >= 500 else Failure.PASSING
