"""The ledger as an auditor reads it: all acts, page by page, found by who did what and when."""

import re
from collections.abc import Iterator
from datetime import timedelta

import msgspec
import pytest
from litestar.testing import TestClient
from tests.builders import NOW, TESTER, StoppedClock
from tests.signing import signed_in
from tests.web.conftest import BASE, PORT
from tests.web.reading_pages import tree

from aimas.accounts import Role
from aimas.app import App
from aimas.core import Actor
from aimas.home import create_home
from aimas.web import ledger
from aimas.web.server import create_app
from aimas.web.texts import TONGUES, catalogue

AIGERIM = Actor("person", "aigerim")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    clock = StoppedClock()
    folder = create_home(
        tmp_path_factory.mktemp("ledger") / "home", profiles=["kz-mia"], timezone="Asia/Almaty"
    ).folder
    app = App(folder, clock, TESTER)
    app.accounts.add("aigerim", [Role.ANALYST], TESTER, full_name="Айгерим Сатпаева")
    with app.archive.settling(AIGERIM) as account:
        for n in range(7):
            account.act("search-saved", f"s{n}", {"name": f"поиск {n}", "query": "is:relevant"})
    with app.archive.settling() as account:
        account.act("search-retired", "s0", {"name": "поиск 0"})
        account.act("tone-corrected", "p", {"tone": "neutral", "before": "critical", "by": str(AIGERIM)})
    clock.advance(days=2)
    with app.archive.settling() as account:
        account.act("digest-exported", "d", {"since": "2026-11-01", "until": "2026-11-07", "format": "pdf"})
    yield app
    app.close()


@pytest.fixture
def client(home: App) -> Iterator[TestClient]:
    with signed_in(home, create_app(home, PORT), BASE) as made:
        yield made


def acts(client: TestClient, address: str = "/ledger", **asked: str) -> list[str]:
    """What each line says, page after page as the links lead."""
    found: list[str] = []
    answer = client.get(address, params=asked or None, headers={"cookie": "lang=ru"})
    while True:
        page = tree(answer.text)
        assert answer.status_code == 200 and "⟦" not in answer.text
        found += [re.sub(r"\s+", " ", tr.text_content()) for tr in page.cssselect("table.acts tbody tr")]
        further = page.cssselect('a[rel="next"]')
        if not further:
            return found
        answer = client.get(further[0].get("href") or "", headers={"cookie": "lang=ru"})


@pytest.mark.parametrize("size", [1, 3, 100])
def test_each_act_is_reached_once_however_long_a_page_is(
    client: TestClient, home: App, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(ledger, "PER_PAGE", size)
    found = acts(client)
    assert len(found) == len(set(found)) == len(home.records.acts_of(home.records.verbs(), limit=1_000))


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        pytest.param({"by": "person:aigerim"}, 8, id="her own, and what a program wrote down for her"),
        pytest.param({"act": "alerts"}, 8, id="by what it is about"),
        pytest.param({"act": "alerts", "by": "person:aigerim"}, 7, id="both"),
        pytest.param({"act": "exports"}, 1, id="exports"),
        pytest.param({"act": "nosuch"}, 0, id="a kind that there is not"),
        pytest.param({"by": "person:aig%"}, 0, id="a name is no pattern"),
        pytest.param({"since": "2999-01-01"}, 0, id="a day to come"),
        pytest.param({"until": "9999-12-31", "act": "exports"}, 1, id="the last day of the calendar"),
    ],
)
def test_acts_are_found_by_person_kind_and_day(client: TestClient, asked: dict[str, str], count: int) -> None:
    assert len(acts(client, **asked)) == count


def test_both_days_of_a_stretch_are_in_it(client: TestClient, home: App) -> None:
    zone = home.settings.zone
    first, last = (when.astimezone(zone).date() for when in (NOW, NOW + timedelta(days=2)))
    assert len(acts(client, act="exports", since=str(last), until=str(last))) == 1
    assert len(acts(client, act="alerts", since=str(first), until=str(first))) == 8
    assert acts(client, act="alerts", since=str(last)) == []


def test_filters_are_kept_from_page_to_page(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "PER_PAGE", 2)
    assert len(acts(client, act="alerts", by="person:aigerim")) == 7


def test_persons_are_called_by_their_full_names(client: TestClient) -> None:
    found = acts(client, by="person:aigerim")
    assert all("Айгерим Сатпаева" in line and "aigerim" not in line for line in found)


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_the_form_offers_only_who_acted_and_what_was_done(client: TestClient, lang: str) -> None:
    page = tree(client.get("/ledger", headers={"cookie": f"lang={lang}"}).text)
    offered = [o.get("value") for o in page.cssselect("#f-act option")]
    assert {"alerts", "tones", "exports"} <= set(offered) and "stories" not in offered
    assert "person:aigerim" in [o.get("value") for o in page.cssselect("#f-by option")]


def test_a_look_at_a_case_is_told_with_its_number_and_only_to_who_may_see_looks(
    client: TestClient, home: App
) -> None:
    verbs = {verb for verb in home.records.verbs() if verb.startswith("case")}
    assert not verbs
    with home.archive.settling(AIGERIM) as account:
        account.act("case-looked", "nocase", {"purpose": "проверка жалобы"})
    assert not [line for line in acts(client) if "проверка жалобы" in line], (
        "an analyst and admin does not see looks"
    )
    assert (
        msgspec.json.decode(home.records.acts_of(("case-looked",))[0]["detail"])["purpose"]
        == "проверка жалобы"
    )


@pytest.mark.parametrize("verb", ["precincts-imported", "records-moved", "story-unmerged"])
def test_an_act_is_told_in_words_in_each_language(verb: str) -> None:
    assert all(f"act.{verb}" in catalogue(tongue) for tongue in TONGUES)
