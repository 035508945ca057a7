"""Which story does this item tell? The nearest items of the last days answer, in whatever language.

1. An item becomes features in five spaces: words, names, places, figures and ideas.
2. Rare features that it shares with items of the window name the candidates.
3. A pair is scored by a sum of what is alike and what is against; words count within one language only.
4. A story's score is that of its nearest items; the best story above the threshold takes the item, or a new one begins.
5. What a person ruled stands above all scores.
"""

import heapq
from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from math import exp, log, sqrt

import msgspec

from aimas.core import Language
from aimas.stories.features import ROUGHLY, SPACES, Features, Space, features_of
from aimas.stories.types import (
    Merge,
    Pin,
    PlacedItem,
    Placement,
    Reason,
    Rename,
    Ruling,
    Split,
    StoryItem,
)
from aimas.text import NAME_MARK, index_terms

KEPT = 30
"""Items that a feature remembers, newest first: what is commoner tells nothing."""
ASKED = 10
"""Features of each space that are looked up, rarest first."""
CANDIDATES = 10
"""Items that are compared in full."""
COPY = "copy"
"""The reason that a copy is where its original is."""
_UNSEEN_RARITY = -log(0.001)
_EVERYWHERE = -log(0.2)
"""Rarity of the names in everywhere.txt: one text in five has each."""
_WRITTEN = (Language.RU, Language.KK, Language.EN)
"""Columns of everywhere.txt."""
"""Of a feature that the table lacks; its rarest is in 0.002 of texts."""
_SUPPORTERS = 5
_DIGITS = 6
"""Of a score, so that a restart gives the same."""
_TOP_SHARED = 4


_SLACK: dict[Space, float] = {"ideas": 60.0, "places": 15.0}
"""Added to squared lengths: one common feature of two short texts is no likeness yet."""
_SATURATED = 6.0
"""A shared surname says the same in a long text and in a short one: what is shared is summed, not averaged, and counts
half at this sum, which is about that of one rare name or figure."""

_TELLS_NOTHING = 3.0
"""What is so common as this weight (one text in twenty) is no name and no title's word to count."""

_RARE = 4.0
"""Weight from which a figure is one event's: one text in fifty-five."""
_WORDS_TOLD = 12.0
"""The sum of shared words' rarities that counts half."""
_LEAD_COMMON, _LEAD_PLACE, _LEAD_SLACK = 1.0, 4.0, 8.0
"""What a beginning's feature must be rarer than; what a place weighs there; what a short beginning lacks."""

_TITLE_WORD, _TITLE_SLACK = 12.0, 10.0
"""The most that one word of a title weighs; what a short title lacks."""


class Vectors(msgspec.Struct, frozen=True):
    """An item's features by rarity; each carries its space's mark, so that postings never mix."""

    weights: dict[Space, dict[str, float]]
    lengths: dict[Space, float]
    """With slack."""
    title: dict[str, float]
    title_weight: float
    rare_figures: frozenset[str]
    """Exact ones."""
    rare_words: dict[str, float]
    """How much rarer than what tells nothing."""
    flat: dict[str, float]
    """Weights of all but words."""
    lead: dict[str, float]
    """Of the beginning and of all places."""
    lead_weight: float
    """Without words, with slack."""
    lead_words_weight: float
    has_names: bool
    """In the beginning."""
    everything: frozenset[str]
    """But words that stand in every third text."""


class Curve(msgspec.Struct, frozen=True):
    """What a value adds: nothing at 0, else on straight lines between the points, and the last one's beyond it."""

    at: tuple[float, ...]
    """Ascending from 0."""
    adds: tuple[float, ...]

    def __call__(self, value: float) -> float:
        if not value:
            return 0.0
        right = bisect_right(self.at, value)
        if right == len(self.at):
            return self.adds[-1]
        left = right - 1
        share = (value - self.at[left]) / (self.at[right] - self.at[left])
        return self.adds[left] + share * (self.adds[right] - self.adds[left])


class Calibration(msgspec.Struct, frozen=True):
    """Fitted by a logistic sum of curves; see training/stories."""

    bias: float
    curves: dict[str, Curve]
    """By the names of `pair_values`; only rising or only falling."""
    threshold: float
    """Of the score's logarithm of odds."""
    support: float
    """What further items of a story add: this share of their own scores, halved, cut to a third and so on."""


class _Member(msgspec.Struct):
    item: int
    story: int
    published: datetime
    features: Features
    vectors: Vectors


