"""Kazakh as people also write it: without special letters, in Latin of several years; Uzbek in Cyrillic."""

import random

_PLAIN = str.maketrans("әғқңөұүһі", "агкноуухи")
_PLAIN_Y = str.maketrans("әғқңөұүһі", "агкноуухы")

_BASE = {
    "а": "a",
    "б": "b",
    "в": "v",
    "г": "g",
    "д": "d",
    "е": "e",
    "ж": "j",
    "з": "z",
    "к": "k",
    "қ": "q",
    "л": "l",
    "м": "m",
    "н": "n",
    "о": "o",
    "п": "p",
    "р": "r",
    "с": "s",
    "т": "t",
    "ф": "f",
    "х": "h",
    "һ": "h",
    "э": "e",
    "ц": "ts",
    "ъ": "",
    "ь": "",
    "ё": "io",
}
LATIN = {
    "2021": _BASE
    | {
        "ә": "ä",
        "ғ": "ğ",
        "ң": "ŋ",
        "ө": "ö",
        "ұ": "ū",
        "ү": "ü",
        "ш": "ş",
        "ч": "ç",
        "щ": "ş",
        "ы": "y",
        "і": "ı",
        "и": "i",
        "й": "i",
        "у": "u",
        "я": "ia",
        "ю": "iu",
    },
    "2019": _BASE
    | {
        "ә": "ä",
        "ғ": "ğ",
        "ң": "ñ",
        "ө": "ö",
        "ұ": "ū",
        "ү": "ü",
        "ш": "ş",
        "ч": "tş",
        "щ": "ştş",
        "ы": "y",
        "і": "ı",
        "и": "i",
        "й": "i",
        "у": "u",
        "я": "ia",
        "ю": "iu",
    },
    "2018": _BASE
    | {
        "ә": "á",
        "ғ": "ǵ",
        "ң": "ń",
        "ө": "ó",
        "ұ": "u",
        "ү": "ú",
        "ш": "sh",
        "ч": "ch",
        "щ": "sh",
        "ы": "y",
        "і": "i",
        "и": "ı",
        "й": "ı",
        "у": "ý",
        "я": "ıa",
        "ю": "ıý",
    },
    "2017": _BASE
    | {
        "ә": "a'",
        "ғ": "g'",
        "ң": "n'",
        "ө": "o'",
        "ұ": "u",
        "ү": "u'",
        "ш": "s'",
        "ч": "c'",
        "щ": "s'",
        "ы": "y",
        "і": "i",
        "и": "i'",
        "й": "i'",
        "у": "y'",
        "я": "i'a",
        "ю": "i'y'",
    },
    "chat": _BASE
    | {
        "ә": "a",
        "ғ": "g",
        "ң": "n",
        "ө": "o",
        "ұ": "u",
        "ү": "u",
        "ш": "sh",
        "ч": "ch",
        "щ": "sh",
        "ы": "y",
        "і": "i",
        "и": "i",
        "й": "i",
        "у": "u",
        "я": "ya",
        "ю": "yu",
    },
    "chat-zh": _BASE
    | {
        "ә": "a",
        "ғ": "gh",
        "қ": "k",
        "ң": "ng",
        "ө": "o",
        "ұ": "u",
        "ү": "u",
        "ш": "sh",
        "ч": "ch",
        "щ": "sh",
        "ы": "y",
        "і": "i",
        "и": "i",
        "й": "y",
        "у": "u",
        "я": "ya",
        "ю": "yu",
        "ж": "zh",
        "х": "kh",
    },
}

_UZBEK = (
    ("o'", "ў"),
    ("o‘", "ў"),
    ("oʻ", "ў"),
    ("o’", "ў"),
    ("g'", "ғ"),
    ("g‘", "ғ"),
    ("gʻ", "ғ"),
    ("g’", "ғ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("yo", "ё"),
    ("yu", "ю"),
    ("ya", "я"),
    ("ye", "е"),
    ("ts", "ц"),
)
_UZBEK_ONE = str.maketrans("abdefghijklmnopqrstuvxyz'’", "абдэфгҳижклмнопқрстувхйзъъ")


def without_special_letters(text: str, chance: random.Random) -> str:
    return text.lower().translate(_PLAIN if chance.random() < 0.6 else _PLAIN_Y)


def in_latin(text: str, year: str) -> str:
    return "".join(LATIN[year].get(letter, letter) for letter in text.lower())


def uzbek_in_cyrillic(text: str) -> str:
    text = text.lower()
    for latin, letter in _UZBEK:
        text = text.replace(latin, letter)
    words = text.translate(_UZBEK_ONE).split(" ")
    return " ".join("э" + word[1:] if word.startswith("э") else word.replace("э", "е") for word in words)
