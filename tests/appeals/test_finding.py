"""Rules and network together: told once, by whom and how sure, nothing of a long letter left unread."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.appeals.marked import marked

from aimas.appeals import finding
from aimas.appeals.encoder import Encoder, PersonalCard, load_encoder
from aimas.appeals.finding import Network, Read, found, load_network, united
from aimas.appeals.forms import fitting
from aimas.appeals.pii import Pii, PiiKind, personal_data
from aimas.appeals.tagging import UNSEEN, merged, stretches, windows
from aimas.core import BadSetting, Span

KINDS = ("name", "address", "iin", "doc_number")
CARD = PersonalCard(
    version="test",
    kinds=KINDS,
    threshold=dict.fromkeys(KINDS, 0.5),
    doubted=dict.fromkeys(KINDS, 0.1),
    sure=dict.fromkeys(KINDS, 0.6),
    overlap=4,
)
TEXT = "Оспанов и Сапарова, тел. 87051112233 дома."
LETTERS = marked("letters.txt")


@pytest.fixture(scope="module")
def network() -> Network:
    loaded = load_network()
    assert loaded is not None
    return loaded


def said(
    kind: str, start: int, end: int, confidence: float = 0.9, by: str = "rules", holds: bool | None = None
) -> Pii:
    return Pii(PiiKind(kind), Span(start, end), holds, confidence, by)


def read(*found_: Pii, denied: tuple[str, ...] = KINDS) -> Read:
    """One piece a character, forty of them; of kinds that are not denied each has some chance everywhere."""
    chances = np.array([[0.0 if kind in denied else 0.3 for kind in KINDS]] * 40, np.float32)
    return Read(found_, [(n, n + 1) for n in range(40)], chances)


def test_what_both_found_is_told_once_as_far_as_either_saw_it() -> None:
    told = united(TEXT, [said("name", 3, 8, 0.8)], read(said("name", 5, 15, 0.95, "net")), CARD, "net")
    assert told == (said("name", 3, 15, 0.95, "net+rules"),)


def test_two_people_whom_the_network_takes_for_one_stay_two() -> None:
    rules = [said("name", 0, 6), said("name", 9, 15)]
    told = united(TEXT, rules, read(said("name", 0, 15, 0.95, "net")), CARD, "net")
    assert [(each.span.start, each.span.end) for each in told] == [(0, 6), (9, 15)]


def test_of_two_kinds_at_one_place_the_surer_stands() -> None:
    told = united(
        TEXT, [said("name", 3, 8, 0.8)], read(said("address", 3, 12, 0.97, "net"), denied=()), CARD, "net"
    )
    assert told == (said("address", 3, 12, 0.97, "net"),)


def test_what_only_rules_found_and_the_network_denies_is_left_out() -> None:
    assert united(TEXT, [said("name", 3, 8)], read(), CARD, "net") == ()


def test_what_only_rules_found_and_the_network_does_not_deny_stands_less_sure() -> None:
    assert united(TEXT, [said("name", 3, 8)], read(denied=()), CARD, "net") == (said("name", 3, 8, 0.6),)


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param(said("iin", 3, 15, 0.99), id="a form that says enough"),
        pytest.param(said("doc_number", 3, 15, 0.999, holds=True), id="check digits that hold"),
    ],
)
def test_the_network_takes_nothing_away_where_the_form_is_proof(rule: Pii) -> None:
    assert [each.span for each in united(TEXT, [rule], read(), CARD, "net")] == [rule.span]


def test_without_a_model_the_rules_find_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "load_network", lambda: None)
    text = "Пишет Айгерим Сапарова, тел. 87051112233."
    assert found(text) == personal_data(text)
    assert {each.by for each in found(text)} == {"rules"}


def test_a_model_without_its_head_says_what_to_restore(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "models" / "appeals"
    for file in source.iterdir():
        if file.name != "personal.onnx":
            (tmp_path / file.name).symlink_to(file)
    with pytest.raises(BadSetting, match="restore models/appeals"):
        Encoder(tmp_path)


@given(st.integers(0, 700), st.integers(8, 64), st.integers(1, 5))
def test_windows_leave_no_piece_out_and_read_it_far_from_an_edge(size: int, most: int, overlap: int) -> None:
    ids = list(range(100, 100 + size))
    made = windows(ids, most, overlap, (0, 2))
    assert all(len(window.ids) <= most for window in made)
    assert all(later.first - earlier.first <= most - 2 - overlap for earlier, later in pairwise(made))
    rows = [np.array(window.ids, np.float32)[:, None] for window in made]
    assert merged(made, rows, size)[:, 0].tolist() == ids


def test_a_stretch_is_widened_to_whole_words_and_parted_where_another_begins() -> None:
    text = "Ли и Ким-Пак."
    spans = [(0, 2), (3, 4), (5, 8), (9, 11)]
    chances = np.zeros((4, 3), np.float32)
    chances[0, 1], chances[2, 1], chances[3, 2] = 0.9, 0.9, 0.8
    assert [each.span.of(text) for each in stretches(text, spans, chances, ("name",), [0.5])] == [
        "Ли",
        "Ким-Пак",
    ]


FORMS = [
    pytest.param("name", "Ерасыл", 0.6, "name", id="an unknown word as a name"),
    pytest.param("name", "корову", 0.8, None, id="a dictionary's word as a name"),
    pytest.param("name", "Taraz", 0.8, None, id="a town as a name"),
    pytest.param("address", "Кайнар", 0.5, None, id="a village, hardly"),
    pytest.param("address", "Кайнар", 0.9, "address", id="a village where somebody surely lives"),
    pytest.param("birth_date", "год", 0.9, None, id="a word as a birth"),
    pytest.param("birth_date", "третьего мая восьмидесятого", 0.9, "birth_date", id="a birth in words"),
    pytest.param("phone", "восемь семьсот один", 0.9, "phone", id="a telephone in words"),
    pytest.param("phone", "102", 0.9, None, id="the police"),
    pytest.param("plate", "OZ", 0.9, None, id="a plate without digits"),
    pytest.param("iin", "031774526", 0.9, "doc_number", id="nine digits are a card's"),
    pytest.param("iin", "0317", 0.9, None, id="four digits are nothing's"),
    pytest.param("card", "**** 4471", 0.9, "card", id="a masked card"),
    pytest.param("email", "ivanov собака mail", 0.9, "email", id="an address said aloud"),
]


@pytest.mark.parametrize(("kind", "written", "confidence", "expected"), FORMS)
def test_what_lacks_the_form_of_its_kind_is_not_told(
    kind: str, written: str, confidence: float, expected: str | None
) -> None:
    assert fitting(PiiKind(kind), written, confidence) == expected


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        pytest.param(text, spans, id=f"letter {n} in {language}")
        for n, (language, text, spans) in enumerate(LETTERS, 1)
    ],
)
def test_awkward_forms_are_found_with_their_kind(text: str, spans: list[tuple[str, int, int]]) -> None:
    told = found(text)
    for kind, start, end in spans:
        assert any(each.kind == kind and each.span.overlaps(Span(start, end)) for each in told), text[
            start:end
        ]
    for each in told:
        assert any(
            each.kind == kind and each.span.overlaps(Span(start, end)) for kind, start, end in spans
        ), each.span.of(text)


def test_awkward_forms_are_of_all_kinds_and_languages() -> None:
    assert {kind for _, _, spans in LETTERS for kind, _, _ in spans} == set(PiiKind)
    assert all(sum(language == one for language, *_ in LETTERS) >= 12 for one in ("ru", "kk", "en"))


def test_who_found_it_is_told(network: Network) -> None:
    told = found("Меня зовут Сапарова Айгерим, ИИН 850519400123, живу на Сатпаева 14, кв. 2.")
    assert {each.by for each in told} <= {network.by, f"{network.by}+rules", "rules"}
    assert any(each.by == f"{network.by}+rules" for each in told)
    assert all(0 < each.confidence <= 1 for each in told)


def test_characters_that_show_nothing_hide_nothing() -> None:
    plain = "Меня зовут Сапарова Айгерим, живу по адресу: Алматы, ул. Жандосова, 58, кв. 14."
    unseen = sorted(UNSEEN)
    split = "".join(c + unseen[n % len(unseen)] if c.isalpha() else c for n, c in enumerate(plain))
    told = [(each.kind, "".join(c for c in each.span.of(split) if c not in UNSEEN)) for each in found(split)]
    assert (PiiKind.NAME, "Сапарова Айгерим") in told
    assert PiiKind.ADDRESS in {kind for kind, _ in told}


def test_a_letter_of_a_hundred_thousand_characters_is_read_to_its_end() -> None:
    filler = "Дорога в посёлке разбита, автобус не ходит с осени, никто не отвечает. "
    text = filler * (100_000 // len(filler)) + "Меня зовут Сапарова Айгерим Ерлановна."
    assert [each.span.of(text) for each in found(text) if each.kind is PiiKind.NAME][
        -1
    ] == "Сапарова Айгерим Ерлановна"


def test_a_name_is_found_wherever_in_a_long_letter_it_stands(network: Network) -> None:
    filler = "Дорога разбита, автобус не ходит. "
    for before in range(10, 60, 5):
        text = filler * before + "Меня зовут Сапарова Айгерим. " + filler * 20
        names = [each.span.of(text) for each in network.read(text).found if each.kind is PiiKind.NAME]
        assert names == ["Сапарова Айгерим"]


@settings(max_examples=40)
@given(st.text(st.characters(codec="utf-8"), max_size=200) | st.from_regex(r"[\d +()А-Яа-я.,@/-]{0,120}"))
def test_any_text_gives_spans_in_order_that_do_not_overlap(text: str) -> None:
    spans = [each.span for each in found(text)]
    assert spans == sorted(spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


def test_the_same_encoder_serves_both_heads() -> None:
    encoder = load_encoder()
    assert encoder is not None and encoder.card.personal is not None
    assert set(encoder.card.personal.kinds) == set(PiiKind)
