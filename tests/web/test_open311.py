"""GeoReport v2 as its specification has it, checked by a validator written from it; and nothing personal goes out."""

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from defusedxml.ElementTree import fromstring
from litestar.testing import TestClient
from tests.appeals.desk import MONDAY, opened
from tests.builders import StoppedClock

from aimas.app import App
from aimas.appeals.categories import categories
from aimas.appeals.types import Standing
from aimas.home import create_home
from aimas.web.server import create_app

BASE = "/open311/v2"
KEY, TRUSTED = "key-of-a-program", "key-of-a-portal"
NAME, PHONE, EMAIL = "Сейтжанова", "+7 701 555 12 34", "aigul@example.kz"
WORDS = "Светофор на углу не горит третью неделю, я живу в доме 48."
NOW = MONDAY


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


class Program:
    """A program that speaks GeoReport v2 and believes nothing that the specification does not say."""

    def __init__(self, client: TestClient, app: App, clock: StoppedClock) -> None:
        self.client, self.app, self.clock = client, app, clock

    def get(self, path: str, code: int = 200, **asked: str) -> Any:
        response = self.client.get(f"{BASE}/{path}", params=asked)
        assert response.status_code == code, response.text
        return self.read(path, response)

    def post(self, code: int = 200, form: str = "json", **said: str) -> Any:
        fields = {
            "api_key": KEY,
            "service_code": "road_safety",
            "description": WORDS,
            "lat": "43.25",
            "long": "76.91",
        } | said
        fields = {
            k.replace("attribute_confidential", "attribute[confidential]"): v
            for k, v in fields.items()
            if v is not None
        }
        response = self.client.post(f"{BASE}/requests.{form}", data=fields)
        assert response.status_code == code, response.text
        return self.read(f"requests.{form}", response)

    @staticmethod
    def read(path: str, response: Any) -> Any:
        if path.endswith(".xml"):
            assert response.headers["content-type"].startswith("text/xml")
            return fromstring(response.content)
        assert response.headers["content-type"].startswith("application/json")
        return response.json()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Program]:
    keys = [f"city:{digest(KEY)}", f"portal:{digest(TRUSTED)}:identifies"]
    create_home(tmp_path / "home", open311_keys=keys)
    clock = StoppedClock(NOW)
    app = opened(tmp_path / "home", clock)
    with TestClient(create_app(app, 8000), base_url="http://127.0.0.1:8000") as client:
        yield Program(client, app, clock)
    app.close()


# The validator: what the specification asks of each answer, and nothing of ours

W3C = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
SERVICE = {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
REQUEST = {
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
}  # fmt: skip


def require_services(said: Any) -> None:
    assert isinstance(said, list) and said
    for service in said:
        assert set(service) == SERVICE
        assert service["metadata"] in (True, False, "true", "false")
        assert service["type"] in ("realtime", "batch", "blackbox")
        assert all(service[name] for name in ("service_code", "service_name", "type"))


def require_definition(said: Any) -> None:
    assert set(said) == {"service_code", "attributes"}
    for attribute in said["attributes"]:
        assert {
            "variable",
            "code",
            "datatype",
            "required",
            "datatype_description",
            "order",
            "description",
            "values",
        } == set(attribute)
        assert attribute["datatype"] in (
            "string",
            "number",
            "datetime",
            "text",
            "singlevaluelist",
            "multivaluelist",
        )
        if attribute["datatype"].endswith("list"):
            assert all(set(value) == {"key", "name"} for value in attribute["values"])


def require_requests(said: Any) -> None:
    assert isinstance(said, list)
    for request in said:
        assert set(request) - {"extended_attributes"} == REQUEST
        assert request["service_request_id"] and request["status"] in ("open", "closed")
        for name in ("requested_datetime", "updated_datetime"):
            assert W3C.fullmatch(request[name])
        assert request["expected_datetime"] is None or W3C.fullmatch(request["expected_datetime"])


def require_posted(said: Any, *, blackbox: bool = False) -> None:
    assert isinstance(said, list) and len(said) == 1
    assert ("service_request_id" in said[0]) is not blackbox
    assert "token" not in said[0]
    assert {"service_notice", "account_id"} <= set(said[0])


def require_errors(said: Any, code: int) -> None:
    assert isinstance(said, list) and said
    assert all(
        set(error) == {"code", "description"} and error["code"] == code and error["description"]
        for error in said
    )


def plain(element: Any) -> Any:
    """XML as the JSON that says the same; the specification names the element of each list."""
    listed = {
        "services": "service",
        "service_requests": "request",
        "errors": "error",
        "attributes": "attribute",
        "values": "value",
    }
    if element.tag in listed:
        assert all(child.tag == listed[element.tag] for child in element)
        return [plain(child) for child in element]
    if len(element):
        return {child.tag: plain(child) for child in element}
    return element.text


def same(json_said: Any, xml_said: Any) -> bool:
    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: told(v) for k, v in value.items()}
        if isinstance(value, list):
            return [told(v) for v in value]
        return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)

    return bool(told(json_said) == xml_said)


