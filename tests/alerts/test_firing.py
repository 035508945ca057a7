"""Rules speak about each item once, about an episode once, and their links open exactly what they counted."""

from datetime import UTC, datetime, time, timedelta

import numpy as np
import pytest
from tests.alerts.conftest import Desk
from tests.builders import TESTER, reading

from aimas.alerts import ChannelKind, QuietHours, RuleKind, SavedSearches, Sensitivity
from aimas.app import App
from aimas.core import BadInput
from aimas.search import QueryError

MAIL = [(ChannelKind.EMAIL, "press@example.kz")]


def test_what_was_there_before_is_not_told(desk: Desk) -> None:
    desk.file("Полиция до правила.")
    desk.rule()
    assert desk.look() == []
    desk.file("Полиция после правила.", "Погода после правила.")
    (alert,) = desk.look()
    assert desk.counted(alert) == ["Полиция после правила."]
    assert alert.why["en"] == "1 publication was found that was not there before."
    assert set(alert.why) == {"ru", "kk", "en"}
    assert desk.look() == []


def test_what_comes_together_is_told_together(desk: Desk) -> None:
    desk.rule()
    desk.file(*(f"Полиция {n}." for n in range(250)))
    (alert,) = desk.look()
    assert len(desk.counted(alert)) == 250


def test_each_item_is_told_once_whatever_happens_to_it(desk: Desk) -> None:
    rule = desk.rule()
    desk.file("Полиция первая.", address="https://outlet.test/one")
    (alert,) = desk.look()
    desk.file("Полиция первая, исправлено.", address="https://outlet.test/one")
    assert desk.look() == []
    stored = desk.app.records.by_reading(
        [h.reading for h in desk.app.search.hits(desk.app.search.ask("полиция", "kz-mia"), 9)]
    )[0]
    with desk.app.archive.settling() as settlement:
        settlement.reread(stored.position, reading("Полиция первая, исправлено.", relevant=True))
    desk.app.catch_up()
    assert desk.look() == []
    assert [a.position for a in desk.app.alert_store.alerts(10, rule=rule.id)] == [alert.position]
    assert desk.counted(alert) == ["Полиция первая."]


def test_a_text_from_before_the_rule_that_is_read_anew_is_no_news(desk: Desk) -> None:
    desk.file("Полиция давно.")
    desk.rule()
    stored = desk.app.records.by_reading(
        [h.reading for h in desk.app.search.hits(desk.app.search.ask("полиция", "kz-mia"), 9)]
    )[0]
    with desk.app.archive.settling() as settlement:
        settlement.reread(stored.position, reading("Полиция давно.", relevant=True))
    desk.file("Полиция сейчас.")
    (alert,) = desk.look()
    assert desk.counted(alert) == ["Полиция сейчас."]


@pytest.mark.parametrize("old", [5, 180])
def test_news_among_much_that_is_known_has_an_exact_list(desk: Desk, old: int) -> None:
    desk.rule()
    desk.file(*(f"Полиция {n}." for n in range(old)))
    desk.look()
    known = desk.app.records.current(0, 1_000)
    with desk.app.archive.settling() as settlement:
        for p in known:
            settlement.reread(p.position, reading(p.text, relevant=True))
    desk.file("Полиция новая.", "Полиция ещё одна.")
    (alert,) = desk.look()
    assert sorted(desk.counted(alert)) == ["Полиция ещё одна.", "Полиция новая."]


def test_two_programs_beside_each_other_tell_once(desk: Desk, tmp_path: object) -> None:
    desk.rule()
    other = App(desk.app.home.folder, desk.clock, TESTER)
    assert other.alerting.look() == []
    desk.file("Полиция говорит.")
    assert len(desk.look()) + len(other.alerting.look()) == 1
    desk.file("Полиция говорит снова.")
    assert len(other.alerting.look()) + len(desk.look()) == 1
    other.close()


