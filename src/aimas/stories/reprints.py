"""Is this text a copy of one seen before? MinHash finds candidates, shingles decide, facts have a veto.

1. A text becomes hashed words; every three in a row are a shingle.
2. Banded MinHash finds what shares shingles with it, of the last days.
3. Shingles that several unrelated texts share (an outlet's footer, a form's phrases) don't count.
4. A pair is a copy where most of the later text stands in the earlier one, or all of the earlier in the later.
5. Not so where, between the same words, other numbers and names stand: that is one form filled in twice.
"""

import heapq
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash, RMinHashLSH

from aimas.stories.wording import SHINGLE, FactKind, Hashes, Wording, alike, wording

PERMUTATIONS = 96
BANDS = 48
"""Two rows a band: a pair with a Jaccard similarity of 0.3 is met with a chance of 0.99, of 0.2 with 0.86."""
_SEED = 20261122

LEAST_WORDS = 6
"""Shorter texts are never copies: greetings repeat."""
TAKEN = 0.55
"""Share of the later text's shingles that stand in the earlier one."""
TAKEN_SHORT = 0.8
"""The same where it takes less than a quarter of the earlier text."""
WHOLE = 0.75
"""Share of the earlier text that stands in the later one…"""
WHOLE_TAKEN = 0.42
"""…while this share of the later one is taken."""
JACCARD = 0.42
STOCK = 3
"""Chains that hold a shingle before it counts as a stock phrase; a text without copies is a chain."""
FORM = 0.35
"""With fewer shingles of its own than this a text is a form filled in."""
FORM_JACCARD = 0.8
VETO = 0.15
"""Share of facts in the same places that may differ, for corrections."""
GAP = 12
"""Words between two shared stretches: a longer one is rewritten text, not a place in a form."""
_CELLS_AN_ITEM = 400
"""A text has about 200 shingles, each counted in two cells; so a rare one looks common once in 150."""
_FAINT = 0.1
"""Estimated Jaccard below which a candidate isn't looked at."""


class Evidence(msgspec.Struct, frozen=True):
    """Why a pair was held for a copy; shares are of shingles, stock phrases left out."""

    compared_with: int
    jaccard: float
    taken: float
    """Of this text, what stands in the other."""
    kept: float
    """Of the other text, what stands in this one."""
    facts_agree: int
    facts_differ: int
    """Numbers and names in the same places."""
    identical: bool = False


class Copy(msgspec.Struct, frozen=True):
    of: int
    """Key of the chain's head: its first seen member."""
    similarity: float
    evidence: Evidence
    joins: tuple[int, ...] = ()
    """Heads of other chains that this item shows to be the same: they are one with `of` from now on."""


class Seen(msgspec.Struct, frozen=True):
    """A placed item, for a restart."""

    key: int
    title: str
    text: str
    published: datetime
    of: int | None
    """Head of its chain as it stands after all joins; None for a head or a text without copies."""


class _Held(msgspec.Struct):
    key: int
    wording: Wording
    minhash: RMinHash
    published: datetime
    chain: int
    is_head: bool


