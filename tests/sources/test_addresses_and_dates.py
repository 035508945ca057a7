"""Canonical addresses, dates as they are written, encodings, handles."""

from datetime import UTC, datetime

import pytest

from aimas.core import BadInput, Ownership
from aimas.sources.addresses import canonical, chosen_canonical, declared_canonical, get_canonical
from aimas.sources.charsets import charset_of, decoded
from aimas.sources.dates import moment
from aimas.sources.privacy import shareable, shareable_title, without_handles

NOW = datetime(2026, 5, 12, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "given, expected",
    [
        pytest.param("HTTPS://WWW.A.KZ:443/N/1#c", "https://www.a.kz/N/1", id="host, port, fragment"),
        pytest.param("http://a.kz", "http://a.kz/", id="no path"),
        pytest.param("http://a.kz/?utm_source=x&id=7&fbclid=y&yclid=z", "http://a.kz/?id=7", id="tracking"),
        pytest.param("http://a.kz/?utm_source=x", "http://a.kz/", id="nothing but tracking"),
        pytest.param("http://a.kz/?b=2&a=1&a=", "http://a.kz/?b=2&a=1&a=", id="order and blanks stay"),
        pytest.param("http://a.kz:8080/x", "http://a.kz:8080/x", id="another port stays"),
        pytest.param("http://полиция.қаз/жаңалық 1", None, id="letters of the path are quoted"),
        pytest.param("http://m.a.kz/n/1", "http://m.a.kz/n/1", id="a mobile host stays"),
        pytest.param(" http://a.kz/x \n", "http://a.kz/x", id="space around"),
        pytest.param("http://a.kz./x", "http://a.kz/x", id="a dot behind the host"),
    ],
)
def test_one_spelling_per_page(given: str, expected: str | None) -> None:
    found = canonical(given)
    assert found.isascii()
    assert canonical(found) == found
    if expected is not None:
        assert found == expected


@pytest.mark.parametrize(
    "given", ["mailto:a@b.kz", "javascript:void(0)", "http://", "http://a:b@c.kz/", "/x", ""]
)
def test_what_is_no_page_has_no_address(given: str) -> None:
    assert get_canonical(given) is None
    with pytest.raises(BadInput):
        canonical(given)


@pytest.mark.parametrize(
    "fetched, declared, chosen",
    [
        pytest.param("http://a.kz/n/1/amp/", "http://a.kz/n/1", "http://a.kz/n/1", id="out of amp"),
        pytest.param("http://m.a.kz/n/1", "http://a.kz/n/1", "http://a.kz/n/1", id="out of mobile"),
        pytest.param("http://a.kz/n/1?ref=x", "http://a.kz/n/1", "http://a.kz/n/1", id="fewer parameters"),
        pytest.param(
            "http://a.kz/n/1", "http://a.kz/", "http://a.kz/n/1", id="the front page is not believed"
        ),
        pytest.param(
            "http://a.kz/n/1", "http://b.kz/n/1", "http://a.kz/n/1", id="another site is not believed"
        ),
        pytest.param(
            "http://a.kz/n/1", "http://a.kz/n/2", "http://a.kz/n/1", id="another page is not believed"
        ),
        pytest.param("http://a.kz/n/1", None, "http://a.kz/n/1", id="nothing declared"),
        pytest.param("http://a.kz/n/1", "::nonsense", "http://a.kz/n/1", id="nonsense declared"),
    ],
)
def test_a_declared_canonical_is_believed_only_where_it_can_be(
    fetched: str, declared: str | None, chosen: str
) -> None:
    assert chosen_canonical(fetched, declared) == chosen


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    "given, zone, expected",
    [
        pytest.param("Tue, 12 May 2026 12:30:00 +0500", None, at(2026, 5, 12, 7, 30), id="as RSS says"),
        pytest.param("Tue, 12 May 2026 12:30:00 +0600", None, at(2026, 5, 12, 6, 30), id="the old zone"),
        pytest.param("12 May 2026 07:30 GMT", None, at(2026, 5, 12, 7, 30), id="without the weekday"),
        pytest.param("2026-05-12T12:30:00+05:00", None, at(2026, 5, 12, 7, 30), id="iso"),
        pytest.param("2026-05-12T07:30:00Z", None, at(2026, 5, 12, 7, 30), id="iso in utc"),
        pytest.param(
            "2026-05-12 12:30:00", "Asia/Almaty", at(2026, 5, 12, 7, 30), id="no zone: the source's"
        ),
        pytest.param("2026-05-12 07:30:00", None, at(2026, 5, 12, 7, 30), id="no zone at all: utc"),
        pytest.param(
            "2024-02-12 12:30:00", "Asia/Almaty", at(2024, 2, 12, 6, 30), id="Almaty was +6 till March 2024"
        ),
        pytest.param("12 мая 2026 г., 12:30", "Asia/Almaty", at(2026, 5, 12, 7, 30), id="russian"),
        pytest.param("Вторник, 12 мая 2026 12:30", None, at(2026, 5, 12, 12, 30), id="russian weekday"),
        pytest.param(
            "Вт, 12 май 2026 07:30:00 +0500", None, at(2026, 5, 12, 2, 30), id="russian in RSS form"
        ),
        pytest.param("1 сентября 2025", None, at(2025, 9, 1), id="a day alone"),
        pytest.param("12 мамыр 2026, 07:30", None, at(2026, 5, 12, 7, 30), id="kazakh"),
        pytest.param("2026 жылғы 12 мамыр", None, at(2026, 5, 12), id="kazakh with the year first"),
        pytest.param("05.04.2026 10:00", None, at(2026, 4, 5, 10, 0), id="day before month"),
        pytest.param("05/04/2026", None, at(2026, 4, 5), id="day before month with strokes"),
        pytest.param("20260512", None, at(2026, 5, 12), id="digits alone"),
        pytest.param(1778571000, None, datetime.fromtimestamp(1778571000, UTC), id="seconds since 1970"),
        pytest.param(
            "1778571000000", None, datetime.fromtimestamp(1778571000, UTC), id="milliseconds, as text"
        ),
        pytest.param("Tue, 12 May 2099 10:00:00 +0500", None, None, id="2099"),
        pytest.param("12 мая 2062", None, None, id="digits swapped"),
        pytest.param("Thu, 01 Jan 1970 00:00:00 GMT", None, None, id="the epoch"),
        pytest.param("0", None, None, id="zero"),
        pytest.param("12:30", None, None, id="an hour without a day"),
        pytest.param("12 мая", None, None, id="a day without a year"),
        pytest.param("вчера в 10:30", None, None, id="yesterday"),
        pytest.param("32 мая 2026", None, None, id="no such day"),
        pytest.param("", None, None, id="nothing"),
        pytest.param("9" * 70, None, None, id="digits without end"),
        pytest.param(float("inf"), None, None, id="infinity"),
        pytest.param(True, None, None, id="a truth"),
    ],
)
def test_dates_as_they_are_written(
    given: str | int | float, zone: str | None, expected: datetime | None
) -> None:
    assert moment(given, NOW, zone) == expected


