"""Nothing that a citizen writes is cut: what is too long is refused in words and stays in its field."""

import pytest
from tests.builders import StoppedClock
from tests.web.citizen.desk import SIGNED, Citizen, answered
from tests.web.reading_pages import tree

from aimas.web.citizen.forms import MOST


@pytest.mark.parametrize("field", ["text", "asks", "name", "address", "email", "phone", "place_words"])
def test_a_field_that_is_too_long_is_refused_and_kept(citizen: Citizen, field: str) -> None:
    long = "ж" * (MOST[field] + 1)
    answer = citizen.post("/citizen/file", SIGNED | {field: long})
    page = tree(answer.text)
    (kept,) = page.cssselect(f"#{field}")
    assert answer.status_code == 422 and page.cssselect(f"#error-{field}")
    assert (kept.get("value") or kept.text_content().strip()) == long
    assert kept.get("maxlength") is None and kept.get("data-most") == str(MOST[field])
    assert citizen.app.appeals.by_number("2026-000001") is None


def test_a_text_of_just_the_length_is_taken_whole(citizen: Citizen) -> None:
    text = "ж" * MOST["text"]
    made = citizen.file(text=text)
    assert citizen.app.persons.sheet(citizen.case(made)).text == text


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
@pytest.mark.parametrize(
    ("act", "field", "most"),
    [
        ("document", "text", MOST["text"]),
        ("complain", "reason", MOST["reason"]),
        ("withdraw", "reason", MOST["reason"]),
        ("reopen", "reason", MOST["reason"]),
    ],
)
def test_an_act_with_too_many_words_is_refused_and_they_are_kept(
    citizen: Citizen, clock: StoppedClock, act: str, field: str, most: int, lang: str
) -> None:
    made = citizen.file()
    clock.advance(days=8)
    if act == "reopen":
        answered(citizen.app, citizen.case(made), made["number"])
    citizen.opened(made)
    long = "ж" * (most + 1)
    answer = citizen.post(f"/citizen/mine/{act}?lang={lang}", {field: long})
    page = tree(answer.text)
    (kept,) = page.cssselect(f"#{act}-{'text' if field == 'text' else 'reason'}")
    assert answer.status_code == 422 and page.cssselect(f"#error-{act}") and "⟦" not in answer.text
    assert kept.text_content().strip() == long
    case = citizen.app.appeals.case(citizen.case(made))
    assert (case.documents, len(case.complaints), case.withdrawn_at) == (0, 0, None)
