"""Ten thousand queries by a grammar, right ones and spoilt ones: each is answered, or a mistake points at its place."""

import random
import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, timedelta

import pytest
from demo.newsroom.outlets import outlets
from demo.newsroom.server import Newsroom
from tests.builders import NOW, Shelf, StoppedClock, reading

from aimas.core import Language, Tone
from aimas.search import QueryError, parse, written
from aimas.search.fields import FIELDS, MARKS
from aimas.search.limits import (
    MAX_CLAUSES,
    MAX_NEAR,
    MAX_NEAR_PLACES,
    MAX_NEAR_WORDS,
    MAX_PLACES,
    MAX_STARS,
    MAX_WILD_WORD,
)
from aimas.search.service import Search
from aimas.search.types import Scope
from aimas.storage.index import Index
from aimas.web import mistakes

QUERIES = 10_000
TODAY = NOW.date()
TONES = tuple(Tone)
REGIONS = ("KZ-75", "KZ-10", "KZ-71")
SAVED = {
    "bribes": "взятка OR пара OR bribe*",
    "week": "date:-7d..",
    "nested": "@bribes AND @week",
    "broken": "(a",
    "round": "@round",
    "Сот істері": "сот NEAR/5 іс",
    "all": "",
}
WORDS = [
    "полиция",
    "полицейлерімізден",
    "суд",
    "сот",
    "жол",
    "дорога",
    "министр",
    "министрдің",
    "police",
    "officers",
    "road",
    "court",
    "взятка",
    "пара",
    "102",
    "2026",
    "Turgumbayev",
    "Тұрғымбаев",
    "Алматы",
    "Усть-Каменогорск",
    "officer’s",
    "ребёнок",
    "район",
    "в",
    "и",
    "the",
    "AND",
    "OR",
    "NOT",
    "NEAR",
    "and",
    "or",
]
SPOILS = (
    *"()\"«»“”„=-*?#@:/\\.~^[]{}!|&+,;'’`_\x00\u200b\u200f\u0301\u0306\u00ad🚓İßǅ",
    " AND ", " OR ", " NOT ", " NEAR/5 ", " ONEAR/0 ", " NEAR ", "NEAR/", "/*", "*/", "# ", "..", "date:", "title:",
    "tone:", "is:", "@bribes", "@nothing", "@one = (", "story:", "reprints:", "entry:", " \n ", "9" * 30, "а" * 300,
)  # fmt: skip


