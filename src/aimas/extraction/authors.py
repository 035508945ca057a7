"""Parts of a page that name its authors and commenters leave its tree before any text is taken."""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aimas.extraction.cleaning import clean_line, words_key
from aimas.extraction.credits import CREDIT_CHARACTERS, Credit, credit_of, is_bare_name
from aimas.extraction.dates import without_dates

_HINT = re.compile(
    r"[@＠]\w|(?:^|[^\w]|\d)(?:(?i:автор|мәтін|текст\s*:|подготовил|дайындаған|әзірлеген|жазған|беседовал|записал|сұхбаттасқан|authors?\b"
    r"|(?:written|reported|reporting|edited|posted|story|words|text)\s+by\b)|(?:By|BY|by)\s)"
)
_AUTHOR_PATH = re.compile(
    r"(?:^mailto:|/(?:authors?|avtory?|avtorlar|avtor|journalists?|reporters?|columnists?|writers?|contributors?"
    r"|staff|profiles?|by|users?|redaktor)(?:[/?=]|$))|[?&](?:author|avtor|user)=",
    re.IGNORECASE,
)
_COMMENTS = re.compile(
    r"\W*(?:\d+\s+)?(?:комментари(?:и|ев|й|я)(?:\s+(?:читателей|пользователей|к\s+(?:статье|записи|новости|материалу)))?|обсуждение"
    r"|отзывы(?:\s+читателей)?|оставьте\s+комментарий|пікір(?:лер)?(?:\s+жазу)?|талқылау|оқырман\s+пікір(?:і|лері)?"
    r"|(?:readers['’]?\s+)?comments?|discussion|responses|letters\s+from\s+readers)\s*[(:]?\s*\d*\s*\)?\W*",
    re.IGNORECASE,
)
_REPLIES = re.compile(
    r"[@＠]\w|(?<!\w)(?:ответить|пожаловаться|жауап\s+беру|reply|цитировать)(?!\w)", re.IGNORECASE
)
_SPEAKER = re.compile(r"\s*[@＠][\w.]+\s*(?::|—|–|\(|$)")

_LONG = 80
"""Characters without a break that only a text's own paragraphs have."""
_NEAR_HEADLINE = 14
"""Pieces of text behind the headline among which a byline stands."""
_BESIDE = 3
_LONGEST_RUN = 15
"""Inline neighbours looked at on each side: a credit has no more."""
_MOST_LINKS = 3_000
_MOST_DISCUSSIONS = 8
_ITEM_DEPTH = 4
_HEADINGS = frozenset(("h1", "h2"))
_INLINE = frozenset(
    "a abbr address b big cite em font i label mark small span strong sub sup time u -text".split()  # noqa: SIM905
)
_NEVER_TAKEN = frozenset(("html", "body", "article", "main", "td", "table", "tbody", "tr"))
_ITEMS = frozenset(("li", "div", "p", "dd", "section"))
_LISTED = frozenset(("li", "td", "dd"))
_COMMENT_SHARE = 0.3
_DISCUSSION_SHARE = 0.6
_ALONE = frozenset(("p", "div", "address", "em", "i", "b", "strong", "span", "cite"))


def strip_authors(tree: LexborHTMLParser, title: str, known: Sequence[str] = ()) -> None:
    """`known` are the names that the page's own metadata gives as its authors."""
    body = tree.body
    if body is None:
        return
    pieces = [node for node in body.traverse(include_text=True) if node.tag == "-text" and node.text_content]
    pieces = [node for node in pieces if (node.text_content or "").strip()]
    texts = [node.text_content or "" for node in pieces]
    found: dict[int, LexborNode] = {}
    refused: set[int] = set()
    for node in _comments(pieces, texts):
        found.setdefault(node.mem_id, node)
    for node in _credits(pieces, texts, known, refused):
        found.setdefault(node.mem_id, node)
    for link in islice(body.css("a[href]"), _MOST_LINKS):
        if _AUTHOR_PATH.search(link.attributes.get("href") or "") and len(link.text()) <= CREDIT_CHARACTERS:
            for node in _part(link, known, 1, refused):
                found.setdefault(node.mem_id, node)
    for node in _beside_headline(pieces, texts, title, known):
        found.setdefault(node.mem_id, node)
    inside = set(found)
    for node in found.values():
        if not any(parent.mem_id in inside for parent in _ancestors(node)):
            node.decompose()


def _credits(
    pieces: Sequence[LexborNode], texts: Sequence[str], known: Sequence[str], refused: set[int]
) -> Iterator[LexborNode]:
    for node, text in zip(pieces, texts, strict=True):
        if len(text) <= CREDIT_CHARACTERS and (_HINT.search(text) or any(name in text for name in known)):
            yield from _part(node, known, 0, refused)


def _part(node: LexborNode, known: Sequence[str], marks: int, refused: set[int]) -> list[LexborNode]:
    """The largest part around `node` that is nothing but a credit; `marks` are given by the markup.

    `refused` holds parts known to be more: their text is taken once, however many handles stand in them.
    """
    best: LexborNode | None = None
    current: LexborNode | None = node
    while current is not None and current.tag not in _NEVER_TAKEN and (current.mem_id not in refused):
        credit = credit_of(_text(current), known)
        if credit is None:
            refused.add(current.mem_id)
        if credit is None or current.css_first("h1, h2, img + p") is not None:
            break
        if _is_enough(credit, marks):
            best = current
        current = current.parent
    if best is not None and best.tag not in _INLINE:
        return [best]
    run = _run(best or node)
    credit = credit_of(" ".join(_text(part) for part in run), known)
    if credit is not None and _is_enough(credit, marks):
        return run
    if best is None or best.tag == "-text":
        return []
    # A name or a handle inside a sentence is what the text says; "By Jane Doe" in a wrapping of its own is not.
    own = credit_of(_text(best), known)
    return [best] if own is not None and own.labels and own.names else []


