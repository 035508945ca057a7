"""The query language: text → tree, with every mistake located and answered with a hint."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TypeAlias, TypeVar

import msgspec

from aimas.core import Language, LocatedError, Tone
from aimas.search.tree import (
    And,
    Dated,
    Entered,
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
    depth,
    size,
    written,
)
from aimas.text import INVISIBLE, normal_form
from aimas.text import words as words_of

MAX_LENGTH = 8_000
"""Also of the query written out; all in Cyrillic it fills 48 KB of an address, and a server takes 64."""
MAX_DEPTH = 50
MAX_CLAUSES = 300
MAX_NEAR = 100
MAX_NEAR_WORDS = 40
"""Words and phrases on one side of NEAR."""
MAX_NEAR_PLACES = 30
"""Of a phrase beside a word: each distance is looked for by itself."""
MAX_PLACES = 100
"""Of all such in a query; so many take 0.2 s where forty thousand texts hold the words."""
MAX_WORD = 100
"""Letters; the longest word of a law is shorter."""
MAX_WILDCARDS = 20
MAX_WILD_WORD = 40
MAX_STARS = 5
MAX_WILD_SIGNS = 3
"""`?` after a `*`: each doubles the automaton that reads the list of words, and tantivy 0.27 takes 1,000 states."""
MAX_LEADING = 5
"""Wildcards before the first letter read the whole list of words: 0.06 s at a hundred thousand publications."""
MAX_NAMED = 8

FIELDS = (
    "title", "source", "lang", "tone", "theme", "region", "institution", "story", "reprints", "date", "fetched",
    "entry", "is", "id",
)  # fmt: skip
MARKS = (
    "undated", "dated", "relevant", "revised", "placed", "original", "reprint", "self-praise", "corrected",
)  # fmt: skip

Named: TypeAlias = Callable[[str], str | None]
"""The text of a saved search by its name; None where there is none."""

_N = TypeVar("_N", Near, Word)

_S = rf"[\s{INVISIBLE}]"
_NAME = r"""@(?:"[^"]*"|«[^»]*»|[^\s()"«»“”„=]*)"""
_TOKEN = re.compile(
    rf"""(?P<space>{_S}+|\#(?={_S}|$)[^\n]*|/\*.*?\*/)
      | (?P<phrase>=?"[^"]*"|=?«[^»]*»|=?“[^”]*”|=?„[^“”]*[“”])
      | (?P<define>{_NAME})(?:{_S}*=(?={_S}|\(|$)|=)
      | (?P<named>{_NAME})
      | (?P<near>O?NEAR(?:/[^\s()]*)?)(?={_S}|[()]|$)
      | (?P<open>\() | (?P<close>\))
      | (?P<not>NOT(?={_S}|[()]|$)|-(?=[^\s]))
      | (?P<and>AND(?={_S}|[()]|$)) | (?P<or>OR(?={_S}|[()]|$))
      | (?P<field>[A-Za-z_]+):(?!//)
      | (?P<word>[^\s()"«»“”„]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_UNSEEN = re.compile(f"[{INVISIBLE}]")


class QueryError(LocatedError):
    """The query is not understood at the place told."""


class _ChainedQueryError(QueryError):
    """Between named searches, not inside one; names the chain itself."""


class _Token(msgspec.Struct, frozen=True):
    kind: str
    text: str
    start: int
    end: int


def parse(text: str, today: date, named: Named | None = None) -> Node:
    """`today` gives meaning to `date:today`, `date:-7d..`, `named` to `@name`; raises QueryError.

    What comes back holds no names: `written` shows them filled in, and keeps all limits, so it can be a query again.
    """
    try:
        return _parsed(text, today, named, (), {})
    except QueryError as error:
        error.query = text
        raise


def _parsed(
    text: str, today: date, named: Named | None, chain: tuple[str, ...], known: dict[str, Node]
) -> Node:
    if len(text) > MAX_LENGTH:
        raise QueryError(f"A query has at most {MAX_LENGTH} characters.", MAX_LENGTH, len(text))
    node = _Parser(text, today, named, chain, known).whole()
    if size(node) > MAX_CLAUSES:
        raise QueryError(f"A query has at most {MAX_CLAUSES} parts.", 0, len(text))
    if depth(node) > MAX_DEPTH:
        raise QueryError(f"A query nests at most {MAX_DEPTH} deep.", 0, len(text))
    if len(written(node)) > MAX_LENGTH:
        raise QueryError(f"Written out in full, a query has at most {MAX_LENGTH} characters.", 0, len(text))
    if sum(map(_places, _nodes(node, Near))) > MAX_PLACES:
        raise QueryError(
            f"All NEAR with phrases of a query look at {MAX_PLACES} places at most: shorten the distances.",
            0,
            len(text),
        )
    wild = [word.text for word in _nodes(node, Word) if word.wildcard]
    if len(wild) > MAX_WILDCARDS:
        raise QueryError(f"A query has at most {MAX_WILDCARDS} wildcards.", 0, len(text))
    if sum(word[0] in "*?" for word in wild) > MAX_LEADING:
        raise QueryError(f"At most {MAX_LEADING} words of a query begin with a wildcard.", 0, len(text))
    return node


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None or found.end() == at:
            if text[at] in "»”":
                raise QueryError("This quotation mark was never opened.", at, at + 1)
            raise QueryError("This quotation mark is never closed.", at, len(text))
        kind = str(found.lastgroup)
        if kind != "space":
            value = found[kind]
            tokens.append(_Token(kind, value, found.start(), found.end()))
        at = found.end()
    return tokens


class _Parser:
    def __init__(
        self, text: str, today: date, named: Named | None, chain: tuple[str, ...], known: dict[str, Node]
    ) -> None:
        self._text = text
        self._today = today
        self._named = named
        self._chain = chain
        self._known = known
        """Saved searches read before, for all texts of one query."""
        self._defined: dict[str, Node] = {}
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._clauses = 0

    def whole(self) -> Node:
        if not self._tokens:
            return Everything()
        while defined := self._take("define"):
            self._define(defined)
        if self._defined and self._peek() is None:
            raise QueryError("A query is missing after the definitions.", len(self._text), len(self._text))
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
        said = re.fullmatch(r"(O?)NEAR/([0-9]{1,9})(f?)", near.text)
        if said is None:
            raise QueryError(
                f"{near.text} needs a number of words, as in {near.text.partition('/')[0]}/5.",
                near.start,
                near.end,
            )
        if self._peek() is None:
            raise QueryError(f"{near.text} needs a word on its right.", near.start, near.end)
        if (negated := self._take("not")) is not None:
            raise QueryError(f"NOT can't stand beside {near.text}.", negated.start, negated.end)
        left, right = _side(node, near), _side(self._primary(), near)
        if (more := self._peek()) is not None and more.kind == "near":
            raise QueryError(
                f"{more.text} can't follow another NEAR: join pairs with AND.", more.start, more.end
            )
        distance = int(said[2])
        if not 1 <= distance <= MAX_NEAR:
            raise QueryError(f"The distance must be 1 to {MAX_NEAR}.", near.start, near.end)
        if len({n.exact for n in (*_choices(left), *_choices(right))}) > 1:
            raise QueryError(
                f"{near.text} joins exact forms only with exact forms: write = on both sides or on none.",
                near.start,
                near.end,
            )
        # NEAR/5f is ONEAR/5 elsewhere.
        made = Near(left, right, distance, bool(said[1] or said[3]))
        if _places(made) > MAX_NEAR_PLACES:
            raise QueryError(
                f"With phrases, the pairs times the distance is at most {MAX_NEAR_PLACES} in {near.text}.",
                near.start,
                near.end,
            )
        return made

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
            case "named":
                return self._search_named(token)
            case "define":
                raise QueryError("Definitions stand before the query.", token.start, token.end)
            case "close":
                raise QueryError("Nothing stands before this bracket.", token.start, token.end)
            case _:
                raise QueryError(f"{token.text} needs something on its left.", token.start, token.end)

    def _group(self, opened: _Token) -> Node:
        node = self._either()
        if not self._take("close"):
            raise QueryError("This bracket is never closed.", opened.start, opened.end)
        return node

    def _define(self, token: _Token) -> None:
        """`@bribes = (…)`: a name for this query alone; it hides a saved search of that name."""
        name = _name(token)
        if _same(name) in self._defined:
            raise QueryError(f"@{name} is defined twice.", token.start, token.end)
        opened = self._take("open")
        if opened is None:
            raise QueryError(f"A definition stands in brackets: @{name} = (…).", token.start, token.end)
        self._defined[_same(name)] = self._group(opened)

    def _search_named(self, token: _Token) -> Node:
        name = _name(token)
        node = self._defined.get(_same(name)) or self._saved(token, name)
        self._clauses += size(node) - 1
        if self._clauses > MAX_CLAUSES:
            raise QueryError(f"A query has at most {MAX_CLAUSES} parts.", token.start, token.end)
        if self._depth + depth(node) > MAX_DEPTH:
            raise QueryError(f"A query nests at most {MAX_DEPTH} deep.", token.start, token.end)
        return node

    def _saved(self, token: _Token, name: str) -> Node:
        chain = (*self._chain, name)
        if _same(name) in map(_same, self._chain):
            raise _ChainedQueryError(f"@{name} stands for itself: {_arrows(chain)}.", token.start, token.end)
        if (known := self._known.get(_same(name))) is not None:
            return known
        text = self._named(name) if self._named else None
        if text is None:
            near = get_close_matches(_same(name), self._defined, 1)
            hint = f" Did you mean @{near[0]}?" if near else ""
            raise QueryError(f"There is no saved search @{name}.{hint}", token.start, token.end)
        if len(chain) > MAX_NAMED:
            raise _ChainedQueryError(
                f"Saved searches stand at most {MAX_NAMED} deep in one another: {_arrows(chain)}.",
                token.start,
                token.end,
            )
        try:
            node = _parsed(text, self._today, self._named, chain, self._known)
        except _ChainedQueryError as error:
            raise _ChainedQueryError(str(error), token.start, token.end) from None
        except QueryError as error:
            raise QueryError(f"In @{name}: {error}", token.start, token.end) from None
        self._known[_same(name)] = node
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
            case "entry":
                return _either_of([_entered(v) for v in values])
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
        token = self._value()
        if token is not None:
            return [_unquoted(token)]
        opened = self._take("open")
        if opened is None:
            self._missing(field)
        values = []
        while token := self._value():
            values.append(_unquoted(token))
            self._take("or")
        if not self._take("close") or not values:
            raise QueryError(
                f"{field.text}:(…) holds values with OR between them.", field.start, self._text_end()
            )
        return values

    def _value(self) -> _Token | None:
        return self._take("word", "phrase", "named") or self._days_ago()

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


def _entered(value: _Token) -> Node:
    """`180`, `120..180`, `120..`: positions in the ledger."""
    said = re.fullmatch(r"([0-9]{0,15})(\.\.)?([0-9]{0,15})", value.text)
    if said is None or not (said[1] or said[3]) or (said[3] and not said[2]):
        raise QueryError(
            f"“{value.text}” is no entry of the ledger. Write 180, or a range 120..180.",
            value.start,
            value.end,
        )
    first = int(said[1]) if said[1] else None
    last = int(said[3]) if said[3] else None if said[2] else first
    if first is not None and last is not None and first > last:
        raise QueryError("The range ends before it begins.", value.start, value.end)
    return Entered(first, last)


def _either_of(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _known(token: _Token, known: list[str] | tuple[str, ...]) -> str:
    if token.text.lower() in known:
        return token.text.lower()
    near = get_close_matches(token.text.lower(), known, 1)
    hint = f" Did you mean {near[0]}?" if near else ""
    raise QueryError(f"“{token.text}” is not one of {', '.join(known)}.{hint}", token.start, token.end)


def _same(name: str) -> str:
    """Equal for names that differ in letter case or composition alone."""
    return unicodedata.normalize("NFC", name).casefold()


def _arrows(chain: tuple[str, ...]) -> str:
    return " → ".join(f"@{name}" for name in chain)


def _name(token: _Token) -> str:
    text = _UNSEEN.sub("", token.text[1:])
    name = text[1:-1].strip() if text[:1] in ('"', "«") else text.rstrip(",;.!?")
    if not name or not (text[0] in '"«' or re.fullmatch(r"\w[\w.-]*", name)):
        raise QueryError(
            f"“{token.text}” names no search: write @name, or @«…» around a name with blanks or signs.",
            token.start,
            token.end,
        )
    return name


def _choices(side: Word | Phrase | Or) -> tuple[Word | Phrase, ...]:
    return side.nodes if isinstance(side, Or) else (side,)  # type: ignore[return-value]


def _side(node: Node, near: _Token) -> Word | Phrase | Or:
    for choice in node.nodes if isinstance(node, Or) else (node,):
        if not isinstance(choice, Word | Phrase) or (isinstance(choice, Word) and choice.wildcard):
            raise QueryError(
                f"{near.text} stands between words, phrases or groups of them with OR, without wildcards.",
                near.start,
                near.end,
            )
    if size(node) > MAX_NEAR_WORDS:
        raise QueryError(
            f"At most {MAX_NEAR_WORDS} words or phrases stand on a side of {near.text}.", near.start, near.end
        )
    return node  # type: ignore[return-value]


def _places(near: Near) -> int:
    """All single words of a side are looked for at once and at any distance, each phrase by itself and at each."""
    groups = []
    for side in (near.left, near.right):
        phrases = sum(isinstance(n, Phrase) for n in _choices(side))
        groups.append((phrases, phrases < len(_choices(side))))
    (phrases, words), (others, other_words) = groups
    return ((phrases + words) * (others + other_words) - (words and other_words)) * near.distance


def _nodes(node: Node, kind: type[_N]) -> Iterator[_N]:
    match node:
        case And(nodes=nodes) | Or(nodes=nodes):
            for inner in nodes:
                yield from _nodes(inner, kind)
        case Not(node=inner) | InTitle(node=inner):
            yield from _nodes(inner, kind)
        case _ if isinstance(node, kind):
            yield node


def _unquoted(token: _Token) -> _Token:
    if token.kind == "phrase":
        token = msgspec.structs.replace(token, text=token.text.lstrip("=")[1:-1])
    token = msgspec.structs.replace(token, text=_UNSEEN.sub("", token.text).strip())
    if not token.text:
        raise QueryError("There is nothing between these quotation marks.", token.start, token.end)
    return token


def _fitting(words: tuple[str, ...], token: _Token) -> tuple[str, ...]:
    if any(len(word) > MAX_WORD for word in words):
        raise QueryError(f"A word has at most {MAX_WORD} letters.", token.start, token.end)
    return words


def _phrase(token: _Token) -> Node:
    exact = token.text.startswith("=")
    if "*" in token.text or "?" in token.text[:-1].rstrip("?!. "):
        raise QueryError("A wildcard can't stand inside a phrase.", token.start, token.end)
    words = _fitting(_words(token.text), token)
    if not words:
        raise QueryError("There is no word between these quotation marks.", token.start, token.end)
    return Word(words[0], exact) if len(words) == 1 else Phrase(words, exact)


def _word(token: _Token) -> Node:
    if token.text == "*":
        return Everything()
    exact = token.text.startswith("=")
    text = token.text.lstrip("=")
    words = _fitting(_words(text), token)
    if not words:
        raise QueryError(f"“{token.text}” holds no letter or digit.", token.start, token.end)
    if "*" in text or "?" in text:
        if len(re.sub(r"[*?\W_]", "", text)) < 2:
            raise QueryError("A wildcard needs at least two letters with it.", token.start, token.end)
        if not re.fullmatch(r"(?:[^\W_]|[*?\u0300-\u036f]|(?<=\w)'(?=[\w*?]))+", normal_form(text)):
            raise QueryError("A wildcard stands in one word of letters and digits.", token.start, token.end)
        text = re.sub(r"\*+", "*", text)
        if (
            len(text) > MAX_WILD_WORD
            or text.count("*") > MAX_STARS
            or text.partition("*")[2].count("?") > MAX_WILD_SIGNS
        ):
            raise QueryError(
                f"A wildcard's word has at most {MAX_WILD_WORD} signs, {MAX_STARS} * and {MAX_WILD_SIGNS} ? after a *.",
                token.start,
                token.end,
            )
        return Word(_UNSEEN.sub("", text), exact, True)
    # "Усть-Каменогорск" is two words to the index: a phrase.
    return Word(words[0], exact) if len(words) == 1 else Phrase(words, exact)


def _words(text: str) -> tuple[str, ...]:
    """As the index cuts them, without what nobody sees."""
    return tuple(_UNSEEN.sub("", word) for _, word in words_of(text))
