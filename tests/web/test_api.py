"""The same data for programs."""

import re

import msgspec
import pytest
from litestar.testing import TestClient
from tests.signing import SignedClient
from tests.web.conftest import SECRET_NAME
from tests.web.reading_pages import tree

from aimas.accounts import Role


def test_pages_of_publications_neither_skip_nor_repeat(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimas.web.api.PER_PAGE", 7)
    first = client.get("/api/v1/publications?q=*").json()
    ids, below = [i["id"] for i in first["items"]], first["below"]
    while below is not None:
        asked = {"q": "*", "at": first["snapshot"], "below": below}
        part = client.get("/api/v1/publications", params=asked).json()
        assert part["count"] == first["count"]
        ids += [i["id"] for i in part["items"]]
        below = part["below"]
    assert len(ids) == len(set(ids)) == first["count"]


def test_the_export_holds_what_the_count_says(client: TestClient) -> None:
    asked = {"q": "is:relevant"}
    count = client.get("/api/v1/publications", params=asked).json()["count"]
    answer = client.get("/api/v1/publications.jsonl", params=asked)
    assert len(answer.text.strip().split("\n")) == count
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "is:relevant" in client.get("/ledger").text


def test_every_figure_of_the_board_is_its_query_counted(client: TestClient) -> None:
    board = client.get("/api/v1/board").json()
    figures = [board[k] for k in ("listened", "relevant", "today", "undated")]
    for key in ("tones", "languages", "regions", "critical_regions", "themes", "sources", "critical_sources"):
        figures += board[key]
    for day in board["days"]:
        figures += [day["total"], *day["tones"]]
    for figure in figures:
        asked = {"q": figure["query"], "at": board["snapshot"]}
        assert client.get("/api/v1/publications", params=asked).json()["count"] == figure["count"], figure


def test_errors_are_json_and_located(client: TestClient) -> None:
    wrong = client.get("/api/v1/publications?q=lang:xx")
    assert wrong.status_code == 422
    assert wrong.json()["start"] == 5 and wrong.json()["end"] == 7
    for path in ["/api/v1/publications/nowhere", "/api/v1/nowhere"]:
        answer = client.get(path)
        assert answer.status_code == 404 and answer.json()["error"]
    assert client.get("/api/v1/publications?at=minus").json()["error"]


def test_the_description_names_every_endpoint_and_each_one_answers(client: SignedClient) -> None:
    client.come_as(client.app.state.app, "of every role", *Role)
    described = client.get("/api/openapi.json").json()
    assert described["openapi"].startswith("3.")
    paths = described["paths"]
    assert len(paths) >= 8 and all(p.startswith("/api/v1/") for p in paths)
    for path, ways in paths.items():
        assert ways["get"]["summary"], path
        assert client.get(re.sub(r"\{\w+\}", "nowhere", path)).status_code in (200, 404), path
    names = set(described.get("components", {}).get("schemas", {}))
    referred = set()
    for raw in msgspec.json.encode(described).decode().split("#/components/schemas/")[1:]:
        referred.add(raw.split('"')[0])
    assert referred <= names
    index = tree(client.get("/api").text).text_content()
    assert all(path in index for path in paths)


def test_the_index_marks_what_is_closed_to_the_reader(client: SignedClient) -> None:
    client.come_as(client.app.state.app, "of one role", Role.CLERK)
    closed = set()
    for row in tree(client.get("/api").text).cssselect("tbody tr"):
        (path,) = (code.text_content() for code in row.cssselect("th code"))
        refused = client.get(re.sub(r"\{\w+\}", "nowhere", path)).status_code == 403
        assert (row.get("data-closed") is not None) == refused == bool(row.cssselect(".badge")), path
        closed |= {path} if refused else set()
        assert not (refused and row.cssselect("a"))
    assert closed


def test_personal_pages_have_no_name_for_programs_either(client: TestClient) -> None:
    personal = [s for s in client.get("/api/v1/sources").json() if s["ownership"] == "personal"]
    assert personal and all(s["name"] is None for s in personal)
    assert SECRET_NAME not in client.get("/api/v1/sources").text


def test_metrics_add_up_with_the_accounts(client: TestClient) -> None:
    text = client.get("/metrics").text
    held = len(client.get("/api/v1/held").json())
    assert f"aimas_held_items {float(held)}" in text
    stats = client.get("/api/v1/stats").json()
    assert f"aimas_ledger_position {float(stats['ledger'])}" in text
    assert 'aimas_sources{health="failing"} 1.0' in text
    for line in text.splitlines():
        assert line.startswith("#") or line.rsplit(" ", 1)[1].replace(".", "").isdigit()


def test_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").status_code == 200
