"""Every page of the desk in every language, for everybody who may open it, and for nobody else."""

import re

import pytest
from tests.signing import SignedClient
from tests.web.appeals.conftest import PEOPLE, PHONE, PLANTED, SECRET, Office
from tests.web.appeals.test_acting import post, shown, words
from tests.web.reading_pages import tree

from aimas.appeals import Standing
from aimas.web.server import HEADERS
from aimas.web.texts import TONGUES

LISTS = (
    "/appeals",
    "/appeals?signals=1",
    "/appeals?stage=all&order=newest",
    "/appeals?due=overdue",
    "/appeals?text=000001",
)
FIGURES = "/appeals/figures?since=2026-10-01&until=2026-11-24"
OPENS = {
    "gulnar": {*LISTS, "/appeals/new", "/appeals/new?message=1"},
    "serik": {*LISTS},
    "bolat": {*LISTS, FIGURES},
    "dana": {*LISTS, FIGURES, "/appeals/looks"},
    "ivan": {FIGURES},
    "admin": set(),
}
EVERY = sorted(set().union(*OPENS.values()))
SEES = {
    "gulnar": {"overdue", "today", "fresh", "planted", "english", "signal", "anonymous", "answered", "again"},
    # Of the duty office: a message is seen there before anybody assigns it.
    "serik": {"overdue", "today", "signal", "answered", "again"},
    "roza": {"english"},
    "bolat": {"overdue", "today", "english", "closed", "signal", "answered", "again"},
    "dana": {
        "overdue",
        "today",
        "fresh",
        "planted",
        "english",
        "closed",
        "signal",
        "anonymous",
        "answered",
        "again",
    },
    "ivan": set(),
    "admin": set(),
}


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_page_stands_in_every_language(desk: SignedClient, office: Office, tongue: str) -> None:
    for name, paths in OPENS.items():
        desk.come_as(office.app, name)
        cases = {f"/appeals/{office.cases[case]}" for case in SEES[name]}
        for path in sorted(paths | cases):
            answer = desk.get(path, headers={"cookie": f"lang={tongue}"})
            assert answer.status_code == 200, f"{name} {path}"
            assert "⟦" not in answer.text, f"{path} lacks a text: {re.findall('⟦.*?⟧', answer.text)}"
            for header, value in HEADERS.items():
                assert answer.headers[header] == value, f"{path}: {header}"
            page = tree(answer.text)
            assert page.get("lang") == tongue
            assert len(page.cssselect("h1")) == 1, path
            ids = [e.get("id") for e in page.cssselect("[id]")]
            assert len(ids) == len(set(ids)), f"{path} has an id twice"
            for label in page.cssselect("label[for]"):
                assert label.get("for") in ids, f"{path}: a label for nothing: {label.get('for')}"


@pytest.mark.parametrize("name", OPENS)
def test_what_is_not_somebodys_is_refused(desk: SignedClient, office: Office, name: str) -> None:
    desk.come_as(office.app, name)
    for path in EVERY:
        assert desk.get(path).status_code == (200 if path in OPENS[name] else 403), path


@pytest.mark.parametrize("name", SEES)
def test_a_list_holds_what_may_be_opened_and_nothing_else(
    desk: SignedClient, office: Office, name: str
) -> None:
    desk.come_as(office.app, name)
    # What other tests filed is not asked for, whichever came first.
    known = {case: office.cases[case] for case in set().union(*SEES.values())}
    opened = {case for case, id in known.items() if desk.get(f"/appeals/{id}").status_code == 200}
    assert opened == SEES[name]
    if not opened:
        return
    page = tree(desk.get("/appeals?stage=all").text)
    listed = {li.get("id").removeprefix("c-") for li in page.cssselect("li.case")}
    assert listed & set(known.values()) == {known[case] for case in opened}


def test_nothing_personal_stands_on_a_masked_page(desk: SignedClient, office: Office) -> None:
    for name in PEOPLE:
        desk.come_as(office.app, name)
        for path in [*EVERY, *(f"/appeals/{id}" for id in office.cases.values())]:
            text = desk.get(path).text
            for secret in (SECRET.split()[0], "555 44 33", "5554433", "example.test"):
                assert secret not in text, f"{name} {path}: {secret}"


