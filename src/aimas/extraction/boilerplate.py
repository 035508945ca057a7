"""What surrounds a text on a page, told by names in the markup and by the words of a line."""

import re
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from aimas.extraction.cleaning import clean_line, words_key
from aimas.extraction.dates import is_date_line
from aimas.extraction.markup import remove

# Parts of class names and ids, split at "-", "_" and capitals, that designers give to what is not the text.
_JUNK_NAMES = frozenset(
    """
    newsletter newsletters subscribe subscription signup related recirc recirculation recommended
    recommendations recommend outbrain taboola promo promos promobox advert advertisement
    advertising adfox banner banners share sharing shares sharebar social socials breadcrumb
    breadcrumbs comments comment respond disqus cookie cookies gdpr consent popup modal readmore
    alsoread seealso reprint reprints tagcloud toplist popular trending sidebar likely donate
    donation widget widgets rollover tooltip toolbar pagination pager mgid relap infobox factbox incut inset
    teaser teasers
    """.split()  # noqa: SIM905
)
_LAYOUT_NAMES = frozenset(("body", "content", "layout", "page", "wrapper"))
"""With one of these beside it a junk name tells where something stands: "sidebar-fixed article-body"."""
_JUNK_PAIRS = """
    read-more read-also also-read see-also more-news more-on more-stories most-read most-popular
    you-may tag-list post-tags article-tags news-tags author-bio print-only copyright-notice sign-up
    follow-us next-article other-news last-news latest-news similar-news similar-posts top-news
    hot-news
    """.split()  # noqa: SIM905
_JUNK_PAIR = re.compile("|".join(pair.replace("-", "[-_]?") for pair in _JUNK_PAIRS), re.IGNORECASE)
_NAME_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)

_CANDIDATES = "[class], [id], [style*=none i], [hidden], [aria-hidden=true]"
_WHOLE = frozenset(("html", "body", "main", "article", "head", "a", "p", "h1"))
_LARGEST_SHARE = 0.3
"""A named part that holds more of the page's text than this is its layout, whatever its name."""

_SHARING = re.compile(r"twitter\.com|//x\.com|facebook\.com|/intent/|share", re.IGNORECASE)
"""A quotation from the text, set apart, may carry a link that posts it."""
_CARD_PARTS = "div, p, h2, h3, h4, h5, li"
"""A link around one of these is a card that leads to another text."""

_MAY_LEAD_AWAY = "p, div, blockquote, table, aside"
_HEADLINE_CHARACTERS = 20
_HEADLINES = 3
_LIST_SHARE = 0.6
_LONGEST_CARD = 2_000
_MENU_LINKS = 8
_MENU_SHARE = 0.8
_INVITING_CHARACTERS = 60

LINK_PARAGRAPH_SHARE = 0.9
"""A paragraph that is a link from end to end leads away ("read also"); whole news never is."""

