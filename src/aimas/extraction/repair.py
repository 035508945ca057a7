"""What the teacher misses: paragraphs beside those it took, and texts that drown in a page of links."""

from collections import Counter

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aimas.extraction.cleaning import clean_line, words_key
from aimas.extraction.templates import PATH, Block, blocks, holder

_PARAGRAPH_CHARACTERS = 60
_SURE_CHARACTERS = 30
_SUBHEADS = frozenset(("h2", "h3", "h4", "li"))
_MISSED_SHARE = 0.15
"""Less than this share of missed text is left alone: it is captions and teasers more often than news."""
_MAIN_SHARE = 0.25
_LINK_SHARE = 0.4
_RUNNING_CHARACTERS = 80
_INLINE = frozenset(
    ("b", "i", "em", "strong", "span", "u", "font", "sup", "sub", "mark", "q", "cite", "abbr", "-text")
)


def with_missed_paragraphs(tree: LexborHTMLParser, text: str) -> str:
    """Adds paragraphs, lists and subheads that stand in the teacher's own containers and that it passed over.

    A text cut at its first inserted quote comes back whole; single missed paragraphs are captions and teasers more
    often than news, so these stay out unless they make up a good part, while subheads come back always.
    """
    lines = text.split("\n")
    place = {words_key(line): index for index, line in enumerate(lines)}
    joined = f" {words_key(text)} "
    taken: Counter[str] = Counter()
    missed: list[tuple[str, Block, int]] = []
    after = -1
    for block in blocks(tree):
        key = words_key(block.text)
        index = place.get(key)
        if index is not None or (len(key) >= _SURE_CHARACTERS and f" {key} " in joined):
            after = max(after, index) if index is not None else after
            taken[holder(block.path.rpartition(PATH)[0])] += len(key)
        elif key and after >= 0 and block.linked < _LINK_SHARE * len(block.text):
            missed.append((holder(block.path.rpartition(PATH)[0]), block, after))
    main = {container for container, size in taken.items() if size >= _MAIN_SHARE * len(text)}
    found = [(block, after) for container, block, after in missed if container in main]
    size = sum(len(block.text) for block, _ in found)
    if size < _MISSED_SHARE * len(text):
        found = [
            (block, after) for block, after in found if _leaf(block) in _SUBHEADS and after < len(lines) - 1
        ]
    for block, after in reversed(found):
        lines.insert(after + 1, block.text)
    return "\n".join(lines)


def is_mostly_links(tree: LexborHTMLParser, text: str) -> bool:
    """The teacher gave up and took the whole page: menus, archives, cards."""
    lines = text.split("\n")
    if len(lines) < 12:
        return False
    running = sum(len(line) for line in lines if len(line) >= _RUNNING_CHARACTERS)
    if running >= 0.5 * len(text):
        return False
    links = {words_key(node.text()) for node in tree.css("a")}
    linked = sum(len(line) for line in lines if words_key(line) in links)
    return linked >= _LINK_SHARE * len(text)


def densest_text(tree: LexborHTMLParser) -> str:
    """Running text of the container that holds most of it; empty where there is none."""
    found: dict[int, list[str]] = {}
    for node in tree.css("p, div, td, section, article, blockquote, li"):
        own = _own_text(node)
        if len(own) < _PARAGRAPH_CHARACTERS:
            continue
        holder = (
            node if node.tag in ("div", "td", "section", "article") or node.parent is None else node.parent
        )
        found.setdefault(holder.mem_id, []).append(own)
    return "\n".join(max(found.values(), key=lambda parts: sum(map(len, parts)), default=[]))


def _own_text(node: LexborNode) -> str:
    parts = [
        child.text_content or "" if child.tag == "-text" else child.text()
        for child in node.iter(include_text=True)
        if child.tag in _INLINE
    ]
    return clean_line(" ".join(parts))


def _leaf(block: Block) -> str:
    return block.path.rpartition(PATH)[2]
