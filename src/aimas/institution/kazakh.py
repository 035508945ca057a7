"""Forms of Kazakh names by suffix rules; of a phrase only the last word changes, as the language has it."""

from collections.abc import Iterator
from typing import Literal

Role = Literal["name", "there", "dweller"]

_BACK, _FRONT = "аоұыяюё", "әөүіеэ"
_VOWELS = "аәоөұүыіеэяюё"
_NASAL, _VOICELESS = "мнң", "кқпстфхһцчшщбвгд"
_VOICED_STEM = {"к": "г", "қ": "ғ", "п": "б"}


def is_back(word: str) -> bool:
    """Whether suffixes take back vowels; «и» and «у» side with the vowel before them."""
    for letter in reversed(word):
        if letter in _BACK:
            return True
        if letter in _FRONT:
            return False
    return "у" in word and "и" not in word


def _cases(word: str, back: bool) -> Iterator[str]:
    """The seven cases of a plain stem, and what stands or lives there (-дағы)."""
    last = word[-1]
    vowel, nasal, voiceless = last in _VOWELS or last == "и", last in _NASAL, last in _VOICELESS
    genitive = "н" if vowel or nasal else "т" if voiceless else "д"
    accusative = "н" if vowel else "т" if voiceless else "д"
    place = "т" if voiceless else "д"
    away = "н" if nasal else place
    narrow, wide = ("ы", "а") if back else ("і", "е")
    yield word
    yield word + genitive + narrow + "ң"
    yield word + ("қ" if back and voiceless else "к" if voiceless else "ғ" if back else "г") + wide
    yield word + accusative + narrow
    yield word + place + wide
    yield word + place + wide + ("ғы" if back else "гі")
    yield word + away + wide + "н"
    yield word + ("бен" if last in "жз" else "пен" if voiceless else "мен")


def _possessed_cases(word: str, back: bool) -> Iterator[str]:
    """Cases after the possessive of the third person: министрлігі → министрлігінің, -не, -н, -нде …"""
    narrow, wide = ("ы", "а") if back else ("і", "е")
    yield word
    yield word + "н" + narrow + "ң"
    yield word + "н" + wide
    yield word + "н"
    yield word + "нд" + wide
    yield word + "нд" + wide + ("ғы" if back else "гі")
    yield word + "н" + wide + "н"
    yield word + "мен"


def possessive(word: str) -> str:
    """«Its» form: департамент → департаменті, полиция → полициясы."""
    narrow = "ы" if is_back(word) else "і"
    if word[-1] in _VOWELS:
        return word + "с" + narrow
    return word[:-1] + _VOICED_STEM.get(word[-1], word[-1]) + narrow


def _ours(word: str) -> str:
    """«Our» form: полиция → полициямыз."""
    back = is_back(word)
    if word[-1] in _VOWELS:
        return word + ("мыз" if back else "міз")
    return word[:-1] + _VOICED_STEM.get(word[-1], word[-1]) + ("ымыз" if back else "іміз")


def plural(word: str) -> str:
    last, vowel = word[-1], "а" if is_back(word) else "е"
    first = "д" if last in "лмнңжз" else "т" if last in _VOICELESS else "л"
    return f"{word}{first}{vowel}р"


def of_place(word: str) -> str:
    """Who or what is from there: Алматы → алматылық, Қазақстан → қазақстандық."""
    last = word[-1]
    first = "д" if last in "лмнңжз" else "т" if last in _VOICELESS else "л"
    return word + first + ("ық" if is_back(word) else "ік")


def surname_forms(surname: str) -> set[str]:
    """Cases of a lower-case surname with either vowels: Тоқаевтың and Тоқаевтің are both written."""
    return {form for back in (True, False) for form in _cases(surname, back)}


def word_forms(word: str, *, owned: bool = False) -> Iterator[str]:
    """All forms of one lower-case noun; `owned` says that it already carries the possessive (министрлігі)."""
    back = is_back(word)
    if owned:
        yield from _possessed_cases(word, back)
        stem = unowned(word)
        manifold = plural(stem)
        yield from _cases(_ours(stem), back)
    else:
        yield from _cases(word, back)
        yield from _possessed_cases(possessive(word), back)
        yield from _cases(_ours(word), back)
        manifold = plural(word)
        yield from _cases(manifold, is_back(manifold))
    yield from _possessed_cases(possessive(manifold), is_back(manifold))


def unowned(word: str) -> str:
    """министрлігі → министрлік, департаменті → департамент, полициясы → полиция."""
    if word.endswith(("сы", "сі")) and len(word) > 3 and word[-3] in _VOWELS:
        return word[:-2]
    stem = word[:-1]
    return stem[:-1] + {"г": "к", "ғ": "қ", "б": "п"}.get(stem[-1], stem[-1])


def phrase_forms(phrase: str) -> set[str]:
    """All forms of a lower-case name; a last word in -ы/-і after another word is taken for a possessive."""
    *before, last = phrase.split(" ")
    owned = bool(before) and last[-1] in "ыі" and len(last) > 3
    return {" ".join([*before, form]) for form in word_forms(last, owned=owned)}


def place_forms(phrase: str) -> dict[str, Role]:
    """Forms of a place and what each says: Алматы «name», Алматыда «there», алматылық «dweller»."""
    *before, last = phrase.split(" ")
    owned = bool(before) and last[-1] in "ыі" and last != "алматы"
    cases = list((_possessed_cases if owned else _cases)(last, is_back(last)))
    forms: dict[str, Role] = {}
    for index, form in enumerate(cases):
        forms[" ".join([*before, form])] = "there" if index in (4, 5) else "name"
    if not owned:
        dweller = of_place(last)
        for form in [*_cases(dweller, is_back(dweller)), *_cases(plural(dweller), is_back(dweller))]:
            forms.setdefault(" ".join([*before, form]), "dweller")
    return forms
