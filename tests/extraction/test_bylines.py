"""Authors leave, people in the news stay."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.extraction import credits
from aimas.extraction.bylines import without_bylines

BODY = "Полицейские Алматы задержали подозреваемого.\nСледствие продолжается, сообщили в департаменте."
BODY_EN = "Police in Almaty detained a suspect.\nThe investigation goes on, the department said."
BODY_KK = "Алматы полициясы күдіктіні ұстады.\nТергеу жалғасып жатыр, деп хабарлады департамент."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(f"{BODY}\nАвтор: Айгерим Сатова", BODY, id="a russian author line at the bottom"),
        pytest.param(f"Автор: Айгерим Сатова\n{BODY}", BODY, id="a russian author line at the top"),
        pytest.param(f"{BODY_KK}\nМәтін: Ерлан Қасымов", BODY_KK, id="a kazakh text-by line"),
        pytest.param(f"{BODY_KK}\nДайындаған: Ә. Нұрланқызы", BODY_KK, id="a kazakh prepared-by line"),
        pytest.param(f"By Jane Doe\n{BODY_EN}", BODY_EN, id="an english byline"),
        pytest.param(f"By JANE DOE, Staff Writer\n{BODY_EN}", BODY_EN, id="an english byline with a role"),
        pytest.param(f"By Jane Doe and John Roe\n{BODY_EN}", BODY_EN, id="two english authors"),
        pytest.param(
            f"{BODY_EN}\n(Reporting by Jane Doe; Editing by John Roe)", BODY_EN, id="a wire's signature"
        ),
        pytest.param(f"{BODY}\nФото: Ерлан Омаров / архив", BODY, id="a russian photo credit"),
        pytest.param(f"{BODY_KK}\nСурет: ашық дереккөз", BODY_KK, id="a kazakh photo credit"),
        pytest.param(f"{BODY_EN}\nPhoto by Jane Doe", BODY_EN, id="an english photo credit"),
        pytest.param(f"{BODY}\nАйгерим САТОВА", BODY, id="a signature alone on the last line"),
        pytest.param(f"{BODY}\nАйгерим Сатова, Алматы", BODY, id="a signature with a town"),
        pytest.param(f"{BODY}\nПодготовила Айгерим Сатова", BODY, id="prepared by, without a colon"),
        pytest.param(
            "Снимок (фото: Ерлан Омаров) облетел сеть.", "Снимок облетел сеть.", id="a credit in brackets"
        ),
        pytest.param(
            f"{BODY}\nФото: Ерлан Омаров\nАйгерим Сатова", BODY, id="a credit above a signature: both go"
        ),
        pytest.param(
            "Пишите @news_kz или t.me/news_kz.", "Пишите @… или @….", id="a handle and a channel address"
        ),
        pytest.param(
            "Видео https://www.instagram.com/p/Ab1/ тут", "Видео @… тут", id="an address with its scheme"
        ),
        pytest.param(
            "См. m.facebook.com/some.one, x.com/someone", "См. @…, @…", id="mobile and bare addresses"
        ),
        pytest.param("Почта: a.satova@example.kz", "Почта: …@…", id="an e-mail address"),
        pytest.param(
            "Сайт max.com/film и gov.kz/x", "Сайт max.com/film и gov.kz/x", id="other addresses stay"
        ),
    ],
)
def test_authors_and_handles_leave(text: str, expected: str) -> None:
    assert without_bylines(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{BODY}\n«Меры приняты», — сообщил министр Ержан Саденов.", id="a quoted minister"),
        pytest.param(
            '"We found him," said Colonel John Smith.\nThe search lasted a day.', id="a quoted colonel"
        ),
        pytest.param(
            f"Полковник Асхат Омаров: «Мы нашли всех»\n{BODY}", id="a named speaker before a quotation"
        ),
        pytest.param("Награждены:\nАсхат Омаров\nЕрлан Сатов\nАйгуль Ахметова", id="a list of the honoured"),
        pytest.param("Победителем стал\nнаш боец:\nАсхат Омаров", id="a name that a colon announces"),
        pytest.param(
            "By Monday police had detained ten people.\nMore followed.", id="a sentence that begins with by"
        ),
        pytest.param(f"Автор законопроекта депутат Асхат Омаров выступил.\n{BODY}", id="an author of a bill"),
        pytest.param(
            f"{BODY}\nПрезидент Касым-Жомарт Токаев подписал указ.", id="a last sentence with a name"
        ),
        pytest.param("Редактор газеты Асхат Омаров задержан.\nИдёт следствие.", id="an editor in the news"),
    ],
)
def test_people_spoken_of_stay(text: str) -> None:
    assert without_bylines(text) == text


@given(st.text(alphabet=st.sampled_from("Аа Бб.,:@\nbyBy©—Автор:Фото"), max_size=200))
def test_doing_it_twice_changes_nothing_more(text: str) -> None:
    once = without_bylines(text)
    assert without_bylines(once) == once


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("Автор: " + "Аи Би " * 30 + "x", id="names that end in the word and"),
        pytest.param("By " + "Aa-Bb " * 35 + ".", id="double names"),
        pytest.param("a.b-" * 50_000 + "@", id="the start of an address"),
        pytest.param("a@" * 50_000, id="many address signs"),
        pytest.param("А." * 100 + " x", id="initials"),
    ],
)
def test_hostile_lines_take_no_time(line: str) -> None:
    start = time.process_time()
    without_bylines(f"{line}\nТекст.\n{line}")
    assert time.process_time() - start < 2


SPELLED = (
    "Автор Автор: текст: подготовила дайындаған мәтін авторы written by By Posted on корреспондент тілші фотограф "
    "шеф-редактор просмотров 1245 қаралды 12 мин минуты чтения views комментариев обновлено жарияланды 17 мая 2024 жылғы "
    "17.05.2024 10:30 вчера бүгін 3 часа назад сағат бұрын Иван Петров Әсел Қуанышқызы @ivan_p t.me/ivan ivan@mail.kz полиция "
    "сообщила, қалада болды said that de la Cruz"
)


@pytest.mark.parametrize("known", [(), ("Maria de la Cruz",), ("Иван полиция",)])
@given(words=st.lists(st.sampled_from(SPELLED.split()), min_size=1, max_size=8))
def test_a_line_that_is_passed_over_is_no_credit_when_read_in_full(
    known: tuple[str, ...], words: list[str]
) -> None:
    line = " ".join(words)
    if credits._says_more(line, known):
        assert credits._credit_of(line, known) is None
