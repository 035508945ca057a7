"""What is done from a case's page happens, is told with what comes next, and is refused in words beside its form."""

import re
from datetime import date
from typing import Any

import pytest
from tests.builders import TESTER
from tests.signing import SignedClient
from tests.web.appeals.conftest import GOOD, KAZAKH, PHONE, SECRET, Office
from tests.web.reading_pages import Node, tree

from aimas.accounts import Role
from aimas.appeals import Decision, Stage, Standing
from aimas.appeals.routing import Route
from aimas.appeals.service import Suggestions
from aimas.core import Language


def token(desk: SignedClient) -> str:
    return str(tree(desk.get("/appeals").text).cssselect("input[name=_csrf_token]")[0].get("value"))


def post(desk: SignedClient, path: str, said: dict[str, Any] | None = None, **more: Any) -> Any:
    fields = {"_csrf_token": token(desk), **(said or {})}
    return desk.post(path, data=fields, follow_redirects=False, **more)


def shown(desk: SignedClient, path: str) -> Node:
    return tree(desk.get(path).text)


def words(node: Node, selector: str) -> str:
    return " ".join(" ".join(e.text_content().split()) for e in node.cssselect(selector))


def texts(node: Node, selector: str) -> list[str]:
    return [" ".join(e.text_content().split()) for e in node.cssselect(selector)]


@pytest.fixture
def case(office: Office) -> str:
    office.go("2026-11-24")
    id = office.file("work")
    office.assign("work", "duty", "serik")
    return id


@pytest.fixture
def yerlan(office: Office) -> None:
    """An officer of three units."""
    if office.app.accounts.named("yerlan") is None:
        units = ("cyber-police", "road-police", "migration")
        office.app.accounts.add(
            "yerlan", (Role.OFFICER,), TESTER, full_name="Ерлан", units=units, can_sign_in=False
        )


def test_a_part_is_forwarded_and_the_rest_keeps_its_date(
    desk: SignedClient, office: Office, case: str
) -> None:
    desk.come_as(office.app, "gulnar")
    before = office.app.appeals.deadlines(case)
    said = {"to": "Акимат района", "reason": "Уборка дворов — дело акимата", "request": "2"}
    answer = post(desk, f"/appeals/{case}/do/forward", said)
    assert answer.status_code == 303
    page = shown(desk, answer.headers["location"])
    assert "Перенаправлено: Акимат района. Заявитель об этом ещё не знает (на бумаге)" in words(page, ".done")
    assert "Сообщить заявителю и записать это: Уведомление о перенаправлении (на бумаге)." in words(
        page, ".done"
    )
    assert "Ответить не позднее" in words(page, ".done")
    assert "перенаправлено → Акимат района" in words(page, ".requests")
    assert "Уборка дворов" in words(page, "#written .letter")
    assert office.app.appeals.case(case).gone == {2}
    due = {d.rule: d.due for d in before}
    assert all(due[d.rule] == d.due for d in office.app.appeals.deadlines(case) if d.rule.value == "answer")


def test_only_the_head_extends_and_within_two_months(desk: SignedClient, office: Office, case: str) -> None:
    desk.come_as(office.app, "serik")
    assert not shown(desk, f"/appeals/{case}").cssselect("#act-extend")
    assert (
        post(desk, f"/appeals/{case}/do/extend", {"until": "2026-12-25", "reason": "эксперт"}).status_code
        == 403
    )
    desk.come_as(office.app, "bolat")
    form = shown(desk, f"/appeals/{case}").cssselect("#extend-until")[0]
    limits = words(shown(desk, f"/appeals/{case}"), "#act-extend")
    assert form.get("max") == "2027-01-24" and "24 января 2027" in limits and "76" in limits
    refused = post(desk, f"/appeals/{case}/do/extend", {"until": "2027-02-25", "reason": "эксперт"})
    assert refused.status_code == 422
    page = tree(refused.text)
    assert words(page, "#wrong-extend") == "Так далеко закон продлить не позволяет."
    assert page.cssselect("#act-extend[open]")
    assert page.cssselect("#extend-until")[0].get("value") == "2027-02-25"
    assert words(page, "#extend-reason") == "эксперт"
    assert not office.app.appeals.case(case).extensions
    assert post(desk, f"/appeals/{case}/do/extend", {"until": "2026-12-25", "reason": ""}).status_code == 422
    done = post(desk, f"/appeals/{case}/do/extend", {"until": "2026-12-25", "reason": "ждём эксперта"})
    assert done.status_code == 303
    made = office.app.appeals.case(case).extensions[-1]
    assert made.decision.until == date(2026, 12, 25) and made.notice is None
    assert made.decision.decided_by == "Болат Исаев, Дежурная часть"


