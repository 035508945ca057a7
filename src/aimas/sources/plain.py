"""HTML of a feed's entry → the words in it, a paragraph a line, without those that name its author."""

import html
import re

import lxml.etree
import lxml.html

_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "ul",
        "ol",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "blockquote",
        "pre",
        "tr",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "figure",
        "dd",
        "dt",
        "hr",
    ]
)
_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "svg",
        "object",
        "form",
        "button",
        "select",
        "figcaption",
        "cite",
        "address",
    ]
)
_AUTHOR = re.compile(
    r"(?i)(?:^|[\s_-])(?:author|byline|by-line|vcard|credit|signature|username|handle)s?(?:$|[\s_-])"
)
_FOOTER = re.compile(
    r"(?im)^(?:the post .{0,300} (?:appeared first on|first appeared on) .*|"
    r"(?:сообщение|запись) .{0,300} (?:появил(?:ись|ось|ась) сначала|впервые появил(?:ась|ось)) .*|"
    r"читать (?:далее|полностью).{0,40}|read more.{0,20}|"
    r"толығырақ.{0,20}|\[(?:…|\.\.\.)\])\s*$"
)
_TAG = re.compile(r"<[a-zA-Z!/][^<>]{0,2000}>")


def plain_text(markup: str) -> str:
    """Paragraphs joined by one newline; empty where there are no words."""
    if not _TAG.search(markup):
        return _tidy(html.unescape(markup))
    try:
        root = lxml.html.fragment_fromstring(markup, create_parent="div")
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return _tidy(html.unescape(_TAG.sub(" ", markup)))
    parts: list[str] = []
    # An explicit stack: markup nested ten thousand deep must not exhaust Python's own.
    stack: list[lxml.html.HtmlElement | str] = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            parts.append(node)
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        after: list[lxml.html.HtmlElement | str] = []
        is_block = tag in _BLOCKS
        if tag and tag not in _DROPPED and not _names_author(node):
            if is_block:
                after.append("\n")
            after.append(_flat(node.text))
            for child in node:
                after.append(child)
                after.append(_flat(child.tail))
            if is_block:
                after.append("\n")
        stack.extend(reversed(after))
    return _tidy("".join(parts))


def plain_title(markup: str) -> str:
    """One line."""
    return " ".join(plain_text(markup).split())


def _names_author(node: lxml.html.HtmlElement) -> bool:
    marks = f"{node.get('class', '')} {node.get('itemprop', '')} {node.get('rel', '')}"
    return bool(marks.strip()) and bool(_AUTHOR.search(marks))


def _flat(text: str | None) -> str:
    return re.sub(r"\s+", " ", text) if text else ""


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.replace("\xad", "").splitlines())
    joined = "\n".join(line for line in lines if line)
    return "\n".join(line for line in _FOOTER.sub("", joined).splitlines() if line)
