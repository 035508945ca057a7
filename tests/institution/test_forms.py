"""Forms are generated, not typed: the cases of Russian and Kazakh names, and Latin spellings."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.institution import kazakh, latin, russian
from aimas.institution.lexicon import Entry, Lexicon, normal


@pytest.mark.parametrize(
    ("phrase", "forms"),
    [
        pytest.param(
            "министерство внутренних дел", "министерству внутренних дел", id="what follows the noun stays"
        ),
        pytest.param("национальная гвардия", "национальной гвардией", id="the adjective agrees"),
        pytest.param("полицейский", "полицейского", id="an adjective that is a noun"),
        pytest.param(
            "участковый инспектор полиции", "участковым инспектором полиции", id="the head may stand second"
        ),
        pytest.param(
            "патрульный полицейский", "патрульному полицейскому", id="adjective and noun of one shape"
        ),
        pytest.param(
            "заместитель министра внутренних дел", "заместителем министра внутренних дел", id="a long tail"
        ),
    ],
)
def test_russian_cases(phrase: str, forms: str) -> None:
    assert forms in russian.phrase_forms(phrase)


def test_russian_plurals_only_on_demand() -> None:
    assert "департаментами полиции" in russian.phrase_forms("департамент полиции", both_numbers=True)
    assert "департаментами полиции" not in russian.phrase_forms("департамент полиции")


def test_a_russian_surname_is_declined_as_a_surname_of_both_sexes() -> None:
    forms = russian.surname_forms("тургумбаев")
    assert {"тургумбаева", "тургумбаеву", "тургумбаевым", "тургумбаеве", "тургумбаевой"} <= forms
    assert "тургумбаями" not in forms


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        pytest.param(
            "караганда", "караганды караганде караганду карагандой", id="feminine after a hard consonant"
        ),
        pytest.param("уральск", "уральска уральску уральском уральске", id="masculine"),
        pytest.param("рудный", "рудного рудному рудным рудном", id="an adjective"),
        pytest.param("астана", "астаны астане астану астаной", id="feminine"),
        pytest.param("усть-каменогорск", "усть-каменогорске", id="only the last part changes"),
        pytest.param("петропавловск-камчатский", "петропавловске-камчатском", id="both parts change"),
    ],
)
def test_russian_places(name: str, forms: str) -> None:
    assert set(forms.split()) <= {form for form, _ in russian.place_forms(name)}


@pytest.mark.parametrize(
    ("phrase", "forms"),
    [
        pytest.param(
            "ішкі істер министрлігі",
            "министрлігінің министрлігіне министрлігін министрлігінде министрлігіндегі",
            id="cases after a possessive",
        ),
        pytest.param(
            "полиция департаменті", "департаментінің департаментіне департаменттері", id="the last word alone"
        ),
        pytest.param(
            "полицей", "полицейлер полицейлердің полицейге полицейлерге полицейді", id="plural and cases"
        ),
        pytest.param(
            "полиция", "полицияның полицияға полицияны полициядан полициямен полициядағы", id="a loan in -я"
        ),
        pytest.param("прокурор", "прокурордың прокурорға прокурорлар", id="a loan with back vowels"),
    ],
)
def test_kazakh_cases(phrase: str, forms: str) -> None:
    head = phrase.rpartition(" ")[0]
    assert {f"{head} {form}".strip() for form in forms.split()} <= kazakh.phrase_forms(phrase)


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        pytest.param("алматы", "алматының алматыға алматыда алматыдан алматылық алматыдағы", id="a vowel"),
        pytest.param("қазақстан", "қазақстанның қазақстанға қазақстаннан қазақстандық", id="a nasal"),
        pytest.param("семей", "семейдің семейге семейде семейлік", id="front vowels"),
        pytest.param("ақтөбе", "ақтөбенің ақтөбеде ақтөбелік", id="the last vowel decides"),
        pytest.param("атырау", "атыраудың атырауға атырауда атыраулық", id="a final glide"),
        pytest.param("шымкент", "шымкенттің шымкентке шымкентте шымкенттік", id="a voiceless end"),
        pytest.param("жамбыл облысы", "жамбыл облысының жамбыл облысында", id="a possessive head"),
    ],
)
def test_kazakh_places(name: str, forms: str) -> None:
    words = (
        forms.split()
        if " " not in name
        else [" ".join(pair) for pair in zip(*[iter(forms.split())] * 2, strict=True)]
    )
    assert set(words) <= set(kazakh.place_forms(name))


def test_latin_spellings_of_a_name() -> None:
    assert {"turgumbayev", "turgumbaev"} <= set(latin.spellings("тургумбаев"))
    assert {"yerlan", "erlan"} <= set(latin.spellings("ерлан"))
    assert {"yerzhan", "erjan"} <= set(latin.spellings("ержан"))


@pytest.mark.parametrize(
    ("name", "many"),
    [
        ("police officer", "police officers"),
        ("policeman", "policemen"),
        ("body of internal affairs", "bodies of internal affairs"),
    ],
    ids=["the last word", "a man", "the head before of"],
)
def test_english_plurals(name: str, many: str) -> None:
    assert latin.plural(name) == many


@given(st.text(max_size=60))
def test_the_normal_form_keeps_every_offset(text: str) -> None:
    assert len(normal(text)) == len(text)


@given(st.text(max_size=40))
def test_the_normal_form_is_stable(text: str) -> None:
    assert normal(normal(text)) == normal(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("ОВД", ["ОВД"], id="capitals"),
        pytest.param("овд Овд", [], id="an abbreviation in small letters"),
        pytest.param("НОВДИ", [], id="inside a word"),
        pytest.param("ОВД-ның", ["ОВД"], id="a suffix after a hyphen"),
        pytest.param("Страж-порядка, страж порядка", ["страж порядка"], id="a hyphen is not a space"),
        pytest.param("страж\u00a0порядка", ["страж\u00a0порядка"], id="a space that does not break"),
        pytest.param("счётный счетный", ["счётный", "счетный"], id="yo and ye"),
    ],
)
def test_word_boundaries_and_capitals(text: str, expected: list[str]) -> None:
    lexicon = Lexicon(
        [Entry("овд", 1, capitals="ОВД"), Entry("страж порядка", 2), Entry(normal("счётный"), 3)]
    )
    assert [text[hit.start : hit.end] for hit in lexicon.hits(text, normal(text))] == expected
