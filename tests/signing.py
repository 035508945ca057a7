"""Tests of pages come in signed in: one account for all that a board can show, others by name."""

from typing import Any

import httpx
from litestar import Litestar
from litestar.testing import TestClient
from tests.builders import TESTER

from aimas.accounts import Role
from aimas.app import App
from aimas.core import Actor
from aimas.web.signing_in import cookie_name

WHOLE_BOARD = (Role.ANALYST, Role.ADMIN)


class SignedClient(TestClient[Litestar]):
    """Sends its session's cookie beside whatever cookie a test writes by itself."""

    session = ""
    """Name and token, as a cookie says them; empty: nobody is signed in."""
    address = "127.0.0.1"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        transport = self._transport
        parsed = transport.parse_request  # type: ignore[attr-defined]

        def from_here(request: httpx.Request) -> dict[str, Any]:
            return parsed(request) | {"client": (self.address, 50_000)}

        transport.parse_request = from_here  # type: ignore[attr-defined]

    def build_request(self, *args: Any, **kwargs: Any) -> httpx.Request:
        request = super().build_request(*args, **kwargs)
        if self.session and self.session not in (said := request.headers.get("cookie", "")):
            request.headers["cookie"] = f"{said}; {self.session}" if said else self.session
        return request

    def come_as(self, app: App, name: str, *roles: Role, units: tuple[str, ...] = ()) -> str:
        """From now on this person asks; returns the session's token."""
        if app.accounts.named(name) is None:
            app.accounts.add(name, roles or WHOLE_BOARD, TESTER, units=units, can_sign_in=False)
        token = app.accounts.open_session(app.accounts.require(name)).token
        self.session = f"{cookie_name(app)}={token}"
        return token


def signed_in(app: App, served: Litestar, base_url: str, actor: Actor = TESTER) -> SignedClient:
    """A client that the home's own user has signed in with."""
    client = SignedClient(served, base_url=base_url)
    client.come_as(app, actor.name)
    return client
