"""Saved searches and alerts as a reader meets them: every number opens its list, every act needs its token."""

import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from litestar.testing import TestClient
from tests.alerts.conftest import NOON, Desk
from tests.builders import TESTER, StoppedClock, reading
from tests.signing import SignedClient, signed_in
from tests.web.reading_pages import listed, numbers, token, tree

from aimas.alerts import ChannelKind, Rule, RuleKind
from aimas.app import App
from aimas.core import Tone
from aimas.home import create_home
from aimas.web.alerting.refusals import REFUSALS, refusal
from aimas.web.server import HEADERS, create_app
from aimas.web.texts import TONGUES, Texts

PLANTED = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Ninety days of history, two rules, an alert of each."""
    folder = create_home(
        tmp_path_factory.mktemp("alerting") / "home",
        profiles=["kz-mia"],
        timezone="Asia/Almaty",
        language="ru",
    ).folder
    clock = StoppedClock(NOON)
    app = App(folder, clock, TESTER)
    desk = Desk(app, clock)
    rng = np.random.default_rng(4)
    made = []
    for back in range(120, 0, -1):
        for _ in range(int(rng.poisson(4 * (6 if back == 30 else 1))) + 1):
            desk.n += 1
            made.append(
                reading(
                    f"Полиция, дело {desk.n}.",
                    tone=[Tone.CRITICAL, Tone.NEUTRAL][desk.n % 2],
                    address=f"https://outlet.test/{desk.n}",
                    published_at=clock.time - timedelta(days=back),
                )
            )
    with app.archive.settling():
        app.archive.file(made)
    app.catch_up()
    app.searches.save("полиция", "полиция", "kz-mia")
    app.searches.save("критика", "@полиция tone:critical", "kz-mia")
    app.searches.save(PLANTED.translate({ord(c): None for c in '"=()'}), "погода", "kz-mia")
    for name, search, kind in (("Всплеск", "полиция", RuleKind.SPIKE), (PLANTED, "критика", RuleKind.EVERY)):
        rule = Rule(id="", name=name, search=search, kind=kind, language="ru")
        app.alerting.add(rule, [(ChannelKind.EMAIL, "press@example.kz"), (ChannelKind.ATOM, "")])
    app.catch_up()
    desk.file(*(f"Полиция сегодня {n}." for n in range(40)), tone=Tone.CRITICAL, title=f"Полиция {PLANTED}")
    assert len(desk.look()) == 2
    app.sending.send_due()
    app.catch_up()
    yield desk
    app.close()


@pytest.fixture
def client(told: Desk) -> Iterator[TestClient]:
    with signed_in(told.app, create_app(told.app, 8000), "http://127.0.0.1:8000") as made:
        yield made


def paths(app: App) -> list[str]:
    saved = app.searches.require("полиция").id
    form = f"/alerts/new?search={saved}&days=60"
    return [
        "/searches",
        "/searches?q=(полиция&saved=полиция",
        "/alerts",
        "/alerts?below=999999",
        "/alerts/fired",
        "/alerts/new",
        f"{form}&kind=spike&test=true",
        f"{form}&kind=digest&hour=&test=true",
        f"{form}&kind=every&test=true",
        *(f"/alerts/{a.position}" for a in app.alert_store.alerts(9)),
        *(f"/alerts/rules/{r.id}" for r in app.alerting.rules()),
        "/list?q=@критика",
        "/ledger",
    ]


@pytest.mark.parametrize("tongue", TONGUES)
def test_every_page_stands_in_every_language(client: TestClient, told: Desk, tongue: str) -> None:
    for path in paths(told.app):
        answer = client.get(path, headers={"cookie": f"lang={tongue}"})
        assert answer.status_code == 200, path
        assert "⟦" not in answer.text, f"{path} lacks a text: {re.findall('⟦.*?⟧', answer.text)}"
        assert PLANTED not in answer.text, path
        assert all(answer.headers[name] == value for name, value in HEADERS.items())
        page = tree(answer.text)
        ids = [e.get("id") for e in page.cssselect("[id]")]
        assert len(ids) == len(set(ids)), f"{path} has an id twice"
        labelled = {e.get("for") for e in page.cssselect("label[for]")}
        named = [e for e in page.cssselect("main input, main select") if e.get("type") != "hidden"]
        assert {e.get("id") for e in named} <= labelled, f"{path} has a field without a label"
        if "<html" in answer.text:
            assert page.get("lang") == tongue and len(page.cssselect("h1")) == 1, path


def test_every_number_opens_the_list_it_counts(client: TestClient, told: Desk) -> None:
    seen: dict[str, int] = {}
    for path in paths(told.app)[:-2]:
        for href, count in numbers(client.get(path).text).items():
            assert seen.setdefault(href, count) == count
    assert len(seen) > 60
    for href, count in seen.items():
        assert listed(client.get(href).text) == count, href


def test_an_alert_shows_its_baseline_its_items_and_why(client: TestClient, told: Desk) -> None:
    alert = next(a for a in told.app.alert_store.alerts(9) if a.baseline)
    assert alert.baseline is not None
    page = tree(client.get(f"/alerts/{alert.position}", headers={"cookie": "lang=en"}).text)
    assert alert.why["en"] in page.cssselect("main")[0].text_content()
    assert len(page.cssselect("svg.spikes a[data-count]")) == len(alert.baseline.days) + 1
    assert len(page.cssselect("#items > li.item")) == 20
    assert "refused" in page.cssselect("#deliveries")[0].text_content()


def post(client: TestClient, path: str, **data: str) -> object:
    data |= {"_csrf_token": token(client.get("/searches").text)}
    return client.post(path, data=data, follow_redirects=False)


def test_every_act_needs_its_token(client: TestClient, told: Desk) -> None:
    rule, alert = told.app.alerting.rules()[0], told.app.alert_store.alerts(1)[0]
    saved = told.app.searches.all()[0]
    head = told.app.records.head()
    for path in (
        "/searches/save",
        f"/searches/{saved.id}/change",
        f"/searches/{saved.id}/retire",
        "/alerts/add",
        "/alerts/backtest",
        f"/alerts/{alert.position}/ack",
        f"/alerts/rules/{rule.id}/mute",
        f"/alerts/rules/{rule.id}/retire",
    ):
        assert client.post(path, data={"name": "x", "q": "y"}).status_code == 403, path
    assert told.app.records.head() == head


def test_a_journey_from_a_list_to_an_acknowledged_alert(client: SignedClient, told: Desk) -> None:
    page = tree(client.get("/list?q=прокурор").text)
    form = page.cssselect('form[action^="/searches/save"]')[0]
    assert form.cssselect('input[name="q"]')[0].get("value") == "прокурор"
    answer = post(client, str(form.get("action")), name="Прокурор", q="прокурор")
    assert answer.status_code == 303  # type: ignore[attr-defined]
    saved = told.app.searches.require("прокурор")
    draft = {
        "name": "О прокуроре",
        "search": saved.id,
        "kind": "every",
        "language": "kk",
        "days": "30",
        "hour": "",
    }
    draft |= {
        "false_alarm_days": "90",
        "minimum": "3",
        "webhook": "https://hooks.example/x",
        "since": "",
        "until": "",
    }
    tested = post(client, "/alerts/backtest", **draft)
    assert tested.status_code == 200 and 'id="backtest"' in tested.text  # type: ignore[attr-defined]
    assert tree(tested.text).cssselect("#name")[0].get("value") == "О прокуроре"  # type: ignore[attr-defined]
    on = post(client, "/alerts/add", **draft)
    rule = told.app.alerting.require_rule("О прокуроре")
    (channel,) = [c for c in told.app.alert_store.channels() if c.kind is ChannelKind.WEBHOOK]
    assert channel.secret in on.text, "shown once"  # type: ignore[attr-defined]
    assert channel.secret not in client.get(f"/alerts/rules/{rule.id}").text
    told.app.catch_up()
    told.file("Прокурор говорит.")
    (alert,) = told.look()
    assert f'id="alert-{alert.position}"' in client.get("/alerts/fired").text
    client.come_as(told.app, "Айгерім С.")
    answer = post(client, f"/alerts/{alert.position}/ack", note="видел")
    assert answer.status_code == 303  # type: ignore[attr-defined]
    seen = told.app.alert_store.get_alert(alert.position)
    assert seen and seen.acknowledged and seen.acknowledged.by == "person:Айгерім С."
    assert "Айгерім С." in client.get(f"/alerts/{alert.position}").text
    post(client, f"/alerts/rules/{rule.id}/mute", hours="8")
    assert told.app.alert_store.state_of(rule.id).muted_until == told.clock.time + timedelta(hours=8)
    post(client, f"/alerts/rules/{rule.id}/mute", hours="")
    assert told.app.alert_store.state_of(rule.id).muted_until is None
    post(client, f"/alerts/rules/{rule.id}/retire")
    assert rule.id not in [r.id for r in told.app.alerting.rules()]
    assert client.get(f"/alerts/rules/{rule.id}").status_code == 200
    post(client, f"/searches/{saved.id}/retire")
    assert told.app.searches.get("прокурор") is None


@pytest.mark.parametrize(
    ("tongue", "data", "said"),
    [
        pytest.param("ru", {"name": "x", "q": "(полиция"}, "скобка", id="a wrong query, in Russian"),
        pytest.param("kk", {"name": "полиция", "q": "a1"}, "бос емес", id="a taken name, in Kazakh"),
        pytest.param("en", {"name": "", "q": "a1"}, "1 to 60", id="no name, in English"),
    ],
)
def test_what_can_not_be_saved_says_why_and_keeps_what_was_written(
    client: TestClient, told: Desk, tongue: str, data: dict[str, str], said: str
) -> None:
    client.cookies.set("lang", tongue)
    answer = post(client, "/searches/save", **data)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    page = tree(answer.text)  # type: ignore[attr-defined]
    assert said in page.cssselect("#wrong")[0].text_content().lower()
    assert page.cssselect("#new-q")[0].get("value") == data["q"]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"search": ""}, id="no search"),
        pytest.param({"kind": "never"}, id="no such kind"),
        pytest.param({"minimum": "-1"}, id="a number below"),
        pytest.param({"false_alarm_days": "²"}, id="a digit that is none"),
        pytest.param({"since": "22:00"}, id="quiet hours without an end"),
        pytest.param({"emails": "nobody"}, id="no address"),
        pytest.param({"name": "Всплеск"}, id="a name that is taken"),
    ],
)
def test_what_can_not_be_switched_on_says_why_in_kazakh(
    client: TestClient, told: Desk, changes: dict[str, str]
) -> None:
    draft = {
        "name": "new",
        "search": told.app.searches.require("полиция").id,
        "kind": "spike",
        "language": "kk",
    }
    draft |= {"false_alarm_days": "90", "minimum": "3", "days": "30", "emails": "", "hour": "9"}
    client.cookies.set("lang", "kk")
    head = told.app.records.head()
    answer = post(client, "/alerts/add", **(draft | changes))
    assert answer.status_code == 422  # type: ignore[attr-defined]
    told_why = tree(answer.text).cssselect("#wrong")[0].text_content()  # type: ignore[attr-defined]
    assert re.search("[а-яәғқңөұүіһ]{3}", told_why) and "Бұлай болмайды" not in told_why
    assert told.app.records.head() == head


def test_a_channel_is_called_by_its_shown_name() -> None:
    said = refusal("That is no address for email: write name@host.", Texts("ru", NOON.tzinfo))  # type: ignore[arg-type]
    assert said == "Это не адрес для канала «Электронная почта»: пишите имя@узел."


def test_refusals_are_told_in_the_readers_language() -> None:
    assert len({key for _, key in REFUSALS}) == len(REFUSALS) - 1
    for tongue in TONGUES:
        assert "x" in refusal("Something else: x", Texts(tongue, NOON.tzinfo))  # type: ignore[arg-type]


def test_a_feed_opens_only_by_its_own_address(client: TestClient, told: Desk) -> None:
    rule = told.app.alerting.require_rule("Всплеск")
    page = client.get(f"/alerts/rules/{rule.id}").text
    (href,) = {e.get("href") for e in tree(page).cssselect('a[href*="/feeds/"]')}
    path = urlsplit(str(href)).path
    assert len(path) > 40
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert "Всплеск" in answer.text and PLANTED not in answer.text
    assert client.get(path[:-1]).status_code == 404
    assert client.get("/feeds/ключ").status_code == 404
    assert path not in client.get("/alerts").text + client.get("/ledger").text


def test_programs_are_told_the_same(client: TestClient, told: Desk) -> None:
    searches = client.get("/api/v1/searches").json()
    assert {s["name"]: s["query"] for s in searches}["критика"] == "@полиция tone:critical"
    alerts = client.get("/api/v1/alerts").json()
    assert [a["position"] for a in alerts] == [a.position for a in told.app.alert_store.alerts(100)]
    asked = {"q": alerts[0]["query"], "i": alerts[0]["institution"], "at": alerts[0]["snapshot"]}
    assert client.get("/api/v1/publications", params=asked).json()["count"] == alerts[0]["count"]
    assert client.get("/api/v1/alerts", params={"below": alerts[-1]["position"]}).json() == []


def test_links_of_a_list_repeat_the_snapshot(client: TestClient, told: Desk) -> None:
    for alert in told.app.alert_store.alerts(9):
        page = tree(client.get(f"/alerts/{alert.position}").text)
        asked = parse_qs(urlsplit(str(page.cssselect("h1 a")[0].get("href"))).query)
        assert (asked["q"], asked["at"]) == ([alert.query], [str(alert.snapshot)])


@pytest.mark.parametrize(
    "path", ["/alerts/1", "/alerts/99999999999999999999", "/alerts/rules/nothing", "/feeds/x"]
)
def test_what_is_not_there_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
