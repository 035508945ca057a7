"""One key for a name however it is spelled: Тұрғымбаев, Тургумбаев, Turgumbayev and Turgumbaev meet.

Both scripts come to one bare alphabet (j for ж, w for ш, h for х), Kazakh letters to what Russian and English
make of them; then case endings go. A key prefers a wrong meeting to a missed one: it finds, never identifies.
"""

import re
from functools import lru_cache

from aimas.text.words import normal_form

_CYRILLIC = str.maketrans(
    "аәбвгғґдеёжзиійкқлмнңоөпрстуұүўфхһчшщыэїє",
    "aabvgggdeejziiikklmnnooprstuuuufhhcwwieie",
) | str.maketrans({"ц": "ts", "ъ": "", "ь": "", "я": "ia", "ю": "iu"})
_LATIN = str.maketrans(
    "äáàâãəåöóôòõüúūùûýğǵşșšçčćñńňŋıïíîìżžźéèêëqłß",
    "aaaaaaaooooouuuuuuggwwwcccnnnniiiiijjzeeeekls",
) | str.maketrans({"'": "", "x": "ks"})
_DIGRAPHS = (
    ("shch", "w"), ("sch", "w"), ("tch", "c"), ("dzh", "j"), ("zh", "j"), ("dj", "j"), ("kh", "h"),
    ("gh", "g"), ("sh", "w"), ("ch", "c"), ("ph", "f"),
)  # fmt: skip
_CONSONANT = "bcdfghjklmnprstvwz"
_RULES = tuple(
    (re.compile(pattern), to)
    for pattern, to in (
        (r"^[yi]e", "e"),
        (r"^[yi]u", "u"),
        (rf"(?<=[{_CONSONANT}])yo", "e"),
        (rf"(?<=[{_CONSONANT}])[yi]+(?=e)", ""),
        (rf"(?<=[{_CONSONANT}])y(?=[aou])", ""),
        (r"(?<=[aeiouy])[yi]+e", "e"),
        (r"y", "i"),
    )
)
"""All of y and i."""
_I_RULES = tuple((pattern, to) for pattern, to in _RULES if pattern.pattern.find("[yi]") >= 0)
_TWICE = re.compile(r"(.)\1+")
_POSSESSIVE = re.compile(r"['’]s?$")
_HARD = "бвгғджзкқлмнңпрстфхһцчшщ"
_SOFTENED = re.compile(rf"(?<=[{_HARD}])ь?([яю])")
_SURNAME = re.compile(
    r"^(\w{2,}(?:[её]в|ов|ин|ын))"
    r"(?:а|у|ым|е|ой|ы|ых|ыми|ую|"  # Russian cases, gender and number
    r"т[аеыі]|т[аеыі][нң]|т[ыі]ң|н[ыі]ң|[гғкқ][ае]|[мп]ен|[дн][аеыі]|[дн][ае]н|[тд][ае]р)?$"  # Kazakh ones
)
_AFTER_VOWEL = re.compile(r"(?<=[аеёиоуыэюяәөүұ])(?:ем|[яюе])$")
_CASE = re.compile(r"(?<=\w{3})(?:ом|ем|ой|ей|ам|ами|ах)$")
_ADJECTIVE = re.compile(r"(?<=ск)(?:ий|ого|ому|им|ом|ая|ой|ую|ие|их)$")


@lru_cache(maxsize=50_000)
def name_key(word: str) -> str:
    """The same key for spellings and cases of one name; a few names share one. Empty for what is no word."""
    word = normal_form(word)
    if "'" in word or "’" in word:
        word = _POSSESSIVE.sub("", word)
    if "-" in word:
        word = word.replace("-", "")
    if not word or not word[0].isalpha():
        return ""
    if "\u0400" <= word[0] <= "\u04ff":
        key = _without_case(word)
        if "дж" in key:
            key = key.replace("дж", "ж")
        if "я" in key or "ю" in key:
            key = _SOFTENED.sub(lambda soft: "а" if soft[1] == "я" else "у", key)
        key = key.translate(_CYRILLIC)
    else:
        key = word
        if "h" in key or "j" in key:
            # Every pair or run of letters that stands for one sound has one of these.
            for digraph, letter in _DIGRAPHS:
                key = key.replace(digraph, letter)
        key = key.translate(_LATIN)
    if "y" in key or "i" in key:
        key = _one_i(key)
    if _TWICE.search(key):
        key = _TWICE.sub(r"\1", key)
    if "u" in key:
        key = _rounded(key)
    # Айгерим(а), Алматы: the last vowel is the first that declension changes.
    return key[:-1] if len(key) > 3 and key[-1] in "aeiou" and key[-2] not in "aeou" else key


def _one_i(key: str) -> str:
    if "y" in key:
        for pattern, to in _RULES:
            key = pattern.sub(to, key)
        return key
    # Without y, of the rules only these can be met.
    if "ie" in key or key.startswith("iu"):
        for pattern, to in _I_RULES:
            key = pattern.sub(to, key)
    return key


def name_keys(word: str) -> tuple[str, ...]:
    """The name's key and, where Russian also hears ө as у (Өтемұратов, Утемуратов), the key of that."""
    keys = {name_key(word): None}
    if "ө" in word or "Ө" in word:
        keys[name_key(word.replace("ө", "ұ").replace("Ө", "Ұ"))] = None
    return tuple(key for key in keys if key)


def _without_case(word: str) -> str:
    if ("в" in word or "н" in word) and (match := _SURNAME.match(word)):
        return match[1]
    if len(word) < 4:
        return word
    if "ск" in word:
        word = _ADJECTIVE.sub("ий", word)
    last = word[-1]
    if last in "мяюе":
        word = _AFTER_VOWEL.sub("й", word)
        last = word[-1]
    return _CASE.sub("", word) if last in "мйих" else word


def _rounded(key: str) -> str:
    """After a syllable with u an i reads as u: Тұрғымбаев is written Тургумбаев in Russian."""
    letters = list(key)
    last = ""
    for at, letter in enumerate(letters):
        if letter in "aeiou":
            if letter == "i" and last == "u" and letters[at - 1] not in "aeiou":
                letters[at] = "u"
            last = letters[at]
    return "".join(letters)
