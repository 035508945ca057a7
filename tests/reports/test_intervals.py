"""Intervals, against published values and against their own laws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.reports.intervals import EXACT, _byar, poisson, ratio, wilson

counts = st.integers(0, 100_000)


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(1, 10, 0.0179, 0.4042, id="one of ten"),
        pytest.param(5, 10, 0.2366, 0.7634, id="half of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe's first example, 1998"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing is known of nothing"),
    ],
)
def test_wilson(k: int, n: int, low: float, high: float) -> None:
    found = wilson(k, n)
    assert found.low == pytest.approx(low, abs=5e-5)
    assert found.high == pytest.approx(high, abs=5e-5)


@pytest.mark.parametrize(
    ("n", "low", "high"),
    [
        pytest.param(0, 0.0, 3.689, id="none: the rule of three and a bit"),
        pytest.param(1, 0.0253, 5.572, id="one"),
        pytest.param(5, 1.623, 11.668, id="five"),
        pytest.param(10, 4.795, 18.390, id="ten"),
        pytest.param(100, 81.364, 121.627, id="a hundred"),
    ],
)
def test_garwood(n: int, low: float, high: float) -> None:
    found = poisson(n)
    assert found.low == pytest.approx(low, abs=1e-3)
    assert found.high == pytest.approx(high, abs=1e-3)


def test_the_approximation_for_large_counts_joins_without_a_step() -> None:
    exact, approximate = poisson(EXACT), (_byar(EXACT, -1.959964), _byar(EXACT + 1, 1.959964))
    assert exact.low == pytest.approx(approximate[0], rel=1e-3)
    assert exact.high == pytest.approx(approximate[1], rel=1e-3)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_in_its_interval_and_both_within_one(case: tuple[int, int]) -> None:
    k, n = case
    found = wilson(k, n)
    assert found.high is not None
    assert 0.0 <= found.low <= k / n <= found.high <= 1.0


@given(counts)
def test_a_count_lies_in_its_interval(n: int) -> None:
    found = poisson(n)
    assert found.high is not None and found.low <= n <= found.high


@given(st.integers(1, 5_000), st.integers(1, 5_000))
def test_turning_time_round_turns_the_ratio_round(now: int, before: int) -> None:
    there, back = ratio(now, before), ratio(before, now)
    assert there.high is not None and back.high is not None
    assert there.holds(now / before)
    assert there.low * back.high == pytest.approx(1.0)
    assert there.high * back.low == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("now", "before", "is_chance"),
    [
        pytest.param(10, 10, True, id="the same"),
        pytest.param(12, 8, True, id="half as many again of few"),
        pytest.param(120, 80, False, id="half as many again of many"),
        pytest.param(1, 0, True, id="one where none was"),
        pytest.param(9, 0, False, id="nine where none was"),
        pytest.param(0, 9, False, id="none where nine were"),
    ],
)
def test_a_change_is_told_from_chance(now: int, before: int, is_chance: bool) -> None:
    assert ratio(now, before).holds(1.0) is is_chance


def test_no_upper_bound_where_none_was_before() -> None:
    assert ratio(5, 0).high is None
    assert math.isfinite(ratio(5, 0).low)


@pytest.mark.parametrize("wrong", [(-1, 5), (6, 5)])
def test_what_is_no_share_is_refused(wrong: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(*wrong)
