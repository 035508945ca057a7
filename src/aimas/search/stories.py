"""Stories as questions see them: which there are, how they grow, what they are called."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Protocol, TypeAlias

import msgspec

from aimas.core import Language, StoredPublication
from aimas.search.board import TONES, Day, Figure
from aimas.search.kept import Kept
from aimas.search.service import Question, Search, StoryCount
from aimas.search.tree import Dated, Is, Marked, Node, conjunction, written
from aimas.search.types import Scope

LOOKED = 12
"""First publications of a story among which its titles are sought."""
LONGEST = 120
"""Days of a story that are told one by one."""
SHORTEST = 14
DATED_AHEAD = timedelta(days=2)
TITLES_ROOM = 24_000_000
"""Bytes for titles of some twenty thousand stories: what was read once says the same at any snapshot."""
SHORTEST_TITLE = 12
"""Characters: a shorter title is a rubric."""


class GivenTitle(msgspec.Struct, frozen=True):
    """A title that a person gave."""

    title: str
    by: str


class GivenTitles(Protocol):
    def titles(self, stories: Sequence[str], at: int) -> Mapping[str, GivenTitle]:
        """As they stood at a ledger position; stories are named by their ids."""


class StoryTitle(msgspec.Struct, frozen=True):
    text: str
    language: Language | None
    """None for a title that a person gave."""
    by: str | None = None
    """That person; None for the title of one of its publications."""


class StoryName(msgspec.Struct, frozen=True):
    """A story and what it is called; nothing of it is counted."""

    id: str
    titles: dict[str, StoryTitle]
    language: str
    """Of the publication that came first."""

    def title(self, tongue: str) -> StoryTitle:
        return _title(self.titles, tongue, self.language)


class Beginning(msgspec.Struct, frozen=True):
    """How a story began, whatever its list is asked for by."""

    name: StoryName
    first: StoredPublication


class StoryLine(msgspec.Struct, frozen=True):
    """A story in a list: only what the question asked for is counted."""

    id: str
    titles: dict[str, StoryTitle]
    """By language of a publication (`kk-ru` counts as Kazakh), and `given` where a person named it."""
    count: Figure
    unique: int
    tones: tuple[Figure, ...]
    """In the order of TONES."""
    languages: tuple[str, ...]
    sources: int
    first_said: datetime
    last_said: datetime
    first: StoredPublication

    def title(self, tongue: str) -> StoryTitle:
        return _title(self.titles, tongue, self.first.language.value.value)


class StoryView(msgspec.Struct, frozen=True):
    """One story, whole, at one snapshot."""

    line: StoryLine
    snapshot: int
    since: date
    until: date
    days: tuple[Day, ...]
    """Up to the last, from the first on or SHORTEST of them; at most LONGEST, the latest."""
    sources: tuple[Figure, ...]
    regions: tuple[Figure, ...]
    undated: Figure


_Told: TypeAlias = tuple[dict[str, StoryTitle], str]
"""Titles of a story, and the language of its first publication."""


class Storyteller:
    """Asks the same questions as every number does, so that each of its numbers opens its list."""

    def __init__(self, search: Search, given: GivenTitles) -> None:
        self._search = search
        self._given = given
        self._titles: Kept[tuple[int, ...], _Told] = Kept(search.reached, TITLES_ROOM, _bytes)

    def lines(
        self, question: Question, *, limit: int = 20, skip: int = 0, newest_first: bool = False
    ) -> list[StoryLine]:
        """The stories among what was asked for, the largest first; equals are ordered by the newest publication."""
        counts = self._search.stories(question, limit=limit, skip=skip, newest_first=newest_first)
        scope = question.scope
        names = self._names(counts, scope)
        # First and last of all of them at once: one question to the records instead of two for each.
        ends = self._publications([r for c in counts for r in (c.readings[-1], c.readings[0])], scope)
        found = []
        for counted in counts:
            name = names.get(counted.story)
            first, last = ends.get(counted.readings[-1]), ends.get(counted.readings[0])
            if name is None or first is None or last is None:
                continue
            node = conjunction(question.node, Is("story", (counted.story,)))
            asked = self._search.within(node, scope)
            tones = self._search.facet(asked, "tone")
            found.append(
                StoryLine(
                    id=counted.story,
                    titles=name.titles,
                    count=Figure("story", counted.count, asked.text),
                    unique=counted.unique,
                    tones=tuple(
                        Figure(
                            t.value, tones.get(t.value, 0), written(conjunction(node, Is("tone", (t.value,))))
                        )
                        for t in TONES
                    ),
                    languages=tuple(sorted(self._search.facet(asked, "lang"))),
                    sources=len(self._search.facet(asked, "source")),
                    first_said=first.timed,
                    last_said=last.timed,
                    first=first,
                )
            )
        return found

    def names(self, question: Question, *, limit: int = 20) -> list[StoryName]:
        """What `lines` would list, called by name alone."""
        return list(self._names(self._search.stories(question, limit=limit), question.scope).values())

    def beginnings(self, stories: Sequence[str], scope: Scope) -> dict[str, Beginning]:
        """Of these stories, as far as they have members at that snapshot and the records have the first."""
        counts = [
            counted
            for id in stories
            for counted in self._search.stories(
                self._search.within(Is("story", (id,)), scope),
                limit=1,
            )
        ]
        firsts = self._publications([c.readings[-1] for c in counts], scope)
        names = self._names(counts, scope)
        return {
            counted.story: Beginning(names[counted.story], firsts[counted.readings[-1]])
            for counted in counts
            if counted.story in names and counted.readings[-1] in firsts
        }

    def _names(self, counts: Sequence[StoryCount], scope: Scope) -> dict[str, StoryName]:
        """By id, in order; without those whose first publication the records lack, being older than the index."""
        given = self._given.titles([c.story for c in counts], scope.snapshot)
        looked = [tuple(c.readings[-LOOKED:][::-1]) for c in counts]
        reached = self._search.reached()
        known = self._titles.known(looked, reached)
        unread = self._publications([r for key in looked if key not in known for r in key], scope)
        read: dict[tuple[int, ...], _Told] = {}
        for key in looked:
            if key not in known and key[0] in unread:
                first = [unread[r] for r in key if r in unread]
                read[key] = _titles(first), first[0].language.value.value
        whole = {key: told for key, told in read.items() if all(r in unread for r in key)}
        self._titles.keep(whole, reached, scope.snapshot)
        known.update(read)
        found = {}
        for counted, key in zip(counts, looked, strict=True):
            if key not in known:
                continue
            titles, language = known[key]
            by = given.get(counted.story)
            named = {"given": StoryTitle(by.title, None, by.by)} if by else {}
            found[counted.story] = StoryName(counted.story, named | titles, language)
        return found

    def _publications(self, readings: Sequence[int], scope: Scope) -> dict[int, StoredPublication]:
        wanted = list(dict.fromkeys(readings))
        return {p.read_at: p for p in self._search.publications(wanted, scope.snapshot)}

    def story(self, id: str, institution: str, at: int | None = None) -> StoryView | None:
        """None where no story is or was called so at that snapshot."""
        node = Is("story", (id,))
        question = self._search.about(node, institution, at)
        lines = self.lines(question, limit=1)
        if not lines:
            return None
        line = lines[0]
        zone = self._search.zone
        first, last = (moment.astimezone(zone).date() for moment in (line.first_said, line.last_said))
        # A publication may be dated ahead of the moment at which it was fetched, and is counted on the day it names.
        totals = self._search.days(question, first, last + DATED_AHEAD)
        last = max([last, *totals])
        toned = self._search.tones_by_day(question, first, last)
        # A story of one day stands beside the empty days before it: growth needs something to be seen against.
        first = max(min(first, last - timedelta(days=SHORTEST - 1)), last - timedelta(days=LONGEST - 1))
        days = []
        for offset in range((last - first).days + 1):
            day = first + timedelta(days=offset)
            within = conjunction(node, Dated(day, day))
            tones = tuple(
                Figure(
                    t.value,
                    toned.get(day, {}).get(t.value, 0),
                    written(conjunction(within, Is("tone", (t.value,)))),
                )
                for t in TONES
            )
            days.append(Day(day, Figure("day", totals.get(day, 0), written(within)), tones))
        undated = conjunction(node, Marked("undated"))
        return StoryView(
            line=line,
            snapshot=question.scope.snapshot,
            since=first,
            until=last,
            days=tuple(days),
            sources=self._facet(question, "source"),
            regions=self._facet(question, "region"),
            undated=Figure(
                "undated",
                self._search.count(self._search.within(undated, question.scope)),
                written(undated),
            ),
        )

    def _facet(self, question: Question, field: str) -> tuple[Figure, ...]:
        counted = sorted(self._search.facet(question, field).items(), key=lambda item: (-item[1], item[0]))

        def node(value: str) -> Node:
            return conjunction(question.node, Is(field, (value,)))  # type: ignore[arg-type]

        return tuple(Figure(value, n, written(node(value))) for value, n in counted)


def _bytes(key: tuple[int, ...], told: _Told) -> int:
    return 500 + 32 * len(key) + sum(200 + 2 * len(title.text) for title in told[0].values())


def _title(titles: Mapping[str, StoryTitle], tongue: str, first: str) -> StoryTitle:
    """In the reader's language where there is one; else of the publication that came first."""
    for key in ("given", tongue, first):
        if key in titles:
            return titles[key]
    return next(iter(titles.values()))


def _titles(publications: Sequence[StoredPublication]) -> dict[str, StoryTitle]:
    """The first publication of each language gives its title there; copies of a title change nothing."""
    found: dict[str, StoryTitle] = {}
    for publication in publications:
        language = publication.language.value
        key = Language.KK.value if language is Language.KK_RU else language.value
        title = publication.title.strip()
        if key not in found and len(title) >= SHORTEST_TITLE:
            found[key] = StoryTitle(title, language)
    if not found:
        first = publications[0]
        words = (first.title or first.text).strip().split("\n", 1)[0]
        found[first.language.value.value] = StoryTitle(words[:120], first.language.value)
    return found
