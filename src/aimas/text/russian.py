"""Russian words by dictionary; a word that it lacks (a name, mostly) goes by its ending.

The dictionary inside `rumorph` derives from OpenCorpora, CC BY-SA 4.0: NOTICE names it.
"""

import re
from functools import lru_cache

import Stemmer
from rumorph import Analyzer

_analyzer = Analyzer()
_endings = Stemmer.Stemmer("russian", 0)
_SURNAME = re.compile(r"(\w{2,}(?:ев|ов|ин|ын))(?:а|у|ым|е|ой|ы|ых|ыми|ую)?")
_LIKELY = 0.15


def known(word: str) -> bool:
    """Whether the dictionary holds the form; `word` is in normal form, here and below."""
    return bool(_analyzer.is_known(word))


def stem(word: str) -> str:
    """The likeliest lemma; for a word unknown to the dictionary, what is left without its ending."""
    return _lemma(word) if known(word) else _bare(word)


def lemmas(word: str) -> tuple[str, ...]:
    """All likely lemmas of a form ("стали": стать, сталь), the likeliest first."""
    return entry(word)[0]


def entry(word: str) -> tuple[tuple[str, ...], bool, bool]:
    """All that the dictionary says at once: `lemmas`, `known`, and whether the form is known and no name."""
    if not known(word):
        return (_bare(word),), False, False
    found = {_lemma(word): None}
    common = True
    for reading in _analyzer.analyze(word):
        common = common and reading.pos != "PROPN"
        if reading.prob >= _LIKELY:
            found[reading.lemma.lower().replace("ё", "е")] = None
    return tuple(found), True, common


def _lemma(word: str) -> str:
    lemma: str = _analyzer.lemmatize([word])[0]
    return lemma.lower().replace("ё", "е")


def _bare(word: str) -> str:
    if surname := _SURNAME.fullmatch(word):
        return surname[1]
    return str(_endings.stemWord(word))


def is_name(word: str) -> bool:
    """Every reading of the form is a name."""
    return all(reading.pos == "PROPN" for reading in _analyzer.analyze(word))


def is_common(word: str) -> bool:
    """No reading of the form is a name."""
    return all(reading.pos != "PROPN" for reading in _analyzer.analyze(word))


def is_person(word: str) -> bool:
    """Some reading of the form is a given name, a patronymic or a surname, and none a common word."""
    types = [
        reading.feats.get("NameType") if reading.pos == "PROPN" else None
        for reading in _analyzer.analyze(word)
    ]
    return any(types) and all(kind in ("Giv", "Sur", "Pat", "Prs") for kind in types)


@lru_cache(maxsize=20_000)
def is_verb(word: str) -> bool:
    """Some likely reading of the form is a verb, its participles among them."""
    return any(r.pos == "VERB" and r.prob >= _LIKELY for r in _analyzer.analyze(word))


@lru_cache(maxsize=20_000)
def is_told(word: str) -> bool:
    """Some likely reading tells what is, was or will be done (вернули, вернём, возвращены), not what should be."""
    return any(
        r.pos == "VERB"
        and r.prob >= _LIKELY
        and (
            (r.feats.get("VerbForm") == "Fin" and r.feats.get("Mood") != "Imp")
            or r.feats.get("Variant") == "Short"
        )
        for r in _analyzer.analyze(word)
    )
