"""What a person rules about stories: recorded, respected by the program, and undone only by another ruling."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
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
        """One of `itself all first unplaced pinned long gone strangers`."""


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


class Rulings:
    """Each raises Refused where it would change nothing or names what is not there."""

    def __init__(self, places: Places, books: Books, by: str) -> None:
        self._places = places
        self._books = books
        self._by = by

    def merge(self, story: str, into: str) -> int:
        """All of one story tells the other; returns how many publications moved."""
        if story == into:
            raise Refused("itself", "A story can't be merged with itself.")
        members = self._members(story)
        target = self._members(into)[0].story
        self._move(members, target, "story-merged", into, {"from": story})
        return len(members)

    def split(self, story: str, publications: Sequence[str]) -> str:
        """These publications tell a story of their own; returns its id, that of the one said first."""
        members = self._members(story)
        chosen = self._chosen(publications, members)
        if len(chosen) == len(members):
            raise Refused("all", "All publications of the story are chosen: nothing would be left of it.")
        ids = {position: id for id, position in self._places.positions(publications).items()}
        own = [p for p in chosen if p.publication != members[0].story]
        if not own:
            raise Refused(
                "first",
                "This publication gives the story its name; choose the others, and they become a story of their own.",
            )
        first = min(own, key=lambda p: (p.timed, p.publication))
        self._move(chosen, first.publication, "story-split", story, {"into": ids[first.publication]})
        return ids[first.publication]

    def pin(self, publication: str, story: str) -> None:
        """This publication tells that story, whatever the texts say."""
        target = self._members(story)[0].story
        placed = self._places.of(list(self._places.positions([publication]).values()))
        if not placed:
            raise Refused("unplaced", f"Publication {publication} has no place among stories.")
        if placed[0].story == target and placed[0].ruled_by:
            raise Refused("pinned", "It is pinned to this story already.")
        self._move(placed, target, "story-pinned", story, {"publication": publication})

    def rename(self, story: str, title: str) -> None:
        """An empty title gives the story its own titles back."""
        self._members(story)
        title = " ".join(title.split())
        if len(title) > LONGEST_TITLE:
            raise Refused("long", f"A title has at most {LONGEST_TITLE} characters.")
        with self._books.settling() as account:
            account.act("story-renamed", story, {"title": title})

    def _members(self, story: str) -> list[Placing]:
        position = self._places.positions([story]).get(story)
        members = self._places.story(position) if position is not None else []
        if not members:
            raise Refused("gone", f"There is no story {story} now; it may have been merged with another.")
        return members

    def _chosen(self, publications: Sequence[str], members: Sequence[Placing]) -> list[Placing]:
        positions = set(self._places.positions(publications).values())
        chosen = [p for p in members if p.publication in positions]
        if not chosen or len(chosen) != len(set(publications)):
            raise Refused("strangers", "Choose publications of this story.")
        return chosen

    def _move(
        self, members: Sequence[Placing], story: int, verb: str, subject: str, detail: Mapping[str, Any]
    ) -> None:
        why = Why(self._by)
        moved = [
            msgspec.structs.replace(p, story=story, score=1.0, ruled_by=self._by, why=why) for p in members
        ]
        with self._books.settling() as account:
            account.act(verb, subject, {**detail, "publications": len(moved)})
            account.place(moved)
