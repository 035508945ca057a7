"""Whatever the bytes, one outcome; what a page says, as it says it."""

import gzip
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aimas.core import DatedBy, Dropped, DropReason, Fetched, Held, HoldReason, Passed, Publication
from aimas.extraction import Extractor, Limits

NOW = datetime(2024, 6, 1, 9, 0, tzinfo=UTC)
PARAGRAPHS = (
    "Полицейские Алматы раскрыли серию краж из супермаркетов, сообщили в департаменте полиции города.",
    "По версии следствия, двое жителей области выносили товар в рюкзаках с двойным дном целый месяц.",
    "«Все задержанные дают показания, ущерб частично возмещён», — рассказал полковник Асхат Омаров.",
    "Расследование продолжается, вопрос о мере пресечения решит суд в ближайшие дни.",
)


def fetched(body: bytes | str = b"", media_type: str = "text/html", **changes: object) -> Fetched:
    fields: dict[str, object] = {
        "source": "test",
        "address": None,
        "media_type": media_type,
        "body": body.encode() if isinstance(body, str) else body,
        "fetched_at": NOW,
        "name": "test item",
    }
    return Fetched(**(fields | changes))  # type: ignore[arg-type]


def page(head: str = "", before: str = "", after: str = "", title: str = "Раскрыта серия краж") -> str:
    paragraphs = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return (
        f"<!doctype html><html lang='ru'><head><title>{title} | Вести</title>{head}</head><body>"
        f"<nav><a href='/'>Главная</a></nav><article><h1>{title}</h1>{before}<div>{paragraphs}</div>{after}"
        "</article><footer>© Вести</footer></body></html>"
    )


def read(item: Fetched, extractor: Extractor | None = None) -> Publication:
    outcome = (extractor or Extractor()).extract(item)
    assert isinstance(outcome, Passed), outcome
    return outcome.value


def test_a_page_gives_title_text_language_and_nothing_of_its_frame() -> None:
    found = read(fetched(page()))
    assert found.title == "Раскрыта серия краж"
    assert found.text == "\n".join(PARAGRAPHS)
    assert found.language_hint == "ru"
    assert (found.published_at, found.dated_by) == (None, None)


