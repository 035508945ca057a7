"""Drawing: every publication can come up, rare kinds more often, the same seed the same ones; weights undo it."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Guess, Language, Mention, Span, Tone
from aimas.measuring import Stratum, Unit, drawn, measured
from aimas.measuring.estimates import estimate
from aimas.measuring.intervals import t_of
from aimas.measuring.sampling import allocation

RU, KK = Language.RU, Language.KK
SIZES = st.dictionaries(
    st.sampled_from([(t, lang) for t in Tone for lang in (RU, KK)]), st.integers(1, 500), min_size=1
)


@given(SIZES, st.integers(1, 800))
def test_an_allocation_gives_all_that_is_asked_for_and_no_more_than_there_is(
    sizes: dict[tuple[Tone, Language], int], n: int
) -> None:
    given_ = allocation(sizes, n)  # type: ignore[arg-type]
    assert sum(given_.values()) == min(n, sum(sizes.values()))
    assert all(0 <= given_[k] <= sizes[k] for k in sizes)
    if n >= 2 * len(sizes):
        assert all(given_[k] >= min(2, sizes[k]) for k in sizes)


def test_small_strata_give_more_than_their_share_and_large_ones_the_most() -> None:
    big, small = (Tone.NEUTRAL, RU), (Tone.CRITICAL, KK)
    assert allocation({big: 900, small: 100}, 40) == {big: 30, small: 10}  # type: ignore[dict-item]


@given(st.integers(0, 2**31), st.integers(1, 60))
def test_the_same_seed_draws_the_same_in_whatever_order_the_population_comes(seed: int, n: int) -> None:
    population = [(i, (Tone.CRITICAL if i % 5 == 0 else Tone.NEUTRAL, RU)) for i in range(60)]
    one, other = drawn(population, n, seed), drawn(population[::-1], n, seed)  # type: ignore[arg-type]
    assert one == other
    assert len({m.reading for m in one[1]}) == n


def test_each_publication_of_a_stratum_comes_up_equally_often() -> None:
    population = [(i, (Tone.CRITICAL if i < 10 else Tone.NEUTRAL, RU)) for i in range(50)]
    seen: Counter[int] = Counter()
    for seed in range(3_000):
        seen.update(m.reading for m in drawn(population, 12, seed)[1])  # type: ignore[arg-type]
    for part in (range(10), range(10, 50)):
        times = np.array([seen[i] for i in part])
        expected = times.mean()
        # Sampling without replacement spreads less than binomially: five standard deviations are never reached.
        assert abs(times - expected).max() < 5 * expected**0.5


def test_a_weighted_share_is_without_bias_whatever_was_drawn_more() -> None:
    random = np.random.default_rng(2)
    truth = [i % 10 < 3 if i < 200 else i % 10 < 9 for i in range(1_000)]
    found = []
    for _ in range(400):
        population = [(i, (Tone.CRITICAL if i < 200 else Tone.NEUTRAL, RU)) for i in range(1_000)]
        strata, members = drawn(population, 60, int(random.integers(1 << 30)))  # type: ignore[arg-type]
        units = [unit(m.stratum, bool(truth[m.reading])) for m in members]
        one = estimate(units, strata, lambda u: (float(u.counted is u.truth), 1.0))
        assert one is not None
        found.append(one.share)
    assert abs(np.mean(found) - np.mean(truth)) < 4 * np.std(found) / 20


def unit(stratum: int, right: bool, mentions: int = 1) -> Unit:
    span = Span(0, 7)
    said = Tone.CRITICAL if right else Tone.NEUTRAL
    scores = (0.05, 0.9, 0.05) if right else (0.05, 0.05, 0.9)
    mention = Mention(
        institution="i",
        target="t",
        span=span,
        sentence=span,
        why="",
        tone=Guess(said, 0.9, (), "m"),
        scores=scores,
    )
    return Unit(
        stratum=stratum,
        lang=RU,
        day=date(2026, 5, 1),
        counted=said,
        truth=Tone.CRITICAL,
        asked=((mention, Tone.CRITICAL),) * mentions,
    )


def test_mentions_of_one_publication_count_as_less_than_so_many_publications() -> None:
    strata = (Stratum(None, None, 10_000, 40),)
    apart = measured([unit(0, n % 4 != 0) for n in range(40)], strata).most_probable
    together = measured([unit(0, n % 4 != 0, 5) for n in range(40)], strata).most_probable
    assert apart.share and together.share and together.n == 5 * apart.n
    assert together.share.share == pytest.approx(apart.share.share) == 0.75
    width = apart.share.high - apart.share.low
    assert together.share.high - together.share.low == pytest.approx(width, rel=0.05), (
        "five alike tell no more than one"
    )


def test_calibration_error_is_the_distance_of_confidence_from_the_share_that_was_right() -> None:
    strata = (Stratum(None, None, 10_000, 40),)
    m = measured([unit(0, n < 30) for n in range(40)], strata)
    (only,) = m.bins
    assert (only.n, only.low, only.high) == (40, 0.9, 1.0)
    assert only.right == pytest.approx(0.75)
    assert m.calibration_error == pytest.approx(0.15)


@pytest.mark.parametrize(("freedom", "published"), [(4, 2.776), (10, 2.228), (30, 2.042), (120, 1.980)])
def test_students_quantile_is_as_published(freedom: int, published: float) -> None:
    assert t_of(freedom) == pytest.approx(published, abs=0.01)
