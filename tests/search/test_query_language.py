"""Text → tree → text: a table of what is meant, where mistakes point, and laws over any tree and any string."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aimas.search import QueryError, parse, written
from aimas.search.fields import MARKS
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

TODAY = date(2026, 5, 12)
A, B, C = Word("a"), Word("b"), Word("c")
MAY = Dated(date(2026, 5, 1), date(2026, 5, 31))

TREES: list[tuple[str, Node]] = [
    ("", Everything()),
    ("   \n", Everything()),
    ("*", Everything()),
    ("# only a remark", Everything()),
    ("a # a remark\n b", And((A, B))),
    ("a /* b */ c", And((A, C))),
    ("#полиция", Word("полиция")),
    ("полиция", Word("полиция")),
    ("a b", And((A, B))),
    ("a AND b", And((A, B))),
    ("a AND b c", And((A, B, C))),
    ("a OR b", Or((A, B))),
    ("a OR b OR c", Or((A, B, C))),
    ("a b OR c", Or((And((A, B)), C))),
    ("a OR b c", Or((A, And((B, C))))),
    ("(a OR b) c", And((Or((A, B)), C))),
    ("a (b c)", And((A, B, C))),
    ("((a))", A),
    ("a and b", And((A, Word("and"), B))),
    ("NOT a", Not(A)),
    ("-a", Not(A)),
    ("a -b", And((A, Not(B)))),
    ("a NOT b", And((A, Not(B)))),
    ("NOT NOT a", A),
    ("NOT NOT NOT a", Not(A)),
    ("NOT (a OR b)", Not(Or((A, B)))),
    ("-(a b)", Not(And((A, B)))),
    ('"a b"', Phrase(("a", "b"))),
    ("«a b»", Phrase(("a", "b"))),
    ("“a b”", Phrase(("a", "b"))),
    ("„a b“", Phrase(("a", "b"))),
    ('"a"', A),
    ('"AND"', Word("AND")),
    ('="a b"', Phrase(("a", "b"), True)),
    ("=a", Word("a", True)),
    ("Усть-Каменогорск", Phrase(("Усть", "Каменогорск"))),
    ('"где полиция?"', Phrase(("где", "полиция"))),
    ("10:30", Phrase(("10", "30"))),
    ("http://a.kz", Phrase(("http", "a", "kz"))),
    ("o’clock", Word("o’clock")),
    ("полиц*", Word("полиц*", wildcard=True)),
    ("полици?", Word("полици?", wildcard=True)),
    ("*ция", Word("*ция", wildcard=True)),
    ("полиц***", Word("полиц*", wildcard=True)),
    ("п?л?ц??*??", Word("п?л?ц??*??", wildcard=True)),
    ("=полиц*", Word("полиц*", True, True)),
    ("a NEAR/5 b", Near(A, B, 5)),
    ("a ONEAR/1 b", Near(A, B, 1, True)),
    ("a NEAR/5 b c", And((Near(A, B, 5), C))),
    ("a NEAR/5f b", Near(A, B, 5, True)),
    ("=a NEAR/5 =b", Near(Word("a", True), Word("b", True), 5)),
    ('"a b" NEAR/5 c', Near(Phrase(("a", "b")), C, 5)),
    ("(a OR b) NEAR/5 c", Near(Or((A, B)), C, 5)),
    ('a ONEAR/5 (b OR "a c")', Near(A, Or((B, Phrase(("a", "c")))), 5, True)),
    ("a NEAR/5 Усть-Каменогорск", Near(A, Phrase(("Усть", "Каменогорск")), 5)),
    ("a NEAR/5(b)", Near(A, B, 5)),
    ('"NEAR"', Word("NEAR")),
    ("near", Word("near")),
    ("@one = (a OR b) @one c", And((Or((A, B)), C))),
    ("@one = (a)\n@two = (@one b)\nNOT @two", Not(And((A, B)))),
    ("@Қала=(a) @қала", A),
    ('@"two words" = (a) @"Two words"', A),
    ("@«два слова» = (a) @«два слова»", A),
    ("@one = (a) # a remark\n/* another */ @one", A),
    ("@one = (a OR b) @one NEAR/3 c", Near(Or((A, B)), C, 3)),
    ("@one = (a b) title:@one", InTitle(And((A, B)))),
    ("source:@one", Is("source", ("@one",))),
    ("a@b", Phrase(("a", "b"))),
    ("story:0af3", Is("story", ("0af3",))),
    ("reprints:(0af3 OR 77)", Is("reprints", ("0af3", "77"))),
    ("is:reprint", Marked("reprint")),
    ("is:(original OR placed)", Or((Marked("original"), Marked("placed")))),
    ("\u200fполиция\u200b AND\u200b a", And((Word("полиция"), Word("a")))),
    ("tone:\u200bcritical\u200e", Is("tone", ("critical",))),
    ("title:\ufeffa", InTitle(A)),
    ("a\u00a0b", And((A, B))),
    (":AND\u200b", Word("AND")),
    ("поли\u0438\u0306*", Word("поли\u0438\u0306*", wildcard=True)),
    ("o’c*", Word("o’c*", wildcard=True)),
    ("10 2026-й", And((Word("10"), Phrase(("2026", "й"))))),
    ("title:a", InTitle(A)),
    ("TITLE:a b", And((InTitle(A), B))),
    ("title:(a OR b)", InTitle(Or((A, B)))),
    ('title:"a b"', InTitle(Phrase(("a", "b")))),
    ("title:=a", InTitle(Word("a", True))),
    ("title:a NEAR/2 b", InTitle(Near(A, B, 2))),
    ("title: a", InTitle(A)),
    ("source:tengri.kz-ab12", Is("source", ("tengri.kz-ab12",))),
    ('source:"a b"', Is("source", ("a b",))),
    ("source:(a OR b)", Is("source", ("a", "b"))),
    ("source:(a b)", Is("source", ("a", "b"))),
    ("region:kz-75", Is("region", ("KZ-75",))),
    ("lang:KK", Is("lang", ("kk",))),
    ("lang:(ru OR kk)", Is("lang", ("ru", "kk"))),
    ("tone:critical", Is("tone", ("critical",))),
    ("-tone:neutral", Not(Is("tone", ("neutral",)))),
    ('theme:"kz-mia:corruption"', Is("theme", ("kz-mia:corruption",))),
    ("is:relevant", Marked("relevant")),
    ("is:(dated OR revised)", Or((Marked("dated"), Marked("revised")))),
    ("date:2026-05-12", Dated(TODAY, TODAY)),
    ("date:2026-05", MAY),
    ("date:2026-02", Dated(date(2026, 2, 1), date(2026, 2, 28))),
    ("date:2026", Dated(date(2026, 1, 1), date(2026, 12, 31))),
    ("date:9999-12", Dated(date(9999, 12, 1), date(9999, 12, 31))),
    ("date:today", Dated(TODAY, TODAY)),
    ("date:yesterday", Dated(date(2026, 5, 11), date(2026, 5, 11))),
    ("date:-7d", Dated(date(2026, 5, 5), date(2026, 5, 5))),
    ("date:-7d..", Dated(date(2026, 5, 5), None)),
    ("date:-7d..today", Dated(date(2026, 5, 5), TODAY)),
    ("date:..2026-05", Dated(None, date(2026, 5, 31))),
    ("date:2026-04..2026-05", Dated(date(2026, 4, 1), date(2026, 5, 31))),
    ("date:..", Dated(None, None)),
    ("fetched:today", Dated(TODAY, TODAY, True)),
    ("date:(2026-05-12 OR 2026-05)", Or((Dated(TODAY, TODAY), MAY))),
    ("id:abc", Is("id", ("abc",))),
    ("institution:kz-mia", Is("institution", ("kz-mia",))),
]


@pytest.mark.parametrize(("text", "tree"), TREES, ids=[t or "nothing" for t, _ in TREES])
def test_meaning(text: str, tree: Node) -> None:
    assert parse(text, TODAY) == tree
    assert parse(written(tree), TODAY) == tree


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        ('a "b', '"b', "never closed"),
        ("a «b", "«b", "never closed"),
        ("a b» c", "»", "never opened"),
        ("a (b", "(", "never closed"),
        ("a) b", ")", "never opened"),
        (")", ")", "Nothing stands before"),
        ("()", ")", "Nothing stands before"),
        ("a AND", "AND", "on its right"),
        ("AND a", "AND", "on its left"),
        ("a OR", "", "missing at the end"),
        ("OR a", "OR", "on its left"),
        ("a NOT", "NOT", "on its right"),
        ("NEAR/3 a", "NEAR/3", "on its left"),
        ("a NEAR/3", "NEAR/3", "on its right"),
        ("a NEAR/0 b", "NEAR/0", "distance"),
        ("a NEAR/101 b", "NEAR/101", "distance"),
        ("a NEAR/3 (b c)", "NEAR/3", "groups of them with OR"),
        ("a NEAR/3 (b OR (c d))", "NEAR/3", "groups of them with OR"),
        ("a NEAR/3 tone:critical", "NEAR/3", "groups of them with OR"),
        ("аб* NEAR/3 b", "NEAR/3", "without wildcards"),
        ("a NEAR/3 NOT b", "NOT", "beside NEAR/3"),
        ("a NEAR/3 b NEAR/3 c", "NEAR/3", "join pairs with AND"),
        ("=a NEAR/3 b", "NEAR/3", "write = on both sides"),
        ('(="a b" OR c) NEAR/3 =b', "NEAR/3", "write = on both sides"),
        ("a NEAR b", "NEAR", "as in NEAR/5"),
        ("a ONEAR/ b", "ONEAR/", "as in ONEAR/5"),
        ("a NEAR/x b", "NEAR/x", "as in NEAR/5"),
        ('"a b" NEAR/31 c', "NEAR/31", "at most 30"),
        ('"a b" NEAR/8 (c OR "d e" OR "f g" OR "h i")', "NEAR/8", "at most 30"),
        (" ".join(['"a b" NEAR/30 c'] * 4), " ".join(['"a b" NEAR/30 c'] * 4), "at most: shorten"),
        (f"a NEAR/2 ({' OR '.join('b' * 41)})", "NEAR/2", "At most 40 words"),
        ("@", "@", "names no search"),
        ("a @b+c", "@b+c", "names no search"),
        ('@""', '@""', "names no search"),
        ("a @nothing", "@nothing", "There is no saved search @nothing."),
        ("@bribes = (a) @bribe", "@bribe", "Did you mean @bribes?"),
        ("@one = a OR b", "@one =", "in brackets"),
        ("@one = (a)", "", "missing after the definitions"),
        ("@one = (a) @one = (b) c", "@one =", "defined twice"),
        ("a @one = (b)", "@one =", "before the query"),
        ("@one = (@two) @two = (a) @one", "@two", "no saved search"),
        ("@one = (@one) a", "@one", "no saved search"),
        ("a " + "аб* " * 21, "a " + "аб* " * 21, "at most 20 wildcards"),
        ("*аб " * 6, "*аб " * 6, "At most 5 words"),
        ("a* NEAR/3 b", "a*", "two letters"),
        ("colour:red", "colour:", "no field"),
        ("regoin:KZ-75", "regoin:", "Did you mean region:?"),
        ("tone:bad", "bad", "not one of"),
        ("tone:critcal", "critcal", "Did you mean critical?"),
        ("x lang:de", "de", "not one of"),
        ("is:new", "new", "not one of"),
        ("date:tomorrow", "tomorrow", "is no date"),
        ("date:2026-13", "2026-13", "is no date"),
        ("date:2026-02-30", "2026-02-30", "is no date"),
        ("date:2026-05..2026-04", "2026-05..2026-04", "ends before it begins"),
        ("date:0000", "0000", "is no date"),
        ("a source:", "source:", "needs a value"),
        ("source:(", "source:(", "holds values"),
        ("source:()", "source:()", "holds values"),
        ('source:""', '""', "nothing between"),
        ("title:", "title:", "needs a value"),
        ('a "!!!"', '"!!!"', "no word between"),
        ("a !!!", "!!!", "no letter or digit"),
        ("a*", "a*", "at least two letters"),
        ("аб*-в", "аб*-в", "one word"),
        ("полиц*" + "?" * 4, "полиц*????", "3 ? after"),
        ("п*о*л*и*ц*и*", "п*о*л*и*ц*и*", "5 *"),
        ("ж" * 40 + "*", "ж" * 40 + "*", "40 signs"),
        ("a " + "ж" * 101, "ж" * 101, "100 letters"),
        ('"a ' + "ж" * 101 + '"', '"a ' + "ж" * 101 + '"', "100 letters"),
        ('"полиц* дело"', '"полиц* дело"', "inside a phrase"),
        ("(" * 60 + "a", "(", "at most 50"),
        ("title:" * 60 + "a", "title:", "at most 50"),
        ("a " * 301, "a", "at most 300"),
        ("a" * 8_001, "a", "8000 characters"),
    ],
)
def test_mistakes_point_at_their_place(text: str, marked: str, words: str) -> None:
    with pytest.raises(QueryError) as told:
        parse(text, TODAY)
    assert words in str(told.value)
    assert text[told.value.start : told.value.end] == marked


SAVED = {
    "bribes": "взятка OR пара",
    "court": "@bribes AND сот",
    "week": "date:-7d..",
    "empty": "",
    "broken": "(a",
    "outer": "a AND @broken",
    "itself": "a OR @itself",
    "round": "@about",
    "about": "@round",
    **{f"deep{n}": f"@deep{n + 1}" for n in range(20)},
    "wide": " OR ".join(f"w{n}" for n in range(60)),
    "wider": "@wide AND (@wide AND @wide)",
    "long": " OR ".join("ж" * 50 for _ in range(100)),
}


def saved(name: str) -> str | None:
    return SAVED.get(name.lower())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("@bribes", "взятка OR пара", id="the search itself"),
        pytest.param("@BRIBES", "взятка OR пара", id="names are found as their keeper finds them"),
        pytest.param("полиция @bribes", "полиция AND (взятка OR пара)", id="brackets where they are needed"),
        pytest.param("-@bribes", "NOT (взятка OR пара)", id="not that search"),
        pytest.param("@court OR a", "((взятка OR пара) AND сот) OR a", id="a search in a search"),
        pytest.param("@week", "date:2026-05-05..", id="days count from the day of asking"),
        pytest.param("a @empty", "a AND *", id="an empty search is everything"),
        pytest.param("@bribes = (откат) @bribes", "откат", id="a definition hides a saved search"),
        pytest.param(
            "@bribes = (откат) @court", "(взятка OR пара) AND сот", id="but not inside another search"
        ),
        pytest.param("@mine = (@bribes OR откат) @mine", "взятка OR пара OR откат", id="in a definition"),
    ],
)
def test_named_searches_are_filled_in(text: str, shown: str) -> None:
    tree = parse(text, TODAY, saved)
    assert written(tree) == shown
    assert parse(shown, TODAY) == tree


@pytest.mark.parametrize(
    ("text", "marked", "words"),
    [
        pytest.param("a @nothing", "@nothing", "There is no saved search @nothing.", id="unknown"),
        pytest.param(
            "a @broken", "@broken", "In @broken: This bracket is never closed.", id="a mistake in it"
        ),
        pytest.param(
            "@outer b", "@outer", "In @outer: In @broken: This bracket", id="a mistake in one inside it"
        ),
        pytest.param("@itself", "@itself", "@itself stands for itself: @itself → @itself.", id="itself"),
        pytest.param("x @round", "@round", "@round → @about → @round", id="a circle names its chain"),
        pytest.param("@deep1", "@deep1", "at most 8 deep in one another: @deep1 → @deep2", id="too deep"),
        pytest.param(
            "@wide @wide @wide @wide @wide @wide", "@wide", "at most 300 parts", id="parts are counted"
        ),
        pytest.param("@wider @wider", "@wider", "at most 300 parts", id="parts of parts are counted"),
        pytest.param("@long @long", "@long @long", "Written out in full", id="the written form is bounded"),
    ],
)
def test_mistakes_with_named_searches(text: str, marked: str, words: str) -> None:
    with pytest.raises(QueryError) as told:
        parse(text, TODAY, saved)
    assert words in str(told.value)
    assert text[told.value.start : told.value.end] == marked


def test_a_saved_search_is_read_once_however_often_it_is_named() -> None:
    asked: list[str] = []

    def counting(name: str) -> str | None:
        asked.append(name)
        return {"a": "@b OR @b", "b": "@c OR @c", "c": "x"}.get(name)

    assert written(parse("@a @a", TODAY, counting)) == "(x OR x OR x OR x) AND (x OR x OR x OR x)"
    assert asked == ["a", "b", "c"]


WORDS = st.one_of(
    st.sampled_from(["полиция", "Қазақстан", "MIA", "2026", "o’clock", "AND", "OR", "NOT", "NEAR", "title"]),
    st.text("абвгқұіabcxyz0123456789", min_size=1, max_size=6),
)
VALUES = st.one_of(
    WORDS,
    st.text("ab -:*()=#/.«»“", min_size=1, max_size=6).map(str.strip).filter(bool),
    st.sampled_from(["a b", "kz-mia:x", "#", "-7d", 'say "no"']),
)
DAYS = st.dates(date(1, 1, 1), date(9999, 12, 31))


@st.composite
def spans(draw: st.DrawFn) -> Dated:
    ends = sorted(draw(st.tuples(DAYS, DAYS)))
    since, until = draw(st.sampled_from([(ends[0], ends[1]), (ends[0], None), (None, ends[1]), (None, None)]))
    return Dated(since, until, draw(st.booleans()))


def sides(exact: bool) -> st.SearchStrategy[Word | Phrase | Or]:
    word = st.builds(Word, WORDS, st.just(exact))
    phrase = st.builds(Phrase, st.lists(WORDS, min_size=2, max_size=3).map(tuple), st.just(exact))
    either = st.lists(st.one_of(word, phrase), min_size=2, max_size=3).map(lambda n: Or(tuple(n)))
    return st.one_of(word, phrase, either)


@st.composite
def near(draw: st.DrawFn) -> Near:
    exact = draw(st.booleans())
    left, right = draw(sides(exact)), draw(sides(exact))
    farthest = 100 if isinstance(left, Word) and isinstance(right, Word) else 3
    return Near(left, right, draw(st.integers(1, farthest)), draw(st.booleans()))


LEAVES = st.one_of(
    st.just(Everything()),
    st.builds(Word, WORDS, st.booleans()),
    st.builds(Word, st.sampled_from(["полиц*", "по?иция", "*tion"]), st.booleans(), st.just(True)),
    st.builds(Phrase, st.lists(WORDS, min_size=2, max_size=4).map(tuple), st.booleans()),
    near(),
    st.builds(Is, st.sampled_from(["source", "theme", "institution", "story", "reprints", "id"]), st.lists(VALUES, min_size=1, max_size=3).map(tuple)),
    st.builds(Is, st.just("tone"), st.lists(st.sampled_from(["critical", "unclear"]), min_size=1, max_size=2).map(tuple)),
    st.builds(Is, st.just("region"), st.just(("KZ-75",))),
    spans(),
    st.builds(Marked, st.sampled_from(MARKS)),
)  # fmt: skip


def _joined(kind: type[And] | type[Or], nodes: list[Node]) -> Node:
    """As the parser folds: no conjunction inside a conjunction."""
    return kind(tuple(m for n in nodes for m in (n.nodes if isinstance(n, kind) else (n,))))


def _grown(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(inner, min_size=2, max_size=4)
    return st.one_of(
        several.map(lambda nodes: _joined(And, nodes)),
        several.map(lambda nodes: _joined(Or, nodes)),
        inner.filter(lambda n: not isinstance(n, Not)).map(Not),
        inner.map(InTitle),
    )


TREES_OF_ANY_KIND: st.SearchStrategy[Node] = st.recursive(LEAVES, _grown, max_leaves=12)


@settings(max_examples=400, deadline=None)
@given(TREES_OF_ANY_KIND)
def test_a_tree_written_and_parsed_is_the_tree(tree: Node) -> None:
    assert parse(written(tree), TODAY) == tree


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 40_000), st.integers(0, 40_000))
def test_more_days_ago_is_never_later(one: int, more: int) -> None:
    def day(n: int) -> date:
        node = parse(f"date:-{n}d", TODAY)
        assert isinstance(node, Dated) and node.since
        return node.since

    assert (day(one) <= day(more)) == (one >= more)
    assert day(one) == TODAY - timedelta(days=one)


PIECES = [
    "полиция", "қала", "police", "a", "*", "?", "по*", '"', "«", "»", "“", "”", "„", "=", "-", "(", ")", " ",
    " ", "AND", "OR", "NOT", "NEAR/3", "ONEAR/2", "NEAR/", "title:", "tone:critical", "tone:", "lang:ru",
    "date:", "2026", "-7d..", "..", "is:relevant", "source:", "region:kz-75", "id:", "#", "/*", "*/", "\n", ":",
    "http://", "\x00", "\u0301", "’", "_", "🚓", "\u200b", "ё", "1", "[", ".*", "\\", "^", "{1}", "a:b", "İ", "@one", "@one = (", "@", "\u200f", "is:reprint", "story:",
]  # fmt: skip
NONSENSE = st.one_of(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.text(max_size=40))


@settings(max_examples=2_000, deadline=None)
@given(NONSENSE)
def test_any_string_is_a_tree_or_a_located_mistake(text: str) -> None:
    try:
        tree = parse(text, TODAY)
    except QueryError as error:
        assert 0 <= error.start <= error.end <= len(text)
        return
    assert parse(written(tree), TODAY) == tree