def test_a_date_may_run_ahead_by_a_wrong_zone_only() -> None:
    assert moment("2026-05-13 10:00", NOW) is not None
    assert moment("2026-05-13 12:00", NOW) is None


RUSSIAN = "Полиция Алматы сообщила о задержании подозреваемого в краже."
KAZAKH = "Қазақстан полициясы ұрлық бойынша күдіктіні ұстағанын хабарлады."


@pytest.mark.parametrize(
    "text, charset",
    [
        *[
            pytest.param(RUSSIAN, name, id=f"russian {name}")
            for name in ("cp1251", "koi8-r", "cp866", "iso8859-5")
        ],
        *[
            pytest.param(RUSSIAN, name, id=f"russian {name}")
            for name in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le")
        ],
        *[pytest.param(KAZAKH, name, id=f"kazakh {name}") for name in ("kz1048", "utf-8", "utf-16-be")],
        pytest.param("Grüße aus Köln für die Füße", "cp1252", id="german"),
        pytest.param("plain words", "ascii", id="plain"),
    ],
)
def test_encodings_are_told_by_their_letters(text: str, charset: str) -> None:
    assert (decoded(text.encode(charset)) or "").lstrip("\ufeff") == text


def test_binary_has_no_encoding() -> None:
    assert charset_of(bytes(range(256)) * 9) is None
    assert charset_of(b"%PDF-1.7 text") is None
    assert charset_of(b"\x89PNG\r\n\x1a\n") is None


def test_a_codec_that_is_no_encoding_is_not_used() -> None:
    assert decoded("сәлем".encode(), "zip") == "сәлем"
    assert decoded(b"caf\xe9 na\xefve r\xe9sum\xe9", "rot13") == "café naïve résumé"


@pytest.mark.parametrize(
    "given, expected",
    [
        pytest.param("пишет @some_handle сегодня", "пишет @… сегодня", id="a handle"),
        pytest.param("почта info@mvd.example", "почта info@mvd.example", id="an e-mail is none"),
        pytest.param("см. https://t.me/some_handle/15 и", "см. https://t.me/… и", id="a profile's address"),
        pytest.param("instagram.com/some_handle", "instagram.com/…", id="without a scheme"),
        pytest.param("https://a.example/news/1", "https://a.example/news/1", id="an article's address stays"),
    ],
)
def test_handles_are_blanked(given: str, expected: str) -> None:
    assert without_handles(given) == expected


def test_a_signature_goes_and_the_news_stays() -> None:
    text = "Автор: Иван Плантедов\nМинистр Ержан Садыков ответил на вопросы."
    assert shareable(text, Ownership.OUTLET).strip() == "Министр Ержан Садыков ответил на вопросы."


def test_a_title_may_be_a_name() -> None:
    assert shareable_title("Иван  Иванов", Ownership.OUTLET) == "Иван Иванов"
    assert shareable_title("Пишет @some_handle", Ownership.PERSONAL) == "Пишет @…"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param(
            b'<link rel="canonical" href="https://a.example/x?a=1&amp;b=2">',
            "https://a.example/x?a=1&b=2",
            id="plain",
        ),
        pytest.param(b"<LINK href='/x' REL='canonical'/>", "/x", id="the other way round"),
        pytest.param(b"<link rel=canonical href=/x>", "/x", id="without quotation marks"),
        pytest.param(b'<link rel="amphtml" href="/amp/x">', None, id="another relation"),
        pytest.param(b'<link rel="canonical">', None, id="without an address"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_what_a_page_declares_of_itself_is_read(page: bytes, said: str | None) -> None:
    assert declared_canonical(b"<html><head>" + page + b"</head>") == said
