"""A case as its applicant sees it, and what the applicant can do."""

import json

import pytest
from tests.builders import StoppedClock
from tests.web.citizen.desk import APPEAL, CLERK, Citizen, answered, said
from tests.web.reading_pages import Node, tree

from aimas.appeals.types import Assigned, Stage, Standing
from aimas.core import Actor
from aimas.web.citizen.trust import COOKIE


def test_number_and_code_open_the_case_without_an_account(citizen: Citizen) -> None:
    page = said(citizen.opened(citizen.file()))
    assert "В работе" in page and "не позднее 23 ноября 2026" in page
    assert "Статья 76" in page and "выходной" in page, "a date explains itself"


def test_a_wrong_number_and_a_wrong_code_get_one_answer(citizen: Citizen) -> None:
    made, other = citizen.file(), citizen.file()
    wrong = [
        citizen.open("З-2026-999999", made["code"]),
        citizen.open(made["number"], other["code"]),
        citizen.open(made["number"], "0000-0000-0000-0000-0"),
        citizen.open(made["number"], "nonsense"),
        citizen.open("nonsense", made["code"]),
    ]
    assert {a.status_code for a in wrong} == {422}
    assert len({tree(a.text).cssselect(".summary")[0].text_content() for a in wrong}) == 1
    assert all(COOKIE not in a.cookies for a in wrong)
    assert all(made["code"] not in a.text for a in wrong), "a code is not written back"


def test_letters_of_a_cyrillic_keyboard_and_small_ones_open_it(citizen: Citizen) -> None:
    made = citizen.file()
    typed = made["code"].lower().replace("-", " ").translate(str.maketrans("abekmhopct", "авекмнорст"))
    assert citizen.open(made["number"], typed).status_code == 303


def test_guessing_ends_soon(citizen: Citizen) -> None:
    number = citizen.file()["number"]
    codes = [citizen.open(number, f"0000-0000-0000-{n:04}-0").status_code for n in range(30)]
    assert codes[0] == 422 and codes[-1] == 429


def test_nothing_is_shown_to_who_did_not_open_it(citizen: Citizen, stranger: Citizen) -> None:
    made = citizen.file()
    citizen.opened(made)
    assert stranger.get("/citizen/mine").status_code == 401
    for act in ("document", "reopen", "rate", "withdraw", "complain", "sign"):
        assert (
            stranger.post(f"/citizen/mine/{act}", {"reason": "чужое", "stars": "1", "text": "x"}).status_code
            == 401
        )
    assert citizen.app.appeals.case(citizen.case(made)).stage is Stage.REGISTERED


def test_an_open_case_closes_by_itself(citizen: Citizen, clock: StoppedClock) -> None:
    citizen.opened(citizen.file())
    clock.advance(minutes=19)
    assert citizen.get("/citizen/mine").status_code == 200, "each look opens it for as long again"
    clock.advance(minutes=21)
    answer = citizen.get("/citizen/mine")
    assert answer.status_code == 401 and "Введите номер и код ещё раз" in said(answer)


@pytest.mark.parametrize("change", ["cut", "flip", "empty", "noise"])
def test_a_cookie_that_was_touched_opens_nothing(citizen: Citizen, change: str) -> None:
    citizen.opened(citizen.file())
    token = citizen.client.cookies[COOKIE]
    forged = {
        "cut": token[:50],
        "flip": token[:-3] + ("A" if token[-3] != "A" else "B") + token[-2:],
        "empty": "",
        "noise": "ы%%%",
    }[change]
    citizen.client.cookies.clear()
    answer = citizen.client.get("/citizen/mine", headers={"cookie": f"{COOKIE}={forged}".encode()})
    assert answer.status_code == 401


