"""Open311 GeoReport v2: other programs file here and ask what became of it, in JSON and XML.

Nothing personal goes out: no words, no place, no name. Public are only cases that came this way and are neither
confidential nor anonymous; categories that few may see are of the type `blackbox`, which returns no id at all.
"""

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import msgspec
from litestar import HttpMethod, Request, route
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response import Response

from aimas.app import App
from aimas.appeals.categories import Category, categories
from aimas.appeals.queue import Order, QueueRow, QueueView
from aimas.appeals.service import SHIELDED, Applicant, NewAppeal, Place
from aimas.appeals.types import Channel, Stage, Standing
from aimas.core import Actor, BadInput, Language
from aimas.web.limits import limited

LONGEST_DESCRIPTION = 4_000
LONGEST_BODY = 64 * 1024
MOST = 1_000
SPAN = timedelta(days=90)
_PAGE = 200
_CLOSED = (Stage.ANSWERED, Stage.DELIVERED, Stage.FORWARDED, Stage.WITHDRAWN, Stage.ERASED)
_PATH = re.compile(
    r"/(?P<what>discovery|services|requests|tokens)(?:/(?P<one>[^/]{1,64}))?\.(?P<form>json|xml)"
)
_MEDIA_TYPES = {"json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
_ONE = {
    "services": "service",
    "service_requests": "request",
    "errors": "error",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
}
"""In XML: what one entry of a list is called."""


class Wrong(Exception):
    """As the specification says it: a code of HTTP and a sentence."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


class Caller(msgspec.Struct, frozen=True):
    """Who holds a key."""

    name: str
    identifies: bool


class Document(msgspec.Struct, frozen=True):
    root: str
    """In XML; JSON has only the content."""
    content: Any
    code: int = 200


@route(
    "/open311/v2/{resource:path}",
    http_method=[HttpMethod.GET, HttpMethod.POST],
    include_in_schema=False,
    opt={"exclude_from_csrf": True},
    status_code=200,
)
async def open311(
    request: Request[Any, Any, Any], resource: FromPath[str], app: NamedDependency[App]
) -> Response[bytes]:
    """Every address of the facade; the ending says which form is asked for."""
    match = _PATH.fullmatch(resource)
    form = match["form"] if match else "json"
    try:
        if match is None:
            raise Wrong(404, "There is no such resource; addresses end in .json or .xml.")
        what, one = match["what"], match["one"]
        if request.method == HttpMethod.POST:
            if (what, one) != ("requests", None):
                raise Wrong(400, "Only requests can be posted.")
            said = await _form(request)
            found = await sync_to_thread(_filed, app, request, said)
        else:
            asked = {key: value.strip() for key, value in request.query_params.items()}
            found = await sync_to_thread(_found, app, what, one, asked)
    except Wrong as wrong:
        found = Document("errors", [{"code": wrong.code, "description": str(wrong)}], wrong.code)
    body = msgspec.json.encode(found.content) if form == "json" else _xml(found.root, found.content)
    return Response(
        body, status_code=found.code, media_type=_MEDIA_TYPES[form], headers={"Cache-Control": "no-store"}
    )


def _found(app: App, what: str, one: str | None, asked: Mapping[str, str]) -> Document:
    _require_jurisdiction(app, asked)
    if what == "discovery" and one is None:
        return _discovery(app)
    if what == "services":
        if one is None:
            return Document("services", [_service(app, each) for each in categories()])
        return Document("service_definition", _definition(app, _category(one)))
    if what == "requests":
        if one is None:
            return Document("service_requests", list(_listed(app, asked)))
        return Document("service_requests", [_told(app, _row(app, one), asked)])
    if what == "tokens" and one is not None:
        row = _public(app, one)
        if row is None:
            raise Wrong(404, "There is no such token.")
        return Document("service_requests", [{"token": one, "service_request_id": row.number}])
    raise Wrong(404, "There is no such resource.")


def _discovery(app: App) -> Document:
    address = f"{app.settings.board_address}/open311/v2"
    return Document(
        "discovery",
        {
            "changeset": "2026-11-22T00:00:00Z",
            "contact": app.office.name,
            "key_service": "The institution gives keys on request.",
            "endpoints": [
                {
                    "specification": "http://wiki.open311.org/GeoReport_v2",
                    "url": address,
                    "changeset": "2026-11-22T00:00:00Z",
                    "type": "production",
                    "formats": ["application/json", "text/xml"],
                }
            ],
        },
    )


def _service(app: App, category: Category) -> dict[str, Any]:
    language = app.settings.language
    return {
        "service_code": category.id,
        "service_name": category.name[language],
        "description": category.says[language],
        "metadata": True,
        "type": "blackbox" if category.id in SHIELDED else "realtime",
        "keywords": ", ".join(sorted(set(category.name.values()))),
        "group": app.office.name,
    }


def _definition(app: App, category: Category) -> dict[str, Any]:
    said = _ATTRIBUTE[app.settings.language]
    return {
        "service_code": category.id,
        "attributes": [
            {
                "variable": True,
                "code": "confidential",
                "datatype": "singlevaluelist",
                "required": False,
                "datatype_description": None,
                "order": 1,
                "description": said["confidential"],
                "values": [{"key": "no", "name": said["no"]}, {"key": "yes", "name": said["yes"]}],
            }
        ],
    }


_ATTRIBUTE = {
    "ru": {"confidential": "Конфиденциально: видят только те, кому положено", "no": "Нет", "yes": "Да"},
    "kk": {"confidential": "Құпия: тек тиісті адамдар көреді", "no": "Жоқ", "yes": "Иә"},
    "en": {"confidential": "Confidential: seen only by those who must", "no": "No", "yes": "Yes"},
}
_NOTICE = {
    "ru": "Принято. Номер {number}, код проверки {code}: по ним обращение видно на {link}.",
    "kk": "Қабылданды. Нөмірі {number}, тексеру коды {code}: жолданымды {link} бетінен көруге болады.",
    "en": "Received. Number {number}, check code {code}: with them the appeal can be followed at {link}.",
}


def _listed(app: App, asked: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The newest first: 90 days at most, or the first 1,000, whichever is fewer."""
    if ids := asked.get("service_request_id"):
        for number in ids.split(",")[:MOST]:
            row = _public(app, number.strip())
            if row is not None:
                yield _told(app, row, asked)
        return
    start, end = _span(app, asked)
    codes = [_category(code.strip()).id for code in asked.get("service_code", "").split(",") if code.strip()]
    states = [state.strip() for state in asked.get("status", "").split(",") if state.strip()]
    if not set(states) <= {"open", "closed"}:
        raise Wrong(400, "status is open, closed or both, with a comma between.")
    size, page = _number(asked, "page_size", MOST), _number(asked, "page", 1)
    skip = (page - 1) * size
    given = 0
    for row in _rows(app, codes[0] if len(codes) == 1 else None, start):
        if row.received_at > end or (codes and row.category not in codes):
            continue
        if states and _status(row) not in states:
            continue
        if skip:
            skip -= 1
            continue
        if given == min(size, MOST):
            return
        given += 1
        yield _told(app, row, asked)


def _rows(app: App, category: str | None, start: datetime) -> Iterator[QueueRow]:
    """Public cases from the newest on, down to a moment."""
    after: str | None = None
    while True:
        view = QueueView(channel=Channel.API, category=category, order=Order.NEWEST, size=_PAGE, after=after)
        page = app.appeals.queue(view, _now(app).date())
        for row in page.rows:
            if row.received_at < start:
                return
            if _is_public(row):
                yield row
        if page.next is None:
            return
        after = page.next


def _is_public(row: QueueRow) -> bool:
    return (
        row.channel is Channel.API
        and not row.is_confidential
        and row.standing is not Standing.ANONYMOUS
        and row.category not in SHIELDED
    )


def _public(app: App, name: str) -> QueueRow | None:
    """By number or by token, which is the case's id; None: there is none, or it is nobody's to see."""
    case = app.appeals.by_number(name) or name
    page = app.appeals.queue(QueueView(cases=(case,), size=1), _now(app).date())
    return page.rows[0] if page.rows and _is_public(page.rows[0]) else None


def _row(app: App, number: str) -> QueueRow:
    row = _public(app, number)
    if row is None:
        raise Wrong(404, "There is no public request with this service_request_id.")
    return row


def _told(app: App, row: QueueRow, asked: Mapping[str, str]) -> dict[str, Any]:
    category = next((each for each in categories() if each.id == row.category), None)
    told: dict[str, Any] = {
        "service_request_id": row.number,
        "status": _status(row),
        "status_notes": None,
        "service_name": category.name[app.settings.language] if category else None,
        "service_code": row.category,
        "description": None,
        "agency_responsible": app.office.name,
        "service_notice": None,
        "requested_datetime": _w3c(app, row.received_at),
        "updated_datetime": _w3c(app, row.updated_at),
        "expected_datetime": _expected(app, row),
        "address": None,
        "address_id": None,
        "zipcode": None,
        "lat": None,
        "long": None,
        "media_url": None,
    }
    if asked.get("extensions") == "true":
        told["extended_attributes"] = {
            "legal_standing": row.standing.value,
            "legal_kind": row.kind,
            "stage": row.stage.value,
            "answer_due": row.due.isoformat() if row.due else None,
            "extensions": row.extensions,
            "forwards": row.forwards,
        }
    return told


def _status(row: QueueRow) -> str:
    return "closed" if row.stage in _CLOSED else "open"


def _expected(app: App, row: QueueRow) -> str | None:
    """The end of the office's day on which the answer is due by law; None where the law sets no date."""
    if row.due is None:
        return None
    closes = time.fromisoformat(app.settings.office_closes)
    return datetime.combine(row.due, closes, app.settings.zone).isoformat(timespec="seconds")


def _w3c(app: App, at: datetime) -> str:
    return at.astimezone(app.settings.zone).isoformat(timespec="seconds")


# What is posted


async def _form(request: Request[Any, Any, Any]) -> dict[str, str]:
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Wrong(400, "Post as application/x-www-form-urlencoded.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > LONGEST_BODY:
            raise Wrong(400, f"A request holds {LONGEST_BODY} bytes at most.")
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=100, errors="strict")
    except (UnicodeDecodeError, ValueError):
        raise Wrong(400, "The form can't be read: write it in UTF-8.") from None
    return {key: value.strip().replace("\x00", "") for key, value in pairs}


def _filed(app: App, request: Request[Any, Any, Any], said: Mapping[str, str]) -> Document:
    limited(request, "open311")
    caller = _caller(app, said.get("api_key", ""))
    _require_jurisdiction(app, said)
    if not said.get("service_code"):
        raise Wrong(400, "service_code was not provided.")
    category = _category(said["service_code"])
    description = said.get("description", "")
    if not description:
        raise Wrong(400, "description was not provided: say what happened.")
    if len(description) > LONGEST_DESCRIPTION:
        raise Wrong(400, f"description holds {LONGEST_DESCRIPTION} characters at most.")
    if (confidential := said.get("attribute[confidential]", "no")) not in ("yes", "no"):
        raise Wrong(400, "attribute[confidential] is yes or no.")
    applicant = Applicant(
        name=" ".join(part for part in (said.get("last_name", ""), said.get("first_name", "")) if part)[:120],
        phone=said.get("phone", "")[:40],
        email=said.get("email", "")[:120],
    )
    is_told = bool(applicant.told())
    standing = Standing.SIGNAL if is_told else Standing.ANONYMOUS
    if caller.identifies and applicant.name:
        standing = Standing.APPEAL
    place = _place(said)
    # Words of a place without a point on the map, and a picture elsewhere, are told with the text; nothing is fetched.
    more = [said.get("address_string", "")[:300]] if place is None else []
    media = said.get("media_url", "")
    more += [media] if re.fullmatch(r"https?://\S{1,500}", media) else []
    text = "\n\n".join([description, *more])
    try:
        filed = app.appeals.file(
            NewAppeal(
                text=text,
                language=_language(app, description),
                channel=Channel.API,
                standing=standing,
                applicant=applicant if is_told else None,
                place=place,
                category=category.id,
                is_confidential=confidential == "yes",
            ),
            Actor("program", f"open311:{caller.name}"),
        )
    except BadInput as error:
        raise Wrong(400, str(error)) from None
    notice = _NOTICE[app.settings.language].format(
        number=filed.number, code=filed.code, link=f"{app.settings.board_address}/citizen/case"
    )
    told: dict[str, Any] = {"service_notice": notice, "account_id": None}
    if _public(app, filed.case) is not None:
        told = {"service_request_id": filed.number, **told}
    return Document("service_requests", [told])


def _caller(app: App, key: str) -> Caller:
    """Whose key it is, in constant time for each that there is."""
    digest = hashlib.sha256(key.encode()).hexdigest()
    found = None
    for entry in app.settings.open311_keys:
        name, _, rest = entry.partition(":")
        kept, _, more = rest.partition(":")
        if hmac.compare_digest(kept.lower(), digest):
            found = Caller(name, more == "identifies")
    if found is None:
        raise Wrong(403, "api_key was missing or is not known here.")
    return found


def _place(said: Mapping[str, str]) -> Place | None:
    words = said.get("address_string", "")[:300]
    latitude, longitude = said.get("lat", ""), said.get("long", "")
    if not latitude and not longitude:
        if not words:
            raise Wrong(400, "A location was not provided: lat and long, or address_string.")
        return None
    try:
        at = float(latitude), float(longitude)
    except ValueError:
        raise Wrong(400, "lat and long are numbers of degrees (WGS84).") from None
    if not (-90 <= at[0] <= 90 and -180 <= at[1] <= 180):
        raise Wrong(400, "lat lies between -90 and 90, long between -180 and 180.")
    return Place(*at, words)


def _category(code: str) -> Category:
    for category in categories():
        if category.id == code:
            return category
    raise Wrong(404, "service_code was not found; see services.")


def _require_jurisdiction(app: App, asked: Mapping[str, str]) -> None:
    """There is one; who names it names it right."""
    if asked.get("jurisdiction_id", "") not in ("", *app.settings.profiles):
        raise Wrong(404, "jurisdiction_id was not found; it may be left out.")


def _span(app: App, asked: Mapping[str, str]) -> tuple[datetime, datetime]:
    now = _now(app)
    end = _moment(app, asked, "end_date") or now
    start = _moment(app, asked, "start_date") or end - SPAN
    if start > end:
        raise Wrong(400, "start_date lies after end_date.")
    return max(start, end - SPAN), end


def _moment(app: App, asked: Mapping[str, str], name: str) -> datetime | None:
    said = asked.get(name, "")
    if not said:
        return None
    try:
        # A plus sign in a query means a blank.
        at = datetime.fromisoformat(said.replace(" ", "+"))
    except ValueError:
        raise Wrong(400, f"{name} is a time like 2026-11-02T10:00:00Z.") from None
    return at if at.tzinfo else at.replace(tzinfo=app.settings.zone)


def _number(asked: Mapping[str, str], name: str, usual: int) -> int:
    said = asked.get(name, "")
    if not said:
        return usual
    if not said.isascii() or not said.isdigit() or not 1 <= int(said[:9]) <= 1_000_000:
        raise Wrong(400, f"{name} is a number from 1.")
    return int(said)


def _language(app: App, text: str) -> Language:
    told = app.language_of(text)
    if told is Language.KK_RU:
        return Language.KK
    return told if told in (Language.RU, Language.KK, Language.EN) else Language(app.settings.language)


def _now(app: App) -> datetime:
    return app.clock.now().astimezone(app.settings.zone)


# XML


def _xml(root: str, content: Any) -> bytes:
    return ('<?xml version="1.0" encoding="utf-8"?>\n' + "".join(_element(root, content)) + "\n").encode()


def _element(name: str, content: Any) -> Iterator[str]:
    if content is None:
        yield f"<{name}/>"
        return
    yield f"<{name}>"
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _element(key, value)
    elif isinstance(content, list):
        for value in content:
            yield from _element(_ONE[name], value)
    elif isinstance(content, bool):
        yield str(content).lower()
    else:
        # What XML 1.0 can't hold is left out.
        yield escape(re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", str(content)))
    yield f"</{name}>"
