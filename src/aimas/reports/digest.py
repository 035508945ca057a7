"""A digest is asked for through the same questions as the board: each figure with its query, at one snapshot."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from aimas.core import POOL, Span, StoredPublication, Tone
from aimas.reports.intervals import poisson, ratio, wilson
from aimas.reports.listening import Watch, bounds, listening
from aimas.reports.types import Day, Digest, Item, Kind, Known, Number, Period, Row, StoryLine, Unclear
from aimas.search.board import TONES
from aimas.search.service import Question, Search
from aimas.search.stories import Beginning, StoryName, Storyteller
from aimas.search.tree import Dated, Is, Marked, Node, Not, conjunction, written
from aimas.tone import Verdict, verdict

TREND = timedelta(days=14)
TOP = 10
SHARPEST = 5
LOOKED = 40
"""Publications of a story among which the strongest words are sought, the newest first."""
LOOSE = 200
"""The same where no stories are known."""
SENTENCE = 360
"""Characters of a quoted sentence."""
SHOWN_TITLE = 110

RELEVANT = Marked("relevant")
ANY_TONE = Is("tone", tuple(t.value for t in TONES))
SIDES = (Tone.CRITICAL, Tone.POSITIVE)


def digest(
    search: Search, stories: Storyteller, watch: Watch, institution: str, period: Period, known: Known
) -> Digest:
    """The same for the same arguments, whatever was filed, read anew or corrected since."""
    return _Desk(search, stories, institution, period, known).digest(watch)


class _Desk:
    """One institution, one period and the one before it, one snapshot."""

    def __init__(
        self, search: Search, stories: Storyteller, institution: str, period: Period, known: Known
    ) -> None:
        self._search = search
        self._stories = stories
        self._institution = institution
        self._known = known
        self._period = period
        self._now = conjunction(RELEVANT, Dated(period.since, period.until))
        self._before = conjunction(RELEVANT, Dated(period.before.since, period.before.until))
        self._is_over = bounds(period, search.zone)[1] <= known.moment
        self._scope = search.about(RELEVANT, institution, known.position).scope

    def digest(self, watch: Watch) -> Digest:
        distinct = self._search.distinct(self._ask(self._now))
        earlier = self._search.distinct(self._ask(self._before))
        placed = conjunction(self._now, Marked("placed"))
        return Digest(
            institution=self._institution,
            period=self._period,
            known=self._known,
            zone=str(self._search.zone),
            is_over=self._is_over,
            publications=self._number("publications", distinct.publications, earlier.publications),
            unique=self._number("unique", distinct.unique, earlier.unique, Kind.UNIQUE),
            stories=self._number("stories", distinct.stories, earlier.stories, Kind.STORIES),
            tones=self._tones(),
            rate=poisson(distinct.unique),
            listened=self._counted("listened", Dated(self._period.since, self._period.until)),
            trend=self._trend(),
            top=self._lines(self._stories.names(self._ask(placed), limit=TOP), None),
            critical=self._sharpest(Tone.CRITICAL),
            positive=self._sharpest(Tone.POSITIVE),
            regions=self._rows("region"),
            themes=self._rows("theme"),
            languages=self._rows("lang"),
            outlets=self._rows("source"),
            listening=listening(watch, self._period, self._known, self._search.zone),
            unclear=Unclear(
                abstained=self._counted("unclear", conjunction(self._now, Is("tone", ("unclear",)))),
                unlooked=self._counted("unlooked", conjunction(self._now, Not(ANY_TONE))),
                undated=self._counted("undated", self._undated()),
                unplaced=self._counted("unplaced", conjunction(self._now, Not(Marked("placed")))),
            ),
        )

    def _ask(self, node: Node) -> Question:
        return self._search.within(node, self._scope)

    def _counted(self, key: str, node: Node) -> Number:
        return Number(key=key, count=self._search.count(self._ask(node)), query=written(node))

    def _number(
        self,
        key: str,
        count: int,
        before: int,
        kind: Kind = Kind.PUBLICATIONS,
        within: Node | None = None,
        of: int | None = None,
    ) -> Number:
        """`within` narrows the period's publications; `of` makes the count a share of so many."""
        narrowed = (within,) if within else ()
        return Number(
            key=key,
            kind=kind,
            count=count,
            query=written(conjunction(self._now, *narrowed)),
            before=before,
            before_query=written(conjunction(self._before, *narrowed)),
            change=ratio(count, before) if self._is_over and count + before else None,
            share=None if of is None else wilson(count, of),
        )

    def _undated(self) -> Node:
        fetched = Dated(self._period.since, self._period.until, fetched=True)
        return conjunction(RELEVANT, Marked("undated"), fetched)

    def _tones(self) -> tuple[Number, ...]:
        now = self._search.facet(self._ask(self._now), "tone")
        before = self._search.facet(self._ask(self._before), "tone")
        looked = sum(now.get(t.value, 0) for t in TONES)
        return tuple(
            self._number(
                t.value,
                now.get(t.value, 0),
                before.get(t.value, 0),
                within=Is("tone", (t.value,)),
                of=looked,
            )
            for t in TONES
        )

    def _rows(self, field: str) -> tuple[Row, ...]:
        critical = Is("tone", (Tone.CRITICAL.value,))
        counts = self._search.facet(self._ask(self._now), field)
        before = self._search.facet(self._ask(self._before), field)
        sharp = self._search.facet(self._ask(conjunction(self._now, critical)), field)
        sharp_before = self._search.facet(self._ask(conjunction(self._before, critical)), field)
        rows = []
        for key in sorted(counts, key=lambda k: (-counts[k], k)):
            within = Is(field, (key,))  # type: ignore[arg-type]
            total = self._number(key, counts[key], before.get(key, 0), within=within)
            # In the order in which the board writes it, so that the links are the same.
            both = conjunction(within, critical)
            rows.append(
                Row(key, total, self._number(key, sharp.get(key, 0), sharp_before.get(key, 0), within=both))
            )
        return tuple(rows)

    def _trend(self) -> tuple[Day, ...]:
        last = self._period.until
        first = last - TREND + timedelta(days=1)
        asked = self._ask(RELEVANT)
        totals = self._search.days(asked, first, last)
        toned = self._search.tones_by_day(asked, first, last)
        days = []
        for day in (first + timedelta(days=n) for n in range(TREND.days)):
            node = conjunction(RELEVANT, Dated(day, day))
            counts: Mapping[str, int] = toned.get(day, {})
            tones = tuple(
                Number(
                    key=t.value,
                    count=counts.get(t.value, 0),
                    query=written(conjunction(node, Is("tone", (t.value,)))),
                )
                for t in TONES
            )
            total = totals.get(day, 0)
            rest = Number(
                key="unlooked",
                count=total - sum(t.count for t in tones),
                query=written(conjunction(node, Not(ANY_TONE))),
            )
            days.append(Day(day, Number(key="day", count=total, query=written(node)), tones, rest))
        return tuple(days)

    def _sharpest(self, side: Tone) -> tuple[StoryLine, ...]:
        """The stories with the most publications of this tone; where nothing is placed, the surest publications."""
        node = conjunction(self._now, Is("tone", (side.value,)))
        found = self._stories.names(self._ask(conjunction(node, Marked("placed"))), limit=SHARPEST)
        if found:
            return self._lines(found, side)
        listed = self._search.page(self._ask(node), limit=LOOSE).publications
        surest = sorted(listed, key=lambda p: (-_confidence(p, self._institution), p.position))
        return tuple(self._loose(p) for p in surest[:SHARPEST])

    def _lines(self, names: Sequence[StoryName], side: Tone | None) -> tuple[StoryLine, ...]:
        """Counted over the whole period, whatever they were sought by."""
        began = self._stories.beginnings([name.id for name in names], self._scope)
        names = [name for name in names if name.id in began]
        here = {name.id: conjunction(self._now, Is("story", (name.id,))) for name in names}
        tones = {id: self._search.facet(self._ask(node), "tone") for id, node in here.items()}
        sides = {id: side or _louder(tones[id]) for id in here}
        sided = {
            id: conjunction(node, Is("tone", (told.value,)))
            for id, node in here.items()
            if (told := sides[id])
        }
        evidence = self._strongest(sided)
        return tuple(
            self._line(name, began[name.id], tones[name.id], evidence.get(name.id)) for name in names
        )

    def _line(
        self, name: StoryName, began: Beginning, tones: Mapping[str, int], evidence: Item | None
    ) -> StoryLine:
        mine = Is("story", (name.id,))
        here = conjunction(self._now, mine)
        distinct = self._search.distinct(self._ask(here))
        earlier = self._search.distinct(self._ask(conjunction(self._before, mine)))
        first = began.first
        begun = bounds(self._period, self._search.zone)[0]
        titles = {k: t.text for k, t in (name.titles | began.name.titles).items()}
        return StoryLine(
            id=name.id,
            titles=titles or {first.language.value.value: _title(first)},
            total=self._number("story", distinct.publications, earlier.publications, within=mine),
            unique=self._number("story", distinct.unique, earlier.unique, Kind.UNIQUE, mine),
            tones=tuple(
                Number(
                    key=t.value,
                    count=tones.get(t.value, 0),
                    query=written(conjunction(here, Is("tone", (t.value,)))),
                )
                for t in TONES
            ),
            first=_item(first, self._institution),
            is_new=first.timed >= begun,
            evidence=evidence,
        )

    def _strongest(self, nodes: Mapping[str, Node]) -> dict[str, Item]:
        """Of each list the publication whose words say it the most surely; the records are asked once for all."""
        hits = {key: self._search.hits(self._ask(node), LOOKED) for key, node in nodes.items()}
        wanted = dict.fromkeys(hit.reading for found in hits.values() for hit in found)
        read = {p.read_at: p for p in self._search.publications(list(wanted), self._scope.snapshot)}
        listed = {key: [read[h.reading] for h in found if h.reading in read] for key, found in hits.items()}
        return {
            key: _item(
                max(found, key=lambda p: (_confidence(p, self._institution), -p.position)), self._institution
            )
            for key, found in listed.items()
            if found
        }

    def _loose(self, p: StoredPublication) -> StoryLine:
        node = Is("id", (p.id,))
        item = _item(p, self._institution)
        return StoryLine(
            id=None,
            titles={p.language.value.value: item.title},
            total=self._counted("story", conjunction(self._now, node)),
            unique=Number(
                key="story", kind=Kind.UNIQUE, count=1, query=written(conjunction(self._now, node))
            ),
            tones=tuple(
                self._counted(t.value, conjunction(self._now, node, Is("tone", (t.value,)))) for t in TONES
            ),
            first=item,
            is_new=True,
            evidence=item,
        )


