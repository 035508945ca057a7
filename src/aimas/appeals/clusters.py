"""Where likeness meets the store: each new case is held against the recent ones and joins the cluster of the likest."""

import re
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from math import inf

import msgspec

from aimas.appeals.cases import Case
from aimas.appeals.linking import (
    ENOUGH,
    WINDOW_DAYS,
    Likeness,
    Mark,
    Why,
    asked_marks,
    likeness,
    marks_of,
    metres_between,
    new_sentences,
    rarity,
    unique_parts,
)
from aimas.appeals.masking import masked
from aimas.appeals.pii import Find, personal_data
from aimas.appeals.sheets import Sheet
from aimas.appeals.states import CaseState
from aimas.appeals.store import AppealStore, Pair, PersonStore, Settlement
from aimas.appeals.types import AnyEvent, Categorised, Linked, Relation, Unlinked
from aimas.core import Span

_MASK = re.compile(r"\[[a-z_]+\]")
MOST = 64
"""Recent cases looked at for one mark: what more have says little."""
LOOKED_AT = 16
"""Cases held against a new one, those that share the rarest marks."""
KEPT = 8
"""Pairs remembered of a new case."""
SHOWN = 200
"""Members of a cluster shown at once."""


class ClusterMember(msgspec.Struct, frozen=True, kw_only=True):
    """A case that speaks of the same thing; only a person makes it a link."""

    state: CaseState
    is_linked: bool
    """A person linked it with the case asked about."""
    likeness: Likeness | None
    """To the case asked about; None: they stand together by way of others."""


class Novelty(msgspec.Struct, frozen=True, kw_only=True):
    """What a repeat or a form letter says that others did not, as places in its masked text."""

    text: str
    """Masked."""
    earlier: tuple[str, ...]
    """Cases that it repeats."""
    new: tuple[Span, ...]
    """Sentences that none of them had."""
    letters: tuple[str, ...]
    """Cases that came with the same letter."""
    unique: tuple[Span, ...]
    """What only this applicant wrote."""