def test_html_in_an_appeal_is_text_here(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    paths = ["/appeals", f"/appeals/{office.cases['planted']}"]
    opened = desk.post(
        f"/appeals/{office.cases['planted']}/look", data={"purpose": PLANTED}, headers=csrf(desk)
    )
    for text in [*(desk.get(path).text for path in paths), opened.text]:
        assert "<script>alert" not in text and "<img src=x" not in text


def test_who_is_not_signed_in_is_led_to_sign_in(desk: SignedClient, office: Office) -> None:
    desk.session = ""
    for path in ["/appeals", f"/appeals/{office.cases['fresh']}", "/appeals/figures", "/appeals/looks"]:
        answer = desk.get(path, follow_redirects=False)
        assert answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")
    for path in ["/api/v1/appeals", f"/api/v1/appeals/{office.cases['fresh']}", "/api/v1/appeals/figures"]:
        assert desk.get(path).status_code == 401


def test_every_number_of_the_queue_opens_the_list_it_counts(desk: SignedClient, office: Office) -> None:
    for name in ("gulnar", "serik", "bolat", "dana"):
        desk.come_as(office.app, name)
        for path in ("/appeals", "/appeals?signals=1"):
            page = tree(desk.get(path).text)
            seen = {a.get("href"): int(a.get("data-count")) for a in page.cssselect("a[data-count]")}
            assert len(seen) >= 3
            for href, said in seen.items():
                count = tree(desk.get(href).text).cssselect("#count")[0].get("data-count")
                assert int(count) == said, f"{name} {href}"


def test_what_is_due_comes_first(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "bolat")
    page = tree(desk.get("/appeals").text)
    shown = [li.get("id").removeprefix("c-") for li in page.cssselect("li.case")]
    assert shown[:2] == [office.cases["overdue"], office.cases["today"]]
    marks = [e.get("class") for e in page.cssselect("li.case .due")]
    assert marks[:2] == ["due due-overdue", "due due-today"]


def test_a_list_goes_on_page_by_page_and_repeats_nothing(
    desk: SignedClient, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aimas.web.appeals_desk.queue.PER_PAGE", 3)
    desk.come_as(office.app, "dana")
    seen: list[str] = []
    path: str | None = "/appeals?stage=all"
    while path:
        page = tree(desk.get(path).text)
        seen += [li.get("id") for li in page.cssselect("li.case")]
        more = page.cssselect("a[rel=next]")
        path = more[0].get("href") if more else None
    assert len(seen) == len(set(seen)) == len(office.cases)


@pytest.mark.parametrize(
    "path",
    [
        "/appeals/nowhere",
        "/appeals/../etc",
        "/appeals/zzzzzzzzzzzzzzzz",
        "/appeals/figures/cases?since=2026-10-01&until=2026-11-24&what=nothing",
    ],
)
def test_what_is_not_there_is_not_found(desk: SignedClient, office: Office, path: str) -> None:
    desk.come_as(office.app, "dana")
    assert desk.get(path).status_code == 404


def test_a_link_that_was_made_up_begins_the_list_anew(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "dana")
    for path in (
        "/appeals?after=made-up",
        "/appeals?stage=' OR 1=1 --",
        "/appeals?whose=unit:%00",
        "/appeals?cluster=%FF",
    ):
        assert desk.get(path).status_code in (200, 422), path


def csrf(desk: SignedClient) -> dict[str, str]:
    page = tree(desk.get("/appeals").text)
    return {"x-csrftoken": page.cssselect("input[name=_csrf_token]")[0].get("value")}


def test_the_phone_number_of_the_cast_would_be_seen() -> None:
    """Else the test of masks could not fail."""
    assert re.sub(r"\D", "", PHONE).endswith("5554433")


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_what_a_program_closed_says_so_to_those_who_may_see_it_and_is_opened_by_a_person(
    desk: SignedClient, office: Office, lang: str
) -> None:
    desk.cookies.set("lang", lang)
    id = office.file(f"beaten-{lang}", "Меня избил сотрудник полиции. Прошу наказать виновных.")
    office.assign(f"beaten-{lang}", "duty")
    desk.come_as(office.app, "gulnar")
    assert desk.get(f"/appeals/{id}").status_code == 403
    assert f"/appeals/{id}" not in desk.get("/appeals").text
    desk.come_as(office.app, "bolat")
    page = shown(desk, f"/appeals/{id}")
    told = {"ru": "пока человек не решит", "kk": "Адам шешкенше", "en": "until a person decides"}[lang]
    assert told in words(page, ".veil")
    assert post(desk, f"/appeals/{id}/do/unveil", {"reason": "о соседе"}).status_code == 303
    assert not shown(desk, f"/appeals/{id}").cssselect(".veil, #act-unveil")
    desk.come_as(office.app, "gulnar")
    assert desk.get(f"/appeals/{id}").status_code == 200


def test_the_tab_of_messages_holds_messages_whoever_signed_them_and_the_duty_officer_sees_them(
    desk: SignedClient, office: Office
) -> None:
    signed = office.file("signed-message", "Во дворе брошена машина.", is_police_message=True)
    unsigned = office.file("unsigned-letter", standing=Standing.SIGNAL, applicant=None)
    for who, sees in (("gulnar", True), ("serik", True), ("roza", False)):
        desk.come_as(office.app, who)
        found = {a.get("href") for a in shown(desk, "/appeals?signals=1").cssselect(".case h3 a")}
        assert (f"/appeals/{signed}" in found) is sees, who
        assert f"/appeals/{unsigned}" not in found
        assert desk.get(f"/appeals/{signed}").status_code == (200 if sees else 403)
