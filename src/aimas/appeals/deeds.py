"""Whether two words tell of one deed or thing, in other forms, by other aspects of the verb, or in the other language.

A word's keys are its lemmas, the root of a verb without what grammar puts around it, and a name of its meaning where
`deeds.toml` lists it; two words that share a key may mean the same. Wide on purpose: a person has read both texts.
"""

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

from aimas.institution.lexicon import normal
from aimas.text import kazakh, russian, stems

_KAZAKH_LETTER = re.compile("[әғқңөұүһі]")
_LATIN = re.compile(r"[a-z]+")
_LEAST = 3
"""Letters of a root that still says something."""

_ASPECT = re.compile(
    r"(?:ыва|ива|ова|ева|ирова|ава|ева|нича|а|я|и|е|о|у|ну)?(?:ть|ти|чь)(?:ся)?$|(?:ени|ани|яни|ти|к|ци|аци|овк|вк)[еяаи]$"
)
_PREFIX = re.compile(
    r"^(?:пере|пред|недо|про|при|рас|раз|вос|воз|вы|по|от|за|на|об|до|под|из|ис|с(?=[рдмтк]))(?=.{4,}$)"
)
_LABIAL_L = re.compile(r"(?<=[бпвмф])л$")
_ALTERNATIONS = (("жд", "д"), ("щ", "т"), ("ч", "т"), ("ж", "з"), ("ш", "с"))
_VOWELS = re.compile("[аеиоуыэюя]")

_VERBAL = frozenset({kazakh.TENSE, kazakh.PARTICIPLE, kazakh.INFINITIVE})
_KAZAKH_VOICE = re.compile(r"(?<=[^\W\d_]{3})(?:[ыі]?[лн]|[ыі]с|[тд][ыі]р|[қкғг][ыі]з)$")
_SOFTENED = {"б": "п", "ғ": "қ", "г": "к"}
_KAZAKH_INFINITIVE = re.compile(
    r"(?:у|ю)(?:[ыі]?(?:м|ң|мыз|міз|ңыз|ңіз))?(?:ды|ді|ға|ге|дан|ден|ын|ін|ы|і)?$"
)
_KAZAKH_OBJECT = re.compile(r"(?:[ую](?:[ыі]?(?:м|ң|мыз|міз|ңыз|ңіз))?|ңыз|ңіз|мыз|міз)[дн][ыі]$")
_KAZAKH_TOLD = re.compile(
    r"[^\W\d_]{2,}(?:[дт][ыі]|[аей]д[ыі]|[дт][ыі]к|[дт][ыі]қ|[аей]м[ыі]з|[аей]м[ыі]н|[ғгқк][ае]н|дайын)$"
)


@lru_cache(maxsize=50_000)
def keys(word: str) -> frozenset[str]:
    """`word` in normal form. A number is its own only key."""
    if not word or not word[0].isalpha():
        return frozenset((word,))
    found = {stem for stem in stems(word) if not stem.startswith("@")}
    found |= _meanings(word)
    if _LATIN.fullmatch(word):
        return frozenset(found)
    found |= _kazakh(word)
    if not _KAZAKH_LETTER.search(word):
        lemmas = russian.lemmas(word)
        found.update(lemmas)
        for lemma in lemmas:
            found |= _meanings(lemma) | _root(lemma)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def is_deed(word: str) -> bool:
    """Something to be done, not what it is done to; `word` in normal form."""
    if _LATIN.fullmatch(word):
        return any(key.startswith("deed:") for key in _meanings(word))
    if _KAZAKH_LETTER.search(word) or not russian.known(word):
        return bool(_KAZAKH_INFINITIVE.search(word)) or any(k.startswith("deed:") for k in keys(word))
    return russian.is_verb(word) or bool(_KAZAKH_INFINITIVE.search(word) and not russian.known(word))


@lru_cache(maxsize=50_000)
def is_told(word: str) -> bool:
    """It tells what is, was or will be done, in Russian or Kazakh; `word` in normal form."""
    if not _KAZAKH_LETTER.search(word) and russian.known(word):
        return russian.is_told(word)
    # өзгертуді, шешіміңізді: nouns in the accusative, however much like a past they look.
    return bool(_KAZAKH_TOLD.fullmatch(word)) and _KAZAKH_OBJECT.search(word) is None


def _root(lemma: str) -> frozenset[str]:
    """What возвращать, возвратить and возврат share: no aspect, no prefix, no vowels behind the first letter."""
    bare = _ASPECT.sub("", lemma)
    if bare == lemma and not russian.is_verb(lemma):
        if len(lemma) < 5:
            return frozenset()
        bare = lemma.rstrip("аяоеь")
    made = set()
    for one in {bare, _PREFIX.sub("", bare)}:
        one = _LABIAL_L.sub("", one)
        for before, after in _ALTERNATIONS:
            if one.endswith(before):
                one = one.removesuffix(before) + after
        skeleton = one[:1] + _VOWELS.sub("", one[1:])
        if len(skeleton) >= _LEAST:
            made.add(f"root:{skeleton}")
    return frozenset(made)


def _kazakh(word: str) -> frozenset[str]:
    found = {kazakh.stem(word)}
    plain = word.replace("ю", "йу").replace("я", "йа")
    for left, chain in kazakh.readings(plain):
        if len(left) < 2 or left[-1] in "ыі":
            continue
        if chain and not _VERBAL.isdisjoint(chain) and len(left) >= _LEAST:
            while True:
                found.add("kk:" + left[:-1] + _SOFTENED.get(left[-1], left[-1]))
                shorter = _KAZAKH_VOICE.sub("", left)
                if shorter == left:
                    break
                left = shorter
        elif left in kazakh.NOUNS:
            found.add(left)
    for key in tuple(found):
        found |= _meanings(key.removeprefix("kk:"))
    return frozenset(found)


def _meanings(word: str) -> frozenset[str]:
    return frozenset(name for name, beginning in _table() if beginning.match(word))


@cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    content = tomllib.loads(files("aimas.appeals").joinpath("data", "deeds.toml").read_text("utf-8"))
    made = []
    for kind, entries in content.items():
        for name, words in entries.items():
            parts = sorted({normal(w) for w in words.replace("|", " ").split()}, key=len, reverse=True)
            # A short beginning would begin too much: it stands for the whole word.
            alone = [w for w in parts if len(w) <= _LEAST]
            longer = [w for w in parts if len(w) > _LEAST]
            expression = "|".join((*longer, *(rf"{w}$" for w in alone)))
            made.append((f"{kind.removesuffix('s')}:{name}", re.compile(f"(?:{expression})")))
    return tuple(made)