def _louder(tones: Mapping[str, int]) -> Tone | None:
    """The side that more publications take; None where none takes any."""
    return max(SIDES, key=lambda t: tones.get(t.value, 0)) if any(tones.get(t.value) for t in SIDES) else None


def _confidence(p: StoredPublication, institution: str) -> float:
    ruled = verdict(institution, p.mentions)
    return ruled.confidence if ruled else 0.0


def _title(p: StoredPublication) -> str:
    return p.title or _shortened(p.text, SHOWN_TITLE)


def _shortened(text: str, width: int) -> str:
    first = text.strip().split("\n", 1)[0]
    return first if len(first) <= width else first[:width].rsplit(" ", 1)[0] + " …"


def _item(p: StoredPublication, institution: str) -> Item:
    ruled = verdict(institution, p.mentions)
    sentence, words = _quoted(p, ruled) if ruled else ("", ())
    return Item(
        id=p.id,
        title=_title(p),
        language=p.language.value.value,
        source=p.source,
        # An address of a personal page is a handle.
        address=None if p.source == POOL else p.address,
        said_at=p.timed,
        is_dated=p.published_at is not None,
        tone=ruled.tone if ruled else None,
        confidence=round(ruled.confidence, 3) if ruled else None,
        sentence=sentence,
        words=words,
        by=ruled.by if ruled else None,
    )


