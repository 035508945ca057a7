"""My inspector and the nearest post, and that nobody learns who asked."""

import pytest
from tests.web.citizen.desk import DEMO, Citizen, said
from tests.web.reading_pages import tree

from aimas.core import Actor


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param({"latitude": "47.302", "longitude": "70.153"}, "Айгерім Тұлпарова", id="by coordinates"),
        pytest.param(
            {"latitude": "47,302", "longitude": "70,153"},
            "70 м по прямой",
            id="with commas, the post's distance",
        ),
        pytest.param({"street": "достык"}, "Участок № 5", id="by a street on a Russian keyboard"),
        pytest.param({"latitude": "43.2", "longitude": "76.9"}, "такого места нет", id="in another city"),
        pytest.param({"street": "Елисейские поля"}, "такого места нет", id="on another continent"),
    ],
)
def test_a_place_leads_to_its_inspector(citizen: Citizen, asked: dict[str, str], told: str) -> None:
    answer = citizen.post("/citizen/inspector/find", asked)
    assert answer.status_code == 200 and told in said(answer)
    assert "выдуманы" in said(answer), "an invented map says so"


@pytest.mark.parametrize(
    ("asked", "field"),
    [({}, "street"), ({"latitude": "1"}, "latitude"), ({"latitude": "x", "longitude": "y"}, "latitude")],
    ids=["nothing", "half a place", "words"],
)
def test_what_was_not_said_is_asked_for(citizen: Citizen, asked: dict[str, str], field: str) -> None:
    answer = citizen.post("/citizen/inspector/find", asked)
    assert answer.status_code == 422 and tree(answer.text).cssselect(f"#error-{field}")


def test_the_outline_shows_the_precinct_the_post_and_the_place(citizen: Citizen) -> None:
    page = tree(citizen.post("/citizen/inspector/find", {"latitude": "47.302", "longitude": "70.153"}).text)
    assert len(page.cssselect(".sketch .own")) == 1 and len(page.cssselect(".sketch .you")) == 1
    assert page.cssselect(".sketch svg")[0].get("aria-label")


def test_asking_leaves_no_trace_in_the_ledger(citizen: Citizen) -> None:
    before = citizen.app.records.head()
    citizen.post("/citizen/inspector/find", {"latitude": "47.302", "longitude": "70.153"})
    assert citizen.app.records.head() == before
    assert citizen.get("/citizen/inspector", latitude="47.302").text.count("47.302") == 0


def test_names_on_a_map_are_words_and_never_run(citizen: Citizen) -> None:
    planted = DEMO.read_text("utf-8").replace("Айгерім Тұлпарова", "<script>alert(1)</script>")
    citizen.app.inspectors.replace(planted.encode(), Actor("person", "tester"))
    page = tree(citizen.post("/citizen/inspector/find", {"latitude": "47.302", "longitude": "70.153"}).text)
    assert not page.cssselect("script:not([src])") and "<script>alert(1)" in page.text_content()
