from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.text import sentences

CASES = [
    pytest.param("Суд решил. Дело закрыто.", ["Суд решил.", "Дело закрыто."], id="two plain sentences"),
    pytest.param("Он живёт в г. Алматы.", ["Он живёт в г. Алматы."], id="a town"),
    pytest.param(
        "Дом на ул. Абая, 5. Там пусто.", ["Дом на ул. Абая, 5.", "Там пусто."], id="a street and a number"
    ),
    pytest.param("В 2024 г. Казахстан вырос.", ["В 2024 г. Казахстан вырос."], id="a year before a name"),
    pytest.param(
        "Это было в 2024 г. По данным суда, да.",
        ["Это было в 2024 г.", "По данным суда, да."],
        id="a year before a word that opens sentences",
    ),
    pytest.param(
        "Школа им. Абая и ст. 188 УК.", ["Школа им. Абая и ст. 188 УК."], id="a name and an article"
    ),
    pytest.param("Хлеб, соль и т.д. Потом ушли.", ["Хлеб, соль и т.д.", "Потом ушли."], id="and so on"),
    pytest.param(
        "Дали 3.5 млн. тг. Иванову.", ["Дали 3.5 млн. тг.", "Иванову."], id="an amount ends before a capital"
    ),
    pytest.param("Сумма 5 млн. тенге.", ["Сумма 5 млн. тенге."], id="millions before a small letter"),
    pytest.param("Министр А. Б. Иванов прибыл.", ["Министр А. Б. Иванов прибыл."], id="initials"),
    pytest.param(
        "Судья А. И. Иванов и Е.Н. Ким.", ["Судья А. И. Иванов и Е.Н. Ким."], id="an initial that is a word"
    ),
    pytest.param("2024 ж. Қазақстанда болды.", ["2024 ж. Қазақстанда болды."], id="a Kazakh year"),
    pytest.param("Нан, су т.б. Олар кетті.", ["Нан, су т.б.", "Олар кетті."], id="a Kazakh and so on"),
    pytest.param(
        "Алматы обл. Қарасай ауд. Көшесі.",
        ["Алматы обл. Қарасай ауд. Көшесі."],
        id="Kazakh region and district",
    ),
    pytest.param(
        "Mr. Smith met Dr. Lee. They left.", ["Mr. Smith met Dr. Lee.", "They left."], id="English titles"
    ),
    pytest.param(
        "The U.S. President came. He left.", ["The U.S. President came.", "He left."], id="U.S. before a name"
    ),
    pytest.param("He left the U.S. They stayed.", ["He left the U.S.", "They stayed."], id="U.S. at the end"),
    pytest.param(
        "Срок до 12.05. включительно.", ["Срок до 12.05. включительно."], id="a date with a full stop"
    ),
    pytest.param(
        "1. Первое дело. 2. Второе.", ["1. Первое дело.", "2. Второе."], id="a numbered list in a line"
    ),
    pytest.param(
        "«Куда?» — спросил он. Молчание.", ["«Куда?» — спросил он.", "Молчание."], id="a question inside"
    ),
    pytest.param("«Мы победим!» Зал встал.", ["«Мы победим!»", "Зал встал."], id="a quotation that ends"),
    pytest.param(
        "Он сказал: «Всё». И ушёл.", ["Он сказал: «Всё».", "И ушёл."], id="a stop after the quotation"
    ),
    pytest.param("“Done.” She smiled.", ["“Done.”", "She smiled."], id="English quotes"),
    pytest.param("(См. ст. 5.) Далее.", ["(См. ст. 5.)", "Далее."], id="a bracketed sentence"),
    pytest.param(
        "Он думал… и молчал. Всё…  Конец", ["Он думал… и молчал.", "Всё…", "Конец"], id="an ellipsis"
    ),
    pytest.param("Что?! Где?.. Когда", ["Что?!", "Где?..", "Когда"], id="several signs"),
    pytest.param("Заголовок без точки\nТекст.", ["Заголовок без точки", "Текст."], id="a newline ends"),
    pytest.param("- хлеб\n- соль\n• вода", ["- хлеб", "- соль", "• вода"], id="bullets"),
    pytest.param("Сайт stan.kz сообщил. Да.", ["Сайт stan.kz сообщил.", "Да."], id="an address"),
    pytest.param("", [], id="nothing"),
    pytest.param(" \n\t ", [], id="only space"),
    pytest.param("...", ["..."], id="only signs"),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [span.of(text) for span in sentences(text)] == expected


@given(st.text(alphabet='абВГzZ .!?…\n\t«»()"1-\u00a0\u2028г', max_size=200) | st.text(max_size=100))
def test_every_visible_character_lies_in_exactly_one_sentence(text: str) -> None:
    spans = sentences(text)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    covered = {at for span in spans for at in range(span.start, span.end)}
    assert covered >= {at for at, sign in enumerate(text) if not sign.isspace()}
    assert all(span.of(text).strip() == span.of(text) for span in spans)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("слово " * 20_000, id="words without an end"),
        pytest.param("ы" * 100_000, id="one endless word"),
    ],
)
def test_a_text_without_ends_is_cut(text: str) -> None:
    spans = sentences(text)
    assert max(span.end - span.start for span in spans) <= 2_000
    assert "".join(span.of(text).replace(" ", "") for span in spans) == text.replace(" ", "")
