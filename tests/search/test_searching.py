"""What queries find in a small index of three languages."""

import random
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.builders import NOW, Shelf, StoppedClock, reading
from tests.search.test_query_language import NONSENSE, TREES_OF_ANY_KIND

from aimas.core import Language, Tone
from aimas.search import QueryError, written
from aimas.search.board import board
from aimas.search.service import Search
from aimas.search.tree import Node
from aimas.storage.index import Index

KK, RU, EN = Language.KK, Language.RU, Language.EN
DOCS = {
    "ru-1": reading("Полицейские Алматы задержали мошенников. Министр выступил в парламенте.", title="Задержание в Алматы", tone=Tone.POSITIVE, regions=("KZ-75",), address="https://a.kz/1"),
    "ru-2": reading("О работе полицейского говорили с министром.", title="Разговор", tone=Tone.NEUTRAL, published_at=None, address="https://a.kz/2"),
    "ru-3": reading("Тургумбаева спросили о взятках и пытках.", title="Вопросы", tone=Tone.CRITICAL, themes=("corruption",), address="https://b.kz/3", source="zakon"),
    "kk-1": reading("Қалада полиция қызметкерлері ұрыны ұстады. Тұрғымбаев жауап берді.", title="Ұры ұсталды", language=KK, tone=Tone.POSITIVE, address="https://a.kz/4", source="egemen"),
    "kk-2": reading("Полиция қызметкерінің ісі қаладан сотқа жіберілді.", title="Сот", language=KK, tone=Tone.UNCLEAR, address="https://a.kz/5", source="egemen"),
    "en-1": reading("Police officers detained two suspects, the ministry said. Turgumbayev spoke.", title="Two detained", language=EN, tone=Tone.CRITICAL, address="https://a.kz/6", source="times"),
    "en-2": reading("An officer was detaining a suspect in the city.", title="City news", language=EN, address="https://a.kz/7", source="times"),
    "mixed": reading("Бүгін министр сказал: полиция жұмысын жақсартады, это главное.", title="Министр", language=Language.KK_RU, address="https://a.kz/8"),
    "plain": reading("one two three four five six one", title="zero", language=EN, address="https://a.kz/9"),
}  # fmt: skip
TODAY = NOW.date()


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    made = Shelf(tmp_path_factory.mktemp("stocked"))
    made.file(*DOCS.values())
    made.follow(made.index())
    yield made
    made.close()


@pytest.fixture(scope="module")
def search(stocked: Shelf) -> Search:
    return Search(stocked.index(), stocked.records, StoppedClock(), UTC)


