"""Main content of a page of any site: slow and good; per-site templates learn from it."""

import re

from lxml.html import HtmlElement
from selectolax.lexbor import LexborHTMLParser
from trafilatura import extract, load_html

from aimas.extraction.boilerplate import strip_boilerplate
from aimas.extraction.cleaning import clean, words_key
from aimas.extraction.repair import (
    densest_text,
    is_mostly_links,
    running_characters,
    with_missed_paragraphs,
)

# The parser's own mark before list items.
_BULLET = re.compile(r"^- ", re.MULTILINE)

_EVERYTHING = 0.9
"""A text of more than this share of the page means that no part stood out, often for want of <p> elements."""
_NARROW_SHARE = 0.3
_RUNNING_SHARE = 0.3
"""A text with less in sentences is cards or a menu, if the page holds a text of sentences elsewhere."""
_RUNNING_TEXT = 300
_RUN_CHARACTERS = 40
_BLOCK_TAGS = frozenset("div p ul ol table section article h1 h2 h3 h4 blockquote dl form".split())  # noqa: SIM905


def main_text(tree: LexborHTMLParser) -> str:
    """Paragraphs joined by one newline; empty where no text stands out. Takes boilerplate out of the tree."""
    strip_boilerplate(tree)
    html = tree.html
    if not html:
        return ""
    text = _extracted(html)
    if not text:
        return clean(densest_text(tree))
    if is_mostly_links(tree, text):
        return clean(densest_text(tree)) or text
    running = running_characters(text)
    if running < _RUNNING_SHARE * len(text):
        denser = clean(densest_text(tree))
        if running_characters(denser) >= max(_RUNNING_TEXT, 2 * running):
            return with_missed_paragraphs(tree, denser)
    if _took_everything(tree, text):
        page = _with_paragraphs(html)
        narrow = "" if page is None else _extracted(page)
        if _NARROW_SHARE * len(text) <= len(narrow) < len(text):
            if _holds_longest(narrow, text):
                text = narrow
            elif _holds_longest(denser := clean(densest_text(tree)), text):
                text = denser
    return with_missed_paragraphs(tree, text)


def _holds_longest(narrow: str, text: str) -> bool:
    return words_key(max(text.split("\n"), key=len)) in words_key(narrow)


def _extracted(page: HtmlElement | str) -> str:
    return _BULLET.sub("", clean(extract(page, fast=True, include_comments=False) or ""))


def _took_everything(tree: LexborHTMLParser, text: str) -> bool:
    body = tree.body
    return body is not None and len(text) > _EVERYTHING * len(body.text(strip=True))


def _with_paragraphs(html: str) -> HtmlElement | None:
    """The page with each <div> that holds running text and no block made a <p>: what the parser looks for.

    None where there is no such <div>: a second reading would be the first.
    """
    page = load_html(html)
    if page is None:
        return None
    changed = False
    for node in page.iter("div"):
        if len(node.text or "") >= _RUN_CHARACTERS and not any(child.tag in _BLOCK_TAGS for child in node):
            node.tag = "p"
            changed = True
    return page if changed else None
