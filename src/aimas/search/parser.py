"""The query language: text → tree, with every mistake located and answered with a hint."""

import re
from calendar import monthrange
from datetime import date, timedelta
from difflib import get_close_matches

import msgspec

from aimas.core import Language, LocatedError, Tone
from aimas.search.tree import (
    And,
    Dated,
    Everything,
    InTitle,
    Is,
    Marked,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Word,
)
from aimas.text import words as words_of

MAX_LENGTH = 4_000
MAX_DEPTH = 50
MAX_CLAUSES = 300
MAX_NEAR = 100

FIELDS = ("title", "source", "lang", "tone", "theme", "region", "institution", "date", "fetched", "is", "id")
MARKS = ("undated", "dated", "relevant", "revised")

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#(?=\s|$)[^\n]*|/\*.*?\*/)
      | (?P<phrase>=?"[^"]*"|=?«[^»]*»|=?“[^”]*”|=?„[^“”]*[“”])
      | (?P<near>O?NEAR/(?P<n>\d+)(?=\s|\(|$))
      | (?P<open>\() | (?P<close>\))
      | (?P<not>NOT(?=[\s(]|$)|-(?=[^\s]))
      | (?P<and>AND(?=[\s(]|$)) | (?P<or>OR(?=[\s(]|$))
      | (?P<field>[A-Za-z_]+):(?!//)
      | (?P<word>[^\s()"«»“”„]+)
    """,
    re.VERBOSE | re.DOTALL,
)


class QueryError(LocatedError):
    """The query is not understood at the place told."""


class _Token(msgspec.Struct, frozen=True):
    kind: str
    text: str
    start: int
    end: int


def parse(text: str, today: date) -> Node:
    """`today` gives meaning to `date:today`, `date:-7d..`; raises QueryError."""
    if len(text) > MAX_LENGTH:
        raise QueryError(f"A query has at most {MAX_LENGTH} characters.", MAX_LENGTH, len(text))
    try:
        return _Parser(text, today).whole()
    except QueryError as error:
        error.query = text
        raise


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            if text[at] in "»”":
                raise QueryError("This quotation mark was never opened.", at, at + 1)
            raise QueryError("This quotation mark is never closed.", at, len(text))
        kind = str(found.lastgroup if found.lastgroup != "n" else "near")
        if kind != "space":
            value = found["field"] if kind == "field" else found[0]
            tokens.append(_Token(kind, value, found.start(), found.end()))
        at = found.end()
    return tokens


class _Parser:
    def __init__(self, text: str, today: date) -> None:
        self._text = text
        self._today = today
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._clauses = 0

    def whole(self) -> Node:
        if not self._tokens:
            return Everything()
        node = self._either()
        if (token := self._peek()) is not None:
            raise QueryError("A bracket is closed that was never opened.", token.start, token.end)
        return node

    def _peek(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *kinds: str) -> _Token | None:
        token = self._peek()
        if token is None or token.kind not in kinds:
            return None
        self._at += 1
        return token

    def _either(self) -> Node:
        nodes = [self._all()]
        while self._take("or"):
            nodes.append(self._all())
        if len(nodes) == 1:
            return nodes[0]
        return Or(tuple(m for n in nodes for m in (n.nodes if isinstance(n, Or) else (n,))))

    def _all(self) -> Node:
        nodes = [self._negated()]
        while True:
            joined = self._take("and")
            token = self._peek()
            if token is None or token.kind in ("or", "close"):
                if joined:
                    raise QueryError("AND needs something on its right.", joined.start, joined.end)
                break
            nodes.append(self._negated())
        if len(nodes) == 1:
            return nodes[0]
        return And(tuple(m for n in nodes for m in (n.nodes if isinstance(n, And) else (n,))))

    def _negated(self) -> Node:
        negations = 0
        last = None
        while token := self._take("not"):
            negations, last = negations + 1, token
        if last is not None and self._peek() is None:
            raise QueryError("NOT needs something on its right.", last.start, last.end)
        node = self._near()
        return Not(node) if negations % 2 else node

    def _near(self) -> Node:
        node = self._primary()
        near = self._take("near")
        if near is None:
            return node
        right_at = self._peek()
        if right_at is None:
            raise QueryError(f"{near.text} needs a word on its right.", near.start, near.end)
        right = self._primary()
        if not (isinstance(node, Word) and isinstance(right, Word)) or node.wildcard or right.wildcard:
            raise QueryError(f"{near.text} stands between two plain words.", near.start, near.end)
        distance = int(near.text.rpartition("/")[2])
        if not 1 <= distance <= MAX_NEAR:
            raise QueryError(f"The distance must be 1 to {MAX_NEAR}.", near.start, near.end)
        return Near(node.text, right.text, distance, near.text.startswith("O"))

    def _primary(self) -> Node:
        self._clauses += 1
        token = self._peek()
        if token is None:
            raise QueryError("Something is missing at the end.", len(self._text), len(self._text))
        if self._clauses > MAX_CLAUSES:
            raise QueryError(f"A query has at most {MAX_CLAUSES} parts.", token.start, token.end)
        self._at += 1
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise QueryError(f"A query nests at most {MAX_DEPTH} deep.", token.start, token.end)
        try:
            return self._started(token)
        finally:
            self._depth -= 1

    def _started(self, token: _Token) -> Node:
        match token.kind:
            case "open":
                return self._group(token)
            case "phrase":
                return _phrase(token)
            case "field":
                return self._field(token)
            case "word":
                return _word(token)
            case "close":
                raise QueryError("Nothing stands before this bracket.", token.start, token.end)
            case _:
                raise QueryError(f"{token.text} needs something on its left.", token.start, token.end)

    def _group(self, opened: _Token) -> Node:
        node = self._either()
        if not self._take("close"):
            raise QueryError("This bracket is never closed.", opened.start, opened.end)
        return node

    def _field(self, token: _Token) -> Node:
        name = token.text.lower()
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, 1)
            hint = f" Did you mean {near[0]}:?" if near else ""
            raise QueryError(
                f"There is no field {token.text}:.{hint} Fields: {', '.join(FIELDS)}.", token.start, token.end
            )
        if name == "title":
            return InTitle(self._near() if self._peek() else self._missing(token))
        values = self._values(token)
        match name:
            case "date" | "fetched":
                return _either_of([self._dated(v, name == "fetched") for v in values])
            case "is":
                return _either_of([Marked(_known(v, MARKS)) for v in values])  # type: ignore[arg-type]
            case "lang":
                return Is("lang", tuple(_known(v, [m.value for m in Language]) for v in values))
            case "tone":
                return Is("tone", tuple(_known(v, [m.value for m in Tone]) for v in values))
            case "region":
                return Is("region", tuple(v.text.upper() for v in values))
            case _:
                return Is(name, tuple(v.text for v in values))  # type: ignore[arg-type]

    def _missing(self, token: _Token) -> Node:
        raise QueryError(f"{token.text}: needs a value right after it.", token.start, token.end)

    def _values(self, field: _Token) -> list[_Token]:
        """One value, or several as `(a OR b)`."""
        token = self._take("word", "phrase")
        if token is None:
            token = self._days_ago()
        if token is not None:
            return [_unquoted(token)]
        opened = self._take("open")
        if opened is None:
            self._missing(field)
        values = []
        while token := self._take("word", "phrase") or self._days_ago():
            values.append(_unquoted(token))
            self._take("or")
        if not self._take("close") or not values:
            raise QueryError(
                f"{field.text}:(…) holds values with OR between them.", field.start, self._text_end()
            )
        return values

    def _days_ago(self) -> _Token | None:
        """`-7d..` as a value: elsewhere the minus says NOT."""
        minus = self._peek()
        after = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None
        if minus is None or minus.text != "-" or after is None or after.kind != "word":
            return None
        if after.start != minus.end:
            return None
        self._at += 2
        return _Token("word", f"-{after.text}", minus.start, after.end)

    def _text_end(self) -> int:
        token = self._peek()
        return token.end if token else len(self._text)

    def _dated(self, value: _Token, fetched: bool) -> Node:
        since_text, dots, until_text = value.text.partition("..")
        if not dots:
            since, until = self._day(value, since_text)
            return Dated(since, until, fetched)
        first = self._day(value, since_text)[0] if since_text else None
        last = self._day(value, until_text)[1] if until_text else None
        if first and last and first > last:
            raise QueryError("The range ends before it begins.", value.start, value.end)
        return Dated(first, last, fetched)

    def _day(self, token: _Token, text: str) -> tuple[date, date]:
        """First and last day of `2026`, `2026-11`, `2026-11-22`, `today`, `yesterday`, `-7d`."""
        if text in ("today", "yesterday"):
            day = self._today - timedelta(days=text == "yesterday")
            return day, day
        if found := re.fullmatch(r"-([0-9]{1,5})d", text):
            day = self._today - timedelta(days=int(found[1]))
            return day, day
        try:
            if re.fullmatch(r"[0-9]{4}", text):
                return date(int(text), 1, 1), date(int(text), 12, 31)
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
                first = date.fromisoformat(f"{text}-01")
                return first, first.replace(day=monthrange(first.year, first.month)[1])
            day = date.fromisoformat(text)
        except ValueError:
            raise QueryError(
                f"“{text}” is no date. Write 2026-11-22, 2026-11, 2026, today, -7d, or a range a..b.",
                token.start,
                token.end,
            ) from None
        return day, day


def _either_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _known(token: _Token, known: list[str] | tuple[str, ...]) -> str:
    if token.text.lower() in known:
        return token.text.lower()
    near = get_close_matches(token.text.lower(), known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise QueryError(f"“{token.text}” is not one of {', '.join(known)}.{hint}", token.start, token.end)


def _unquoted(token: _Token) -> _Token:
    if token.kind == "phrase":
        token = msgspec.structs.replace(token, text=token.text.lstrip("=")[1:-1].strip())
    if not token.text:
        raise QueryError("There is nothing between these quotation marks.", token.start, token.end)
    return token


def _phrase(token: _Token) -> Node:
    exact = token.text.startswith("=")
    if "*" in token.text or "?" in token.text[:-1].rstrip("?!. "):
        raise QueryError("A wildcard can't stand inside a phrase.", token.start, token.end)
    words = _words(token.text)
    if not words:
        raise QueryError("There is no word between these quotation marks.", token.start, token.end)
    return Word(words[0], exact) if len(words) == 1 else Phrase(words, exact)


def _word(token: _Token) -> Node:
    if token.text == "*":
        return Everything()
    exact = token.text.startswith("=")
    text = token.text.lstrip("=")
    words = _words(text)
    if not words:
        raise QueryError(f"“{token.text}” holds no letter or digit.", token.start, token.end)
    if "*" in text or "?" in text:
        if len(re.sub(r"[*?\W_]", "", text)) < 2:
            raise QueryError("A wildcard needs at least two letters with it.", token.start, token.end)
        if not re.fullmatch(r"[^\W_*?]*(?:[*?][^\W_*?]*)+", text):
            raise QueryError("A wildcard stands in one word of letters and digits.", token.start, token.end)
        return Word(text, exact, True)
    # "Усть-Каменогорск" is two words to the index: a phrase.
    return Word(words[0], exact) if len(words) == 1 else Phrase(words, exact)


def _words(text: str) -> tuple[str, ...]:
    """As the index cuts them."""
    return tuple(word for _, word in words_of(text))
