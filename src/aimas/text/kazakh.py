"""The Kazakh stripper: takes suffixes off from the end in the order grammar allows, by harmony and assimilation.

No server or library at hand stems Kazakh; the order of the suffix chain, the vowel harmony and the assimilation of a
suffix's first consonant are those of any school grammar. A list of attested stems decides between legal readings.
"""

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from itertools import product

BACK = frozenset("аоұыяёю")
FRONT = frozenset("әөүіеэ")
VOWELS = BACK | FRONT | frozenset("иу")
_VOICELESS = frozenset("пткқсшчщфхцһбвгд")
_LIQUID = frozenset("рйу")
_NASAL = frozenset("мнң")
_BUZZ = frozenset("зж")
_L = frozenset("л")

_ANY_VOWEL = VOWELS
_AFTER_VOWEL_OR_GLIDE = VOWELS | _LIQUID
_VOICED = VOWELS | _LIQUID | _NASAL | _BUZZ | _L
_ANY = VOWELS | _VOICELESS | _VOICED | frozenset("гғбвд")
_CONSONANT = _ANY - VOWELS | frozenset("у")

# Slots, from the end of the word inwards.
PERSON, CASE, POSSESSIVE, PLURAL, RELATIVE, TENSE, PARTICIPLE, INFINITIVE, NEGATION, VOICE = range(10)
_VERBAL = frozenset({TENSE, PARTICIPLE, INFINITIVE})
_INSIDE: dict[int | None, frozenset[int]] = {
    None: frozenset({PERSON, CASE, POSSESSIVE, PLURAL, RELATIVE, TENSE, PARTICIPLE, INFINITIVE}),
    PERSON: frozenset({CASE, POSSESSIVE, PLURAL, TENSE, PARTICIPLE, INFINITIVE}),
    CASE: frozenset({POSSESSIVE, PLURAL, RELATIVE, PARTICIPLE, INFINITIVE}),
    POSSESSIVE: frozenset({PLURAL, RELATIVE, PARTICIPLE, INFINITIVE}),
    PLURAL: frozenset({RELATIVE, PARTICIPLE, INFINITIVE}),
    RELATIVE: frozenset({POSSESSIVE, PLURAL, PARTICIPLE, INFINITIVE}),
    TENSE: frozenset({NEGATION, VOICE}),
    PARTICIPLE: frozenset({NEGATION, VOICE}),
    INFINITIVE: frozenset({NEGATION, VOICE}),
    NEGATION: frozenset({VOICE}),
    VOICE: frozenset({VOICE}),
}


def _both(*patterns: str) -> tuple[str, ...]:
    """A for а/е, Y for ы/і: each pattern in its back and its front shape."""
    shapes: dict[str, None] = {}
    for pattern in patterns:
        shapes[pattern.replace("A", "а").replace("Y", "ы").replace("Q", "қ").replace("G", "ғ")] = None
        shapes[pattern.replace("A", "е").replace("Y", "і").replace("Q", "к").replace("G", "г")] = None
    return tuple(shapes)