def test_who_opens_his_own_appeal_leaves_no_line_that_says_when(citizen: Citizen) -> None:
    made = citizen.file()
    citizen.opened(made)
    citizen.get("/citizen/mine")
    assert [r.act for r in citizen.app.appeals.history(citizen.case(made)) if r.act] == []
    citizen.app.persons.look(citizen.case(made), CLERK, "готовлю ответ")
    looks = [r for r in citizen.app.appeals.history(citizen.case(made)) if r.act == "case-looked"]
    assert [r.by for r in looks] == [str(CLERK)], "a look by staff stays on record"


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_number_and_code_show_what_was_filed_and_nothing_else_does(
    citizen: Citizen, stranger: Citizen, lang: str
) -> None:
    made = citizen.file(
        ("двор.txt", b"hello", "text/plain"), text="Во дворе шумят.", asks="Провести рейд\nУбрать мусор"
    )
    page = citizen.opened(made)
    page = citizen.get("/citizen/mine", lang=lang)
    (own,) = tree(page.text).cssselect("#own")
    told = own.text_content()
    assert "Во дворе шумят." in told and "двор.txt" in told and not own.get("open")
    assert [li.text_content() for li in own.cssselect("ol li")] == ["Провести рейд", "Убрать мусор"]
    assert page.headers["cache-control"] == "no-store"
    assert "Во дворе шумят" not in stranger.get("/citizen/mine", lang=lang).text


def test_an_answer_says_which_request_it_takes_up(citizen: Citizen, clock: StoppedClock) -> None:
    made = citizen.file(
        text="Во дворе шумят.", asks="Сообщить о мерах\nПочинить светофор на углу улиц Толе би и Сейфуллина"
    )
    case = citizen.case(made)
    clock.advance(hours=1)
    citizen.app.appeals.forward(case, "Акимат города", (1,), "Это дело акимата.", CLERK)
    clock.advance(days=8)
    answered(citizen.app, case, made["number"])
    (answer,) = tree(citizen.opened(made).text).cssselect(".answer")
    assert "На вашу просьбу 2" in answer.text_content()


def test_nobody_is_said_to_be_at_work_before_somebody_is(citizen: Citizen) -> None:
    made = citizen.file()
    assert "Исполнителя ещё не назначили" in said(citizen.opened(made))
    assigned = Assigned(at=citizen.app.clock.now(), by=CLERK, unit="patrol", officer=None)
    citizen.app.appeals.tell(citizen.case(made), assigned)
    page = said(citizen.get("/citizen/mine"))
    assert "им занимаются" in page and "не назначили" not in page


def test_looking_without_end_is_stopped(citizen: Citizen) -> None:
    citizen.opened(citizen.file())
    statuses = [citizen.get("/citizen/mine").status_code for _ in range(40)]
    assert statuses[0] == 200 and statuses[-1] == 429


def test_the_answer_is_read_rated_and_said_not_to_solve_it(citizen: Citizen, clock: StoppedClock) -> None:
    made = citizen.file()
    case = citizen.case(made)
    assert "сгорел блок управления" not in said(citizen.opened(made))
    clock.advance(days=8)
    answered(citizen.app, case, made["number"])
    page = citizen.opened(made)
    assert "сгорел блок управления" in said(page) and "просьба удовлетворена" in said(page)
    assert "Серик Омаров, начальник отдела" in said(page)
    assert citizen.post("/citizen/mine/rate", {"stars": "2"}).headers["location"] == "/citizen/mine?done=rate"
    assert citizen.app.appeals.case(case).stars == 2
    assert citizen.post("/citizen/mine/reopen", {"reason": " "}).status_code == 422
    assert citizen.post("/citizen/mine/reopen", {"reason": "Светофор так и не горит."}).status_code == 303
    assert citizen.app.appeals.case(case).stage is Stage.REOPENED
    assert "Снова в работе" in said(citizen.get("/citizen/mine", done="reopen"))


@pytest.mark.parametrize("stars", ["0", "6", "", "five", "3.5"])
def test_a_rating_is_one_to_five(citizen: Citizen, clock: StoppedClock, stars: str) -> None:
    made = citizen.file()
    clock.advance(days=8)
    answered(citizen.app, citizen.case(made), made["number"])
    citizen.opened(made)
    assert citizen.post("/citizen/mine/rate", {"stars": stars}).status_code == 422


def test_what_cannot_be_done_now_is_neither_offered_nor_done(citizen: Citizen) -> None:
    page = tree(citizen.opened(citizen.file()).text)
    assert not page.cssselect("form[action='/citizen/mine/reopen'], form[action='/citizen/mine/rate']")
    assert citizen.post("/citizen/mine/reopen", {"reason": "Уже не решено"}).status_code == 422
    assert citizen.post("/citizen/mine/rate", {"stars": "1"}).status_code == 422


