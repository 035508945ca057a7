"""The words that decided are found once, and never shown for another reading."""

import threading
from concurrent.futures import ThreadPoolExecutor

import msgspec
from tests.builders import Shelf, reading

from aimas.core import Span, StoredPublication, Tone
from aimas.web.evidence import Explained


def stored(shelf: Shelf, n: int) -> StoredPublication:
    shelf.file(
        reading(f"Полиция нашла дело {n}.", relevant=True, tone=Tone.CRITICAL, address=f"https://a.kz/{n}")
    )
    (found,) = shelf.records.by_reading([shelf.records.head()])
    return found


class Model:
    """Says why, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, publication: StoredPublication) -> StoredPublication:
        self.asked += 1
        mentions = []
        for mention in publication.mentions:
            assert mention.tone is not None
            tone = msgspec.structs.replace(mention.tone, evidence=(Span(0, 7),))
            mentions.append(msgspec.structs.replace(mention, tone=tone))
        return msgspec.structs.replace(publication, mentions=tuple(mentions))


def test_the_same_reading_is_explained_once(shelf: Shelf) -> None:
    model, publication = Model(), stored(shelf, 1)
    explained = Explained(model)
    assert explained(publication) == explained(publication) == model(publication)
    assert model.asked == 2, "here for the comparison"


def test_that_there_are_no_such_words_is_found_once_too(shelf: Shelf) -> None:
    asked = []

    def model(publication: StoredPublication) -> StoredPublication:
        asked.append(publication)
        return msgspec.structs.replace(publication)

    publication = stored(shelf, 1)
    explained = Explained(model)
    assert explained(publication) == explained(publication) == publication
    assert len(asked) == 1


def test_what_moved_since_is_shown_as_it_is_now(shelf: Shelf) -> None:
    model, publication = Model(), stored(shelf, 1)
    explained = Explained(model)
    explained(publication)
    moved = msgspec.structs.replace(publication, until=99)
    assert explained(moved).until == 99
    assert model.asked == 1


def test_other_mentions_under_the_same_number_are_explained_anew(shelf: Shelf) -> None:
    model, publication = Model(), stored(shelf, 1)
    explained = Explained(model)
    explained(publication)
    (mention,) = publication.mentions
    said = msgspec.structs.replace(mention.tone, value=Tone.POSITIVE)
    other = msgspec.structs.replace(publication, mentions=(msgspec.structs.replace(mention, tone=said),))
    assert explained(other) == model(other) != explained(publication)


def test_threads_are_told_at_once_and_each_of_its_own(shelf: Shelf) -> None:
    """Nobody waits for another's question: the model is asked outside the lock."""
    publications = [stored(shelf, n) for n in range(1, 5)]
    model, together = Model(), threading.Barrier(len(publications))

    def slow(publication: StoredPublication) -> StoredPublication:
        together.wait(timeout=30)
        return model(publication)

    explained = Explained(slow)
    with ThreadPoolExecutor(len(publications)) as threads:
        told = list(threads.map(explained, publications))
    assert told == [Model()(publication) for publication in publications]
    assert [explained(publication) for publication in publications] == told
    assert model.asked == len(publications)


def test_the_oldest_is_forgotten(shelf: Shelf) -> None:
    model, (one, two) = Model(), (stored(shelf, 1), stored(shelf, 2))
    explained = Explained(model, limit=1)
    for publication in (one, two, two, one):
        explained(publication)
    assert model.asked == 3