# (slot, what the stem must end in, shapes)
_TABLE: tuple[tuple[int, frozenset[str], tuple[str, ...]], ...] = (
    (PLURAL, _AFTER_VOWEL_OR_GLIDE, _both("лAр")),
    (PLURAL, _NASAL | _BUZZ | _L, _both("дAр")),
    (PLURAL, _VOICELESS, _both("тAр")),
    (POSSESSIVE, _ANY_VOWEL, _both("м", "ң", "сY", "мYз", "ңYз")),
    (POSSESSIVE, _CONSONANT, _both("Yм", "Yң", "Y", "YмYз", "YңYз")),
    (CASE, VOWELS | _NASAL, _both("нYң")),
    (CASE, _L | _LIQUID | _BUZZ, _both("дYң")),
    (CASE, _VOICELESS, _both("тYң")),
    (CASE, VOWELS, _both("нY")),
    (CASE, _L | _LIQUID | _NASAL | _BUZZ, _both("дY")),
    (CASE, _VOICELESS, _both("тY")),
    (CASE, _VOICED, _both("GA", "дA")),
    (CASE, _VOICELESS, _both("QA", "тA")),
    (CASE, frozenset("мң"), _both("A")),
    (CASE, frozenset("ыі"), _both("н", "нA", "ндA")),
    (CASE, _NASAL | frozenset("ыі"), _both("нAн")),
    (CASE, VOWELS | _LIQUID | _BUZZ | _L, _both("дAн")),
    (CASE, _VOICELESS, _both("тAн")),
    (CASE, VOWELS | _LIQUID | _NASAL | _L, ("мен", "менен")),
    (CASE, _BUZZ, ("бен",)),
    (CASE, _VOICELESS, ("пен",)),
    (CASE, VOWELS | _NASAL, ("нікі",)),
    (CASE, _L | _LIQUID | _BUZZ, ("дікі",)),
    (CASE, _VOICELESS, ("тікі",)),
    (CASE, _ANY, _both("шA")),
    (RELATIVE, _VOICED, _both("дAGY")),
    (RELATIVE, _VOICELESS, _both("тAGY")),
    (RELATIVE, frozenset("ыі"), _both("ндAGY")),
    (PERSON, _ANY, _both("мYн", "сYң", "сYз", "мYз", "сYңдAр", "сYздAр", "сYздер")),
    (PERSON, _NASAL | _BUZZ, _both("бYн", "бYз")),
    (PERSON, _VOICELESS, _both("пYн", "пYз")),
    # Finite tenses with their own endings.
    (TENSE, _VOICED, _both("дY", "дYм", "дYң", "дYQ", "дYңYз", "дYңдAр")),
    (TENSE, _VOICELESS, _both("тY", "тYм", "тYң", "тYQ", "тYңYз", "тYңдAр")),
    (
        TENSE,
        _CONSONANT,
        _both("AдY", "A", "Aм", "Yп", "YптY", "Aр", "AйYн", "AйYQ", "YңYз", "YңдAр", "Yңыз", "Aсың"),
    ),
    (TENSE, VOWELS, _both("йдY", "й", "ймY", "п", "птY", "р", "ймYн", "йYн", "йYQ", "ңYз", "ңдAр")),
    (TENSE, _ANY, _both("сA", "сAм", "сAң", "сAQ", "сAңYз", "сYн", "сAйшY")),
    (TENSE, VOWELS, _both("с")),
    (TENSE, _CONSONANT, _both("Aлы")),
    (TENSE, _VOICED, _both("GAлY", "GAншA", "GAндAй", "GанмYн")),
    (TENSE, _VOICELESS, _both("QAлY", "QAншA", "QAндAй")),
    (TENSE, _VOICED, _both("мAйыншA", "мAйYншA", "мAQ", "мAQшY")),
    (TENSE, _NASAL | _BUZZ, _both("бAQ", "бAQшY")),
    (TENSE, _VOICELESS, _both("пAQ", "пAQшY")),
    (PARTICIPLE, _VOICED, _both("GAн")),
    (PARTICIPLE, _VOICELESS, _both("QAн")),
    (PARTICIPLE, _CONSONANT, _both("AтYн", "Aр")),
    (PARTICIPLE, VOWELS, _both("йтYн", "р")),
    (INFINITIVE, _CONSONANT | VOWELS, ("у",)),
    (INFINITIVE, _CONSONANT | VOWELS, _both("ушY")),
    (NEGATION, VOWELS | _LIQUID | _L, _both("мA")),
    (NEGATION, _NASAL | _BUZZ, _both("бA")),
    (NEGATION, _VOICELESS, _both("пA")),
    (VOICE, _CONSONANT, _both("Yл", "Yн", "Yс")),
    (VOICE, VOWELS, _both("л", "н", "с", "т")),
    (VOICE, _VOICED, _both("дYр", "GYз")),
    (VOICE, _VOICELESS, _both("тYр", "QYз")),
    (VOICE, frozenset("рл"), ("т",)),
    (VOICE, _CONSONANT, _both("Yр", "Aр")),
)
_BY_END: dict[str, list[tuple[str, int, frozenset[str]]]] = {}
for (_slot, _before, _shapes), _ in product(_TABLE, (0,)):
    for _shape in _shapes:
        _BY_END.setdefault(_shape[-1], []).append((_shape, _slot, _before))