def test_a_document_is_added_words_or_file(citizen: Citizen) -> None:
    made = citizen.file()
    citizen.opened(made)
    assert citizen.post("/citizen/mine/document", {"text": ""}).status_code == 422
    assert citizen.post("/citizen/mine/document", {"text": "Ещё одно"}).status_code == 303
    assert citizen.post("/citizen/mine/document", {}, ("a.txt", b"hello", "text/plain")).status_code == 303
    assert citizen.post("/citizen/mine/document", {}, ("a.exe", b"MZ\x00", "")).status_code == 422
    assert citizen.app.appeals.case(citizen.case(made)).documents == 2


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_an_erased_appeal_is_told_plainly_and_offers_nothing(citizen: Citizen, lang: str) -> None:
    made = citizen.file()
    case = citizen.case(made)
    citizen.app.appeals.erase(case, "решение суда от 2 ноября", Actor("person", "head"))
    citizen.client.cookies.set("lang", lang)
    page = citizen.opened(made)
    told = {"ru": "уничтожено по закону", "kk": "заң бойынша жойылды", "en": "lawfully destroyed"}
    assert told[lang] in said(page)
    assert {form.get("action") for form in tree(page.text).cssselect("main form")} <= {"/receipt/pdf"}
    refused = citizen.post("/citizen/mine/document", {"text": "Ещё одно"})
    assert refused.status_code == 422 and told[lang] in said(refused)


def test_silence_is_told_as_a_refusal_with_the_way_to_complain(citizen: Citizen, clock: StoppedClock) -> None:
    made = citizen.file()
    clock.advance(days=30)
    page = citizen.opened(made)
    assert "считается отказом" in said(page) and "статья 91" in said(page).lower()
    assert tree(page.text).cssselect("details[open] form[action='/citizen/mine/complain']")
    assert citizen.post("/citizen/mine/complain", {"reason": "Молчание"}).status_code == 303
    assert len(citizen.app.appeals.case(citizen.case(made)).complaints) == 1


def test_an_extension_and_a_forward_are_told_with_their_notices(
    citizen: Citizen, clock: StoppedClock
) -> None:
    made = citizen.file(text="Во дворе шумят.", asks="Провести рейд\nУбрать мусор")
    case = citizen.case(made)
    clock.advance(hours=1)
    citizen.app.appeals.forward(case, "Акимат города", (2,), "Мусор — дело акимата.", CLERK)
    citizen.app.appeals.extend(
        case,
        citizen.app.clock.now().date().replace(month=12, day=10),
        "Нужна экспертиза.",
        "Заместитель министра",
        CLERK,
    )
    page = said(citizen.opened(made))
    assert "Передано: Акимат города" in page and "Срок продлён до 10 декабря 2026" in page
    assert len(tree(citizen.get("/citizen/mine").text).cssselect("section .words")) == 2


def test_who_signs_later_gets_a_lawful_date_from_then_on(citizen: Citizen) -> None:
    made = citizen.file(standing="signal", name="", signed="")
    assert "не назначает срока" in said(citizen.opened(made))
    who = {"name": "Асан Үсенов", "address": "Тұмарлы, Садовая 12"}
    assert citizen.post("/citizen/mine/sign", who).status_code == 422, "the tick is missing"
    assert citizen.post("/citizen/mine/sign", who | {"signed": "1"}).status_code == 303
    assert citizen.app.appeals.case(citizen.case(made)).standing is Standing.APPEAL
    assert "не позднее 23 ноября 2026" in said(citizen.get("/citizen/mine"))


def test_an_appeal_is_withdrawn_and_its_record_stays(citizen: Citizen) -> None:
    made = citizen.file()
    citizen.opened(made)
    assert citizen.post("/citizen/mine/withdraw", {"reason": "Решилось само"}).status_code == 303
    assert citizen.app.appeals.case(citizen.case(made)).stage is Stage.WITHDRAWN
    assert "Отозвано" in said(citizen.get("/citizen/mine"))


def test_what_the_applicant_writes_is_in_no_event(citizen: Citizen) -> None:
    made = citizen.file()
    citizen.opened(made)
    citizen.post("/citizen/mine/withdraw", {"reason": "Потому что Асан помирился"})
    events = citizen.app.appeals.case(citizen.case(made)).events
    assert "Асан" not in "".join(map(str, events)) and APPEAL not in "".join(map(str, events))


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_a_case_says_all_its_words_in_every_language(
    citizen: Citizen, clock: StoppedClock, lang: str
) -> None:
    made = citizen.file()
    clock.advance(days=8)
    answered(citizen.app, citizen.case(made), made["number"])
    citizen.opened(made)
    page = citizen.get("/citizen/mine", lang=lang)
    assert "⟦" not in page.text and page.headers["cache-control"] == "no-store"
    assert tree(page.text).cssselect(".answer")[0].get("lang") == "ru", (
        "the answer is in the appeal's language"
    )
    assert json.dumps(made["code"]) not in page.text