def test_the_head_of_everything_signs_with_a_post_and_no_unit(
    desk: SignedClient, office: Office, case: str
) -> None:
    posts = {"ru": "заместитель начальника", "kk": "бастықтың орынбасары"}
    office.app.accounts.add(
        "akhmet", (Role.HEAD,), TESTER, full_name="Ахмет", units=("*",), posts=posts, can_sign_in=False
    )
    desk.come_as(office.app, "akhmet")
    assert (
        post(
            desk, f"/appeals/{case}/do/extend", {"until": "2026-12-25", "reason": "ждём эксперта"}
        ).status_code
        == 303
    )
    made = office.app.appeals.case(case).extensions[-1]
    assert made.decision.decided_by == "Ахмет, заместитель начальника"


ACTS: list[Any] = [
    pytest.param("assign", {"to": "officer:road-police:roza"}, "gulnar", lambda c: c.officer == "roza" and c.unit == "road-police", id="given to an officer goes to the unit of that officer"),
    pytest.param("assign", {"to": "unit:cyber-police"}, "gulnar", lambda c: c.unit == "cyber-police" and c.officer is None, id="given to a unit"),
    pytest.param("categorise", {"category": "road_safety"}, "serik", lambda c: c.category == "road_safety", id="what it is about"),
    pytest.param("reclassify", {"kind": "complaint", "reason": "оспаривает решение"}, "gulnar", lambda c: c.kind == "complaint", id="of another kind"),
    pytest.param("divide", {"requests": "3", "reason": "три просьбы"}, "serik", lambda c: c.requests == 3, id="counted anew"),
    pytest.param("shield", {"reason": "о сотруднике"}, "serik", lambda c: c.is_confidential, id="made confidential"),
    pytest.param("hearing", {"preliminary": "Отказать: нет оснований.", "hearing_at": "2026-12-01T10:00"}, "serik", lambda c: len(c.hearings) == 1, id="a hearing"),
    pytest.param("withdraw", {"reason": "позвонил сам"}, "gulnar", lambda c: c.stage is Stage.WITHDRAWN, id="taken back"),
    pytest.param("complaint", {"to": "Министерство", "reason": "не отвечают"}, "serik", lambda c: len(c.complaints) == 1, id="a complaint is taken"),
    pytest.param("recalculate", {"calendar": "kz/2026-01"}, "bolat", lambda c: c.calendar == "kz/2026-01", id="counted by another calendar"),
]  # fmt: skip


@pytest.mark.parametrize(("act", "said", "who", "came_of_it"), ACTS)
def test_an_act_happens_and_is_told(
    desk: SignedClient, office: Office, case: str, act: str, said: dict[str, str], who: str, came_of_it: Any
) -> None:
    desk.come_as(office.app, who)
    answer = post(desk, f"/appeals/{case}/do/{act}", said)
    assert answer.status_code == 303, words(tree(answer.text), ".warn")
    after = office.app.appeals.case(case)
    assert came_of_it(after)
    assert after.events[-1].by.name == who
    desk.come_as(office.app, "dana")
    assert words(shown(desk, answer.headers["location"]), ".done strong")


