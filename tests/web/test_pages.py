"""Every page in every language, as a reader and as an attacker meet it."""

import re
from datetime import UTC

import pytest
from litestar.testing import TestClient
from tests.signing import signed_in
from tests.web.conftest import PLANTED, PORT, SECRET_NAME
from tests.web.reading_pages import listed, numbers, token, tree

from aimas.app import App
from aimas.web.board import BOARD_PAGES
from aimas.web.choosing import CHOOSING
from aimas.web.held import HELD_PAGES, cause
from aimas.web.ledger import LEDGER_PAGES
from aimas.web.listing import LIST_PAGES
from aimas.web.publication import PUBLICATION_PAGES
from aimas.web.server import HEADERS, create_app
from aimas.web.sources import SOURCE_PAGES
from aimas.web.texts import TONGUES, Texts

PATHS = {
    "/": 200,
    "/?i=kz-prosecutor": 200,
    "/?until=2026-05-01": 200,
    "/?at=20": 200,
    "/board/live": 200,
    "/list": 200,
    "/list?q=is:relevant": 200,
    "/list?q=tone:critical+lang:ru+date:2026-05": 200,
    "/list?q=nothinglikethis": 200,
    "/list?q=(open": 422,
    "/list/newer?q=*&at=20": 200,
    "/sources": 200,
    "/held": 200,
    "/ledger": 200,
    "/api": 200,
    "/nowhere": 404,
    "/publication/nowhere": 404,
}


def publication_id(client: TestClient, query: str) -> str:
    items = client.get("/api/v1/publications", params={"q": query}).json()["items"]
    return str(items[0]["id"])


def paths_to_publications(client: TestClient) -> list[str]:
    revised = publication_id(client, "is:revised")
    return [
        f"/publication/{publication_id(client, 'tone:critical')}",
        f"/publication/{publication_id(client, 'NOT is:relevant')}",
        f"/publication/{publication_id(client, 'is:undated')}?i=kz-prosecutor",
        f"/publication/{revised}",
        f"/publication/{revised}/changes",
    ]


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_page_stands_in_every_language(client: TestClient, tongue: str) -> None:
    for path, status in (PATHS | dict.fromkeys(paths_to_publications(client), 200)).items():
        answer = client.get(path, headers={"cookie": f"lang={tongue}"})
        assert answer.status_code == status, path
        assert "⟦" not in answer.text, f"{path} lacks a text: {re.findall('⟦.*?⟧', answer.text)}"
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, f"{path}: {name}"
        if "<html" in answer.text:
            page = tree(answer.text)
            assert page.get("lang") == tongue
            assert len(page.cssselect("h1")) == 1, path
            assert page.cssselect("main#main") and page.cssselect("title")[0].text_content().strip()
            ids = [e.get("id") for e in page.cssselect("[id]")]
            assert len(ids) == len(set(ids)), f"{path} has an id twice"


def test_every_number_opens_the_list_it_counts(client: TestClient) -> None:
    seen: dict[str, int] = {}
    pages = [
        "/",
        "/?i=kz-prosecutor",
        "/?at=30",
        "/?until=2026-05-03",
        "/list",
        "/list?q=is:relevant",
        "/sources",
    ]
    for path in [*pages, "/list?q=region:KZ-75 OR tone:unclear", "/list?q=date:-7d.. AND lang:ru"]:
        found = numbers(client.get(path).text)
        assert found or path.startswith("/list"), path
        seen |= found
    assert len(seen) > 150
    for href, count in seen.items():
        assert listed(client.get(href).text) == count, href


def test_bars_equal_totals_whether_tone_was_looked_at_or_not(client: TestClient) -> None:
    days = tree(client.get("/").text).cssselect("g.day")
    assert len(days) == 30
    for day in days:
        total, *parts = [int(a.get("data-count")) for a in day.cssselect("a")] or [0]
        assert sum(parts) == total
    assert tree(client.get("/").text).cssselect(".bar-unlooked")


def test_a_list_continues_without_scripts_and_never_repeats(client: TestClient) -> None:
    seen: list[str] = []
    path: str | None = "/list?q=*"
    while path:
        page = tree(client.get(path).text)
        seen += [li.get("id") for li in page.cssselect("li.item")]
        more = page.cssselect("li.more a")
        path = more[0].get("href") if more else None
    assert len(seen) == len(set(seen)) == listed(client.get("/list?q=*").text)