class Stories:
    """Events and their follow-ups among the items of a window, one at a time; a copy follows its original."""

    def __init__(
        self, window_days: float = 14, capacity: int = 50_000, calibration: Calibration | None = None
    ) -> None:
        self._window = timedelta(days=window_days)
        self._capacity = capacity
        self._calibration = calibration or shipped_calibration()
        self._members: dict[int, _Member] = {}
        self._stories: dict[int, list[int]] = {}
        self._first_placed: dict[int, int] = {}
        self._ages: list[tuple[datetime, int]] = []
        self._latest = datetime.min.replace(tzinfo=UTC)
        self._postings: dict[str, deque[int]] = {}
        self._merged: dict[int, int] = {}
        self._moved: dict[int, int] = {}
        self.titles: dict[int, str] = {}
        """Given by persons."""

    def place(self, item: StoryItem) -> Placement:
        """Raises ValueError for a key that is held."""
        if item.key in self._members:
            raise ValueError(f"item {item.key} is placed already")
        self._move_on(item.published)
        features = features_of(item)
        vectors = vectors_of(features)
        placement = self._ruled(item) or self._found(item, features, vectors)
        self._hold(_Member(item.key, placement.story, item.published, features, vectors))
        return placement

    def obey(self, ruling: Ruling) -> None:
        """From now on, and for what is held."""
        match ruling:
            case Merge(story, into):
                story, into = self.current(story), self.current(into)
                if story != into:
                    self._merged[story] = into
                    for key in self._stories.pop(story, []):
                        self._move(key, into)
            case Split(items) if items:
                for key in items:
                    self._moved[key] = items[0]
                    self._take_out(key, items[0])
            case Pin(key, story):
                self._moved[key] = self.current(story)
                self._take_out(key, self.current(story))
            case Rename(story, title):
                self.titles[self.current(story)] = title
            case _:
                pass

    def current(self, story: int) -> int:
        """What the story is part of after all merges."""
        while story in self._merged:
            story = self._merged[story]
        return story

    def members(self, story: int) -> tuple[int, ...]:
        """Items of the window, in the order of placing."""
        return tuple(self._stories.get(self.current(story), ()))

    def restore(self, items: Iterable[PlacedItem], rulings: Iterable[Ruling] = ()) -> None:
        """Take over what was placed before, in the order of its placing; rulings come after all items."""
        for placed in items:
            self._move_on(placed.item.published)
            features = features_of(placed.item)
            self._hold(
                _Member(
                    placed.item.key,
                    placed.story,
                    placed.item.published,
                    features,
                    vectors_of(features),
                )
            )
        for ruling in rulings:
            self.obey(ruling)

    def _ruled(self, item: StoryItem) -> Placement | None:
        if (story := self._moved.get(item.key)) is not None:
            return Placement(self.current(story), 1.0, False, None, (Reason("pinned by a person", 0.0, 1.0),))
        original = self._members.get(item.copy_of) if item.copy_of is not None else None
        if original is None:
            return None
        return Placement(original.story, 1.0, False, original.item, (Reason(COPY, 0.0, 1.0),))

    def _found(self, item: StoryItem, features: Features, vectors: Vectors) -> Placement:
        by_story: dict[int, list[tuple[float, int]]] = defaultdict(list)
        for key in self._near(vectors):
            member = self._members[key]
            total = self._total(item.published, features, vectors, member)
            by_story[member.story].append((total, key))
        best: tuple[float, int, int] | None = None
        for story, scored in by_story.items():
            scored.sort(reverse=True)
            total = scored[0][0]
            for rank, (other, _) in enumerate(scored[1:_SUPPORTERS], 1):
                total += self._calibration.support * max(0.0, other) / rank
            if best is None or (total, -story) > (best[0], -best[1]):
                best = (total, story, scored[0][1])
        if best is None:
            return Placement(item.key, 0.0, True)
        total, story, neighbour = best
        is_new = total < self._calibration.threshold
        return Placement(
            item.key if is_new else story,
            1 / (1 + exp(-total)),
            is_new,
            neighbour,
            self._why(item.published, features, vectors, self._members[neighbour]),
        )

    def _near(self, vectors: Vectors) -> list[int]:
        """Items that share the weightiest features."""
        shared: dict[int, float] = defaultdict(float)
        for space in SPACES:
            vector = vectors.weights[space]
            asked = heapq.nlargest(ASKED, vector, key=vector.__getitem__) if len(vector) > ASKED else vector
            for feature in asked:
                weight = vector[feature] ** 2
                for key in self._postings.get(feature, ()):
                    shared[key] += weight
        nearest = heapq.nlargest(CANDIDATES, zip(shared.values(), shared.keys(), strict=True))
        return [key for _, key in nearest]

    def _compared(
        self,
        published: datetime,
        features: Features,
        vectors: Vectors,
        member: _Member,
    ) -> list[tuple[str, float, float]]:
        """Name, what it adds, value."""
        values = pair_values(published, features, vectors, member.published, member.features, member.vectors)
        curves = self._calibration.curves
        return [("bias", self._calibration.bias, 1.0)] + [
            (name, curves[name](value), value) for name, value in values.items() if value and name in curves
        ]

    def _total(self, published: datetime, features: Features, vectors: Vectors, member: _Member) -> float:
        values = pair_values(published, features, vectors, member.published, member.features, member.vectors)
        curves, total = self._calibration.curves, self._calibration.bias
        for name, value in values.items():
            if value and name in curves:
                total += curves[name](value)
        return round(total, _DIGITS)

    def _why(
        self,
        published: datetime,
        features: Features,
        vectors: Vectors,
        member: _Member,
    ) -> tuple[Reason, ...]:
        reasons = []
        for name, adds, value in self._compared(published, features, vectors, member):
            shared: tuple[str, ...] = ()
            if name in SPACES:
                mine, other = vectors.weights[name], member.vectors.weights[name]
                both = sorted(mine.keys() & other.keys(), key=lambda f: (-mine[f] * other[f], f))
                told = [f[1:] for f in both if name != "figures" or (f[1] != ROUGHLY and " " not in f)]
                shared = tuple(told[:_TOP_SHARED])
            reasons.append(Reason(name, round(adds, _DIGITS), round(value, _DIGITS), shared))
        return tuple(sorted(reasons, key=lambda reason: -abs(reason.adds)))

    def _hold(self, member: _Member) -> None:
        member.story = self.current(self._moved.get(member.item, member.story))
        self._members[member.item] = member
        self._stories.setdefault(member.story, []).append(member.item)
        heapq.heappush(self._ages, (member.published, member.item))
        for vector in member.vectors.weights.values():
            for feature in vector:
                if (posting := self._postings.get(feature)) is None:
                    posting = self._postings[feature] = deque(maxlen=KEPT)
                posting.append(member.item)

    def _move_on(self, published: datetime) -> None:
        self._latest = max(self._latest, published)
        oldest = self._latest - self._window
        while self._ages and (self._ages[0][0] < oldest or len(self._ages) >= self._capacity):
            self._forget(heapq.heappop(self._ages)[1])

    def _forget(self, key: int) -> None:
        member = self._members.pop(key)
        self._leave(member)
        for vector in member.vectors.weights.values():
            for feature in vector:
                posting = self._postings.get(feature)
                if posting is not None and key in posting:
                    posting.remove(key)
                    if not posting:
                        del self._postings[feature]

    def _leave(self, member: _Member) -> None:
        items = self._stories.get(member.story, [])
        if member.item in items:
            items.remove(member.item)
        if not items:
            self._stories.pop(member.story, None)

    def _take_out(self, key: int, story: int) -> None:
        if (member := self._members.get(key)) is not None:
            self._leave(member)
            self._move(key, story)

    def _move(self, key: int, story: int) -> None:
        self._members[key].story = story
        self._stories.setdefault(story, []).append(key)


