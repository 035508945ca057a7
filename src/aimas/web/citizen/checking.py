"""Checking a receipt: the page that does it in the browser, the keys it pins, and the server for browsers without."""

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.concurrency import sync_to_thread
from litestar.di import NamedDependency
from litestar.response import Response, Template

from aimas.app import App
from aimas.appeals.receipts import Unproven, fault_told, proves, receipt_told
from aimas.core import BadInput
from aimas.web.citizen import talons
from aimas.web.citizen.forms import BODY_BYTES, Sent, sent
from aimas.web.citizen.stand import HEADERS, PRIVATE, page, stand
from aimas.web.limits import limited

_RECEIPT = re.compile(r"AIMAS1:[0-9A-Za-z:\s]{1,8000}")
_DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


class Outcome(msgspec.Struct, frozen=True):
    lines: tuple[str, ...] = ()
    fault: str = ""
    same: bool | None = None
    """Whether code, text and files are those that were filed; None: it was not asked."""


@get("/receipt", include_in_schema=False, sync_to_thread=True)
def check_page(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    return _page(request, app, None, {})


@get("/receipt/key.json", include_in_schema=False, sync_to_thread=True)
def keys(app: NamedDependency[App]) -> dict[str, Any]:
    """The institution's public keys, the present one first, and who vouches for it; a phone keeps what it saw first."""
    return {
        "institution": app.office.name,
        "algorithm": "Ed25519",
        "keys": list(app.receipt_keys),
        "past": app.home.past_receipt_keys(),
    }


@post("/receipt/check", include_in_schema=False, status_code=200, request_max_body_size=BODY_BYTES)
async def check(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Template:
    limited(request, "upload")
    said = await sent(request)
    return await sync_to_thread(_checked, request, app, said)


def _checked(request: Request[Any, Any, Any], app: App, said: Sent) -> Template:
    tongue = stand(request, app).tongue
    receipt = talons.receipt_of(app, said.fields.get("receipt", "").strip() or _in_file(said))
    if isinstance(receipt, Unproven):
        return _page(request, app, Outcome(fault=fault_told(receipt.fault, tongue)), said.fields, 422)
    same = None
    if code := said.fields.get("code", "").strip():
        listed = [bytes.fromhex(told) for told in _DIGEST.findall(said.fields.get("digests", "").lower())]
        read = [hashlib.sha256(content).digest() for _, _, content in said.files]
        same = proves(receipt, code, said.words("text"), [*listed, *read])
    return _page(
        request, app, Outcome(receipt_told(receipt, tongue, app.office.retold), "", same), said.fields
    )


def _in_file(said: Sent) -> str:
    """A saved receipt has other lines around it."""
    text = said.others.get("file", b"")[:20_000].decode("utf-8", "replace")
    found = _RECEIPT.search(text)
    return found[0].strip() if found else text


def _page(
    request: Request[Any, Any, Any],
    app: App,
    outcome: Outcome | None,
    said: Mapping[str, str],
    status: int = 200,
) -> Template:
    here = stand(request, app)
    return page(
        here,
        request,
        "check.html",
        status,
        is_private=outcome is not None,
        outcome=outcome,
        said=said,
        keys=app.receipt_keys,
        receipt_words=talons.words_for_scripts(here.texts, app.office),
    )


@post("/receipt/pdf", include_in_schema=False, status_code=200)
async def receipt_pdf(request: Request[Any, Any, Any], app: NamedDependency[App]) -> Response[Any]:
    limited(request, "upload")
    said = await sent(request)
    return await sync_to_thread(_pdf, request, app, said)


def _pdf(request: Request[Any, Any, Any], app: App, said: Sent) -> Response[Any]:
    """Made from the receipt that was sent and nothing else; a text that is no receipt leads to the check."""
    here = stand(request, app)
    text = said.fields.get("receipt", "")
    try:
        made = talons.pdf(app, text, said.word("code", 40), here.texts)
    except BadInput:
        return _checked(request, app, said)
    return Response(
        made,
        media_type="application/pdf",
        headers=HEADERS | PRIVATE | {"Content-Disposition": 'attachment; filename="receipt.pdf"'},
    )


CHECKING = (check_page, keys, check, receipt_pdf)