def test_more_by_script_is_the_rest_alone(client: TestClient) -> None:
    more = tree(client.get("/list?q=*").text).cssselect("li.more a")[0].get("href")
    part = client.get(more, headers={"HX-Request": "true"}).text
    assert "<html" not in part and 'class="item"' in part


def test_html_in_a_feed_is_text_here(client: TestClient) -> None:
    id = publication_id(client, "address OR =img")
    for path in ["/", "/list?q=script", f"/publication/{id}", "/sources", "/held", "/ledger"]:
        text = client.get(path).text
        assert "<script>alert" not in text and "<img src=x" not in text, path
        assert "<b>демо</b>" not in text and "<i>down</i>" not in text and "<u>cut</u>" not in text, path
    assert PLANTED[:8] not in client.get(f"/publication/{id}").text


def test_polls_bend_their_adjectives(client: TestClient) -> None:
    client.cookies.set("lang", "ru")
    for path in ("/", "/sources"):
        said = " ".join(tree(client.get(path).text).text_content().split())
        assert "Опросы за сутки: 1 удачный, 1 неудачный" in said


def test_a_place_named_twice_is_one_line_with_its_count(client: TestClient) -> None:
    page = tree(client.get(f"/publication/{publication_id(client, 'region:KZ-63')}").text)
    lines = [
        " ".join(li.text_content().split()) for li in page.cssselect("dd li") if "→" in li.text_content()
    ]
    assert len(lines) == 1 and lines[0].endswith("× 2")


