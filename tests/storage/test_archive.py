"""What becomes a record, what is folded, and that a settlement is all or nothing."""

import pytest
from tests.builders import NOW, Shelf, fetched, reading

from aimas.core import Held, HoldReason, Tone
from aimas.ledger import verify
from aimas.storage.archive import Filed

pytestmark = pytest.mark.both_records

URL = "https://a.kz/1"


def texts(shelf: Shelf) -> list[tuple[str, int, bool]]:
    """Text, revision and whether it is current, in the order filed."""
    positions = [p.position for p in shelf.records.entries()]
    return [(p.text, p.revision, p.until is None) for p in shelf.records.by_reading(positions)]


@pytest.mark.parametrize("together", [True, False], ids=["in one batch", "one after another"])
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        pytest.param("A", [("A", 1, True)], id="a new text is filed"),
        pytest.param("AA", [("A", 1, True)], id="the same text again is dropped"),
        pytest.param("AB", [("A", 1, False), ("B", 2, True)], id="a changed text is a revision"),
        pytest.param(
            "ABA",
            [("A", 1, False), ("B", 2, False), ("A", 3, True)],
            id="a text that comes back is a revision of its own",
        ),
        pytest.param("ABB", [("A", 1, False), ("B", 2, True)], id="the changed text again is dropped"),
    ],
)
def test_one_address(shelf: Shelf, said: str, expected: list[tuple[str, int, bool]], together: bool) -> None:
    readings = [reading(t, address=URL) for t in said]
    if together:
        shelf.file(*readings)
    else:
        for one in readings:
            shelf.file(one)
    assert texts(shelf) == expected
    assert verify(shelf.records) == []


def test_two_filings_in_one_settlement_see_each_other(shelf: Shelf) -> None:
    with shelf.archive.settling() as settlement:
        settlement.file([reading("A", address=URL)])
        settlement.file([reading("A", address=URL), reading("B", address=URL)])
    assert texts(shelf) == [("A", 1, False), ("B", 2, True)]
    assert verify(shelf.records) == []


def test_a_revision_names_what_it_revises_and_history_is_kept(shelf: Shelf) -> None:
    shelf.file(reading("A", address=URL))
    shelf.file(reading("B", address=URL))
    first, second = shelf.records.by_reading([1, 2])
    assert (second.revises, first.until, first.read_until) == (1, 2, 2)
    assert [p.text for p in shelf.records.revisions(second)] == ["A", "B"]
    assert first.id != second.id
    old = shelf.records.get_publication(first.id)
    assert old is not None and old.text == "A"


@pytest.mark.parametrize(
    ("one", "other", "filed"),
    [
        pytest.param(reading("A"), reading("A", source="zakon"), 1, id="without address the text is the identity"),
        pytest.param(reading("A  b\nc"), reading("A b c"), 1, id="white space makes no new text"),
        pytest.param(reading("A"), reading("B"), 2, id="another text is another publication"),
        pytest.param(reading("A"), reading("A", title="T"), 2, id="a title makes another text"),
        pytest.param(reading("A", address=URL), reading("A", address=URL + "/2"), 2, id="two addresses are two publications"),
        pytest.param(reading("A", address=URL), reading("A"), 2, id="with and without address"),
    ],
)  # fmt: skip
def test_identity(shelf: Shelf, one: object, other: object, filed: int) -> None:
    outcomes = shelf.file(one, other)  # type: ignore[arg-type]
    assert sum(isinstance(o, Filed) for o in outcomes) == filed
    assert outcomes[filed:] == ["already-filed"] * (2 - filed)


