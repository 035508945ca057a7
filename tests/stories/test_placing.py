"""What speaks of the institution gets its chain and its story after filing, whatever the order of arrival."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.builders import NOW, TESTER, StoppedClock, reading

from aimas.app import App
from aimas.core import BadInput, Language, Ownership, Reading, StoredPublication
from aimas.flow.accounts import accounts
from aimas.search.stories import StoryView
from aimas.sources import Source, SourceKind
from aimas.stories import placing

FIRE = (
    "Полиция Караганды нашла поджигателя торгового дома «Керуен».\n"
    "Сорокалетний бывший сторож Ержан Досымов признался, что поджёг склад из-за долга в 700 тысяч тенге. "
    "Пожар тушили шесть часов, никто не пострадал, ущерб оценили в 48 миллионов тенге, сообщил Нурлан Бекенов."
)
FIRE_LATER = (
    "Суд в Караганде арестовал на два месяца Ержана Досымова, которого полиция подозревает в поджоге склада "
    "торгового дома «Керуен».\nДосымов просил о домашнем аресте; Нурлан Бекенов напомнил об ущербе в 48 миллионов тенге."
)
FIRE_EN = (
    "Karaganda police find the man who set fire to the Keruen trading house.\n"
    "Former watchman Yerzhan Dosymov said he burned the warehouse over a debt of 700 thousand tenge. "
    "Damage is put at 48 million tenge, Nurlan Bekenov said."
)
BRIBE = (
    "В Шымкенте задержан начальник отдела миграционной полиции Талгат Искаков.\n"
    "По версии следствия, он взял 2,5 миллиона тенге за вид на жительство. Антикоррупционная служба провела "
    "обыск в его кабинете, а самого Искакова отстранили от должности на время следствия."
)
WEATHER = (
    "В Астане ожидается снег.\nСиноптики советуют водителям не выезжать на летней резине до конца недели."
)


def said(text: str, outlet: str, hours: float = 0, **changes: object) -> Reading:
    title, _, body = text.partition("\n")
    language = Language.EN if text is FIRE_EN else Language.RU
    return reading(
        body,
        title=title,
        relevant=changes.pop("relevant", True),  # type: ignore[arg-type]
        language=language,
        source=outlet,
        address=f"https://{outlet}.test/{abs(hash((text, hours)))}",
        published_at=NOW + timedelta(hours=hours - 200),
        **changes,
    )


OUTLETS = ("tengri", "zakon", "azattyq", "astana", "orda", "later", "old", "old-copy", "older")


@pytest.fixture
def app(home: Path) -> Iterator[App]:
    with opened(home) as made:
        yield made


@contextmanager
def opened(folder: Path) -> Iterator[App]:
    made = App(folder, StoppedClock(), TESTER)
    for name in OUTLETS:
        made.declare(
            Source(
                id=name,
                kind=SourceKind.FEED,
                address=f"https://{name}.test/rss",
                name=name,
                ownership=Ownership.OUTLET,
            )
        )
    yield made
    made.close()


def file(app: App, *readings: Reading) -> None:
    with app.archive.settling():
        app.archive.file(readings)
    follow(app)


def follow(app: App) -> None:
    writer = app.index.writer()
    app.follow(writer)
    writer.close()


def everything(app: App, query: str = "is:relevant", at: int | None = None) -> list[StoredPublication]:
    return list(app.search.everything(app.search.ask(query, "kz-mia", at)))


def grouped(app: App) -> tuple[set[frozenset[str]], set[frozenset[str]]]:
    """Outlets and titles by chain, and by story."""
    chains: dict[str, set[str]] = {}
    stories: dict[str, set[str]] = {}
    for p in everything(app):
        assert p.placed is not None
        chains.setdefault(p.placed.chain, set()).add(f"{p.source}: {p.title}")
        stories.setdefault(p.placed.story, set()).add(f"{p.source}: {p.title}")
    return {frozenset(c) for c in chains.values()}, {frozenset(s) for s in stories.values()}


def one(app: App, outlet: str) -> StoredPublication:
    found = everything(app, f"source:{outlet}")
    assert len(found) == 1
    return found[0]


NEWS = (
    said(FIRE, "tengri", 0),
    said(FIRE, "zakon", 2),
    said(BRIBE, "azattyq", 3),
    said(FIRE_LATER, "tengri", 40),
    said(FIRE_EN, "astana", 5),
    said(BRIBE, "orda", 9),
)


def test_copies_are_folded_and_stories_followed_across_languages(app: App) -> None:
    file(app, *NEWS, said(WEATHER, "tengri", relevant=False))
    chains, stories = grouped(app)
    assert len(chains) == 4
    assert len(stories) == 2
    question = app.search.ask("is:relevant", "kz-mia")
    distinct = app.search.distinct(question)
    assert (distinct.publications, distinct.unique, distinct.stories, distinct.placed) == (6, 4, 2, 6)
    copy = one(app, "zakon")
    assert copy.placed is not None and copy.placed.similarity is not None
    listed = everything(app, f"reprints:{copy.placed.chain}")
    assert {p.source for p in listed} == {"tengri", "zakon"}
    assert {p.source for p in everything(app, "is:reprint")} == {"zakon", "orda"}


@pytest.mark.parametrize(
    "order",
    [
        pytest.param((5, 4, 3, 2, 1, 0), id="a feed lists the newest first"),
        pytest.param((3, 0, 5, 1, 4, 2), id="in no order"),
    ],
)
def test_the_order_of_arrival_in_one_batch_changes_nothing(app: App, order: Sequence[int]) -> None:
    file(app, *(NEWS[n] for n in order))
    found = grouped(app)
    assert len(found[0]) == 4
    assert len(found[1]) == 2


def test_what_comes_one_at_a_time_finds_its_place(app: App) -> None:
    for news in NEWS:
        file(app, news)
    assert len(grouped(app)[1]) == 2


def test_a_chain_is_called_by_what_was_said_first_also_when_that_comes_last(app: App) -> None:
    file(app, said(BRIBE, "orda", 9))
    file(app, said(BRIBE, "azattyq", 3))
    file(app, said(BRIBE, "zakon", 5))
    file(app, said(BRIBE, "later", 1))
    assert {p.placed.chain for p in everything(app)} == {one(app, "later").id}  # type: ignore[union-attr]
    assert {p.source for p in everything(app, "is:original")} == {"later"}
    assert len({p.placed.story for p in everything(app)}) == 1  # type: ignore[union-attr]
    assert app.search.distinct(app.search.ask("is:relevant", "kz-mia")).unique == 1
    assert app.verify() == []


def test_an_old_archive_finds_its_own_time(app: App) -> None:
    file(app, *NEWS)
    year = timedelta(days=365).total_seconds() / 3600
    file(
        app, said(BRIBE, "old-copy", 4 - year), said(BRIBE, "old", 2 - year), said(FIRE_LATER, "older", -year)
    )
    chains, stories = grouped(app)
    assert len(chains) == 6
    assert len(stories) == 4
    assert one(app, "old-copy").placed.chain == one(app, "old").placed.chain  # type: ignore[union-attr]


def test_a_restart_goes_on_as_if_never_stopped(home: Path) -> None:
    with opened(home) as app:
        file(app, *NEWS[:3])
    with opened(home) as app:
        file(app, *NEWS[3:])
        assert len(grouped(app)[0]) == 4
        assert len(grouped(app)[1]) == 2
        assert app.verify() == []


def test_a_failed_settlement_places_nothing_and_the_next_call_goes_on(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "BATCH", 2)
    settled = 0
    real = type(app.archive).settling

    @contextmanager
    def failing(archive: object) -> Iterator[object]:
        nonlocal settled
        settled += 1
        with real(app.archive) as account:
            yield account
            if settled == 3:
                raise OSError("the disk is full")

    with app.archive.settling():
        app.archive.file(NEWS)
    with monkeypatch.context() as patch:
        patch.setattr(type(app.archive), "settling", failing)
        with pytest.raises(OSError, match="full"):
            app._placer.place_waiting()
    follow(app)
    assert len(grouped(app)[0]) == 4
    assert len(grouped(app)[1]) == 2
    books = {a.step: a for a in accounts(app.records.tallies())}
    assert (books["place"].entered, books["place"].passed, books["place"].adds_up) == (6, 6, True)
    assert app.verify() == []


def test_a_silent_edit_keeps_its_place_and_copies_nobody(app: App) -> None:
    file(app, *NEWS)
    before = one(app, "azattyq").placed
    edited = said(BRIBE.replace("2,5 миллиона", "2,6 миллиона"), "azattyq", 3)
    address = NEWS[2].publication.address
    edited = msgspec.structs.replace(
        edited, publication=msgspec.structs.replace(edited.publication, address=address)
    )
    file(app, edited)
    after = one(app, "azattyq")
    assert after.revision == 2
    assert before is not None and after.placed is not None
    assert (after.placed.chain, after.placed.story) == (before.chain, before.story)
    assert after.placed.similarity is None
    assert app.search.distinct(app.search.ask("is:relevant", "kz-mia")).unique == 4


def test_the_three_numbers_hold_at_their_snapshot(app: App) -> None:
    file(app, *NEWS[:3])
    then = app.search.ask("is:relevant", "kz-mia")
    counted = app.search.distinct(then)
    file(app, *NEWS[3:])
    again = app.search.ask("is:relevant", "kz-mia", then.scope.snapshot)
    assert app.search.distinct(again) == counted
    assert len(everything(app, at=then.scope.snapshot)) == counted.publications
    assert len(app.search.folded(again)) == counted.unique
    assert len(app.search.stories(again)) == counted.stories


def test_folded_lists_have_one_line_a_chain_and_say_how_many_copies(app: App) -> None:
    file(app, *NEWS)
    question = app.search.ask("is:relevant", "kz-mia")
    lines = app.search.folded(question)
    assert [(p.source, copies) for p, copies in lines] == [
        ("tengri", 0),
        ("astana", 0),
        ("azattyq", 1),
        ("tengri", 1),
    ]
    assert app.search.folded(question, limit=2, skip=1) == lines[1:3]
    narrowed = app.search.ask("source:zakon", "kz-mia")
    assert [(p.source, n) for p, n in app.search.folded(narrowed)] == [("zakon", 0)]


def fire(app: App) -> StoryView:
    story = one(app, "zakon").placed.story  # type: ignore[union-attr]
    found = app.stories.story(story, "kz-mia")
    assert found is not None
    return found


def bribe(app: App) -> StoryView:
    found = app.stories.story(one(app, "orda").placed.story, "kz-mia")  # type: ignore[union-attr]
    assert found is not None
    return found


def test_a_story_has_titles_days_and_sources_that_add_up(app: App) -> None:
    file(app, *NEWS)
    view = fire(app)
    assert view.line.count.count == 4
    assert view.line.unique == 3
    assert view.line.title("en").text.startswith("Karaganda police")
    assert view.line.title("ru").text.startswith("Полиция Караганды")
    assert view.line.title("kk").text.startswith("Полиция Караганды"), "no Kazakh one: that of the first"
    assert sum(day.total.count for day in view.days) == 4
    assert sum(f.count for f in view.sources) == 4
    for day in view.days:
        for figure in (day.total, *day.tones):
            assert app.search.count(app.search.ask(figure.query, "kz-mia", view.snapshot)) == figure.count
    lines = app.stories.lines(app.search.ask("is:relevant", "kz-mia"))
    assert [line.count.count for line in lines] == [4, 2]
    assert app.stories.story("nosuchstory", "kz-mia") is None


class TestRulings:
    def test_merged_stories_stay_merged_and_the_past_stays_as_it_was(self, app: App) -> None:
        file(app, *NEWS)
        then = app.search.ask("is:relevant", "kz-mia")
        into, gone = fire(app).line.id, bribe(app).line.id
        assert app.rulings.merge(gone, into) == 2
        follow(app)
        assert app.search.distinct(app.search.ask("is:relevant", "kz-mia")).stories == 1
        assert app.search.distinct(app.search.ask("is:relevant", "kz-mia", then.scope.snapshot)).stories == 2
        assert app.stories.story(gone, "kz-mia") is None
        assert app.stories.story(gone, "kz-mia", then.scope.snapshot) is not None
        file(app, said(BRIBE, "later", 30))
        assert one(app, "later").placed.story == into  # type: ignore[union-attr]
        ruled = one(app, "orda").placed
        assert ruled is not None and ruled.ruled_by == str(TESTER)
        assert app.verify() == []

    def test_a_split_is_undone_by_merging(self, app: App) -> None:
        file(app, *NEWS)
        story, piece = fire(app).line.id, one(app, "astana").id
        own = app.rulings.split(story, [piece])
        follow(app)
        assert own == piece
        assert app.search.distinct(app.search.ask("is:relevant", "kz-mia")).stories == 3
        app.rulings.merge(own, story)
        follow(app)
        assert fire(app).line.count.count == 4

    def test_a_pinned_publication_goes_where_a_person_says(self, app: App) -> None:
        file(app, *NEWS)
        piece, story = one(app, "orda").id, fire(app).line.id
        app.rulings.pin(piece, story)
        follow(app)
        assert fire(app).line.count.count == 5
        with pytest.raises(BadInput, match="already"):
            app.rulings.pin(piece, story)

    def test_a_name_given_by_a_person_stands_above_titles_and_can_be_taken_back(self, app: App) -> None:
        file(app, *NEWS)
        app.rulings.rename(fire(app).line.id, "  Пожар в   «Керуене» ")
        follow(app)
        title = fire(app).line.title("kk")
        assert (title.text, title.by) == ("Пожар в «Керуене»", str(TESTER))
        app.rulings.rename(fire(app).line.id, "")
        follow(app)
        assert fire(app).line.title("en").text.startswith("Karaganda")

    @pytest.mark.parametrize(
        ("ruling", "message"),
        [
            pytest.param(lambda r, a, b: r.merge(a, a), "itself", id="merged with itself"),
            pytest.param(lambda r, a, b: r.merge("nosuch", a), "no story", id="merging what is not there"),
            pytest.param(lambda r, a, b: r.split(a, [b]), "of this story", id="splitting off a stranger"),
            pytest.param(lambda r, a, b: r.split(a, []), "of this story", id="splitting off nothing"),
            pytest.param(lambda r, a, b: r.pin("nosuch", a), "no place", id="pinning what is not there"),
            pytest.param(lambda r, a, b: r.rename(a, "x" * 201), "at most", id="a title without end"),
        ],
    )
    def test_a_ruling_that_makes_no_sense_is_refused(self, app: App, ruling: object, message: str) -> None:
        file(app, *NEWS)
        head = app.records.head()
        with pytest.raises(BadInput, match=message):
            ruling(app.rulings, fire(app).line.id, one(app, "orda").id)  # type: ignore[operator]
        assert app.records.head() == head


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            "UPDATE placements SET story = publication WHERE story != publication",
            "placed",
            id="a story changed by hand",
        ),
        pytest.param(
            "DELETE FROM placements WHERE publication = (SELECT max(publication) FROM placements)",
            "placed",
            id="a place taken out",
        ),
        pytest.param("UPDATE placements SET until = 3", "ends elsewhere", id="an end invented"),
    ],
)
def test_verify_finds_places_changed_by_hand(app: App, change: str, told: str) -> None:
    file(app, *NEWS)
    with sqlite3.connect(app.home.records) as records:
        records.execute(change)
    found = app.verify()
    assert found
    assert any(told in str(f) for f in found), found
