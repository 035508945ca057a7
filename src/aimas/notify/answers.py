"""Answers and notices to applicants by e-mail: plain text, signed by nobody but the institution."""

import ssl
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from aimas.alerts import Failure, NotDelivered
from aimas.appeals.posting import NotSent
from aimas.appeals.service import Letter
from aimas.notify.email import EmailSettings, by_email


class _Postman:
    def __init__(self, settings: EmailSettings, home: str, context: ssl.SSLContext | None) -> None:
        self._settings = settings
        self._home = home
        self._courier = by_email(settings, context)

    def send(self, letter: Letter, to: str, key: str, at: datetime) -> str:
        try:
            written = self._written(letter, to, key, at)
            self._courier.post(written)
        except NotDelivered as error:
            raise NotSent(str(error), is_final=error.failure is Failure.PERMANENT) from None
        return str(written["Message-ID"])

    def _written(self, letter: Letter, to: str, key: str, at: datetime) -> EmailMessage:
        domain = parseaddr(self._settings.sender)[1].rpartition("@")[2] or "localhost"
        made = EmailMessage()
        try:
            made["From"] = self._settings.sender
            made["To"] = Address(addr_spec=to)
        except (ValueError, IndexError):
            raise NotDelivered(
                Failure.PERMANENT, "The sender or the receiver is no e-mail address."
            ) from None
        made["Subject"] = letter.subject
        made["Date"] = format_datetime(at)
        made["Message-ID"] = f"<aimas.{self._home}.{key}@{domain}>"
        made["Auto-Submitted"] = "auto-generated"
        made.set_content(letter.text)
        # Setting the content takes away what was said of it before.
        made["Content-Language"] = letter.language.value
        return made


def postman(settings: EmailSettings, home: str, context: ssl.SSLContext | None = None) -> _Postman:
    """`home` makes a letter's id the same for every try; `context` decides whose certificates are trusted."""
    return _Postman(settings, home, context)