def _quoted(p: StoredPublication, ruled: Verdict) -> tuple[str, tuple[Span, ...]]:
    """The sentence that decided, cut around the words where it is long; nothing where none did."""
    if not ruled.deciding:
        return "", ()
    mention = ruled.deciding[0]
    shown, sentence = p.shown, mention.sentence
    said = mention.stands
    evidence = [s for s in (said.evidence if said else ()) if s.overlaps(sentence)]
    start, end = sentence.start, min(sentence.end, len(shown))
    if end - start > SENTENCE:
        around = evidence[0] if evidence else mention.span
        start = max(start, min(around.start - SENTENCE // 3, end - SENTENCE))
        if start > sentence.start:
            # Not in the middle of a word.
            start = shown.find(" ", start, around.start + 1) + 1 or start
        end = min(end, start + SENTENCE)
    cut_before, cut_after = start > sentence.start, end < sentence.end
    text = shown[start:end]
    lead = len(text) - len(text.lstrip())
    text = " ".join(text.split("\n")).strip()
    offset = start + lead - (2 if cut_before else 0)
    text = ("… " if cut_before else "") + text + (" …" if cut_after else "")
    spans = []
    for span in evidence:
        low, high = max(span.start, start) - offset, min(span.end, end) - offset
        if 0 <= low < high <= len(text):
            spans.append(Span(low, high))
    return text, tuple(_merged(spans))


def _merged(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
