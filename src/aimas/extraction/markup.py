"""HTML into a tree, unless the page was made to choke its reader."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate, pairwise, repeat
from operator import sub

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aimas.core import Held, HoldReason
from aimas.extraction.types import Limits

_TAG = re.compile(r"<(/?[a-zA-Z][a-zA-Z0-9]*)")
_OPENS = re.compile(r"<[a-zA-Z]")
_CODE = re.compile(r"<(?:script|style)\b[^<]*$", re.IGNORECASE)
_QUOTED = re.compile(r"""\"[^\"]*\"|'[^']*'""")
# An HTML5 parser reopens these in each later block.
_FORMATTING = frozenset(
    """
    b big code em font i nobr s small strike strong tt u
    """.split()  # noqa: SIM905
)
_NESTING = frozenset(
    """
    div span section article main aside header footer nav ul ol dl table blockquote center form
    fieldset figure ruby details dialog svg math g template object select button label sub sup ins
    del abbr cite q mark bdo custom
    """.split()  # noqa: SIM905
)

_FORMATTING_STEPS = dict.fromkeys(_FORMATTING, 1) | {f"/{tag}": -1 for tag in _FORMATTING}
_NESTING_STEPS = dict.fromkeys(_NESTING, 1) | {f"/{tag}": -1 for tag in _NESTING}

NOT_READ = """
    script style svg iframe template canvas object embed noscript select button input textarea link
    video audio source map dialog progress meter
    """.split()  # noqa: SIM905
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
    """Counts tags as they are written, before any parser sees them; 0.6 ms for a page of 170 KB."""
    if (attributes := _most_attributes(html, limits.attributes)) > limits.attributes:
        return f"an element has {attributes} attributes"
    if html.count("<") <= limits.unclosed_formatting:
        return None
    tags = _TAG.findall(html)
    counted = Counter(tags)
    if not all(map(str.islower, counted)):
        tags = [tag.lower() for tag in tags]
        counted = Counter(tags)
    opened = sum(count for tag, count in counted.items() if tag[0] != "/")
    if opened > limits.elements:
        return f"{opened} elements"
    if (
        unclosed := _deepest(tags, counted, _FORMATTING_STEPS, limits.unclosed_formatting)
    ) > limits.unclosed_formatting:
        return f"{unclosed} formatting elements are never closed"
    if (depth := _deepest(tags, counted, _NESTING_STEPS, limits.depth)) > limits.depth:
        return f"elements lie {depth} deep"
    return None


def _most_attributes(html: str, allowed: int) -> int:
    """Words outside quotes in the longest opening tag; 0 where no tag is long enough for more than `allowed`."""
    most = 0
    for before, piece in pairwise(("", *html.split(">"))):
        if len(piece) > 2 * allowed and not _CODE.search(before) and (starts := [*_OPENS.finditer(piece)]):
            tag = piece[starts[-1].start() :]
            most = max(most, len(_QUOTED.sub("", tag).split()) - 1)
    return most


def _deepest(tags: Sequence[str], counted: Mapping[str, int], steps: Mapping[str, int], allowed: int) -> int:
    """The greatest rise of the running sum above its lowest point: surplus closing tags buy nothing.

    Where a cheap bound is `allowed`, the bound: as many as were opened, or the span of the sums.
    """
    opened = sum(counted.get(tag, 0) for tag, step in steps.items() if step > 0)
    if opened <= allowed:
        return opened
    sums = list(accumulate(map(steps.get, tags, repeat(0)), initial=0))
    if (bound := max(sums) - min(sums)) <= allowed:
        return bound
    rises: Iterable[int] = map(sub, sums, accumulate(sums, min))
    return max(rises)


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
