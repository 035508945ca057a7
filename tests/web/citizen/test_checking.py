"""The server's own check of a receipt, for browsers that cannot, and the receipt on paper."""

import hashlib

import pytest
from tests.web.citizen.desk import APPEAL, Citizen, said
from tests.web.reading_pages import tree


def test_the_keys_are_public(citizen: Citizen) -> None:
    told = citizen.get("/receipt/key.json").json()
    assert told["keys"] == list(citizen.app.receipt_keys) and told["algorithm"] == "Ed25519"


def test_an_old_receipt_is_genuine_after_the_key_was_changed_and_the_old_key_vouches(
    citizen: Citizen,
) -> None:
    made = citizen.file()
    past = citizen.app.rotate_receipt_key(is_leaked=False)
    told = citizen.get("/receipt/key.json").json()
    assert told["keys"] == [past.next, past.key]
    assert told["past"][0]["vouches"] == past.vouches and told["past"][0]["until"]
    assert "Талон подлинный" in said(citizen.post("/receipt/check", {"receipt": made["receipt"]}))
    assert "Талон подлинный" in said(citizen.post("/receipt/check", {"receipt": citizen.file()["receipt"]}))


def test_a_genuine_receipt_is_told_line_by_line(citizen: Citizen) -> None:
    made = citizen.file()
    answer = citizen.post("/receipt/check", {"receipt": made["receipt"].lower() + "\n"})
    assert answer.status_code == 200 and "Талон подлинный" in said(answer) and made["number"] in said(answer)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(lambda t: "hello", "Это не талон", id="something else"),
        pytest.param(lambda t: "", "Это не талон", id="nothing"),
        pytest.param(lambda t: t[:-5], "не полностью", id="cut"),
        pytest.param(lambda t: t.replace("0", "1", 1), "с ошибкой", id="a letter changed"),
    ],
)
def test_what_proves_nothing_is_told_why(citizen: Citizen, change: object, told: str) -> None:
    answer = citizen.post("/receipt/check", {"receipt": change(citizen.file()["receipt"])})  # type: ignore[operator]
    assert answer.status_code == 422 and told in said(answer)


def test_a_saved_file_is_as_good_as_its_text(citizen: Citizen) -> None:
    made = citizen.file()
    token = citizen.get("/citizen/token").json()["token"]
    file = f"{made['number']}\n{made['code']}\n\n{made['receipt']}\n".encode()
    answer = citizen.client.post("/receipt/check", data={"receipt": ""}, files={"file": ("receipt.txt", file, "text/plain")}, headers={"x-csrftoken": token})  # fmt: skip
    assert "Талон подлинный" in said(answer)


@pytest.mark.parametrize("how", ["the file", "its fingerprint"])
def test_code_and_text_prove_what_was_filed(citizen: Citizen, how: str) -> None:
    made = citizen.file(("a.txt", b"hello", "text/plain"))
    asked = {"receipt": made["receipt"], "code": made["code"], "text": APPEAL}
    files = [("a.txt", b"hello", "text/plain")] if how == "the file" else []
    if not files:
        asked["digests"] = hashlib.sha256(b"hello").hexdigest().upper()
    assert "подано именно это" in said(citizen.post("/receipt/check", asked, *files))
    assert "не сходятся" in said(citizen.post("/receipt/check", asked | {"text": APPEAL + "!"}, *files))
    assert "не сходятся" in said(
        citizen.post("/receipt/check", asked | {"code": citizen.file()["code"]}, *files)
    )


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_the_receipt_comes_on_paper_with_the_code_only_if_asked(citizen: Citizen, lang: str) -> None:
    made = citizen.file()
    citizen.get("/citizen", lang=lang)
    plain = citizen.post("/receipt/pdf", {"receipt": made["receipt"]})
    told = citizen.post("/receipt/pdf", {"receipt": made["receipt"], "code": made["code"]})
    other = citizen.post("/receipt/pdf", {"receipt": made["receipt"], "code": citizen.file()["code"]})
    assert all(
        a.headers["content-type"] == "application/pdf" and a.content.startswith(b"%PDF-")
        for a in (plain, told)
    )
    assert (
        plain.headers["cache-control"] == "no-store" and "attachment" in plain.headers["content-disposition"]
    )
    assert len(told.content) > len(plain.content), "the code is printed"
    assert other.content == plain.content, "a code of another case is not"
    assert citizen.post("/receipt/pdf", {"receipt": made["receipt"]}).content == plain.content


def test_of_something_else_no_paper_is_made(citizen: Citizen) -> None:
    answer = citizen.post("/receipt/pdf", {"receipt": "AIMAS1:AAAA:BBBB:CCCC"})
    assert answer.status_code == 422 and tree(answer.text).cssselect("#result.warn")
