"""A digest told in the reader's language: every number a link to its list, every finding with its words."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Protocol

from aimas.rendering.document import (
    Block,
    Cell,
    Chart,
    Column,
    Document,
    Entries,
    Entry,
    Heading,
    Look,
    Paragraph,
    Part,
    Run,
    Table,
)
from aimas.rendering.links import Links, stamp
from aimas.reports import Digest
from aimas.reports.intervals import Interval
from aimas.reports.types import Item, Number, Row, StoryLine

LONGEST = 15
"""Rows of a table; what lies beyond is counted and linked."""


class Words(Protocol):
    """What the interface says, in one language."""

    @property
    def tongue(self) -> str: ...
    def __call__(self, key: str, **values: object) -> str: ...
    def number(self, n: int) -> str: ...
    def percent(self, share: float) -> str: ...
    def day(self, value: date, style: str = "d MMM") -> str: ...
    def moment(self, value: datetime) -> str: ...


class Naming(Protocol):
    """What sources, themes and regions are called in that language."""

    def facet(self, field: str, value: str) -> str: ...
    def source(self, id: str) -> str: ...


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
        self._span = "day" if told.period.days == 1 else "week"

    def document(self, is_demo: bool) -> Document:
        t, told = self._t, self._told
        blocks: list[Block] = []
        if is_demo:
            blocks.append(_warning(t("demo.note")))
        if not told.is_over:
            blocks.append(_warning(t("digest.running")))
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
            t(f"digest.title.{self._span}", institution=self._institution),
            t(
                "digest.subtitle",
                period=self.period(),
                moment=t.moment(told.known.moment),
                at=t.number(told.known.position),
                zone=told.zone,
            ),
            tuple(blocks),
            t("footer"),
        )

    def period(self) -> str:
        first, last = self._told.period.since, self._told.period.until
        style = self._t("digest.date")
        said = self._t.day(last, style)
        return said if first == last else f"{self._t.day(first, style)} — {said}"

    def _heading(self, id: str) -> Heading:
        return Heading(self._t(f"digest.{id}"), id)

    def _note(self, key: str, **values: object) -> Paragraph:
        return Paragraph((Run(self._t(key, **values)),), "note")

    def _number(self, number: Number, look: Look = "plain") -> Run:
        return Run(self._t.number(number.count), self._links.number(number), look, count=number.count)

    def _brief(self) -> Iterable[Block]:
        """The whole in three sentences, for whoever reads no further."""
        t, told = self._t, self._told
        if not told.publications.count:
            yield Paragraph((Run(t("digest.nothing")),))
            key = "digest.nothing.deaf" if told.listening.is_deaf else "digest.nothing.heard"
            yield Paragraph((Run(t(key)),), "warning" if told.listening.is_deaf else "plain")
            return
        if told.listening.is_deaf:
            yield _warning(t("digest.deaf"))
        yield Paragraph(
            self._filled(
                "digest.brief",
                publications=(self._number(told.publications, "strong"),),
                unique=(self._number(told.unique, "strong"),),
                stories=(self._number(told.stories, "strong"),),
                tones=tuple(
                    itertools.chain.from_iterable(
                        ((Run(", "),) if n else ())
                        + (Run(f"{t(f'digest.tone.{tone.key}')} "), self._number(tone, _toned(tone.key)))
                        for n, tone in enumerate(told.tones)
                    )
                ),
            )
        )
        if told.is_over and told.unique.change is not None:
            yield Paragraph((Run(self._compared(told.unique)),))

    def _filled(self, key: str, **values: Sequence[Run]) -> tuple[Run, ...]:
        """A text whose gaps hold runs; gaps are found by marks that no text has."""
        marks = {name: f"\x00{name}\x00" for name in values}
        pieces = self._t(key, **marks).split("\x00")
        runs: list[Run] = []
        for n, piece in enumerate(pieces):
            if n % 2:
                runs += values[piece]
            elif piece:
                runs.append(Run(piece))
        return tuple(runs)

    def _compared(self, number: Number) -> str:
        t = self._t
        assert number.change is not None and number.before is not None
        if number.change.holds(1.0):
            return t(f"digest.compared.chance.{self._span}", before=t.number(number.before))
        way = "more" if number.count > number.before else "fewer"
        return t(
            f"digest.compared.{way}.{self._span}",
            before=t.number(number.before),
            interval=self._ratio(number.change),
        )

    def _numbers(self) -> Iterable[Block]:
        t, told = self._t, self._told
        head = tuple(
            t(f"digest.head.{k}") for k in ("what", "now", f"before.{self._span}", "change", "share")
        )
        rows = [
            (self._row_head(t(f"digest.kind.{n.kind.value}")), *self._measures(n))
            for n in (told.publications, told.unique, told.stories)
        ]
        rows += [
            (Cell((Run(t(f"tone.{n.key}"), look=_toned(n.key)),)), *self._measures(n)) for n in told.tones
        ]
        rows.append(
            (
                self._row_head(t("digest.listened")),
                Cell((self._number(told.listened),)),
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

    def _row_head(self, text: str) -> Cell:
        return Cell((Run(text),))

    def _measures(self, number: Number) -> tuple[Cell, ...]:
        return (
            Cell((self._number(number),)),
            self._before(number),
            Cell((Run(self._change(number)),)),
            Cell((Run(self._share(number)),)),
        )

    def _before(self, number: Number) -> Cell:
        if number.before is None or number.before_query is None:
            return Cell((Run("—"),))
        href = self._links.query(number.before_query, number.kind)
        return Cell((Run(self._t.number(number.before), href, count=number.before),))

    def _change(self, number: Number) -> str:
        if number.change is None or number.before is None:
            return "—"
        if number.before == 0:
            return self._t("digest.change.fresh")
        said = self._signed(number.count / number.before)
        return self._t("digest.change", change=said, interval=self._ratio(number.change)) + (
            self._t("digest.change.chance") if number.change.holds(1.0) else ""
        )

    def _ratio(self, interval: Interval) -> str:
        high = "…" if interval.high is None else self._signed(interval.high)
        return (
            f"{self._signed(interval.low)} … {high}"
            if interval.high is not None
            else f"> {self._signed(interval.low)}"
        )

    def _signed(self, ratio: float) -> str:
        """A change in percent; as a multiple where percents grow unreadable."""
        if ratio >= 10:
            return f"×{self._t.number(round(ratio))}"
        change = round(ratio - 1, 2)
        sign = "+" if change > 0 else "−" if change < 0 else ""
        return f"{sign}{self._t.percent(abs(change))}"

    def _share(self, number: Number) -> str:
        if number.share is None:
            return "—"
        looked = sum(tone.count for tone in self._told.tones)
        if not looked:
            return "—"
        low, high = self._t.percent(number.share.low), self._t.percent(number.share.high or 1.0)
        return self._t("digest.share", share=self._t.percent(number.count / looked), low=low, high=high)

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
                    Part(_toned(n.key), n.count, self._links.number(n))
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
                self._row_head(t.day(d.day, "EEE, d MMM")),
                Cell((self._number(d.total),)),
                *(Cell((self._number(n),)) for n in (*d.tones, d.unlooked) if n.key in keys),
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
        yield Entries(id, tuple(self._entry(line) for line in lines))

    def _entry(self, line: StoryLine) -> Entry:
        t = self._t
        title, language = self.title(line)
        href = self._links.story(line.id) if line.id else self._links.publication(line.first.id)
        counts: list[Run] = [
            *self._filled(
                "digest.story.counts",
                publications=(self._number(line.total),),
                unique=(self._number(line.unique),),
            )
        ]
        for tone in line.tones:
            if tone.count:
                counts += [
                    Run(" · "),
                    Run(f"{t(f'tone.{tone.key}')} ", look=_toned(tone.key)),
                    self._number(tone),
                ]
        if line.total.before:
            counts += [Run(" · "), Run(t(f"digest.story.before.{self._span}", n=t.number(line.total.before)))]
        elif line.is_new and line.id:
            counts += [Run(" · "), Run(t("digest.story.new"), look="strong")]
        paragraphs = [Paragraph(tuple(counts))]
        if line.id:
            paragraphs.append(Paragraph(self._first(line.first), "note"))
        if line.evidence is not None and line.evidence.sentence:
            paragraphs.append(Paragraph(_quotation(line.evidence), "quote"))
            paragraphs.append(Paragraph(self._source(line.evidence), "note"))
        return Entry(
            (Run(title, href, "strong", language if language != t.tongue else None),), tuple(paragraphs)
        )

    def title(self, line: StoryLine) -> tuple[str, str]:
        """Given by a person, else in the reader's language, else as first published."""
        for key in ("given", self._t.tongue, _spoken(line.first.language)):
            if key in line.titles:
                return line.titles[key], self._t.tongue if key == "given" else key
        key = next(iter(line.titles))
        return line.titles[key], _spoken(key)

    def _first(self, item: Item) -> tuple[Run, ...]:
        t = self._t
        return (
            Run(t("digest.story.first")),
            Run(" "),
            Run(self._names.source(item.source), self._links.publication(item.id)),
            Run(f", {self._when(item)}"),
        )

    def _source(self, item: Item) -> tuple[Run, ...]:
        t = self._t
        runs = [
            Run(self._names.source(item.source), self._links.publication(item.id)),
            Run(f", {self._when(item)} · {t(f'language.{item.language}')}"),
        ]
        if item.tone is not None and item.confidence is not None:
            runs += [
                Run(" · "),
                Run(t(f"tone.{item.tone.value}"), look=_toned(item.tone.value)),
                Run(f", {t('pub.confidence', p=t.percent(item.confidence))}"),
            ]
        if item.by:
            runs.append(Run(f" · {t('pub.by', by=item.by)}", look="quiet"))
        if item.address:
            runs += [Run(" · "), Run(t("digest.original"), item.address)]
        return tuple(runs)

    def _when(self, item: Item) -> str:
        said = self._t.moment(item.said_at)
        return said if item.is_dated else self._t("digest.undated.fetched", moment=said)

    def _breakdown(self, field: str, rows: Sequence[Row]) -> Iterable[Block]:
        t = self._t
        yield self._heading(field)
        if not rows:
            yield self._note(f"digest.{field}.none")
            return
        most = max(row.total.count for row in rows)
        head = tuple(
            t(f"digest.head.{k}") for k in (field, "now", f"before.{self._span}", "change", "critical")
        )
        yield Table(
            field,
            t(f"digest.{field}"),
            head,
            tuple(
                (
                    self._row_head(self._names.facet(field, row.key)),
                    Cell((self._number(row.total),), row.total.count / most),
                    self._before(row.total),
                    Cell((Run(self._change(row.total)),)),
                    Cell((self._number(row.critical),)),
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
            yield _warning(t("coverage.none"))
        href = self._links.listening()
        yield Paragraph(
            self._filled(
                "digest.listening.said",
                answered=(Run(t.number(heard.answered), href),),
                all=(Run(t.number(heard.sources), href),),
                failing=(Run(t.number(heard.failing), href),),
                silent=(Run(t.number(heard.silent), href),),
                good=(Run(t.number(heard.polls_good), href),),
                failed=(Run(t.number(heard.polls_failed), href),),
                held=(Run(t.number(heard.held), href),),
                waiting=(Run(t.number(heard.waiting), href),),
            )
        )
        if heard.deaf_days and heard.sources:
            yield _warning(
                t("digest.listening.gaps", days=", ".join(t.day(d, "d MMMM") for d in heard.deaf_days))
            )
        bad = [s for s in heard.told if not s.is_well and s.good + s.failed]
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
            (self._row_head(t(f"digest.unclear.{key}")), Cell((self._number(number),)))
            for key, number in (
                ("abstained", unclear.abstained),
                ("unlooked", unclear.unlooked),
                ("undated", unclear.undated),
                ("unplaced", unclear.unplaced),
            )
        ]
        waiting = Run(t.number(self._told.listening.waiting), self._links.listening() + "#held")
        rows.append((self._row_head(t("digest.unclear.held")), Cell((waiting,))))
        head = (t("digest.head.what"), t("digest.head.now"))
        yield Table("unclear-table", t("digest.unclear"), head, tuple(rows))

    def _again(self) -> Iterable[Block]:
        """How whoever doubts a number makes the same digest again."""
        t, told = self._t, self._told
        yield self._heading("again")
        yield self._note("digest.again.explain")
        parts = [
            "aimas digest",
            "--week" if self._span == "week" else "",
            f"--day {told.period.until.isoformat()}",
        ]
        parts += [f"--profile {told.institution}", f"--as-known-at {stamp(told.known.moment)}"]
        parts += [f"--language {t.tongue}", "--format md"]
        yield Paragraph((Run(" ".join(filter(None, parts))),), "command")


def _warning(text: str) -> Paragraph:
    return Paragraph((Run(text),), "warning")


def _toned(key: str) -> Look:
    looks: dict[str, Look] = {
        "critical": "critical",
        "positive": "positive",
        "neutral": "neutral",
        "unclear": "unclear",
        "unlooked": "unlooked",
    }
    return looks.get(key, "plain")


def _spoken(language: str) -> str:
    return {"kk-ru": "kk"}.get(language, language)


def _quotation(item: Item) -> tuple[Run, ...]:
    language = _spoken(item.language)
    lang = None if language == "other" else language
    runs: list[Run] = [Run("«", lang=lang)]
    at = 0
    for span in item.words:
        if span.start > at:
            runs.append(Run(item.sentence[at : span.start], lang=lang))
        runs.append(Run(span.of(item.sentence), look="evidence", lang=lang))
        at = span.end
    if at < len(item.sentence):
        runs.append(Run(item.sentence[at:], lang=lang))
    return (*runs, Run("»", lang=lang))
