"""Forms of Russian names: adjectives agree, what follows the head stays, surnames decline as surnames."""

from functools import cache
from typing import Any

import pymorphy3

_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")


@cache
def _analyzer() -> Any:
    return pymorphy3.MorphAnalyzer(lang="ru")


def _best(word: str, *parts: str, agreeing_with: Any = None) -> Any:
    """The first nominative reading with one of the parts of speech; None where there is none."""
    for parse in _analyzer().parse(word):
        tag = parse.tag
        if tag.POS not in parts or tag.case != "nomn" or "Surn" in tag or "Name" in tag:
            continue
        if agreeing_with is not None and (
            tag.number != agreeing_with.tag.number
            or (tag.number == "sing" and tag.gender != agreeing_with.tag.gender)
        ):
            continue
        return parse
    return None


def _head(words: list[str]) -> tuple[int, list[Any]]:
    """Position of the head noun and the readings of the words up to it."""
    for position, word in enumerate(words):
        noun = _best(word, "NOUN")
        before = (
            [_best(each, "ADJF", "PRTF", agreeing_with=noun) for each in words[:position]] if noun else []
        )
        if noun is None or None in before:
            continue
        following = words[position + 1 : position + 2]
        if following and _best(word, "ADJF", "PRTF"):
            next_noun = _best(following[0], "NOUN", "ADJF")
            if next_noun and _best(word, "ADJF", "PRTF", agreeing_with=next_noun):
                continue
        return position, [*before, noun]
    adjective = _best(words[0], "ADJF", "PRTF") if len(words) == 1 else None
    return (0, [adjective]) if adjective else (-1, [])


@cache
def phrase_forms(phrase: str, *, both_numbers: bool = False) -> frozenset[str]:
    """All cases of a lower-case name («министерство внутренних дел»); both numbers for who can be many."""
    words = phrase.split(" ")
    position, readings = _head(words)
    if not readings:
        return frozenset({phrase})
    head = readings[-1]
    numbers = ("sing", "plur") if both_numbers else (head.tag.number or "sing",)
    forms = {phrase}
    for number in numbers:
        gender = head.tag.gender if number == "sing" else None
        for case in _CASES:
            declined = []
            for reading in readings:
                wanted = {number, case}
                if reading is not head:
                    if gender:
                        wanted.add(gender)
                    if case == "accs" and (number == "plur" or gender == "masc"):
                        wanted.add(head.tag.animacy or "inan")
                inflected = reading.inflect(wanted)
                declined.append(inflected.word if inflected else reading.word)
            forms.add(" ".join([*declined, *words[position + 1 :]]))
        if number == "sing" and gender == "femn" and position + 1:
            forms |= _long_instrumental(readings, words[position + 1 :])
    return frozenset(form.replace("ё", "е") for form in forms)


def readings(word: str) -> list[Any]:
    """Every reading of a lower-case word, the likeliest first; each has `tag`, `score`, `normal_form`."""
    parses: list[Any] = _analyzer().parse(word)
    return parses


@cache
def nominatives(phrase: str) -> dict[str, tuple[str, str, bool]]:
    """The subject forms of a lower-case name, each with number, gender and whether it lives."""
    words = phrase.split(" ")
    position, parsed = _head(words)
    if not parsed:
        return {phrase: ("sing", "", False)}
    head = parsed[-1]
    found: dict[str, tuple[str, str, bool]] = {}
    lives = head.tag.animacy == "anim" or head.tag.POS != "NOUN"
    for number in ("sing", "plur"):
        gender = (head.tag.gender or "") if number == "sing" else ""
        declined = []
        for each in parsed:
            wanted = {number, "nomn"} | ({gender} if gender and each is not head else set())
            inflected = each.inflect(wanted)
            declined.append(inflected.word if inflected else each.word)
        form = " ".join([*declined, *words[position + 1 :]]).replace("ё", "е")
        found.setdefault(form, (number, gender, lives))
    found[phrase] = (head.tag.number or "sing", head.tag.gender or "", lives)
    return found


def _long_instrumental(readings: list[Any], tail: list[str]) -> set[str]:
    """«полициею» beside «полицией»: rare, but found in older texts."""
    forms = set()
    for form in readings[-1].lexeme:
        if {"ablt", "sing", "V-oy"} & set(form.tag.grammemes) == {"ablt", "sing", "V-oy"}:
            before = [r.inflect({"ablt", "sing", "femn"}).word for r in readings[:-1]]
            forms.add(" ".join([*before, form.word, *tail]))
    return forms


@cache
def lexeme(word: str) -> frozenset[str]:
    """Every form of a single word, verbs and participles included; for words that raise a theme."""
    parses = _analyzer().parse(word)
    forms = {form.word for form in parses[0].lexeme} | {word}
    return frozenset(form.replace("ё", "е") for form in forms)