class Clusters:
    def __init__(self, store: AppealStore, persons: PersonStore, find: Find = personal_data) -> None:
        self._store = store
        self._persons = persons
        self._find = find

    def file(self, settlement: Settlement, case: Case, sheet: Sheet) -> None:
        """Remembers the case's marks and puts it beside the likest recent one, where one is alike enough."""
        text = _MASK.sub(" ", masked(sheet.text, sheet.applicant, self._find))
        marks = marks_of(text, case.language, sheet.place, sheet.applicant, _chosen(case))
        # Streets are told by addresses, which masks hide; their keys are keyed like all others.
        marks |= {
            m
            for m in marks_of(sheet.text, case.language, sheet.place, None)
            if m[0] in (Mark.STREET, Mark.SHINGLE)
        }
        keyed = self._store.keyed(marks)
        born = self._store.put_marks(settlement, case.id, keyed)
        found = self._alike(
            settlement, case, born, keyed, self._store.keyed(asked_marks(marks, sheet.place)), sheet
        )
        for other, alike in found:
            self._store.put_pair(
                settlement, Pair(case.id, other, alike.score, tuple(w.value for w in alike.why))
            )
        self._store.unite(settlement, [found[0][0], case.id] if found else [case.id])

    def ruled(self, settlement: Settlement, case: Case, event: AnyEvent) -> None:
        """A person linked two cases or took a link away: the clusters follow."""
        if isinstance(event, Linked) and event.relation is not Relation.FROM_SIGNAL:
            self._put_ruling(settlement, case.id, event.other, 1)
            self._store.unite(settlement, [case.id, event.other])
        elif isinstance(event, Unlinked):
            self._put_ruling(settlement, case.id, event.other, -1)
            members = [m.case for m in self._store.members(case.id, 10_000, settlement)]
            self._store.divide(settlement, _parts(members, self._store.pairs(members, settlement)))

    def cluster(self, case_id: str) -> tuple[ClusterMember, ...]:
        """Those that speak of the same thing, the earliest first, the case itself left out."""
        pairs = {_other(p, case_id): p for p in self._store.pairs([case_id])}
        return tuple(
            ClusterMember(
                state=state,
                is_linked=state.case in pairs and pairs[state.case].ruled > 0,
                likeness=_likeness(pairs.get(state.case)),
            )
            for state in self._store.members(case_id, SHOWN)
            if state.case != case_id
        )

    def novelty(self, case_id: str) -> Novelty:
        """Against those that came earlier: of the same person, and with the same letter."""
        mine = self._persons.masked(case_id)
        earlier, letters = [], []
        for pair in self._store.pairs([case_id]):
            if pair.newer != case_id or pair.ruled < 0:
                continue
            if Why.PERSON in pair.why:
                earlier.append(pair.older)
            if Why.LETTER in pair.why:
                letters.append(pair.older)
        texts = {id: self._persons.masked(id).text for id in {*earlier, *letters}}
        return Novelty(
            text=mine.text,
            earlier=tuple(earlier),
            new=new_sentences(mine.text, [texts[i] for i in earlier]) if earlier else (),
            letters=tuple(letters),
            unique=unique_parts(mine.text, [texts[i] for i in letters]) if letters else (),
        )

    def _alike(
        self,
        settlement: Settlement,
        case: Case,
        born: int,
        mine: frozenset[str],
        asked: frozenset[str],
        sheet: Sheet,
    ) -> list[tuple[str, Likeness]]:
        """The likest first."""
        since = case.received_at.date() - timedelta(days=WINDOW_DAYS)
        having = {m: self._store.having(settlement, m, born, since, MOST) for m in asked}
        rare = {m: rarity(len(cases), MOST) for m, cases in having.items()}
        weight: Counter[int] = Counter()
        for mark, cases in having.items():
            for other in cases:
                weight[other] += round(1000 * rare[mark] ** 2)
        likest = [other for other, _ in weight.most_common(LOOKED_AT)]
        near = {other for m, cases in having.items() if m[0] == Mark.SQUARE for other in cases}
        found = []
        for other, (other_id, marks) in self._store.marks(settlement, likest).items():
            metres = self._metres(settlement, sheet, other_id, marks, other in near)
            alike = likeness(mine, marks, rare, metres)
            if alike is not None and alike.score >= ENOUGH:
                found.append((other_id, alike, other))
        found.sort(key=lambda each: (-each[1].score, each[2]))
        return [(other_id, alike) for other_id, alike, _ in found[:KEPT]]

    def _metres(
        self, settlement: Settlement, sheet: Sheet, other: str, marks: frozenset[str], is_near: bool
    ) -> float | None:
        """None where one of the two has no place; exact where they may be near."""
        if sheet.place is None or not any(m[0] == Mark.SQUARE for m in marks):
            return None
        if not is_near:
            return inf
        place = self._persons.place_of(other, settlement)
        return None if place is None else metres_between(sheet.place, place)

    def _put_ruling(self, settlement: Settlement, case: str, other: str, ruled: int) -> None:
        known = next((p for p in self._store.pairs([case], settlement) if _other(p, case) == other), None)
        pair = known or Pair(case, other, 0.0, ())
        self._store.put_pair(settlement, msgspec.structs.replace(pair, ruled=ruled))


def _chosen(case: Case) -> str | None:
    """The category that the case came with, whatever was said later."""
    first = case.events[0]
    came = [
        e
        for e in case.events
        if isinstance(e, Categorised) and e.by == first.by and e.at == case.registered_at
    ]
    return came[0].category if came else None


def _other(pair: Pair, case: str) -> str:
    return pair.older if pair.newer == case else pair.newer


def _likeness(pair: Pair | None) -> Likeness | None:
    if pair is None:
        return None
    why = tuple(Why(w) for w in pair.why)
    return Likeness(pair.score, (*why, Why.LINKED) if pair.ruled > 0 else why)


def _parts(members: Sequence[str], pairs: Sequence[Pair]) -> list[list[str]]:
    """What still stands together by pairs that no person took apart."""
    head = {case: case for case in members}

    def found(case: str) -> str:
        while head[case] != case:
            case = head[case]
        return case

    for pair in pairs:
        if pair.ruled >= 0 and pair.newer in head and pair.older in head:
            a, b = sorted((found(pair.newer), found(pair.older)), key=members.index)
            head[b] = a
    parts: dict[str, list[str]] = {}
    for case in members:
        parts.setdefault(found(case), []).append(case)
    return list(parts.values())