def found(search: Search, query: str) -> set[str]:
    names = dict(enumerate(DOCS, 1))
    return {names[p.position] for p in search.everything(search.ask(query, "kz-mia"))}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("*", set(DOCS), id="everything, undated included"),
        pytest.param("полицейский", {"ru-1", "ru-2"}, id="Russian: one form finds the others"),
        pytest.param("МИНИСТРОМ", {"ru-1", "ru-2", "mixed"}, id="Russian: case of letters is no matter"),
        pytest.param("задержать", {"ru-1"}, id="Russian: the dictionary form of a verb"),
        pytest.param("қала", {"kk-1", "kk-2"}, id="Kazakh: the bare word finds its cases"),
        pytest.param("қаладағы", {"kk-1", "kk-2"}, id="Kazakh: one case finds the others"),
        pytest.param("қызметкер", {"kk-1", "kk-2"}, id="Kazakh: plural and possessive"),
        pytest.param("suspects", {"en-1", "en-2"}, id="English: plural and singular"),
        pytest.param("detain", {"en-1", "en-2"}, id="English: forms of a verb"),
        pytest.param("Тургумбаев", {"ru-3", "kk-1", "en-1"}, id="a name across cases, letters and scripts"),
        pytest.param("Turgumbaev", {"ru-3", "kk-1", "en-1"}, id="a name as another paper spells it"),
        pytest.param("=полицейского", {"ru-2"}, id="exact: only this form"),
        pytest.param("=Полицейского", {"ru-2"}, id="exact: case of letters is no matter"),
        pytest.param("=полицейский", set(), id="exact: no other form"),
        pytest.param("полицей*", {"ru-1", "ru-2"}, id="a wildcard at the end"),
        pytest.param("*ках", {"ru-3"}, id="a wildcard at the beginning"),
        pytest.param("п?тках", {"ru-3"}, id="one letter"),
        pytest.param("title:министр", {"mixed"}, id="title: only the title"),
        pytest.param("title:detaining", {"en-1"}, id="title: forms too"),
        pytest.param("title:=задержание", {"ru-1"}, id="title: exact"),
        pytest.param("title:=задержания", set(), id="title: exact, no other form"),
        pytest.param("title:=министром", set(), id="title: the exact form elsewhere is no matter"),
        pytest.param("title:задерж*", {"ru-1"}, id="title: wildcard"),
        pytest.param('title:"задержания в Алматы"', {"ru-1"}, id="title: a phrase"),
        pytest.param('title:"в Алматы задержания"', set(), id="title: a phrase in another order"),
        pytest.param('title:="задержание в алматы"', {"ru-1"}, id="title: an exact phrase"),
        pytest.param('"полиция қызметкері"', {"kk-1", "kk-2"}, id="a Kazakh phrase in other forms"),
        pytest.param('"министра в парламент"', set(), id="a phrase with a word left out"),
        pytest.param('"министра выступила"', {"ru-1"}, id="a Russian phrase in other forms"),
        pytest.param('="министр выступил"', {"ru-1"}, id="an exact phrase"),
        pytest.param('="министр выступать"', set(), id="an exact phrase in other forms"),
        pytest.param('"полиция жұмысы"', {"mixed"}, id="a phrase in a mixed text"),
        pytest.param('"zero one"', set(), id="no phrase from the title into the text"),
        pytest.param('"Алматы полицейские"', set(), id="no phrase from the title into the text, in Russian"),
        pytest.param("мошенник -парламент", set(), id="NOT"),
        pytest.param("министр -парламент", {"ru-2", "mixed"}, id="NOT leaves the others"),
        pytest.param("suspect OR взятка", {"en-1", "en-2", "ru-3"}, id="OR"),
        pytest.param("tone:critical", {"ru-3", "en-1"}, id="tone"),
        pytest.param("tone:(positive OR unclear)", {"ru-1", "kk-1", "kk-2"}, id="two tones"),
        pytest.param("lang:kk", {"kk-1", "kk-2"}, id="language"),
        pytest.param("lang:kk-ru", {"mixed"}, id="mixed language"),
        pytest.param("region:kz-75", {"ru-1"}, id="region"),
        pytest.param("theme:corruption", {"ru-3"}, id="theme"),
        pytest.param("source:zakon", {"ru-3"}, id="source"),
        pytest.param("is:undated", {"ru-2"}, id="undated"),
        pytest.param("is:relevant lang:en", {"en-1"}, id="relevant"),
        pytest.param("institution:kz-mia lang:en", {"en-1"}, id="institution"),
        pytest.param("date:today lang:ru", {"ru-1", "ru-3"}, id="today"),
        pytest.param("date:yesterday", set(), id="yesterday"),
        pytest.param("date:..yesterday", set(), id="undated is in no range"),
        pytest.param("two ONEAR/1 three", {"plain"}, id="in order and adjacent"),
        pytest.param("three ONEAR/1 two", set(), id="not in order"),
        pytest.param("three NEAR/1 two", {"plain"}, id="adjacent in any order"),
        pytest.param("two NEAR/2 five", set(), id="three apart is not near two"),
        pytest.param("two NEAR/3 five", {"plain"}, id="three apart is near three"),
        pytest.param("one NEAR/6 one", {"plain"}, id="a word near itself is there twice"),
        pytest.param("four NEAR/50 four", set(), id="a word is not near itself"),
        pytest.param("title:zero NEAR/3 one", set(), id="near in the title"),
    ],
)
def test_what_is_found(search: Search, query: str, expected: set[str]) -> None:
    assert found(search, query) == expected


