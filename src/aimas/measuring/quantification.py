"""Counts corrected for the error that was measured. Counting what a classifier says is biased wherever its errors in
one direction are not as many as in the other (Forman 2008; González et al. 2017), however good it is.

Two ways, both unbiased where their assumption holds:

- `by_sample`: double sampling (Tenenbein 1970). All are classified, a random part is labelled; of all that are
  counted under a tone, as large a share is really critical as in the labelled part. It needs a sample that was drawn
  from what is counted, or from the like of it, and then leaves the least variance.
- `adjusted`: adjusted classify and count by constrained least squares (Hopkins & King 2010; Firat 2016). How often a
  truly critical publication is counted under each tone stays as measured, while the true shares may differ; the
  shares that explain the counts best, none negative, are the answer. It needs a sample of like material only, and
  its intervals are wider.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from math import inf
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from aimas.core import Tone
from aimas.measuring.accuracy import SIDES, TONES
from aimas.measuring.estimates import estimate, weights
from aimas.measuring.intervals import Interval, t_of, wilson, z_of
from aimas.measuring.types import Stratum, Unit

FEWEST = 50
"""Labelled publications below which no count is corrected."""
FEWEST_OF_A_TONE = 10
"""So for each tone that at least SCARCE of what is counted bears, or for each true tone."""
SCARCE = 0.02
BLURRED = 0.15
"""Smallest singular value of the matrix of errors below which tones can't be told apart by it."""
REPLICATES = 500

Matrix = NDArray[np.float64]


class Corrected(msgspec.Struct, frozen=True):
    """Estimates, not counts."""

    method: Literal["double-sampling", "adjusted-count"]
    total: int
    labelled: int
    """Publications it rests on."""
    shares: tuple[tuple[Tone, Interval], ...]
    """Of the total; `adjusted-count` has no `unclear`: it spreads what was counted so over the three others."""


class Refused(msgspec.Struct, frozen=True):
    """Why nothing is corrected."""

    why: Literal["few", "few-of-a-tone", "blurred", "nothing", "other-version", "mixed-versions"]
    n: int = 0
    needed: int = 0
    tone: Tone | None = None
    versions: tuple[str, ...] = ()
    """Of the tone models behind the counts, where they are the reason."""


def by_sample(
    units: Sequence[Unit], strata: Sequence[Stratum], counts: Mapping[Tone, int]
) -> Corrected | Refused:
    """For counts of what the sample was drawn from; what came since is taken to be like it."""
    total = sum(counts.values())
    if refusal := _refused(units, total):
        return refusal
    weight = weights(units, strata)
    groups = {t: [u for u in units if u.counted is t] for t in TONES}
    sizes = {t: round(sum(weight[u.stratum] for u in group)) for t, group in groups.items()}
    for tone, group in groups.items():
        # Of a tone that is rare in the population all may be labelled, and then suffice.
        needed = min(FEWEST_OF_A_TONE, sizes[tone] or FEWEST_OF_A_TONE)
        if counts.get(tone, 0) > SCARCE * total and len(group) < needed:
            return Refused("few-of-a-tone", len(group), needed, tone)
    found = []
    for truth in TONES:
        share = variance = squares = 0.0
        for tone, group in groups.items():
            part = counts.get(tone, 0) / total
            if not part:
                continue
            if not group:
                # Scarce and never drawn: taken as counted.
                share += part * (tone is truth)
                continue
            counted = estimate(
                units,
                strata,
                lambda u, t=tone, c=truth: (float(u.counted is t and u.truth is c), float(u.counted is t)),  # type: ignore[misc]
            )
            assert counted is not None
            n = len(group)
            # A tone of which all labelled are alike still may hold others: half an answer of each side is added.
            smoothed = (counted.share * n + 0.5) / (n + 1)
            least = smoothed * (1 - smoothed) / n * max(0.0, 1 - n / max(n, sizes[tone]))
            share += part * counted.share
            added = part**2 * max(counted.variance, least)
            variance += added
            squares += added**2 / max(1.0, min(counted.freedom, n))
        freedom = variance**2 / squares if squares else inf
        found.append((truth, _interval(share, variance, freedom, len(units))))
    return Corrected("double-sampling", total, len(units), tuple(found))


