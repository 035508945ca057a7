"""Intervals and agreement against values from the literature."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Tone
from aimas.measuring import kappa, wilson

P, C, N = Tone.POSITIVE, Tone.CRITICAL, Tone.NEUTRAL


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [
        pytest.param(8, 10, 0.4902, 0.9433, id="eight of ten"),
        pytest.param(0, 10, 0.0, 0.2775, id="none of ten"),
        pytest.param(10, 10, 0.7225, 1.0, id="all of ten"),
        pytest.param(50, 100, 0.4038, 0.5962, id="half of a hundred"),
        pytest.param(81, 263, 0.2553, 0.3662, id="Newcombe 1998, method 3, first example"),
        pytest.param(15, 148, 0.0624, 0.1605, id="Newcombe 1998, method 3, second example"),
        pytest.param(1, 29, 0.0061, 0.1718, id="Newcombe 1998, method 3, fourth example"),
    ],
)
def test_wilson_is_as_published(right: int, n: int, low: float, high: float) -> None:
    found = wilson(right / n, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@given(st.integers(1, 500), st.data())
def test_an_interval_holds_its_share_and_stays_within_bounds(n: int, data: st.DataObject) -> None:
    right = data.draw(st.integers(0, n))
    found = wilson(right / n, n)
    assert 0 <= found.low <= found.share <= found.high <= 1
    wider = wilson(right / n, n / 2)
    assert wider.high - wider.low >= found.high - found.low


def test_nothing_asked_is_nothing_known() -> None:
    found = wilson(0.0, 0)
    assert (found.low, found.high) == (0.0, 1.0)


def test_kappa_of_a_textbook_table() -> None:
    # 20 and 15 alike, 5 and 10 not: Cohen's kappa .40.
    pairs = [(P, P)] * 20 + [(P, N)] * 5 + [(N, P)] * 10 + [(N, N)] * 15
    found = kappa(pairs)
    assert found is not None and found.kappa is not None
    assert found.n == 50 and found.agreement == pytest.approx(0.7)
    assert found.kappa.share == pytest.approx(0.4)
    assert found.kappa.low < 0.4 < found.kappa.high


def test_kappa_error_of_fleiss_cohen_everitt() -> None:
    # Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, table 18.1: 100 subjects, kappa .68, s.e. .087.
    table = {
        (P, P): 75,
        (P, C): 1,
        (P, N): 4,
        (C, P): 5,
        (C, C): 4,
        (C, N): 1,
        (N, P): 0,
        (N, C): 0,
        (N, N): 10,
    }
    found = kappa([pair for pair, n in table.items() for _ in range(n)])
    assert found is not None and found.kappa is not None
    assert found.kappa.share == pytest.approx(0.68, abs=0.005)
    assert (found.kappa.high - found.kappa.low) / 2 / 1.96 == pytest.approx(0.087, abs=0.002)


def test_agreement_on_one_answer_alone_has_no_kappa() -> None:
    found = kappa([(P, P)] * 10)
    assert found is not None and found.agreement == 1 and found.kappa is None
    assert kappa([]) is None


def test_kappa_is_the_same_whoever_comes_first() -> None:
    pairs = [(P, C), (C, C), (N, N), (N, P), (P, P), (C, N)]
    one, other = kappa(pairs), kappa([(b, a) for a, b in pairs])
    assert one is not None and other is not None and one.kappa and other.kappa
    assert one.kappa.share == pytest.approx(other.kappa.share)
    assert one.kappa.high == pytest.approx(other.kappa.high)
