"""Main content of a page of any site: slow and good; per-site templates learn from it."""

import re

from selectolax.lexbor import LexborHTMLParser
from trafilatura import extract

from aimas.extraction.boilerplate import strip_boilerplate
from aimas.extraction.cleaning import clean
from aimas.extraction.repair import densest_text, is_mostly_links, with_missed_paragraphs

# The parser's own mark before list items.
_BULLET = re.compile(r"^- ", re.MULTILINE)


def main_text(tree: LexborHTMLParser) -> str:
    """Paragraphs joined by one newline; empty where no text stands out. Takes boilerplate out of the tree."""
    strip_boilerplate(tree)
    html = tree.html
    if not html:
        return ""
    text = _BULLET.sub("", clean(extract(html, fast=True, include_comments=False) or ""))
    if not text:
        return clean(densest_text(tree))
    if is_mostly_links(tree, text):
        return clean(densest_text(tree)) or text
    return with_missed_paragraphs(tree, text)
