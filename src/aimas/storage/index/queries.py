"""What is asked for, in Tantivy's terms."""

import itertools
import re
from collections.abc import Iterable
from typing import TypeAlias

import tantivy
from tantivy import FieldType, Occur, Query

from aimas.search import tree
from aimas.search.types import Scope
from aimas.storage.index.documents import BODY, TITLE, Part
from aimas.text import normal_form, query_terms

_Terms: TypeAlias = tuple[str, ...]
"""What may stand at one place; any one is a hit."""
_Run: TypeAlias = tuple[_Terms, ...]
"""Side by side."""

ALTERNATION_BYTES = 700


class Queries:
    """Compiles trees of the query language for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        self._schema = schema

    def scoped(self, node: tree.Node, scope: Scope) -> Query:
        """What was valid at the snapshot: since ≤ snapshot < until."""
        came = self.range("since", scope.came_after + 1 if scope.came_after else None, scope.snapshot)
        ended = self.range("until", scope.snapshot + 1, scope.ended_by)
        return Query.boolean_query(
            [
                (Occur.Must, self.compiled(node, scope, BODY)),
                (Occur.Must, Query.const_score_query(came, 0.0)),
                (Occur.Must, Query.const_score_query(ended, 0.0)),
            ]
        )

    def range(self, field: str, low: int | None, high: int | None) -> Query:
        return Query.range_query(self._schema, field, FieldType.Unsigned, low, high)

    def _term(self, field: str, value: str) -> Query:
        return Query.term_query(self._schema, field, value)

    def compiled(self, node: tree.Node, scope: Scope, part: Part) -> Query:
        match node:
            case tree.Everything():
                return Query.all_query()
            case tree.Word(text=text, wildcard=True):
                pattern = normal_form(text).replace("*", ".*").replace("?", ".")
                return Query.regex_query(self._schema, part.exact, pattern)
            case tree.Word():
                (terms,) = _run(node)
                return _any([self._term(_field(node, part), term) for term in terms])
            case tree.Phrase():
                return self._phrase(_field(node, part), enumerate(_run(node)))
            case tree.Near(left=left, right=right):
                return self._near(node, _field(tree.choices(left)[0], part), _runs(left), _runs(right))
            case tree.InTitle(node=inner):
                return self.compiled(inner, scope, TITLE)
            case tree.Is(field=name, values=values):
                if name in ("tone", "theme"):
                    values = tuple(v if ":" in v else f"{scope.institution}:{v}" for v in values)
                return _any([self._term(name, v) for v in values])
            case tree.Dated(since=since, until=until, fetched=fetched):
                low = since.toordinal() if since else None
                high = until.toordinal() if until else None
                if low is None and high is None:
                    return Query.all_query() if fetched else self._term("mark", "dated")
                return self.range("fetched_day" if fetched else "day", low, high)
            case tree.Entered(since=since, until=until):
                return self.range("since", since or 0, until)
            case tree.Marked(mark="relevant"):
                return self._term("institution", scope.institution)
            case tree.Marked(mark="self-praise" | "corrected" as mark):
                return self._term("mark", f"{scope.institution}:{mark}")
            case tree.Marked(mark=mark):
                return self._term("mark", mark)
            case tree.And(nodes=nodes):
                return Query.boolean_query([(Occur.Must, self.compiled(n, scope, part)) for n in nodes])
            case tree.Or(nodes=nodes):
                return _any([self.compiled(n, scope, part) for n in nodes])
            case tree.Not(node=inner):
                return Query.boolean_query(
                    [(Occur.Must, Query.all_query()), (Occur.MustNot, self.compiled(inner, scope, part))]
                )

    def _phrase(self, field: str, placed: Iterable[tuple[int, _Terms]], slop: int = 0) -> Query:
        placed = list(placed)
        if all(len(terms) == 1 for _, terms in placed):
            return Query.phrase_query(self._schema, field, [(at, term) for at, (term,) in placed], slop)
        ways = itertools.product(*(_alternations(terms) for _, terms in placed))
        places = [at for at, _ in placed]
        return _any([self._pattern(field, list(zip(places, way, strict=True)), slop) for way in ways])

    def _pattern(self, field: str, patterns: list[str | tuple[int, str]], slop: int) -> Query:
        return Query.regex_phrase_query(self._schema, field, patterns, slop)

    def _near(self, node: tree.Near, field: str, left: list[_Run], right: list[_Run]) -> Query:
        ways = []
        for first, second in itertools.product(left, right):
            ways += self._apart(field, first, second, node.distance)
            if not node.ordered and first != second:
                ways += self._apart(field, second, first, node.distance)
        return _any(ways)

    def _apart(self, field: str, first: _Run, second: _Run, distance: int) -> list[Query]:
        """The second begins 1 to n places after the first ends.

        Of two words with the second expected k places on, slop s allows distances k − s … k + s, either side of
        zero; so one query covers 1 … n for an odd n, and two, 1 … n−1 and 2 … n, for an even one. In a phrase slop
        would also loosen the words within, so each distance is a query of its own.
        """
        if len(first) == len(second) == 1:
            middle, slop = (distance + 1) // 2, (distance - 1) // 2
            places = (middle,) if distance % 2 else (middle, middle + 1)
            return [self._phrase(field, [(0, first[0]), (place, second[0])], slop) for place in places]
        last = len(first) - 1
        return [
            self._phrase(field, [*enumerate(first), *enumerate(second, last + apart)])
            for apart in range(1, distance + 1)
        ]


def _any(queries: list[Query]) -> Query:
    if not queries:
        return Query.empty_query()
    return queries[0] if len(queries) == 1 else Query.boolean_query([(Occur.Should, q) for q in queries])


def _field(node: tree.Word | tree.Phrase, part: Part) -> str:
    return part.exact if node.exact else part.stems


def _run(node: tree.Word | tree.Phrase) -> _Run:
    written = node.words if isinstance(node, tree.Phrase) else (node.text,)
    return tuple((normal_form(word),) if node.exact else query_terms(word) for word in written)


def _alternations(terms: _Terms) -> list[str]:
    """Few enough in one expression for tantivy's 1,000 states; a letter takes a state a byte."""
    found = [""]
    for term in map(re.escape, terms):
        if len(found[-1].encode()) + len(term.encode()) > ALTERNATION_BYTES:
            found.append("")
        found[-1] += f"|{term}" if found[-1] else term
    return found


def _runs(side: tree.Word | tree.Phrase | tree.Or) -> list[_Run]:
    """All single words of a side are one run that any of them fills; each phrase is another."""
    runs = [_run(choice) for choice in tree.choices(side)]
    single = dict.fromkeys(term for run in runs if len(run) == 1 for term in run[0])
    return [((*single,),)] * bool(single) + [run for run in runs if len(run) > 1]
