"""Bytes in, publication out: exactly one outcome for whatever the bytes are."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta, tzinfo
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from selectolax.lexbor import LexborHTMLParser

from aimas.core import DatedBy, Dropped, DropReason, Fetched, Held, HoldReason, Outcome, Passed, Publication
from aimas.extraction import dates
from aimas.extraction.authors import strip_authors
from aimas.extraction.boilerplate import without_invitations
from aimas.extraction.bylines import without_bylines
from aimas.extraction.cleaning import clean, clean_line, has_words, without_title
from aimas.extraction.decoding import decoded
from aimas.extraction.facts import facts_of, is_generic, visible_date_lines
from aimas.extraction.handles import without_handles
from aimas.extraction.markup import strip_unread, tree_of
from aimas.extraction.plain import title_and_text
from aimas.extraction.sites import SiteReader
from aimas.extraction.store import TemplateStore
from aimas.extraction.types import Dated, Limits, PageFacts

_HTML_TYPES = ("text/html", "application/xhtml+xml")
_HTML_START = re.compile(
    r"\s*(?:<!--.*?-->\s*)*(?:<\?xml[^>]*>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_INDEX_PATH = re.compile(
    r"(?:/(?:ru|kz|kk|en))?(?:/(?:(?:index|default)\.\w+|news|novosti|zhanalyqtar|archive|search|page/\d+"
    r"|(?:tags?|category|categories|rubrics?|rubrika|section|author)(?:/[^/]*)?))?/?",
    re.IGNORECASE,
)
_INDEX_LINKS = 40
_INDEX_LINK_SHARE = 0.8

_CONTRADICTION = timedelta(days=2)

ALMATY = ZoneInfo("Asia/Almaty")


class Extractor:
    """Reads what a source handed over.

    Beside what its template store learns it remembers, bounded and a host at a time, the lines and titles that
    a site repeats: the same page can lose a line of its frame once others of its site were read.
    """

    def __init__(
        self, templates: TemplateStore | None = None, *, zone: tzinfo = ALMATY, limits: Limits | None = None
    ) -> None:
        self._sites = SiteReader(templates, finished)
        self._zone = zone
        self._limits = limits or Limits()

    def extract(self, item: Fetched) -> Outcome[Publication]:
        """Never raises: bytes that cannot be read are held with the reason."""
        if len(item.body) > self._limits.body_bytes:
            return Held(
                HoldReason.TOO_LARGE, f"{len(item.body)} bytes, the limit is {self._limits.body_bytes}"
            )
        if item.text is not None:
            return self._plain(item, clean(item.text))
        if not item.body.strip():
            return Held(HoldReason.EMPTY, "no bytes")
        characters = decoded(item.body, item.charset)
        if isinstance(characters, Held):
            return characters
        media_type = item.media_type.partition(";")[0].strip().lower()
        if media_type in _HTML_TYPES or _HTML_START.match(characters.text, 0, 2_000):
            return self._page(item, characters.text)
        if not media_type.startswith("text/"):
            return Held(HoldReason.NOT_TEXT, f"media type {media_type or 'missing'}")
        return self._plain(item, clean(characters.text))

    def extract_batch(self, items: Sequence[Fetched]) -> list[Outcome[Publication]]:
        """As a step of the flow runs it."""
        return [self.extract(item) for item in items]

    def read_by_template(self) -> dict[str, int]:
        """How many pages each trusted template has read here, by host; a site not met yet has none."""
        return self._sites.read_by_template()

    def _plain(self, item: Fetched, text: str) -> Outcome[Publication]:
        # Bylines first: a name above a message must not become its title.
        title, text = (clean_line(item.title), text) if item.title else title_and_text(without_bylines(text))
        return self._publication(item, title, text, None, None, None)

    def _page(self, item: Fetched, html: str) -> Outcome[Publication]:
        tree = tree_of(html, self._limits)
        if isinstance(tree, Held):
            return tree
        facts = facts_of(tree)
        date_lines = visible_date_lines(tree)
        strip_unread(tree)
        if _is_index(tree, facts, item.address):
            return Dropped(DropReason.NOT_A_PUBLICATION, "a page of links without a text")
        strip_authors(tree, facts.title, facts.authors)
        text = self._sites.text(_host(item.address), tree, facts.title)
        dated = self._page_date(item, date_lines, facts, text)
        return self._publication(
            item, _chosen_title(item.title, facts.title), text, dated, facts.site_name, facts.language
        )

    def _publication(
        self,
        item: Fetched,
        title: str,
        text: str,
        dated: Dated | None,
        site_name: str | None,
        language: str | None,
    ) -> Outcome[Publication]:
        if len(text) > self._limits.text_characters:
            return Held(
                HoldReason.TOO_LARGE,
                f"{len(text)} characters of text, the limit is {self._limits.text_characters}",
            )
        title = without_handles(title)
        body = without_title(without_bylines(without_title(text, title)), title)
        if not has_words(body):
            return Held(HoldReason.EMPTY, "no text could be found")
        dated = self._item_date(item) or dated or self._dateline(item, body)
        return Passed(
            Publication(
                source=item.source,
                address=item.address,
                title=title,
                text=body,
                site_name=item.site_name or site_name,
                published_at=dated.at if dated else None,
                dated_by=dated.by if dated else None,
                fetched_at=item.fetched_at,
                language_hint=item.language_hint or language,
                original=item.body,
                media_type=item.media_type,
                name=item.name,
            )
        )

    def _item_date(self, item: Fetched) -> Dated | None:
        if item.published_at is None or not dates.is_believable(item.published_at, item.fetched_at):
            return None
        return Dated(item.published_at, item.dated_by or DatedBy.RECORD)

    def _page_date(
        self, item: Fetched, date_lines: Sequence[str], facts: PageFacts, text: str
    ) -> Dated | None:
        if self._item_date(item):
            return None
        by_address = dates.address_date(item.address, self._zone)
        lines = [*date_lines, *text.split("\n", 3)[:3]]
        visible = self._believed(item, dates.date_line(lines, self._zone))
        claimed = next(
            (
                found
                for claim in facts.date_claims
                if (found := self._believed(item, dates.claimed_date(claim, self._zone)))
            ),
            None,
        )
        addressed = self._believed(item, by_address)
        return chosen_date(claimed, addressed, visible, self._zone)

    def _believed(self, item: Fetched, moment: datetime | None) -> Dated | None:
        return (
            Dated(moment, DatedBy.PAGE) if moment and dates.is_believable(moment, item.fetched_at) else None
        )

    def _dateline(self, item: Fetched, text: str) -> Dated | None:
        moment = dates.dateline_date(text, self._zone)
        return (
            Dated(moment, DatedBy.TEXT) if moment and dates.is_believable(moment, item.fetched_at) else None
        )


def chosen_date(
    claimed: Dated | None, addressed: Dated | None, visible: Dated | None, zone: tzinfo
) -> Dated | None:
    """Metadata first, unless the line beside the headline contradicts it and the address does not back it.

    Engines copy one date into every page's metadata; what a reader sees is what the newsroom checks. Of an
    address and a visible line that name the same day, the line knows the hour.
    """
    if claimed is None:
        if addressed and visible and _day(addressed, zone) == _day(visible, zone):
            return visible
        return addressed or visible
    if visible is None or abs(claimed.at - visible.at) <= _CONTRADICTION:
        return claimed
    if addressed is not None:
        return claimed if abs(claimed.at - addressed.at) <= _CONTRADICTION else visible
    return visible


def _day(dated: Dated, zone: tzinfo) -> date:
    return dated.at.astimezone(zone).date()


def finished(text: str, title: str) -> str:
    """A page's raw text without lines that lead elsewhere, authors and a repeated title."""
    return without_title(without_bylines(without_invitations(text, title)), title)


def _host(address: str | None) -> str | None:
    try:
        host = urlsplit(address or "").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _chosen_title(fed: str | None, read: str) -> str:
    """The feed's title, unless it is generic or cut short."""
    fed = clean_line(fed or "")
    if not fed or is_generic(fed):
        return read or fed
    start = fed.rstrip(" .…")
    return read if fed.endswith(("…", "...")) and read.startswith(start) else fed


def _is_index(tree: LexborHTMLParser, facts: PageFacts, address: str | None) -> bool:
    """Sure only of a front, tag or rubric page: many links, little else, no word of being an article."""
    if facts.declared_article or facts.date_claims or tree.body is None or address is None:
        return False
    try:
        path = urlsplit(address).path
    except ValueError:
        return False
    if not _INDEX_PATH.fullmatch(path):
        return False
    links = [len(node.text(strip=True)) for node in tree.css("a[href]")]
    return len(links) >= _INDEX_LINKS and sum(links) > _INDEX_LINK_SHARE * len(tree.body.text(strip=True))