def test_no_phrase_reaches_into_the_terms_beside_the_words(shelf: Shelf) -> None:
    """A Kazakh word in Latin letters is filed in Cyrillic too, but not as the next word."""
    shelf.file(reading("Ülken qala", language=KK))
    index = shelf.index()
    shelf.follow(index)
    search = Search(index, shelf.records, StoppedClock(), UTC)
    for query, count in (("қала", 1), ('"ülken qala"', 1), ('"qala қала"', 0), ("qala NEAR/9 қала", 0)):
        assert search.count(search.ask(query, "kz-mia")) == count, query


def test_near_agrees_with_counting_words(tmp_path: Path) -> None:
    """Against a search that counts places by hand: every distance, order and pair of words."""
    chance = random.Random(4)
    texts = [[chance.choice("abcdefghij") + "q" for _ in range(chance.randint(1, 9))] for _ in range(40)]
    shelf = Shelf(tmp_path / "near")
    shelf.file(*(reading(" ".join(t), language=EN, address=f"https://a.kz/{i}") for i, t in enumerate(texts)))
    index = shelf.index()
    shelf.follow(index)
    search = Search(index, shelf.records, StoppedClock(), UTC)
    for distance in range(1, 9):
        for left, right in (("aq", "bq"), ("cq", "dq"), ("eq", "eq"), ("aq", "jq")):
            for ordered in (False, True):
                query = f"{left} {'ONEAR' if ordered else 'NEAR'}/{distance} {right}"
                by_hand = sum(
                    any(
                        t[i] == left
                        and t[j] == right
                        and (0 < j - i <= distance or (not ordered and 0 < i - j <= distance))
                        for i in range(len(t))
                        for j in range(len(t))
                    )
                    for t in texts
                )
                assert search.count(search.ask(query, "kz-mia")) == by_hand, query
    shelf.close()


def test_near_between_phrases_and_groups_agrees_with_counting_words(tmp_path: Path) -> None:
    """Each side is a list of runs, each run a tuple of words; any run of a side will do."""
    chance = random.Random(5)
    texts = [[chance.choice("abcde") + "q" for _ in range(chance.randint(2, 12))] for _ in range(60)]
    shelf = Shelf(tmp_path / "near")
    shelf.file(*(reading(" ".join(t), language=EN, address=f"https://a.kz/{i}") for i, t in enumerate(texts)))
    index = shelf.index()
    shelf.follow(index)
    search = Search(index, shelf.records, StoppedClock(), UTC)

    def drawn() -> list[tuple[str, ...]]:
        return [
            tuple(chance.choice("abcde") + "q" for _ in range(chance.choice((1, 1, 2, 3))))
            for _ in range(chance.choice((1, 1, 2, 3)))
        ]

    def said(side: list[tuple[str, ...]]) -> str:
        return "(" + " OR ".join(f'"{" ".join(run)}"' for run in side) + ")"

    def ends(text: list[str], side: list[tuple[str, ...]]) -> set[tuple[int, int]]:
        return {
            (at, at + len(run) - 1)
            for run in side
            for at in range(len(text) - len(run) + 1)
            if tuple(text[at : at + len(run)]) == run
        }

    def stands(
        text: list[str], left: list[tuple[str, ...]], right: list[tuple[str, ...]], apart: int
    ) -> bool:
        return any(1 <= start - end <= apart for _, end in ends(text, left) for start, _ in ends(text, right))

    found = 0
    for _ in range(150):
        left, right, distance, ordered = drawn(), drawn(), chance.randint(1, 3), chance.random() < 0.5
        query = f"{said(left)} {'ONEAR' if ordered else 'NEAR'}/{distance} {said(right)}"
        by_hand = sum(
            stands(t, left, right, distance) or (not ordered and stands(t, right, left, distance))
            for t in texts
        )
        assert search.count(search.ask(query, "kz-mia")) == by_hand, query
        found += by_hand > 0
    assert found > 40
    shelf.close()


