"""The composition root: only here are parts constructed and joined."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import time, timedelta
from email.utils import parseaddr
from functools import cached_property
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import structlog
from sqlalchemy import Engine

from aimas import __version__
from aimas.accounts import Accounts, Lifetimes, Role
from aimas.alerts import Alert, Alerting, ChannelKind, Composer, Courier, SavedSearches, Sending
from aimas.alerts.calendar import calendar
from aimas.appeals.calendars import OfficeHours
from aimas.appeals.law import Terms, TwoMonths, read_pause_grounds
from aimas.appeals.pii import Pii
from aimas.appeals.posting import Posting, Postman
from aimas.appeals.receipt_keys import PastKey
from aimas.appeals.receipts import Receipt, Unproven, proven
from aimas.appeals.routing import read_routing
from aimas.appeals.service import Appeals, Office, Suggesting
from aimas.core import (
    POOL,
    Actor,
    BadInput,
    Clock,
    DropReason,
    Fetched,
    Language,
    Outcome,
    Ownership,
    Passed,
    StoredPublication,
    SystemClock,
    Tone,
    Unavailable,
    current_actor,
    new_trail,
    on_trail,
)
from aimas.engines import Cluster, LocalEngine, Progress, RunReport, Traced, Workers
from aimas.extraction import Extractor, MemoryTemplates, TemplateStore
from aimas.flow import Kit, RereadReport, Step, Understanding, monitoring, reading, reread
from aimas.home import Home
from aimas.institution import Institutions, Profile, gazetteer, require_profile
from aimas.intake import Limits
from aimas.intake.mailbox import Mailbox, MailboxSettings
from aimas.intake.receiving import LettersIn
from aimas.intake.rows import Rows
from aimas.ledger import Breach, Checkpoint, Finding, public_key_of, sign, verify, write_checkpoint
from aimas.notify import EmailSettings, TelegramSettings, by_email, by_telegram, by_webhook
from aimas.notify.answers import postman
from aimas.precincts import Inspectors
from aimas.search.service import Question, Search
from aimas.search.stories import Storyteller
from aimas.settings import Settings, read_settings
from aimas.sources import ClientSettings, Gatherer, GatherSettings, GuardedClient, Source, SourceKind
from aimas.sources.types import IMPORT
from aimas.storage.accounts import SqlAccounts
from aimas.storage.alerts import SqlAlerts
from aimas.storage.appeals import SqlAppeals
from aimas.storage.archive import Archive
from aimas.storage.database import is_postgresql, open_database
from aimas.storage.index import Index, IndexWriter
from aimas.storage.intake import SqlIntake
from aimas.storage.labels import Labels
from aimas.storage.limits import SqlLimits
from aimas.storage.originals import Opened, Vault
from aimas.storage.persons import Persons, derived
from aimas.storage.places import SqlPlaces
from aimas.storage.precincts import SqlPrecincts
from aimas.storage.records import Records
from aimas.storage.sealing import Seal
from aimas.storage.sources import SqlSources
from aimas.storage.templates import SqlTemplates
from aimas.storage.trails import SqlTrails
from aimas.storage.watch import SqlWatch
from aimas.stories.placing import Placer
from aimas.stories.rulings import Rulings
from aimas.text import LanguageDetector

MOST_TRAILS = 1_000
"""Named in one line of the log."""

log = structlog.get_logger(__name__)

Pure = Callable[[Iterable[Sequence[Fetched]]], Iterator[list[Traced]]]
"""Takes chunks through the pure steps somewhere, in order."""


def build_reading(
    profiles: tuple[str, ...], zone: str, templates: TemplateStore | None = None, evidence: bool = False
) -> tuple[Step, ...]:
    """The pure steps, made anew wherever they run; a worker process learns its templates for itself."""
    extractor = Extractor(templates or MemoryTemplates(), zone=ZoneInfo(zone))
    understanding = build_understanding(profiles, evidence)
    return reading(Kit(extractor.extract_batch, understanding.understand, _nowhere))


def build_understanding(profiles: tuple[str, ...], evidence: bool = False) -> Understanding:
    # Imported here: the model's runtime is slow to load, and most verbs never read.
    from aimas.tone.model import load_tone

    return Understanding(
        LanguageDetector(),
        Institutions([require_profile(p) for p in profiles]),
        gazetteer(),
        load_tone(),
        evidence=evidence,
    )


def _nowhere(_: Any) -> Any:
    raise RuntimeError("reading files nothing")


class App:
    """A home opened: parts are made when first used and shared from then on."""

    def __init__(self, folder: Path, clock: Clock | None = None, actor: Actor | None = None) -> None:
        self.home = Home(folder)
        self.settings: Settings = read_settings(folder)
        self.clock = clock or SystemClock()
        self.actor = actor or current_actor()
        self._engine = open_database(self.settings.records_url.get_secret_value() or self.home.records)

    @property
    def database(self) -> Engine:
        """For what copies the records as a whole."""
        return self._engine

    @cached_property
    def profiles(self) -> tuple[Profile, ...]:
        return tuple(require_profile(p) for p in self.settings.profiles)

    @cached_property
    def vault(self) -> Vault:
        return Vault(self.home.originals, self.home.master_key())

    @cached_property
    def archive(self) -> Archive:
        return Archive(self._engine, self.vault, self.clock, self.actor, self.shown_source)

    @cached_property
    def records(self) -> Records:
        return Records(self._engine, self.vault)

    @cached_property
    def labels(self) -> Labels:
        return Labels(self._engine)

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts(
            SqlAccounts(self._engine, Seal(self.home.master_key())),
            self.archive.settling,
            self.clock,
            lifetimes=Lifetimes(
                idle=timedelta(minutes=self.settings.session_idle_minutes),
                absolute=timedelta(hours=self.settings.session_hours),
            ),
        )

    @cached_property
    def limits(self) -> SqlLimits:
        """Of guessing, over all processes of this home."""
        return SqlLimits(self._engine, derived(self.home.master_key(), b"aimas-limits-1"))

    @cached_property
    def sources(self) -> SqlSources:
        return SqlSources(self._engine, Seal(self.home.master_key()))

    @cached_property
    def index(self) -> Index:
        return Index(self.home.index, self.settings.zone)

    @cached_property
    def search(self) -> Search:
        return Search(
            self.index,
            self.records,
            self.clock,
            self.settings.zone,
            named=lambda name: self.searches.named(name),
        )

    @cached_property
    def reading_steps(self) -> tuple[Step, ...]:
        """What is gathered live is few: the words that decided are found at once."""
        return build_reading(self.settings.profiles, self.settings.timezone, self._templates, evidence=True)

    @cached_property
    def bulk_steps(self) -> tuple[Step, ...]:
        """The words that decided are found when a publication is first looked at."""
        return build_reading(self.settings.profiles, self.settings.timezone, self._templates)

    @cached_property
    def _templates(self) -> SqlTemplates:
        return SqlTemplates(self._engine)

    @cached_property
    def client(self) -> GuardedClient:
        delay = self.settings.admitted_delay_s
        return GuardedClient(
            ClientSettings(
                version=__version__,
                contact=self.settings.contact or None,
                delay_s=self.settings.host_delay_s,
                admitted=dict.fromkeys(self.settings.admitted, delay),
                max_bytes=self.settings.max_body_mb * 1024 * 1024,
                max_packed_bytes=self.settings.max_body_mb * 1024 * 1024,
            )
        )

    def engine(self, elsewhere: Pure | None = None, *, bulk: bool = False) -> LocalEngine:
        archive = self.archive
        if elsewhere is not None:
            # The pure steps run elsewhere; here they only have their names.
            steps = (*_names_only(), *monitoring(Kit(_nowhere, _nowhere, archive.file))[-1:])
            return LocalEngine(steps, archive, elsewhere)
        steps = self.bulk_steps if bulk else self.reading_steps
        return LocalEngine((*steps, *monitoring(Kit(_nowhere, _nowhere, archive.file))[-1:]), archive)

    def workers(self, count: int) -> Workers:
        return Workers(count, build_reading, (self.settings.profiles, self.settings.timezone))

    def ingest(
        self,
        items: Iterable[Outcome[Fetched]],
        *,
        source: str,
        progress: Progress | None = None,
        workers: int = 0,
        cluster: str = "",
    ) -> RunReport:
        """Takes items through the whole flow; stopped at any moment, run the same again to go on.

        `cluster` is the address of a Dask scheduler whose machines read; this process alone writes.
        """
        with on_trail(new_trail()):
            log.info("ingest.began", source=source)
            report = self._ingested(items, source, progress, workers, cluster)
            log.info("ingest.ended", **msgspec.to_builtins(report))
        return report

    def _ingested(
        self,
        items: Iterable[Outcome[Fetched]],
        source: str,
        progress: Progress | None,
        workers: int,
        cluster: str,
    ) -> RunReport:
        if cluster:
            with Cluster(cluster) as machines:
                elsewhere = machines.steps(build_reading, (self.settings.profiles, self.settings.timezone))
                return self.engine(elsewhere).run(items, source=source, progress=progress)
        if workers < 2:
            return self.engine(bulk=True).run(items, source=source, progress=progress)
        with self.workers(workers) as pool:
            return self.engine(pool).run(items, source=source, progress=progress)

    def reread(self, progress: Progress | None = None, cluster: str = "") -> RereadReport:
        """Reads again what older versions of model, profile or places read; stopped, it goes on at the next call."""
        present = build_understanding(self.settings.profiles)
        if cluster:
            with Cluster(cluster) as machines:
                spread = machines.understanding(build_understanding, (self.settings.profiles,))
                report = reread(present, self.records, self.archive, progress, spread)
        else:
            report = reread(present, self.records, self.archive, progress)
        if report.reread:
            with self.archive.settling() as settlement:
                settlement.act("reread", self.records.home, msgspec.to_builtins(report))
        return report

    @cached_property
    def _explainer(self) -> Understanding:
        return build_understanding(self.settings.profiles)

    def explained(self, publication: StoredPublication) -> StoredPublication:
        """With the words that decided each tone; found now where a bulk run left them out."""
        sided = (Tone.CRITICAL, Tone.POSITIVE)
        if not any(m.tone and m.tone.value in sided and not m.tone.evidence for m in publication.mentions):
            return publication
        mentions = self._explainer.with_evidence(
            publication.shown, publication.language.value, publication.mentions
        )
        return msgspec.structs.replace(publication, mentions=mentions)

    @cached_property
    def alert_store(self) -> SqlAlerts:
        return SqlAlerts(self._engine, Seal(self.home.master_key()))

    @cached_property
    def searches(self) -> SavedSearches:
        return SavedSearches(self.alert_store, self.search, self.archive.settling, self.clock)

    @cached_property
    def alerting(self) -> Alerting:
        return Alerting(
            self.alert_store,
            self.search,
            self.searches,
            self.archive.settling,
            self.clock,
            calendar(),
            str(self.actor),
            self.index.position,
        )

    @cached_property
    def composer(self) -> Composer:
        return Composer(
            self.records.home,
            self.settings.zone,
            self.settings.board_address,
            self._listed,
            self.explained,
            self._public_name,
        )

    @property
    def _email(self) -> EmailSettings:
        said = self.settings
        return EmailSettings(
            host=said.smtp_host,
            sender=said.smtp_from,
            port=said.smtp_port,
            security=said.smtp_security,
            user=said.smtp_user,
            password=said.smtp_password.get_secret_value(),
        )

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

    @cached_property
    def sending(self) -> Sending:
        said = self.settings
        bot = TelegramSettings(token=said.telegram_token.get_secret_value(), api=said.telegram_api)
        couriers: dict[ChannelKind, Courier] = {
            ChannelKind.EMAIL: by_email(self._email),
            ChannelKind.WEBHOOK: by_webhook(self.client, self.clock),
            ChannelKind.TELEGRAM: by_telegram(self.client, bot),
        }
        return Sending(
            self.alert_store,
            self.archive.settling,
            self.clock,
            said.zone,
            self.composer.message,
            couriers,
            self.trails_of,
        )

    def _listed(self, alert: Alert, limit: int) -> list[StoredPublication]:
        """The newest of an alert's own list."""
        question = self.search.ask(alert.query, alert.institution, alert.snapshot)
        return self.search.page(question, limit=limit).publications

    @cached_property
    def trails(self) -> SqlTrails:
        return SqlTrails(self._engine)

    def trails_of(self, alert: Alert) -> list[str]:
        """By which an alert's own publications came in: of the newest thousand."""
        question = self.search.ask(alert.query, alert.institution, alert.snapshot)
        return self.trails.of([h.reading for h in self.search.hits(question, MOST_TRAILS)])

    def _public_name(self, source_id: str) -> str | None:
        source = self.sources.get_source(source_id)
        return None if source is None or source.ownership is Ownership.PERSONAL else source.name

    @cached_property
    def watch(self) -> SqlWatch:
        return SqlWatch(self._engine)

    @cached_property
    def inspectors(self) -> Inspectors:
        return Inspectors(SqlPrecincts(self._engine, self.archive.settling))

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

    @cached_property
    def places(self) -> SqlPlaces:
        return SqlPlaces(self._engine)

    @cached_property
    def stories(self) -> Storyteller:
        return Storyteller(self.search, self.places)

    @cached_property
    def rulings(self) -> Rulings:
        """About stories, in the name of this home's user."""
        return self.rulings_of(self.actor)

    def rulings_of(self, actor: Actor) -> Rulings:
        return Rulings(self.places, self.archive, str(actor))

    @cached_property
    def _placer(self) -> Placer:
        return Placer(self.places, self.archive)

    def follow(self, writer: IndexWriter, progress: Callable[[int, int], None] | None = None) -> int:
        """Puts what was filed into chains and stories, and brings the index up to the records; returns how many
        ledger positions it took in. `progress` hears how many of those that wait are placed. A home that follows
        another leaves the places to it."""
        if not self.settings.follow:
            self._placer.place_waiting(progress)
        taken, before = 0, writer.position
        while step := writer.follow(self.records):
            taken += step
        if taken:
            self._tell_indexed(before, writer.position)
        return taken

    def _tell_indexed(self, after: int, upto: int) -> None:
        stretches = self.trails.between(after, upto, MOST_TRAILS + 1)
        if len(stretches) > MOST_TRAILS:
            # An index built anew: nobody looks for one fetch in it.
            log.info("indexed", first=after + 1, last=upto)
            return
        for stretch in stretches:
            log.info("indexed", trail=stretch.trail, first=stretch.first, last=stretch.last)

    def follow_another(self) -> None:
        """From now on another home gathers; raises BadInput where that can't be, or the keys are not that home's."""
        if not is_postgresql(self._engine):
            raise BadInput(
                "Only records on a PostgreSQL can be followed from another home. See: aimas move --to postgresql://…"
            )
        self.settings = self.settings.model_copy(update={"follow": True})
        # Opens what is sealed, so that a wrong key is told now and not by the first page that needs it.
        self.sources.sources()

    def catch_up(self, patience_s: float = 3.0) -> bool:
        """Until the index has all that is on file now: what a person just did is seen on the page that follows.

        False when whoever writes the index did not get there in time.
        """
        head = self.records.head()
        try:
            writer = self.index.writer()
        except Unavailable:
            give_up = monotonic() + patience_s
            while self.index.position() < head and monotonic() < give_up:
                sleep(0.05)
            return self.index.position() >= head
        try:
            self.follow(writer)
        finally:
            writer.close()
        return True

    def gatherer(self, accept: Any) -> Gatherer:
        settings = GatherSettings(
            min_interval_s=self.settings.min_interval_s,
            max_interval_s=self.settings.max_interval_s,
            threads=self.settings.gatherers,
        )
        return Gatherer(self.sources, self.client, accept, clock=self.clock, settings=settings)

    def shown_source(self, source_id: str) -> str:
        """Under which name its publications are filed: personal pages share one, and unknown means personal."""
        source = IMPORT if source_id == IMPORT.id else self.sources.get_source(source_id)
        if source is None:
            return POOL
        is_pooled = source.ownership is Ownership.PERSONAL and source.kind is not SourceKind.IMPORT
        return POOL if is_pooled else source_id

    def declare(self, source: Source) -> None:
        """Adds or changes a source; the ledger names an outlet and only counts a personal page."""
        self.sources.put(source)
        shown: dict[str, Any] = {"id": source.id, "kind": source.kind, "ownership": source.ownership}
        if source.ownership is not Ownership.PERSONAL:
            shown |= {"name": source.name, "address": source.address}
        with self.archive.settling() as settlement:
            settlement.act("source-declared", source.id, shown)

    def retire(self, source_id: str, reason: str) -> None:
        """Ends a source; raises BadInput where there is none to end, or no reason."""
        if len(reason.strip()) < 3:
            raise BadInput("Say why the source is ended: the reason is recorded.")
        if not self.sources.retire(source_id, self.clock.now()):
            raise BadInput(f"There is no source {source_id} to end. See: aimas sources list")
        with self.archive.settling() as settlement:
            settlement.act("source-retired", source_id, {"reason": reason.strip()})

    def erase_original(self, publication_id: str, reason: str) -> None:
        """Destroys the key of a publication's original for good; record, ledger entry and a tombstone stay.

        Raises BadInput where there is nothing to erase, or no reason.
        """
        if len(reason.strip()) < 10:
            raise BadInput(
                "Say by what right the original is erased, in ten characters or more: it is recorded."
            )
        publication = self.records.get_publication(publication_id)
        if publication is None or publication.original is None:
            raise BadInput(f"No original is kept for publication {publication_id}.")
        with self.archive.settling() as settlement:
            if not settlement.erase(publication.original, reason.strip()):
                raise BadInput(f"The original of publication {publication_id} was erased already.")

    def open_original(self, publication_id: str, reason: str) -> Opened:
        """Opening an original is an act by a person, for a reason, recorded before the bytes are shown."""
        if len(reason.strip()) < 3:
            raise BadInput("Say why the original is opened: the reason is recorded.")
        publication = self.records.get_publication(publication_id)
        if publication is None or publication.original is None:
            raise BadInput(f"No original is kept for publication {publication_id}.")
        with self.archive.settling() as settlement:
            settlement.act("original-opened", publication_id, {"reason": reason.strip()})
        return self.records.open_original(publication.original)

    def record_export(self, question: Question, form: str) -> None:
        """Who took what out, before it leaves."""
        with self.archive.settling() as settlement:
            detail = {
                "query": question.text,
                "institution": question.scope.institution,
                "snapshot": question.scope.snapshot,
                "count": self.search.count(question),
                "format": form,
            }
            settlement.act("exported", "search", detail)

    def retry_held(self, position: int) -> RunReport:
        """Takes a held item through the flow again; it waits on where it fails as before.

        Raises BadInput when it cannot be tried or was settled already. Settled only afterwards: a crash in
        between repeats the try and loses nothing.
        """
        original = self.records.held_original(position)
        if original is None:
            raise BadInput(
                f"Held item {position} was settled already, or nothing was kept of it that could be tried again."
            )
        item = msgspec.msgpack.decode(self.records.open_original(original).body, type=Fetched)
        with on_trail(new_trail()):
            log.info("held.retried", position=position)
            report = self.engine().run([Passed(item)], source=item.source)
        if DropReason.ALREADY_HELD not in report.dropped:
            with self.archive.settling() as settlement:
                act = settlement.act("held-retried", str(position), {"held": position})
                if not settlement.resolve(position, act):
                    raise BadInput(f"Held item {position} was settled meanwhile.")
        return report

    def checkpoint(self, folder: Path | None = None) -> tuple[Checkpoint, Path]:
        """Signs the ledger's head and writes it to a place outside the home."""
        target = folder or (Path(self.settings.checkpoint_dir) if self.settings.checkpoint_dir else None)
        if target is None:
            raise BadInput("Say where checkpoints go: --to FOLDER, or checkpoint_dir in aimas.toml.")
        position, head = self.records.head_hash()
        checkpoint = sign(self.home.checkpoint_key(), self.records.home, position, head, self.clock.now())
        return checkpoint, write_checkpoint(checkpoint, target)

    def verify(self, against: Iterable[Checkpoint] = (), key: str | None = None) -> list[Finding]:
        """Checkpoints must be signed with `key` (hex), this home's own where it is not given."""
        found = verify(self.records, against, key=key or public_key_of(self.home.checkpoint_key()))
        return found or [
            *(Finding(Breach.SEALED, None, told) for told in self.persons.damaged()),
            *(Finding(Breach.RECORD, None, told) for told in self.appeal_store.misfits()),
            *(Finding(Breach.DERIVED, None, told) for told in self.appeals.misfits()),
        ]

    def close(self) -> None:
        self.vault.close()
        self._engine.dispose()


def _suggester() -> Suggesting | None:
    # Imported here: the model's runtime is slow to load, and most verbs suggest nothing.
    from aimas.appeals.suggesting import load_suggester

    return load_suggester()


def _names_only() -> tuple[Step, ...]:
    return reading(Kit(_nowhere, _nowhere, _nowhere))


def _by_language(said: str | Mapping[str, str], first: str) -> dict[str, str]:
    """What a setting says in each language: where one lacks, in the first, then in any; empty where nothing is said."""
    told = dict.fromkeys(("ru", "kk", "en"), said) if isinstance(said, str) else dict(said)
    told = {tongue: words.strip() for tongue, words in told.items() if words.strip()}
    if not told:
        return {}
    usual = told.get(first) or next(iter(told.values()))
    return {tongue: told.get(tongue, usual) for tongue in ("ru", "kk", "en")}
