"""The corpus that speed is measured on is like news, never recited, and the same for the same seed."""

from collections import Counter
from itertools import islice

from bench.corpus import Corpus, Row

from aimas.institution import Institutions, require_profile

ROWS = 1_500


def made(seed: int = 1, **shares: float) -> list[Row]:
    return list(Corpus(seed, **shares).rows(ROWS))


def test_equal_seeds_give_equal_rows_and_others_do_not() -> None:
    one = made()
    assert one == made()
    assert len({row.text for row in one} & {row.text for row in made(2)}) == 0


def test_the_asked_share_speaks_of_the_institution() -> None:
    institutions = Institutions([require_profile("kz-mia")])
    rows = made(relevant=0.2, reprinted=0)
    spoken = sum(bool(institutions.find(f"{row.title}\n\n{row.text}", row.lang)) for row in rows)  # type: ignore[arg-type]
    assert 0.16 < spoken / ROWS < 0.25


def test_texts_do_not_recite_each_other() -> None:
    runs: Counter[tuple[str, ...]] = Counter()
    for row in made(reprinted=0):
        words = row.text.lower().split()
        runs.update({tuple(words[n : n + 5]) for n in range(len(words) - 4)})
    repeated = sum(n for n in runs.values() if n > 1)
    assert repeated / runs.total() < 0.1


def test_rows_come_in_the_order_of_time_from_uneven_outlets_in_three_languages() -> None:
    rows = made()
    assert [row.published_at for row in rows] == sorted(row.published_at for row in rows)
    outlets = Counter(row.source for row in rows).most_common()
    assert outlets[0][1] > 10 * outlets[-1][1]
    languages = Counter(row.lang for row in rows)
    assert languages["ru"] > languages["kk"] > languages["en"] > ROWS * 0.05
    assert rows[0].published_at[:4] == "2021" and rows[-1].published_at[:4] == "2026"


def test_new_words_keep_coming() -> None:
    corpus = Corpus(3).rows(ROWS)
    half = {word for row in islice(corpus, ROWS // 2) for word in row.text.split()}
    rest = {word for row in corpus for word in row.text.split()}
    assert len(rest - half) > 0.2 * len(half)
