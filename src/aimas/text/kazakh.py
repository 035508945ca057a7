"""The Kazakh stemmer: takes suffixes off from the end in the order that grammar allows.

The order of the chain, the vowel harmony and the assimilation of a suffix's first consonant are those of any
school grammar. Where they allow several readings, a list of stems seen in public texts decides.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeAlias

from aimas.text.lists import listed

BACK = frozenset("аоұыяёю")
FRONT = frozenset("әөүіеэ")
VOWELS = BACK | FRONT | frozenset("иу")
_NO_VOWELS = dict.fromkeys(map(ord, VOWELS))
_HARMONIC = BACK | FRONT
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
    (TENSE, _ANY, _both("идY", "и", "имYн", "иAлы")),
    (PARTICIPLE, _ANY, _both("итYн")),
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
    (VOICE, _CONSONANT, _both("Yл")),
    (VOICE, _L, _both("Yн")),
    (VOICE, VOWELS, ("л",)),
    (VOICE, _VOICED, _both("дYр", "GYз")),
    (VOICE, _VOICELESS, _both("тYр", "QYз")),
)
_FREE = frozenset({"мен", "менен", "бен", "пен", "нікі", "дікі", "тікі"})


def _harmony(shape: str) -> frozenset[str] | None:
    """The vowels of which the stem must have one last; None where any will do."""
    if shape in _FREE:
        return None
    return next((kind for letter in shape for kind in (BACK, FRONT) if letter in kind), None)


_Suffix: TypeAlias = tuple[str, int, frozenset[str], frozenset[str] | None]
"""A shape, its slot, the letters it follows and its harmony."""
_BY_END: dict[str, list[_Suffix]] = {}
for _slot, _before, _shapes in _TABLE:
    for _shape in _shapes:
        _BY_END.setdefault(_shape[-2:], []).append((_shape, _slot, _before, _harmony(_shape)))
_BY_ENDS: dict[str, tuple[_Suffix, ...]] = {}
"""By the word's last two letters, filled as they are met: what they allow, and what the last alone does."""
_SEEN = 4
"""Letters of a word's end that are looked at once for all words."""

_GENITIVE = frozenset(_both("нYң", "дYң", "тYң"))
_NOT_AN_END = ("нн", "тт", "дд")
"""A doubled letter is the end of a stem and the beginning of its suffix: тон|ның."""
_RUSSIAN_ENDS = ("ев", "ов", "ин", "ын")
"""Surnames take either harmony: Тоқаевтың, Сәденовтің."""
_PARTICIPLES = ("ған", "ген", "қан", "кен", "атын", "етін", "йтын", "йтін")
_DEVOICED = {"ғ": "қ", "г": "к", "б": "п"}


_attested = listed("kazakh_stems.txt")
_kept = listed("kazakh_exceptions.txt")
FIXED = _kept["fixed"]
"""Words whose end only looks like a suffix; what is left of a longer word is never cut below them."""
NOUNS = (_attested["n"] - _kept["never"]) | _kept["noun"] | FIXED
VERBS = _attested["v"] | _kept["verb"]
_OWN_VERBS = _kept["own"]
"""Verbs that grew out of a voice and mean something of their own."""
_SHORTENED = dict(pair.split("=") for pair in _kept["shortened"])
"""Stems that lose a vowel or soften before a suffix: халқ(ы) is халық."""
_IRREGULAR = dict(pair.split("=") for pair in _kept["irregular"])


def suffixes(word: str) -> tuple[_Suffix, ...]:
    """What the word's last two letters allow."""
    end = word[-2:]
    found = _BY_ENDS.get(end)
    if found is None:
        alone = _BY_END.get(word[-1:], ()) if len(end) > 1 else ()
        found = _BY_ENDS[end] = (*_BY_END.get(end, ()), *alone)
    return found


def _harmonious(stem: str, wanted: frozenset[str] | None) -> bool:
    if wanted is None:
        return True
    for letter in reversed(stem):
        if letter in _HARMONIC:
            return letter in wanted or (len(stem) > 4 and stem.endswith(_RUSSIAN_ENDS))
        if letter in "иу":
            return True
    return len(stem) > 4 and stem.endswith(_RUSSIAN_ENDS)


def readings(word: str) -> list[tuple[str, tuple[int, ...]]]:
    """Every legal way to cut: what is left and the slots taken off, outermost first; the whole word leads."""
    found: list[tuple[str, tuple[int, ...]]] = []
    pending: list[tuple[str, tuple[int, ...]]] = [(word, ())]
    while pending:
        left, chain = here = pending.pop()
        found.append(here)
        if left in FIXED and _VERBAL.isdisjoint(chain):
            continue
        longest = len(left) - 2
        for shape, slot, before, wanted in _off(left[-_SEEN:], chain[-1] if chain else None):
            size = len(shape)
            if size > longest or (size > _SEEN and not left.endswith(shape)):
                continue
            rest = left[:-size]
            if shape[0] == "и":
                # оқиды stands for оқы + йды, ериді for ері + йді
                grown = (*chain, slot)
                pending.append((rest + "ы", grown))
                pending.append((rest + "і", grown))
            elif (rest[-2] if rest[-1] == "ь" else rest[-1]) in before and (
                wanted is None or _harmonious(rest, wanted)
            ):
                grown = (*chain, slot)
                pending.append((rest, grown))
                if shape[0] == "у":
                    pending.append((rest + "ы", grown))
                    pending.append((rest + "і", grown))
    return found


