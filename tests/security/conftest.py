"""The desk with its people and cases, one publication on its board, and every route of the server."""

from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.routes import HTTPRoute
from tests.builders import TESTER, reading
from tests.signing import SignedClient
from tests.web.appeals.conftest import BASE, PEOPLE, PORT, Office, furnish
from tests.web.reading_pages import token

from aimas.app import App
from aimas.home import create_home
from aimas.web.server import create_app

PLANTED = "\"><script>alert(1)</script><img src=x onerror=alert(2)>'; DROP TABLE accounts; --{{7*7}}${7*7}"
MARKS = ("<script>alert(1)", "<img src=x", "onerror=alert(2)>")


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = create_home(
        tmp_path_factory.mktemp("security") / "home",
        profiles=["kz-mia"],
        timezone="Asia/Almaty",
        language="en",
    ).folder
    made = Office()
    made.cases = {}
    made.app = App(folder, made, TESTER)
    furnish(made)
    with made.app.archive.settling():
        made.app.archive.file([reading("Полиция задержала вора.", relevant=True, address="https://a.test/1")])
    made.app.catch_up()
    yield made
    made.app.close()


@pytest.fixture(scope="session")
def app(office: Office) -> App:
    return office.app


@pytest.fixture(scope="session")
def served(app: App) -> Litestar:
    return create_app(app, PORT)


@pytest.fixture
def client(app: App) -> Iterator[SignedClient]:
    """A browser of its own, nobody signed in, no limit used up; `client.come_as(app, "serik")` signs in."""
    with app.database.begin() as connection:
        connection.exec_driver_sql("DELETE FROM limit_levels")
    with SignedClient(create_app(app, PORT), base_url=BASE, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def publication(app: App) -> str:
    question = app.search.ask("*", app.profiles[0].id)
    return app.search.page(question, limit=1).publications[0].id


def routes(served: Litestar) -> dict[str, dict[str, object]]:
    """`METHOD /path` → what is declared beside the route; the framework's own OPTIONS left out."""
    return {
        f"{method} {route.path}": dict(handler.opt)
        for route in served.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        for method in handler.http_methods
        if method != "OPTIONS"
    }


def csrf(client: SignedClient) -> str:
    return (
        token(client.get("/sign-in", headers={"cookie": ""}).text)
        if not client.session
        else token(client.get("/account").text)
    )


__all__ = ["BASE", "MARKS", "PEOPLE", "PLANTED", "Office", "csrf", "routes"]
