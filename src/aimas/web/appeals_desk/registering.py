"""What a clerk types in: an appeal on paper, by telephone, over the counter, or a case opened from a publication."""

import secrets
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec
from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromQuery, QueryParameter
from litestar.response import Template

from aimas.accounts import Right
from aimas.app import App
from aimas.appeals import Channel, Standing, kinds
from aimas.appeals.categories import categories
from aimas.appeals.filing import LONGEST_TEXT, USED_NONCE
from aimas.appeals.service import Applicant, Attachment, Filed, NewAppeal
from aimas.core import BadInput, Language
from aimas.intake.attachments import RefusedAttachment, checked, refuse_too_much
from aimas.web import views
from aimas.web.appeals_desk import acting
from aimas.web.appeals_desk.entering import Ask, Room, enter, signer, unkept
from aimas.web.citizen.forms import misfits
from aimas.web.citizen.talons import talon

BODY_BYTES = 45 * 1024 * 1024
LONGEST = LONGEST_TEXT
LONGEST_LINE = 300
_LINES = ("name", "iin", "address", "phone", "email")
TYPED = (Channel.PAPER, Channel.RECEPTION, Channel.PHONE, Channel.PORTAL, Channel.EMAIL)
LANGUAGES = (Language.RU, Language.KK, Language.EN)
USUAL = {
    "text": "",
    "language": "",
    "channel": Channel.PAPER.value,
    "standing": Standing.APPEAL.value,
    "kind": "application",
    "category": "",
    "received_at": "",
    "signal": "",
    "nonce": "",
    **dict.fromkeys(_LINES, ""),
    **dict.fromkeys(("unaddressed", "confidential", "message"), ""),
}
Parts = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.MULTI_PART)]


Files = tuple[tuple[str, str, bytes], ...]
"""Name, declared type, content."""


class Typed(msgspec.Struct, frozen=True):
    """The form as it was sent."""

    fields: dict[str, str]
    files: Files

    def __getitem__(self, name: str) -> str:
        return self.fields[name].strip()


@get("/appeals/new", opt={"right": Right.REGISTER}, include_in_schema=False, sync_to_thread=True)
def new_page(
    request: Ask,
    app: NamedDependency[App],
    signal: Annotated[str, QueryParameter(max_length=100)] = "",
    message: FromQuery[bool] = False,
) -> Template:
    """Empty, or filled from the publication that makes a person open a case."""
    room = enter(request, app, Right.REGISTER)
    said = USUAL | {"language": room.texts.tongue, "nonce": _drawn()}
    publication = app.records.get_publication(signal) if signal else None
    if publication is not None:
        language = publication.language.value
        known = publication.language.value in LANGUAGES
        said |= {
            "signal": publication.id,
            "text": f"{views.title_of(publication)}\n\n{publication.text}",
            "standing": Standing.SIGNAL.value,
            "channel": Channel.IMPORT.value,
            "kind": "message",
            "language": language if known else "ru",
        }
    if message:
        said |= {
            "message": "1",
            "standing": Standing.SIGNAL.value,
            "channel": Channel.PHONE.value,
            "kind": "message",
        }
    return _form(room, said)


@post(
    "/appeals/new/file",
    opt={"right": Right.REGISTER},
    include_in_schema=False,
    status_code=200,
    sync_to_thread=True,
    request_max_body_size=BODY_BYTES,
)
def file_new(request: Ask, app: NamedDependency[App], data: Parts) -> Template:
    """Registered at once; the page that answers shows the check code, and nothing else ever does."""
    room = enter(request, app, Right.REGISTER)
    typed = _typed(data)
    if wrong := _wrong(room, typed):
        return _form(room, typed.fields, 422, " ".join(wrong.values()), frozenset(wrong))
    try:
        made = _new(room, typed)
        filed = app.appeals.file(made, room.account.actor)
    except RefusedAttachment as error:
        return _form(room, typed.fields, 422, told_of_file(room, error))
    except BadInput as error:
        # Where the form served another appeal already, it is a new one from here on.
        again = typed.fields | {"nonce": _drawn()} if str(error) == USED_NONCE else typed.fields
        return _form(room, again, 422, acting.told(room, error))
    return _filed(room, filed)


def _drawn() -> str:
    """A form that is sent twice is filed once, and shows the same receipt."""
    return secrets.token_urlsafe(24)


