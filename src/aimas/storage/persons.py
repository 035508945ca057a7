"""The encrypted store of appeals: who wrote, what was written and answered. Each case has a key of its own, wrapped by
the home's; destroying it makes the case unreadable for good, and the ledger can still prove that it happened.

Texts lie in the records, bytes of attachments in files of their own, both named by the SHA-256 of their sealed bytes,
which the ledger vouches for.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, insert, select, update

from aimas.appeals.erasing import ERASED
from aimas.appeals.masking import masked_opening, masked_sheet
from aimas.appeals.pii import Find, personal_data
from aimas.appeals.sheets import Attachment, AttachmentNote, Erased, Part, PartKind, Place, Sheet, Written
from aimas.appeals.store import Settlement
from aimas.core import Actor, BadInput, Unavailable
from aimas.storage import appeal_tables as tables
from aimas.storage import schema
from aimas.storage.database import checkpointed, overwritten, reading
from aimas.storage.openings import Openings

PAGE = 500
LINE = 180
"""Characters of an appeal in a list."""
_NONCE = 12
_part_out, _part_in = msgspec.json.Encoder(), msgspec.json.Decoder(Part)
_WRITTEN = (PartKind.DOCUMENT, PartKind.PRELIMINARY, PartKind.ANSWER, PartKind.NOTICE, PartKind.WORDS)


class Persons:
    """A PersonStore, and the doors to it: every look is an act in the ledger before anything is shown."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        master_key: bytes,
        settle: Callable[[Actor], AbstractContextManager[Settlement]],
        forget: Callable[[Settlement, str], None],
        find: Find = personal_data,
    ) -> None:
        """`folder` holds the attachments, `forget` takes away what was derived of a case's words.

        `find` says what masks hide.
        """
        self._engine = engine
        self._folder = folder
        self._wrap = AESGCM(derived(master_key, b"aimas-persons-1"))
        self._settle = settle
        self._forget = forget
        self._find = find
        self._openings = Openings()

    # What the service writes.

    def begin(self, settlement: Settlement, case: str) -> None:
        key, nonce = secrets.token_bytes(32), secrets.token_bytes(_NONCE)
        wrapped = nonce + self._wrap.encrypt(nonce, key, case.encode())
        row = {"case_id": case, "wrapped_key": wrapped}
        settlement.connection.execute(insert(tables.case_keys), row)

    def put(
        self,
        settlement: Settlement,
        case: str,
        position: int,
        parts: Sequence[Part],
        attachments: Sequence[Attachment] = (),
    ) -> list[str]:
        key = self._require_key(settlement.connection, case)
        every = list(parts)
        files: list[str] = []
        for attachment in attachments:
            sealed = _sealed(key, case, attachment.content)
            files.append(self._write(sealed))
            note = AttachmentNote(
                digest=hashlib.sha256(attachment.content).hexdigest(),
                name=attachment.name,
                media_type=attachment.media_type,
                size=len(attachment.content),
            )
            every.append(Part(kind=PartKind.ATTACHMENT, attachment=note, about=files[-1]))
        rows: list[dict[str, Any]] = []
        for part in every:
            sealed = _sealed(key, case, _part_out.encode(part))
            id = hashlib.sha256(sealed).hexdigest()
            rows.append(
                {"id": id, "case_id": case, "position": position, "kind": part.kind.value, "sealed": sealed}
            )
        if rows:
            settlement.connection.execute(insert(tables.case_parts), rows)
        return [*(row["id"] for row in rows), *files]

    def commitment(self, settlement: Settlement, case: str, text: str) -> str:
        key = derived(self._require_key(settlement.connection, case), b"aimas-commitment-1")
        return hmac.digest(key, text.encode(), "sha256").hex()

    # What is read.

    def place_of(self, case: str, settlement: Settlement) -> Place | None:
        connection, table = settlement.connection, tables.case_parts
        key = self._key(connection, case)
        if key is None:
            return None
        query = (
            select(table.c.sealed)
            .where(table.c.case_id == case, table.c.kind == PartKind.PLACE.value)
            .order_by(table.c.position.desc())
            .limit(1)
        )
        sealed = connection.execute(query).scalar()
        return None if sealed is None else _part_in.decode(_opened(key, case, sealed)).place

    def sheet(self, case: str, settlement: Settlement | None = None, until: int | None = None) -> Sheet:
        if settlement is not None:
            return self._sheet(settlement.connection, case, until)
        with reading(self._engine) as connection:
            return self._sheet(connection, case, until)

    def look(self, case_id: str, by: Actor, purpose: str) -> Sheet:
        """Opens the case to a person; recorded before it returns. Raises BadInput without a purpose."""
        self._record_look(case_id, by, purpose, {})
        return self.sheet(case_id)

    def masked(self, case_id: str) -> Sheet:
        """Personal data replaced by marks; needs no record."""
        return masked_sheet(self.sheet(case_id), self._find)

    def opening(self, case_id: str, position: int) -> str:
        """The masked beginning of an appeal, for a list; `position`: of the case's last event."""
        return self._openings.line(
            case_id, position, lambda: masked_opening(self.sheet(case_id), LINE, self._find)
        )

    def attachment(self, case_id: str, digest: str, by: Actor, purpose: str) -> Attachment:
        """A file by the SHA-256 of its content; recorded as a look."""
        with reading(self._engine) as connection:
            found = self._attachment(connection, case_id, digest)
        self._record_look(case_id, by, purpose, {"attachment": _told_apart(digest)})
        return found

    def attachment_of(self, case_id: str, digest: str) -> Attachment:
        """For the applicant himself, who showed number and code."""
        with reading(self._engine) as connection:
            return self._attachment(connection, case_id, digest)

    def destroy_key(self, settlement: Settlement, case: str) -> None:
        table = tables.case_keys
        overwritten(settlement.connection)
        settlement.connection.execute(update(table).where(table.c.case_id == case).values(wrapped_key=None))
        # What is derived from the words goes with them.
        self._openings.forget(case)
        self._forget(settlement, case)

    def sweep(self) -> None:
        checkpointed(self._engine)

    def damaged(self) -> Iterator[str]:
        """Descriptions of what was sealed and is not what it was, and of keys that are gone without an act."""
        events, parts = tables.case_events, tables.case_parts
        after = 0
        while True:
            with reading(self._engine) as connection:
                page = connection.execute(
                    select(events.c.position, events.c.case_id, events.c.sealed)
                    .where(events.c.position > after)
                    .order_by(events.c.position)
                    .limit(PAGE)
                ).all()
                if not page:
                    break
                span = parts.c.position.between(page[0].position, page[-1].position)
                kept = {r.id: r for r in connection.execute(select(parts).where(span)).all()}
            for row in page:
                for id in msgspec.json.decode(row.sealed):
                    part = kept.pop(id, None)
                    whole = part.sealed if part is not None else self._bytes_of(id)
                    if whole is None:
                        yield f"what was sealed with event {row.position} of case {row.case_id} is gone"
                    elif hashlib.sha256(whole).hexdigest() != id or (
                        part is not None and (part.case_id, part.position) != (row.case_id, row.position)
                    ):
                        yield f"what was sealed with event {row.position} of case {row.case_id} was altered"
            for part in kept.values():
                yield f"a sealed part of case {part.case_id} at {part.position} is named by no event"
            after = page[-1].position
        yield from self._damaged_keys()

    def _damaged_keys(self) -> Iterator[str]:
        keys, events = tables.case_keys, tables.case_events
        acts, deeds = tables.case_acts, schema.acts
        told = (
            select(acts.c.position)
            .join(deeds, deeds.c.position == acts.c.position)
            .where(acts.c.case_id == keys.c.case_id, deeds.c.verb == ERASED)
        )
        with reading(self._engine) as connection:
            silent = select(keys.c.case_id).where(keys.c.wrapped_key.is_(None), ~told.exists()).limit(20)
            for case in connection.execute(silent).scalars():
                yield f"the key of case {case} is gone and no entry says that it was erased"
            back = select(keys.c.case_id).where(keys.c.wrapped_key.is_not(None), told.exists()).limit(20)
            for case in connection.execute(back).scalars():
                yield f"the key of case {case} is back though it was erased"
            keyless = (
                select(events.c.case_id)
                .outerjoin(keys, keys.c.case_id == events.c.case_id)
                .where(events.c.turn == 1, keys.c.case_id.is_(None))
                .limit(20)
            )
            for case in connection.execute(keyless).scalars():
                yield f"the key of case {case} is gone and no entry says that it was erased"
            wrapped = connection.execute(select(keys).where(keys.c.wrapped_key.is_not(None))).all()
        for row in wrapped:
            try:
                self._unwrapped(row.case_id, row.wrapped_key)
            except InvalidTag:
                yield f"the key of case {row.case_id} was altered"

    def _bytes_of(self, id: str) -> bytes | None:
        try:
            return self._path(id).read_bytes()
        except OSError:
            return None

    def _record_look(self, case: str, by: Actor, purpose: str, detail: dict[str, Any]) -> None:
        if len(purpose.strip()) < 3:
            raise BadInput("Say why the case is opened: the reason is recorded.")
        with self._settle(by) as settlement:
            known = select(tables.case_keys.c.case_id).where(tables.case_keys.c.case_id == case)
            if settlement.connection.execute(known).first() is None:
                raise BadInput(f"There is no case {case}.")
            position = settlement.act("case-looked", case, {"purpose": purpose.strip(), **detail})
            settlement.connection.execute(insert(tables.case_acts).values(position=position, case_id=case))

    def _sheet(self, connection: Any, case: str, until: int | None = None) -> Sheet:
        key = self._key(connection, case)
        if key is None:
            return Sheet(case=case, text="", is_erased=True)
        text, applicant, place = "", None, None
        notes: list[AttachmentNote] = []
        written: list[Written] = []
        for position, part in self._parts(connection, case, key):
            if until is not None and position > until:
                break
            if part.kind is PartKind.APPEAL:
                text = part.text
            elif part.kind is PartKind.APPLICANT:
                applicant = part.applicant
            elif part.kind is PartKind.PLACE:
                place = part.place
            elif part.attachment is not None:
                notes.append(part.attachment)
            elif part.kind in _WRITTEN:
                written.append(Written(part.kind, position, part.text, part.about))
        return Sheet(
            case=case,
            text=text,
            applicant=applicant,
            place=place,
            attachments=tuple(notes),
            written=tuple(written),
        )

    def _attachment(self, connection: Any, case: str, digest: str) -> Attachment:
        key = self._key(connection, case)
        if key is None:
            raise BadInput(f"The case {case} was lawfully erased.")
        for _, part in self._parts(connection, case, key):
            note = part.attachment
            if note is not None and note.digest == digest:
                content = _opened(key, case, self._read(part.about))
                return Attachment(name=note.name, media_type=note.media_type, content=content)
        raise BadInput("There is no such attachment.")

    def _parts(self, connection: Any, case: str, key: bytes) -> Iterator[tuple[int, Part]]:
        table = tables.case_parts
        query = (
            select(table.c.position, table.c.sealed)
            .where(table.c.case_id == case)
            .order_by(table.c.position, table.c.kind, table.c.id)
        )
        for row in connection.execute(query).all():
            yield row.position, _part_in.decode(_opened(key, case, row.sealed))

    def _require_key(self, connection: Any, case: str) -> bytes:
        key = self._key(connection, case)
        if key is None:
            raise Erased(f"The case {case} was lawfully erased; nothing can be added to it.")
        return key

    def _key(self, connection: Any, case: str) -> bytes | None:
        """None: erased. Raises BadInput where there is no such case, or another home's key."""
        table = tables.case_keys
        row = connection.execute(select(table.c.wrapped_key).where(table.c.case_id == case)).first()
        if row is None:
            raise BadInput(f"There is no case {case}.")
        if row.wrapped_key is None:
            return None
        try:
            return self._unwrapped(case, row.wrapped_key)
        except InvalidTag:
            raise BadInput(
                "keys/master.key does not belong to these records; put the right one back."
            ) from None

    def _unwrapped(self, case: str, wrapped: bytes) -> bytes:
        return self._wrap.decrypt(wrapped[:_NONCE], wrapped[_NONCE:], case.encode())

    def _path(self, id: str) -> Path:
        return self._folder / id[:2] / id

    def _write(self, sealed: bytes) -> str:
        """On the disk before the transaction that names it is committed; a crash leaves bytes that nobody names."""
        id = hashlib.sha256(sealed).hexdigest()
        path = self._path(id)
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(sealed)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise Unavailable(
                f"No attachment can be written in {self._folder}: {error.strerror}. Free some room and try again."
            ) from None
        return id

    def _read(self, id: str) -> bytes:
        try:
            sealed = self._path(id).read_bytes()
        except OSError:
            raise BadInput("The attachment's bytes are gone; run: aimas verify") from None
        if hashlib.sha256(sealed).hexdigest() != id:
            raise BadInput("The attachment's bytes were altered; run: aimas verify")
        return sealed


def derived(key: bytes, purpose: bytes) -> bytes:
    """One key for one purpose (RFC 5869)."""
    return HKDF(SHA256(), 32, None, purpose).derive(key)


def _told_apart(digest: str) -> str:
    """Names one of the case's files without saying what is in it to who has the same file."""
    return digest[:8]


def _sealed(key: bytes, case: str, plain: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, plain, case.encode())


def _opened(key: bytes, case: str, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], case.encode())
    except InvalidTag:
        raise BadInput(f"What is kept of case {case} was altered; run: aimas verify") from None
