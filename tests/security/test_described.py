"""Schemathesis asks every described endpoint for what its description allows and for what it does not: never a 5xx."""

from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from tests.builders import TESTER
from tests.web.appeals.conftest import BASE, PORT

from aimas.accounts import Role
from aimas.app import App
from aimas.web.server import create_app

EXAMPLES = 8
"""An endpoint: bounded, so that the whole takes less than a minute."""


class Described(msgspec.Struct):
    schema: schemathesis.BaseSchema
    headers: dict[str, str]


@pytest.fixture(scope="module")
def described(app: App) -> Described:
    """As a program whose owner may read all of it."""
    app.accounts.add("program", list(Role), TESTER, units=("*",), can_sign_in=False)
    owner = app.accounts.require("program")
    host = {"Host": f"127.0.0.1:{PORT}"}
    session = app.accounts.open_session(owner).token
    schema = schemathesis.openapi.from_asgi(
        "/api/openapi.json", create_app(app, PORT), headers=host | {"Cookie": f"aimas-session={session}"}
    )
    _, told = app.accounts.add_token(owner, "schemathesis", 1)
    return Described(schema, host | {"Authorization": f"Bearer {told}"})


def test_no_described_endpoint_breaks(described: Described) -> None:
    asked: dict[str, set[int]] = {}
    for found in described.schema.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            try:
                _ask(operation, mode, described.headers, asked.setdefault(operation.label, set()))
            except Unsatisfiable:
                # An endpoint without parameters has nothing that could be wrong.
                continue
    assert len(asked) >= 18 and all(said & {200, 404} for said in asked.values()), asked


def _ask(operation: Any, mode: GenerationMode, headers: dict[str, str], said: set[int]) -> None:
    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        response = case.call(base_url=BASE, headers=headers)
        said.add(response.status_code)
        assert response.status_code < 500 and response.status_code != 401, case.as_curl_command()

    ask()
