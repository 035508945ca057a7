"""Appeals from a table (CSV, JSON Lines): each row is filed, known or held with its reason; the counts add up.

A row is known by the name of its origin and its own number there, so an import that was broken off is simply run again.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

from aimas.appeals.service import Appeals, Applicant, NewAppeal, Place
from aimas.appeals.store import Settle
from aimas.appeals.types import Channel, Standing
from aimas.core import Actor, BadInput, Clock, Language

VERB = "appeals-imported"
S = TypeVar("S", bound=StrEnum)

_KEPT_NAMES = 200
"""Held rows that a report names; all are counted."""


class Field(StrEnum):
    """What a column may hold."""

    ID = "id"
    """The row's own number where it comes from."""
    TEXT = "text"
    """What was said."""
    DATE = "date"
    """Of receipt: ISO, or day.month.year, with a time or without."""
    NAME = "name"
    """The applicant's; with it the row is an appeal unless it says otherwise."""
    IIN = "iin"
    """The applicant's."""
    ADDRESS = "address"
    """The applicant's."""
    PHONE = "phone"
    """The applicant's."""
    EMAIL = "email"
    """The applicant's."""
    LANGUAGE = "language"
    """`ru`, `kk` or `en`; told by the text where it is missing."""
    KIND = "kind"
    """Id of a kind by law."""
    CATEGORY = "category"
    """Id of one of the twelve."""
    STANDING = "standing"
    """`appeal`, `signal` or `anonymous`."""
    CHANNEL = "channel"
    """How it came; `import` where it is missing."""
    LATITUDE = "latitude"
    """Degrees, with the longitude."""
    LONGITUDE = "longitude"
    """Degrees."""
    PLACE = "place"
    """In words, beside the degrees."""
    CONFIDENTIAL = "confidential"
    """`yes`, `true`, `1`, `да` or `иә`."""


NAMES: Mapping[Field, tuple[str, ...]] = {
    Field.ID: ("id", "external_id", "number", "номер", "рег_номер", "нөмірі", "№"),
    Field.TEXT: ("text", "description", "текст", "суть", "содержание", "мәтін", "мазмұны"),
    Field.DATE: ("date", "received_at", "received", "дата", "дата_поступления", "күні", "түскен_күні"),
    Field.NAME: ("name", "applicant", "заявитель", "фио", "аты-жөні", "өтініш_беруші"),
    Field.IIN: ("iin", "иин", "жсн"),
    Field.ADDRESS: ("address", "адрес", "мекенжайы"),
    Field.PHONE: ("phone", "телефон", "телефоны"),
    Field.EMAIL: ("email", "e-mail", "почта", "пошта"),
    Field.LANGUAGE: ("language", "lang", "язык", "тіл"),
    Field.KIND: ("kind", "type", "вид", "түрі"),
    Field.CATEGORY: ("category", "категория", "санаты"),
    Field.STANDING: ("standing",),
    Field.CHANNEL: ("channel", "канал", "арна"),
    Field.LATITUDE: ("latitude", "lat", "широта"),
    Field.LONGITUDE: ("longitude", "lon", "lng", "long", "долгота"),
    Field.PLACE: ("place", "место", "орны"),
    Field.CONFIDENTIAL: ("confidential", "конфиденциально", "құпия"),
}
"""Names that columns go by, in small letters with `_` for spaces."""


class Hold(StrEnum):
    """Why a row is not filed."""

    NO_TEXT = "no-text"
    """Nothing is said."""
    NO_ID = "no-id"
    """Without a number of its own it could not be told from itself at a second run."""
    TWICE = "twice"
    """Another row of this file has the same number."""
    CHANGED = "changed"
    """It was filed before and says something else now."""
    BAD_DATE = "bad-date"
    """The date can't be read or is not past."""
    BAD_VALUE = "bad-value"
    """A word that is none of those there are."""
    MALFORMED = "malformed"
    """The line is no row."""
    REFUSED = "refused"
    """It can't be taken in; the detail says why."""


