"""How the stories of a digest are told: counts, the first to say it, the words that decided."""

from aimas.rendering.counts import Counts
from aimas.rendering.document import Entry, Paragraph, Run
from aimas.rendering.links import Links
from aimas.rendering.wording import Naming, Words, filled, toned
from aimas.reports.types import Item, StoryLine


class StoryEntries:
    def __init__(self, words: Words, names: Naming, links: Links, counts: Counts) -> None:
        self._t = words
        self._names = names
        self._links = links
        self._counts = counts

    def entry(self, line: StoryLine) -> Entry:
        t = self._t
        title, language = self._title(line)
        href = self._links.story(line.id) if line.id else self._links.publication(line.first.id)
        counts: list[Run] = [
            *filled(
                t,
                "digest.story.counts",
                publications=(self._counts.number(line.total),),
                unique=(self._counts.number(line.unique),),
            )
        ]
        for tone in line.tones:
            if tone.count:
                counts += [
                    Run(" · "),
                    Run(f"{t(f'tone.{tone.key}')} ", look=toned(tone.key)),
                    self._counts.number(tone),
                ]
        if line.total.before:
            counts += [
                Run(" · "),
                Run(t(f"digest.story.before.{self._counts.span}", n=t.number(line.total.before))),
            ]
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

    def _title(self, line: StoryLine) -> tuple[str, str]:
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
                Run(t(f"tone.{item.tone.value}"), look=toned(item.tone.value)),
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
