"""How well copies are told: over all pairs of texts inside a copy chain."""

from collections.abc import Hashable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

from aimas.core import BadInput
from aimas.evaluation.scores import Row, Scores, by_language, is_whole, named, optional_text, required_text
from aimas.stories import Reprints


def evaluate(rows: Sequence[Row], base: Path) -> Scores:
    """`precision`, `recall`, `f1` of pairs; chains are the closure of `of`. Rows stand in time order."""
    truth, found = expected(rows), chains(rows)

    def metrics(part: Iterable[int]) -> dict[str, float]:
        chosen = list(part)
        return pair_metrics([truth[n] for n in chosen], [found[n] for n in chosen])

    place = {id(row): n for n, row in enumerate(rows)}
    return Scores(
        "reprints",
        len(rows),
        metrics(range(len(rows))),
        {lang: metrics(place[id(row)] for row in group) for lang, group in sorted(by_language(rows).items())},
    )


def expected(rows: Sequence[Row]) -> list[int]:
    """The chain of each row, named by its first row. Raises BadInput where `of` leads nowhere."""
    number = {_name_of(row, n, "id"): n for n, row in enumerate(rows)}
    union = Union(len(rows))
    for n, row in enumerate(rows):
        optional_text(n + 1, row, "lang")
        of = _name_of(row, n, "of")
        if of is None or row.get("relation", "reprint") != "reprint":
            continue
        if of not in number:
            raise BadInput(f"{named(n + 1, row)} copies {of!r}, which is no row of the file")
        union.join(n, number[of])
    return [union.root(n) for n in range(len(rows))]


def _name_of(row: Row, n: int, field: str) -> str | None:
    return str(row[field]) if is_whole(row.get(field)) else optional_text(n + 1, row, field)


def chains(rows: Sequence[Row]) -> list[int]:
    """The chain that each row is placed in, named by its head's row."""
    reprints, union = Reprints(), Union(len(rows))
    for n, row in enumerate(rows):
        copy = reprints.place(n, title_of(row, n), text_of(row, n), published_of(row, n))
        if copy is not None:
            for head in (copy.of, *copy.joins):
                union.join(n, head)
    return [union.root(n) for n in range(len(rows))]


def pair_metrics(truth: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """Of pairs that share a group; no pair where none is due is perfect."""
    due, said = pairs(truth), pairs(found)
    right = len(due & said)
    precision = right / len(said) if said else 1.0
    recall = right / len(due) if due else 1.0
    total = precision + recall
    return {"precision": precision, "recall": recall, "f1": 2 * precision * recall / total if total else 0.0}


def pairs(groups: Sequence[Hashable]) -> set[tuple[int, int]]:
    members: dict[Hashable, list[int]] = {}
    for n, group in enumerate(groups):
        members.setdefault(group, []).append(n)
    return {pair for group in members.values() for pair in combinations(group, 2)}


class Union:
    """Disjoint sets of row numbers; the smallest names its set."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, n: int) -> int:
        while self._parent[n] != n:
            self._parent[n] = self._parent[self._parent[n]]
            n = self._parent[n]
        return n

    def join(self, one: int, two: int) -> None:
        low, high = sorted((self.root(one), self.root(two)))
        self._parent[high] = low


def title_of(row: Row, n: int) -> str:
    return optional_text(n + 1, row, "title") or ""


def text_of(row: Row, n: int) -> str:
    return required_text(n + 1, row, "text")


def published_of(row: Row, n: int) -> datetime:
    """A time without an offset is taken for UTC."""
    written = required_text(n + 1, row, "published_at")
    try:
        published = datetime.fromisoformat(written)
    except ValueError as error:
        raise BadInput(f"{named(n + 1, row)} has no usable 'published_at' ({error})") from None
    return published if published.tzinfo else published.replace(tzinfo=UTC)