class Reprints:
    """Near-verbatim copies among the items of a window, one at a time; memory is bounded by `capacity`."""

    def __init__(self, window_days: float = 14, capacity: int = 200_000) -> None:
        self._window = timedelta(days=window_days)
        self._capacity = capacity
        self._lsh = RMinHashLSH(threshold=0.3, num_perm=PERMUTATIONS, num_bands=BANDS)
        self._held: dict[int, _Held] = {}
        self._chains: dict[int, list[int]] = {}
        self._ages: list[tuple[datetime, int]] = []
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._stock = _StockPhrases()

    def __len__(self) -> int:
        return len(self._held)

    def place(self, key: int, title: str, text: str, published: datetime) -> Copy | None:
        """None for what copies nothing. Keys grow in the order of placing; raises ValueError for one that is held."""
        words, minhash = self._entered(key, title, text, published)
        if minhash is None:
            return None
        found = self._copies(words, minhash, published)
        best = max(found, key=lambda pair: (pair[1].jaccard, -pair[0].key), default=None)
        if best is None:
            self._hold(_Held(key, words, minhash, published, key, True))
            return None
        chains = list(dict.fromkeys(held.chain for held, _ in found))
        of = min(chains)
        others = tuple(sorted(chain for chain in chains if chain != of))
        for other in others:
            self._join(other, of)
        self._hold(_Held(key, words, minhash, published, of, False))
        evidence = best[1]
        return Copy(of, max(evidence.jaccard, evidence.taken), evidence, others)

    def restore(self, items: Iterable[Seen]) -> None:
        """Take over what was placed before, in the order of its placing: later answers are as if never stopped."""
        for item in items:
            words, minhash = self._entered(item.key, item.title, item.text, item.published)
            if minhash is not None:
                chain = item.key if item.of is None else item.of
                self._hold(_Held(item.key, words, minhash, item.published, chain, item.of is None))

    def _entered(
        self, key: int, title: str, text: str, published: datetime
    ) -> tuple[Wording, RMinHash | None]:
        """Moves the window on; no MinHash for a text too short to copy."""
        if key in self._held:
            raise ValueError(f"item {key} is placed already")
        if published > self._latest:
            self._latest = published
            self._stock.settle()
        self._forget()
        words = wording(title, text)
        if len(words.codes) < LEAST_WORDS:
            return words, None
        minhash = RMinHash(PERMUTATIONS, _SEED)
        minhash.update(words.grams().view("S8").tolist())
        return words, minhash

    def _copies(self, words: Wording, minhash: RMinHash, published: datetime) -> list[tuple[_Held, Evidence]]:
        """At least one pair of every chain that has one; a chain's other members aren't looked at."""
        candidates = [self._held[key] for key in self._lsh.query(minhash)]
        candidates = [held for held in candidates if minhash.jaccard(held.minhash) >= _FAINT]
        if not candidates:
            return []
        candidates.sort(key=lambda held: (not held.is_head, held.key))
        mine = _Shingles(words, self._stock)
        found: list[tuple[_Held, Evidence]] = []
        settled: set[int] = set()
        for held in candidates:
            if held.chain in settled:
                continue
            evidence = _compared(held, mine, published, self._stock)
            if evidence is not None:
                found.append((held, evidence))
                settled.add(held.chain)
        return found

    def _hold(self, held: _Held) -> None:
        members = self._chains.setdefault(held.chain, [])
        grams = _unique(held.wording.grams())
        self._stock.later(1, _without(grams, self._spoken_by(members)))
        self._held[held.key] = held
        members.append(held.key)
        self._lsh.insert(held.key, held.minhash)
        heapq.heappush(self._ages, (held.published, held.key))
        if self._stock.is_narrow_for(len(self._held)):
            self._stock = _StockPhrases.of(
                len(self._held), [self._spoken_by(keys) for keys in self._chains.values()], self._stock
            )

    def _join(self, chain: int, of: int) -> None:
        keys = self._chains.pop(chain)
        both = np.intersect1d(self._spoken_by(keys), self._spoken_by(self._chains[of]), assume_unique=True)
        self._stock.later(-1, both)
        for key in keys:
            self._held[key].chain = of
        self._chains[of].extend(keys)

    def _forget(self) -> None:
        oldest = self._latest - self._window if self._latest.year > 1 else self._latest
        while self._ages and (self._ages[0][0] < oldest or len(self._ages) >= self._capacity):
            held = self._held.pop(heapq.heappop(self._ages)[1])
            self._lsh.remove(held.key)
            members = self._chains[held.chain]
            members.remove(held.key)
            if not members:
                del self._chains[held.chain]
            grams = _unique(held.wording.grams())
            self._stock.later(-1, _without(grams, self._spoken_by(members)))

    def _spoken_by(self, keys: list[int]) -> Hashes:
        """Shingles of any of these items."""
        if not keys:
            return np.zeros(0, np.uint64)
        return _unique(np.concatenate([self._held[key].wording.grams() for key in keys]))


