"""A spike is what chance explains once in the days that a person chose, and the calendar is known."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimas.alerts.calendar import calendar
from aimas.alerts.spikes import LEAST_DAYS, Baseline, Sensitivity, baseline, chance_of, episodes, threshold
from aimas.appeals.calendars import calendar as appeals_calendar

KZ = calendar()
MONDAY = date(2026, 2, 2)
"""Eight weeks after it hold the March holidays; the weeks before it New Year's."""


def judged(counts: dict[date, int], day: date, **chosen: int) -> Baseline:
    found = baseline(counts, dict.fromkeys(counts, 1), day, Sensitivity(**chosen), KZ)
    assert found is not None
    return found


def days(n: int, until: date = MONDAY) -> list[date]:
    return [until - timedelta(days=k) for k in range(n, 0, -1)]


def drawn(rng: np.random.Generator, mean: float, scatter: float, kinds: list[date]) -> dict[date, int]:
    """Counts with variance = scatter × mean; days off have half."""
    found = {}
    for day in kinds:
        here = mean * (0.5 if KZ.is_off(day) else 1)
        rate = here if scatter == 1 else rng.gamma(here / (scatter - 1), scatter - 1)
        found[day] = int(rng.poisson(rate))
    return found


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        pytest.param(date(2026, 1, 5), 0, id="an ordinary monday"),
        pytest.param(date(2026, 1, 7), 6, id="Christmas on a wednesday is a sunday"),
        pytest.param(date(2026, 3, 9), 6, id="the monday that stands in for Women's Day"),
        pytest.param(date(2024, 5, 4), 2, id="a saturday that was worked for the 8th of May"),
        pytest.param(date(2025, 1, 5), 2, id="a sunday that was worked for the 3rd of January"),
        pytest.param(date(2026, 10, 26), 6, id="Republic Day moved to monday"),
        pytest.param(date(2026, 8, 15), 5, id="an ordinary saturday"),
    ],
)
def test_a_day_is_taken_for_what_it_is_lived_as(day: date, kind: int) -> None:
    assert KZ.kind_of(day) == kind
    assert KZ.is_off(day) == (kind >= 5)


def test_the_calendar_says_where_it_comes_from() -> None:
    assert KZ.version == "kz/0.109-2" and "holidays" in KZ.source
    assert KZ.first <= date(2016, 1, 1) and KZ.last >= date(2030, 12, 31)
    assert all(day.weekday() >= 5 for day in KZ.working_weekends)


def test_a_day_off_is_one_for_appeals_too() -> None:
    """Two files, since alerts look back further than the lawful terms do; where both know a year they say the same."""
    lawful = appeals_calendar()
    days = [date(year, 1, 1) + timedelta(days=n) for year in lawful.years for n in range(365)]
    assert [day for day in days if KZ.is_off(day) == lawful.is_working_day(day)] == []


@pytest.mark.parametrize(
    ("count", "mean", "variance", "chance"),
    [
        pytest.param(0, 3.0, 3.0, 1.0, id="none or more is certain"),
        pytest.param(1, 3.0, 3.0, 1 - math.exp(-3), id="poisson, one or more"),
        pytest.param(6, 3.0, 3.0, 0.083918, id="poisson, by the table"),
        pytest.param(20, 10.0, 10.0, 0.003454, id="poisson, far tail"),
        # Size 2, chance of success 0.4: P(0) = 0.16, P(1) = 0.192, P(2) = 0.1728.
        pytest.param(3, 3.0, 7.5, 1 - 0.16 - 0.192 - 0.1728, id="negative binomial, by hand"),
        # Forty failures or more before the tenth head of a coin: at most nine heads in 49 throws.
        pytest.param(
            40, 10.0, 20.0, sum(math.comb(49, k) for k in range(10)) / 2**49, id="negative binomial, coins"
        ),
    ],
)
def test_chances_are_those_of_the_tables(count: int, mean: float, variance: float, chance: float) -> None:
    assert chance_of(count, mean, variance) == pytest.approx(chance, rel=0.02)


@given(
    mean=st.floats(0.01, 5_000), scatter=st.floats(1, 20), rate=st.floats(1e-4, 0.2), more=st.integers(1, 5)
)
@settings(max_examples=60, deadline=None)
def test_the_threshold_is_the_smallest_count_that_is_rare_enough(
    mean: float, scatter: float, rate: float, more: int
) -> None:
    found = threshold(mean, mean * scatter, rate)
    assert chance_of(found, mean, mean * scatter) <= rate < chance_of(found - 1, mean, mean * scatter) + 1e-12
    assert chance_of(found + more, mean, mean * scatter) <= chance_of(found, mean, mean * scatter)
    assert threshold(mean, mean * scatter, rate / 3) >= found


