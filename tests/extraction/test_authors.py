"""Whatever stands around a headline, no author and no commenter is in a reading; people in the news are."""

import pytest

from aimas.core import Passed
from aimas.extraction import Extractor

from .test_extractor import PARAGRAPHS, fetched

NAME = "Бекен Шалқар"
OTHERS = ("Бекен", "Шалқар", "shalqar", "Жанель", "Сеитова", "Doe", "barsuk")
RU = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
KK = "".join(
    f"<p>{paragraph}</p>"
    for paragraph in (
        "Алматы полициясы дүкендерден ұрлық жасаған топты ұстады, деп хабарлады қалалық департамент.",
        "Тергеу мәліметінше, екі тұрғын бір ай бойы тауарды рюкзакпен алып шығып жүрген, шығын есептелуде.",
        "«Барлық күдікті жауап беріп жатыр, шығынның бір бөлігі өтелді», — деді полковник Асхат Омаров.",
    )
)
EN = "".join(
    f"<p>{paragraph}</p>"
    for paragraph in (
        "Police in Almaty have solved a series of thefts from supermarkets, the city department said on Friday.",
        "Two residents of the region carried goods out in rucksacks with a double bottom for a whole month.",
        '"All of the detained are giving evidence," said Colonel Askhat Omarov, who leads the investigation.',
    )
)


def shown(before: str, text: str = RU, after: str = "", head: str = "") -> str:
    html = (
        f"<html><head><title>Раскрыта серия краж</title>{head}</head><body><div class=a><h1>Раскрыта серия краж</h1>"
        f"{before}<div class=b>{text}</div>{after}</div></body></html>"
    )
    outcome = Extractor().extract(fetched(html))
    assert isinstance(outcome, Passed), outcome
    return outcome.value.shown


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        pytest.param(
            f"<div><span>17 мая 2024, 10:30</span><span>◉ 746</span><span>Авторы: {NAME}, @beken_shalqar</span></div>",
            KK,
            "",
            id="date, views and author glued by a style sheet",
        ),
        pytest.param(f"<div><b>{NAME}</b><i>17 мая 2024</i></div>", RU, "", id="a name before a date"),
        pytest.param(f"<p>{NAME} | 17.05.2024 10:30</p>", RU, "", id="a name and a date in one piece"),
        pytest.param(
            f"<div><div>{NAME}</div><div>17 мая 2024</div></div>", RU, "", id="a name in a box of its own"
        ),
        pytest.param(f"<p>{NAME}</p><p>вчера, 10:30</p>", RU, "", id="a name above a relative date"),
        pytest.param(f"<p><a href='/authors/12'>{NAME}</a></p>", RU, "", id="a link to an author's page"),
        pytest.param("<p><a href='/avtor/b'>Жанель</a></p>", RU, "", id="a link with a first name"),
        pytest.param("", RU, f"<p><a href='/authors/12'>{NAME}</a></p>", id="a link at the bottom"),
        pytest.param("<p>Автор <b>Жанель Сеитова</b></p>", RU, "", id="a label without a colon"),
        pytest.param("<p>Автор<br><b>Жанель Сеитова</b>, корреспондент</p>", RU, "", id="a label and a role"),
        pytest.param(f"<div>Мәтін: {NAME}</div>", KK, "", id="a kazakh text-by"),
        pytest.param(f"<div>Мақала авторы — {NAME}</div>", KK, "", id="a kazakh author of the article"),
        pytest.param("", KK, f"<p>Дайындаған: <b>{NAME}</b></p>", id="a kazakh prepared-by"),
        pytest.param("<div>By <span>Jane Doe</span> <span>3 hours ago</span></div>", EN, "", id="english by"),
        pytest.param("<div>By Jane Doe and Jim Doe<br>May 17, 2024 · 4 min read</div>", EN, "", id="two"),
        pytest.param("<div>Jane Doe, Staff Writer, @jane_doe</div>", EN, "", id="an english role"),
        pytest.param("", EN, "<p>Jane Doe<br><small>jane.doe@paper.example</small></p>", id="an e-mail"),
        pytest.param("", EN, "<p>Written by Jane Doe on May 17, 2024</p>", id="written by, at the bottom"),
        pytest.param(
            "", RU, f"<p align=right><i>{NAME}</i><br><font>@shalqar_k</font></p>", id="a signature, a handle"
        ),
        pytest.param("", RU, f"<p><i>{NAME}</i></p>", id="a name in italics at the end"),
        pytest.param("", KK, f"<p><strong>{NAME}</strong></p>", id="a kazakh signature"),
        pytest.param(
            "",
            RU,
            "<h4>Комментарии</h4><b>@barsuk_demo</b>: Опять!<br><b>@barsuk_two</b>: Не опять.",
            id="comments under a heading",
        ),
        pytest.param(
            "",
            KK,
            "<h3>Пікірлер (2)</h3><ul><li><cite>barsuk</cite><p>Тағы да!</p></li></ul>",
            id="kazakh comments",
        ),
        pytest.param(
            "",
            EN,
            "<div><div>Comments</div></div><div><p>barsuk</p><p>Again! <a>Reply</a></p></div>",
            id="english comments under a wrapped heading",
        ),
        pytest.param(
            "",
            RU,
            "<ol><li>@barsuk_demo: Опять!</li><li>@barsuk_two: Не опять.</li></ol>",
            id="comments without a heading",
        ),
    ],
)
def test_authors_and_commenters_leave_the_page(before: str, text: str, after: str) -> None:
    found = shown(before, text, after)
    assert not [name for name in OTHERS if name in found]
    assert "Омаров" in found or "Omarov" in found