@pytest.mark.parametrize(
    ("item", "at", "by"),
    [
        pytest.param(
            fetched(
                page(
                    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"x",'
                    '"datePublished":"2024-05-17T10:30:00+05:00"}</script>'
                )
            ),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="json-ld with an offset",
        ),
        pytest.param(
            fetched(page('<meta property="article:published_time" content="2024-05-17T10:30:00">')),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="meta without an offset is almaty time",
        ),
        pytest.param(
            fetched(page('<meta property="article:published_time" content="2023-05-17T10:30:00">')),
            datetime(2023, 5, 17, 4, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="almaty was six hours ahead before march 2024",
        ),
        pytest.param(
            fetched(page(before='<time datetime="2024-05-17">вчера</time>')),
            datetime(2024, 5, 16, 19, 0, tzinfo=UTC),
            DatedBy.PAGE,
            id="a time element",
        ),
        pytest.param(
            fetched(page(), address="https://vesti.example/2024/05/17/krazha"),
            datetime(2024, 5, 16, 19, 0, tzinfo=UTC),
            DatedBy.PAGE,
            id="the address",
        ),
        pytest.param(
            fetched(page(before="<div>17 мая 2024, 10:30</div>")),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="a visible russian date line",
        ),
        pytest.param(
            fetched(page(before="<div><span>2024 жылғы 17 мамыр, 10:30</span></div>")),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="a visible kazakh date line",
        ),
        pytest.param(
            fetched(page(before="<p class=d>May 17, 2024 at 10:30</p>")),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="a visible english date line",
        ),
        pytest.param(
            fetched(
                page(
                    '<meta property="article:published_time" content="2014-04-01T00:00:00+06:00">',
                    before="<div>17.05.2024, 10:30</div>",
                )
            ),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="a visible date that contradicts metadata",
        ),
        pytest.param(
            fetched(
                page(
                    '<meta property="article:published_time" content="2024-05-17T10:30:00">',
                    before="<div>Обновлено 20 мая 2024</div>",
                ),
                address="https://vesti.example/2024/05/17/krazha",
            ),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="metadata that the address backs",
        ),
        pytest.param(
            fetched(
                page(before="<div>17.05.2024, 10:30</div>"), address="https://x.example/press/2024-05-17-12"
            ),
            datetime(2024, 5, 17, 5, 30, tzinfo=UTC),
            DatedBy.PAGE,
            id="a visible hour of the day that the address names",
        ),
        pytest.param(fetched(page(before="<div>17 мая, 10:30</div>")), None, None, id="no year, no date"),
        pytest.param(
            fetched(page('<meta property="article:published_time" content="2024-06-05T10:30:00Z">')),
            None,
            None,
            id="more than two days ahead is ignored",
        ),
        pytest.param(
            fetched(page('<meta property="article:published_time" content="1970-01-01T00:00:00Z">')),
            None,
            None,
            id="before 1990 is ignored",
        ),
        pytest.param(
            fetched(
                page('<meta property="article:published_time" content="2024-05-17T10:30:00Z">'),
                published_at=datetime(2024, 5, 16, tzinfo=UTC),
                dated_by=DatedBy.FEED,
            ),
            datetime(2024, 5, 16, tzinfo=UTC),
            DatedBy.FEED,
            id="the feed's date wins",
        ),
        pytest.param(
            fetched("АСТАНА, 17 мая 2024 года. Пожар потушен.", "text/plain"),
            datetime(2024, 5, 16, 19, 0, tzinfo=UTC),
            DatedBy.TEXT,
            id="a dateline of plain text",
        ),
        pytest.param(
            fetched("АСТАНА. 2024 жылғы 17 мамыр. Өрт сөндірілді.", "text/plain"),
            datetime(2024, 5, 16, 19, 0, tzinfo=UTC),
            DatedBy.TEXT,
            id="a kazakh dateline",
        ),
        pytest.param(
            fetched("17 мая 2024 года полицейские задержали двоих.", "text/plain"),
            None,
            None,
            id="the date of an event is no dateline",
        ),
        pytest.param(
            fetched("АСТАНА, 17 мая. Пожар потушен.", "text/plain"),
            None,
            None,
            id="a dateline without a year",
        ),
        pytest.param(
            fetched("Пожар в Астане, 30 февраля 2024 года. Потушен.", "text/plain"),
            None,
            None,
            id="a day that no calendar has",
        ),
    ],
)
def test_dates(item: Fetched, at: datetime | None, by: DatedBy | None) -> None:
    found = read(item)
    assert (found.published_at, found.dated_by) == (at, by)


@pytest.mark.parametrize(
    ("item", "title", "text"),
    [
        pytest.param(
            fetched("Заголовок\n\nТекст.", "text/plain"), "Заголовок", "Текст.", id="a short first line"
        ),
        pytest.param(
            fetched("Один абзац.", "text/plain"), "", "Один абзац.", id="one paragraph has no title"
        ),
        pytest.param(
            fetched("А" * 201 + "\nТекст.", "text/plain"), "", "А" * 201 + "\nТекст.", id="a long first line"
        ),
        pytest.param(
            fetched("Пожар\nПОЖАР.\nТекст.", "text/plain"),
            "Пожар",
            "Текст.",
            id="a repeated title is dropped",
        ),
        pytest.param(
            fetched(b"raw", "text/plain", text="Строка\n\n ряда", title="Имя"),
            "Имя",
            "Строка\nряда",
            id="text handed over is only cleaned",
        ),
        pytest.param(
            fetched(b"raw", "text/plain", text="Fire\n\n\nFire\nA house burned."),
            "Fire",
            "A house burned.",
            id="text handed over without a title: its first line, once",
        ),
        pytest.param(
            fetched(b"raw", "application/json", text="Өрт сөндірілді\nҮй жанып кетті."),
            "Өрт сөндірілді",
            "Үй жанып кетті.",
            id="a message's first line",
        ),
        pytest.param(
            fetched(b"raw", "text/plain", text="Бекен Шалқар, @beken\nПожар потушен.\nЖертв нет."),
            "Пожар потушен.",
            "Жертв нет.",
            id="a name above a message is no title",
        ),
        pytest.param(
            fetched(b"raw", "text/plain", text="17.05.2024\nПожар потушен."),
            "",
            "17.05.2024\nПожар потушен.",
            id="a date is no title",
        ),
    ],
)
def test_plain_text(item: Fetched, title: str, text: str) -> None:
    found = read(item)
    assert (found.title, found.text) == (title, text)


@pytest.mark.parametrize(
    ("fed", "head", "expected"),
    [
        pytest.param(None, "", "Раскрыта серия краж", id="no feed: the page's"),
        pytest.param("Кражи раскрыты", "", "Кражи раскрыты", id="the feed's wins"),
        pytest.param("Главная", "", "Раскрыта серия краж", id="a generic feed title does not"),
        pytest.param("Раскрыта…", "", "Раскрыта серия краж", id="nor one cut short"),
    ],
)
def test_titles(fed: str | None, head: str, expected: str) -> None:
    assert read(fetched(page(head), title=fed)).title == expected


@pytest.mark.parametrize(
    ("document", "heading", "expected"),
    [
        pytest.param(
            "Суд вернул балкон дольщице :: Красная строка", "h2", "Суд вернул балкон дольщице", id="ru"
        ),
        pytest.param("Сот балконды қайтарып берді — Қызыл жол", "h3", "Сот балконды қайтарып берді", id="kk"),
        pytest.param("Court returns a lost balcony / The Line", "b", "Court returns a lost balcony", id="en"),
        pytest.param("«Верните лето»: письмо :: Строка", "p", "«Верните лето»: письмо", id="no heading"),
        pytest.param("Он сказал «верните лето» :: Строка", "p", "Он сказал «верните лето»", id="guillemet"),
    ],
)
def test_a_title_without_its_site(document: str, heading: str, expected: str) -> None:
    name = document.split(" :: ")[0].split(" — ")[0].split(" / ")[0]
    body = "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    html = (
        f"<html><title>{document}</title><body><{heading}>{name}</{heading}><div>{body}</div></body></html>"
    )
    assert read(fetched(html)).title == expected