def adjusted(
    units: Sequence[Unit], strata: Sequence[Stratum], counts: Mapping[Tone, int], seed: int = 0
) -> Corrected | Refused:
    """For counts of like material: another period, another part. Intervals by simulation: what is labelled under
    each counted tone and what is counted are drawn again from their posteriors under Jeffreys' prior, which holds for
    rare errors where a bootstrap's intervals are too narrow (measured: .84 of the time instead of .95)."""
    total = sum(counts.values())
    if refusal := _refused(units, total):
        return refusal
    clear = [u for u in units if u.truth is not Tone.UNCLEAR]
    for tone in SIDES:
        if (n := sum(u.truth is tone for u in clear)) < FEWEST_OF_A_TONE:
            return Refused("few-of-a-tone", n, FEWEST_OF_A_TONE, tone)
    inside, sizes = _inside(clear, strata)
    observed = np.array([counts.get(t, 0) for t in TONES], float) / total
    errors = _errors(inside, sizes)
    if np.linalg.svd(errors, compute_uv=False)[-1] < BLURRED:
        return Refused("blurred")
    best = _explaining(errors, observed)
    random = np.random.default_rng(seed)
    reach = _effective_sizes(clear, strata)
    # Read again by another version, what is counted under a tone is no stratum any more.
    is_cut_by_tone = all(u.counted is strata[u.stratum].tone for u in units)
    rounds = []
    for _ in range(REPLICATES):
        drawn = np.array([random.dirichlet(inside[g] * reach[g] + 0.5) for g in range(4)])
        seen = sizes if is_cut_by_tone else random.dirichlet(sizes * len(clear) + 0.5)
        counted = random.dirichlet(observed * total + 0.5)
        rounds.append(_explaining(_errors(drawn, seen), counted))
    low, high = np.quantile(np.array(rounds), (0.025, 0.975), axis=0)
    shares = {
        t: Interval(float(best[n]), float(min(best[n], low[n])), float(max(best[n], high[n])))
        for n, t in enumerate(SIDES)
    }
    return Corrected("adjusted-count", total, len(units), tuple((t, shares[t]) for t in TONES if t in shares))


def _refused(units: Sequence[Unit], total: int) -> Refused | None:
    if not total:
        return Refused("nothing")
    return Refused("few", len(units), FEWEST) if len(units) < FEWEST else None


def _interval(share: float, variance: float, freedom: float, n: int) -> Interval:
    share = min(1.0, max(0.0, share))
    inner = min(max(share, 0.5 / n), 1 - 0.5 / n)
    if variance <= 0:
        return Interval(share, share, share)
    return wilson(share, inner * (1 - inner) / variance * (z_of() / t_of(freedom)) ** 2)


def _inside(units: Sequence[Unit], strata: Sequence[Stratum]) -> tuple[Matrix, NDArray[np.float64]]:
    """Of what is counted under each tone (row, as TONES), the shares of the true ones (column, as SIDES); and how
    much of all is counted so."""
    weight = weights(units, strata)
    cells = np.zeros((4, 3))
    for unit in units:
        cells[TONES.index(unit.counted), SIDES.index(unit.truth)] += weight[unit.stratum]
    rows = cells.sum(axis=1, keepdims=True)
    return cells / np.where(rows, rows, 1), rows[:, 0] / rows.sum()


def _effective_sizes(units: Sequence[Unit], strata: Sequence[Stratum]) -> NDArray[np.float64]:
    """Kish's number of labels for each counted tone."""
    weight = weights(units, strata)
    found = np.zeros(4)
    for n, tone in enumerate(TONES):
        given = np.array([weight[u.stratum] for u in units if u.counted is tone])
        if len(given):
            found[n] = given.sum() ** 2 / np.square(given).sum()
    return found


def _errors(inside: Matrix, sizes: NDArray[np.float64]) -> Matrix:
    """How a publication of each true tone (column, as SIDES) is counted (row, as TONES)."""
    cells = inside * sizes[:, None]
    return np.asarray(cells / cells.sum(axis=0), np.float64)


def _explaining(errors: Matrix, observed: NDArray[np.float64]) -> NDArray[np.float64]:
    """The shares of the true tones, none negative, that sum to one and come nearest to what was counted: with three
    of them all seven choices of which are zero can be tried."""
    best, distance = np.full(3, 1 / 3), np.inf
    for size in (1, 2, 3):
        for chosen in combinations(range(3), size):
            part = errors[:, chosen]
            system = np.ones((size + 1, size + 1))
            system[:size, :size] = part.T @ part
            system[size, size] = 0
            try:
                solved = np.linalg.solve(system, np.append(part.T @ observed, 1))[:size]
            except np.linalg.LinAlgError:
                continue
            off = float(np.square(part @ solved - observed).sum())
            if (solved >= 0).all() and off < distance:
                best, distance = np.zeros(3), off
                best[list(chosen)] = solved
    return best