_FREE = frozenset({"мен", "менен", "бен", "пен", "нікі", "дікі", "тікі"})
_DEVOICED = {"ғ": "қ", "г": "к", "б": "п"}


def _listed(name: str) -> frozenset[str]:
    listed = files("aimas.text").joinpath("data", name)
    if not listed.is_file():
        return frozenset()
    return frozenset(w for w in listed.read_text("utf-8").split("\n") if w and not w.startswith("#"))


STEMS = _listed("kk_stems.txt")
"""Attested stems, nouns and verbs alike."""
FIXED = frozenset(
    [
        "қазақстан",
        "өзбекстан",
        "қырғызстан",
        "тәжікстан",
        "түрікменстан",
        "ауғанстан",
        "пәкістан",
        "татарстан",
        "жұмыс",
        "облыс",
        "болыс",
        "қоныс",
        "туыс",
        "таныс",
        "соғыс",
        "дауыс",
        "айқас",
        "қатынас",
        "байланыс",
        "қатыс",
        "мәселе",
        "мекеме",
        "қала",
        "дала",
        "ана",
        "апа",
        "аға",
        "іні",
        "әке",
        "шеше",
        "бала",
        "құда",
        "шаруа",
        "басқарма",
        "бөлме",
        "көрме",
        "жарма",
        "кеме",
        "пәтер",
        "үшін",
        "туралы",
        "арқылы",
        "дейін",
        "кейін",
        "бүгін",
        "қазір",
        "енді",
        "және",
        "немесе",
        "бірақ",
        "астана",
        "алматы",
        "тараз",
        "ақтау",
        "арман",
        "азаматша",
        "орынша",
        "бойынша",
        "қарсы",
        "басты",
        "жалпы",
        "алты",
        "жеті",
        "екі",
        "кісі",
        "киім",
        "білім",
        "ғылым",
        "өлім",
        "бөлім",
        "шешім",
        "қаулы",
        "пікір",
        "пенсия",
        "күн",
        "түн",
        "айын",
    ]
)
"""Words whose end only looks like a suffix; whatever is left of them is never cut further."""


def _harmonious(stem: str, shape: str) -> bool:
    if shape in _FREE:
        return True
    for letter in shape:
        if letter in BACK:
            wanted = BACK
            break
        if letter in FRONT:
            wanted = FRONT
            break
    else:
        return True
    for letter in reversed(stem):
        if letter in BACK or letter in FRONT:
            return letter in wanted
        if letter in "иу":
            return True
    return False


def readings(word: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Every legal way to cut: what is left, and the slots taken off, outermost first; the whole word comes first."""
    pending: list[tuple[str, tuple[int, ...]]] = [(word, ())]
    while pending:
        left, chain = pending.pop()
        yield left, chain
        inner = _INSIDE[chain[-1] if chain else None]
        if left in FIXED:
            continue
        for shape, slot, before in _BY_END.get(left[-1], ()):
            if slot not in inner or not left.endswith(shape):
                continue
            rest = left[: -len(shape)]
            if len(rest) < 2 or rest[-1] not in before or not _harmonious(rest, shape):
                continue
            pending.append((rest, (*chain, slot)))


def _whole(stem: str) -> str:
    """The stem's last consonant as it stands without a suffix: кітаб(ы) → кітап."""
    return stem[:-1] + _DEVOICED[stem[-1]] if stem[-1] in _DEVOICED else stem


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The part that a Kazakh word's forms share; `word` is in normal form, Cyrillic. A stem is not always a word."""
    if len(word) < 4 or word in FIXED:
        return word
    best, best_cost = word, 100.0
    for left, chain in readings(word):
        cost = _cost(left, chain)
        if cost < best_cost:
            best, best_cost = left, cost
    return _whole(best)


def _cost(left: str, chain: tuple[int, ...]) -> float:
    vowels = sum(letter in VOWELS for letter in left)
    if not vowels:
        return 99.0
    cost = float(len(left))
    if left in FIXED:
        return cost - 20
    if left in STEMS or _whole(left) in STEMS:
        return cost - 10
    if len(left) < 3:
        cost += 6
    if VOICE in chain:
        cost += 8
    return cost