def test_a_program_that_ends_before_it_recorded_tells_after_its_restart(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = desk.rule(channels=MAIL)
    desk.file("Полиция говорит.")

    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(Killed):
        patched.setattr(desk.app.alert_store, "queue", killed)
        desk.app.alerting.look()
    assert desk.app.alert_store.alerts(10) == []
    again = App(desk.app.home.folder, desk.clock, TESTER)
    (alert,) = again.alerting.look()
    assert (alert.rule, alert.count) == (rule.id, 1)
    assert again.alerting.look() == []
    assert len(again.alert_store.deliveries(alert.position)) == 1
    assert again.verify() == []
    again.close()


def test_a_digest_speaks_at_its_hour_about_all_since_the_last(desk: Desk) -> None:
    desk.rule(RuleKind.DIGEST, hour=9)
    desk.file("Полиция в полдень.")
    assert desk.look() == []
    desk.tomorrow(8)
    desk.file("Полиция утром.")
    assert desk.look() == []
    desk.tomorrow(9)
    desk.clock.advance(days=-1)
    (alert,) = desk.look()
    assert sorted(desk.counted(alert)) == ["Полиция в полдень.", "Полиция утром."]
    assert alert.since == datetime(2026, 9, 16, 7, 0, tzinfo=UTC)
    assert desk.look() == []
    desk.file("Полиция после сводки.")
    assert desk.look() == []
    desk.tomorrow(9)
    (later,) = desk.look()
    assert desk.counted(later) == ["Полиция после сводки."]
    desk.tomorrow(9)
    assert desk.look() == [], "nothing new, nothing sent"


def test_an_hourly_digest_speaks_once_an_hour(desk: Desk) -> None:
    desk.rule(RuleKind.DIGEST)
    told = []
    for n in range(5):
        desk.file(f"Полиция {n}.")
        told.append([a.count for a in desk.look()])
        desk.clock.advance(minutes=30)
    assert told == [[], [], [3], [], [2]]


def test_in_quiet_hours_items_gather_and_are_told_when_they_end(desk: Desk) -> None:
    desk.rule(quiet=QuietHours(time(22), time(7)))
    desk.clock.time = datetime.fromisoformat("2026-09-16T23:30:00+05:00")
    desk.file("Полиция ночью.")
    assert desk.look() == []
    desk.clock.time = datetime.fromisoformat("2026-09-17T06:59:00+05:00")
    desk.file("Полиция под утро.")
    assert desk.look() == []
    desk.clock.advance(minutes=1)
    (alert,) = desk.look()
    assert len(desk.counted(alert)) == 2


def history(desk: Desk, days: int, mean: float = 6.0, seed: int = 3) -> None:
    """Days up to yesterday."""
    rng = np.random.default_rng(seed)
    made = []
    for back in range(days, 0, -1):
        at = desk.clock.time - timedelta(days=back)
        for _ in range(int(rng.poisson(mean)) + 1):
            desk.n += 1
            made.append(
                reading(
                    f"Полиция, дело {desk.n}.",
                    relevant=True,
                    address=f"https://outlet.test/{desk.n}",
                    published_at=at,
                )
            )
    with desk.app.archive.settling():
        desk.app.archive.file(made)
    desk.app.catch_up()


def test_a_spike_is_told_once_an_episode_and_says_why(desk: Desk) -> None:
    history(desk, 60)
    rule = desk.rule(RuleKind.SPIKE)
    desk.file(*(f"Полиция сегодня {n}." for n in range(12)))
    assert desk.look() == []
    desk.file(*(f"Полиция вечером {n}." for n in range(20)))
    (alert,) = desk.look()
    assert len(desk.counted(alert)) == 32
    base = alert.baseline
    assert base is not None and base.threshold <= 32 and 4 < base.expected < 10 and len(base.days) == 56
    assert alert.chance is not None and alert.chance < 1 / 90
    assert "32" in alert.why["ru"] and str(base.threshold) in alert.why["kk"]
    desk.file("Полиция ещё.")
    assert desk.look() == [], "the same episode"
    desk.tomorrow()
    desk.file(*(f"Полиция назавтра {n}." for n in range(40)))
    assert desk.look() == [], "the episode goes on"
    desk.tomorrow()
    desk.file("Полиция спокойно.")
    assert desk.look() == []
    desk.tomorrow()
    desk.file(*(f"Полиция снова {n}." for n in range(60)))
    (second,) = desk.look()
    assert len(desk.counted(second)) == 60
    assert [a.position for a in desk.app.alert_store.alerts(9, rule=rule.id)] == [
        second.position,
        alert.position,
    ]


def test_a_young_home_tells_no_spike(desk: Desk) -> None:
    history(desk, 10)
    desk.rule(RuleKind.SPIKE)
    desk.file(*(f"Полиция сегодня {n}." for n in range(100)))
    assert desk.look() == []


def test_the_backtest_says_what_a_live_rule_would_have(desk: Desk) -> None:
    """Day by day with the clock moving, then once more over the same days as history."""
    rng = np.random.default_rng(11)
    history(desk, 56, mean=5.0)
    rule = desk.rule(RuleKind.SPIKE, sensitivity=Sensitivity(false_alarm_days=30))
    saved = desk.app.searches.require(rule.search)
    first = desk.clock.time.date()
    live = []
    for n in range(30):
        for part in np.array_split(np.arange(int(rng.poisson(5.0 * (8 if n in (6, 7, 19, 25) else 1)))), 2):
            desk.file(*(f"Полиция {n}, {k}." for k in part))
            live += desk.look()
        desk.tomorrow()
    tested = desk.app.alerting.backtest(
        saved, RuleKind.SPIKE, sensitivity=rule.sensitivity, days=30, at=desk.app.index.position()
    )
    assert tested.since == first and tested.judged_days == 30
    assert len(live) >= 3
    assert [
        (a.baseline.day, a.baseline.threshold, round(a.baseline.expected, 2)) for a in live if a.baseline
    ] == [(f.day, f.threshold, f.expected) for f in tested.firings]
    for firing in tested.firings:
        question = desk.app.search.ask(firing.query, "kz-mia", tested.snapshot)
        assert desk.app.search.count(question) == firing.count
    assert tested.messages == len(live)
    assert tested.per_week == pytest.approx(len(live) * 7 / 30, abs=0.01)


@pytest.mark.parametrize(
    ("kind", "hour", "messages"),
    [
        pytest.param(RuleKind.EVERY, None, 4, id="every item by itself"),
        pytest.param(RuleKind.DIGEST, None, 3, id="hours that have any"),
        pytest.param(RuleKind.DIGEST, 9, 2, id="days that have any"),
    ],
)
def test_a_backtest_counts_messages(desk: Desk, kind: RuleKind, hour: int | None, messages: int) -> None:
    at = desk.clock.time - timedelta(days=3)
    desk.file("Полиция раз.", "Полиция два.", at=at)
    desk.file("Полиция три.", at=at + timedelta(hours=2))
    desk.file("Полиция четыре.", at=at + timedelta(days=1))
    desk.file("Полиция сегодня.", "Погода.")
    saved = desk.app.searches.save("полиция", "полиция", "kz-mia")
    tested = desk.app.alerting.backtest(saved, kind, hour=hour, days=7)
    assert (tested.messages, [f.count for f in tested.firings]) == (messages, [3, 1])


def test_a_query_that_can_no_longer_be_asked_stops_only_its_own_rule(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, sound = desk.rule(query="полиция"), desk.rule(query="погода")
    ask = SavedSearches.question

    def question(self: SavedSearches, saved: object, at: int | None = None) -> object:
        if saved.id == broken.search:  # type: ignore[attr-defined]
            raise QueryError("There is no saved search @gone.", 0, 5)
        return ask(self, saved, at)  # type: ignore[arg-type]

    monkeypatch.setattr(SavedSearches, "question", question)
    desk.file("Погода и полиция.")
    assert [a.rule for a in desk.look()] == [sound.id]
    assert "@gone" in desk.app.alerting.troubles[broken.id]


class TestSavedSearches:
    def test_a_name_finds_its_query_in_any_letter_case(self, desk: Desk) -> None:
        searches = desk.app.searches
        searches.save("Полиция Алматы", "полиция region:KZ-75", "kz-mia")
        assert searches.named("полиция алматы") == "полиция region:KZ-75"
        assert searches.named("полиция") is None
        assert desk.app.search.ask('@"ПОЛИЦИЯ Алматы" tone:critical', "kz-mia").text.startswith("полиция")

    def test_a_change_is_a_new_act_and_the_old_one_stays(self, desk: Desk) -> None:
        searches = desk.app.searches
        saved = searches.save("a", "полиция", "kz-mia")
        changed = searches.change(saved, query="прокурор", by="person:Айгерім")
        assert (changed.id, changed.query, changed.by) == (saved.id, "прокурор", "person:Айгерім")
        assert [s.query for s in searches.all()] == ["прокурор"]
        assert len(desk.acts("search-saved")) == 2

    def test_retired_it_is_found_no_more_and_stays_in_the_ledger(self, desk: Desk) -> None:
        searches = desk.app.searches
        saved = searches.save("a", "полиция", "kz-mia")
        searches.retire(saved)
        assert searches.all() == [] and searches.named("a") is None
        assert len(desk.acts("search-saved")) == len(desk.acts("search-retired")) == 1
        assert searches.save("a", "иначе", "kz-mia").id != saved.id

    @pytest.mark.parametrize(
        ("name", "query", "told"),
        [
            pytest.param("", "x1", "1 to 60", id="no name"),
            pytest.param("a" * 61, "x1", "1 to 60", id="too long a name"),
            pytest.param('a"b', "x1", "can't hold", id="a quotation mark"),
            pytest.param("known", "x1", "saved already", id="taken"),
            pytest.param("KNOWN", "x1", "saved already", id="taken in other letters"),
            pytest.param("b", "(полиция", "bracket", id="a query that is none"),
            pytest.param("b", "@b", "@b", id="a query that names itself"),
            pytest.param("b", "@nowhere", "@nowhere", id="a query that names nothing"),
            pytest.param(
                "b", " OR ".join(f"{'д' * 20}{n:04}" for n in range(270)), "at most", id="too long a query"
            ),
        ],
    )
    def test_what_can_not_be_saved(self, desk: Desk, name: str, query: str, told: str) -> None:
        desk.app.searches.save("known", "полиция", "kz-mia")
        head = desk.app.records.head()
        with pytest.raises(BadInput, match=told):
            desk.app.searches.save(name, query, "kz-mia")
        assert desk.app.records.head() == head

    def test_what_others_go_by_is_not_retired(self, desk: Desk) -> None:
        searches = desk.app.searches
        base = searches.save("base", "полиция", "kz-mia")
        searches.save("upper", "@base tone:critical", "kz-mia")
        with pytest.raises(BadInput, match="names @base"):
            searches.retire(base)
        desk.rule(query="upper")
        with pytest.raises(BadInput, match="Alerts go by"):
            searches.retire(searches.require("upper"))
        with pytest.raises(BadInput, match="@upper"):
            searches.change(base, query="@upper")


def test_a_rule_follows_its_search_when_that_changes(desk: Desk) -> None:
    rule = desk.rule()
    desk.app.searches.change(desk.app.searches.require(rule.search), query="прокурор")
    desk.app.catch_up()
    desk.file("Полиция говорит.", "Прокурор говорит.")
    (alert,) = desk.look()
    assert desk.counted(alert) == ["Прокурор говорит."]
    assert alert.watched == "прокурор"


def test_a_retired_rule_is_silent_and_what_it_told_stays(desk: Desk) -> None:
    rule = desk.rule()
    desk.file("Полиция раз.")
    (alert,) = desk.look()
    desk.app.alerting.retire(rule)
    desk.file("Полиция два.")
    assert desk.look() == []
    assert desk.app.alert_store.get_alert(alert.position) is not None


def test_an_alert_is_acknowledged_once_by_name(desk: Desk) -> None:
    desk.rule()
    desk.file("Полиция раз.")
    (alert,) = desk.look()
    assert desk.app.alert_store.open_count() == 1
    desk.app.alerting.acknowledge(alert, "передано дежурному", by="person:Айгерім")
    seen = desk.app.alert_store.get_alert(alert.position)
    assert seen is not None and seen.acknowledged is not None
    assert (seen.acknowledged.by, seen.acknowledged.note) == ("person:Айгерім", "передано дежурному")
    assert desk.app.alert_store.open_count() == 0
    head = desk.app.records.head()
    with pytest.raises(BadInput, match="already"):
        desk.app.alerting.acknowledge(alert)
    assert desk.app.records.head() == head
    assert desk.app.verify() == []


@pytest.mark.parametrize(
    ("changes", "channels", "told"),
    [
        pytest.param({"name": ""}, [], "1 to 80", id="no name"),
        pytest.param({"language": "de"}, [], "written in", id="another language"),
        pytest.param({"hour": 24}, [], "0 to 23", id="an hour that is none"),
        pytest.param({"sensitivity": Sensitivity(1, 3)}, [], "7 to", id="an alarm a day"),
        pytest.param({"quiet": QuietHours(time(7), time(7))}, [], "different", id="no quiet at all"),
        pytest.param({}, [(ChannelKind.EMAIL, "nobody")], "name@host", id="no e-mail address"),
        pytest.param({}, [(ChannelKind.WEBHOOK, "ftp://x")], "https://", id="no web address"),
        pytest.param({}, [(ChannelKind.TELEGRAM, "x y")], "chat", id="no chat"),
    ],
)
def test_what_can_not_be_switched_on(
    desk: Desk, changes: dict[str, object], channels: list[tuple[ChannelKind, str]], told: str
) -> None:
    desk.app.searches.save("полиция", "полиция", "kz-mia")
    head = desk.app.records.head()
    with pytest.raises(BadInput, match=told):
        desk.rule(query="полиция", channels=channels, **changes)
    assert desk.app.records.head() == head


def test_a_spike_at_night_is_recorded_at_once_and_told_in_the_morning(desk: Desk) -> None:
    history(desk, 60)
    desk.rule(RuleKind.SPIKE, channels=MAIL, quiet=QuietHours(time(22), time(7)))
    desk.clock.time = datetime.fromisoformat("2026-09-16T23:30:00+05:00")
    desk.file(*(f"Полиция ночью {n}." for n in range(40)))
    (alert,) = desk.look()
    ((delivery, _),) = desk.app.alert_store.deliveries(alert.position)
    assert delivery.due_at == datetime.fromisoformat("2026-09-17T07:00:00+05:00")


@pytest.mark.parametrize(
    ("clock", "holds"),
    [
        pytest.param("21:59", False, id="before"),
        pytest.param("22:00", True, id="from the first minute on"),
        pytest.param("00:00", True, id="over midnight"),
        pytest.param("06:59", True, id="until the last minute"),
        pytest.param("07:00", False, id="after"),
    ],
)
def test_quiet_hours_go_over_midnight(clock: str, holds: bool) -> None:
    assert QuietHours(time(22), time(7)).hold(time.fromisoformat(clock)) is holds
    assert QuietHours(time(7), time(22)).hold(time.fromisoformat(clock)) is not holds
