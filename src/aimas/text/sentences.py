"""Where sentences begin and end: by rule, in one pass, for Russian, Kazakh and English alike."""

import re
from collections.abc import Iterator

from aimas.core import Span
from aimas.text.lists import listed

LONGEST = 2_000
"""Characters; a longer stretch without an end (a table, a broken page) is cut at spaces."""

_CANDIDATE = re.compile(r"""[\n\r\x0b\x0c\x85\u2028\u2029]+|[.!?…]+[»”“"'’)\]]*(?=\s|$)""")

_abbreviations = listed("abbreviations.txt")
_NEVER_ENDS = _abbreviations["never"]
_ENDS_BEFORE_OPENER = _abbreviations["before-opener"]
_ENDS_BEFORE_CAPITAL = _abbreviations["before-capital"]
_OPENERS = _abbreviations["opener"]
_OPENING = "«“„\"'‘([{—–-•*·‹"
_LEFT_TOKEN = re.compile(r"(?:[^\W_]|[-.’'])+$")
_RIGHT_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]")


def sentences(text: str) -> list[Span]:
    """Spans in order, trimmed of space, none empty; every character that is not space lies in exactly one.

    A newline always ends a sentence; none is longer than `LONGEST`.
    """
    found: list[Span] = []
    start = 0
    for end in _ends(text):
        _add(found, text, start, end)
        start = end
    _add(found, text, start, len(text))
    return found


def _add(found: list[Span], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    body = piece.strip()
    if not body:
        return
    start += len(piece) - len(piece.lstrip())
    end = start + len(body)
    while end - start > LONGEST:
        cut = max(
            text.rfind(" ", start + 1, start + LONGEST + 1), text.rfind("\t", start + 1, start + LONGEST + 1)
        )
        if cut <= start:
            cut = start + LONGEST
        kept = text[start:cut].rstrip()
        found.append(Span(start, start + len(kept)))
        start = cut
        while start < end and text[start].isspace():
            start += 1
    if start < end:
        found.append(Span(start, end))


def _ends(text: str) -> Iterator[int]:
    length = len(text)
    begun = 0
    for match in _CANDIDATE.finditer(text):
        at, end = match.span()
        sign = text[at]
        if sign in "\n\r\x0b\x0c\x85\u2028\u2029":
            begun = end
            yield end
            continue
        following = end
        while following < length and text[following] in " \t\xa0\u202f\u2009":
            following += 1
        if following < length and not _ended(text, begun, at, end, following):
            continue
        begun = end
        yield end


def _ended(text: str, begun: int, at: int, end: int, following: int) -> bool:
    """Whether the sign at `at`, closed at `end`, ends what `begun`; the text goes on at `following`."""
    after = text[following]
    if after.islower():
        return False
    if not after.isalnum():
        if after not in _OPENING:
            return after.isprintable() and after not in ",;:.!?…)]}»”%"
        ahead = following + 1
        while ahead < len(text) and (text[ahead] in _OPENING or text[ahead] in " \t\xa0"):
            ahead += 1
        if ahead < len(text) and text[ahead].islower():
            return False
    if text[at] != "." or end - at > 1:
        return True
    left = _LEFT_TOKEN.search(text, max(begun, at - 24), at)
    if left is None:
        return True
    token = left.group()
    if token[0].isdigit():
        # "1. First" and "12.05. Meeting" open a line; a number in the middle may well end a sentence.
        return bool(text[begun : left.start()].strip())
    word = token.lower()
    right = _RIGHT_WORD.match(text, following)
    opener = right is not None and right.group().lower() in _OPENERS
    if word in _ENDS_BEFORE_CAPITAL:
        return True
    if word in _NEVER_ENDS:
        return False
    if word in _ENDS_BEFORE_OPENER:
        return opener
    if _INITIALS.fullmatch(token):
        # "А. И. Иванов" goes on, "U.S. The" does not.
        return opener and token.isupper() and right is not None and right.end() - following > 1
    return True