class Grammar:
    """Writes queries; `limit` counts down so that none grows without end."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.limit = 0
        self.defined: list[str] = []

    def query(self) -> str:
        self.limit = self.chance.choice((2, 4, 8, 16, 40))
        self.defined = []
        parts = []
        for name in ("one", "екі", "two words")[: self.chance.choice((0, 0, 0, 1, 2, 3))]:
            written_name = f'@"{name}"' if " " in name else f"@{name}"
            parts.append(
                f"{written_name}{self.blank()}= ({self.either()}){self.chance.choice((' ', chr(10)))}"
            )
            self.defined.append(written_name)
        return "".join(parts) + self.either()

    def either(self) -> str:
        return " OR ".join(self.all() for _ in range(self.chance.choice((1, 1, 1, 2, 3))))

    def all(self) -> str:
        joints = (" ", " AND ", "  ", "\n", " /* and */ ", "\u00a0")
        text = self.one()
        for _ in range(self.chance.choice((0, 0, 1, 2))):
            text += self.chance.choice(joints) + self.one()
        return text

    def one(self) -> str:
        self.limit -= 1
        if self.limit <= 0:
            return self.word()
        pick = self.chance.choice
        kinds = (
            self.word,
            self.phrase,
            self.wildcard,
            self.near,
            self.field,
            self.named,
            self.group,
            self.title,
        )
        text = self.chance.choices(kinds, (6, 3, 2, 3, 5, 1, 3, 2))[0]()
        return pick(("", "", "", "", "-", "NOT ", "NOT NOT ")) + text

    def word(self) -> str:
        word = self.chance.choice(WORDS)
        if self.chance.random() < 0.2:
            word = self.chance.choice((str.upper, str.capitalize, self.respelled, self.dressed))(word)
        return self.chance.choice(("", "", "", "=")) + word

    def respelled(self, word: str) -> str:
        """As it may come from elsewhere: decomposed, or with letters of the other script."""
        if self.chance.random() < 0.5:
            return unicodedata.normalize("NFD", word)
        return word.translate(str.maketrans("аеосрху", "aeocpxy"))

    def dressed(self, word: str) -> str:
        at = self.chance.randrange(len(word) + 1)
        return word[:at] + self.chance.choice("\u200b\u200f\u00ad\u2060\ufeff") + word[at:]

    def phrase(self) -> str:
        inner = " ".join(self.word().lstrip("=") for _ in range(self.chance.choice((1, 2, 2, 3, 5))))
        before, after = self.chance.choice(('""', "«»", "“”", "„“"))
        return f"{self.chance.choice(('', '', '='))}{before}{inner}{after}"

    def wildcard(self) -> str:
        return self.chance.choice(
            ("полиц*", "*ция", "п?лиц*", "*лиц*", "minist*", "=суд*", "қызм*", "раи\u0306он*")
        )

    def side(self) -> str:
        if self.chance.random() < 0.3:
            return f"({' OR '.join(self.chance.choice((self.word, self.phrase))() for _ in range(3))})"
        return self.chance.choice((self.word, self.word, self.phrase))()

    def near(self) -> str:
        operator = self.chance.choice(
            ("NEAR/1", "NEAR/2", "NEAR/5", "ONEAR/3", "NEAR/10", "NEAR/4f", "NEAR/100")
        )
        return f"{self.side()} {operator} {self.side()}"

    def field(self) -> str:
        value = self.chance.choice((
            "source:outlet", f"source:({' OR '.join(self.chance.sample(('a', 'b', 'times', '@x'), 2))})", "lang:kk",
            "lang:(ru OR EN)", "tone:critical", "tone:(positive OR neutral OR unclear)", "theme:corruption",
            'theme:"kz-mia:corruption"', "region:kz-75", "institution:kz-mia", f"is:{self.chance.choice(MARKS)}",
            "story:0af3", "reprints:(1 OR 2)", "id:1", f"date:{self.day()}", f"date:{self.day()}..",
            f"date:..{self.day()}", f"date:{self.day()}..{self.day()}", "date:..", "fetched:today", "entry:3..90",
            f"date:(-{self.chance.randrange(99)}d.. OR 2025)", f"{self.chance.choice(FIELDS)}:{self.word()}",
        ))  # fmt: skip
        return value if self.chance.random() < 0.9 else value.replace(":", ":" + self.blank(), 1)

    def day(self) -> str:
        day = TODAY + timedelta(days=self.chance.randrange(-400, 3))
        return self.chance.choice((day.isoformat(), f"{day:%Y-%m}", f"{day:%Y}", "today", "yesterday", "-7d"))

    def named(self) -> str:
        if self.defined and self.chance.random() < 0.7:
            return self.chance.choice(self.defined)
        return self.chance.choice(
            ("@bribes", "@week", "@nested", "@«Сот істері»", "@all", "@broken", "@round")
        )

    def group(self) -> str:
        return f"({self.either()})"

    def title(self) -> str:
        return f"title:{self.chance.choice((self.word, self.phrase, self.near, self.group, self.wildcard))()}"

    def blank(self) -> str:
        return self.chance.choice(("", " ", " \n ", "\u200b"))


def spoilt(text: str, chance: random.Random) -> str:
    for _ in range(chance.choice((1, 1, 2, 5))):
        at, to = sorted((chance.randrange(len(text) + 1), chance.randrange(len(text) + 1)))
        match chance.randrange(4):
            case 0:
                text = text[:at] + chance.choice(SPOILS) + text[at:]
            case 1:
                text = text[:at] + text[min(to, at + 3) :]
            case 2:
                text = text[:to] + text[at:to] + text[to:]
            case _:
                text = text[:at] + chance.choice(SPOILS) + text[to:]
    return text


def queries() -> Iterator[tuple[str, bool]]:
    """Text, and whether the grammar alone wrote it."""
    chance = random.Random(20260512)
    grammar = Grammar(chance)
    for n in range(QUERIES):
        text = grammar.query()
        yield (spoilt(text, chance), False) if n % 2 else (text, True)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """The demo newsroom's publications, with facts drawn by lot."""
    chance = random.Random(1)
    newsroom = Newsroom(started=NOW, port=0)
    shelf = Shelf(tmp_path_factory.mktemp("fuzz"))
    shelf.file(
        *(
            reading(
                "\n".join(article.paragraphs),
                title=article.title or "",
                language=Language(article.lang),
                source=outlet.slug,
                address=f"https://{outlet.slug}.example{article.path}",
                published_at=article.published_at if chance.random() < 0.9 else None,
                tone=chance.choice((*TONES, None, None)),
                regions=tuple(chance.sample(REGIONS, chance.randrange(3))),
                themes=("corruption",) if chance.random() < 0.2 else (),
            )
            for outlet in outlets()
            for article in newsroom.articles(outlet.slug)
        )
    )
    made = shelf.index()
    shelf.follow(made)
    yield made
    shelf.close()


