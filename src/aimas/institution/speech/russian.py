"""Subjects in Russian: in the nominative, agreeing with the verb; or nobody, and the place speaks."""

import re
from collections.abc import Sequence

from aimas.institution import grammar
from aimas.institution.speech.clause import WORD, Clause, Own, Subject, Voice
from aimas.institution.speech.words import FORMER, PREPOSED, PRONOUNS, listed

_CITIZENS = frozenset(listed("ru", "citizens"))
_OFFICIALS = frozenset(listed("ru", "officials"))
_INTO = re.compile(r"\b(?:в|во) (?:[^\W_]+(?:ом|ой|ем|ей|их|ых) )?$")
_INTO_ITS_OFFICE = re.compile(r"\bв (?:пресс-службе|отделе|штабе) $")
_WHO_SAYS = re.compile(r"\s*котор(?:ый|ая|ое|ые) (?:[^\W_]+ ){0,2}$")
_OF_ITS_OWN = frozenset(("ведомства", "министерства", "полиции", "внутренних", "страны", "прокуратуры"))


def subjects(clause: Clause) -> list[Subject]:
    text, low, verb = clause.text, clause.low, clause.verb
    form = grammar.russian_word(clause.said()).verb
    found: list[Subject] = []
    words = [each for each in clause.words() if not verb[0] <= each.start() < verb[1]]
    passed = clause.start
    for number, match in enumerate(words):
        if match.start() < passed:
            continue
        name = clause.own_at(match.start())
        before = clause.before(match.start(), 24)
        free = not PREPOSED.search(before)
        if name is not None:
            passed = name.end
            told = grammar.russian_subject(name.form, name.name) if name.name else None
            if not name.name and name.form.endswith(("ов", "ев", "ин", "ын")):
                told = ("sing", "masc", True, False)
            if name.is_fixed and number:
                previous = words[number - 1]
                beside = low[previous.end() : match.start()] == " "
                told = None if beside and grammar.russian_word(previous.group()).is_noun else told
            if told is not None and free and _agrees(*told[:3], form):
                voice: Voice = "other" if FORMER.search(before) else "institution"
                found.append(Subject(voice, name.start, name.end, False, told[3]))
            continue
        word = match.group()
        seen = grammar.russian_word(word)
        if word in PRONOUNS:
            found.append(Subject("pronoun", *match.span()))
            continue
        if word.startswith("зам") and word in _OFFICIALS:
            seen = seen._replace(subject=("sing", "masc", True), lemma=word)
        citizen = is_citizen(word, seen.lemma)
        declared = citizen and word.endswith(("ий", "ая", "ие"))
        is_bare_name = seen.is_name and text[match.start()].isupper()
        unknown = text[match.start()].isupper() and match.start() > clause.start + 2 and not seen.is_noun
        if not free or not (seen.subject or is_bare_name or declared or unknown):
            continue
        if (is_bare_name and not seen.subject) or unknown:
            found.append(Subject("other", *match.span(), True))
            continue
        if seen.subject and not _agrees(*seen.subject, form):
            continue
        voice = "citizen" if citizen else "other"
        if seen.lemma in _OFFICIALS and (follows := _owner(clause, words, number)):
            voice, passed = "institution", follows.end
        if voice == "institution" and FORMER.search(before.removesuffix("официальный ")):
            voice = "other"
        found.append(Subject(voice, *match.span(), is_bare_name and not citizen, seen.is_doubtful))
    return found


def nearest(found: Sequence[Subject], verb: tuple[int, int]) -> Subject:
    told = [each for each in found if not each.is_name_alone] or found
    sure = [each for each in told if not each.is_doubtful] or told
    return min(sure, key=lambda s: s.start - verb[1] if s.start >= verb[1] else verb[0] - s.end)


def is_aside(clause: Clause) -> bool:
    return any(
        grammar.russian_word(each.group()).begins_aside and not is_citizen(each.group(), "")
        for each in clause.words()[:2]
    )


def voice_of_source(text: str, word: re.Match[str]) -> Voice | None:
    seen = grammar.russian_word(word.group())
    if is_citizen(word.group(), seen.lemma):
        return "citizen"
    if seen.lemma in _OFFICIALS or word.group() == "официального":
        return None
    return "other" if seen.is_noun or seen.is_name else None


def is_bare_office(text: str, low: str, start: int, end: int) -> bool:
    follows = WORD.match(low, end + 1) if low[end : end + 1] == " " else None
    if follows is None or follows.group() in _OF_ITS_OWN:
        return True
    seen = grammar.russian_word(follows.group())
    is_person = seen.is_name and text[follows.start()].isupper()
    return not seen.is_of or is_person or bool(seen.verb)


def antecedent(clause: Clause, aside: Clause) -> Subject | None:
    """«задержали мужчину, который рассказал»: the person named last before «который», in any case."""
    if not _WHO_SAYS.match(aside.low, aside.start, aside.verb[0]):
        return None
    for each in reversed(clause.words()):
        name = clause.own_at(each.start())
        if name is not None:
            return Subject("institution", name.start, name.end)
        if is_citizen(each.group(), grammar.russian_word(each.group()).lemma):
            return Subject("citizen", *each.span())
    return None


def impersonal(clause: Clause) -> Subject | None:
    """«в МВД сообщили», «в пресс-службе МВД сообщили»: nobody is named, and the place is."""
    form = grammar.russian_word(clause.said()).verb
    if form is None or form[0] != "plur":
        return None
    for each in clause.own_inside():
        is_inside = _INTO.search(clause.low, max(clause.start, each.start - 24), each.start)
        if not is_inside and not _INTO_ITS_OFFICE.search(clause.before(each.start, 40)):
            continue
        last = each.form.split(" ")[0]
        if each.is_fixed or last.endswith(("е", "и", "ой", "ом", "ах", "ях", "ых")):
            return Subject("institution", each.start, each.end)
    return None


def is_citizen(word: str, lemma: str) -> bool:
    stem = re.sub(r"(?:ий|ая|ие|его|ей|их|ему|им|ими|ую)$", "", word)
    return lemma in _CITIZENS or word in _CITIZENS or stem in ("пострадавш", "потерпевш")


def _agrees(number: str, gender: str, lives: bool, verb: tuple[str, str] | None) -> bool:
    """A man's office may have a woman's verb; a thing may not."""
    if verb is None:
        return True
    if number != verb[0]:
        return False
    return lives or number == "plur" or not gender or not verb[1] or gender == verb[1]


def _owner(clause: Clause, words: Sequence[re.Match[str]], number: int) -> Own | None:
    """«представитель пресс-службы МВД»: the name that an official's title ends in."""
    for previous, each in zip(words[number:], words[number + 1 : number + 5], strict=False):
        if clause.low[previous.end() : each.start()] != " ":
            return None
        name = clause.own_at(each.start())
        if name is not None:
            return name
        seen = grammar.russian_word(each.group())
        if not seen.is_of or (seen.is_noun and seen.lemma not in _OFFICIALS):
            return None
    return None