# Conformance


def test_services_and_their_definitions_in_both_forms(program: Program) -> None:
    said = program.get("services.json")
    require_services(said)
    assert [service["service_code"] for service in said] == [category.id for category in categories()]
    assert same(said, plain(program.get("services.xml")))
    for service in said:
        definition = program.get(f"services/{service['service_code']}.json")
        require_definition(definition)
        assert same(definition, plain(program.get(f"services/{service['service_code']}.xml")))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_request_is_filed_found_listed_and_told_alike(program: Program, form: str) -> None:
    posted = program.post(form=form, first_name="Айгуль", last_name=NAME, email=EMAIL, phone=PHONE)
    posted = posted if form == "json" else plain(posted)
    require_posted(posted)
    number = posted[0]["service_request_id"]
    one = program.get(f"requests/{number}.json")
    require_requests(one)
    assert same(one, plain(program.get(f"requests/{number}.xml")))
    listed = program.get("requests.json")
    require_requests(listed)
    assert listed == one
    assert same(listed, plain(program.get("requests.xml")))
    assert program.get("requests.json", service_request_id=f"{number},2026-999999") == one
    case = program.app.appeals.by_number(number)
    assert program.get(f"tokens/{case}.json") == [{"token": case, "service_request_id": number}]
    code = re.search(r"код проверки ([^:]+):", posted[0]["service_notice"])
    assert code and program.app.appeals.opened(number, code[1]) == case


def test_a_signed_appeal_has_its_lawful_date_and_a_signal_has_none(program: Program) -> None:
    program.post(api_key=TRUSTED, first_name="Айгуль", last_name=NAME)
    (appeal,) = program.get("requests.json", extensions="true")
    case = program.app.appeals.by_number(appeal["service_request_id"])
    assert case is not None
    due = next(d.due for d in program.app.appeals.deadlines(case) if d.rule.value == "answer")
    assert appeal["expected_datetime"] == f"{due}T18:00:00+05:00"
    assert appeal["extended_attributes"]["legal_standing"] == Standing.APPEAL.value
    assert appeal["extended_attributes"]["answer_due"] == str(due)
    program.post(first_name="Айгуль", last_name=NAME)
    signal = program.get("requests.json", extensions="true")[0]
    assert signal["expected_datetime"] is None
    assert signal["extended_attributes"]["legal_standing"] == Standing.SIGNAL.value


HIDDEN = [
    pytest.param({"service_code": "police_conduct", "last_name": NAME}, id="about the police"),
    pytest.param({"service_code": "custody_conditions", "last_name": NAME}, id="from custody"),
    pytest.param({"attribute_confidential": "yes", "last_name": NAME}, id="confidential by wish"),
    pytest.param({}, id="anonymous"),
]


@pytest.mark.parametrize("said", HIDDEN)
def test_what_few_may_see_is_a_black_box(program: Program, said: dict[str, str]) -> None:
    posted = program.post(**said)
    require_posted(posted, blackbox=True)
    number = re.search(r"(\d{4})\D(\d+)", posted[0]["service_notice"])
    assert number is not None
    case = program.app.appeals.by_number(number.group())
    assert case is not None
    assert program.get("requests.json") == []
    require_errors(program.get(f"requests/{number.group().replace('/', '-')}.json", 404), 404)
    require_errors(program.get(f"tokens/{case}.json", 404), 404)