def vectors_of(features: Features) -> Vectors:
    """Rarity is that of the packaged table, not of the window: so an item's vectors never depend on the others."""
    background = _background()
    found: dict[Space, dict[str, float]] = {}
    for space in SPACES:
        mark = space[0]
        vector = found[space] = {}
        for feature, times in features.spaces[space].items():
            rare = background.get(mark + feature, _UNSEEN_RARITY)
            if space == "names" and (rare := rare - _TELLS_NOTHING) <= 0:
                continue
            vector[mark + feature] = (1 + log(times) if times > 1 else times) * rare
    words = found["words"]
    title = {
        word: min(words[word], _TITLE_WORD) - _TELLS_NOTHING
        for word in map("w".__add__, sorted(features.title))
        if words[word] > _TELLS_NOTHING
    }
    lead = dict.fromkeys(("p" + place for place in features.places), _LEAD_PLACE)
    # Sorted, here and below: sets go in an order of their own in every process, and sums and ties with it.
    for feature in sorted(features.lead):
        if (rare := background.get(feature, _UNSEEN_RARITY) - _LEAD_COMMON) > 0:
            lead[feature] = rare
    lead_words_weight = sum([weight for feature, weight in lead.items() if feature[0] == "w"])
    rare_words = {
        word: rare - _TELLS_NOTHING
        for word in words
        if (rare := background.get(word, _UNSEEN_RARITY)) > _TELLS_NOTHING
    }
    flat = {f: weight for space in SPACES if space != "words" for f, weight in found[space].items()}
    return Vectors(
        found,
        {
            space: sqrt(sum([weight * weight for weight in found[space].values()]) + slack)
            for space, slack in _SLACK.items()
        },
        title,
        sum(title.values()) + _TITLE_SLACK,
        frozenset(f for f, weight in found["figures"].items() if weight > _RARE and f[1] != ROUGHLY),
        rare_words,
        flat,
        lead,
        sum(lead.values()) - lead_words_weight + _LEAD_SLACK,
        lead_words_weight,
        any(feature[0] == "n" for feature in features.lead),
        frozenset(flat.keys() | lead.keys() | rare_words.keys()),
    )