def card(html: str) -> str:
    """The text of a page with something put between its paragraphs."""
    first, *rest = (f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    return read(
        fetched(f"<html><body><h1>Кражи</h1><div>{first}{html}{''.join(rest)}</div></body></html>")
    ).text


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<p>Читайте также: <a href=/a>Метро закроется раньше обычного</a></p>", id="ru label"),
        pytest.param(
            "<div><span>Тағы оқыңыз</span><a href=/a>Метро ертерек жабылады</a></div>", id="kk label"
        ),
        pytest.param("<p><b>Read also:</b> <a href=/a>The metro will close early</a></p>", id="en label"),
        pytest.param("<blockquote><a href=/a>Метро закроется раньше обычного</a></blockquote>", id="a card"),
        pytest.param(
            "<table><tr><td><b>Читайте также</b><br><a href=/a>Метро закроется раньше</a></table>",
            id="a table",
        ),
        pytest.param(
            "<div>"
            + "".join(f"<a href=/{n}>Метро в городе закроется раньше {n}</a><br>" for n in "abc")
            + "</div>",
            id="a list of headlines",
        ),
        pytest.param("<div class=infobox><table><tr><td>Раздел<td>Общество</table></div>", id="an infobox"),
        pytest.param("<p>Подпишитесь на утреннюю рассылку — пять новостей</p>", id="a letter"),
    ],
)
def test_what_leads_elsewhere_leaves_the_text(html: str) -> None:
    assert card(html) == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        pytest.param(
            "<p>Ранее <a href=/a>суд вынес приговор</a> двум другим жителям области за похожие кражи.</p>",
            "двум другим жителям",
            id="a link in a sentence",
        ),
        pytest.param("<table><tr><td>Год<td>Краж<tr><td>2023<td>514</table>", "514", id="a table of figures"),
    ],
)
def test_what_is_of_the_text_stays(html: str, kept: str) -> None:
    assert kept in card(html)


def test_lines_that_a_site_repeats_and_titles_of_its_other_pages_leave() -> None:
    extractor = Extractor()

    def text_of(number: int, inside: str = "") -> str:
        body = "".join(f"<p>{paragraph} Дело {number}.</p>" for paragraph in PARAGRAPHS)
        html = (
            f"<html><body><h1>Заголовок новости номер {number}</h1><div><p>Снимок из нашего архива</p>{inside}{body}"
            "</div></body></html>"
        )
        return read(fetched(html, address=f"https://vesti.example/{number}"), extractor).text

    first = [text_of(number) for number in range(3)]
    assert ["архива" in text for text in first] == [True, True, False]
    assert "номер 1" not in text_of(4, "<p>Заголовок новости номер 1</p>")
    assert text_of(2) == first[2]


SENTENCE = "Жители города жалуются на шум и пыль от стройки. " * 20
KAZAKH = "Қала тұрғындары құрылыстың шуы мен шаңына шағымданды, әкімдік тексеру өткізді. " * 20


@pytest.mark.parametrize(
    ("body", "declared", "expected"),
    [
        pytest.param(SENTENCE.encode("utf-8"), "windows-1251", SENTENCE, id="utf-8 declared windows-1251"),
        pytest.param(SENTENCE.encode("cp1251"), "utf-8", SENTENCE, id="windows-1251 declared utf-8"),
        pytest.param(SENTENCE.encode("koi8-r"), None, SENTENCE, id="koi8-r undeclared"),
        pytest.param(SENTENCE.encode("koi8-r"), "windows-1251", SENTENCE, id="koi8-r declared windows-1251"),
        pytest.param(SENTENCE.encode("cp866"), None, SENTENCE, id="cp866 undeclared"),
        pytest.param(SENTENCE.encode("utf-16"), None, SENTENCE, id="utf-16 with its mark"),
        pytest.param(SENTENCE.encode("utf-16-le"), None, SENTENCE, id="utf-16 without its mark"),
        pytest.param(KAZAKH.encode("kz1048"), "windows-1251", KAZAKH, id="kz-1048 declared windows-1251"),
        pytest.param(KAZAKH.encode("ptcp154"), None, KAZAKH, id="pt154 undeclared"),
        pytest.param(SENTENCE.encode()[:-3], None, SENTENCE[:-3], id="utf-8 cut inside a letter"),
        pytest.param(
            "Café à Genève. ".encode("latin-1") * 9, "iso-8859-1", "Café à Genève. " * 9, id="latin-1"
        ),
    ],
)
def test_charsets(body: bytes, declared: str | None, expected: str) -> None:
    assert read(fetched(body, "text/plain", charset=declared)).text == expected.strip()