def _form(
    room: Room, said: dict[str, str], status: int = 200, wrong: str = "", fields: frozenset[str] = frozenset()
) -> Template:
    """`fields`: those that are wrong."""
    texts, tongue = room.texts, room.texts.tongue
    publication = room.app.records.get_publication(said["signal"]) if said["signal"] else None
    channels = TYPED if publication is None else (*TYPED, Channel.IMPORT)
    return room.page(
        "appeals/new.html",
        status,
        said=said,
        wrong=wrong,
        wrong_fields=fields,
        signal=publication,
        signal_title=views.title_of(publication) if publication else "",
        choices={
            "language": [(m.value, texts(f"language.{m.value}")) for m in LANGUAGES],
            "channel": [(c.value, texts(f"desk.channel.{c.value}")) for c in channels],
            "standing": [(s.value, texts(f"desk.standing.{s.value}.says")) for s in Standing],
            "kind": [(id, kind.names[tongue]) for id, kind in kinds().items()],
            "category": [(c.id, c.name[tongue]) for c in categories()],
        },
    )


def _filed(room: Room, filed: Filed) -> Template:
    shown = talon(room.app, filed.receipt, room.texts.tongue, filed.code)
    return unkept(room.page("appeals/filed.html", filed=filed, talon=shown))


def _typed(data: dict[str, Any]) -> Typed:
    fields = {name: str(data.get(name, "")).replace("\r\n", "\n") for name in USUAL}
    return Typed(fields, files_of(data))


def files_of(data: dict[str, Any]) -> Files:
    """What came in the form's file fields."""
    sent = data.get("files", [])
    return tuple(
        (file.filename, file.content_type, file.file.read())
        for file in (sent if isinstance(sent, list) else [sent])
        if isinstance(file, UploadFile) and file.filename
    )


def _wrong(room: Room, typed: Typed) -> dict[str, str]:
    """By field, as the citizen's own form says it; a clerk may not turn away who gives no address, and records that."""
    texts, applicant = room.texts, _applicant(typed)
    found = {field: texts(f"citizen.error.{field}") for field in misfits(applicant)}
    if _lacks(typed) and not typed["unaddressed"]:
        found["address"] = texts("desk.new.noaddress")
    return found


def _lacks(typed: Typed) -> tuple[str, ...]:
    """Article 63: who signs gives name and postal address; without a name it is no appeal at all."""
    is_signed = typed["standing"] == Standing.APPEAL.value and typed["name"]
    return ("address",) if is_signed and not typed["address"] else ()


def _applicant(typed: Typed) -> Applicant:
    return Applicant(
        name=typed["name"],
        iin="".join(typed["iin"].split()),
        address=typed["address"],
        phone=typed["phone"],
        email=typed["email"],
    )


def _new(room: Room, typed: Typed) -> NewAppeal:
    """Raises BadInput, RefusedAttachment."""
    if any(len(typed[name]) > LONGEST_LINE for name in _LINES):
        raise BadInput(f"A line holds {LONGEST_LINE} characters.")
    standing = {s.value: s for s in Standing}.get(typed["standing"], Standing.APPEAL)
    channel = {c.value: c for c in (*TYPED, Channel.IMPORT)}.get(typed["channel"], Channel.PAPER)
    language = {m.value: m for m in LANGUAGES}.get(typed["language"], Language.RU)
    applicant = _applicant(typed)
    return NewAppeal(
        text=typed["text"],
        language=language,
        channel=channel,
        standing=standing,
        kind=typed["kind"] or "application",
        applicant=applicant if applicant.told() else None,
        attachments=attachments(typed.files),
        category=typed["category"] or None,
        is_confidential=bool(typed["confidential"]),
        from_signal=typed["signal"] or None,
        is_police_message=bool(typed["message"]),
        received_at=_stamp(room, typed["received_at"]),
        nonce=typed["nonce"] or None,
        receiver=signer(room, language),
        lacks=_lacks(typed),
    )


def attachments(files: Files) -> tuple[Attachment, ...]:
    """Checked and made harmless. Raises RefusedAttachment."""
    refuse_too_much([len(content) for _, _, content in files])
    return tuple(checked(name, declared, content) for name, declared, content in files)


def told_of_file(room: Room, error: RefusedAttachment) -> str:
    return room.texts(f"citizen.error.files.{error.refusal.value}", name="")


def _stamp(room: Room, said: str) -> datetime | None:
    """The stamp on the paper, by the office's clock; None: now."""
    if not said:
        return None
    try:
        return datetime.fromisoformat(said).replace(tzinfo=ZoneInfo(room.app.settings.timezone))
    except ValueError:
        raise BadInput("A day and a time are needed.") from None
