"""Nouns with everything defaulted but the point of the test."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from sqlalchemy import inspect

from aimas.core import (
    Actor,
    DatedBy,
    Fetched,
    Guess,
    Language,
    Mention,
    Place,
    Publication,
    Reading,
    Span,
    Theme,
    Tone,
)
from aimas.storage.archive import Archive, Filed
from aimas.storage.database import connect, open_database
from aimas.storage.index import Index
from aimas.storage.originals import Vault
from aimas.storage.records import Records

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)
KEY = bytes(range(32))
TESTER = Actor("person", "tester")


class StoppedClock:
    """Moves only when told."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def advance(self, **span: float) -> None:
        self.time += timedelta(**span)


def publication(text: str = "Полиция задержала вора.", **changes: object) -> Publication:
    fields: dict[str, object] = {
        "source": "tengri",
        "address": None,
        "title": "",
        "text": text,
        "site_name": None,
        "published_at": NOW,
        "dated_by": DatedBy.FEED,
        "fetched_at": NOW,
        "language_hint": None,
        "original": text.encode(),
        "media_type": "text/plain",
        "name": "row 1",
    }
    return Publication(**{**fields, **changes})  # type: ignore[arg-type]


def mention(tone: Tone | None = None, institution: str = "kz-mia") -> Mention:
    return Mention(
        institution=institution,
        target="police",
        span=Span(0, 7),
        sentence=Span(0, 7),
        why="полиция",
        tone=None if tone is None else Guess(tone, 0.9, (), "tone/test"),
    )


def reading(
    text: str = "Полиция задержала вора.",
    *,
    language: Language = Language.RU,
    tone: Tone | None = None,
    relevant: bool = False,
    regions: tuple[str, ...] = (),
    themes: tuple[str, ...] = (),
    **changes: object,
) -> Reading:
    """Of a publication with `changes`; a tone makes it relevant."""
    return Reading(
        publication=publication(text, **changes),
        language=Guess(language, 0.99, (), "language/test"),
        mentions=(mention(tone),) if tone or relevant else (),
        places=tuple(Place(r, r, Span(0, 1)) for r in regions),
        themes=tuple(Theme("kz-mia", t, ()) for t in themes),
        versions=("language/test",),
    )


def fetched(text: str = "Полиция задержала вора.", **changes: object) -> Fetched:
    fields: dict[str, object] = {
        "source": "import",
        "address": None,
        "media_type": "text/plain",
        "body": text.encode(),
        "text": text,
        "fetched_at": NOW,
        "name": "row 1",
    }
    return Fetched(**{**fields, **changes})  # type: ignore[arg-type]


class Shelf:
    """Records, originals and index in one folder, without the rest of a home."""

    def __init__(
        self, folder: Path, pool: Callable[[str], str] = lambda source: source, *, address: str = ""
    ) -> None:
        """With an address the records lie on that PostgreSQL."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / "records.sqlite"
        self.address = address
        self.clock = StoppedClock()
        known = address and inspect(connect(address)).has_table("meta")
        self.engine = open_database(address or self.path, create=not known)
        self.vault = Vault(folder / "originals", KEY)
        self.archive = Archive(self.engine, self.vault, self.clock, TESTER, pool)
        self.records = Records(self.engine, self.vault)

    def file(self, *readings: Reading) -> list[Filed | str]:
        """What was filed, or why not, one settlement for all."""
        with self.archive.settling():
            outcomes = self.archive.file(readings)
        return [getattr(o, "value", None) or o.reason.value for o in outcomes]  # type: ignore[union-attr]

    def meddle(self, *statements: str) -> None:
        """What somebody with the keys to the database could do behind the program's back."""
        with self.engine.connect() as connection:
            if self.engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            else:
                connection.exec_driver_sql("SET session_replication_role = replica")
                statements = tuple(re.sub(r"x'([0-9a-f]*)'", r"'\\x\1'::bytea", s) for s in statements)
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.commit()
            connection.invalidate()

    def index(self) -> Index:
        return Index(self.folder / "index", UTC)

    def follow(self, index: Index) -> None:
        writer = index.writer()
        while writer.follow(self.records):
            pass
        writer.close()

    def close(self) -> None:
        self.vault.close()
        self.engine.dispose()


def with_(thing: Reading, **changes: object) -> Reading:
    return msgspec.structs.replace(thing, **changes)