def agrees(search: Search, node: Node, text: str) -> None:
    question = search.about(node, "kz-mia", text=text)
    count = search.count(question)
    assert count == len(list(search.everything(question, step=4)))
    assert count == search.page(question, limit=3).count
    assert sum(search.facet(question, "source").values()) == count
    assert sum(search.days(question, date(1, 1, 1), date(9999, 12, 31)).values()) <= count


@settings(max_examples=2_000, deadline=None)
@given(NONSENSE)
def test_any_string_counts_what_it_lists_or_is_a_mistake(search: Search, text: str) -> None:
    try:
        question = search.ask(text, "kz-mia")
    except QueryError:
        return
    agrees(search, question.node, text)
    again = search.ask(written(question.node), "kz-mia")
    assert search.count(again) == search.count(question)


@settings(max_examples=150, deadline=None)
@given(TREES_OF_ANY_KIND)
def test_any_tree_counts_what_it_lists(search: Search, tree: Node) -> None:
    agrees(search, tree, written(tree))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["министр", "tone:critical", "lang:ru", '"a b"', "полиц*", "is:undated"]), NONSENSE)
def test_a_query_and_its_opposite_make_everything(search: Search, one: str, other: str) -> None:
    for text in (one, other):
        try:
            search.ask(f"({text})", "kz-mia")
        except QueryError:
            continue
        yes = search.count(search.ask(f"({text})", "kz-mia"))
        no = search.count(search.ask(f"NOT ({text})", "kz-mia"))
        assert yes + no == len(DOCS)


def test_every_figure_of_the_board_opens_the_list_that_it_counts(search: Search) -> None:
    made = board(search, "kz-mia")
    figures = [made.listened, made.relevant, *made.tones, made.today, *made.today_tones, made.undated]
    figures += [*made.languages, *made.regions, *made.critical_regions, *made.themes]
    figures += [*made.sources, *made.critical_sources]
    for day in made.days:
        figures += [day.total, *day.tones]
    for figure in figures:
        question = search.ask(figure.query, "kz-mia", made.snapshot)
        assert search.count(question) == figure.count, figure
        assert len(list(search.everything(question))) == figure.count, figure
    assert (
        made.relevant.count == sum(t.count for t in made.tones) == sum(d.total.count for d in made.days) == 5
    )
    assert made.undated.count == 1


def test_newer_items_are_announced_and_not_counted(shelf: Shelf) -> None:
    index: Index = shelf.index()
    shelf.file(reading("Полиция."))
    shelf.follow(index)
    search = Search(index, shelf.records, StoppedClock(NOW + timedelta(hours=1)), UTC)
    question = search.ask("полиция", "kz-mia")
    shelf.file(reading("Полиция снова."), reading("Не о том."))
    assert search.lag().behind == 2
    shelf.follow(index)
    page = search.page(question)
    assert (page.count, page.newer, len(page.publications)) == (1, 1, 1)
    assert search.page(search.ask("полиция", "kz-mia")).count == 2


def test_a_query_that_names_a_saved_search_goes_on_written_out(stocked: Shelf) -> None:
    saved = {"bribes": "взятка OR откат"}
    search = Search(stocked.index(), stocked.records, StoppedClock(), UTC, saved.get)
    question = search.ask("lang:ru @bribes", "kz-mia")
    count = search.count(question)
    saved["bribes"] = "*"
    assert question.text == "lang:ru AND (взятка OR откат)"
    assert count == search.count(search.ask(question.text, "kz-mia")) == 1
    assert search.count(search.ask("lang:ru @bribes", "kz-mia")) == 3
    assert search.ask("date:-1d..", "kz-mia").text == "date:-1d.."