def test_nothing_personal_is_in_any_answer_and_other_channels_are_in_none(program: Program) -> None:
    from tests.appeals.desk import filed

    filed(program.app, category="road_safety")
    program.post(
        first_name="Айгуль",
        last_name=NAME,
        email=EMAIL,
        phone=PHONE,
        address_string="Толе би 48",
        media_url="https://example.kz/a.jpg",
    )
    said = "".join(
        program.client.get(f"{BASE}/{path}").text
        for path in ("requests.json?extensions=true", "requests.xml", "services.json", "discovery.json")
    )
    for secret in (NAME, "Айгуль", EMAIL, PHONE, "Толе би", "43.25", WORDS[:20], "a.jpg"):
        assert secret not in said
    assert len(program.get("requests.json")) == 1


REFUSED = [
    pytest.param({"api_key": ""}, 403, id="no key"),
    pytest.param({"api_key": "guessed"}, 403, id="a key that nobody has"),
    pytest.param({"service_code": ""}, 400, id="no service"),
    pytest.param({"service_code": "dragons"}, 404, id="no such service"),
    pytest.param({"description": ""}, 400, id="no words"),
    pytest.param({"description": "я" * 4_001}, 400, id="too many words"),
    pytest.param({"lat": "", "long": ""}, 400, id="no place"),
    pytest.param({"lat": "91"}, 400, id="off the earth"),
    pytest.param({"lat": "nan"}, 400, id="no number"),
    pytest.param({"attribute_confidential": "perhaps"}, 400, id="a value that the definition does not have"),
    pytest.param({"jurisdiction_id": "moon.example"}, 404, id="another jurisdiction"),
]


@pytest.mark.parametrize(("said", "code"), REFUSED)
def test_errors_are_as_the_specification_has_them(program: Program, said: dict[str, str], code: int) -> None:
    require_errors(program.post(code, **said), code)
    require_errors(plain_codes(program.post(code, form="xml", **said)), code)


def plain_codes(element: Any) -> list[dict[str, Any]]:
    return [{**error, "code": int(error["code"])} for error in plain(element)]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("services/dragons.json", 404),
        ("requests/2026-777.json", 404),
        ("tokens/nobody.json", 404),
        ("nothing.json", 404),
        ("requests.json?start_date=yesterday", 400),
        ("requests.json?start_date=2026-11-02T00:00:00Z&end_date=2026-11-01T00:00:00Z", 400),
        ("requests.json?status=lost", 400),
        ("requests.json?service_code=dragons", 404),
        ("requests.json?page=0", 400),
        ("services.yaml", 404),
    ],
)
def test_what_is_asked_wrongly_is_told(program: Program, path: str, code: int) -> None:
    response = program.client.get(f"{BASE}/{path}")
    assert response.status_code == code
    require_errors(response.json(), code)


def test_a_body_of_another_kind_or_too_large_is_refused(program: Program) -> None:
    response = program.client.post(f"{BASE}/requests.json", json={"api_key": KEY})
    assert response.status_code == 400
    program.post(400, description=WORDS, first_name="x" * 70_000)
    assert program.client.post(f"{BASE}/services.json", data={}).status_code == 400


def test_lists_hold_ninety_days_and_are_filtered_and_paged(program: Program) -> None:
    numbers = []
    for day, category in ((0, "road_safety"), (60, "thanks"), (100, "road_safety")):
        program.clock.time = NOW + timedelta(days=day)
        numbers.append(program.post(service_code=category, last_name=NAME)[0]["service_request_id"])

    def ids(**asked: str) -> list[str]:
        return [request["service_request_id"] for request in program.get("requests.json", **asked)]

    assert ids() == [numbers[2], numbers[1]]
    assert ids(service_code="road_safety") == [numbers[2]]
    assert ids(start_date=NOW.isoformat(), end_date=(NOW + timedelta(days=61)).isoformat()) == [
        numbers[1],
        numbers[0],
    ]
    assert ids(start_date="2020-01-01T00:00:00Z") == [numbers[2], numbers[1]]
    assert ids(status="closed") == []
    assert ids(page_size="1", page="2") == [numbers[1]]


def test_a_description_of_the_longest_length_is_taken(program: Program) -> None:
    require_posted(program.post(description="я" * 4_000, last_name=NAME))
