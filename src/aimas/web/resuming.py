"""What a person had written when the session ended: sealed into the page of signing in, and handed back to the same
person behind it. The server keeps nothing of it."""

import base64
import hmac
import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from litestar import Request, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.exceptions import ClientException
from litestar.params import QueryParameter
from litestar.response import Template

from aimas.accounts import Account, Role
from aimas.app import App
from aimas.intake.attachments import LIMITS
from aimas.web.desk import desk, page
from aimas.web.redirects import SAFE_PATH
from aimas.web.signing_in import cookie_name

KEPT_FOR = timedelta(minutes=30)
"""Longer and somebody else may sit there."""
MOST_BYTES = 400_000
LONG = 20
"""Characters from which a field with words in it is shown as text."""
_NONCE = 12
_FOR = b"aimas-draft-1"


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A form on its way to an address that asked to sign in first."""

    to: str
    back: str
    """The page that it stood on."""
    fields: tuple[tuple[str, str], ...]
    has_files: bool
    """Those are not kept: they are chosen again."""
    account: str
    """Whose session ended; empty where nobody can tell."""
    until: datetime

    @property
    def shown(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, value) for name, value in self.fields if _is_text(value))

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        return tuple((name, value) for name, value in self.fields if not _is_text(value))


@post(
    "/sign-in/again",
    include_in_schema=False,
    status_code=401,
    request_max_body_size=LIMITS.bytes_in_all + 2_000_000,
)
async def again(
    request: Request[Any, Any, Any],
    app: NamedDependency[App],
    to: Annotated[str, QueryParameter(max_length=2_000)] = "/",
    back: Annotated[str, QueryParameter(name="next", max_length=2_000)] = "/",
) -> Template:
    """Where a form is sent on, body and all, when nobody is signed in any more."""
    try:
        form = await request.form()
    except (ValueError, KeyError):
        raise ClientException("The form is broken.") from None
    items = list(form.multi_items())
    fields = tuple(
        (name, str(v)) for name, v in items if not isinstance(v, UploadFile) and name != "_csrf_token"
    )
    has_files = any(isinstance(v, UploadFile) and v.filename for _, v in items)
    return await sync_to_thread(_asked, request, app, to, back, fields, has_files)


def _asked(
    request: Request[Any, Any, Any],
    app: App,
    to: str,
    back: str,
    fields: Sequence[tuple[str, str]],
    has_files: bool,
) -> Template:
    back = back if SAFE_PATH.fullmatch(back) else "/"
    draft = Draft(
        to=to if SAFE_PATH.fullmatch(to) else "/",
        back=back,
        fields=tuple(fields),
        has_files=has_files,
        account=app.accounts.whose(request.cookies.get(cookie_name(app), "")),
        until=app.clock.now() + KEPT_FOR,
    )
    sealed = seal(app, draft)
    return asked_to_sign_in(request, app, back, 401, kept=sealed, why="kept" if sealed else "ended")


def asked_to_sign_in(
    request: Request[Any, Any, Any],
    app: App,
    back: str,
    status: int = 200,
    *,
    name: str = "",
    wrong: str = "",
    wait_s: int = 0,
    kept: str = "",
    why: str = "",
) -> Template:
    """`kept`: a sealed draft that goes with the form; `why`: what led here, for who did not ask for it."""
    people = [a for a in app.accounts.all() if a.is_demo and not a.is_closed] if app.settings.demo else []
    return page(
        desk(request, app, None),
        "sign_in.html",
        status,
        back=way_back(back),
        name=name,
        wrong=wrong,
        wait_s=wait_s,
        kept=kept,
        why=why,
        people=sorted(people, key=lambda a: min(list(Role).index(role) for role in a.roles)),
    )


def way_back(path: str) -> str:
    """A page of this board, and not the one of signing in again."""
    return path if SAFE_PATH.fullmatch(path) and not path.startswith("/sign-") else "/"


def seal(app: App, draft: Draft) -> str:
    """Empty where there is too much of it."""
    plain = msgspec.json.encode(draft)
    if len(plain) > MOST_BYTES:
        return ""
    nonce = os.urandom(_NONCE)
    return base64.urlsafe_b64encode(nonce + _key(app).encrypt(nonce, plain, _FOR)).decode()


def opened(app: App, sealed: str, account: Account) -> Draft | None:
    """None for what is not ours, too old, or somebody else's."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        draft = msgspec.json.decode(_key(app).decrypt(raw[:_NONCE], raw[_NONCE:], _FOR), type=Draft)
    except (ValueError, InvalidTag, msgspec.MsgspecError):
        return None
    is_theirs = draft.account in ("", account.id)
    return draft if is_theirs and app.clock.now() < draft.until else None


def handed_back(request: Request[Any, Any, Any], app: App, draft: Draft) -> Template:
    answer = page(desk(request, app, None), "resumed.html", draft=draft)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _is_text(value: str) -> bool:
    return "\n" in value or (len(value) > LONG and " " in value)


def _key(app: App) -> AESGCM:
    return AESGCM(hmac.digest(app.home.master_key(), _FOR, "sha256"))
