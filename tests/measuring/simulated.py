"""A population whose truth is known, classified with known errors."""

from collections import Counter
from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from aimas.core import Language, Tone
from aimas.measuring import Stratum, Unit, drawn
from aimas.measuring.accuracy import TONES

CONFUSION = np.array(
    [
        # counted: critical, positive, neutral, unclear
        [0.70, 0.02, 0.18, 0.10],
        [0.03, 0.65, 0.22, 0.10],
        [0.08, 0.05, 0.79, 0.08],
        [0.20, 0.20, 0.30, 0.30],
    ]
)
"""A row for each true tone, in the order of TONES."""
LANGUAGES = (Language.RU, Language.KK, Language.EN)


class World(msgspec.Struct):
    truth: NDArray[np.int64]
    counted: NDArray[np.int64]
    lang: NDArray[np.int64]

    def true_share(self, tone: Tone) -> float:
        return float(np.mean(self.truth == TONES.index(tone)))

    def counts(self) -> Mapping[Tone, int]:
        return Counter(TONES[n] for n in self.counted)


def world(
    random: np.random.Generator,
    size: int,
    shares: tuple[float, ...],
    confusion: NDArray[np.float64] = CONFUSION,
) -> World:
    truth = random.choice(4, size, p=shares)
    counted = (random.random(size)[:, None] > confusion[truth].cumsum(axis=1)).sum(axis=1).clip(max=3)
    return World(truth, counted, random.choice(3, size, p=(0.6, 0.3, 0.1)))


def labelled(
    random: np.random.Generator, made: World, n: int, stratified: bool
) -> tuple[list[Unit], tuple[Stratum, ...]]:
    """As a person would answer who is always right."""
    population = [
        (i, (TONES[made.counted[i]], LANGUAGES[made.lang[i]]) if stratified else (None, None))
        for i in range(len(made.truth))
    ]
    strata, members = drawn(population, n, int(random.integers(1 << 30)))
    return [
        Unit(
            stratum=m.stratum,
            lang=LANGUAGES[made.lang[m.reading]],
            day=None,
            counted=TONES[made.counted[m.reading]],
            truth=TONES[made.truth[m.reading]],
            asked=(),
        )
        for m in members
    ], strata