# Starts of lines that invite elsewhere, in the three languages.
_INVITATION = re.compile(
    r"^\W*(?:"
    r"(?:читайте|смотрите|слушайте)\s+(?:также|ещё|еще|подробнее|далее)|(?:ранее|по)\s+теме\s*:|материалы?\s+по\s+теме"
    r"|подробнее\s*:|читать\s+(?:далее|также|ещё|еще|полностью)|другие\s+новости|новости\s+по\s+теме|похожие\s+(?:новости|материалы)"
    r"|(?:подпи(?:сывайтесь|саться|сывайся|ска|шитесь|шись)\s+на|следите\s+за|присоединяйтесь\s+к)\b.*"
    r"|(?:нашли|заметили|увидели)\s+(?:ошибку|опечатку)|выделите\s+(?:её|ее|ошибку|текст)|поделиться|поделитесь|распечатать"
    r"|(?:ctrl\s*\+\s*enter)|комментари[ийев]+(?:\s*[(:]?\d*\)?)?\s*$|оставить\s+комментарий|добавить\s+комментарий"
    r"|на\s+правах\s+рекламы|реклама\s*$|(?:самое\s+)?(?:популярное|читаемое|обсуждаемое|главное|важное)\W*$|последние\s+новости\W*$|теги\s*:|тэги\s*:|источник\s*:|все\s+права\s+защищены|просмотр(?:ов|ы)\s*:"
    r"|(?:сондай-ақ|тағы(?:\s+да)?|толық|сонымен\s+қатар)\s+оқыңыз|осы\s+тақырып(?:та|қа)|оқи\s+отырыңыз|оқыңыз\s*:|тақырып\s+бойынша|толығырақ\s*:|басқа\s+жаңалықтар|ұқсас\s+жаңалықтар"
    r"|(?:бізге\s+|арнамызға\s+|парақшамызға\s+).*(?:жазылыңыз|қосылыңыз)|.*\bжазылыңыз[.!]?\s*$|.{0,40}(?:хатқа|таратылымға|арнаға|жаңалықтарға)\s+жазылыңыз|бөлісу|бөлісіңіз|пікір(?:лер)?\s*[(:]?\d*\)?\s*$"
    r"|пікір\s+қалдыру|жарнама\s*$|(?:көп|ең\s+көп)\s+оқылған(?:дар)?\W*$|соңғы\s+жаңалықтар\W*$|тегтер\s*:|дереккөз\s*:|барлық\s+құқықтар|қара(?:улар?|лым)\s*:|қате\s+тапсаңыз"
    r"|(?:read|see)\s+(?:more|also|next|our)\b|also\s+(?:on|read|see)\b|related\s*(?::|stories|articles|posts|news|content|coverage|$)"
    r"|more\s+(?:on|from|about)\b.{0,60}$|recommended\s*(?:$|:|for)|don[’']?t\s+miss\b|explore\s+further|click\s+here\b|sign\s+up\b|subscribe\b"
    r"|(?:get|download)\s+(?:the|our)\s+.{0,40}\b(?:app|newsletter|letter|digest|briefing)\b|follow\s+(?:us|@|.{2,40}\bon\s+(?:twitter|facebook|instagram))"
    r"|like\s+(?:this|us)\b|share\s+(?:this|on|via)\b|tell\s+us\s+what|comments?\s*(?:\(?\d*\)?)\s*$|leave\s+a\s+comment|view\s+comments"
    r"|copyright\b|©|\(c\)\s*\d{4}|all\s+rights\s+reserved|this\s+(?:copy|material)\s+(?:is|may)\s+|source\s*:|print\s+(?:this\s+)?article|order\s+reprints"
    r"|an?\s+error\s+(?:has\s+)?occurred|there\s+was\s+an\s+error|thanks?\s+(?:you\s+)?(?:for\s+signing|$)|thank\s+you\W*$|advertisement\W*$|scroll\s+(?:down|to\s+continue)"
    r"|if\s+you\s+(?:enjoyed|liked|buy)\b|we\s+may\s+(?:earn|receive)\b|filed\s+under|tags?\s*:|posted\s+in\b|updated?\s*:|published\s*:|write\s+to\s"
    r"|download\s+the\b|tune\s+in\b|get\s+(?:the\s+)?(?:latest|day[’']?s|top|breaking)\b"
    r")",
    re.IGNORECASE,
)
_INVITATION_CHARACTERS = 220
_ALL_RIGHTS = re.compile(r"all rights reserved|все права защищены|барлық құқықтар қорғалған", re.IGNORECASE)
_BARE_ADDRESS = re.compile(r"^\W*(?:https?://|www\.)\S+\W*$")
_EDGE_LINES = 3
_MENU_LINES = 40
_MENU_CHARACTERS = 60


def strip_boilerplate(tree: LexborHTMLParser) -> None:
    """Takes out what its markup calls an advert, a share bar, comments, …; never a large part of the page."""
    body = tree.body
    if body is None:
        return
    largest = _LARGEST_SHARE * len(body.text())
    found = [node for node in body.css(_CANDIDATES) if node.tag not in _WHOLE and is_junk(node)]
    remove(node for node in found if len(node.text()) <= largest and node.css_first("h1") is None)
    linked = _holders_of_links(body)
    remove(
        node
        for node in body.css(_MAY_LEAD_AWAY)
        if node.mem_id in linked and (leads_away(node) or invites(node))
    )
    remove(lists_of_links(body, largest))
    remove(
        link
        for link in body.css("a")
        if not _is_plain(link) and link.css_first(_CARD_PARTS) is not None and link.css_first("h1") is None
    )


def _holders_of_links(body: LexborNode) -> set[int]:
    found: set[int] = set()
    for link in body.css("a"):
        holder = link.parent
        while holder is not None and holder.mem_id not in found:
            found.add(holder.mem_id)
            holder = holder.parent
    return found


def _is_plain(node: LexborNode) -> bool:
    """Nothing but text inside."""
    inside = node.child
    return inside is None or (inside.tag == "-text" and inside.next is None)


def leads_away(block: LexborNode) -> bool:
    """A paragraph, or another block with nothing but a link in it, that is a link from end to end."""
    link = block.css_first("a") if block.tag == "p" else block.child
    while link is not None and link.tag == "-text" and not (link.text_content or "").strip():
        link = link.next
    if link is None or (block.tag == "blockquote" and _SHARING.search(link.attributes.get("href") or "")):
        return False
    if (block.tag != "p" and link.tag != "a") or block.css_first("img") is not None:
        return False
    whole = len(block.text(strip=True))
    if whole > _LONGEST_CARD:
        return False
    linked = sum(len(part.text(strip=True)) for part in block.css("a"))
    return bool(whole) and linked >= LINK_PARAGRAPH_SHARE * whole


