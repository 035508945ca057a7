"""What the teacher misses: paragraphs beside those it took, and texts that drown in a page of links."""

from collections import Counter

from selectolax.lexbor import LexborHTMLParser

from aimas.extraction.cleaning import words_key
from aimas.extraction.templates import PATH, Block, blocks, holder

_PARAGRAPH_CHARACTERS = 60
_SURE_CHARACTERS = 30
_SUBHEADS = frozenset(("h2", "h3", "h4", "li"))
_MISSED_SHARE = 0.15
"""Less than this share of missed text is left alone: it is captions and teasers more often than news."""
_MAIN_SHARE = 0.25
_LINK_SHARE = 0.4
_RUNNING_CHARACTERS = 80


def with_missed_paragraphs(tree: LexborHTMLParser, text: str) -> str:
    """Adds paragraphs, lists and subheads that stand in the teacher's own containers and that it passed over.

    A text cut at its first inserted quote comes back whole; single missed paragraphs are captions and teasers
    more often than news: they stay out unless they make up a good part; subheads and lists always come back.
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
    if running_characters(text) >= 0.5 * len(text):
        return False
    links = {words_key(node.text()) for node in tree.css("a")}
    linked = sum(len(line) for line in lines if words_key(line) in links)
    return linked >= _LINK_SHARE * len(text)


def running_characters(text: str) -> int:
    """Characters in lines as long as sentences are."""
    return sum(len(line) for line in text.split("\n") if len(line) >= _RUNNING_CHARACTERS)


def densest_text(tree: LexborHTMLParser) -> str:
    """Running text of the kind of container that holds most of it; empty where there is none."""
    found: dict[str, list[str]] = {}
    for block in blocks(tree):
        if len(block.text) >= _PARAGRAPH_CHARACTERS and block.linked < _LINK_SHARE * len(block.text):
            found.setdefault(holder(block.path.rpartition(PATH)[0]), []).append(block.text)
    return "\n".join(max(found.values(), key=lambda parts: sum(map(len, parts)), default=[]))


def _leaf(block: Block) -> str:
    return block.path.rpartition(PATH)[2]