def test_an_author_that_the_page_declares_leaves_wherever_the_name_stands_alone() -> None:
    head = '<meta name="author" content="Жанель Сеитова">'
    found = shown("", RU.replace("</p><p>", "</p><p>Жанель Сеитова</p><p>", 1), head=head)
    assert "Сеитова" not in found


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        pytest.param(
            RU + "<p>Награждены:</p><ul><li>Асхат Омаров</li><li>Ерлан Сатов</li></ul><p>Их ждёт отпуск.</p>",
            ("Ерлан Сатов",),
            id="a list of the honoured",
        ),
        pytest.param(
            RU + "<p>Ранее @mvd_kz писал, что Ерлан Сатов уволен за прогулы и пьянство на службе.</p>",
            ("Ерлан Сатов уволен",),
            id="a handle inside a sentence",
        ),
        pytest.param(
            RU + "<p>Автор поправок Ерлан Сатов считает, что закон уже работает.</p>" + RU,
            ("Автор поправок Ерлан Сатов",),
            id="an author of a bill",
        ),
        pytest.param(
            "<p>Журналист Ерлан Сатов задержан 17 мая 2024 года в Астане.</p>" + RU,
            ("Журналист Ерлан Сатов",),
            id="a journalist in the news",
        ),
        pytest.param(
            RU
            + "<p>Об этом написал <a href='/authors/7'>Ерлан Сатов</a> на своей странице вчера вечером.</p>",
            ("Ерлан Сатов",),
            id="a link to a person in a sentence",
        ),
        pytest.param(
            RU + "<h3>Комментарии экспертов</h3><p>Юрист Ерлан Сатов считает приговор мягким и спорным.</p>",
            ("Ерлан Сатов",),
            id="experts' comments",
        ),
        pytest.param(
            RU + "<p><b>Ерлан Сатов, адвокат:</b> «Мы обжалуем приговор в суде высшей инстанции».</p>",
            ("Ерлан Сатов",),
            id="a named speaker in bold",
        ),
        pytest.param(
            EN + "<p>By Friday Colonel Yerlan Satov had detained ten people in the region.</p>",
            ("Yerlan Satov",),
            id="a sentence that begins with by",
        ),
    ],
)
def test_people_in_the_news_stay_on_the_page(text: str, kept: tuple[str, ...]) -> None:
    found = shown("<p>17 мая 2024, 10:30</p>", text)
    assert all(name in found for name in kept)


def test_comments_that_a_link_at_the_top_names_do_not_take_the_text() -> None:
    assert PARAGRAPHS[0] in shown("<p><a href='#c'>Комментарии (3)</a></p>")
