"""What a person rules about stories: recorded, respected by the program, and undone only by another ruling."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import msgspec

from aimas.core import BadInput
from aimas.stories.types import Placing, Why

LONGEST_TITLE = 200


class Refused(BadInput):
    """The ruling would change nothing, or names what is not there."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason
        """One of `itself all first unplaced pinned long gone strangers overtaken`."""


class Merged(msgspec.Struct, frozen=True):
    """A merge that can be undone: nothing was ruled since about what it joined."""

    position: int
    """Of its ledger entry."""
    story: str
    """What it ended."""
    publications: int
    titles: tuple[str, str] | None
    """How the person saw the two called, the ended one first; None in records that do not tell."""
    before: tuple[Placing, ...]
    """Where what it moved stood until then."""


class Account(Protocol):
    """One open settlement."""

    def place(self, placings: Sequence[Placing]) -> int: ...
    def act(self, verb: str, subject: str, detail: Mapping[str, Any]) -> int: ...


class Books(Protocol):
    def settling(self) -> AbstractContextManager[Account]: ...


class Places(Protocol):
    def positions(self, ids: Sequence[str]) -> dict[str, int]:
        """Ledger positions of publications by their ids; unknown ids are left out."""

    def story(self, story: int) -> list[Placing]:
        """Where its members stand now."""

    def of(self, publications: Sequence[int]) -> list[Placing]:
        """Where these stand now; what has no place is left out."""

    def ids(self, positions: Sequence[int]) -> dict[int, str]:
        """Ids of publications by their ledger positions."""

    def last_merge(self, story: str) -> Merged | None:
        """The last ruling about this story, where that is a merge and all that it moved still stands there."""

    def shown(self, publications: Sequence[int]) -> set[int]:
        """Those that nothing replaced and that speak of an institution as they are read now."""


class Rulings:
    """Each raises Refused where it would change nothing or names what is not there.

    What stands where is read with the books open: nobody places or rules in between. A text that was replaced stays
    with its story and moves with it, for its next form to be found there, but is counted nowhere.
    """

    def __init__(self, places: Places, books: Books, by: str) -> None:
        self._places = places
        self._books = books
        self._by = by

    def merge(self, story: str, into: str, titles: tuple[str, str] | None = None) -> int:
        """All of one story tells the other; returns how many publications moved. `titles`: how the person saw the two
        called, for the record."""
        if story == into:
            raise Refused("itself", "A story can't be merged with itself.")
        with self._books.settling() as account:
            members, shown = self._members(story)
            target = self._members(into)[0][0].story
            detail = {"from": story, "publications": len(shown), "texts": self._texts(shown)}
            if titles:
                detail |= {"from_title": titles[0], "into_title": titles[1]}
            # Where what it moved stands is its next entry: a merge is undone by it.
            account.act("story-merged", into, detail)
            account.place(self._moved(members, target))
        return len(shown)

    def undo_merge(self, into: str, merge: int) -> str:
        """What this merge, an entry of the ledger, joined stands as it stood before; returns the story's id. What came
        to the merged story since stays in it. Refused where anything was ruled about it since."""
        with self._books.settling() as account:
            merged = self._places.last_merge(into)
            if merged is None or merged.position != merge:
                raise Refused(
                    "overtaken", "Something else was ruled about this story since; undo that first."
                )
            now = {p.publication: p for p in self._places.of([p.publication for p in merged.before])}
            shown = self._places.shown(list(now))
            detail = {
                "from": merged.story,
                "merge": merge,
                "publications": len(shown),
                "texts": self._texts([p for p in merged.before if p.publication in shown]),
            }
            if merged.titles:
                detail |= {"from_title": merged.titles[0], "into_title": merged.titles[1]}
            account.act("story-unmerged", into, detail)
            account.place(
                [
                    msgspec.structs.replace(
                        now[p.publication], story=p.story, score=p.score, ruled_by=p.ruled_by, why=p.why
                    )
                    for p in merged.before
                ]
            )
        return merged.story

    def split(self, story: str, publications: Sequence[str]) -> str:
        """These publications tell a story of their own; returns its id, that of the one said first."""
        with self._books.settling() as account:
            _, shown = self._members(story)
            chosen = self._chosen(publications, shown)
            if len(chosen) == len(shown):
                raise Refused("all", "All publications of the story are chosen: nothing would be left of it.")
            first = next((p for p in sorted(chosen, key=_as_said) if self._is_free(p.publication)), None)
            if first is None:
                raise Refused(
                    "first",
                    "This publication gives a story its name; choose others, and they become a story of their own.",
                )
            ids = {position: id for id, position in self._places.positions(publications).items()}
            own = ids[first.publication]
            detail = {"into": own, "publications": len(chosen), "texts": self._texts(chosen)}
            account.act("story-split", story, detail)
            account.place(self._moved(chosen, first.publication))
        return own

    def pin(self, publication: str, story: str) -> None:
        """This publication tells that story, whatever the texts say."""
        with self._books.settling() as account:
            target = self._members(story)[0][0].story
            placed = self._places.of(list(self._places.positions([publication]).values()))
            if not placed:
                raise Refused("unplaced", f"Publication {publication} has no place among stories.")
            if placed[0].story == target and placed[0].ruled_by:
                raise Refused("pinned", "It is pinned to this story already.")
            account.act("story-pinned", story, {"publication": publication, "publications": 1})
            account.place(self._moved(placed, target))

    def rename(self, story: str, title: str) -> None:
        """An empty title gives the story its own titles back."""
        title = " ".join(title.split())
        if len(title) > LONGEST_TITLE:
            raise Refused("long", f"A title has at most {LONGEST_TITLE} characters.")
        with self._books.settling() as account:
            self._members(story)
            account.act("story-renamed", story, {"title": title})

    def _members(self, story: str) -> tuple[list[Placing], list[Placing]]:
        """All, and those that are shown."""
        position = self._places.positions([story]).get(story)
        members = self._places.story(position) if position is not None else []
        current = self._places.shown([p.publication for p in members])
        if not current:
            raise Refused("gone", f"There is no story {story} now; it may have been merged with another.")
        return members, [p for p in members if p.publication in current]

    def _texts(self, members: Sequence[Placing]) -> list[str]:
        """Their ids, in the order in which they were said."""
        ordered = [p.publication for p in sorted(members, key=_as_said)]
        ids = self._places.ids(ordered)
        return [ids[p] for p in ordered if p in ids]

    def _is_free(self, story: int) -> bool:
        """No story is called so: its namesake may have been moved out of one that goes on without it."""
        return not self._places.story(story)

    def _chosen(self, publications: Sequence[str], members: Sequence[Placing]) -> list[Placing]:
        positions = set(self._places.positions(publications).values())
        chosen = [p for p in members if p.publication in positions]
        if not chosen or len(chosen) != len(set(publications)):
            raise Refused("strangers", "Choose publications of this story.")
        return chosen

    def _moved(self, members: Sequence[Placing], story: int) -> list[Placing]:
        why = Why(self._by)
        return [
            msgspec.structs.replace(p, story=story, score=1.0, ruled_by=self._by, why=why) for p in members
        ]


def _as_said(placing: Placing) -> tuple[datetime, int]:
    return placing.timed, placing.publication
