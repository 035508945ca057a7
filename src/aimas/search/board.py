"""The figures of the board: each one is a query with its number, so that each one opens the list it counts."""

from collections.abc import Mapping
from datetime import date, timedelta

import msgspec

from aimas.core import Tone
from aimas.search.service import Question, Search
from aimas.search.tree import Dated, Is, Marked, Node, conjunction

TONES = (Tone.CRITICAL, Tone.POSITIVE, Tone.NEUTRAL, Tone.UNCLEAR)
DAYS = 30


class Figure(msgspec.Struct, frozen=True):
    """A number of publications and the query that lists exactly them."""

    key: str
    count: int
    query: str


class Day(msgspec.Struct, frozen=True):
    day: date
    total: Figure
    tones: tuple[Figure, ...]
    """In the order of TONES."""


class Board(msgspec.Struct, frozen=True):
    """What was said about one institution in a span of days, at one snapshot."""

    institution: str
    snapshot: int
    since: date
    until: date
    listened: Figure
    """All publications of these days, whether they speak of the institution or not."""
    relevant: Figure
    tones: tuple[Figure, ...]
    self_praise: Figure
    """Praised in the institution's own words, whatever their tone: apart from positive, part of no bar."""
    today: Figure
    today_tones: tuple[Figure, ...]
    today_self_praise: Figure
    undated: Figure
    """Speak of the institution but carry no date: in no day's bar."""
    days: tuple[Day, ...]
    languages: tuple[Figure, ...]
    regions: tuple[Figure, ...]
    critical_regions: tuple[Figure, ...]
    themes: tuple[Figure, ...]
    sources: tuple[Figure, ...]
    critical_sources: tuple[Figure, ...]


def board(search: Search, institution: str, *, at: int | None = None, until: date | None = None) -> Board:
    """The last DAYS days up to `until` (today when absent), counted at one snapshot."""
    last = until or search.today()
    first = last - timedelta(days=DAYS - 1)
    period = Dated(first, last)
    relevant = search.about(conjunction(Marked("relevant"), period), institution, at)

    def figure(key: str, node: Node, count: int | None = None) -> Figure:
        asked = search.within(node, relevant.scope)
        return Figure(key, search.count(asked) if count is None else count, asked.text)

    def tones(node: Node, counts: Mapping[str, int]) -> tuple[Figure, ...]:
        return tuple(
            figure(t.value, conjunction(node, Is("tone", (t.value,))), counts.get(t.value, 0)) for t in TONES
        )

    def facet(question: Question, field: str) -> tuple[Figure, ...]:
        counted = search.facet(question, field)
        ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
        return tuple(figure(k, conjunction(question.node, Is(field, (k,))), n) for k, n in ordered)  # type: ignore[arg-type]

    by_day = search.tones_by_day(relevant, first, last)
    totals = search.days(relevant, first, last)
    days = []
    for offset in range(DAYS):
        day = first + timedelta(days=offset)
        node = conjunction(Marked("relevant"), Dated(day, day))
        days.append(Day(day, figure("day", node, totals.get(day, 0)), tones(node, by_day.get(day, {}))))
    critical = search.within(conjunction(relevant.node, Is("tone", ("critical",))), relevant.scope)
    return Board(
        institution=institution,
        snapshot=relevant.scope.snapshot,
        since=first,
        until=last,
        listened=figure("listened", period),
        relevant=figure("relevant", relevant.node),
        tones=tones(relevant.node, search.facet(relevant, "tone")),
        self_praise=figure("praise", conjunction(relevant.node, Marked("self-praise"))),
        today=days[-1].total,
        today_tones=days[-1].tones,
        today_self_praise=figure(
            "praise", conjunction(Marked("relevant"), Dated(last, last), Marked("self-praise"))
        ),
        undated=figure("undated", conjunction(Marked("relevant"), Marked("undated"))),
        days=tuple(days),
        languages=facet(relevant, "lang"),
        regions=facet(relevant, "region"),
        critical_regions=facet(critical, "region"),
        themes=facet(relevant, "theme"),
        sources=facet(relevant, "source"),
        critical_sources=facet(critical, "source"),
    )
