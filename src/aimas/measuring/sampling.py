"""Drawing: which publications are looked at by a person. The same seed draws the same from the same population."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import sqrt
from random import Random

from aimas.core import Language, Tone
from aimas.measuring.types import Member, Stratum

Key = tuple[Tone | None, Language | None]


def drawn(
    population: Sequence[tuple[int, Key]], n: int, seed: int
) -> tuple[tuple[Stratum, ...], tuple[Member, ...]]:
    """`n` of the population, each named by its reading and its stratum; without replacement, in random order.

    Small strata give more than their share: rare tones would otherwise be too few to judge. What that distorts the
    weights of the estimates undo (Horvitz & Thompson 1952). Order is random over the whole sample, so that what is
    labelled before a person stops is a random part of it.
    """
    strata: dict[Key, list[int]] = defaultdict(list)
    for reading, key in sorted(population, key=lambda item: item[0]):
        strata[key].append(reading)
    ordered = sorted(strata, key=lambda key: tuple(part.value if part else "" for part in key))
    random = Random(seed)
    shares = allocation({key: len(strata[key]) for key in ordered}, n)
    members = []
    for number, key in enumerate(ordered):
        members += [Member(reading, number) for reading in random.sample(strata[key], shares[key])]
    random.shuffle(members)
    told = tuple(Stratum(key[0], key[1], len(strata[key]), shares[key]) for key in ordered)
    return told, tuple(members)


def allocation(sizes: Mapping[Key, int], n: int) -> dict[Key, int]:
    """By the square root of their sizes (power allocation, Bankier 1988): small strata get enough to be told apart,
    large ones enough for the total; two at least, where there are two. Sums to `n`, or to all there is."""
    given = dict.fromkeys(sizes, 0)
    for _ in range(min(n, sum(sizes.values()))):
        open_ = [key for key in sizes if given[key] < sizes[key]]
        given[min(open_, key=lambda key: (given[key] >= 2, (given[key] + 1) / sqrt(sizes[key])))] += 1
    return given