def test_personal_pages_are_pooled_at_filing_and_in_quarantine(shelf: Shelf) -> None:
    other = Shelf(shelf.folder / "pooled", pool=lambda s: "personal" if s.startswith("p-") else s)
    other.file(reading("A", source="p-1"), reading("B", source="p-2"), reading("C", source="tengri"))
    with other.archive.settling() as settlement:
        settlement.hold("extract", None, Held(HoldReason.EMPTY, "x"), source="p-1", name="item 1")
    assert [p.source for p in other.records.by_reading([1, 2, 3])] == ["personal", "personal", "tengri"]
    assert other.records.held()[0].source == "personal"
    other.close()


def test_an_exception_inside_a_settlement_leaves_nothing(shelf: Shelf) -> None:
    shelf.file(reading("A", address=URL))

    class Stop(Exception):
        pass

    with pytest.raises(Stop), shelf.archive.settling() as settlement:
        settlement.file([reading("B", address=URL)])
        settlement.reread(1, reading("A", tone=Tone.CRITICAL))
        settlement.hold("extract", fetched(), Held(HoldReason.EMPTY, "x"), source="s", name="n")
        settlement.act("exported", "search", {})
        settlement.tally("file", "entered")
        settlement.flush()
        raise Stop
    assert shelf.records.head() == 1
    assert texts(shelf) == [("A", 1, True)]
    assert shelf.records.tallies() == []
    assert shelf.records.held_count() == 0
    assert verify(shelf.records) == []
    shelf.file(reading("B", address=URL))
    assert texts(shelf) == [("A", 1, False), ("B", 2, True)]


def test_filing_outside_a_settlement_is_a_bug(shelf: Shelf) -> None:
    with pytest.raises(RuntimeError, match="outside a settlement"):
        shelf.archive.file([reading()])


def test_a_newer_reading_stands_beside_the_old_one(shelf: Shelf) -> None:
    shelf.file(reading("A"))
    with shelf.archive.settling() as settlement:
        position = settlement.reread(1, reading("A", tone=Tone.CRITICAL))
    old, new = shelf.records.by_reading([1, position])
    assert (old.read_until, old.mentions) == (2, ())
    assert (new.read_until, new.position, len(new.mentions)) == (None, 1, 1)
    assert shelf.records.get_publication(old.id) == new


def test_what_a_revision_replaced_is_not_read_again(shelf: Shelf) -> None:
    shelf.file(reading("A", address=URL))
    shelf.file(reading("B", address=URL))
    with pytest.raises(ValueError, match="no current reading"), shelf.archive.settling() as settlement:
        settlement.reread(1, reading("A"))


def test_the_same_broken_thing_waits_once_until_it_is_settled(shelf: Shelf) -> None:
    held = Held(HoldReason.MALFORMED, "line 3")

    def hold() -> bool:
        with shelf.archive.settling() as settlement:
            return settlement.hold("extract", fetched(), held, source="tengri", name="row 3")

    assert hold()
    assert not hold()
    with shelf.archive.settling() as settlement:
        act = settlement.act("held-retried", "1", {})
        assert settlement.resolve(1, act)
        assert not settlement.resolve(1, act)
    assert shelf.records.held_count() == 0
    assert hold()
    assert verify(shelf.records) == []


def test_what_comes_back_from_the_records_is_what_was_filed(shelf: Shelf) -> None:
    shelf.file(
        reading(
            "Мәтін",
            title="Тақырып",
            address=URL,
            tone=Tone.CRITICAL,
            regions=("KZ-75",),
            themes=("corruption",),
        ),
        reading("Undated", published_at=None, dated_by=None),
    )
    whole, undated = shelf.records.by_reading([1, 2])
    assert (whole.title, whole.text, whole.address, whole.published_at) == ("Тақырып", "Мәтін", URL, NOW)
    assert whole.mentions[0].tone is not None and whole.mentions[0].tone.value is Tone.CRITICAL
    assert (whole.places[0].region, whole.themes[0].theme) == ("KZ-75", "corruption")
    assert (undated.published_at, undated.dated_by) == (None, None)
    assert whole.original is not None
    assert shelf.records.open_original(whole.original).body == "Мәтін".encode()
