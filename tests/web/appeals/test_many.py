"""One act for many cases, figures with the lists behind them, what a clerk types, and the same for programs."""

from datetime import UTC, date
from typing import Any

import pytest
from tests.signing import SignedClient
from tests.web.appeals.conftest import LAMP, OFFICER, PHONE, SECRET, Office
from tests.web.appeals.test_acting import post, shown, token, words
from tests.web.reading_pages import tree

from aimas.appeals import Relation, Standing
from aimas.appeals.types import Urgency
from aimas.web.texts import Texts, Tongue, alphabetical

FIGURES = "/appeals/figures?since=2026-10-01&until=2026-11-24"


@pytest.fixture(autouse=True)
def day(office: Office) -> None:
    office.go("2026-11-24")


def made(office: Office, *names: str) -> list[str]:
    return [office.file(name) for name in names]


def test_many_are_assigned_at_once_and_taken_back(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    one, two = made(office, "many-1", "many-2")
    said = {
        "case": [one, two],
        "act": "assign",
        "to": "officer:road-police:roza",
        "back": "/appeals?whose=nobody",
    }
    done = post(desk, "/appeals/bulk", said)
    assert done.status_code == 303 and done.headers["location"].startswith("/appeals?whose=nobody&done=")
    assert {office.app.appeals.case(id).officer for id in (one, two)} == {"roza"}
    page = shown(desk, done.headers["location"])
    assert "Сделано: 2 обращения." in words(page, ".done")
    form = page.cssselect(".done form")[0]
    undone = post(desk, str(form.get("action")))
    assert undone.status_code == 303
    assert {office.app.appeals.case(id).officer for id in (one, two)} == {None}


def test_what_was_changed_since_is_not_taken_back(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    one, two = made(office, "since-1", "since-2")
    done = post(desk, "/appeals/bulk", {"case": [one, two], "act": "assign", "to": "unit:duty"})
    office.app.appeals.set_category(one, "other", by=office.app.actor)
    id = done.headers["location"].partition("done=")[2].partition("&")[0]
    undone = post(desk, f"/appeals/bulk/{id}/undo")
    assert "n=1&refused=1" in undone.headers["location"]
    assert office.app.appeals.case(one).unit == "duty" and office.app.appeals.case(two).unit is None


def test_linked_at_once_each_keeps_its_own_clock(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    one, two, three = made(office, "link-1", "link-2", "link-3")
    before = {id: office.app.appeals.deadlines(id) for id in (one, two, three)}
    post(desk, "/appeals/bulk", {"case": [one, two, three], "act": "link"})
    for id in (two, three):
        links = office.app.appeals.case(id).links
        assert [(link.other, link.relation) for link in links] == [(one, Relation.SIMILAR)]
    assert before == {id: office.app.appeals.deadlines(id) for id in (one, two, three)}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param({"act": "assign", "to": "unit:duty"}, "wrong=nothing", id="nothing ticked"),
        pytest.param({"case": "zzzzzzzz", "act": "assign", "to": "unit:duty"}, "wrong=nothing", id="a case that is not"),
        pytest.param({"case": "fresh", "act": "assign", "to": ""}, "wrong=bulk", id="nobody chosen"),
        pytest.param({"case": "fresh", "act": "link"}, "wrong=bulk", id="one alone is not linked"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_told(
    desk: SignedClient, office: Office, said: dict[str, str], told: str
) -> None:
    desk.come_as(office.app, "gulnar")
    fields = said | {
        "case": office.cases.get(said.get("case", ""), said.get("case", "")),
        "back": "//evil.test/",
    }
    answer = post(desk, "/appeals/bulk", fields)
    assert answer.headers["location"].startswith("/appeals?") and told in answer.headers["location"]
    assert words(shown(desk, answer.headers["location"]), ".warn")


def test_a_case_that_one_may_not_route_is_left_alone(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    closed = office.cases["closed"]
    post(desk, "/appeals/bulk", {"case": [closed], "act": "assign", "to": "unit:duty"})
    assert office.app.appeals.case(closed).unit == "road-police"


def test_every_figure_opens_the_very_cases_it_counts(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "bolat")
    page = shown(desk, FIGURES)
    seen = {a.get("href"): int(a.get("data-count")) for a in page.cssselect("a[data-count]")}
    assert len(seen) > 40
    for href, said in seen.items():
        counted = shown(desk, str(href))
        assert int(counted.cssselect("#count")[0].get("data-count")) == said, href
        assert len(counted.cssselect("li.case")) == min(said, 50), href


def test_few_cases_are_never_ranked_and_speed_never_stands_alone(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "bolat")
    page = shown(desk, FIGURES + "&by=on-time")
    assert "меньше 30: не сравнивается" in words(page, ".service tbody th")
    assert not any(th.text_content().strip().startswith("1.") for th in page.cssselect(".service tbody th"))
    heads = words(page, ".service thead tr:first-child")
    assert "До первого ответа" in heads and "«Не решено»" in heads


def test_who_may_not_see_a_case_learns_only_that_it_is_counted(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "ivan")
    page = shown(desk, FIGURES)
    href = next(
        str(a.get("href")) for a in page.cssselect("a[data-count]") if "what=received" in str(a.get("href"))
    )
    listed = desk.get(href).text
    assert "Вам не видно" in listed or "Not for you" in listed
    for id in office.cases.values():
        assert office.app.appeals.case(id).number not in listed


def typed(**changes: str) -> dict[str, Any]:
    usual = {
        "text": LAMP,
        "language": "ru",
        "channel": "paper",
        "standing": "appeal",
        "kind": "application",
        "name": SECRET,
        "phone": PHONE,
        "address": "улица Абая, дом 5",
    }
    return usual | changes


def file_new(desk: SignedClient, said: dict[str, Any], files: Any = None) -> Any:
    fields = {"_csrf_token": token(desk), **said}
    sent = files or [("files", ("", b"", "application/octet-stream"))]
    return desk.post("/appeals/new/file", data=fields, files=sent)


def test_a_clerk_registers_what_came_on_paper(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    answer = file_new(desk, typed(received_at="2026-11-20T19:30"))
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    page = tree(answer.text)
    number, code = words(page, ".big"), words(page, "#code")
    case = office.app.appeals.opened(number, code)
    assert case is not None
    event = office.app.appeals.case(case).events[0]
    assert event.receiver == "Гүлнар Оспанова"
    told = words(shown(desk, f"/appeals/{case}"), "#dates")
    assert "20 ноября 2026" in told and "после рабочего времени" in told


def test_a_publication_becomes_a_signal_and_the_link_stays(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    answer = file_new(
        desk, typed(standing="signal", name="", phone="", signal="publication-1", kind="message")
    )
    id = office.app.appeals.by_number(words(tree(answer.text), ".big"))
    assert id is not None
    case = office.app.appeals.case(id)
    assert case.standing is Standing.SIGNAL
    assert [(link.other, link.relation) for link in case.links] == [("publication-1", Relation.FROM_SIGNAL)]
    assert "Открыто по публикации" in words(shown(desk, f"/appeals/{id}"), "#similar")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        pytest.param({"text": " "}, "Напишите, что произошло", id="no words"),
        pytest.param({"name": "", "phone": ""}, "укажите имя заявителя", id="an appeal that nobody signed"),
        pytest.param({"standing": "anonymous"}, "У анонимного сообщения нет заявителя", id="anonymous with a name"),
        pytest.param({"received_at": "2030-01-01T10:00"}, "не может быть в будущем", id="a stamp of the future"),
        pytest.param({"received_at": "soon"}, "Нужны день и время.", id="no time"),
    ],
)  # fmt: skip
def test_what_cannot_be_registered_is_told_beside_the_form(
    desk: SignedClient, office: Office, said: dict[str, str], told: str
) -> None:
    desk.come_as(office.app, "gulnar")
    answer = file_new(desk, typed(**said))
    assert answer.status_code == 422
    assert told in words(tree(answer.text), "#wrong")


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        pytest.param("iin", "12", "В ИИН 12 цифр", id="an iin of two digits"),
        pytest.param("phone", "абв", "Проверьте телефон", id="letters for a telephone"),
        pytest.param("email", "почта", "Проверьте адрес почты", id="no address of mail"),
        pytest.param("address", "", "почтовый адрес (статья 63 АППК)", id="signed and no postal address"),
    ],
)
def test_what_the_citizens_form_refuses_the_clerks_does_too_and_keeps_what_was_typed(
    desk: SignedClient, office: Office, field: str, value: str, told: str
) -> None:
    desk.come_as(office.app, "gulnar")
    said = typed(iin="850312400123", email="a@example.test") | {field: value}
    answer = file_new(desk, said)
    page = tree(answer.text)
    assert answer.status_code == 422 and told in words(page, "#wrong")
    kept = {e.get("name"): e.get("value") or "" for e in page.cssselect("form.typing input[id^=n-]")}
    assert all(kept[name] == said[name] for name in ("name", "iin", "address", "phone", "email"))
    assert [e.get("name") for e in page.cssselect("[aria-invalid]")] == [field]
    assert bool(page.cssselect("input[name=unaddressed]")) is (field == "address")


def test_who_gives_no_address_is_registered_when_the_clerk_confirms_it_and_that_stays_on_record(
    desk: SignedClient, office: Office
) -> None:
    desk.come_as(office.app, "gulnar")
    filed = file_new(desk, typed(address="", unaddressed="1"))
    assert filed.status_code == 200
    id = office.app.appeals.by_number(words(tree(filed.text), ".big"))
    assert id is not None
    received = office.app.appeals.case(id).events[0]
    assert received.lacks == ("address",)
    assert "Заявитель не указал: почтовый адрес." in words(shown(desk, f"/appeals/{id}"), "#timeline")
    whole = file_new(desk, typed(iin="850312 400123", unaddressed="1"))
    id = office.app.appeals.by_number(words(tree(whole.text), ".big"))
    assert id is not None and office.app.appeals.case(id).events[0].lacks == ()
    assert file_new(desk, typed(standing="signal", address="")).status_code == 200


def test_a_file_that_lies_about_itself_is_not_taken(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "gulnar")
    answer = file_new(desk, typed(), [("files", ("photo.jpg", b"MZ\x90\x00" * 50, "image/jpeg"))])
    assert answer.status_code == 422 and words(tree(answer.text), "#wrong")


def test_programs_get_the_same_masked(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "serik")
    queue = desk.get("/api/v1/appeals").json()
    page = shown(desk, "/appeals")
    assert queue["total"] == int(page.cssselect("#count")[0].get("data-count"))
    case = desk.get(f"/api/v1/appeals/{office.cases['again']}").json()
    assert case["open"] == [1] and "[phone]" in case["text"] and SECRET not in str(case)
    assert [step["position"] for step in case["history"]] == sorted(
        (step["position"] for step in case["history"]), reverse=True
    )
    assert desk.get(f"/api/v1/appeals/{office.cases['english']}").status_code == 403
    assert desk.get("/api/v1/appeals/figures").status_code == 403
    desk.come_as(office.app, "bolat")
    figures = desk.get(
        "/api/v1/appeals/figures", params={"since": "2026-10-01", "until": "2026-11-24"}
    ).json()
    assert figures["whole"]["received"] >= 10
    for share in figures["whole"]["shares"].values():
        assert share["n"] <= share["of"]
        assert share["share"] is None or share["low"] <= share["share"] <= share["high"]


def test_the_auditor_verifies_the_books(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "dana")
    answer = post(desk, "/appeals/looks/verify")
    assert answer.status_code == 200
    assert "Записи целы" in words(tree(answer.text), "#verify")


@pytest.mark.parametrize(
    ("who", "path"),
    [
        pytest.param("dana", "/appeals/looks?kind=&by=&number=&since=&until=", id="looks with nothing filled in"),
        pytest.param("dana", "/appeals/looks?since=soon&until=2026-13-45&number=%00&kind=x", id="looks with nonsense"),
        pytest.param("bolat", "/appeals/figures?since=&until=&by=", id="figures with nothing filled in"),
        pytest.param("bolat", "/appeals/figures?since=2026-11-30&until=2026-11-01", id="a period that ends before it begins"),
        pytest.param("bolat", "/appeals/figures?until=2999-01-01", id="a period of the future"),
    ],
)  # fmt: skip
def test_an_empty_or_odd_form_still_gives_its_page(
    desk: SignedClient, office: Office, who: str, path: str
) -> None:
    desk.come_as(office.app, who)
    assert desk.get(path).status_code == 200


def test_who_works_has_as_much_as_the_list_behind_the_number(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "bolat")
    load = shown(desk, "/appeals").cssselect(".load a[data-count]")
    assert {a.get("href") for a in load} == {"/appeals?whose=officer:serik", "/appeals?whose=officer:roza"}


def test_only_who_is_here_is_offered(desk: SignedClient, office: Office) -> None:
    office.app.appeals.absences.put("roza", date(2026, 11, 24), date(2026, 11, 24), office.app.actor)
    desk.come_as(office.app, "gulnar")
    page = shown(desk, "/appeals")
    assert page.cssselect("#bulk-officer option[value='officer:road-police:roza'][disabled]")
    assert not page.cssselect("#bulk-officer option[value='officer:duty:serik'][disabled]")
    assert "отсутствует" in words(page, ".load tr.away")


def test_what_is_urgent_stands_first_and_the_number_opens_its_list(
    desk: SignedClient, office: Office
) -> None:
    office.app.appeals.weigh(office.cases["english"], Urgency.URGENT, OFFICER)
    desk.come_as(office.app, "gulnar")
    page = shown(desk, "/appeals")
    first = page.cssselect("#items > li")[0]
    assert first.get("id") == f"c-{office.cases['english']}"
    assert "Срочно" in first.text_content()
    (count,) = page.cssselect(".count-urgent a")
    opened = shown(desk, str(count.get("href")))
    assert count.get("data-count") == opened.cssselect("#count")[0].get("data-count") == "1"
    assert len(opened.cssselect("#items > li")) == 1
    by_due = shown(desk, "/appeals?order=due")
    assert by_due.cssselect("#items > li")[0].get("id") == f"c-{office.cases['overdue']}"


def test_who_may_not_see_a_case_does_not_see_that_it_is_urgent(desk: SignedClient, office: Office) -> None:
    office.app.appeals.weigh(office.cases["english"], Urgency.URGENT, OFFICER)
    desk.come_as(office.app, "serik")
    (count,) = shown(desk, "/appeals").cssselect(".count-urgent a")
    assert count.get("data-count") == "0"


def test_lists_opened_from_figures_hold_what_was_counted_while_cases_come_in(
    desk: SignedClient, office: Office
) -> None:
    desk.come_as(office.app, "bolat")
    numbers = shown(desk, FIGURES).cssselect("main a[data-count]")
    assert len(numbers) > 20
    office.file("later", received_at=office.now())
    office.assign("later", "duty", "serik")
    office.app.appeals.forward(office.cases["fresh"], "akimat", (), "дороги их", OFFICER)
    for number in numbers:
        opened = shown(desk, str(number.get("href")))
        assert opened.cssselect("#count")[0].get("data-count") == number.get("data-count")
    received = next(n for n in numbers if "what=received" in str(n.get("href")))
    opened = shown(desk, str(received.get("href")))
    assert "что-то произошло" in words(opened, "main .note")
    now = shown(desk, str(opened.cssselect("main .note a")[0].get("href")))
    assert int(str(now.cssselect("#count")[0].get("data-count"))) == int(str(received.get("data-count"))) + 1


@pytest.mark.parametrize("lang", ["ru", "kk"])
def test_units_stand_in_the_order_of_their_shown_names(
    desk: SignedClient, office: Office, lang: Tongue
) -> None:
    desk.come_as(office.app, "bolat")
    page = shown(desk, f"{FIGURES}&lang={lang}")
    lines = page.cssselect("table.service")[0].cssselect("tbody th")[1:]
    names = [th.text_content().removesuffix(words(th, ".badge")).strip() for th in lines]
    named = [name for name in names if name != Texts(lang, UTC)("desk.figures.nobody")]
    assert named == sorted(named, key=alphabetical) and len(named) > 1
    assert names[: len(named)] == named
