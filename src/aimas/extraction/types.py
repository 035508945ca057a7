"""What passes between the parts of extraction."""

from datetime import datetime
from enum import StrEnum

import msgspec

from aimas.core import DatedBy


class Decoded(msgspec.Struct, frozen=True):
    """Characters of a body and the charset that gave them."""

    text: str
    charset: str


class Dated(msgspec.Struct, frozen=True):
    """A moment and what it rests on."""

    at: datetime
    """Aware, in UTC."""
    by: DatedBy


class PageFacts(msgspec.Struct, frozen=True):
    """What a page says about itself outside its text."""

    title: str
    """Without the site's name; empty where the page has none."""
    site_name: str | None
    language: str | None
    date_claims: tuple[str, ...]
    """Machine-readable dates as written, best first; nobody has judged them yet."""
    authors: tuple[str, ...]
    """Names that the page gives as its authors: to leave them out, never to keep them."""
    article_body: str
    """JSON-LD `articleBody`; empty where absent."""
    declared_article: bool
    """The page calls itself an article or a news item."""


class Limits(msgspec.Struct, frozen=True):
    """Beyond these an item is held instead of read."""

    body_bytes: int = 20_000_000
    text_characters: int = 1_000_000
    depth: int = 250
    """Elements inside one another, as written; the deepest of 181 news pages has 133."""
    unclosed_formatting: int = 400
    """Unclosed <b>, <font>, … : an HTML5 parser copies each into every later paragraph. News pages have up to 75."""
    elements: int = 8_000
    """The largest of 181 news pages has 1,700; the slowest shapes tried cost 0.3 ms an element."""
    attributes: int = 5_000
    """Of one element: a parser compares each with all before it, and 20,000 cost five seconds."""


class TemplateState(StrEnum):
    LEARNING = "learning"
    """Every page is read by the teacher; places are counted, then the draft is checked on further pages."""
    TRUSTED = "trusted"
    REFUSED = "refused"
    """No places tell this site's text from its frame: the teacher reads every page."""


class Template(msgspec.Struct, frozen=True):
    """How one site lays out its publications, learned from what the teacher read there."""

    state: TemplateState = TemplateState.LEARNING
    kept: tuple[str, ...] = ()
    """Paths of tags and class names from <body> to the blocks that hold text."""
    dropped: tuple[str, ...] = ()
    """Paths seen beside them that hold none."""
    counted: dict[str, tuple[int, int]] = {}
    """While learning: characters at each path that the teacher took, and that it left."""
    pending: dict[str, tuple[int, int]] = {}
    """The same of the pages that check the draft; counted only if the draft fails."""
    pages: int = 0
    """Learning pages counted."""
    checks: tuple[float, ...] = ()
    """Shingle agreement with the teacher on the latest pages that the template was not learned from."""
    rounds: int = 0
    """Drafts that failed their checks."""