def test_a_query_cannot_become_markup(client: TestClient) -> None:
    text = client.get("/list", params={"q": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in text


def test_personal_pages_are_one_line_and_nameless(client: TestClient) -> None:
    page = client.get("/sources")
    assert len(tree(page.text).cssselect("tr.pool")) == 1
    for path in ["/", "/list", "/sources", "/held", "/ledger", "/api/v1/sources", "/metrics"]:
        assert SECRET_NAME not in client.get(path).text, path


def test_a_wrong_query_is_shown_where_it_is_wrong(client: TestClient) -> None:
    page = tree(client.get("/list?q=police lang:xx", headers={"cookie": "lang=ru"}).text)
    assert page.cssselect("#wrong mark")[0].text_content() == "xx"
    assert "не подходит" in page.cssselect("#wrong p")[0].text_content()
    assert page.cssselect("#q")[0].get("aria-invalid") == "true"


def test_changes_are_marked_word_by_word(client: TestClient) -> None:
    id = publication_id(client, "is:revised")
    page = tree(client.get(f"/publication/{id}/changes", headers={"cookie": "lang=en"}).text)
    assert "[removed: троих]" in page.cssselect("del")[1].text_content()
    assert "[added: четверых]" in page.cssselect("ins")[1].text_content()
    assert client.get(f"/publication/{id}/changes?from=nowhere").status_code == 404
    other = publication_id(client, "tone:critical")
    assert client.get(f"/publication/{other}/changes").status_code == 404


def test_mentions_lead_to_their_place_in_the_text(client: TestClient) -> None:
    page = tree(client.get(f"/publication/{publication_id(client, 'tone:critical')}").text)
    links = page.cssselect(".mentions a")
    assert links
    for link in links:
        assert page.cssselect(link.get("href")), "the mention's place is not marked"


@pytest.mark.parametrize(
    ("asked", "cookie", "accepts", "spoken"),
    [
        pytest.param("en", "kk", "ru", "en", id="the link is first"),
        pytest.param(None, "kk", "ru", "kk", id="then the cookie"),
        pytest.param(None, None, "de-DE,de;q=0.9,en;q=0.5", "en", id="then the browser's first known"),
        pytest.param(None, None, "de", "ru", id="then the home's own"),
        pytest.param("xx", "<script>", "", "ru", id="nonsense is nothing"),
    ],
)
def test_the_language_is_chosen_in_order(
    client: TestClient, asked: str | None, cookie: str | None, accepts: str, spoken: str
) -> None:
    headers = {"accept-language": accepts} | ({"cookie": f"lang={cookie}"} if cookie else {})
    page = client.get("/" + (f"?lang={asked}" if asked else ""), headers=headers)
    assert tree(page.text).get("lang") == spoken


def choose(client: TestClient, **values: str) -> object:
    data = values | {"_csrf_token": token(client.get("/").text)}
    return client.post("/choose", data=data, follow_redirects=False)


def test_choices_are_kept_in_cookies(client: TestClient) -> None:
    choose(client, lang="kk", theme="dark", institution="kz-prosecutor", back="/sources")
    page = tree(client.get("/").text)
    assert page.get("lang") == "kk" and page.get("data-theme") == "dark"
    assert page.cssselect('button[name="institution"][aria-current]')[0].get("value") == "kz-prosecutor"
    choose(client, theme="auto")
    assert tree(client.get("/").text).get("data-theme") is None


def test_unknown_choices_leave_no_cookie(client: TestClient) -> None:
    answer = choose(client, lang="xx", theme="loud", institution="../etc")
    assert not [c for c in answer.headers.get_list("set-cookie") if not c.startswith("csrf")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "back",
    [
        "//evil.test",
        "https://evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/\n/evil.test",
        "evil",
        "",
    ],
)
def test_a_choice_leads_nowhere_else(client: TestClient, back: str) -> None:
    assert choose(client, lang="en", back=back).headers["location"] == "/"  # type: ignore[attr-defined]


def test_nothing_is_done_without_the_token(client: TestClient) -> None:
    id = publication_id(client, "tone:critical")
    for path in ["/choose", f"/publication/{id}/original", "/held/1/retry"]:
        assert client.post(path, data={"reason": "looking", "lang": "en"}).status_code == 403, path


def test_other_hosts_are_refused(furnished: App) -> None:
    with TestClient(create_app(furnished, PORT), base_url="http://evil.test:8000") as stranger:
        assert stranger.get("/").status_code == 400
        assert stranger.get("/api/v1/board").status_code == 400


def test_an_original_is_opened_for_a_reason_and_recorded(client: TestClient, furnished: App) -> None:
    id = publication_id(client, "tone:critical")
    secret = token(client.get("/").text)
    short = client.post(f"/publication/{id}/original", data={"reason": " ", "_csrf_token": secret})
    assert short.status_code == 422 and tree(short.text).cssselect("#reason-wrong")
    answer = client.post(
        f"/publication/{id}/original", data={"reason": "проверка <цитаты>", "_csrf_token": secret}
    )
    assert tree(answer.text).cssselect("#opened pre")[0].text_content().startswith("Полиция")
    assert "проверка <цитаты>" in tree(client.get("/ledger").text).cssselect("table")[1].text_content()


def test_held_items_can_be_tried_again_and_say_what_came_of_it(client: TestClient) -> None:
    page = client.get("/held")
    form = tree(page.text).cssselect("form[hx-post]")[0]
    answer = client.post(form.get("action"), data={"_csrf_token": token(page.text)})
    assert answer.status_code == 200
    assert tree(answer.text).cssselect("#held-status .warn"), "it must be held again"
    again = client.post(
        form.get("action"), data={"_csrf_token": token(page.text)}, headers={"HX-Request": "true"}
    )
    assert "<html" not in again.text and tree(again.text).cssselect(".warn")


def test_what_was_not_kept_is_closed_with_a_reason_and_stays_on_record(
    client: TestClient, furnished: App
) -> None:
    client.cookies.set("lang", "ru")
    page = client.get("/held")
    (form,) = tree(page.text).cssselect('form[action$="/settle"]')
    action, secret, waiting = str(form.get("action")), token(page.text), furnished.records.held_count()
    unsaid = client.post(action, data={"reason": " ", "_csrf_token": secret})
    assert tree(unsaid.text).cssselect("#held-status .warn") and furnished.records.held_count() == waiting
    closed = client.post(action, data={"reason": "файл прислан заново", "_csrf_token": secret})
    assert tree(closed.text).cssselect("#held-status .good") and furnished.records.held_count() == waiting - 1
    assert "файл прислан заново" in client.get("/ledger").text
    again = client.post(action, data={"reason": "ещё раз", "_csrf_token": secret})
    assert tree(again.text).cssselect("#held-status .warn")


@pytest.mark.parametrize(
    ("detail", "said"),
    [
        ("127.0.0.7:8107 answers 500", "страница отвечает 500"),
        ("Тенгри: the page answers 404", "Тенгри: страница отвечает 404"),
        ("a.csv: no text in it", "a.csv: в нём нет текста"),
        ("row 3 <u>cut</u>", None),
    ],
)
def test_causes_of_ours_are_told_in_the_readers_language(detail: str, said: str | None) -> None:
    assert cause(detail, Texts("ru", UTC)) == said


def test_a_stopped_station_is_told_on_every_page(furnished: App) -> None:
    served = create_app(furnished, PORT, lambda: ("follow",))
    with signed_in(furnished, served, f"http://127.0.0.1:{PORT}") as client:
        for path in ["/", "/list", "/sources"]:
            assert tree(client.get(path).text).cssselect(".stopped[role=alert]")


def test_static_files_are_kept_forever_under_their_hash_only(client: TestClient) -> None:
    page = tree(client.get("/").text)
    found = [e.get("src") or e.get("href") for e in page.cssselect("script[src], link[rel=stylesheet], img")]
    assert len(found) >= 6
    for address in found:
        answer = client.get(address)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"], address
        assert "immutable" not in client.get(address.split("?")[0]).headers["cache-control"]
        assert "immutable" not in client.get(address.split("?")[0] + "?v=0").headers["cache-control"]
    for wrong in ["/static/../server.py", "/static/%2e%2e/server.py", "/static/nothing.js"]:
        assert client.get(wrong).status_code == 404


def test_pages_are_not_kept_by_anyone_else(client: TestClient) -> None:
    assert client.get("/").headers["cache-control"] == "private, no-cache"


def test_an_error_says_nothing_of_the_program(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("secret path /etc/aimas")

    monkeypatch.setattr("aimas.web.sources.source_lines", crash)
    answer = client.get("/sources")
    assert answer.status_code == 500 and "secret" not in answer.text
    assert answer.headers["content-security-policy"]


def test_pages_hold_no_inline_script_or_style(client: TestClient) -> None:
    for path in [*PATHS, *paths_to_publications(client)]:
        page = tree(client.get(path).text)
        assert not page.cssselect("[style], [onclick], [onerror], [onload], style, script:not([src])"), path


@pytest.mark.parametrize(
    ("query", "said", "absent"),
    [
        pytest.param(
            "полиция или погода",
            ["или → OR", "полиция OR погода: "],
            ["За всё время", "Без кавычек"],
            id="or",
        ),
        pytest.param(
            "полиция погода", ["«полиция» в любой форме: ", "«погода» в любой форме: "], ["OR"], id="two"
        ),
        pytest.param(
            '"дело полиция"', ["Без кавычек, слова в любом порядке: "], ["по отдельности"], id="quotes"
        ),
        pytest.param("полиция date:1999", ["За всё время: "], ["по отдельности", "кавычек"], id="a period"),
        pytest.param("абракадабра", ["Проверьте написание"], ["периода", "кавычек", "→"], id="one word"),
    ],
)
def test_nothing_found_is_told_with_what_can_be_done(
    client: TestClient, query: str, said: list[str], absent: list[str]
) -> None:
    client.cookies.set("lang", "ru")
    page = tree(client.get("/list", params={"q": query}).text).cssselect("#advice")[0]
    told = " ".join(page.text_content().split())
    assert all(part in told for part in said), told
    assert not any(part in told for part in absent), told
    for link in page.cssselect("a"):
        assert listed(client.get(str(link.get("href"))).text) == int(str(link.get("data-count")))


def test_an_empty_home_has_a_board(app: App) -> None:
    with signed_in(app, create_app(app, PORT), f"http://127.0.0.1:{PORT}") as client:
        for path in ["/", "/list", "/sources", "/held"]:
            answer = client.get(path)
            assert answer.status_code == 200 and tree(answer.text).cssselect(".empty"), path
        assert client.get("/ledger").status_code == 200
        assert client.get("/metrics").status_code == 200


def test_each_page_is_known_to_the_server(client: TestClient) -> None:
    pages = (
        *BOARD_PAGES,
        *LIST_PAGES,
        *PUBLICATION_PAGES,
        *SOURCE_PAGES,
        *HELD_PAGES,
        *LEDGER_PAGES,
        *CHOOSING,
    )
    known = {handler for route in client.app.routes for handler in getattr(route, "route_handlers", ())}
    paths = {str(path) for page in pages for path in page.paths}
    assert len(paths) == len(pages)
    assert {next(iter(page.paths)) for page in pages} <= {path for h in known for path in h.paths}