@pytest.mark.parametrize(
    ("act", "said", "who", "told"),
    [
        pytest.param("assign", {"to": ""}, "gulnar", "Выберите, кому поручить.", id="nobody chosen"),
        pytest.param("assign", {"to": "officer:duty:nobody"}, "gulnar", "Не сделано", id="a person that is not"),
        pytest.param("assign", {"to": "officer:duty:roza"}, "gulnar", "Этот человек не работает в выбранном подразделении.", id="a unit that is not the officer's"),
        pytest.param("assign", {"to": "officer:roza"}, "gulnar", "Выберите, кому поручить.", id="an officer without a unit"),
        pytest.param("link", {"other": "З-2026-999999"}, "gulnar", "Обращения с таким номером нет.", id="a number that is not"),
        pytest.param("reclassify", {"kind": "song", "reason": "x"}, "gulnar", "Закон не знает такого вида", id="a kind that is not"),
        pytest.param("divide", {"requests": "many", "reason": "x"}, "serik", "Нужно число.", id="no number"),
        pytest.param("reopen", {"reason": "не решено"}, "gulnar", "Полного ответа ещё нет.", id="nothing to reopen yet"),
        pytest.param("deliver", {"channel": "paper", "proof": "№ 5"}, "gulnar", "Полного ответа ещё нет.", id="nothing to deliver yet"),
        pytest.param("resume", {}, "serik", "Срок идёт.", id="the clock runs"),
        pytest.param("pause", {"ground": "none", "reason": "x"}, "serik", "В настройках нет закона", id="no ground in the settings"),
        pytest.param("identify", {"name": "Имя"}, "gulnar", "Заявитель уже известен.", id="signed already"),
        pytest.param("identify", {"name": "Имя", "iin": "12"}, "gulnar", "В ИИН 12 цифр", id="no iin"),
        pytest.param("forward", {"to": "", "reason": "чужое"}, "gulnar", "Здесь ничего не написано.", id="nowhere to forward to"),
        pytest.param("forward", {"to": "Акимат", "reason": ""}, "gulnar", "Нужна причина.", id="no reason to forward"),
        pytest.param("hearing", {"preliminary": " "}, "serik", "Здесь ничего не написано.", id="no preliminary decision"),
    ],
)  # fmt: skip
def test_a_refusal_is_told_in_words_and_changes_nothing(
    desk: SignedClient, office: Office, case: str, act: str, said: dict[str, str], who: str, told: str
) -> None:
    desk.come_as(office.app, who)
    before = office.app.appeals.case(case)
    answer = post(desk, f"/appeals/{case}/do/{act}", said)
    assert answer.status_code == 422
    assert told in words(tree(answer.text), f"#wrong-{act}")
    assert office.app.appeals.case(case) == before


@pytest.mark.parametrize("unit", ["migration", "road-police", "cyber-police"])
def test_who_works_in_several_units_is_given_a_case_in_the_one_that_was_chosen(
    desk: SignedClient, office: Office, case: str, yerlan: None, unit: str
) -> None:
    desk.come_as(office.app, "gulnar")
    options = [
        option
        for option in shown(desk, f"/appeals/{case}").cssselect("#assign-to option")
        if str(option.get("value")).endswith(":yerlan")
    ]
    assert len({option.get("value") for option in options}) == 3
    chosen = f"officer:{unit}:yerlan"
    assert post(desk, f"/appeals/{case}/do/assign", {"to": chosen}).status_code == 303
    assert (office.app.appeals.case(case).unit, office.app.appeals.case(case).officer) == (unit, "yerlan")
    post(desk, "/appeals/bulk", {"case": [case], "act": "assign", "to": "officer:duty:serik"})
    post(desk, "/appeals/bulk", {"case": [case], "act": "assign", "to": chosen})
    assert (office.app.appeals.case(case).unit, office.app.appeals.case(case).officer) == (unit, "yerlan")


