"""Main content of a page of any site: slow and good; per-site templates learn from it."""

from selectolax.lexbor import LexborHTMLParser
from trafilatura import extract

from aimas.extraction.cleaning import clean


def main_text(tree: LexborHTMLParser) -> str:
    """Paragraphs joined by one newline; empty where no text stands out. The tree is already stripped."""
    html = tree.html
    if not html:
        return ""
    return clean(extract(html, fast=True, include_comments=False) or "")
