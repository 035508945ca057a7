"""What the index holds of a version of a publication, field by field."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

import msgspec
import tantivy

from aimas.storage.records import Version
from aimas.storage.terms import NOTHING, TOKENIZER, Writing, Written
from aimas.tone import verdict

FORMAT = 9
"""Raised with every change of the schema or of what is put in; another format is rebuilt."""

CURRENT = 2**62
"""`until` of what nothing has replaced."""


class Part(msgspec.Struct, frozen=True):
    """The fields of one part of a publication."""

    stems: str
    """All that a word is found by, each term at the word's place: stems, and keys of names."""
    exact: str
    """Normal forms, in order."""


TITLE = Part("title", "title_exact")
BODY = Part("body", "body_exact")
"""Title and text."""


def schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    for part in (TITLE, BODY):
        builder.add_text_field(part.stems, tokenizer_name=TOKENIZER, index_option="position")
        builder.add_text_field(part.exact, tokenizer_name="whitespace", index_option="position")
    for keyword in ("id", "source", "lang", "institution", "tone", "theme", "region", "mark"):
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic", fast=True)
    for keyword in ("story", "reprints"):
        builder.add_text_field(keyword, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field("reading", indexed=True, fast=True)
    # Stretches of these are read from their columns: terms for them would be written and never looked up.
    for number in ("since", "until", "order", "day", "fetched_day", "chain_at", "story_at"):
        builder.add_unsigned_field(number, fast=True)
    return builder.build()


def documents(versions: Iterable[Version], writing: Writing, zone: tzinfo) -> Iterator[tantivy.Document]:
    """A document for each version of a reading; days are those of the zone."""
    reading, title, text = 0, NOTHING, NOTHING
    for version in versions:
        p = version.publication
        # Versions of one reading follow each other and differ in their places alone.
        if p.read_at != reading:
            reading, language = p.read_at, p.language.value
            title, text = writing.written(p.title, language), writing.written(p.text, language)
        yield document(version, title, text, zone)


def document(version: Version, title: Written, text: Written, zone: tzinfo) -> tantivy.Document:
    p = version.publication
    language = p.language.value
    moment: datetime = p.published_at or p.fetched_at
    doc = tantivy.Document()
    title.add_to(doc, TITLE.exact, TITLE.stems)
    # Two values of one field: no phrase runs from the title into the text.
    title.add_to(doc, BODY.exact, BODY.stems)
    text.add_to(doc, BODY.exact, BODY.stems)
    doc.add_text("id", p.id)
    doc.add_text("source", p.source)
    doc.add_text("lang", language.value)
    doc.add_text("mark", "dated" if p.published_at else "undated")
    if p.revises is not None:
        doc.add_text("mark", "revised")
    for institution in p.institutions():
        doc.add_text("institution", institution)
        if ruled := verdict(institution, p.mentions):
            doc.add_text("tone", f"{institution}:{ruled.tone.value}")
            if ruled.self_praise:
                doc.add_text("mark", f"{institution}:self-praise")
            if ruled.corrected:
                doc.add_text("mark", f"{institution}:corrected")
    for theme in sorted({f"{t.institution}:{t.theme}" for t in p.themes}):
        doc.add_text("theme", theme)
    for region in sorted({place.region for place in p.places}):
        doc.add_text("region", region)
    if place := p.placed:
        doc.add_text("mark", "placed")
        doc.add_text("mark", "reprint" if place.similarity is not None else "original")
        doc.add_text("story", place.story)
        doc.add_text("reprints", place.chain)
        doc.add_unsigned("chain_at", place.chain_at)
        doc.add_unsigned("story_at", place.story_at)
    doc.add_unsigned("reading", p.read_at)
    doc.add_unsigned("since", version.since)
    doc.add_unsigned("until", version.until or CURRENT)
    doc.add_unsigned("order", order_key(moment, p.read_at))
    if p.published_at:
        doc.add_unsigned("day", p.published_at.astimezone(zone).date().toordinal())
    doc.add_unsigned("fetched_day", p.fetched_at.astimezone(zone).date().toordinal())
    return doc


def order_key(moment: datetime, reading: int) -> int:
    """Sorts by time, then by filing; unique as long as positions fit 32 bits."""
    return min(max(int(moment.timestamp()), 0), 2**32 - 1) << 32 | (reading & 0xFFFFFFFF)
