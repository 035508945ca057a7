import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.text import normal_form, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Нур-Султан, COVID-19!", ["Нур", "Султан", "COVID", "19"], id="parts of a hyphenated word"
        ),
        pytest.param("o‘zbek don't «үй»", ["o‘zbek", "don't", "үй"], id="apostrophes inside, quotes outside"),
        pytest.param(
            "за\u0301мок пере\u00adнос", ["за\u0301мок", "пере\u00adнос"], id="stress and soft hyphen"
        ),
        pytest.param("snake_case 3,5", ["snake", "case", "3", "5"], id="underscore and comma part words"),
    ],
)
def test_words_stand_where_they_are_written(text: str, expected: list[str]) -> None:
    found = list(words(text))
    assert [word for _, word in found] == expected
    assert all(span.of(text) == word for span, word in found)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Ёлка", "елка", id="ё"),
        pytest.param("за\u0301мок", "замок", id="stress"),
        pytest.param("пере\u00adнос\u200bить", "переносить", id="soft hyphen and zero width"),
        pytest.param("и\u0306од", "йод", id="a letter in two code points"),
        pytest.param("Мeктеп", "мектеп", id="a Latin e in a Cyrillic word"),
        pytest.param("pоlice", "police", id="a Cyrillic о in a Latin word"),
        pytest.param("iстеу", "істеу", id="a Latin i for a Kazakh і"),
        pytest.param("«Да» — “so”", '"да" - "so"', id="quotes and dashes"),
        pytest.param("IPhone-ды", "iphone-ды", id="two scripts in two parts stay"),
        pytest.param("ҚАЗАҚСТАН ІІМ", "қазақстан іім", id="Kazakh capitals"),
        pytest.param("don’t", "don't", id="an apostrophe"),
    ],
)
def test_a_normal_form_is_one_spelling(text: str, expected: str) -> None:
    assert normal_form(text) == expected


@given(st.text(alphabet="абвеёйіқaeoxypB\u0301\u00ad’«»- ", max_size=60))
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)
