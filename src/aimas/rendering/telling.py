"""A digest told in the reader's language: every number a link to its list, every finding with its words."""

import itertools
from collections.abc import Iterable, Sequence

from aimas.rendering.counts import Counts
from aimas.rendering.document import (
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Entries,
    Heading,
    Look,
    Paragraph,
    Part,
    Run,
    Table,
)
from aimas.rendering.links import Links, stamp
from aimas.rendering.stories import StoryEntries
from aimas.rendering.wording import Naming, Words, filled, subtitle, toned, warning
from aimas.reports import Digest
from aimas.reports.types import Row, StoryLine

LONGEST = 15
"""Rows of a table; what lies beyond is counted and linked."""


def telling(
    told: Digest, words: Words, names: Naming, institution: str, links: Links, *, is_demo: bool = False
) -> Document:
    """`institution` is its name in full, in the reader's language."""
    return _Teller(told, words, names, institution, links).document(is_demo)


class _Teller:
    def __init__(self, told: Digest, words: Words, names: Naming, institution: str, links: Links) -> None:
        self._told = told
        self._t = words
        self._names = names
        self._institution = institution
        self._links = links
        self._counts = Counts(told, words, links)
        self._entries = StoryEntries(words, names, links, self._counts)

    def document(self, is_demo: bool) -> Document:
        t, told = self._t, self._told
        blocks: list[Block] = []
        if is_demo:
            blocks.append(warning(t("demo.note")))
        if not told.is_over:
            blocks.append(warning(t("digest.running")))
        blocks += self._brief()
        blocks += self._numbers()
        blocks += self._trend()
        blocks += self._stories("top", told.top)
        blocks += self._stories("critical", told.critical)
        blocks += self._stories("positive", told.positive)
        for field, rows in (
            ("region", told.regions),
            ("theme", told.themes),
            ("source", told.outlets),
            ("lang", told.languages),
        ):
            blocks += self._breakdown(field, rows)
        blocks += self._listening()
        blocks += self._unclear()
        blocks += self._again()
        return Document(
            t.tongue,
            t(f"digest.title.{self._counts.span}", institution=self._institution),
            subtitle(t, told.period, told.known, told.zone),
            tuple(blocks),
            t("footer"),
        )

    def _heading(self, id: str) -> Heading:
        return Heading(self._t(f"digest.{id}"), id)

    def _note(self, key: str, **values: object) -> Paragraph:
        return Paragraph((Run(self._t(key, **values)),), "note")

    def _brief(self) -> Iterable[Block]:
        """The whole in three sentences, for whoever reads no further."""
        t, told = self._t, self._told
        if not told.publications.count:
            yield Paragraph((Run(t("digest.nothing")),))
            key = "digest.nothing.deaf" if told.listening.is_deaf else "digest.nothing.heard"
            yield Paragraph((Run(t(key)),), "warning" if told.listening.is_deaf else "plain")
            return
        if told.listening.is_deaf:
            yield warning(t("digest.deaf"))
        yield Paragraph(
            filled(
                t,
                "digest.brief",
                publications=(self._counts.number(told.publications, "strong"),),
                unique=(self._counts.number(told.unique, "strong"),),
                stories=(self._counts.number(told.stories, "strong"),),
                tones=tuple(
                    itertools.chain.from_iterable(
                        ((Run(", "),) if n else ())
                        + (
                            Run(f"{t(f'digest.tone.{tone.key}')} "),
                            self._counts.number(tone, toned(tone.key)),
                        )
                        for n, tone in enumerate(told.tones)
                    )
                ),
            )
        )
        if told.is_over and told.unique.change is not None:
            yield Paragraph((Run(self._counts.compared(told.unique)),))

    def _numbers(self) -> Iterable[Block]:
        t, told = self._t, self._told
        head = tuple(
            t(f"digest.head.{k}") for k in ("what", "now", f"before.{self._counts.span}", "change", "share")
        )
        rows = [
            (_row_head(t(f"digest.kind.{n.kind.value}")), *self._counts.measures(n))
            for n in (told.publications, told.unique, told.stories)
        ]
        rows += [
            (Cell((Run(t(f"tone.{n.key}"), look=toned(n.key)),)), *self._counts.measures(n))
            for n in told.tones
        ]
        rows.append(
            (
                _row_head(t("digest.listened")),
                Cell((self._counts.number(told.listened),)),
                *(Cell((Run("—"),)) for _ in range(3)),
            )
        )
        yield self._heading("numbers")
        yield Table("numbers", t("digest.numbers"), head, tuple(rows))
        if any(n.change is not None and n.change.holds(1.0) for n in (*told.tones, told.publications)):
            yield self._note("digest.change.chance.explain")
        yield self._note("digest.kinds.explain")
        yield self._note(
            "digest.intervals.explain",
            low=t.number(round(told.rate.low)),
            high=t.number(round(told.rate.high or 0)),
            n=t.number(told.unique.count),
        )

    def _trend(self) -> Iterable[Block]:
        t, told = self._t, self._told
        has_unlooked = any(d.unlooked.count for d in told.trend)
        keys: tuple[Look, ...] = ("critical", "positive", "neutral", "unclear")
        keys += ("unlooked",) if has_unlooked else ()
        columns = tuple(
            Column(
                t.day(d.day, "d MMM" if d.day.day == 1 or d is told.trend[0] else "d"),
                f"{t.day(d.day, 'd MMMM')}: {t.number(d.total.count)}",
                d.total.count,
                self._links.number(d.total),
                told.period.since <= d.day <= told.period.until,
                tuple(
                    Part(toned(n.key), n.count, self._links.number(n))
                    for n in (*d.tones, d.unlooked)
                    if n.count
                ),
            )
            for d in told.trend
        )
        yield self._heading("trend")
        yield Chart(
            "trend-chart",
            t("digest.trend"),
            t("digest.trend.said", days="; ".join(c.said for c in columns)),
            columns,
            tuple((key, t(f"tone.{key}")) for key in keys),
        )
        head = (t("day"), t("total"), *(t(f"tone.{key}") for key in keys))
        rows = tuple(
            (
                _row_head(t.day(d.day, "EEE, d MMM")),
                Cell((self._counts.number(d.total),)),
                *(Cell((self._counts.number(n),)) for n in (*d.tones, d.unlooked) if n.key in keys),
            )
            for d in told.trend
        )
        yield Table("days", t("digest.days"), head, rows)

    def _stories(self, id: str, lines: Sequence[StoryLine]) -> Iterable[Block]:
        yield self._heading(id)
        if not lines:
            yield self._note(f"digest.{id}.none")
            return
        if lines[0].id is None:
            yield self._note("digest.unplaced.instead")
        yield Entries(id, tuple(self._entries.entry(line) for line in lines))

    def _breakdown(self, field: str, rows: Sequence[Row]) -> Iterable[Block]:
        t = self._t
        yield self._heading(field)
        if not rows:
            yield self._note(f"digest.{field}.none")
            return
        most = max(row.total.count for row in rows)
        head = tuple(
            t(f"digest.head.{k}") for k in (field, "now", f"before.{self._counts.span}", "change", "critical")
        )
        yield Table(
            field,
            t(f"digest.{field}"),
            head,
            tuple(
                (
                    _row_head(self._names.facet(field, row.key)),
                    Cell((self._counts.number(row.total),), row.total.count / most),
                    self._counts.before(row.total),
                    Cell((Run(self._counts.change(row.total)),)),
                    Cell((self._counts.number(row.critical),)),
                )
                for row in rows[:LONGEST]
            ),
        )
        if len(rows) > LONGEST:
            rest = Run(
                t("digest.rest", n=t.number(len(rows) - LONGEST)), self._links.number(self._told.publications)
            )
            yield Paragraph((rest,), "note")
        if field in ("region", "theme"):
            yield self._note(f"digest.{field}.explain")
        if field == "source":
            yield self._note("digest.source.explain")

    def _listening(self) -> Iterable[Block]:
        t, heard = self._t, self._told.listening
        yield self._heading("listening")
        if not heard.sources:
            yield warning(t("coverage.none"))
        href = self._links.listening()
        yield Paragraph(
            filled(
                t,
                "digest.listening.said",
                answered=(Run(t.number(heard.answered), href),),
                all=(Run(t.number(heard.sources), href),),
                failing=(Run(t.number(heard.failing), self._links.listening("ill")),),
                silent=(Run(t.number(heard.silent), self._links.listening("never")),),
                good=(Run(t.number(heard.polls_good), href),),
                failed=(Run(t.number(heard.polls_failed), href),),
                held=(Run(t.number(heard.held), href),),
                waiting=(Run(t.number(heard.waiting), href),),
            )
        )
        if heard.deaf_days and heard.sources:
            yield warning(
                t("digest.listening.gaps", days=", ".join(t.day(d, "d MMMM") for d in heard.deaf_days))
            )
        bad = [s for s in heard.told if s.failing]
        if bad:
            said = "; ".join(
                t(
                    "digest.listening.source",
                    name=self._names.source(s.source),
                    good=t.number(s.good),
                    failed=t.number(s.failed),
                )
                for s in bad[:LONGEST]
            )
            yield Paragraph((Run(t("digest.listening.trouble", sources=said)),), "warning")
        yield self._note("digest.listening.until", moment=t.moment(heard.until))

    def _unclear(self) -> Iterable[Block]:
        t, unclear = self._t, self._told.unclear
        yield self._heading("unclear")
        rows = [
            (_row_head(t(f"digest.unclear.{key}")), Cell((self._counts.number(number),)))
            for key, number in (
                ("abstained", unclear.abstained),
                ("unlooked", unclear.unlooked),
                ("undated", unclear.undated),
                ("unplaced", unclear.unplaced),
            )
        ]
        waiting = Run(t.number(self._told.listening.waiting), self._links.listening() + "#held")
        rows.append((_row_head(t("digest.unclear.held")), Cell((waiting,))))
        head = (t("digest.head.what"), t("digest.head.now"))
        yield Table("unclear-table", t("digest.unclear"), head, tuple(rows))

    def _again(self) -> Iterable[Block]:
        """How whoever doubts a number makes the same digest again."""
        t, told = self._t, self._told
        yield self._heading("again")
        yield self._note("digest.again.explain")
        parts = [
            "aimas digest",
            "--week" if self._counts.span == "week" else "",
            f"--day {told.period.until.isoformat()}",
        ]
        parts += [f"--profile {told.institution}", f"--as-known-at {stamp(told.known.moment)}"]
        parts += [f"--language {t.tongue}", "--format md"]
        yield Paragraph((Run(" ".join(filter(None, parts))),), "command")


def _row_head(text: str) -> Cell:
    return Cell((Run(text),))