def test_every_query_is_answered_and_counted_or_its_mistake_is_located(index: Index) -> None:
    search = Search(index, None, StoppedClock(), UTC)  # type: ignore[arg-type]
    scope = Scope("kz-mia", index.position())
    everything = index.count(parse("", TODAY), scope)
    assert everything > 400
    seen = Counter[str]()
    for text, by_grammar in queries():
        try:
            tree = parse(text, TODAY, SAVED.get)
        except QueryError as error:
            assert 0 <= error.start <= error.end <= len(text), text
            known = mistakes.key_of(str(error))
            assert known, str(error)
            seen[known[0]] += 1
            continue
        assert parse(written(tree), TODAY) == tree, text
        count, hits = index.counted_page(tree, scope, limit=everything + 1)
        assert count == len(hits) == len({hit.order for hit in hits}), text
        assert count == index.count(tree, scope), text
        assert count == sum(search.facet(search.about(tree, "kz-mia"), "lang").values()), text
        seen["answered as written by the grammar" if by_grammar else "answered though spoilt"] += 1
        seen["found something"] += count > 0
    assert seen["answered as written by the grammar"] > QUERIES / 5
    assert seen["answered though spoilt"] > QUERIES / 20
    assert seen["found something"] > QUERIES / 8
    assert sum(n > 0 for key, n in seen.items() if key.startswith("mistake.")) > 25, seen


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" OR ".join(f"слово{n}" for n in range(MAX_CLAUSES)), id="the longest list of words"),
        pytest.param(
            " ".join(f"-w{n}" for n in range(MAX_CLAUSES)), id="the longest list of what shall not be"
        ),
        pytest.param(
            " ".join(["*аб*"] * 5 + [f"{a}{b}*" for a in "пр" for b in "аеиоуы"]),
            id="the most wildcards at their widest",
        ),
        pytest.param(
            f"({' OR '.join([f'полицейскими{n}й' for n in range(MAX_NEAR_WORDS)])}) NEAR/{MAX_NEAR} ({' OR '.join([f'прокурорами{n}й' for n in range(MAX_NEAR_WORDS)])})",
            id="the widest sides of NEAR",
        ),
        pytest.param(
            " ".join([f'"в суде" NEAR/{MAX_NEAR_PLACES} "на дороге"'] * (MAX_PLACES // MAX_NEAR_PLACES)),
            id="the most phrases near phrases",
        ),
        pytest.param("(" * 49 + "a" + ")" * 49, id="the deepest brackets"),
        pytest.param(f"source:({' OR '.join(f's{n}' for n in range(400))})", id="a long list of values"),
    ],
)
def test_the_heaviest_queries_that_are_allowed_are_answered(index: Index, text: str) -> None:
    tree = parse(text, TODAY)
    scope = Scope("kz-mia", index.position())
    count, hits = index.counted_page(tree, scope, limit=10_000)
    assert count == len(hits) == sum(index.facets(tree, scope)["lang"].values())
    assert sum(index.days(tree, scope, date(1, 1, 1), date(9999, 12, 31)).values()) <= count


@pytest.mark.parametrize("letters", ["аб", "ab", "𐐀𐐁", "абвгдежзи"])
def test_every_wildcard_that_is_allowed_can_be_looked_for(index: Index, letters: str) -> None:
    """Tantivy refuses expressions by their size, when it is too late to point at them."""
    chance = random.Random(letters)
    scope = Scope("kz-mia", index.position())
    asked = 0
    while asked < 300:
        signs = [chance.choice(letters) for _ in range(chance.randint(2, MAX_WILD_WORD))]
        for _ in range(chance.randint(1, MAX_STARS)):
            signs.insert(chance.randrange(len(signs) + 1), "*")
        for _ in range(chance.choice((0, 1, 3, 10))):
            signs.insert(chance.randrange(len(signs) + 1), "?")
        try:
            tree = parse("".join(signs), TODAY)
        except QueryError:
            continue
        asked += 1
        assert index.count(tree, scope) >= 0
