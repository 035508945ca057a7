from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Language
from aimas.text import index_terms, name_key, query_terms, stem, stems, words

TABLES = Path(__file__).with_name("tables")
KK, RU, EN = Language.KK, Language.RU, Language.EN


def table(name: str) -> list[list[str]]:
    lines = TABLES.joinpath(name).read_text("utf-8").splitlines()
    return [line.split() for line in lines if line and not line.startswith("#")]


def paradigms(name: str, language: Language) -> list[object]:
    return [pytest.param(forms, language, id=f"forms of {forms[0]}") for forms in table(name)]


@pytest.mark.parametrize(
    ("forms", "language"),
    [*paradigms("kazakh.txt", KK), *paradigms("russian.txt", RU), *paradigms("english.txt", EN)],
)
def test_forms_share_a_stem(forms: list[str], language: Language) -> None:
    assert {form: stem(form, language) for form in forms} == dict.fromkeys(forms, stem(forms[0], language))


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [pytest.param(*row, id=f"{row[1]} is not {row[2]}") for row in table("apart.txt")],
)
def test_different_words_stay_apart(language: str, one: str, other: str) -> None:
    assert stem(one, Language(language)) != stem(other, Language(language))


@pytest.mark.parametrize(
    "spellings", [pytest.param(row, id=f"ways to write {row[0]}") for row in table("names.txt")]
)
def test_spellings_of_a_name_share_a_key(spellings: list[str]) -> None:
    assert {name: name_key(name) for name in spellings} == dict.fromkeys(spellings, name_key(spellings[0]))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Мурат", "Марат"),
        ("Асқар", "Асхат"),
        ("Нұрлан", "Нұрлыбек"),
        ("Токаев", "Тукаев"),
        ("Диана", "Дана"),
        ("Серік", "Сергей"),
        ("Иванов", "Ивановский"),
        ("Алиев", "Алимов"),
        ("Жанар", "Жанат"),
        ("Ахметов", "Ахметжанов"),
        ("Ерлан", "Ерболан"),
        ("Айгүл", "Айнұр"),
    ],
)
def test_other_names_have_other_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


FOUND = [
    pytest.param("министр", "Министрлерге хат жазды", KK, id="a base form finds a Kazakh form"),
    pytest.param("министрлердің", "Министр хат жазды", KK, id="a Kazakh form finds the base form"),
    pytest.param("министр", "Об этом сказали министру", RU, id="a base form finds a Russian form"),
    pytest.param("людям", "Человек пришёл", RU, id="a suppletive form finds its lemma"),
    pytest.param("полицейлер", "Полицейлердің жұмысы", KK, id="a Kazakh word without special letters"),
    pytest.param(
        "полицейлер", "Полицейлер пришли вечером", Language.KK_RU, id="a Kazakh word in a mixed text"
    ),
    pytest.param("жалобы", "Ол жалобу написал", Language.KK_RU, id="a Russian word in a mixed text"),
    pytest.param("officers", "An officer was named", EN, id="an English plural finds the singular"),
    pytest.param(
        "Turgumbayev", "Об этом спросили Тургумбаева", RU, id="a Latin name finds the Russian genitive"
    ),
    pytest.param("Тургумбаев", "Тұрғымбаевқа сұрақ қойылды", KK, id="a Russian name finds the Kazakh dative"),
    pytest.param("тоқаев", "President Tokayev said", EN, id="a lower-case Kazakh name finds the English one"),
    pytest.param("Utemuratov", "Өтемұратовтың кеңсесі", KK, id="ө heard as у"),
    pytest.param("қазақстан", "Qazaqstanda jaña zañ", KK, id="a Cyrillic query finds a Latin text"),
    pytest.param("mektepterde", "Мектептерге жөндеу", KK, id="a plain Latin query finds a Cyrillic text"),
    pytest.param("алматы", "Алматыдағы кездесу", KK, id="a place in a case"),
    pytest.param("ребёнок", "РЕБЕНКА нашли", RU, id="ё and capitals do not matter"),
    pytest.param("суд", "Решения судов обжалованы", RU, id="a form that is also another word's"),
    pytest.param("мектеп", "Мeктеп ашылды", KK, id="a Latin letter inside a Cyrillic word"),
]


@pytest.mark.parametrize(("query", "text", "language"), FOUND)
def test_a_query_without_a_language_finds_the_form(query: str, text: str, language: Language) -> None:
    assert set(query_terms(query)) & set(index_terms(text, language))


@pytest.mark.parametrize(
    ("query", "text", "language"),
    [
        pytest.param("жұма", "Жұмысқа барды", KK, id="a shorter word inside a longer one"),
        pytest.param("министерство", "Министр приехал", RU, id="a related word"),
        pytest.param("Марат", "Мурат пришёл", RU, id="another name"),
        pytest.param("кур", "Құр сөз", KK, id="a common word is no name"),
    ],
)
def test_a_query_does_not_find_another_word(query: str, text: str, language: Language) -> None:
    assert not set(query_terms(query)) & set(index_terms(text, language))


def test_primary_stems_keep_the_places_of_words() -> None:
    text = "Министр Тұрғымбаев Алматыда болды"
    assert index_terms(text, KK)[:4] == ["министр", "тұрғымбаев", "алматы", "бол"]


@given(st.text(alphabet="абвгқңәі eyzAZ'’-1\u0301ё.", max_size=60), st.sampled_from(list(Language)))
def test_every_word_has_one_primary_stem(text: str, language: Language) -> None:
    count = sum(1 for _ in words(text))
    assert len(stems(text)) == count <= len(index_terms(text, language))
    assert all(term and " " not in term for term in index_terms(text, language))


@given(st.text(alphabet="абвгдеқңәілмнтұүөы", min_size=1, max_size=20))
def test_a_written_word_is_found_by_itself(word: str) -> None:
    for language in Language:
        assert set(query_terms(word)) & set(index_terms(word, language))
