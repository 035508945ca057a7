"""Corrected counts on simulated error: the interval covers the truth about as often as it says."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.measuring.simulated import CONFUSION, World, labelled, world

from aimas.core import Tone
from aimas.measuring import Corrected, Refused, adjusted, by_sample
from aimas.measuring.quantification import _explaining

ROUNDS = 200


def covered(worlds: list[tuple[World, Corrected]]) -> dict[Tone, float]:
    hits: Counter[Tone] = Counter()
    for made, found in worlds:
        for tone, share in found.shares:
            hits[tone] += share.low <= made.true_share(tone) <= share.high
    return {tone: hits[tone] / len(worlds) for tone in (Tone.CRITICAL, Tone.POSITIVE, Tone.NEUTRAL)}


@pytest.mark.parametrize(
    ("shares", "n", "stratified"),
    [
        pytest.param((0.2, 0.1, 0.65, 0.05), 120, True, id="equal parts of each tone and language"),
        pytest.param((0.2, 0.1, 0.65, 0.05), 200, False, id="plain random"),
        pytest.param((0.05, 0.03, 0.9, 0.02), 150, True, id="rare sides"),
    ],
)
def test_double_sampling_covers_the_truth_as_often_as_it_says(
    shares: tuple[float, ...], n: int, stratified: bool
) -> None:
    random = np.random.default_rng(7)
    done = []
    for _ in range(ROUNDS):
        made = world(random, 2_000, shares)
        units, strata = labelled(random, made, n, stratified)
        found = by_sample(units, strata, made.counts())
        if isinstance(found, Corrected):
            done.append((made, found))
    assert len(done) > ROUNDS * 0.9
    # Three standard errors of a share of .95 over the rounds below; above is only too careful.
    assert all(0.95 - 3 * (0.95 * 0.05 / len(done)) ** 0.5 <= c for c in covered(done).values()), covered(
        done
    )


def test_double_sampling_is_without_bias_where_counting_is_not() -> None:
    random = np.random.default_rng(3)
    off: list[float] = []
    naive: list[float] = []
    for _ in range(ROUNDS):
        made = world(random, 2_000, (0.1, 0.1, 0.75, 0.05))
        units, strata = labelled(random, made, 150, True)
        found = by_sample(units, strata, made.counts())
        assert isinstance(found, Corrected)
        truth = made.true_share(Tone.CRITICAL)
        off.append(dict(found.shares)[Tone.CRITICAL].share - truth)
        naive.append(made.counts()[Tone.CRITICAL] / 2_000 - truth)
    assert abs(np.mean(off)) < 3 * np.std(off) / ROUNDS**0.5 + 0.002
    assert abs(np.mean(naive)) > 0.02


def test_adjusted_counts_cover_the_truth_of_another_month() -> None:
    """The sample is of a quiet month, the counts of a loud one; errors are the same."""
    random = np.random.default_rng(11)
    done = []
    for _ in range(100):
        quiet = world(random, 3_000, (0.15, 0.15, 0.7, 0.0))
        loud = world(random, 1_500, (0.45, 0.05, 0.5, 0.0))
        units, strata = labelled(random, quiet, 300, True)
        found = adjusted(units, strata, loud.counts())
        assert isinstance(found, Corrected)
        done.append((loud, found))
    assert all(c >= 0.95 - 3 * (0.95 * 0.05 / 100) ** 0.5 for c in covered(done).values()), covered(done)
    # Double sampling would carry the quiet month's shares over: its assumption does not hold here.
    wrong = [by_sample(*labelled(random, quiet, 300, True), loud.counts()) for _ in range(10)]
    missed = [
        not s.low <= loud.true_share(t) <= s.high
        for w in wrong
        if isinstance(w, Corrected)
        for t, s in w.shares
        if t is Tone.CRITICAL
    ]
    assert all(missed)


def test_a_whole_population_labelled_leaves_no_doubt() -> None:
    random = np.random.default_rng(5)
    made = world(random, 90, (0.3, 0.2, 0.5, 0.0))
    units, strata = labelled(random, made, 90, True)
    found = by_sample(units, strata, made.counts())
    assert isinstance(found, Corrected)
    for tone, share in found.shares:
        assert share.share == pytest.approx(made.true_share(tone))
        assert share.high - share.low < 0.001


def test_too_few_labels_are_refused_with_the_reason() -> None:
    random = np.random.default_rng(5)
    made = world(random, 500, (0.3, 0.2, 0.5, 0.0))
    units, strata = labelled(random, made, 30, True)
    assert by_sample(units, strata, made.counts()) == Refused("few", 30, 50)
    assert adjusted(units, strata, made.counts()) == Refused("few", 30, 50)
    units, strata = labelled(random, made, 120, True)
    quiet = [u for u in units if u.counted is not Tone.CRITICAL]
    refused = by_sample(quiet, strata, made.counts())
    assert isinstance(refused, Refused) and (refused.why, refused.tone) == ("few-of-a-tone", Tone.CRITICAL)
    harmless = [u for u in units if u.truth is not Tone.POSITIVE]
    refused = adjusted(harmless, strata, made.counts())
    assert isinstance(refused, Refused) and (refused.why, refused.tone) == ("few-of-a-tone", Tone.POSITIVE)
    assert by_sample(units, strata, {}) == Refused("nothing")


def test_a_model_that_cannot_tell_is_not_inverted() -> None:
    random = np.random.default_rng(5)
    blind = np.tile([0.4, 0.2, 0.3, 0.1], (4, 1))
    made = world(random, 1_000, (0.3, 0.3, 0.4, 0.0), blind)
    units, strata = labelled(random, made, 300, False)
    assert adjusted(units, strata, made.counts()) == Refused("blurred")


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda x: sum(x) > 0.01))
def test_shares_behind_exact_counts_are_found(raw: list[float]) -> None:
    truth = np.array(raw) / sum(raw)
    errors = CONFUSION[[1, 0, 2]].T  # columns as SIDES: positive, critical, neutral
    assert _explaining(errors, errors @ truth) == pytest.approx(truth, abs=1e-6)
