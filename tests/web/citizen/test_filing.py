"""What is sent becomes a case with its receipt, once; what lacks something is told field by field."""

import io
import json

import pytest
from PIL import ExifTags, Image
from tests.web.citizen.desk import APPEAL, SIGNED, Citizen, said
from tests.web.reading_pages import tree

from aimas.appeals.receipts import Receipt, proven, proves
from aimas.appeals.service import APPLICANT
from aimas.appeals.types import Channel, Standing
from aimas.web.texts import catalogue


def photo(*, with_place: bool = True) -> bytes:
    picture = Image.new("RGB", (40, 30), "navy")
    exif = picture.getexif()
    if with_place:
        exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (47.0, 18.0, 7.0)
    out = io.BytesIO()
    picture.save(out, "JPEG", exif=exif)
    return out.getvalue()


def place_of(content: bytes) -> dict[int, object]:
    return dict(Image.open(io.BytesIO(content)).getexif().get_ifd(ExifTags.IFD.GPSInfo))


def test_a_signed_appeal_gets_a_number_a_code_a_receipt_and_a_date(citizen: Citizen) -> None:
    made = citizen.file()
    assert (made["standing"], made["answer_by"]) == ("appeal", "2026-11-23")
    receipt = proven(made["receipt"], citizen.app.receipt_keys)
    assert isinstance(receipt, Receipt) and receipt.number == made["number"]
    assert proves(receipt, made["code"], APPEAL)
    case = citizen.app.appeals.case(citizen.case(made))
    assert (case.standing, case.channel, case.kind) == (Standing.APPEAL, Channel.WEB, "application")
    assert str(case.events[0].by) == str(APPLICANT)


def test_without_scripts_the_receipt_comes_as_a_page(citizen: Citizen) -> None:
    answer = citizen.post("/citizen/file", SIGNED)
    page = tree(answer.text)
    code = page.cssselect("[data-code]")[0].text_content()
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    receipt = proven(page.cssselect("[data-text]")[0].text_content(), citizen.app.receipt_keys)
    assert isinstance(receipt, Receipt) and proves(receipt, code, APPEAL)
    assert page.cssselect(".qr svg path")


def test_sent_twice_it_is_filed_once(citizen: Citizen) -> None:
    first, again = (citizen.file(nonce="0" * 36) for _ in range(2))
    assert (first["number"], first["code"], first["receipt"]) == (
        again["number"],
        again["code"],
        again["receipt"],
    )
    other = citizen.file(nonce="1" * 36)
    assert other["number"] != first["number"]


def test_a_nonce_that_served_another_text_is_refused(citizen: Citizen) -> None:
    citizen.file(nonce="0" * 36)
    assert "text" in citizen.refused(nonce="0" * 36, text="Совсем другое.")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        pytest.param({"text": "  "}, "text", id="no words"),
        pytest.param({"text": "а" * 20_001}, "text", id="too many words"),
        pytest.param({"asks": "а" * 5_001}, "asks", id="too many requests"),
        pytest.param({"standing": ""}, "standing", id="not said whether it is signed"),
        pytest.param({"standing": "royal"}, "standing", id="a standing that there is not"),
        pytest.param({"kind": "order"}, "kind", id="a kind that the law does not know"),
        pytest.param({"category": "ufo"}, "category", id="a topic that there is not"),
        pytest.param({"name": ""}, "name", id="signed by nobody"),
        pytest.param({"address": " "}, "address", id="signed without an address"),
        pytest.param({"signed": ""}, "signed", id="the tick was left out"),
        pytest.param({"iin": "12345"}, "iin", id="half a number"),
        pytest.param({"email": "asan@"}, "email", id="half an address"),
        pytest.param({"phone": "позвоните"}, "phone", id="a word for a telephone"),
        pytest.param({"latitude": "47.3"}, "latitude", id="half a place"),
        pytest.param({"latitude": "north", "longitude": "70"}, "latitude", id="a word for a place"),
        pytest.param({"latitude": "97", "longitude": "70"}, "latitude", id="beyond the pole"),
        pytest.param({"latitude": "nan", "longitude": "70"}, "latitude", id="no number at all"),
        pytest.param({"what": "police", "category": "thanks"}, "category", id="thanks are no complaint"),
    ],
)
def test_what_lacks_something_is_told_by_field(citizen: Citizen, changes: dict[str, str], field: str) -> None:
    assert field in citizen.refused(**changes)
    answer = citizen.post("/citizen/file", SIGNED | changes)
    page = tree(answer.text)
    assert answer.status_code == 422
    for link in page.cssselect(".summary a"):
        assert page.cssselect(str(link.get("href"))), "the summary leads to the field"
    if changes.get("text") is None:
        assert APPEAL in page.cssselect("#text")[0].text_content(), "what was written is not lost"
    assert citizen.app.appeals.by_number("2026-000001") is None


