"""What every side of an opened home stands on: settings, clock, the stores and whom they know."""

from datetime import timedelta
from functools import cached_property
from pathlib import Path

from sqlalchemy import Engine

from aimas.accounts import Accounts, Lifetimes
from aimas.core import POOL, Actor, Clock, Ownership, SystemClock, current_actor
from aimas.home import Home
from aimas.institution import Profile, require_profile
from aimas.notify import EmailSettings
from aimas.precincts import Inspectors
from aimas.settings import Settings, read_settings
from aimas.sources import SourceKind
from aimas.sources.types import IMPORT
from aimas.storage.accounts import SqlAccounts
from aimas.storage.archive import Archive
from aimas.storage.database import open_database
from aimas.storage.labels import Labels
from aimas.storage.limits import SqlLimits
from aimas.storage.originals import Vault
from aimas.storage.persons import derived
from aimas.storage.places import SqlPlaces
from aimas.storage.precincts import SqlPrecincts
from aimas.storage.records import Records
from aimas.storage.sealing import Seal
from aimas.storage.sources import SqlSources
from aimas.storage.trails import SqlTrails
from aimas.storage.watch import SqlWatch

MOST_TRAILS = 1_000
"""Named in one line of the log."""


class Ground:
    """Parts are made when first used and shared from then on."""

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

    def shown_source(self, source_id: str) -> str:
        """Under which name its publications are filed: personal pages share one, and unknown means personal."""
        source = IMPORT if source_id == IMPORT.id else self.sources.get_source(source_id)
        if source is None:
            return POOL
        is_pooled = source.ownership is Ownership.PERSONAL and source.kind is not SourceKind.IMPORT
        return POOL if is_pooled else source_id

    @cached_property
    def trails(self) -> SqlTrails:
        return SqlTrails(self._engine)

    @cached_property
    def places(self) -> SqlPlaces:
        return SqlPlaces(self._engine)

    @cached_property
    def watch(self) -> SqlWatch:
        return SqlWatch(self._engine)

    @cached_property
    def inspectors(self) -> Inspectors:
        return Inspectors(SqlPrecincts(self._engine, self.archive.settling))

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

    def close(self) -> None:
        self.vault.close()
        self._engine.dispose()
