"""How appeals are taken in and kept: the office, the persons behind them, the keys of receipts."""

from collections.abc import Mapping
from datetime import time
from functools import cached_property

from aimas.accounts import Role
from aimas.app.ground import Ground
from aimas.appeals.calendars import OfficeHours
from aimas.appeals.law import Terms, TwoMonths, read_pause_grounds
from aimas.appeals.pii import Pii
from aimas.appeals.receipt_keys import PastKey
from aimas.appeals.receipts import Receipt, Unproven, proven
from aimas.appeals.routing import read_routing
from aimas.appeals.service import Appeals, Office, Suggesting
from aimas.core import Language
from aimas.storage.appeals import SqlAppeals
from aimas.storage.persons import Persons, derived
from aimas.text import LanguageDetector


class Appealing(Ground):
    """A home as applicants and officers meet it."""

    @cached_property
    def office(self) -> Office:
        """By which name, hours and readings of the law appeals are taken in."""
        said = self.settings
        hours = OfficeHours(
            zone=said.timezone,
            opens=time.fromisoformat(said.office_opens),
            closes=time.fromisoformat(said.office_closes),
        )
        title = self.profiles[0].title
        names = _by_language(said.institution, said.language) or _by_language(
            {tongue: getattr(title, tongue) for tongue in ("ru", "kk", "en")}, said.language
        )
        receivers = _by_language(said.appeals_receiver, said.language) or names
        return Office(
            name=names[said.language],
            receiver=receivers[said.language],
            names=names,
            receivers=receivers,
            sends_mail=bool(said.smtp_host and said.smtp_from),
            terms=Terms(
                hours=hours,
                two_months=TwoMonths(said.two_months),
                pause_grounds=read_pause_grounds(self.home.folder),
                reopened_working_days=said.reopened_working_days or None,
            ),
            calendar=said.appeals_calendar,
            routing=read_routing(self.home.folder),
            least_for_ranks=said.least_for_ranks,
            ours=said.appeals_contacts,
        )

    @cached_property
    def appeal_store(self) -> SqlAppeals:
        return SqlAppeals(self._engine, derived(self.home.master_key(), b"aimas-marks-1"))

    @cached_property
    def persons(self) -> Persons:
        """The encrypted store of what applicants wrote."""
        return Persons(
            self._engine,
            self.home.attachments,
            self.home.master_key(),
            self.archive.settling,
            self.appeal_store.forget_marks,
            find=self.personal_data,
        )

    @cached_property
    def appeals(self) -> Appeals:
        return Appeals(
            self.appeal_store,
            self.persons,
            self.archive.settling,
            self.clock,
            self.office,
            self.home.receipt_key,
            derived(self.home.master_key(), b"aimas-receipts-1"),
            self._languages.detect,
            staff=self._staff,
            suggesting=_suggester,
            find=self.personal_data,
        )

    def personal_data(self, text: str) -> tuple[Pii, ...]:
        """By rules and, where its model is installed, the network."""
        # Imported here: the model's runtime is slow to load.
        from aimas.appeals.finding import found

        return found(text)

    def _staff(self) -> list[tuple[str, tuple[str, ...]]]:
        """Officers with an account that is open."""
        return [
            (account.name, account.units)
            for account in self.accounts.all()
            if Role.OFFICER in account.roles and not account.is_closed
        ]

    def language_of(self, text: str) -> Language:
        return self._languages.detect(text).value

    @cached_property
    def _languages(self) -> LanguageDetector:
        return LanguageDetector()

    @property
    def receipt_keys(self) -> tuple[str, ...]:
        """Public keys (hex) that receipts of this home are signed with: the present one, then older ones."""
        present = self.home.receipt_key().public_key().public_bytes_raw().hex()
        return (present, *(past.key for past in self.home.past_receipt_keys()))

    def proven(self, receipt: str) -> Receipt | Unproven:
        """Of this institution, whichever of its keys signed it while it did."""
        until = {past.key: past.until for past in self.home.past_receipt_keys()}
        return proven(receipt, self.receipt_keys, until)

    def rotate_receipt_key(self, *, is_leaked: bool) -> PastKey:
        """Another key signs receipts from now on; those of the old one stay proven."""
        with self.archive.settling() as settlement:
            # In the writer's turn: no receipt is being signed meanwhile.
            past = self.home.rotate_receipt_key(self.clock.now(), is_leaked=is_leaked)
            told = {"old": past.key, "new": past.next, "leaked": is_leaked}
            settlement.act("receipt-key-rotated", past.next, told)
        return past


def _suggester() -> Suggesting | None:
    # Imported here: the model's runtime is slow to load, and most verbs suggest nothing.
    from aimas.appeals.suggesting import load_suggester

    return load_suggester()


def _by_language(said: str | Mapping[str, str], first: str) -> dict[str, str]:
    """What a setting says in each language: where one lacks, in the first, then in any; empty where nothing is said."""
    told = dict.fromkeys(("ru", "kk", "en"), said) if isinstance(said, str) else dict(said)
    told = {tongue: words.strip() for tongue, words in told.items() if words.strip()}
    if not told:
        return {}
    usual = told.get(first) or next(iter(told.values()))
    return {tongue: told.get(tongue, usual) for tongue in ("ru", "kk", "en")}