def test_all_that_is_wrong_is_told_at_once_in_the_order_of_the_form(citizen: Citizen) -> None:
    """Each file too, and HEIC alone is told to be saved as JPEG."""
    heic = b"\x00\x00\x00\x18ftypheic" + bytes(12)
    wrong = {"text": "", "iin": "12", "email": "asan@", "phone": "нет", "signed": "", "latitude": "north"}
    files = [("a.exe", b"MZ\x90\x00" + bytes(60), ""), ("b.heic", heic, ""), ("c.txt", b"words", "")]
    told = citizen.refused(*files, ("d.jpg", b"", "image/jpeg"), **wrong)
    assert [*told] == ["text", "latitude", "files", "iin", "phone", "email", "signed"]
    exe, heic_told, empty = told["files"].split(". ")[0], told["files"], told["files"]
    assert "a.exe" in exe and "HEIC" not in exe
    assert "«b.heic» в формате HEIC. Сохраните его как JPEG." in heic_told
    assert "«d.jpg» пустой" in empty and "c.txt" not in empty
    page = tree(citizen.post("/citizen/file", SIGNED | wrong, *files).text)
    fields = [node.get("data-field") for node in page.cssselect("[data-field]:has(> .error)")]
    assert fields == ["text", "latitude", "files", "iin", "phone", "email", "signed"]
    assert [a.get("href") for a in page.cssselect(".summary a")] == [f"#{name}" for name in fields]


@pytest.mark.parametrize("form", ["new", "message", "police"])
def test_without_scripts_the_language_changes_and_what_was_typed_stays(citizen: Citizen, form: str) -> None:
    page = tree(citizen.get(f"/citizen/{form}", lang="kk").text)
    buttons = page.cssselect("header button.unscripted")
    assert [b.get("formaction") for b in buttons] == [f"/citizen/retold?lang={t}" for t in ("kk", "ru", "en")]
    assert {b.get("form") for b in buttons} == {page.cssselect("form[data-queue]")[0].get("id")}
    typed = SIGNED | {"what": form, "language": "kk", "was": "kk", "phone": "+7 701", "files": "yard.jpg"}
    answer = citizen.post("/citizen/retold?lang=ru", typed)
    page = tree(answer.text)
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert page.get("lang") == "ru" and "Файлы выберите заново" in said(answer)
    assert page.cssselect("#text")[0].text_content().strip() == APPEAL
    assert page.cssselect("#phone")[0].get("value") == "+7 701"
    assert not page.cssselect(".summary"), "nothing was sent, so nothing is wrong yet"
    if form != "message":
        assert page.cssselect("#language option[selected]")[0].get("value") == "ru"
        assert page.cssselect("#standing-appeal[checked], #signed[checked]")
    assert citizen.app.appeals.by_number("2026-000001") is None


def test_requests_on_lines_of_their_own_are_counted(citizen: Citizen) -> None:
    made = citizen.file(text="Во дворе шумят каждую ночь.", asks="Провести рейд\n\nСообщить о мерах")
    assert citizen.app.appeals.case(citizen.case(made)).requests == 2
    text = citizen.app.persons.sheet(citizen.case(made)).text
    assert text == "Во дворе шумят каждую ночь.\n\nПрошу:\n1. Провести рейд\n2. Сообщить о мерах"


def test_lines_are_the_same_with_and_without_scripts(citizen: Citizen) -> None:
    one = citizen.file(text="Первая.\r\nВторая.")
    assert citizen.app.persons.sheet(citizen.case(one)).text == "Первая.\nВторая."


