"""HTML into a tree, unless the page was made to choke its reader."""

import re
from collections.abc import Iterable

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aimas.core import Held, HoldReason
from aimas.extraction.types import Limits

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
# An HTML5 parser reopens these in each later block.
_FORMATTING = frozenset(
    ["b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"]
)
_NESTING = frozenset(
    [
        "div",
        "span",
        "section",
        "article",
        "main",
        "aside",
        "header",
        "footer",
        "nav",
        "ul",
        "ol",
        "dl",
        "table",
        "blockquote",
        "center",
        "form",
        "fieldset",
        "figure",
        "ruby",
        "details",
        "dialog",
        "svg",
        "math",
        "g",
        "template",
        "object",
        "select",
        "button",
        "label",
        "sub",
        "sup",
        "ins",
        "del",
        "abbr",
        "cite",
        "q",
        "mark",
        "bdo",
        "custom",
    ]
)

NOT_READ = [
    "script",
    "style",
    "svg",
    "iframe",
    "template",
    "canvas",
    "object",
    "embed",
    "noscript",
    "select",
    "button",
    "input",
    "textarea",
    "link",
    "video",
    "audio",
    "source",
    "map",
    "dialog",
    "progress",
    "meter",
]
"""Elements whose content no reader takes for the text."""

FRAME = ["nav", "footer"]

_AUTHOR_TOKEN = re.compile(r"(?:^|[-_])(?:authors?|avtor|byline|by-line)(?:$|[-_])", re.IGNORECASE)
_AUTHOR_CHARACTERS = 600
"""The longest author box that is cut; larger elements of that name are layouts."""
_WHOLE_PAGE = frozenset(("html", "body", "article", "main"))


def tree_of(html: str, limits: Limits) -> LexborHTMLParser | Held:
    """A parsed page; Held where its nesting or size would cost the parser more than any real page does."""
    if (bomb := _bomb(html, limits)) is not None:
        return Held(HoldReason.BOMB, bomb)
    try:
        return LexborHTMLParser(html)
    except (ValueError, RuntimeError, MemoryError) as error:
        return Held(HoldReason.MALFORMED, f"the HTML could not be read ({type(error).__name__})")


def _bomb(html: str, limits: Limits) -> str | None:
    opened = html.count("<")
    if opened <= limits.unclosed_formatting:
        return None
    depth = deepest = formatting = worst = elements = 0
    for closing, tag in _TAG.findall(html):
        name = tag.lower()
        if name in _FORMATTING:
            formatting = max(formatting - 1, 0) if closing else formatting + 1
            worst = max(worst, formatting)
        elif name in _NESTING:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
        elements += not closing
    if worst > limits.unclosed_formatting:
        return f"{worst} formatting elements are never closed"
    if deepest > limits.depth:
        return f"elements lie {deepest} deep"
    if elements > limits.elements:
        return f"{elements} elements"
    return None


def strip_unread(tree: LexborHTMLParser) -> None:
    """Takes scripts, forms' parts and authors' boxes out of the tree."""
    tree.strip_tags([*NOT_READ, *FRAME])
    marked = "[rel~=author], [itemprop~=author], [class*=author i], [id*=author i], [class*=byline i]"
    remove(node for node in tree.css(marked) if node.tag not in _WHOLE_PAGE and _names_author(node))


def remove(nodes: Iterable[LexborNode]) -> None:
    """Takes nodes, given in document order, out of their tree; a part goes before the whole that holds it."""
    for node in reversed(list(nodes)):
        node.decompose()


def _names_author(node: LexborNode) -> bool:
    attributes = node.attributes
    if (
        "author" in (attributes.get("rel") or "").split()
        or "author" in (attributes.get("itemprop") or "").split()
    ):
        return len(node.text()) <= _AUTHOR_CHARACTERS
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}".split()
    if not any(_AUTHOR_TOKEN.search(name) for name in names):
        return False
    return len(node.text()) <= _AUTHOR_CHARACTERS and node.css_first("h1, p + p + p") is None
