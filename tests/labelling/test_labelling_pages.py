"""The pages of blind labelling, in each language: what they ask, what they hide, where they lead."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from litestar.testing import TestClient
from tests.builders import NOW
from tests.labelling.homes import WORDS, fill, follow, read_again, truth_of
from tests.signing import SignedClient, signed_in
from tests.web.reading_pages import listed, numbers, token, tree

from aimas.accounts import Role
from aimas.app import App
from aimas.core import Actor, Tone
from aimas.labelling import answer, draw, tasks
from aimas.measuring import Sample
from aimas.tone.verdict import RULE
from aimas.web.server import create_app
from aimas.web.texts import TONGUES

PORT = 8000
ME = Actor("person", "tester")


@pytest.fixture
def client(filled: App) -> Iterator[TestClient]:
    with signed_in(filled, create_app(filled, PORT), f"http://127.0.0.1:{PORT}") as made:
        yield made


def sample_of(app: App, n: int, by: Actor | None = ME) -> Sample:
    """Of the month; answered in full by somebody, where told."""
    since = NOW.date() - timedelta(days=27)
    sample = draw(app, "kz-mia", n=n, by=ME, since=since, until=NOW.date(), seed=3)
    for task in tasks(app, sample) if by else ():
        answer(app, sample, task, truth_of(task), by)
    follow(app)
    return sample


def post(client: TestClient, path: str, **data: str) -> object:
    secret = token(client.get("/labelling").text)
    return client.post(path, data=data | {"_csrf_token": secret}, follow_redirects=False)


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_page_stands_in_every_language(client: TestClient, filled: App, tongue: str) -> None:
    open_, done = sample_of(filled, 3, None), sample_of(filled, 120)
    sample_of(filled, 12)
    paths = [
        "/labelling",
        f"/labelling/{open_.id}",
        f"/labelling/{open_.id}/ask",
        f"/labelling/{done.id}",
        "/ledger",
    ]
    paths += ["/?numbers=corrected", "/board/live?numbers=corrected", "/?numbers=corrected&until=2026-03-01"]
    for path in paths:
        answer = client.get(path, headers={"cookie": f"lang={tongue}"})
        text = answer.text
        assert answer.status_code == 200, path
        assert "⟦" not in text, f"{path} lacks a text: {re.findall('⟦.*?⟧', text)}"
        if "<html" in text:
            page = tree(text)
            assert page.get("lang") == tongue and len(page.cssselect("h1")) == 1
            assert not page.cssselect("[style], [onclick], style, script:not([src])"), path
            ids = [e.get("id") for e in page.cssselect("[id]")]
            assert len(ids) == len(set(ids)), f"{path} has an id twice"


def test_a_sample_is_drawn_by_the_form(client: TestClient, filled: App) -> None:
    sent = post(
        client,
        "/labelling/draw",
        n="25",
        q="*",
        since="2026-04-20",
        until="2026-05-12",
        stratified="on",
        seed="5",
    )
    assert sent.status_code == 303  # type: ignore[attr-defined]
    (sample,) = filled.labels.samples()
    assert sent.headers["location"] == f"/labelling/{sample.id}"  # type: ignore[attr-defined]
    assert (len(sample.members), sample.seed, sample.by) == (25, 5, "person:tester")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"n": "0"}, id="nothing"),
        pytest.param({"n": "лес"}, id="no number"),
        pytest.param({"n": "5", "since": "завтра"}, id="no day"),
        pytest.param({"n": "5", "q": "(open"}, id="a broken query"),
        pytest.param({"n": "5", "q": "носорог"}, id="nothing found"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_the_form(
    client: TestClient, filled: App, data: dict[str, str]
) -> None:
    answer = post(client, "/labelling/draw", **data)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    page = tree(answer.text)  # type: ignore[attr-defined]
    assert page.cssselect("form .warn, section .warn[role=alert]")
    assert page.cssselect("#lq")[0].get("value") == data.get("q", "*")
    assert filled.labels.samples() == []


def test_a_question_hides_the_model_and_the_outlet(client: TestClient, filled: App) -> None:
    sample = sample_of(filled, 20, None)
    for n in range(len(tasks(filled, sample))):
        text = client.get(f"/labelling/{sample.id}/ask?n={n}").text
        page = tree(text)
        main = page.cssselect("main")[0]
        assert "tengri" not in text and "%" not in main.text_content()
        assert not page.cssselect(f'main a[href^="/publication"], main .badge, main mark[class*=tone]')  # noqa: F541
        assert page.cssselect("mark.target")[0].text_content() == "Полиция"
        assert [b.get("data-key") for b in page.cssselect(".answers button")] == ["1", "2", "3", "0"]
        assert not page.cssselect(".answers [aria-current]")


def test_answers_are_given_stopped_and_gone_on_with(client: SignedClient, filled: App) -> None:
    sample = sample_of(filled, 3, None)
    path = f"/labelling/{sample.id}"
    client.come_as(filled, "Айгерим С.")
    assert tree(client.get(path).text).cssselect(f'a.primary[href="{path}/ask"]')
    count = len(tasks(filled, sample))
    for number in range(count):
        page = tree(client.get(f"{path}/ask").text)
        assert page.cssselect('input[name="n"]')[0].get("value") == str(number)
        answered = post(client, f"{path}/answer", n=str(number), tone="neutral")
        ahead = f"{path}/ask?n={number + 1}" if number + 1 < count else path
        assert answered.headers["location"] == ahead  # type: ignore[attr-defined]
    assert {label.by for label in filled.labels.labels(sample.id)} == {"person:Айгерим С."}
    assert client.get(f"{path}/ask", follow_redirects=False).headers["location"] == path
    back = tree(client.get(f"{path}/ask?n=0").text)
    assert back.cssselect(".answers [aria-current]")[0].get("value") == "neutral", (
        "one's own answer may be seen"
    )
    assert tree(client.get(path).text).cssselect("#h-accuracy")


def test_results_are_hidden_before_the_last_answer(client: TestClient, filled: App) -> None:
    sample = sample_of(filled, 3, None)
    page = tree(client.get(f"/labelling/{sample.id}").text)
    assert not page.cssselect("#h-accuracy, #h-confusion, .badge") and page.cssselect(".empty")


def test_a_second_person_sees_nothing_while_answering(client: SignedClient, filled: App) -> None:
    """The first one has finished and sees the results; the second one sees them after the last answer."""
    sample = sample_of(filled, 40)
    path = f"/labelling/{sample.id}"
    first = tree(client.get(path).text)
    assert first.cssselect("#h-accuracy, #h-differences") and not first.cssselect("#warned")
    client.come_as(filled, "Болат")
    unbegun = tree(client.get(path).text)
    assert unbegun.cssselect("#warned.warn") and unbegun.cssselect("#h-accuracy")
    asked = tasks(filled, sample)
    for task in asked[:-1]:
        answer(filled, sample, task, truth_of(task), Actor("person", "Болат"))
        if task.number in (0, len(asked) - 2):
            for address in (path, f"{path}?by=person:tester", f"{path}?by=person:Болат"):
                text = client.get(address).text
                page = tree(text)
                assert page.cssselect("#under-way") and not page.cssselect("#warned"), address
                hidden = "#h-accuracy, #h-confusion, #h-differences, #h-kappa, #h-again, #h-corrected, .badge"
                assert not page.cssselect(hidden), address
                assert "<details><summary>" not in text.partition("<main")[2], (
                    "no strata: they tell the tones"
                )
    refused = post(client, f"{path}/adopt", n="0", by="person:tester")
    assert refused.status_code == 403  # type: ignore[attr-defined]
    assert not tree(refused.text).cssselect("#h-differences")  # type: ignore[attr-defined]
    answer(filled, sample, asked[-1], truth_of(asked[-1]), Actor("person", "Болат"))
    done = tree(client.get(path).text)
    assert done.cssselect("#h-accuracy") and done.cssselect("#h-kappa")
    assert not done.cssselect("#warned, #under-way")


def test_who_cannot_label_is_not_warned(client: SignedClient, filled: App) -> None:
    sample = sample_of(filled, 40)
    client.come_as(filled, "reader", Role.AUDITOR)
    page = tree(client.get(f"/labelling/{sample.id}").text)
    assert page.cssselect("#h-accuracy") and not page.cssselect("#warned")


def test_only_who_answered_makes_it_a_correction(client: SignedClient, filled: App) -> None:
    sample = sample_of(filled, 40)
    path = f"/labelling/{sample.id}"
    number = tree(client.get(path).text).cssselect(".differences form input[name=n]")[0].get("value") or ""
    client.come_as(filled, "Болат")
    assert not tree(client.get(path).text).cssselect(".differences form")
    head = filled.records.head()
    refused = post(client, f"{path}/adopt", n=number, by="person:tester")
    assert refused.status_code == 403  # type: ignore[attr-defined]
    assert tree(refused.text).cssselect(".card.warn[role=alert]")  # type: ignore[attr-defined]
    assert filled.records.head() == head
    client.come_as(filled, "tester")
    assert post(client, f"{path}/adopt", n=number, by="person:tester").status_code == 200  # type: ignore[attr-defined]
    (told,) = filled.labels.corrections()
    assert told.correction.by == "person:tester"


@pytest.mark.parametrize("tongue", TONGUES)
def test_the_page_says_which_version_was_measured(client: TestClient, filled: App, tongue: str) -> None:
    sample = sample_of(filled, 300)
    path = f"/labelling/{sample.id}"
    tongued = {"cookie": f"lang={tongue}"}
    page = tree(client.get(path, headers=tongued).text)
    assert page.cssselect("#measured")[0].text_content().count("tone/test") == 1
    assert not page.cssselect("#h-again")
    read_again(filled, "tone/new", most=200)
    half = client.get("/?numbers=corrected", headers=tongued)
    (why,) = tree(half.text).cssselect(".summary .card .warn:not(.coverage *)")
    assert "tone/new" in why.text_content() and "tone/test" in why.text_content() and "⟦" not in half.text
    assert client.get("/api/v1/board/corrected").json()["refused"] == "mixed-versions"
    read_again(filled, "tone/newest")
    text = client.get(path, headers=tongued).text
    assert "⟦" not in text
    page = tree(text)
    assert "tone/newest" in page.cssselect("#h-again ~ .note")[0].text_content()
    assert "tone/newest" not in page.cssselect("#measured")[0].text_content()
    assert client.get("/api/v1/board/corrected").json()["versions"] == ["tone/newest", RULE]
    assert (
        "tone/newest"
        in tree(client.get("/?numbers=corrected", headers=tongued).text)
        .cssselect(".estimates ~ .note")[0]
        .text_content()
    )
    fill(filled, 20, seed=98, days=1, by="tone/later", ahead=1)
    later = client.get("/?numbers=corrected&until=2026-05-13", headers=tongued)
    assert later.status_code == 200 and "⟦" not in later.text


@pytest.mark.parametrize(
    ("parts", "measures"),
    [pytest.param("language", 3, id="languages"), pytest.param("period", 5, id="periods")],
)
def test_each_part_has_its_accuracy_where_answered_and_its_coverage(
    client: TestClient, filled: App, parts: str, measures: int
) -> None:
    sample = sample_of(filled, 300)
    page = tree(client.get(f"/labelling/{sample.id}").text)
    for measure in ("probable", "answered", "coverage"):
        rows = page.cssselect(f"tbody[data-measure={measure}][data-by={parts}] tr:not(.part)")
        assert len(rows) >= measures, measure
        assert any(row.cssselect("svg.whisker") and "–" in row.text_content() for row in rows), measure


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        pytest.param("answer", {"n": "0", "tone": "loud"}, 422, id="no tone"),
        pytest.param("answer", {"n": "999999", "tone": "neutral"}, 422, id="no such mention"),
        pytest.param("adopt", {"n": "0", "by": "person:nobody"}, 403, id="nobody's answer"),
        pytest.param("adopt", {"n": "0", "by": "person:tester"}, 422, id="an answer not given"),
    ],
)
def test_made_up_forms_write_nothing(
    client: TestClient, filled: App, path: str, data: dict[str, str], status: int
) -> None:
    sample = sample_of(filled, 3, None)
    head = filled.records.head()
    assert post(client, f"/labelling/{sample.id}/{path}", **data).status_code == status  # type: ignore[attr-defined]
    assert filled.records.head() == head
    assert post(client, f"/labelling/nowhere/{path}", **data).status_code == 404  # type: ignore[attr-defined]


def test_nothing_is_done_without_the_token(client: TestClient, filled: App) -> None:
    sample = sample_of(filled, 3, None)
    for path in ["/labelling/draw", *(f"/labelling/{sample.id}/{p}" for p in ("answer", "adopt"))]:
        assert client.post(path, data={"n": "1", "tone": "neutral"}).status_code == 403, path


def test_a_difference_is_adopted_and_gone_from_the_list(client: TestClient, filled: App) -> None:
    sample = sample_of(filled, 40)
    page = tree(client.get(f"/labelling/{sample.id}").text)
    before = len(page.cssselect(".differences form"))
    form = page.cssselect(".differences form")[0]
    data = {i.get("name") or "": i.get("value") or "" for i in form.cssselect("input")}
    done = post(client, form.get("action") or "", **data)
    page = tree(done.text)  # type: ignore[attr-defined]
    assert page.cssselect(".card.good[role=status]")
    assert len(page.cssselect(".differences form")) == before - 1
    follow(filled)
    assert listed(client.get("/list?q=is:corrected").text) == 1
    assert post(client, form.get("action") or "", **data).status_code == 409  # type: ignore[attr-defined]


def test_the_board_tells_counts_or_estimates_and_both_open_what_was_counted(
    client: TestClient, filled: App
) -> None:
    refused = tree(client.get("/?numbers=corrected").text)
    assert refused.cssselect(".summary .warn") and not refused.cssselect(".estimates")
    sample_of(filled, 120)
    page = tree(client.get("/?numbers=corrected").text)
    row = page.cssselect(".estimates a")
    assert len(page.cssselect(".estimates svg.whisker[aria-hidden=true]")) == 4
    assert len(row) == 4 and all("≈" in a.text_content() and "–" in a.text_content() for a in row)
    for href, count in numbers(client.get("/?numbers=corrected").text).items():
        assert listed(client.get(href).text) == count, href
    assert (
        page.cssselect(".switch [aria-current]")[0]
        .get(
            "href",
        )
        .endswith("corrected")
    )  # type: ignore[union-attr]
    plain = tree(client.get("/").text)
    assert not plain.cssselect(".estimates") and plain.cssselect(".switch [aria-current]")[0].get(
        "href"
    ).endswith("counted")  # type: ignore[union-attr]
    live = client.get("/board/live?numbers=corrected").text
    assert "<html" not in live and tree(live).cssselect(".estimates")


def test_answers_in_a_row_are_one_line_of_the_ledger(client: TestClient, filled: App) -> None:
    sample = sample_of(filled, 120)
    lines = tree(client.get("/ledger", headers={"cookie": "lang=en"}).text).cssselect(
        "#h-acts ~ table tbody tr"
    )
    told = [line.text_content() for line in lines]
    assert f"Mentions labelled blind: {sample.mentions} (tester)" in told[0]
    assert "120 publications" in told[1]


def test_programs_get_the_same_estimates(client: TestClient, filled: App) -> None:
    path = "/api/v1/board/corrected"
    assert client.get(path).json()["refused"] == "none"
    sample_of(filled, 8)
    assert client.get(path).json()["refused"] == "few"
    sample = sample_of(filled, 120)
    told = client.get(path).json()
    assert (told["method"], told["sample"], told["refused"]) == ("double-sampling", sample.id, None)
    assert sum(t["estimate"] for t in told["tones"]) == pytest.approx(400, abs=1)
    for one in told["tones"]:
        assert one["low"] <= one["estimate"] <= one["high"]
        asked = {"q": one["query"], "at": told["snapshot"]}
        assert client.get("/api/v1/publications", params=asked).json()["count"] == one["counted"]


def test_a_sample_from_other_days_is_used_otherwise_and_says_so(client: TestClient, filled: App) -> None:
    sample_of(filled, 200)
    page = tree(client.get("/?numbers=corrected&until=2026-04-25", headers={"cookie": "lang=en"}).text)
    assert "from other days" in page.cssselect(".summary")[0].text_content()


def test_an_unknown_way_of_numbers_is_refused(client: TestClient) -> None:
    assert client.get("/?numbers=beautiful").status_code == 400


def test_words_of_the_invented_texts_stand_for_one_tone_each() -> None:
    assert set(WORDS) == set(Tone)
