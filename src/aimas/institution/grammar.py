"""Which word can be the subject of a verb: case, number and gender in Russian, endings in Kazakh."""

from functools import cache, lru_cache
from typing import Any, NamedTuple

from aimas.institution import kazakh, russian

_LIKELY = 0.04
"""Share of a reading below which it is not believed («полиции» as a plural nominative has .02)."""
_CASES_OF_KAZAKH = (
    *("ның", "нің", "дың", "дің", "тың", "тің", "ға", "ге", "қа", "ке", "на", "не", "да", "де", "та", "те"),
    *("дан", "ден", "тан", "тен", "нан", "нен", "мен", "бен", "пен", "ды", "ді", "ты", "ті", "ны", "ні"),
)


class Word(NamedTuple):
    """What a Russian word can be."""

    is_noun: bool = False
    subject: tuple[str, str, bool] | None = None
    """Number, gender and whether it lives, where it can stand in the nominative."""
    is_doubtful: bool = False
    """Its nominative looks like its accusative."""
    is_name: bool = False
    is_of: bool = False
    """Can stand in the genitive."""
    begins_aside: bool = False
    """A participle or a gerund."""
    verb: tuple[str, str] | None = None
    """Number and, in the past, gender."""
    lemma: str = ""


@lru_cache(maxsize=50_000)
def russian_word(word: str) -> Word:
    parses = [p for p in russian.readings(word) if p.score >= _LIKELY]
    nouns = [p for p in parses if p.tag.POS == "NOUN" and "Geox" not in p.tag]
    subjects = [p for p in nouns if p.tag.case == "nomn"]
    first: Any = parses[0] if parses else None
    verbs = [p for p in parses if p.tag.POS == "VERB"]
    lives = any(p.tag.animacy == "anim" for p in subjects)
    return Word(
        is_noun=bool(nouns),
        subject=(subjects[0].tag.number or "sing", subjects[0].tag.gender or "", lives) if subjects else None,
        is_doubtful=any(p.tag.case == "accs" for p in nouns) and not lives,
        is_name=any({"Name", "Surn", "Patr"} & set(p.tag.grammemes) for p in parses),
        is_of=any(p.tag.POS in ("NOUN", "ADJF") and p.tag.case == "gent" for p in parses),
        begins_aside=first is not None and first.tag.POS in ("GRND", "PRTF", "PRTS"),
        verb=(verbs[0].tag.number or "sing", verbs[0].tag.gender or "") if verbs else None,
        lemma=(nouns[0] if nouns else first).normal_form.replace("ё", "е") if first is not None else word,
    )


@lru_cache(maxsize=20_000)
def russian_subject(form: str, name: str) -> tuple[str, str, bool, bool] | None:
    """Number, gender, whether it lives and whether it may be an accusative; None for an oblique form of the name."""
    found = russian.nominatives(name).get(form)
    if found is None:
        return None
    number, gender, lives = found
    return number, gender, lives, not lives and (number == "plur" or gender != "femn")


@cache
def endings(name: str) -> frozenset[str]:
    """Every Russian form of a name; one where it is never declined."""
    return russian.phrase_forms(name)


@cache
def _kazakh_subjects(name: str) -> frozenset[str]:
    *before, last = name.split(" ")
    forms = {last, kazakh.plural(last)}
    if before and last[-1] in "ыі":
        manifold = kazakh.plural(kazakh.unowned(last))
        forms |= {manifold, kazakh.possessive(manifold)}
    else:
        forms.add(kazakh.possessive(last))
    whole = {" ".join([*before, form]) for form in forms}
    return frozenset(form.replace("i", "і") for form in whole)


def is_kazakh_subject(form: str, name: str) -> bool:
    return form.replace("i", "і") in _kazakh_subjects(name)


def is_bare_kazakh(word: str) -> bool:
    """No case ending that a name could carry."""
    return not word.endswith(_CASES_OF_KAZAKH)