def invites(block: LexborNode) -> bool:
    """A small part with a link that begins with «Читайте также», whatever its markup."""
    if block.css_first("a") is None:
        return False
    if len(block.text(strip=True)) > _INVITATION_CHARACTERS:
        return False
    text = clean_line(block.text(separator=" "))
    return is_invitation(text) and not is_sentence_behind(block, text)


def is_sentence_behind(block: LexborNode, text: str) -> bool:
    """Most of a line is words that no link holds: a text that happens to begin like an invitation."""
    linked = sum(len(part.text(strip=True)) for part in block.css("a"))
    return len(text) - linked > _INVITING_CHARACTERS


def lists_of_links(body: LexborNode, largest: float) -> list[LexborNode]:
    """The largest parts around links that are little but headlines of other texts."""
    seen: dict[int, bool] = {}
    large: dict[int, bool] = {}
    found: list[LexborNode] = []
    for link in body.css("a[href]"):
        current, best = link.parent, None
        while current is not None and current.tag not in _WHOLE:
            is_list = seen.get(current.mem_id)
            if is_list is None:
                is_list = seen[current.mem_id] = _is_list_of_links(current, largest)
                if is_list:
                    best = current
            elif is_list:
                best = None
            if not is_list:
                if best is not None:
                    break
                if current.mem_id not in large:
                    large[current.mem_id] = len(current.text()) > largest
                if large[current.mem_id]:
                    break
            current = current.parent
        if best is not None:
            found.append(best)
    return _outermost(found)


def _outermost(nodes: list[LexborNode]) -> list[LexborNode]:
    chosen = {node.mem_id for node in nodes}
    outer = []
    for node in nodes:
        parent = node.parent
        while parent is not None and parent.mem_id not in chosen:
            parent = parent.parent
        if parent is None:
            outer.append(node)
    return outer


def _is_list_of_links(node: LexborNode, largest: float) -> bool:
    whole = len(node.text(strip=True))
    if whole > largest:
        return False
    links = [len(link.text(strip=True)) for link in node.css("a[href]")]
    headlines = [size for size in links if size >= _HEADLINE_CHARACTERS]
    if len(headlines) < _HEADLINES and len(links) < _MENU_LINKS:
        return False
    return (
        sum(links) >= (_LIST_SHARE if len(headlines) >= _HEADLINES else _MENU_SHARE) * whole
        and whole - sum(links) < _HEADLINE_CHARACTERS * 2 * len(links)
        and node.css_first("h1") is None
    )


def is_junk(node: LexborNode) -> bool:
    """By name or by being hidden."""
    attributes = node.attributes
    if "hidden" in attributes or _HIDDEN.search(attributes.get("style") or ""):
        return True
    names = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    return _is_junk_name(names)


@lru_cache(maxsize=8192)
def _is_junk_name(names: str) -> bool:
    parts = {part.lower() for part in _NAME_PARTS.findall(names)}
    if not _LAYOUT_NAMES.isdisjoint(parts):
        return False
    return not _JUNK_NAMES.isdisjoint(parts) or bool(_JUNK_PAIR.search(names))


def without_invitations(text: str, title: str) -> str:
    """Without lines that lead elsewhere, and without the title, a date or an address alone at the edges."""
    lines = text.split("\n")
    title_key = words_key(title)
    lines = lines[_headline_end(lines, title_key) :]
    kept = [line for line in lines if not is_invitation(line)]
    for _ in range(_EDGE_LINES):
        if len(kept) > 1 and (
            _BARE_ADDRESS.match(kept[0]) or is_date_line(kept[0]) or _repeats(kept[0], title_key)
        ):
            kept.pop(0)
        if len(kept) > 1 and _BARE_ADDRESS.match(kept[-1]):
            kept.pop()
    return "\n".join(kept)


def _headline_end(lines: list[str], title_key: str) -> int:
    """Where the text begins if a menu and then the headline stand before it, else 0."""
    if not title_key:
        return 0
    for index, line in enumerate(lines[:_MENU_LINES]):
        if len(lines) > index + 1 and words_key(line) == title_key:
            return index + 1
        if len(line) > _MENU_CHARACTERS and not _repeats(line, title_key):
            break
    return 0


def is_invitation(line: str) -> bool:
    if len(line) > _INVITATION_CHARACTERS:
        return False
    return bool(_INVITATION.match(line) or _ALL_RIGHTS.search(line))


def _repeats(line: str, title_key: str) -> bool:
    key = words_key(line)
    if not key or not title_key:
        return False
    shorter, longer = sorted((key, title_key), key=len)
    return shorter in longer and len(shorter) * 10 >= len(longer) * 7
