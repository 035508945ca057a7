"""Which story does this item tell? The nearest items of the last days answer, in whatever language.

1. An item becomes features in five spaces: words, names, places, figures and ideas.
2. Rare features that it shares with items of the window name the candidates.
3. A pair is scored by a sum of what is alike and what is against; words count within one language only.
4. A story's score is that of its nearest items; the best story above the threshold takes the item, or a new one begins.
5. What a person ruled stands above all scores.
"""

import heapq
from collections import defaultdict, deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from math import exp, log, sqrt

import msgspec

from aimas.stories.features import SPACES, Features, Space, features_of
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

KEPT = 30
"""Items that a feature remembers, newest first: what is commoner tells nothing."""
ASKED = 10
"""Features of each space that are looked up, rarest first."""
CANDIDATES = 12
"""Items that are compared in full."""
_UNSEEN = 0.001
"""Share of texts that hold a feature which the table lacks; its least is 0.002."""
_SUPPORTERS = 5
_TOP_SHARED = 4


_SLACK: dict[Space, float] = {"words": 300.0, "ideas": 60.0, "places": 15.0}
"""Added to squared lengths: one common feature of two short texts is no likeness yet."""
_SUMMED: tuple[Space, ...] = ("names", "figures")
"""A shared surname says the same in a long text and in a short one: what is shared is summed, not averaged…"""
_SATURATED = 6.0
"""…and counts half at this sum, which is about that of one rare name or figure."""

_RARE = 6.0
"""Weight of a figure that the table lacks."""

_TITLE_WORD, _TITLE_SLACK = 12.0, 10.0
"""The most that one word of a title weighs; what a short title lacks."""
_TELLS_NOTHING = 3.0
"""What is so common as this weight (one text in twenty) is no name and no title's word to count."""


class Vectors(msgspec.Struct, frozen=True):
    """An item's features by rarity; each carries its space's mark, so that postings never mix."""

    weights: dict[Space, dict[str, float]]
    lengths: dict[Space, float]
    """With slack."""
    title: dict[str, float]
    title_weight: float
    has_rare_figures: bool


class Weights(msgspec.Struct, frozen=True):
    """Of a pair's features, fitted by logistic regression; see training/stories."""

    bias: float
    words: float
    names: float
    places: float
    figures: float
    ideas: float
    elsewhere: float
    """Both name regions, and no common one."""
    days: float
    """For each day between the two, up to seven."""
    title: float
    """Share of one's title that the other holds, by rarity; within one language."""
    topic_here: float
    """Ideas and places alike at once; so below."""
    topic_names: float
    topic_figures: float
    other_figures: float
    """Both give rare figures, and none is the same."""


class Calibration(msgspec.Struct, frozen=True):
    one_language: Weights
    two_languages: Weights
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
        self._weights: dict[bool, dict[str, float]] = {
            True: msgspec.structs.asdict(self._calibration.one_language),
            False: msgspec.structs.asdict(self._calibration.two_languages),
        }
        """By whether a pair is of one language."""
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
        return Placement(original.story, 1.0, False, original.item, (Reason("copy", 0.0, 1.0),))

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
        return heapq.nlargest(CANDIDATES, shared, key=lambda key: (shared[key], key))

    def _compared(
        self,
        published: datetime,
        features: Features,
        vectors: Vectors,
        member: _Member,
    ) -> list[tuple[str, float, float]]:
        """Name, what it adds, value."""
        weights = self._weights[features.language is member.features.language]
        values = pair_values(published, features, vectors, member.published, member.features, member.vectors)
        return [("bias", weights["bias"], 1.0)] + [
            (name, weights[name] * value, value) for name, value in values.items() if value
        ]

    def _total(self, published: datetime, features: Features, vectors: Vectors, member: _Member) -> float:
        weights = self._weights[features.language is member.features.language]
        values = pair_values(published, features, vectors, member.published, member.features, member.vectors)
        return sum([weights[name] * value for name, value in values.items()], weights["bias"])

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
                shared = tuple(feature[1:] for feature in both[:_TOP_SHARED])
            reasons.append(Reason(name, adds, value, shared))
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
            rare = -log(background.get(mark + feature, _UNSEEN))
            if space == "names" and (rare := rare - _TELLS_NOTHING) <= 0:
                continue
            vector[mark + feature] = (1 + log(times) if times > 1 else times) * rare
    words = found["words"]
    title = {
        word: min(words[word], _TITLE_WORD) - _TELLS_NOTHING
        for word in map("w".__add__, features.title)
        if words[word] > _TELLS_NOTHING
    }
    return Vectors(
        found,
        {
            space: sqrt(sum(weight * weight for weight in found[space].values()) + slack)
            for space, slack in _SLACK.items()
        },
        title,
        sum(title.values()) + _TITLE_SLACK,
        any(weight > _RARE for weight in found["figures"].values()),
    )


def pair_values(
    published: datetime,
    features: Features,
    vectors: Vectors,
    other_published: datetime,
    other_features: Features,
    other: Vectors,
) -> dict[str, float]:
    """What a pair's score is a weighted sum of; names are those of Weights."""
    values: dict[str, float] = {}
    same_language = features.language is other_features.language
    for space in SPACES:
        left, right = vectors.weights[space], other.weights[space]
        both = left.keys() & right.keys() if same_language or space != "words" else ()
        if not both:
            values[space] = 0.0
            continue
        shared = sum(left[feature] * right[feature] for feature in both)
        if space in _SUMMED:
            value = sqrt(shared)
            values[space] = value / (value + _SATURATED)
        else:
            values[space] = shared / (vectors.lengths[space] * other.lengths[space])
    regions, other_regions = features.regions, other_features.regions
    values["elsewhere"] = float(bool(regions and other_regions) and regions.isdisjoint(other_regions))
    values["days"] = min(7.0, abs((published - other_published).total_seconds()) / 86_400)
    values["title"] = max(_told(vectors, other), _told(other, vectors)) if values["words"] else 0.0
    values["topic_here"] = sqrt(values["ideas"] * values["places"])
    values["topic_names"] = sqrt(values["ideas"] * values["names"])
    values["topic_figures"] = sqrt(values["ideas"] * values["figures"])
    alien = not values["figures"] and vectors.has_rare_figures and other.has_rare_figures
    values["other_figures"] = float(alien)
    return values


def _told(vectors: Vectors, other: Vectors) -> float:
    both = vectors.title.keys() & other.weights["words"].keys()
    return sum(vectors.title[word] for word in both) / vectors.title_weight if both else 0.0


@cache
def shipped_calibration() -> Calibration:
    content = files("aimas.stories").joinpath("calibration.json").read_bytes()
    return msgspec.json.decode(content, type=Calibration)


@cache
def _background() -> dict[str, float]:
    """Share of texts that hold a common feature; rarer ones are left out."""
    table = files("aimas.stories").joinpath("background.tsv").read_text("utf-8")
    pairs = (line.split("\t") for line in table.splitlines() if line and not line.startswith("#"))
    return {feature: float(share) for feature, share in pairs}
