"""Subjects in Kazakh: a bare form; after the verb, or else what the sentence opens with."""

import re
from collections.abc import Sequence

from aimas.institution import grammar
from aimas.institution.speech.clause import Clause, Subject, Voice
from aimas.institution.speech.words import FORMER, PRONOUNS, any_of, listed

_CITIZENS = frozenset(listed("kk", "citizens"))
_OTHERS = frozenset(listed("kk", "others"))
_OFFICIAL = re.compile(rf" {any_of(listed('kk', 'officials'))}\b")
_PARTICIPLE = re.compile(r"(?:[^\W_]+ ){0,3}?[^\W_]+(?:ған|ген|қан|кен|атын|етін|йтін) [^\W_]")


def subjects(clause: Clause) -> list[Subject]:
    text, low = clause.text, clause.low
    found: list[Subject] = []
    passed = clause.start
    for match in clause.words():
        if match.start() < passed or clause.verb[0] <= match.start() < clause.verb[1]:
            continue
        name = clause.own_at(match.start())
        if name is not None:
            passed = name.end
            if official := _OFFICIAL.match(low, name.end, clause.end):
                passed = official.end()
                found.append(Subject("institution", name.start, passed))
                continue
            fits = grammar.is_kazakh_subject(name.form, name.name) if name.name else _is_surname(name.form)
            suffixed = re.match(r"-[^\W_]", low[name.end : name.end + 2])
            aside = _PARTICIPLE.match(low, name.end + 1, clause.end) and low[name.end] != ","
            if fits and not suffixed and not aside:
                former = FORMER.search(low, max(clause.start, name.start - 12), name.start)
                found.append(Subject("other" if former else "institution", name.start, name.end))
            continue
        word = match.group()
        singular = re.sub(r"(?:л|д|т)[ае]р[ыі]?$", "", word)
        if word in PRONOUNS:
            found.append(Subject("pronoun", *match.span()))
        elif word in _CITIZENS or singular in _CITIZENS:
            found.append(Subject("citizen", *match.span()))
        elif word in _OTHERS or singular in _OTHERS:
            found.append(Subject("other", *match.span()))
        elif text[match.start()].isupper() and grammar.is_bare_kazakh(word) and low[match.end() :][:1] != "-":
            found.append(Subject("other", *match.span(), True))
    return found


def nearest(found: Sequence[Subject], verb: tuple[int, int]) -> Subject:
    """What follows the verb is its subject; its own attributes stand before it. Else the sentence opens with it."""
    after = [each for each in found if each.start >= verb[1]]
    told = [each for each in after or found if not each.is_name_alone] or after or found
    return told[-1] if after else told[0]


def is_aside(clause: Clause) -> bool:
    return False


def voice_of_source(text: str, word: re.Match[str]) -> Voice | None:
    owned = word.group()
    stem = re.sub(r"(?:(?:л|д|т)[ае]р)?(?:с?[ыі])?(?:н|д|т)[ыі]ң$", "", owned)
    if owned in _CITIZENS or stem in _CITIZENS:
        return "citizen"
    is_official = owned == "баспасөз" or _OFFICIAL.match(f" {re.sub('н[ыі]ң$', '', owned)}")
    return None if is_official else "other"


def is_bare_office(text: str, low: str, start: int, end: int) -> bool:
    owned = re.search(r"([^\W_]+) $", low[max(0, start - 24) : start])
    is_whole = low[start:end].endswith("министр") or " " in low[start:end] or owned is None
    return is_whole and not (owned and re.search(r"(?:[нтд][ыі]ң|-)$", owned.group(1)))


def _is_surname(form: str) -> bool:
    return form.endswith(("ов", "ев", "ин", "ын", "ova", "ov", "ev"))