def pair_values(
    published: datetime,
    features: Features,
    vectors: Vectors,
    other_published: datetime,
    other_features: Features,
    other: Vectors,
) -> dict[str, float]:
    """What a pair's score is a sum of; each 0 where it tells nothing, and 7 at most."""
    same_language = features.language is other_features.language
    flat, other_flat, lead, other_lead = vectors.flat, other.flat, vectors.lead, other.lead
    sums = {"n": 0.0, "p": 0.0, "f": 0.0, "i": 0.0}
    rare_words = title = other_title = told = other_told = same_figures = 0.0
    common_name = False
    for feature in sorted(vectors.everything & other.everything):
        mark = feature[0]
        if mark == "w":
            if not same_language:
                continue
            rare_words += vectors.rare_words.get(feature, 0.0)
            title += vectors.title.get(feature, 0.0)
            other_title += other.title.get(feature, 0.0)
        else:
            product = flat.get(feature, 0.0) * other_flat.get(feature, 0.0)
            sums[mark] += product
            if mark == "f" and feature in vectors.rare_figures:
                same_figures += product
        if feature in lead:
            told += lead[feature]
            common_name = common_name or mark == "n"
        if feature in other_lead:
            other_told += other_lead[feature]
            common_name = common_name or mark == "n"
    names, figures = sqrt(sums["n"]), sqrt(sums["f"])
    names, figures = names / (names + _SATURATED), figures / (figures + _SATURATED)
    places = sums["p"] / (vectors.lengths["places"] * other.lengths["places"])
    ideas = sums["i"] / (vectors.lengths["ideas"] * other.lengths["ideas"])
    whole, other_whole = vectors.lead_weight, other.lead_weight
    if same_language:
        whole, other_whole = whole + vectors.lead_words_weight, other_whole + other.lead_words_weight
    covered, other_covered = told / whole, other_told / other_whole
    values = {
        "words": rare_words / (rare_words + _WORDS_TOLD),
        "title": max(title / vectors.title_weight, other_title / other.title_weight),
        "names": names,
        "places": places,
        "figures": figures,
        "ideas": ideas,
        "topic_here": sqrt(ideas * places),
        "topic_names": sqrt(ideas * names),
        "topic_figures": sqrt(ideas * figures),
        "covered": min(covered, other_covered),
        "covered_most": max(covered, other_covered),
        "days": min(7.0, abs((published - other_published).total_seconds()) / 86_400),
        "other_names": float(vectors.has_names and other.has_names and not common_name),
        "surveys": max(features.surveys, other_features.surveys),
        "two_languages": float(not same_language),
    }
    if same_figures:
        same_figures = sqrt(same_figures)
        values["same_figures"] = same_figures / (same_figures + _SATURATED)
    else:
        count = min(len(vectors.rare_figures), len(other.rare_figures))
        values["other_figures"] = count / (count + 2)
    _tell_places(values, features, other_features)
    return values


def _tell_places(values: dict[str, float], features: Features, other: Features) -> None:
    """The first place is where it happened, as a rule; one only mentioned says less."""
    if features.places and other.places:
        values["same_place"] = float(features.places[0] == other.places[0])
    if features.regions and other.regions:
        first, other_first = features.regions[0], other.regions[0]
        values["other_region"] = float(first not in other.regions and other_first not in features.regions)
        values["elsewhere"] = float(not any(region in other.regions for region in features.regions))


@cache
def shipped_calibration() -> Calibration:
    content = files("aimas.stories").joinpath("calibration.json").read_bytes()
    return msgspec.json.decode(content, type=Calibration)


def least_chance() -> float:
    """Below it a text begins a story of its own."""
    return 1 / (1 + exp(-shipped_calibration().threshold))


@cache
def _background() -> dict[str, float]:
    """How rare a common feature is: minus the logarithm of the share of texts that hold it; rarer ones are left out."""
    table = files("aimas.stories").joinpath("background.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    found = {feature: -log(float(share)) for feature, share in pairs}
    for line in files("aimas.stories").joinpath("everywhere.txt").read_text("utf-8").splitlines():
        for name, language in zip(() if line.startswith("#") else line.split(), _WRITTEN, strict=False):
            for term in index_terms(name, language):
                mark = "n" if term[0] == NAME_MARK else "w"
                found[mark + term] = min(found.get(mark + term, _EVERYWHERE), _EVERYWHERE)
    return found