def attributes(value: str) -> str:
    return f"<p {' '.join(f'a{n}{value}' for n in range(20_000))}>x"


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        pytest.param(fetched(b""), HoldReason.EMPTY, id="no bytes"),
        pytest.param(fetched(b" \n\t"), HoldReason.EMPTY, id="blanks"),
        pytest.param(fetched("<html><body><nav>x</nav></body></html>"), HoldReason.EMPTY, id="no text"),
        pytest.param(fetched(b"%PDF-1.4 ..."), HoldReason.NOT_TEXT, id="a pdf"),
        pytest.param(fetched(gzip.compress(b"x" * 99)), HoldReason.NOT_TEXT, id="a gzip"),
        pytest.param(fetched(bytes(range(256)) * 9), HoldReason.NOT_TEXT, id="every byte there is"),
        pytest.param(fetched(b"{}", "application/json"), HoldReason.NOT_TEXT, id="another media type"),
        pytest.param(
            fetched(b"\x98\x81\x9d\xf0\xff" * 99), HoldReason.UNREADABLE_CHARSET, id="no charset's bytes"
        ),
        pytest.param(
            fetched("слово " * 200_000, "text/plain"), HoldReason.TOO_LARGE, id="too many characters"
        ),
        pytest.param(fetched("<div>" * 100_000 + "x"), HoldReason.BOMB, id="absurd nesting"),
        pytest.param(fetched("<b><p>" * 5_000 + "x"), HoldReason.BOMB, id="unclosed formatting"),
        pytest.param(fetched("<b></b>" * 200_000), HoldReason.BOMB, id="too many elements"),
        pytest.param(fetched(attributes('="x"')), HoldReason.BOMB, id="too many attributes"),
        pytest.param(fetched(attributes("")), HoldReason.BOMB, id="too many attributes without values"),
    ],
)
def test_what_cannot_be_read_is_held(item: Fetched, reason: HoldReason) -> None:
    outcome = Extractor().extract(item)
    assert isinstance(outcome, Held)
    assert outcome.reason is reason


@pytest.mark.parametrize(
    "long",
    [
        pytest.param(
            "<div data-state='" + '{"a b": "c d"}, ' * 20_000 + "'></div>", id="state in an attribute"
        ),
        pytest.param(
            f'<img src="data:image/png;base64,{"iVBORw0K" * 50_000}">', id="a picture in an attribute"
        ),
        pytest.param("<script>if (i<n) " + "run ( i ) ; " * 20_000 + "</script>", id="a long script"),
    ],
)
def test_a_page_with_long_parts_is_read(long: str) -> None:
    outcome = Extractor().extract(fetched(page().replace("<article>", f"{long}<article>", 1)))
    assert isinstance(outcome, Passed)


def test_a_body_over_the_limit_is_held() -> None:
    outcome = Extractor(limits=Limits(body_bytes=100)).extract(fetched(page()))
    assert isinstance(outcome, Held)
    assert outcome.reason is HoldReason.TOO_LARGE


def test_a_rubric_page_is_no_publication() -> None:
    cards = "".join(f"<li><a href='/n/{n}'>Новость {n}</a></li>" for n in range(80))
    outcome = Extractor().extract(
        fetched(f"<html><body><ul>{cards}</ul></body></html>", address="https://vesti.example/tag/police")
    )
    assert outcome == Dropped(DropReason.NOT_A_PUBLICATION, "a page of links without a text")


MUTATIONS = st.lists(
    st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.binary(max_size=12)), min_size=1, max_size=8
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(MUTATIONS)
def test_mutated_pages_never_raise(mutations: list[tuple[int, int, bytes]]) -> None:
    body = page(before="<time datetime='2024-05-17'>17 мая 2024</time>").encode()
    for start, size, patch in mutations:
        body = body[:start] + patch + body[start + size :]
    assert isinstance(Extractor().extract(fetched(body)), Passed | Dropped | Held)


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=400), st.sampled_from(("text/html", "text/plain")), st.none() | st.text(max_size=12)
)
def test_random_bytes_never_raise(body: bytes, media_type: str, charset: str | None) -> None:
    assert isinstance(
        Extractor().extract(fetched(body, media_type, charset=charset)), Passed | Dropped | Held
    )