def _is_enough(credit: Credit, marks: int) -> bool:
    return credit.is_sure or bool(marks and credit.names)


def _run(node: LexborNode) -> list[LexborNode]:
    """Inline neighbours between two breaks or blocks."""
    while node.parent is not None and node.parent.tag in _INLINE and node.prev is None and node.next is None:
        node = node.parent
    run = [node]
    before, after = node.prev, node.next
    while before is not None and before.tag in _INLINE and len(run) < _LONGEST_RUN:
        run.insert(0, before)
        before = before.prev
    while after is not None and after.tag in _INLINE and len(run) < 2 * _LONGEST_RUN:
        run.append(after)
        after = after.next
    return run


def _beside_headline(
    pieces: Sequence[LexborNode], texts: Sequence[str], title: str, known: Sequence[str]
) -> Iterator[LexborNode]:
    """Names alone, or with a date, between the headline and the first paragraph."""
    start = _headline(pieces, texts, title)
    if start is None:
        return
    end = start + 1
    while end < len(texts) and end <= start + _NEAR_HEADLINE and len(texts[end]) < _LONG:
        end += 1
    dated = [
        index
        for index in range(max(0, start - _BESIDE), end)
        if index != start and len(texts[index]) < _LONG and without_dates(texts[index])[1]
    ]
    for index in range(start + 1, end):
        node, text = pieces[index], clean_line(texts[index])
        parent = node.parent
        if parent is None or parent.tag in _LISTED:
            continue
        if is_bare_name(text):
            if index <= start + 2 or any(abs(index - place) <= _BESIDE for place in dated):
                yield from _alone(node)
        elif index in dated and (credit := credit_of(text, known)) is not None and credit.names:
            yield from _alone(node)


def _alone(node: LexborNode) -> list[LexborNode]:
    """`node` in as many wrappings as hold nothing else, unless it begins a sentence."""
    run = _run(node)
    if len(run) > 1 and credit_of(" ".join(_text(part) for part in run)) is None:
        return []
    own = words_key(_text(node))
    current = node
    while (
        current.parent is not None
        and current.parent.tag in _ALONE
        and words_key(_text(current.parent)) == own
    ):
        current = current.parent
    return [current]


def _headline(pieces: Sequence[LexborNode], texts: Sequence[str], title: str) -> int | None:
    key = words_key(title)
    for index, node in enumerate(pieces):
        if any(parent.tag == "h1" for parent in _ancestors(node, 3)):
            return index
    for index, text in enumerate(texts):
        if key and len(text) < CREDIT_CHARACTERS and words_key(text) == key:
            return index
    return None


def _comments(pieces: Sequence[LexborNode], texts: Sequence[str]) -> Iterator[LexborNode]:
    """Everything behind a heading that says "Comments"; and lists of lines that begin with a handle."""
    total = sum(map(len, texts))
    before = tried = 0
    for node, text in zip(pieces, texts, strict=True):
        if len(text) < 60 and tried < _MOST_DISCUSSIONS and _COMMENTS.fullmatch(text):
            tried += 1
            head = node
            own = words_key(_text(node))
            while head.parent is not None and _COMMENTS.fullmatch(_text(head.parent)):
                head = head.parent
            if own and head.tag not in _NEVER_TAKEN and head.css_first("a[href^='#']") is None:
                behind = list(_following(head))
                size = sum(len(_text(part)) for part in behind)
                share = _DISCUSSION_SHARE if any(map(_has_replies, behind)) else _COMMENT_SHARE
                if size <= share * total and size <= before:
                    yield head
                    yield from behind
        elif _SPEAKER.match(text):
            yield from _spoken(node)
        before += len(text)


def _spoken(node: LexborNode) -> list[LexborNode]:
    """A list item or line that a handle opens, if one beside it is opened by a handle too."""
    for current in _ancestors(node, _ITEM_DEPTH):
        if current.tag in _NEVER_TAKEN:
            break
        if current.tag in _ITEMS:
            beside = [part for part in (current.prev, current.next) if part is not None]
            beside += [part for near in beside for part in (near.prev, near.next) if part is not None]
            if any(part.mem_id != current.mem_id and _SPEAKER.match(part.text()) for part in beside):
                return [current]
    return []


def _has_replies(node: LexborNode) -> bool:
    return _REPLIES.search(_text(node)) is not None


def _following(node: LexborNode) -> Iterator[LexborNode]:
    """Siblings behind a heading until one of the page's parts with a headline of its own."""
    current = node.next
    while current is not None:
        if current.tag in _HEADINGS or current.tag in ("article", "footer"):
            return
        yield current
        current = current.next


def _ancestors(node: LexborNode, most: int = 1_000) -> Iterator[LexborNode]:
    parent = node.parent
    while parent is not None and most:
        yield parent
        parent = parent.parent
        most -= 1


def _text(node: LexborNode) -> str:
    return (node.text_content or "") if node.tag == "-text" else node.text(separator=" ")