def test_a_route_that_is_accepted_is_the_one_that_was_suggested(
    desk: SignedClient, office: Office, yerlan: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = next(rule for rule in office.app.office.routing.rules if rule.unit == "migration")
    found = Route(unit="migration", rule=rule, officer="yerlan")
    told = Suggestions(category=None, competence=None, urgency=None, route=found, similar=())
    monkeypatch.setattr(office.app.appeals, "suggestions", lambda _: told)
    id = office.file("routed")
    desk.come_as(office.app, "gulnar")
    form = shown(desk, f"/appeals/{id}").cssselect("#suggest-route form")[0]
    fields = {each.get("name"): each.get("value") for each in form.cssselect("input[type=hidden]")}
    assert post(desk, str(form.get("action")), {"to": str(fields["to"])}).status_code == 303
    assert (office.app.appeals.case(id).unit, office.app.appeals.case(id).officer) == ("migration", "yerlan")


@pytest.mark.parametrize("who", ["dana", "ivan", "admin", "roza"])
def test_who_has_no_right_does_nothing(desk: SignedClient, office: Office, case: str, who: str) -> None:
    desk.come_as(office.app, who)
    before = office.app.appeals.case(case)
    fields = {
        "_csrf_token": tree(desk.get("/account").text).cssselect("input[name=_csrf_token]")[0].get("value")
    }
    for path in (
        "do/forward",
        "do/assign",
        "do/answer",
        "do/extend",
        "do/withdraw",
        "do/retry",
        "do/tell",
        "look",
        "check",
        "draft",
        "file/" + "0" * 64,
    ):
        assert desk.post(f"/appeals/{case}/{path}", data=fields).status_code == 403, path
    assert (
        desk.post(
            "/appeals/bulk", data=fields | {"case": case, "act": "assign", "to": "unit:duty"}
        ).status_code
        == 403
    )
    assert office.app.appeals.case(case) == before


def test_nothing_is_done_without_the_forms_own_token(desk: SignedClient, office: Office, case: str) -> None:
    desk.come_as(office.app, "gulnar")
    assert desk.post(f"/appeals/{case}/do/withdraw", data={"reason": "x"}).status_code == 403
    assert office.app.appeals.case(case).withdrawn_at is None


def test_an_anonymous_one_gets_its_date_when_somebody_signs(desk: SignedClient, office: Office) -> None:
    id = office.file("unsigned", KAZAKH, standing=Standing.SIGNAL, applicant=None, language=Language.KK)
    desk.come_as(office.app, "gulnar")
    assert "Закон не назначает срока" in words(shown(desk, f"/appeals/{id}"), ".term")
    assert post(desk, f"/appeals/{id}/do/identify", {"name": "Серік Әлиев"}).status_code == 303
    assert shown(desk, f"/appeals/{id}").cssselect(".term-date")


def test_a_look_is_recorded_before_anything_is_shown(desk: SignedClient, office: Office, case: str) -> None:
    desk.come_as(office.app, "serik")
    short = post(desk, f"/appeals/{case}/look", {"purpose": " x "})
    assert short.status_code == 422 and SECRET not in short.text
    opened = post(desk, f"/appeals/{case}/look", {"purpose": "Позвонить заявителю"})
    assert opened.status_code == 200 and SECRET in opened.text and PHONE in opened.text
    assert opened.headers["cache-control"] == "no-store"
    look = office.app.appeals.history(case)[-1]
    assert (look.act, look.by, look.detail["purpose"]) == (
        "case-looked",
        "person:serik",
        "Позвонить заявителю",
    )
    assert SECRET not in desk.get(f"/appeals/{case}").text
    desk.come_as(office.app, "dana")
    page = shown(desk, f"/appeals/looks?by=serik&number={office.app.appeals.case(case).number}")
    row = words(page, "#items tbody tr")
    assert "Серік Омаров" in row and "Позвонить заявителю" in row and "Открыты личные данные" in row
    assert "Серік Омаров" in words(shown(desk, f"/appeals/{case}"), ".step-look")


def test_a_file_is_handed_over_as_bytes_and_on_record(desk: SignedClient, office: Office) -> None:
    id = office.cases["fresh"]
    digest = office.app.persons.masked(id).attachments[0].digest
    desk.come_as(office.app, "gulnar")
    file = post(desk, f"/appeals/{id}/file/{digest}", {"purpose": "Посмотреть снимок"})
    assert file.content == b"\xff\xd8bytes"
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["x-content-type-options"] == "nosniff"
    assert file.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert digest.startswith(office.app.appeals.history(id)[-1].detail["attachment"])
    assert post(desk, f"/appeals/{id}/file/{digest}", {"purpose": ""}).status_code == 404
    assert post(desk, f"/appeals/{id}/file/{'0' * 64}", {"purpose": "Посмотреть"}).status_code == 404


def test_lengths_are_written_as_the_reader_writes_numbers(desk: SignedClient, office: Office) -> None:
    desk.come_as(office.app, "serik")
    answer = {"decision": "satisfied", "text": "Өтінішіңіз қанағаттандырылды. Шам бүгін таңертең жөнделді."}
    found = post(desk, f"/appeals/{office.cases['today']}/check?lang=kk", answer)
    said = words(tree(found.text), "[data-finding=readability-uncalibrated] .finding-said")
    assert re.search(r"Сөйлемдегі сөз саны: \d+,\d, сөздегі әріп саны: \d+,\d\.", said)


def test_the_checker_refuses_a_bad_answer_and_passes_a_good_one(
    desk: SignedClient, office: Office, case: str
) -> None:
    desk.come_as(office.app, "serik")
    bad = {
        "decision": "satisfied",
        "text": "Мы получили ваше письмо. С уважением, Гульнара Ибраева, 8 701 999 88 77.",
    }
    found = post(desk, f"/appeals/{case}/check", bad)
    assert found.status_code == 200
    said = {e.get("data-finding") for e in tree(found.text).cssselect("[data-finding]")}
    assert {
        "decision-missing",
        "next-missing",
        "date-missing",
        "personal-data-others",
        "request-missing",
    } <= said
    refused = post(desk, f"/appeals/{case}/do/answer", bad | {"request": ["1", "2"]})
    assert refused.status_code == 422
    page = tree(refused.text)
    assert "Ответ не отправлен" in words(page, "#answer .warn")
    assert page.cssselect(".finding-stops")
    assert page.cssselect("#answer-text")[0].text_content() == bad["text"]
    assert office.app.appeals.case(case).open
    good = {"decision": "satisfied", "text": GOOD, "request": ["1", "2"]}
    passed = tree(post(desk, f"/appeals/{case}/check", good).text)
    assert not passed.cssselect(".finding-stops") and "Можно отправлять" in words(passed, ".verdict")
    sent = post(desk, f"/appeals/{case}/do/answer", good)
    assert sent.status_code == 303
    after = office.app.appeals.case(case)
    assert after.stage is Stage.ANSWERED and after.answers[-1].decision is Decision.SATISFIED
    assert after.answers[-1].signed_by == "Серік Омаров, старший инспектор, Дежурная часть"
    page = shown(desk, f"/appeals/{case}")
    assert "сообщить вручную" in words(page, ".outbox")
    delivered = post(desk, f"/appeals/{case}/do/deliver", {"channel": "paper", "proof": "РПО 123"})
    assert delivered.status_code == 303
    assert office.app.appeals.case(case).stage is Stage.DELIVERED
    assert "сообщить вручную" not in words(shown(desk, f"/appeals/{case}"), ".outbox")


def test_an_answer_without_a_decision_is_not_sent(desk: SignedClient, office: Office, case: str) -> None:
    desk.come_as(office.app, "serik")
    answer = post(desk, f"/appeals/{case}/do/answer", {"text": GOOD})
    assert answer.status_code == 422 and "Выберите решение." in words(tree(answer.text), "#answer .warn")


@pytest.mark.parametrize("decision", [d.value for d in Decision])
def test_a_template_is_begun_and_stopped_until_it_is_filled_in(
    desk: SignedClient, office: Office, case: str, decision: str
) -> None:
    desk.come_as(office.app, "serik")
    begun = tree(post(desk, f"/appeals/{case}/draft", {"decision": decision, "request": "2"}).text)
    text = begun.cssselect("#answer-text")[0].text_content()
    assert "убрать мусор" in text and "починить уличный фонарь" not in text
    assert "Серік Омаров, старший инспектор" in text
    refused = post(desk, f"/appeals/{case}/do/answer", {"decision": decision, "text": text})
    assert refused.status_code == 422
    assert tree(refused.text).cssselect("[data-finding=blank-left]")


@pytest.mark.parametrize("part", [pytest.param(True, id="a script"), pytest.param(False, id="no script")])
def test_a_template_asks_for_the_decision_first_and_keeps_what_was_typed(
    desk: SignedClient, office: Office, case: str, part: bool
) -> None:
    desk.come_as(office.app, "serik")
    headers = {"HX-Request": "true"} if part else {}
    answer = post(desk, f"/appeals/{case}/draft", {"text": "Фонарь горит."}, headers=headers)
    assert answer.status_code == (200 if part else 422)
    page = tree(answer.text)
    assert "Сначала выберите решение" in words(page, ".warn")
    assert page.cssselect("#answer-text")[0].text_content() == "Фонарь горит."


def test_what_a_blank_still_leaves_open_is_not_ticked(desk: SignedClient, office: Office, case: str) -> None:
    desk.come_as(office.app, "serik")
    begun = tree(post(desk, f"/appeals/{case}/draft", {"decision": "explained"}).text)
    text = begun.cssselect("#answer-text")[0].text_content()
    page = tree(post(desk, f"/appeals/{case}/check", {"decision": "explained", "text": text}).text)
    assert {"причина", "что дальше", "все просьбы"} <= {w.strip(" ○") for w in texts(page, ".unfilled")}
    assert "решение" in {w.strip(" ✓") for w in texts(page, ".passed")}
    assert not {"причина", "что дальше", "все просьбы"} & {w.strip(" ✓") for w in texts(page, ".passed")}
    page = tree(post(desk, f"/appeals/{case}/check", {"text": text}).text)
    assert page.cssselect("[data-finding=decision-unchosen]")
    assert "решение" not in {w.strip(" ✓") for w in texts(page, ".passed")}
    good = tree(post(desk, f"/appeals/{case}/check", {"text": GOOD}).text)
    assert not good.cssselect(".verdict.ok") and not good.cssselect("#unfilled")
    assert [e.get("data-finding") for e in good.cssselect(".finding-stops")] == ["decision-unchosen"]


def test_parts_of_pages_come_alone_to_a_script(desk: SignedClient, office: Office, case: str) -> None:
    desk.come_as(office.app, "serik")
    for path in ("check", "draft"):
        fields = {"_csrf_token": token(desk), "decision": "explained", "text": "Разъясняем."}
        part = desk.post(f"/appeals/{case}/{path}", data=fields, headers={"HX-Request": "true"})
        assert part.status_code == 200 and "<html" not in part.text


def test_what_the_checker_quotes_of_the_appeal_is_masked(
    desk: SignedClient, office: Office, case: str
) -> None:
    desk.come_as(office.app, "serik")
    answer = post(desk, f"/appeals/{case}/check", {"decision": "explained", "text": "Разъясняем порядок."})
    assert SECRET not in answer.text and PHONE not in answer.text
    assert tree(answer.text).cssselect("[data-finding=request-missing]")


def test_words_and_files_are_added(desk: SignedClient, office: Office, case: str) -> None:
    desk.come_as(office.app, "gulnar")
    fields = {"_csrf_token": token(desk), "text": "Фонарь так и не горит."}
    path = f"/appeals/{case}/do/document"
    file = [("files", ("note.txt", "Замечание соседей.".encode(), "text/plain"))]
    assert desk.post(path, data=fields, files=file, follow_redirects=False).status_code == 303
    assert office.app.appeals.case(case).documents == 1
    page = shown(desk, f"/appeals/{case}")
    assert "Фонарь так и не горит." in words(page, "#written")
    assert "text/plain" in words(page, ".attachments")
    empty = desk.post(
        path, data=fields | {"text": " "}, files=[("files", ("", b"", "application/octet-stream"))]
    )
    assert (
        empty.status_code == 422 and words(tree(empty.text), "#wrong-document") == "Здесь ничего не написано."
    )
    lie = desk.post(path, data=fields, files=[("files", ("photo.jpg", b"MZ" * 200, "image/jpeg"))])
    assert lie.status_code == 422 and words(tree(lie.text), "#wrong-document")
    assert office.app.appeals.case(case).documents == 1


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_a_head_erases_with_a_reason_and_the_number_repeated(
    desk: SignedClient, office: Office, case: str, lang: str
) -> None:
    desk.cookies.set("lang", lang)
    number = str(office.app.appeals.case(case).number)
    desk.come_as(office.app, "serik")
    assert not shown(desk, f"/appeals/{case}").cssselect("#act-erase")
    said = {"reason": "решение суда от 20 ноября", "number": number}
    assert post(desk, f"/appeals/{case}/do/erase", said).status_code == 403
    desk.come_as(office.app, "bolat")
    assert shown(desk, f"/appeals/{case}").cssselect("#act-erase .warn")
    for wrong in ({"number": "1"}, {"reason": "надо"}):
        refused = post(desk, f"/appeals/{case}/do/erase", said | wrong)
        assert refused.status_code == 422 and words(tree(refused.text), "#wrong-erase")
        assert not office.app.persons.sheet(case).is_erased
    assert post(desk, f"/appeals/{case}/do/erase", said).status_code == 303
    page = shown(desk, f"/appeals/{case}?done=erase")
    told = {"ru": "закончено", "kk": "аяқталды", "en": "ended"}[lang]
    assert told in words(page, ".done") and told in words(page, ".state-words")
    assert not page.cssselect("#answer, #acts, .requests, form.look, form[action*='/do/']")
    stale = post(desk, f"/appeals/{case}/do/forward", {"to": "Акимат", "reason": "чужое"})
    assert stale.status_code == 422 and words(tree(stale.text), "#wrong-forward")
    desk.come_as(office.app, "dana")
    assert "решение суда" in words(shown(desk, f"/appeals/{case}"), ".timeline")
    figures = shown(desk, "/appeals/figures?since=2026-11-01&until=2026-11-24")
    link = figures.cssselect(".count-erased a")[0]
    listed = shown(desk, str(link.get("href")))
    assert listed.cssselect("#count")[0].get("data-count") == link.get("data-count")
    assert number in words(listed, "#items")