class HeldRow(msgspec.Struct, frozen=True):
    line: int
    """From 1, the heading counted."""
    reason: Hold
    detail: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`rows` = `filed` + `known` + all that are held."""

    rows: int
    filed: int
    known: int
    held: dict[str, int]
    """By reason."""
    named: tuple[HeldRow, ...]
    """The first of the held rows."""


class _Misfit(Exception):
    def __init__(self, reason: Hold, detail: str = "") -> None:
        super().__init__(detail)
        self.reason = reason


Read = tuple[int, dict[str, str] | None]
"""A line's number and its columns; None: it is no row."""


def read_rows(file: Path) -> Iterator[Read]:
    """Of a CSV with a heading (`,` `;` or tab, UTF-8 or Windows-1251) or JSON Lines. Raises BadInput."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise BadInput(f"{file}: {error.strerror}") from None
    if file.suffix.lower() in (".jsonl", ".ndjson"):
        yield from _json_rows(raw)
        return
    if file.suffix.lower() not in (".csv", ".tsv"):
        raise BadInput(f"{file.name}: a table ends in .csv, .tsv or .jsonl.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1251", "replace")
    heading = text.partition("\n")[0]
    delimiter = max("\t;,", key=heading.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, None
            continue
        is_row = None not in row and None not in row.values()
        yield reader.line_num, {_column(k): v.strip() for k, v in row.items()} if is_row else None


def _json_rows(raw: bytes) -> Iterator[Read]:
    for number, line in enumerate(raw.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = msgspec.json.decode(line, type=dict[str, str | int | float | bool | None])
        except msgspec.MsgspecError:
            yield number, None
            continue
        yield number, {_column(k): "" if v is None else str(v).strip() for k, v in row.items()}


def columns_of(said: Iterable[str]) -> dict[Field, str]:
    """`text=Суть обращения` …; raises BadInput."""
    found: dict[Field, str] = {}
    for pair in said:
        name, _, column = pair.partition("=")
        if name not in list(Field) or not column.strip():
            raise BadInput(f"{pair!r}: write FIELD=COLUMN with one of {', '.join(Field)}.")
        found[Field(name)] = _column(column)
    return found


class Rows:
    def __init__(
        self,
        appeals: Appeals,
        settle: Settle,
        clock: Clock,
        language_of: Callable[[str], Language],
        zone: ZoneInfo,
        language: Language,
    ) -> None:
        """`zone`: of dates without an offset; `language`: where a text's own can't be told."""
        self._appeals = appeals
        self._settle = settle
        self._clock = clock
        self._language_of = language_of
        self._zone = zone
        self._language = language

    def take(
        self,
        rows: Iterable[Read],
        origin: str,
        by: Actor,
        columns: Mapping[Field, str] | None = None,
        known: Callable[[str], bool] = lambda nonce: False,
        progress: Callable[[int], None] = lambda n: None,
    ) -> Report:
        """`origin` names where the rows' own numbers count; `known` says whether a nonce was taken before."""
        total = filed = again = 0
        held: dict[str, int] = {}
        named: list[HeldRow] = []
        seen: set[str] = set()
        for line, row in rows:
            total += 1
            try:
                if row is None:
                    raise _Misfit(Hold.MALFORMED)
                new = self._appeal(row, columns or {}, origin, seen)
                assert new.nonce is not None
                was_known = known(new.nonce)
                self._file(new, by, was_known)
                again, filed = again + was_known, filed + (not was_known)
            except _Misfit as misfit:
                held[misfit.reason.value] = held.get(misfit.reason.value, 0) + 1
                if len(named) < _KEPT_NAMES:
                    named.append(HeldRow(line, misfit.reason, str(misfit)))
            progress(total)
        report = Report(
            rows=total, filed=filed, known=again, held=dict(sorted(held.items())), named=tuple(named)
        )
        with self._settle(by) as settlement:
            detail = {"rows": total, "filed": filed, "known": again, "held": report.held}
            settlement.act(VERB, origin[:64], detail)
        return report

    def _file(self, new: NewAppeal, by: Actor, was_known: bool) -> None:
        try:
            self._appeals.file(new, by)
        except BadInput as error:
            raise _Misfit(Hold.CHANGED if was_known else Hold.REFUSED, str(error)) from None

    def _appeal(
        self, row: dict[str, str], columns: Mapping[Field, str], origin: str, seen: set[str]
    ) -> NewAppeal:
        def said(field: Field) -> str:
            if field in columns:
                return row.get(columns[field], "")
            return next((row[name] for name in NAMES[field] if row.get(name)), "")

        own = said(Field.ID)
        if not own:
            raise _Misfit(Hold.NO_ID)
        if own in seen:
            raise _Misfit(Hold.TWICE, own)
        seen.add(own)
        text = said(Field.TEXT)
        if not text:
            raise _Misfit(Hold.NO_TEXT)
        applicant = Applicant(
            name=said(Field.NAME),
            iin=said(Field.IIN),
            address=said(Field.ADDRESS),
            phone=said(Field.PHONE),
            email=said(Field.EMAIL),
        )
        is_told = bool(applicant.told())
        named = Standing.APPEAL if applicant.name else Standing.SIGNAL
        least = named if is_told else Standing.ANONYMOUS
        standing = _one_of(Standing, said(Field.STANDING), least)
        return NewAppeal(
            text=text,
            language=self._told_language(said(Field.LANGUAGE), text),
            channel=_one_of(Channel, said(Field.CHANNEL), Channel.IMPORT),
            standing=standing,
            kind=said(Field.KIND) or "application",
            applicant=applicant if is_told and standing is not Standing.ANONYMOUS else None,
            place=_place(said(Field.LATITUDE), said(Field.LONGITUDE), said(Field.PLACE)),
            category=said(Field.CATEGORY) or None,
            is_confidential=said(Field.CONFIDENTIAL).lower() in ("1", "true", "yes", "да", "иә"),
            nonce="row-" + hashlib.sha256(f"{origin}\x1f{own}".encode()).hexdigest()[:32],
            received_at=self._at(said(Field.DATE)),
        )

    def _told_language(self, said: str, text: str) -> Language:
        if said:
            return _one_of(Language, said.lower(), Language.RU)
        told = self._language_of(text)
        if told is Language.KK_RU:
            return Language.KK
        return told if told in (Language.RU, Language.KK, Language.EN) else self._language

    def _at(self, said: str) -> datetime | None:
        if not said:
            return None
        at = _moment(said)
        if at is None:
            raise _Misfit(Hold.BAD_DATE, said[:40])
        if at.tzinfo is None:
            at = at.replace(tzinfo=self._zone)
        if at > self._clock.now():
            raise _Misfit(Hold.BAD_DATE, said[:40])
        return at