def surname_forms(surname: str) -> frozenset[str]:
    """A lower-case surname in -ев, -ов, -ин, -ын, its feminine and its plural; others decline as nouns.

    Own rules, because the dictionary takes «Тургумбаев» for a form of «тургумбай».
    """
    if surname.endswith(("ев", "ов", "ин", "ын", "ёв")):
        endings = ("", "а", "у", "ым", "е", "ой", "ы", "ых", "ыми")
        return frozenset((surname + ending).replace("ё", "е") for ending in endings)
    return first_name_forms(surname)


def first_name_forms(name: str) -> frozenset[str]:
    """A lower-case first name by its ending: Ерлан → Ерлана, Ерлану, Ерланом, Ерлане."""
    return frozenset(form for form, _ in place_forms(name, "noun"))


def place_forms(name: str, kind: str = "noun") -> tuple[tuple[str, bool], ...]:
    """Forms of a lower-case place name by its ending, each with whether it can follow «в» and say «there»."""
    name = name.replace("ё", "е")
    head, space, last = name.rpartition(" ")
    if kind == "noun" and "-" in last and not space:
        left, _, right = last.rpartition("-")
        if right.endswith("ский"):
            both = zip(place_forms(left), place_forms(right), strict=True)
            return tuple((f"{one}-{other}", there) for (one, there), (other, _) in both)
        return tuple((f"{left}-{form}", there) for form, there in place_forms(right))
    prefix = head + space
    if last.endswith(("ый", "ий", "ой")) and len(last) > 4:
        soft = last.endswith("ий") and last[-3] not in "гкхжшщч"
        hard_i = "и" if soft or last[-3] in "гкхжшщч" else "ы"
        o = "е" if soft or last[-3] in "жшщч" else "о"
        u = "ю" if soft else "у"
        stem = last[:-2]
        endings = {last: False, f"{stem}{o}го": False, f"{stem}{o}м{u}": False, f"{stem}{hard_i}м": False}
        endings[f"{stem}{o}м"] = True
    elif last.endswith(("ое", "ее")):
        stem, o = last[:-2], last[-2]
        tail = "им" if last[-3] in "гкхжшщч" or o == "е" else "ым"
        endings = {last: False, f"{stem}{o}го": False, f"{stem}{o}му": False, stem + tail: False}
        endings[f"{stem}{o}м"] = True
    elif last.endswith("а") and len(last) > 2:
        stem, y = last[:-1], "и" if last[-2] in "гкхжшщч" else "ы"
        oy = "ей" if last[-2] in "жшщчц" else "ой"
        endings = {last: False, stem + y: False, stem + "у": False, stem + oy: False, stem + "е": True}
    elif last.endswith("ия"):
        stem = last[:-1]
        endings = {last: False, stem + "и": True, stem + "ю": False, stem + "ей": False}
    elif last.endswith("я") and len(last) > 2:
        stem = last[:-1]
        endings = {last: False, stem + "и": False, stem + "ю": False, stem + "ей": False, stem + "е": True}
    elif last.endswith("ь"):
        stem = last[:-1]
        endings = {last: False, stem + "и": True, stem + "ью": False}
    elif last.endswith("й"):
        stem = last[:-1]
        endings = {last: False, stem + "я": False, stem + "ю": False, stem + "ем": False, stem + "е": True}
    elif last[-1] in "бвгджзклмнпрстфхцчшщ":
        om = "ем" if last[-1] in "жшщчц" else "ым" if last.endswith(("ово", "ев", "ов")) else "ом"
        endings = {last: False, last + "а": False, last + "у": False, last + om: False, last + "е": True}
    else:
        endings = {last: True}
    return tuple((prefix + form, there) for form, there in endings.items())


def town_adjective(name: str) -> str | None:
    """The adjective of a lower-case town where it is regular (Темиртау → темиртауский); None elsewhere."""
    if " " in name or "-" in name or name.endswith(("ово", "ево", "ый", "ий", "ай", "ой")):
        return None
    if name.endswith("ск"):
        return name + "ий"
    return name + "ский" if name[-1] in "бвгджзклмнпрстуфхш" else None


def dweller_forms(adjective: str) -> frozenset[str]:
    """Who lives there, by a lower-case adjective: карагандинский → карагандинец, карагандинка."""
    stem = adjective.removesuffix("ский")
    first = stem[:-1] + "ец" if stem.endswith("й") else stem + "ец"
    many = ("ца", "цу", "цем", "це", "цы", "цев", "цам", "цами", "цах", "ка", "ки", "ке", "ку", "кой", "ок")
    return frozenset([first, *(stem + ending for ending in many)])


def adjective_forms(adjective: str) -> frozenset[str]:
    """A lower-case relational adjective in -ский or -ый in all genders, numbers and cases."""
    stem = adjective[:-2]
    y = "и" if stem[-1] in "гкхжшщч" else "ы"
    soft = ["ому", "ого", "ом", "ая", "ой", "ую", "ое"]
    return frozenset(
        [stem + ending for ending in soft] + [stem + y + tail for tail in ("й", "м", "е", "х", "ми")]
    )
