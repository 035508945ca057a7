"""Copies are told through a newsroom's edits, and forms filled in with other facts are not copies."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from tests.stories import edits
from tests.stories.texts import newsroom, own

from aimas.stories import Reprints, Seen

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
TEXTS = {row["id"]: row for row in newsroom() if row["lang"] in edits.FOOTERS}
LONG = sorted((id for id, row in TEXTS.items() if len(row["text"].split()) > 60), key=lambda id: (id[3:], id))


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


@pytest.mark.parametrize("name", edits.EDITS)
@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_an_edited_text_is_a_copy(name: str, lang: str) -> None:
    rng = random.Random(name)
    reprints = Reprints(capacity=1_000)
    originals = [TEXTS[id] for id in LONG if TEXTS[id]["lang"] == lang][:40]
    for key, row in enumerate(originals):
        assert reprints.place(key, row["title"], row["text"], at(key / 10)) is None
    missed = []
    for key, row in enumerate(originals):
        copy = reprints.place(
            key + 1_000, "Другой заголовок", edits.edited(row["text"], lang, name, rng), at(5 + key / 10)
        )
        if copy is None or copy.of != key:
            missed.append(row["id"])
    assert len(missed) <= 1, missed


@pytest.mark.parametrize(
    ("lang", "form"), [(lang, form) for lang, forms in edits.FORMS.items() for form in range(len(forms))]
)
def test_a_form_filled_in_again_is_no_copy(lang: str, form: int) -> None:
    rng = random.Random(form)
    reprints = Reprints(capacity=1_000)
    texts = [edits.filled(lang, form, rng) for _ in range(30)]
    found = [reprints.place(key, "Сводка", text, at(24 * key / 10)) for key, text in enumerate(texts)]
    assert found == [None] * len(texts)


def test_a_form_copied_word_for_word_is_a_copy() -> None:
    rng = random.Random(1)
    reprints = Reprints(capacity=1_000)
    texts = [edits.filled("ru", 0, rng) for _ in range(10)]
    for key, text in enumerate(texts):
        reprints.place(key, "Сводка", text, at(key))
    copy = reprints.place(10, "Итоги суток", texts[7], at(11))
    assert copy is not None
    assert copy.of == 7
    assert copy.evidence.identical


PAIRS = {
    "a follow-up that repeats one paragraph": (
        "В Балхаше взорвался газ в пятиэтажке на улице Мира. Погиб один человек, шестеро в больнице с ожогами.",
        "Суд в Караганде арестовал слесаря газовой компании на два месяца. Защита просила домашний арест, прокурор "
        "настаивал на страже. Следствие считает, что слесарь не проверил тягу в подъезде. Сам он вину не признаёт и "
        "говорит, что его вызвали слишком поздно. Напомним, погиб один человек, шестеро в больнице с ожогами.",
    ),
    "the same event in other words": (
        "Полицейские Тараза вернули владельцу потерянные шестьсот тысяч тенге. Пакет с деньгами патруль нашёл на "
        "скамейке у рынка и за час отыскал пенсионера по квитанции из банка.",
        "Шестьсот тысяч тенге, забытые пенсионером у рынка в Таразе, снова у хозяина: его по банковской квитанции "
        "нашёл патруль, который подобрал пакет.",
    ),
    "greetings": ("С праздником, дорогие друзья!", "С праздником, дорогие друзья!"),
    "one number and one town of a short notice": (
        "Сегодня утром в Таразе произошло землетрясение магнитудой 4,1. По данным сейсмологов, разрушений и жертв нет.",
        "Сегодня утром в Семее произошло землетрясение магнитудой 3,6. По данным сейсмологов, разрушений и жертв нет.",
    ),
}


@pytest.mark.parametrize(("first", "second"), PAIRS.values(), ids=PAIRS)
def test_what_is_no_copy(first: str, second: str) -> None:
    reprints = Reprints(capacity=1_000)
    reprints.place(1, "", first, at(0))
    assert reprints.place(2, "", second, at(3)) is None


def test_a_correction_of_one_figure_is_still_a_copy() -> None:
    row = TEXTS["kk-a-001"]
    reprints = Reprints(capacity=1_000)
    reprints.place(1, "", row["text"], at(0))
    copy = reprints.place(2, "", row["text"].replace("18 миллион", "19 миллион"), at(1))
    assert copy is not None
    assert copy.evidence.facts_differ == 1


def _stream(seed: int, count: int = 80) -> list[tuple[int, str, str, datetime]]:
    rng = random.Random(seed)
    rows = rng.sample(sorted(TEXTS), count // 2)
    texts = [(id, TEXTS[id]["text"]) for id in rows]
    texts += [
        (id, edits.edited(text, TEXTS[id]["lang"], rng.choice(list(edits.EDITS)), rng)) for id, text in texts
    ]
    rng.shuffle(texts)
    return [(key, id, text, at(6 * key)) for key, (id, text) in enumerate(texts)]


def test_a_restart_gives_the_same_answers() -> None:
    stream = _stream(3)
    running = Reprints(window_days=7, capacity=1_000)
    placed: list[Seen] = []
    for key, title, text, published in stream[:50]:
        copy = running.place(key, title, text, published)
        heads = dict.fromkeys(copy.joins, copy.of) if copy else {}
        placed = [msg if msg.of not in heads else _of(msg, heads[msg.of]) for msg in placed]
        placed = [_of(msg, heads[msg.key]) if msg.key in heads else msg for msg in placed]
        placed.append(Seen(key, title, text, published, copy.of if copy else None))
    oldest = stream[49][3] - timedelta(days=7)
    restarted = Reprints(window_days=7, capacity=1_000)
    restarted.restore(seen for seen in placed if seen.published >= oldest)
    for key, title, text, published in stream[50:]:
        expected = running.place(key, title, text, published)
        assert restarted.place(key, title, text, published) == expected


def _of(seen: Seen, head: int) -> Seen:
    return Seen(seen.key, seen.title, seen.text, seen.published, head)


def test_items_of_one_moment_make_the_same_chains_in_any_order() -> None:
    texts = [(id, text) for _, id, text, _ in _stream(4, 40)]
    rng = random.Random(0)
    partitions = set()
    for _ in range(3):
        order = list(range(len(texts)))
        rng.shuffle(order)
        reprints = Reprints(capacity=1_000)
        chain: dict[int, set[int]] = {}
        for key, number in enumerate(order):
            copy = reprints.place(key, "", texts[number][1], START)
            mine = {number}
            for head in (copy.of, *copy.joins) if copy else ():
                mine |= chain[order[head]]
            for member in mine:
                chain[member] = mine
        partitions.add(frozenset(frozenset(group) for group in chain.values()))
    assert len(partitions) == 1


def test_memory_is_bounded_by_window_and_capacity() -> None:
    rows = list(TEXTS.values())
    few = Reprints(capacity=20)
    for key, row in enumerate(rows[:60]):
        few.place(key, row["title"], row["text"], at(key))
        assert len(few) <= 20
    brief = Reprints(window_days=1, capacity=1_000)
    for key, row in enumerate(rows[:60]):
        brief.place(key, row["title"], row["text"], at(key))
    assert len(brief) <= 25
    assert brief.place(100, "", rows[0]["text"], at(60)) is None


def test_an_item_is_placed_once() -> None:
    reprints = Reprints(capacity=1_000)
    row = own()[0]
    reprints.place(1, row["title"], row["text"], START)
    with pytest.raises(ValueError, match="placed already"):
        reprints.place(1, row["title"], row["text"], START)