@pytest.mark.parametrize("every", [30, 90])
@pytest.mark.parametrize(
    ("mean", "scatter", "most"),
    [
        pytest.param(0.3, 1.0, 1.3, id="hardly anything a day"),
        pytest.param(4.0, 1.0, 1.3, id="a few a day, pure chance"),
        pytest.param(4.0, 2.0, 1.7, id="a few a day, twice the scatter"),
        pytest.param(40.0, 1.0, 1.4, id="many, pure chance"),
        pytest.param(40.0, 3.0, 1.7, id="many, thrice the scatter"),
    ],
)
def test_false_alarms_stay_near_the_chosen_rate(mean: float, scatter: float, most: float, every: int) -> None:
    """Simulated: alarms in `every` days where one is expected; whole counts can only make them rarer."""
    rng = np.random.default_rng(20_261_122)
    alarms = tests = 0
    for _ in range(5):
        span = days(56 + 280)
        counts = drawn(rng, mean, scatter, span)
        for day in span[56:]:
            alarms += counts[day] >= judged(counts, day, false_alarm_days=every, minimum=1).threshold
            tests += 1
    assert alarms / tests * every <= most
    if mean >= 4:
        assert alarms / tests * every >= 0.15, "so deaf that nothing is ever told"


def test_a_weekend_is_expected_to_be_quiet() -> None:
    counts = {d: 3 if d.weekday() >= 5 else 20 for d in days(56, date(2026, 9, 7))}
    saturday, monday = judged(counts, date(2026, 9, 12)), judged(counts, date(2026, 9, 7))
    assert saturday.expected == pytest.approx(3, rel=0.25)
    assert monday.expected == pytest.approx(20, rel=0.1)
    assert saturday.threshold < 20 <= monday.threshold


def test_a_holiday_in_the_week_is_expected_to_be_as_quiet_as_a_sunday() -> None:
    counts = {d: 3 if KZ.is_off(d) else 20 for d in days(56, date(2026, 10, 26))}
    assert judged(counts, date(2026, 10, 26)).expected == pytest.approx(3, rel=0.3)


def test_last_months_storm_does_not_hide_this_months() -> None:
    rng = np.random.default_rng(7)
    counts = {d: int(rng.poisson(10)) for d in days(56)}
    calm = judged(counts, MONDAY).threshold
    stormy = counts | dict.fromkeys(days(25)[:4], 60)
    found = judged(stormy, MONDAY)
    assert found.threshold <= calm * 1.6
    assert all(d.weight < 0.35 for d in found.days if d.count == 60)


@given(base=st.lists(st.integers(0, 30), min_size=56, max_size=56), jump=st.integers(1, 400))
@settings(max_examples=40, deadline=None)
def test_a_day_is_judged_by_the_days_before_it_alone(base: list[int], jump: int) -> None:
    counts = dict(zip(days(56), base, strict=True))
    before = judged(counts, MONDAY)
    assert judged(counts | {MONDAY: jump, MONDAY + timedelta(days=1): jump}, MONDAY) == before
    assert math.isfinite(before.expected) and before.expected > 0
    assert before.dispersion >= 1 and before.variance >= before.expected


def test_days_without_listening_are_gaps_and_not_zeros() -> None:
    full = dict.fromkeys(days(56), 10)
    heard = {d: 100 for d in days(56) if (MONDAY - d).days % 3}
    found = baseline({d: n for d, n in full.items() if d in heard}, heard, MONDAY, Sensitivity(), KZ)
    assert found is not None and found.expected == pytest.approx(10, rel=0.1)
    assert len(found.days) == len(heard)


def test_too_short_a_history_is_not_judged() -> None:
    counts = dict.fromkeys(days(LEAST_DAYS - 1), 5)
    assert baseline(counts, counts, MONDAY, Sensitivity(), KZ) is None
    more = dict.fromkeys(days(LEAST_DAYS), 5)
    assert baseline(more, more, MONDAY, Sensitivity(), KZ) is not None


def test_one_publication_after_eight_silent_weeks_is_no_spike() -> None:
    counts = dict.fromkeys(days(56), 0)
    assert judged(counts, MONDAY).threshold == 3
    assert judged(counts, MONDAY, minimum=10).threshold == 10


def test_days_in_a_row_are_one_episode() -> None:
    first = date(2026, 5, 1)
    row = [first, first + timedelta(days=1), first + timedelta(days=3)]
    assert episodes(row) == [first, first + timedelta(days=3)]
    assert episodes([]) == []