def about(page: Node, field: str) -> list[str]:
    """What a screen reader says of a field beside its label."""
    return (page.cssselect(field)[0].get("aria-describedby") or "").split()


@pytest.mark.parametrize(
    ("act", "form", "field", "error"),
    [
        pytest.param("document", {}, "#document-text", "document", id="a document of nothing"),
        pytest.param("withdraw", {}, "#withdraw-reason", "withdraw", id="withdrawn without a word"),
        pytest.param("complain", {}, "#complain-reason", "complain", id="a complaint without a word"),
        pytest.param("sign", {"name": "А", "address": "Б", "iin": "1"}, "#iin", "iin", id="half a number"),
        pytest.param("sign", {"name": "А", "address": "Б"}, "#signed", "signed", id="the tick was left out"),
    ],
)
def test_a_mistake_is_heard_at_its_field_and_its_form_stands_open(
    citizen: Citizen, act: str, form: dict[str, str], field: str, error: str
) -> None:
    citizen.opened(citizen.file(what="message"))
    page = tree(citizen.post(f"/citizen/mine/{act}", form).text)
    assert f"error-{error}" in about(page, field)
    assert page.cssselect(field)[0].get("aria-invalid") == "true"
    assert page.cssselect(f"details[open] {field}"), "not behind a fold"
    for link in page.cssselect(".summary a"):
        assert page.cssselect(str(link.get("href"))), "the summary leads to the field"


def test_what_can_no_longer_be_done_is_told_without_a_link_to_nowhere(citizen: Citizen) -> None:
    citizen.opened(citizen.file())
    assert citizen.post("/citizen/mine/withdraw", {"reason": "Решилось само."}).status_code == 303
    answer = citizen.post("/citizen/mine/withdraw", {"reason": "Решилось само."})
    page = tree(answer.text)
    assert answer.status_code == 422 and "Сейчас это сделать нельзя" in said(answer)
    assert page.cssselect(".summary li") and not page.cssselect(".summary a")


OF_AN_APPEAL = {"ru": "обращени", "kk": "жолданым", "en": "appeal"}
OF_A_MESSAGE = {"ru": "Сообщение принято", "kk": "Хабарлама қабылданды", "en": "Your message was received"}


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_a_message_is_called_one_on_its_receipt_and_while_it_is_followed(
    citizen: Citizen, clock: StoppedClock, lang: str
) -> None:
    """It came in the evening: of an appeal the receipt would quote the law."""
    clock.advance(hours=12)
    citizen.get("/citizen", lang=lang)
    sent = {"what": "message", "text": "☂" * 5, "language": lang}
    page = tree(citizen.post("/citizen/file", sent).text)
    (talon,), (title,) = page.cssselect(".talon"), page.cssselect("h1")
    assert title.text_content() == OF_A_MESSAGE[lang]
    own = OF_AN_APPEAL[lang]
    for node in talon.cssselect("li"):
        assert own not in node.text_content().lower()
    made = {name: page.cssselect(f"[data-{name}]")[0].text_content() for name in ("code", "text")}
    number = page.cssselect("[data-receipt]")[0].get("data-number")
    shown = tree(citizen.opened({"number": number, "code": made["code"]}).text)
    for part in shown.cssselect(".stage, ol.path, form[action$=withdraw], form[action$=document]"):
        assert own not in part.text_content().lower(), part.text_content()


def test_a_message_that_is_signed_becomes_an_appeal_in_words_too(citizen: Citizen) -> None:
    made = citizen.file(what="message")
    assert "Сообщение зарегистрировано" in said(citizen.opened(made))
    form = {"name": "Асан Үсенов", "address": "Тұмарлы, Садовая 12", "signed": "1"}
    assert citizen.post("/citizen/mine/sign", form).status_code == 303
    page = said(citizen.get("/citizen/mine"))
    assert "Обращение зарегистрировано" in page and "Сообщение получено" in page
