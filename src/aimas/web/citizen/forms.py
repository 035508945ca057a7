"""Reads what a form or a phone's queue sent, and says field by field what is wrong with it."""

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import ClientException

from aimas.appeals.categories import categories
from aimas.appeals.law import kinds
from aimas.appeals.service import Applicant, Attachment, NewAppeal, Place
from aimas.appeals.types import Channel, Standing
from aimas.core import Language
from aimas.intake.attachments import LIMITS, RefusedAttachment, checked, refuse_too_much
from aimas.web.texts import TONGUES, Texts, catalogue

CONFIDENTIAL = ("police_conduct", "custody_conditions")
"""What is about these is seen only by those who are on the case's list, whatever its kind."""
BODY_BYTES = LIMITS.bytes_in_all + 2_000_000
"""All files of an appeal and its words."""
MOST = {
    "text": 20_000,
    "asks": 5_000,
    "reason": 4_000,
    "place_words": 300,
    "name": 200,
    "address": 400,
    "phone": 40,
    "email": 200,
}
"""Characters of each field; a longer one is refused in words, and never cut."""
_LINES = ("place_words", "name", "address", "phone", "email")
PATTERNS = {
    "phone": r"[0-9+() .\-]{5,40}",
    "email": r"[^\s@<>,;]{1,100}@[^\s@<>,;]{1,100}\.[^\s@<>,;]{2,60}",
    "iin": r"[0-9]{12}",
}
"""What the whole of a field that is filled in must be; read alike by Python and by browsers."""
_IN_ORDER = (
    "kind",
    "category",
    "text",
    "asks",
    "place_words",
    "latitude",
    "files",
    "standing",
    "name",
    "address",
    "iin",
    "phone",
    "email",
    "signed",
)
"""Fields as the forms ask for them, and so their mistakes."""
_MEBI = 1024 * 1024

Errors = dict[str, str]


class Shown(msgspec.Struct, frozen=True):
    """The limits as a page tells them."""

    count: int = LIMITS.count
    each: int = LIMITS.bytes_each // _MEBI
    all: int = LIMITS.bytes_in_all // _MEBI
    bytes_each: int = LIMITS.bytes_each
    bytes_in_all: int = LIMITS.bytes_in_all


class Sent(msgspec.Struct, frozen=True):
    """A form as it came: words by name, and files as name, declared type and content."""

    fields: Mapping[str, str]
    files: tuple[tuple[str, str, bytes], ...] = ()
    """Those of the field `files`."""
    others: Mapping[str, bytes] = {}
    """Content of files of other fields, by field."""

    def word(self, name: str, most: int = 400) -> str:
        """One line, cut where nothing sensible is longer."""
        return " ".join(self.fields.get(name, "").split())[:most]

    def words(self, name: str) -> str:
        """Lines as a browser without scripts and one with them alike send them."""
        return self.fields.get(name, "").replace("\r\n", "\n").replace("\r", "\n").strip()

    def has(self, name: str) -> bool:
        return self.fields.get(name, "") not in ("", "0", "false")


class _JsonFile(msgspec.Struct):
    name: str
    content: str
    """Base64."""
    media_type: str = ""


async def sent(request: Request[Any, Any, Any]) -> Sent:
    """Raises ClientException for what is neither a form nor JSON of words and files."""
    if request.content_type[0] == "application/json":
        return _of_json(await request.body())
    try:
        form = await request.form()
    except (ValueError, KeyError):
        raise ClientException("The form is broken.") from None
    fields: dict[str, str] = {}
    files: list[tuple[str, str, bytes]] = []
    others: dict[str, bytes] = {}
    for name, value in form.multi_items():
        if not isinstance(value, UploadFile):
            fields[name] = str(value)
            continue
        content = await value.read()
        # A browser sends an empty part where nothing was chosen.
        if name != "files":
            others[name] = content
        elif value.filename or content:
            files.append((value.filename or "file", value.content_type or "", content))
    return Sent(fields, tuple(files), others)


def _of_json(body: bytes) -> Sent:
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
        listed = msgspec.convert(said.pop("files", []), list[_JsonFile])
        files = tuple((f.name, f.media_type, base64.b64decode(f.content, validate=True)) for f in listed)
    except (msgspec.MsgspecError, UnicodeDecodeError, binascii.Error, ValueError):
        raise ClientException("The JSON is not what this address takes.") from None
    wrong = [name for name, value in said.items() if not isinstance(value, str | int | float | bool | None)]
    if wrong:
        raise ClientException(f"{wrong[0][:60]} is no word.")
    fields = {
        name: "" if value is None or value is False else "1" if value is True else str(value)
        for name, value in said.items()
    }
    return Sent(fields, files)


def too_long(said: Sent, t: Texts) -> Errors:
    """By field, counted as the citizen wrote it."""
    found = [name for name, most in MOST.items() if len(said.words(name)) > most]
    return {
        name: t("citizen.error.longline" if name in _LINES else "citizen.error.long", n=t.number(MOST[name]))
        for name in found
    }