def test_of_who_stays_anonymous_nothing_is_kept(citizen: Citizen) -> None:
    made = citizen.file(standing="anonymous", email="asan@example.kz", phone="+7 701 000 00 00")
    sheet = citizen.app.persons.sheet(citizen.case(made))
    assert sheet.applicant is None and made["answer_by"] is None and made["standing"] == "anonymous"


def test_a_signal_keeps_a_way_to_answer_and_promises_no_date(citizen: Citizen) -> None:
    made = citizen.file(standing="signal", name="", signed="", email="asan@example.kz")
    sheet = citizen.app.persons.sheet(citizen.case(made))
    assert sheet.applicant is not None and sheet.applicant.email == "asan@example.kz"
    assert sheet.applicant.address == "", "an address is asked only of who signs"
    assert made["answer_by"] is None


@pytest.mark.parametrize(
    ("changes", "is_confidential"),
    [
        pytest.param({"what": "police", "category": "police_conduct"}, True, id="about the police"),
        pytest.param({"what": "police", "category": "custody_conditions"}, True, id="about custody"),
        pytest.param({"what": "police"}, True, id="about the police, he cannot say which"),
        pytest.param({"kind": "complaint", "category": "police_conduct"}, True, id="by the common form"),
        pytest.param({"category": "police_conduct"}, True, id="whatever it is called"),
        pytest.param({"kind": "complaint", "category": "road_safety"}, False, id="about a road"),
        pytest.param({"category": "thanks"}, False, id="no complaint at all"),
    ],
)
def test_complaints_about_police_and_custody_are_confidential(
    citizen: Citizen, changes: dict[str, str], is_confidential: bool
) -> None:
    case = citizen.app.appeals.case(citizen.case(citizen.file(**changes)))
    assert case.is_confidential is is_confidential


def test_a_message_to_the_police_is_a_signal_with_place_and_photo(citizen: Citizen) -> None:
    made = citizen.file(
        ("yard.jpg", photo(), "image/jpeg"),
        what="message",
        category="road_safety",
        standing="appeal",
        latitude="47,302",
        longitude="70.153",
        place_words="у школы",
    )
    case = citizen.app.appeals.case(citizen.case(made))
    sheet = citizen.app.persons.sheet(citizen.case(made))
    assert (case.kind, case.standing) == ("message", Standing.SIGNAL)
    assert sheet.place is not None
    assert (sheet.place.latitude, sheet.place.longitude, sheet.place.words) == (47.302, 70.153, "у школы")
    assert sheet.attachments[0].digest == made["files"][0]["sha256"]


@pytest.mark.parametrize("form", ["new", "message", "police"])
def test_no_topic_is_chosen_before_the_citizen_chooses(citizen: Citizen, form: str) -> None:
    (chosen,) = tree(citizen.get(f"/citizen/{form}").text).cssselect("#category option:first-child")
    assert chosen.get("value") == ""
    made = citizen.file(what=form, category="", text="Квартиру обокрали, дверь взломана.")
    assert citizen.app.appeals.case(citizen.case(made)).category is None


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_a_message_without_a_term_speaks_of_no_term(citizen: Citizen, lang: str) -> None:
    told = " ".join(
        n.text_content()
        for n in tree(citizen.get("/citizen/message", lang=lang).text).cssselect(".notice.calm")
    )
    texts = catalogue(lang)  # type: ignore[arg-type]
    assert texts["citizen.standing.signal.means"] in told and texts["citizen.clock"] not in told


def test_a_place_in_words_alone_goes_into_the_text(citizen: Citizen) -> None:
    sheet = citizen.app.persons.sheet(citizen.case(citizen.file(place_words="за школой № 5")))
    assert sheet.place is None and sheet.text.endswith("Место: за школой № 5")


