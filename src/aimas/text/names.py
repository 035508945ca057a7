"""One key for a name however it is spelled: Тұрғымбаев, Тургумбаев, Turgumbayev, Turgumbaev."""

import re
from functools import lru_cache

from aimas.text.words import normal_form

_CYRILLIC = str.maketrans(
    {
        "а": "a", "ә": "a", "б": "b", "в": "v", "г": "g", "ғ": "g", "д": "d", "е": "e", "ё": "e", "ж": "j",
        "з": "z", "и": "i", "й": "i", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o",
        "ө": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "h",
        "һ": "h", "ц": "ts", "ч": "c", "ш": "w", "щ": "w", "ъ": "", "ы": "i", "і": "i", "ь": "", "э": "e",
        "ї": "i", "є": "e", "ґ": "g", "ў": "u",
    }
)  # fmt: skip
_LATIN = str.maketrans(
    {
        "ä": "a", "á": "a", "à": "a", "â": "a", "ə": "a", "ö": "o", "ó": "o", "ô": "o", "ü": "u", "ú": "u", "ū": "u",
        "ū": "u", "ý": "u", "ğ": "g", "ǵ": "g", "ş": "w", "š": "w", "ç": "c", "č": "c", "ñ": "n", "ń": "n", "ŋ": "n",
        "ı": "i", "ï": "i", "í": "i", "î": "i", "ž": "j", "é": "e", "è": "e", "ê": "e", "'": "", "q": "k", "x": "ks",
    }
)  # fmt: skip
_DIGRAPHS = (("shch", "w"), ("sch", "w"), ("dzh", "j"), ("zh", "j"), ("dj", "j"), ("kh", "h"), ("gh", "g"),
             ("sh", "w"), ("ch", "c"), ("ph", "f"))  # fmt: skip
_CONSONANT = "bcdfghjklmnprstvwz"
_RULES = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"^(?:ye|ie)", "e"),
        (r"^(?:yu|iu)", "u"),
        (rf"(?<=[{_CONSONANT}])y(?=[aeou])", ""),
        (r"(?<=[aeiouy])[yi]+e", "e"),
        (r"(?<=[aeou])w(?![aeiou])", "w"),
        (rf"(?<=[{_CONSONANT}])ie", "e"),
        (r"y", "i"),
        (r"(.)\1+", r"\1"),
    )
)
_POSSESSIVE = re.compile(r"['’](?:s)?$")
_SURNAME = re.compile(
    r"^(\w{2,}(?:ев|ов|ёв|ин|ын))"
    r"(?:а|у|ым|е|ой|ы|ых|ыми|ую|т[аеыі]|т[аеыі][нң]|н[ыі]ң|[гғ][ае]|[кқ][ае]|[мп]ен|[тдн][ае]н|тар|тер|[дн][ыі]|д[ае])?$"
)
_VOWEL_I = re.compile(r"(?<=[аеёиоуыэюяәөүұ])(?:я|ю|ем|е|и)$")
_CYRILLIC_CASE = re.compile(r"(?<=\w{3})(?:ом|ем|ой|ей|ам|ами|ах)$")


@lru_cache(maxsize=200_000)
def name_key(word: str) -> str:
    """Same key, probably same name; case endings of a surname or first name do not count. Empty for no name."""
    word = _POSSESSIVE.sub("", normal_form(word))
    if not word or not word[0].isalpha():
        return ""
    if "\u0400" <= word[0] <= "\u04ff":
        if match := _SURNAME.match(word):
            word = match.group(1)
        elif len(word) > 4:
            word = _VOWEL_I.sub("й", word)
            word = _CYRILLIC_CASE.sub("", word)
        word = re.sub(r"дж", "ж", word)
        word = re.sub(r"(?<=[бвгғджзкқлмнңпрстфхһцчшщ])ь?я", "а", word)
        word = re.sub(r"(?<=[бвгғджзкқлмнңпрстфхһцчшщ])ь?ю", "у", word)
        word = word.replace("я", "иа").replace("ю", "иу")
        key = word.translate(_CYRILLIC)
    else:
        for digraph, letter in _DIGRAPHS:
            word = word.replace(digraph, letter)
        key = word.translate(_LATIN)
    for pattern, to in _RULES:
        key = pattern.sub(to, key)
    key = _harmony(key)
    while len(key) > 4 and key[-1] in "aeiou" and key[-2] not in "aeou":
        key = key[:-1]
        break
    return key


def _harmony(key: str) -> str:
    """After a syllable with u an i reads as u: Тұрғымбаев is written Тургумбаев in Russian."""
    letters = list(key)
    last = ""
    for at, letter in enumerate(letters):
        if letter in "aeiou":
            if letter == "i" and last == "u" and letters[at - 1] not in "aeiou":
                letters[at] = "u"
            last = letters[at]
    return "".join(letters)