@lru_cache(maxsize=50_000)
def _off(end: str, outside: int | None) -> tuple[_Suffix, ...]:
    """Suffixes that a word with this end may have inside of slot `outside`, of long ones those that may be longer
    than the end."""
    inner = _INSIDE[outside]
    return tuple(
        found
        for found in suffixes(end)
        if found[1] in inner
        and (end.endswith(found[0]) if len(found[0]) <= len(end) else found[0].endswith(end))
    )


def _whole(stem: str) -> str:
    """The stem as it stands without a suffix: кітаб(ы) is кітап."""
    if stem in _SHORTENED:
        return _SHORTENED[stem]
    if stem[-1] == "ь":
        # автомобильдер, but автомобилі
        return stem[:-1]
    return stem[:-1] + _DEVOICED[stem[-1]] if stem[-1] in _DEVOICED else stem


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """What a Kazakh word's forms share; `word` is Cyrillic in normal form. A stem is not always a word."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 3 or word in FIXED:
        return _SHORTENED.get(word, word)
    ways = readings(word)
    found = _attested_stem(word, ways)
    if found is None and ("я" in word or "ю" in word):
        spelled = word.replace("я", "йа").replace("ю", "йу")
        found = _attested_stem(spelled, readings(spelled))
    return found or (_stripped(word, ways) if len(word) > 3 else word)


def attested(word: str) -> bool:
    """Whether a legal reading of the word ends in a stem of the list."""
    return word in FIXED or _attested_stem(word, readings(word)) is not None


def without_case(word: str) -> str | None:
    """The word without one case ending, where it may have one: a name keeps what else looks like a suffix (Айгерім)."""
    for shape, slot, before, wanted in suffixes(word):
        rest = word[: -len(shape)]
        if (
            slot == CASE
            and len(rest) > 2
            and word.endswith(shape)
            and rest[-1] in before
            and _harmonious(rest, wanted)
        ):
            return rest
    return None


_Ways: TypeAlias = Iterable[tuple[str, tuple[int, ...]]]


def _attested_stem(word: str, ways: _Ways) -> str | None:
    """The attested stem that explains most of the word with the fewest suffixes."""
    best: str | None = None
    most = -100
    for left, chain in ways:
        weight = len(left) - 2 * len(chain)
        if chain and chain[-1] in (PARTICIPLE, TENSE) and word[len(left) : len(left) + 1] == "р":
            weight -= 3  # бағалар: prices far oftener than "will appraise"
        elif chain == (POSSESSIVE,) and word[-1] == "ң":
            weight -= 3  # жерің: "your" is rare in print, and -дың looks like it
        elif not chain and left[-1] in "ае" and left not in NOUNS:
            weight -= 5  # жолда: on the way, not "send!"
        if weight <= most:
            continue
        whole = left if left in NOUNS or left in VERBS else _whole(left) if chain else left
        verbal = not _VERBAL.isdisjoint(chain)
        if left[-1] == "с" and whole not in NOUNS and not verbal and word[len(left) : len(left) + 1] == "т":
            whole += "т"  # тестер, журналистің: ст takes up the т of the suffix
        if (whole in VERBS) if verbal else (whole in NOUNS or (not chain and whole in VERBS)):
            best, most = _without_voice(whole) if verbal else whole, weight
    return best


def _without_voice(verb: str) -> str:
    """айтыл is filed with айт, unless the verb has a life of its own."""
    while verb not in _OWN_VERBS:
        for shape, slot, before, _ in suffixes(verb):
            rest = verb[: -len(shape)]
            if slot == VOICE and verb.endswith(shape) and rest in VERBS and rest[-1] in before:
                verb = rest
                break
        else:
            return verb
    return verb


def _stripped(word: str, ways: _Ways) -> str:
    """For words never met (names, loans): nominal suffixes and the plainest participles only."""
    best = word
    for left, chain in ways:
        taken = word[len(left) :]
        if not chain or VOICE in chain or PERSON in chain or left[-1] == "о":
            continue
        if len(left) >= len(best) or left.endswith(_NOT_AN_END):
            continue
        if len(left) < 4 - ("ы" in left or "і" in left or taken in _GENITIVE):
            continue
        if not _VERBAL.isdisjoint(chain) and not taken.startswith(_PARTICIPLES):
            continue
        # A lone ы or і is a possessive, but also the end of many adjectives.
        if len(taken) == 1 and (taken not in "ыі" or left[-1] in "лдтшс"):
            continue
        if _speakable(left):
            best = left
    if best.endswith("ст") and len(best) > 4:
        return best[:-1]  # таксистер may be of таксист or of таксис: both are filed as the shorter
    return _whole(best)


def _speakable(left: str) -> bool:
    """One vowel in a short stem, two in a longer one."""
    return len(left) - len(left.translate(_NO_VOWELS)) > (len(left) > 4)