def attachments(said: Sent, t: Texts) -> tuple[tuple[Attachment, ...], Errors]:
    """Checked and made harmless; or what is wrong with each one that is not taken."""
    try:
        refuse_too_much([len(content) for _, _, content in said.files])
    except RefusedAttachment as error:
        # Told before any is opened: that is work.
        return (), {"files": t(f"citizen.error.files.{error.refusal.value}", name="")}
    made, wrong = [], []
    for name, declared, content in said.files:
        try:
            made.append(checked(name, declared, content, keep_place=said.has("keep_place")))
        except RefusedAttachment as error:
            shown = name.replace("\\", "/").rsplit("/", 1)[-1][:80]
            wrong.append(t(f"citizen.error.files.{error.refusal.value}", name=shown))
    return tuple(made), {"files": " ".join(wrong)} if wrong else {}


def new_appeal(said: Sent, t: Texts) -> tuple[NewAppeal | None, Errors]:
    """The appeal, or None with all that is wrong, by field and in the form's order."""
    is_message = said.fields.get("what") == "message"
    is_about_police = said.fields.get("what") == "police"
    errors = too_long(said, t)
    language = said.fields.get("language", "")
    language = language if language in TONGUES else t.tongue
    text = _text(said, t, language, errors)
    kind = (
        "message"
        if is_message
        else "complaint"
        if is_about_police
        else said.fields.get("kind", "application")
    )
    if kind not in kinds():
        errors["kind"] = t("citizen.error.kind")
    category = said.fields.get("category") or None
    known = CONFIDENTIAL if is_about_police else tuple(c.id for c in categories())
    if category is not None and category not in known:
        errors["category"] = t("citizen.error.category")
    standing = _standing(said, is_message)
    if standing is None:
        errors["standing"] = t("citizen.error.standing")
    applicant = None if standing is Standing.ANONYMOUS else _applicant(said, standing, t, errors)
    place = _place(said, t, errors)
    files, wrong = attachments(said, t)
    errors |= wrong
    if errors or standing is None:
        return None, {name: errors[name] for name in (*_IN_ORDER, *errors) if name in errors}
    return (
        NewAppeal(
            text=text,
            language=Language(language),
            channel=Channel.WEB,
            standing=standing,
            kind=kind,
            applicant=applicant,
            attachments=files,
            place=place,
            category=category,
            # By that form also where he cannot say which of them it is.
            is_confidential=is_about_police or category in CONFIDENTIAL,
            nonce=_nonce(said),
            is_police_message=is_message,
        ),
        {},
    )


def _text(said: Sent, t: Texts, language: str, errors: Errors) -> str:
    """What happened, and each request on a line of its own, so that each is counted and answered."""
    own = catalogue(language)
    text, asks = said.words("text"), said.words("asks")
    if not text:
        errors["text"] = t("citizen.error.text")
    parts = [text]
    # A place without coordinates has no other home than the text.
    if (where := _where(said)) and coordinates(said)[0] is None:
        parts.append(own["citizen.where.line"].format(words=where))
    lines = [line.strip() for line in asks.split("\n") if line.strip()]
    if lines:
        listed = "\n".join(f"{n}. {line}" for n, line in enumerate(lines, 1))
        parts.append(f"{own['citizen.asks.opens']}\n{listed}")
    return "\n\n".join(parts)


def _standing(said: Sent, is_message: bool) -> Standing | None:
    asked = "signal" if is_message else said.fields.get("standing", "")
    return Standing(asked) if asked in {s.value for s in Standing} else None


def misfits(applicant: Applicant) -> tuple[str, ...]:
    """Fields that are filled in, but not with what they are for; texts: `citizen.error.<field>`."""
    return tuple(
        field
        for field, pattern in PATTERNS.items()
        if (value := getattr(applicant, field)) and not re.fullmatch(pattern, value)
    )


def applicant_of(said: Sent, t: Texts, errors: Errors, *, signs: bool) -> Applicant:
    """What was told of the person; who signs gives name, address and word (article 63)."""
    made = Applicant(
        name=said.word("name", MOST["name"]),
        iin=re.sub(r"\s", "", said.fields.get("iin", ""))[:14] if signs else "",
        address=said.word("address", MOST["address"]) if signs else "",
        phone=said.word("phone", MOST["phone"]),
        email=said.word("email", MOST["email"]),
    )
    lacking = {"name": made.name, "address": made.address, "signed": said.has("signed")} if signs else {}
    for field in (*(field for field, given in lacking.items() if not given), *misfits(made)):
        errors.setdefault(field, t(f"citizen.error.{field}"))
    return made


def _applicant(said: Sent, standing: Standing | None, t: Texts, errors: Errors) -> Applicant | None:
    made = applicant_of(said, t, errors, signs=standing is Standing.APPEAL)
    return made if made.told() else None


def _place(said: Sent, t: Texts, errors: Errors) -> Place | None:
    point, wrong = coordinates(said)
    if wrong:
        errors["latitude"] = t("citizen.error.place")
    return None if point is None else Place(latitude=point[0], longitude=point[1], words=_where(said))


def _where(said: Sent) -> str:
    return said.word("place_words", MOST["place_words"])


def coordinates(said: Sent) -> tuple[tuple[float, float] | None, bool]:
    """Latitude and longitude where both are given, a comma being as good as a point; and whether they are wrong."""
    told = [said.fields.get(name, "").strip().replace(",", ".") for name in ("latitude", "longitude")]
    if not any(told):
        return None, False
    try:
        latitude, longitude = (float(text) for text in told)
    except ValueError:
        return None, True
    is_right = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return ((latitude, longitude), False) if is_right else (None, True)


def _nonce(said: Sent) -> str | None:
    nonce = said.fields.get("nonce", "")
    return nonce if re.fullmatch(r"[\w-]{16,64}", nonce) else None
