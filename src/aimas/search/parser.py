"""Tokens → tree: the grammar of the query language, and what stands behind a name."""

from datetime import date
from typing import NamedTuple

from aimas.search import near, terms
from aimas.search.errors import ChainedQueryError, QueryError
from aimas.search.fields import condition, field_of
from aimas.search.limits import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH, MAX_NAMED, check_limits
from aimas.search.names import Named, arrows, name_of, same_name
from aimas.search.tokens import Token, tokens_of, unquoted
from aimas.search.tree import And, Everything, InTitle, Near, Node, Not, Or, depth, size
from aimas.search.values import Known, did_you_mean


def parse(text: str, today: date, named: Named | None = None, told: Known | None = None) -> Node:
    """`today` gives meaning to `date:today`, `date:-7d..`, `named` to `@name`, `told` to names of values; raises
    QueryError. Without `told` a value stands for itself, whether there is one or not.

    What comes back holds no names: `written` shows them filled in, and keeps all limits, so it can be a query again.
    """
    try:
        return _Reading(today, named, told, {}).parsed(text, ())
    except QueryError as error:
        error.query = text
        raise


class _Reading(NamedTuple):
    """What gives meaning to all texts of one query."""

    today: date
    named: Named | None
    told: Known | None
    known: dict[str, Node]
    """Saved searches read before."""

    def parsed(self, text: str, chain: tuple[str, ...]) -> Node:
        if len(text) > MAX_LENGTH:
            raise QueryError(f"A query has at most {MAX_LENGTH} characters.", MAX_LENGTH, len(text))
        node = _Parser(text, self, chain).whole()
        check_limits(node, text)
        return node


class _Parser:
    def __init__(self, text: str, reading: _Reading, chain: tuple[str, ...]) -> None:
        self._text = text
        self._reading = reading
        self._chain = chain
        self._defined: dict[str, Node] = {}
        self._tokens = tokens_of(text)
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

    def _peek(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *kinds: str) -> Token | None:
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
        token = self._take("near")
        if token is None:
            return node
        distance, ordered = near.distance(token)
        if self._peek() is None:
            raise QueryError(f"{token.text} needs a word on its right.", token.start, token.end)
        if (negated := self._take("not")) is not None:
            raise QueryError(f"NOT can't stand beside {token.text}.", negated.start, negated.end)
        left, right = near.side(node, token), near.side(self._primary(), token)
        if (more := self._peek()) is not None and more.kind == "near":
            raise QueryError(
                f"{more.text} can't follow another NEAR: join pairs with AND.", more.start, more.end
            )
        return near.fitting(Near(left, right, distance, ordered), token)

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

    def _started(self, token: Token) -> Node:
        match token.kind:
            case "open":
                return self._group(token)
            case "phrase":
                return terms.phrase(token)
            case "field":
                return self._field(token)
            case "word":
                return terms.word(token)
            case "named":
                return self._search_named(token)
            case "define":
                raise QueryError("Definitions stand before the query.", token.start, token.end)
            case "close":
                raise QueryError("Nothing stands before this bracket.", token.start, token.end)
            case _:
                raise QueryError(f"{token.text} needs something on its left.", token.start, token.end)

    def _group(self, opened: Token) -> Node:
        node = self._either()
        if not self._take("close"):
            raise QueryError("This bracket is never closed.", opened.start, opened.end)
        return node

    def _define(self, token: Token) -> None:
        """`@bribes = (…)`: a name for this query alone; it hides a saved search of that name."""
        name = name_of(token)
        if same_name(name) in self._defined:
            raise QueryError(f"@{name} is defined twice.", token.start, token.end)
        opened = self._take("open")
        if opened is None:
            raise QueryError(f"A definition stands in brackets: @{name} = (…).", token.start, token.end)
        self._defined[same_name(name)] = self._group(opened)

    def _search_named(self, token: Token) -> Node:
        name = name_of(token)
        node = self._defined.get(same_name(name)) or self._saved(token, name)
        self._clauses += size(node) - 1
        if self._clauses > MAX_CLAUSES:
            raise QueryError(f"A query has at most {MAX_CLAUSES} parts.", token.start, token.end)
        if self._depth + depth(node) > MAX_DEPTH:
            raise QueryError(f"A query nests at most {MAX_DEPTH} deep.", token.start, token.end)
        return node

    def _saved(self, token: Token, name: str) -> Node:
        chain = (*self._chain, name)
        if same_name(name) in map(same_name, self._chain):
            raise ChainedQueryError(f"@{name} stands for itself: {arrows(chain)}.", token.start, token.end)
        reading = self._reading
        if (known := reading.known.get(same_name(name))) is not None:
            return known
        text = reading.named(name) if reading.named else None
        if text is None:
            hint = did_you_mean(same_name(name), self._defined, before="@")
            raise QueryError(f"There is no saved search @{name}.{hint}", token.start, token.end)
        if len(chain) > MAX_NAMED:
            raise ChainedQueryError(
                f"Saved searches stand at most {MAX_NAMED} deep in one another: {arrows(chain)}.",
                token.start,
                token.end,
            )
        try:
            node = reading.parsed(text, chain)
        except ChainedQueryError as error:
            raise ChainedQueryError(str(error), token.start, token.end) from None
        except QueryError as error:
            raise QueryError(f"In @{name}: {error}", token.start, token.end) from None
        reading.known[same_name(name)] = node
        return node

    def _field(self, token: Token) -> Node:
        field = field_of(token)
        if field == "title":
            return InTitle(self._near() if self._peek() else self._missing(token))
        return condition(field, self._values(token), self._reading.today, self._reading.told)

    def _missing(self, token: Token) -> Node:
        raise QueryError(f"{token.text}: needs a value right after it.", token.start, token.end)

    def _values(self, field: Token) -> list[Token]:
        """One value, or several as `(a OR b)`."""
        token = self._value()
        if token is not None:
            return [unquoted(token)]
        opened = self._take("open")
        if opened is None:
            self._missing(field)
        values = []
        while token := self._value():
            values.append(unquoted(token))
            self._take("or")
        if not self._take("close") or not values:
            raise QueryError(
                f"{field.text}:(…) holds values with OR between them.", field.start, self._text_end()
            )
        return values

    def _value(self) -> Token | None:
        return self._take("word", "phrase", "named") or self._days_ago()

    def _days_ago(self) -> Token | None:
        """`-7d..` as a value: elsewhere the minus says NOT."""
        minus = self._peek()
        after = self._tokens[self._at + 1] if self._at + 1 < len(self._tokens) else None
        if minus is None or minus.text != "-" or after is None or after.kind != "word":
            return None
        if after.start != minus.end:
            return None
        self._at += 2
        return Token("word", f"-{after.text}", minus.start, after.end)

    def _text_end(self) -> int:
        token = self._peek()
        return token.end if token else len(self._text)
