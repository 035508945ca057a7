"""How appeals come by letter or table, and what goes back to the applicant."""

from email.utils import parseaddr
from functools import cached_property

from aimas.app.appealing import Appealing
from aimas.appeals.posting import Posting, Postman
from aimas.core import Language
from aimas.intake import Limits
from aimas.intake.mailbox import Mailbox, MailboxSettings
from aimas.intake.receiving import LettersIn
from aimas.intake.rows import Rows
from aimas.notify.answers import postman
from aimas.storage.intake import SqlIntake


class Letters(Appealing):
    """A home's post."""

    @cached_property
    def posting(self) -> Posting:
        """Answers and notices to applicants."""
        email = self._email
        by_mail = postman(email, self.records.home) if email.host and email.sender else None
        return Posting(self.appeals.outbox, by_mail, self.clock)

    @cached_property
    def attachment_limits(self) -> Limits:
        said = self.settings
        return Limits(
            bytes_each=said.attachment_mb * 1024 * 1024,
            bytes_in_all=said.attachments_mb * 1024 * 1024,
            count=said.attachments_most,
            pixels=said.picture_megapixels * 1_000_000,
        )

    @cached_property
    def intake(self) -> SqlIntake:
        """What became of letters and imports."""
        return SqlIntake(self._engine)

    @cached_property
    def mailbox(self) -> Mailbox | None:
        """Where letters come to; None: no mailbox is read."""
        said = self.settings
        if not said.imap_host:
            return None
        return Mailbox(
            MailboxSettings(
                host=said.imap_host,
                user=said.imap_user,
                password=said.imap_password.get_secret_value(),
                port=said.imap_port,
                security=said.imap_security,
                folder=said.imap_folder,
                largest=said.letter_mb * 1024 * 1024,
            )
        )

    def look_for_letters(self) -> dict[str, int]:
        """Deals with what waits in the mailbox; how many had which outcome. Raises Unavailable."""
        return self.mailbox.look(self._letters) if self.mailbox else {}

    @cached_property
    def _letters(self) -> LettersIn:
        email = self._email
        return self.letters_in(postman(email, self.records.home) if email.host and email.sender else None)

    def letters_in(self, by: Postman | None) -> LettersIn:
        """`by` sends receipts; for one thread."""
        said = self.settings
        ours = {parseaddr(each)[1].lower() for each in (said.smtp_from, *said.imap_addresses) if each}
        return LettersIn(
            self.appeals,
            self.persons.sheet,
            self.intake,
            self.archive.settling,
            by,
            self.clock,
            self.language_of,
            ours=frozenset(ours),
            limits=self.attachment_limits,
            link=f"{said.board_address}/citizen/case",
            local=lambda at: at.astimezone(said.zone),
            daily=said.letters_daily,
            language=Language(said.language),
        )

    @cached_property
    def rows_in(self) -> Rows:
        """Appeals from tables."""
        said = self.settings
        return Rows(
            self.appeals,
            self.archive.settling,
            self.clock,
            self.language_of,
            said.zone,
            Language(said.language),
        )