class _StockPhrases:
    """In how many chains a shingle stands: a count-min sketch of two rows (Cormode, Muthukrishnan 2005).

    What happens at one moment counts from the next moment on, so that the order of its texts doesn't matter.
    """

    def __init__(self, items: int = 0) -> None:
        self._bits = max(18, (items * _CELLS_AN_ITEM).bit_length())
        self._counts = np.zeros(1 << self._bits, np.uint16)
        self._waiting: list[tuple[int, Hashes]] = []

    @classmethod
    def of(cls, items: int, chains: list[Hashes], former: "_StockPhrases") -> "_StockPhrases":
        """A wider table with the same counts; what waits in the former still waits."""
        wider = cls(2 * items)
        for grams in chains:
            wider._count(1, grams)
        for sign, grams in former._waiting:
            wider._count(-sign, grams)
        wider._waiting = former._waiting
        return wider

    def is_narrow_for(self, items: int) -> bool:
        return items * _CELLS_AN_ITEM > len(self._counts)

    def later(self, sign: int, grams: Hashes) -> None:
        if len(grams):
            self._waiting.append((sign, grams))

    def settle(self) -> None:
        for sign, grams in self._waiting:
            self._count(sign, grams)
        self._waiting.clear()

    def common(self, shingles: Hashes) -> NDArray[np.bool_]:
        """Which of these stand in STOCK or more chains."""
        first, second = self._cells(shingles)
        common: NDArray[np.bool_] = np.minimum(self._counts[first], self._counts[second]) >= STOCK
        return common

    def _count(self, sign: int, grams: Hashes) -> None:
        # Minus one wraps around in unsigned numbers, and back.
        step = np.uint16(sign % 65_536)
        for cells in self._cells(grams):
            np.add.at(self._counts, cells, step)

    def _cells(self, shingles: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        shift = np.uint64(64 - self._bits)
        first = (shingles * np.uint64(0x9E3779B97F4A7C15)) >> shift
        second = (shingles * np.uint64(0xD6E8FEB86659FD93)) >> shift
        return first.astype(np.int64), second.astype(np.int64)


class _Shingles:
    """A text's shingles: all, and those that are its own rather than stock."""

    def __init__(self, words: Wording, stock: _StockPhrases) -> None:
        self.words = words
        self.grams = words.grams()
        self.all = _unique(self.grams)
        own = self.all[~stock.common(self.all)]
        self.is_form = len(own) < FORM * len(self.all)
        self.own = self.all if self.is_form else own


def _unique(grams: Hashes) -> Hashes:
    ordered = np.sort(grams)
    fresh = np.ones(len(ordered), bool)
    np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
    found: Hashes = ordered[fresh]
    return found


def _without(grams: Hashes, others: Hashes) -> Hashes:
    if not len(others):
        return grams
    left: Hashes = np.setdiff1d(grams, others, assume_unique=True)
    return left


def _shared(left: Hashes, right: Hashes) -> int:
    """How many both hold; each is sorted and without repeats."""
    both = np.sort(np.concatenate([left, right]))
    return int(np.count_nonzero(both[1:] == both[:-1]))


def _compared(held: _Held, mine: _Shingles, published: datetime, stock: _StockPhrases) -> Evidence | None:
    """None where the pair is no copy. The same for both orders of a pair published at one moment."""
    if np.array_equal(mine.words.codes, held.wording.codes):
        return Evidence(held.key, 1.0, 1.0, 1.0, len(mine.words.facts()), 0, identical=True)
    other = _Shingles(held.wording, stock)
    form = mine.is_form or other.is_form
    left, right = (mine.all, other.all) if form else (mine.own, other.own)
    shared = _shared(left, right)
    jaccard = shared / (len(left) + len(right) - shared)
    taken, kept = shared / len(left), shared / len(right)
    backwards = published < held.published or (published == held.published and len(left) > len(right))
    of_later, of_earlier = (kept, taken) if backwards else (taken, kept)
    if form:
        if jaccard < FORM_JACCARD:
            return None
    elif not (
        jaccard >= JACCARD
        or of_later >= (TAKEN if of_earlier >= 0.25 else TAKEN_SHORT)
        or (of_earlier >= WHOLE and of_later >= WHOLE_TAKEN)
    ):
        return None
    agree, differ = _facts(mine, other)
    if differ > (0 if form else VETO * (agree + differ)):
        return None
    return Evidence(held.key, jaccard, taken, kept, agree, differ)


def _facts(one: _Shingles, two: _Shingles) -> tuple[int, int]:
    """How many numbers and names stand in the same places of both texts, and how many others do instead."""
    if (len(two.grams), two.words.codes.tobytes()) < (len(one.grams), one.words.codes.tobytes()):
        one, two = two, one
    _, left, right = np.intersect1d(one.grams, two.grams, return_indices=True)
    order = np.argsort(left)
    left, right = left[order], right[order]
    facts, others = one.words.facts(), two.words.facts()
    credits, other_credits = one.words.credits(), two.words.credits()
    covered = np.zeros(len(one.words.codes) + SHINGLE, bool)
    for step in range(SHINGLE):
        covered[left + step] = True
    agree = sum(bool(covered[at]) for at in facts)
    differ = 0
    ends = [(0, int(left[0]), 0, int(right[0]), True)] if len(left) else []
    ends += [
        (int(a) + SHINGLE, int(b), int(c) + SHINGLE, int(d), False)
        for a, b, c, d in zip(left[:-1], left[1:], right[:-1], right[1:], strict=True)
        if b - a != 1 or d - c != 1
    ]
    for start, end, other_start, other_end, is_first in ends:
        if not (0 < end - start <= GAP and 0 < other_end - other_start <= GAP):
            continue
        same, changed = _settled(
            [facts[at] for at in range(start, end) if at in facts],
            [others[at] for at in range(other_start, other_end) if at in others],
            names=not is_first
            and not (_credited(credits, start, end) or _credited(other_credits, other_start, other_end)),
        )
        agree += same
        differ += changed
    return agree, differ


def _settled(
    facts: list[tuple[str, FactKind]], others: list[tuple[str, FactKind]], names: bool
) -> tuple[int, int]:
    """Pairs of like facts in one gap, and pairs of unlike ones of a kind."""
    left = list(others)
    alone = []
    for fact, kind in facts:
        match = next((other for other in left if other[1] == kind and alike(fact, other[0], kind)), None)
        if match is None:
            alone.append(kind)
        else:
            left.remove(match)
    kinds: tuple[FactKind, ...] = ("number", "name") if names else ("number",)
    differ = sum(min(alone.count(kind), sum(other[1] == kind for other in left)) for kind in kinds)
    return len(facts) - len(alone), differ


def _credited(credits: list[int], start: int, end: int) -> bool:
    return any(start - 4 <= at < end + 4 for at in credits)