@pytest.mark.parametrize(("keep", "is_kept"), [("", False), ("1", True)], ids=["unasked", "asked to keep it"])
def test_a_photo_loses_its_place_unless_the_citizen_keeps_it(
    citizen: Citizen, keep: str, is_kept: bool
) -> None:
    taken = photo()
    assert place_of(taken)
    made = citizen.file(("a.jpg", taken, "image/jpeg"), keep_place=keep)
    (digest,) = (f["sha256"] for f in made["files"])
    stored = citizen.app.persons.attachment_of(citizen.case(made), digest)
    assert bool(place_of(stored.content)) is is_kept
    receipt = proven(made["receipt"], citizen.app.receipt_keys)
    assert isinstance(receipt, Receipt) and proves(receipt, made["code"], APPEAL, [bytes.fromhex(digest)])


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        pytest.param(
            "a.jpg", b"MZ\x90\x00" + b"\x00" * 60, "a.jpg", id="a program that calls itself a photo"
        ),
        pytest.param("../../etc/passwd.png", b"not a picture", "passwd.png", id="a path in the name"),
        pytest.param("empty.pdf", b"", "empty.pdf", id="nothing inside"),
    ],
)
def test_a_file_that_is_not_taken_is_named(citizen: Citizen, name: str, content: bytes, told: str) -> None:
    error = citizen.refused((name, content, "image/png"))["files"]
    assert told in error and "/" not in error


def test_more_files_than_allowed_are_refused(citizen: Citizen) -> None:
    assert "files" in citizen.refused(*((f"{n}.txt", b"words", "text/plain") for n in range(11)))


def test_json_is_as_good_as_a_form(citizen: Citizen) -> None:
    token = citizen.get("/citizen/token").json()["token"]
    sent = SIGNED | {
        "signed": True,
        "latitude": 47.3,
        "longitude": 70.15,
        "files": [{"name": "a.txt", "content": "aGVsbG8="}],
    }
    answer = citizen.client.post(
        "/citizen/file", content=json.dumps(sent), headers={"x-csrftoken": token, "content-type": "application/json", "accept": "application/json"}
    )  # fmt: skip
    assert answer.status_code == 200 and answer.json()["files"][0]["name"] == "a.txt"


@pytest.mark.parametrize(
    "body",
    ["[]", "{", '{"files": [{"name": "a", "content": "?"}]}', '{"text": {"a": 1}}', "\\ud800"],
    ids=["a list", "half of it", "no base64", "a thing for a word", "no text"],
)
def test_broken_json_is_refused_with_a_word(citizen: Citizen, body: str) -> None:
    token = citizen.get("/citizen/token").json()["token"]
    answer = citizen.client.post(
        "/citizen/file", content=body, headers={"x-csrftoken": token, "content-type": "application/json", "accept": "application/json"}
    )  # fmt: skip
    assert answer.status_code == 400 and "message" in answer.json()


def test_without_a_token_nothing_is_taken(citizen: Citizen) -> None:
    answer = citizen.client.post("/citizen/file", data=SIGNED)
    assert answer.status_code == 403 and "Форма устарела" in said(answer)


def test_who_sends_too_much_is_asked_to_wait(citizen: Citizen) -> None:
    answers = [citizen.post("/citizen/file", SIGNED | {"text": ""}) for _ in range(80)]
    late = [a for a in answers if a.status_code == 429]
    assert late and "retry-after" in late[0].headers and "Подождите" in said(late[0])


def test_what_was_written_is_shown_as_words_and_never_runs(citizen: Citizen) -> None:
    planted = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    fields = (
        "text",
        "asks",
        "name",
        "address",
        "iin",
        "phone",
        "email",
        "place_words",
        "latitude",
        "longitude",
    )
    answer = citizen.post("/citizen/file", dict(SIGNED) | dict.fromkeys(fields, planted))
    page = tree(answer.text)
    assert answer.status_code == 422
    assert not page.cssselect("script:not([src]), img[onerror]")
    assert page.cssselect("#name")[0].get("value") == planted


def test_large_files_pass_also_without_scripts_and_too_large_ones_are_told(citizen: Citizen) -> None:
    sent = SIGNED | {"_csrf_token": citizen.get("/citizen/token").json()["token"]}
    large = b"words " * 2_000_000
    files = [("files", (f"{n}.txt", large, "text/plain")) for n in range(4)]
    assert citizen.client.post("/citizen/file", data=sent, files=files[:1]).status_code == 200
    answer = citizen.client.post("/citizen/file", data=sent, files=files)
    assert answer.status_code == 413 and "Файлы слишком большие" in said(answer) and "tel:102" in answer.text
