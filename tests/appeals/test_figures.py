"""Every share names what it counts and among what; few cases are never ranked; speed comes with what came back."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from aimas.appeals.figures import Measure, figures
from aimas.appeals.states import CaseState, Press
from aimas.appeals.types import Channel, Decision, Stage, Standing
from aimas.core import Language

FIRST, LAST, TODAY = date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 20)


def state(case: str, **changes: Any) -> CaseState:
    fields: dict[str, Any] = {
        "case": case,
        "number": case,
        "stage": Stage.REGISTERED,
        "is_open": True,
        "kind": "application",
        "standing": Standing.APPEAL,
        "channel": Channel.WEB,
        "language": Language.RU,
        "category": None,
        "unit": "duty",
        "officer": None,
        "is_confidential": False,
        "received_at": datetime(2026, 11, 2, 5, tzinfo=UTC),
        "received_on": date(2026, 11, 2),
        "due": date(2026, 11, 23),
        "term": date(2026, 11, 23),
        "done_on": None,
        "contact_at": None,
        "forwards": 0,
        "extensions": 0,
        "reopenings": 0,
        "complaints": 0,
        "is_repeat": False,
        "decision": None,
        "stars": None,
        "press": Press.NOT,
        "updated_at": datetime(2026, 11, 2, 5, tzinfo=UTC),
    }
    return CaseState(**{**fields, **changes})


def answered(case: str, on: date, **changes: Any) -> CaseState:
    fields: dict[str, Any] = {
        "stage": Stage.DELIVERED,
        "is_open": False,
        "due": None,
        "done_on": on,
        "contact_at": datetime(on.year, on.month, on.day, 5, tzinfo=UTC),
        "decision": Decision.SATISFIED,
    }
    return state(case, **{**fields, **changes})


CASES = [
    answered("in time", date(2026, 11, 20)),
    answered("on the last day", date(2026, 11, 23), stars=5),
    answered("late", date(2026, 11, 24), decision=Decision.REFUSED, reopenings=1, stars=2),
    answered("explained", date(2026, 11, 10), decision=Decision.EXPLAINED, unit="registry"),
    state("silent and over"),
    state("still in time", due=date(2026, 12, 25), term=date(2026, 12, 25), extensions=1),
    state("a signal", standing=Standing.SIGNAL, due=None, term=None, unit=None),
    state("sent on twice", stage=Stage.FORWARDED, is_open=False, due=None, term=None, forwards=2),
    state("a repeat", due=date(2026, 12, 25), term=date(2026, 12, 25), is_repeat=True, complaints=1),
    state("of another month", received_on=date(2026, 10, 31)),
]
EXPECTED: dict[Measure, tuple[set[str], int]] = {
    Measure.ON_TIME: ({"in time", "on the last day", "explained"}, 5),
    Measure.FORWARDED: ({"sent on twice"}, 9),
    Measure.HANDED_ON: ({"sent on twice"}, 9),
    Measure.REOPENED: ({"late"}, 4),
    Measure.REPEATED: ({"a repeat"}, 9),
    Measure.COMPLAINED: ({"a repeat"}, 9),
    Measure.UPHELD: ({"in time", "on the last day"}, 3),
    Measure.EXTENDED: ({"still in time"}, 7),
    Measure.RATED_WELL: ({"on the last day"}, 2),
}


def test_each_share_names_the_cases_that_it_counts_and_among_which() -> None:
    whole = figures(CASES, FIRST, LAST, TODAY, least=3, snapshot=9).whole
    told = {m: (set(s.cases), s.of) for m, s in whole.shares.items()}
    assert told == EXPECTED
    assert all(set(s.cases) <= set(s.among) <= set(whole.received) for s in whole.shares.values())
    assert set(whole.overdue) == {"silent and over"}
    assert "of another month" not in whole.received


def test_speed_is_never_told_without_what_came_back() -> None:
    whole = figures(CASES, FIRST, LAST, TODAY, least=3, snapshot=9).whole
    assert whole.speed is not None
    assert whole.speed.reopened == whole.shares[Measure.REOPENED]
    assert set(whole.speed.still_silent) == {"silent and over", "still in time", "a signal", "a repeat"}
    assert whole.speed.median_hours == 24 * 19.5
    assert figures([state("new")], FIRST, LAST, TODAY, least=3, snapshot=9).whole.speed is None


def test_a_unit_with_few_cases_is_not_ranked() -> None:
    found = figures(CASES, FIRST, LAST, TODAY, least=3, snapshot=9)
    assert [(unit.unit, unit.is_ranked) for unit in found.units] == [
        ("duty", True),
        ("registry", False),
        (None, False),
    ]
    assert found.ranked(Measure.ON_TIME) == ("duty",)
    assert figures(CASES, FIRST, LAST, TODAY, least=30, snapshot=9).ranked(Measure.ON_TIME) == ()


def test_nothing_counted_has_no_interval() -> None:
    found = figures([], FIRST, LAST, TODAY, least=3, snapshot=9)
    assert found.whole.shares[Measure.ON_TIME].interval is None
    assert found.units == ()


@given(st.lists(st.sampled_from(CASES), max_size=30))
def test_the_units_add_up_to_the_whole(cases: list[CaseState]) -> None:
    found = figures(cases, FIRST, LAST, TODAY, least=3, snapshot=9)
    for measure in Measure:
        share = found.whole.shares[measure]
        assert share.n == sum(unit.shares[measure].n for unit in found.units)
        assert share.of == sum(unit.shares[measure].of for unit in found.units)
        if share.interval is not None:
            assert share.interval.low <= share.n / share.of <= share.interval.high