def _moment(said: str) -> datetime | None:
    try:
        if len(said) == 10 and said[4] == "-":
            return datetime.combine(date.fromisoformat(said), time(12))
        return datetime.fromisoformat(said)
    except ValueError:
        pass
    day, _, hour = said.partition(" ")
    parts = day.split(".")
    try:
        when = date(int(parts[2]), int(parts[1]), int(parts[0]))
        return datetime.combine(when, time.fromisoformat(hour) if hour else time(12))
    except (ValueError, IndexError):
        return None


def _place(latitude: str, longitude: str, words: str) -> Place | None:
    if not latitude and not longitude:
        return None
    try:
        at = float(latitude.replace(",", ".")), float(longitude.replace(",", "."))
    except ValueError:
        raise _Misfit(Hold.BAD_VALUE, "place") from None
    if not (-90 <= at[0] <= 90 and -180 <= at[1] <= 180):
        raise _Misfit(Hold.BAD_VALUE, "place")
    return Place(*at, words)


def _one_of(kind: type[S], said: str, least: S) -> S:
    if not said:
        return least
    try:
        return kind(said.lower())
    except ValueError:
        raise _Misfit(
            Hold.BAD_VALUE, f"{said[:40]}: one of {', '.join(each.value for each in kind)}"
        ) from None


def _column(name: str | None) -> str:
    return "_".join((name or "").strip().lower().split())
