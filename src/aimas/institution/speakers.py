"""Who is the subject of a word of speech: the institution, a citizen, another, or whoever was named before."""

import re
import tomllib
from collections.abc import Sequence
from importlib.resources import files
from typing import Literal, NamedTuple

from aimas.institution import grammar
from aimas.institution.lexicon import Entry, Lexicon

VERSION = "speakers/2"
"""Changes with the rules, so that older readings are read again."""

Voice = Literal["institution", "citizen", "other", "pronoun"]
Tongue = Literal["ru", "kk", "en"]

_TABLE = tomllib.loads((files("aimas.institution") / "speech.toml").read_text(encoding="utf-8"))


def _listed(tongue: Tongue, key: str) -> list[str]:
    said = _TABLE[tongue].get(key, "")
    return said if isinstance(said, list) else [each for each in re.split(r"[ \n]+", said) if each]


def _any(expressions: Sequence[str]) -> str:
    longest_first = sorted((each.replace("\u00a0", " ") for each in expressions), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(each).replace(r"\*", r"\w*") for each in longest_first) + ")"


def _pattern(tongue: Tongue, key: str) -> re.Pattern[str]:
    return re.compile(rf"\b{_any(_listed(tongue, key))}\b")


VERBS: dict[Tongue, re.Pattern[str]] = {
    "ru": _pattern("ru", "of_speech"),
    "kk": _pattern("kk", "of_speech"),
    "en": _pattern("en", "of_speech"),
}
SOURCES: dict[Tongue, re.Pattern[str]] = {
    "ru": _pattern("ru", "sources"),
    "kk": _pattern("kk", "sources"),
    "en": _pattern("en", "sources"),
}
ANY_VERB = re.compile(
    rf"\b{_any([verb for t in VERBS for verb in _listed(t, 'of_speech')] + _listed('en', 'sources'))}\b"
)
_MARKS = Lexicon(
    Entry(each.rstrip("*").replace("\u00a0", " "), (tongue, key == "sources"), open_end=each.endswith("*"))
    for tongue in VERBS
    for key in ("of_speech", "sources")
    for each in _listed(tongue, key)
)
_CITIZENS = {tongue: frozenset(_listed(tongue, "citizens")) for tongue in VERBS}
_OTHERS = {"kk": frozenset(_listed("kk", "others")), "en": frozenset(_listed("en", "others"))}
_OFFICIALS = {tongue: frozenset(_listed(tongue, "officials")) for tongue in VERBS}
_KAZAKH_OFFICIAL = re.compile(rf" {_any(_listed('kk', 'officials'))}\b")

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_PARTS = re.compile(r"[,;:()«»\"“”„]| - |^\s*-\s?")
_ASIDE = re.compile(
    r"\s*(?:(?:в|во|на|с|со|из|от|у|к|о|об|по|за|при|для|без|in|to|from|by|for|with|of) )?"
    r"(?:котор\w+|где|когда|чье\w*|чей|чья|чьи|куда|откуда|если|хотя|поскольку|что|чтобы|потому|пока|после того"
    r"|who|whom|whose|which|that|when|where|while|after|before|although|because)\b"
)
_ENGLISH_ASIDE = re.compile(r"\s*(?:\w+ly )?(?:\w+ing|\w+ed|seen|caught|beaten) ")
_RELATIVE_INSIDE = re.compile(r"\b(?:who|whom|whose|which)\b")
_FORMER = re.compile(r"\b(?:бывш\w+|отставн\w+|former|бұрынғы|(?:экс|ex)(?=-))[ -]$")
_PREPOSED = re.compile(
    r"\b(?:в|во|на|с|со|из|от|у|к|ко|о|об|по|за|при|для|без|против|через|до|под|между"
    r"|in|to|from|by|for|with|of|at|about|against|on|near|toward|towards|over|without)"
    r" (?:(?:the|a|an|his|her|their|our|local|city|regional) )*$"
)
_INTO = re.compile(r"\b(?:в|во) (?:[^\W_]+(?:ом|ой|ем|ей|их|ых) )?$")
_WHO_SAYS = re.compile(r"\s*котор(?:ый|ая|ое|ые) (?:[^\W_]+ ){0,2}$")
_NO_SUBJECT = frozenset(_listed("en", "fillers"))
_PRONOUNS = frozenset(("он", "она", "ол", "he", "she"))
_PARTICIPLE = re.compile(r"(?:[^\W_]+ ){0,3}?[^\W_]+(?:ған|ген|қан|кен|атын|етін|йтін) [^\W_]")
_NOT = re.compile(r"\b(?:не|ни разу не|not|never|n't) $")


class Own(NamedTuple):
    """A name of the institution, or an office that the text gives to it, where it stands."""

    start: int
    end: int
    form: str
    """As matched, in normal form, without what was joined to it."""
    name: str
    """In the nominative, in normal form; empty for a person."""
    is_fixed: bool = False
    """Never declined: an abbreviation."""


class Subject(NamedTuple):
    voice: Voice
    start: int
    end: int
    is_name_alone: bool = False
    """Only a proper name: an apposition may say more."""
    is_doubtful: bool = False


class Mark(NamedTuple):
    """A word of speech, or the words that announce a source."""

    start: int
    end: int
    tongue: Tongue
    is_source: bool


def marks(low: str) -> list[Mark]:
    """Everything in the text by which somebody may be made a speaker, in order."""
    return sorted({Mark(hit.start, hit.end, *hit.value) for hit in _MARKS.hits(low, low)})


def speaker(
    text: str, low: str, start: int, end: int, verb: tuple[int, int], tongue: Tongue, own: Sequence[Own]
) -> Subject | None:
    """The subject of the word of speech at `verb` among the words of start..end; None where nobody is told."""
    if _NOT.search(low, max(start, verb[0] - 12), verb[0]):
        return None
    parts = _parts(low, start, end, tongue, verb)
    at = next((n for n, (s, e, _) in enumerate(parts) if s <= verb[0] < e), None)
    if at is None:
        return None
    if not parts[at][2]:
        return _antecedent(low, parts, at, verb, own) if tongue == "ru" else None
    found = [subjects(text, low, s, e, verb, tongue, own) if main else [] for s, e, main in parts]
    best = nearest(found[at], verb, tongue)
    if best is None and tongue == "ru":
        best = _impersonal(low, parts[at][0], parts[at][1], verb, own)
    if best is not None and best.is_name_alone:
        for beside in (at + 1, at - 1):
            if 0 <= beside < len(parts) and found[beside]:
                first = found[beside][0]
                opens = not _WORD.search(low, parts[beside][0], first.start) or tongue == "en"
                if first.voice != "pronoun" and not first.is_name_alone and opens:
                    return first
    if best is not None:
        return best
    order = [*range(at - 1, -1, -1), *range(at + 1, len(parts))]
    return next((each for n in order if (each := nearest(found[n], verb, tongue))), None)


def _antecedent(
    low: str, parts: Sequence[tuple[int, int, bool]], at: int, verb: tuple[int, int], own: Sequence[Own]
) -> Subject | None:
    """«задержали мужчину, который рассказал»: the person in front of «который», in whatever case."""
    if at == 0 or not _WHO_SAYS.match(low, parts[at][0], verb[0]):
        return None
    for each in reversed(list(_WORD.finditer(low, *parts[at - 1][:2]))):
        name = next((o for o in own if o.start <= each.start() < o.end), None)
        if name is not None:
            return Subject("institution", name.start, name.end)
        lemma = grammar.russian_word(each.group()).lemma
        if _russian_citizen(each.group(), lemma):
            return Subject("citizen", *each.span())
    return None


def source(text: str, low: str, start: int, end: int, tongue: Tongue, own: Sequence[Own]) -> Subject | None:
    """Who is named in the words of a source: after «по словам», «according to», before «айтуынша»."""
    words = list(_WORD.finditer(low, start, end))
    for each in reversed(words) if tongue == "kk" else words:
        name = next((o for o in own if o.start <= each.start() < o.end), None)
        if name is not None:
            return Subject("institution", name.start, name.end)
        word = each.group()
        if tongue == "ru":
            seen = grammar.russian_word(word)
            if _russian_citizen(word, seen.lemma):
                return Subject("citizen", *each.span())
            if seen.lemma in _OFFICIALS["ru"] or word == "официального":
                continue
            if seen.is_noun or seen.is_name:
                return Subject("other", *each.span())
        elif tongue == "en":
            if word in _CITIZENS["en"]:
                return Subject("citizen", *each.span())
            if word not in _OFFICIALS["en"] and (word in _OTHERS["en"] or text[each.start()].isupper()):
                return Subject("other", *each.span())
        else:
            stem = re.sub(r"(?:(?:л|д|т)[ае]р)?(?:с?[ыі])?(?:н|д|т)[ыі]ң$", "", word)
            if word in _CITIZENS["kk"] or stem in _CITIZENS["kk"]:
                return Subject("citizen", *each.span())
            if not _KAZAKH_OFFICIAL.match(f" {re.sub('н[ыі]ң$', '', word)}") and word not in ("баспасөз",):
                return Subject("other", *each.span())
    return None


_OF_ITS_OWN = frozenset(("ведомства", "министерства", "полиции", "внутренних", "страны", "прокуратуры"))
_BEFORE_AN_OFFICE = re.compile(
    r"(?:^|[^\w ]|\b(?:the|our|this|that|deputy|vice|by|to|told|said|says|added|and) )\s*$"
)


def is_bare_office(text: str, low: str, start: int, end: int, language: str) -> bool:
    """No other house is named beside the office: «министр», never «министр здравоохранения»."""
    if language == "ru":
        follows = _WORD.match(low, end + 1) if low[end : end + 1] == " " else None
        if follows is None or follows.group() in _OF_ITS_OWN:
            return True
        seen = grammar.russian_word(follows.group())
        is_person = seen.is_name and text[follows.start()].isupper()
        return not seen.is_of or is_person or bool(seen.verb)
    before = low[max(0, start - 24) : start]
    if language == "kk":
        owned = re.search(r"([^\W_]+) $", before)
        is_whole = low[start:end].endswith("министр") or " " in low[start:end] or owned is None
        return is_whole and not (owned and re.search(r"(?:[нтд][ыі]ң|-)$", owned.group(1)))
    return bool(_BEFORE_AN_OFFICE.search(before)) and not re.match(r" (?:of|for) ", low[end : end + 5])


def _parts(
    low: str, start: int, end: int, tongue: Tongue, verb: tuple[int, int]
) -> list[tuple[int, int, bool]]:
    """The stretches between marks, each with whether it belongs to the main clause."""
    edges = [start]
    for mark in _PARTS.finditer(low, start, end):
        edges += [mark.start(), mark.end()]
    edges.append(end)
    parts = []
    for s, e in zip(edges[::2], edges[1::2], strict=True):
        if not _WORD.search(low, s, e):
            continue
        main = not _ASIDE.match(low, s, e)
        if main and tongue == "ru":
            main = not any(
                grammar.russian_word(m.group()).begins_aside and not _russian_citizen(m.group(), "")
                for m, _ in zip(_WORD.finditer(low, s, e), range(2), strict=False)
            )
        elif main and tongue == "en" and not s <= verb[0] < e:
            main = not _ENGLISH_ASIDE.match(low, s, e)
        parts.append((s, e, main))
    return parts


def subjects(
    text: str, low: str, start: int, end: int, verb: tuple[int, int], tongue: Tongue, own: Sequence[Own]
) -> list[Subject]:
    here = [each for each in own if start <= each.start < end]
    if tongue == "ru":
        return _russian(text, low, start, end, verb, here)
    return (_kazakh if tongue == "kk" else _english)(text, low, start, end, verb, here)


def nearest(found: list[Subject], verb: tuple[int, int], tongue: Tongue) -> Subject | None:
    if not found:
        return None
    if tongue == "kk":
        # What follows the verb is its subject; its own attributes stand before it. Else the sentence opens with it.
        after = [each for each in found if each.start >= verb[1]]
        told = [each for each in after or found if not each.is_name_alone] or after or found
        return told[-1] if after else told[0]
    if tongue == "en":
        before = [each for each in found if each.end <= verb[0]]
        told = [each for each in before or found if not each.is_name_alone] or before or found
        return told[-1] if before else told[0]
    told = [each for each in found if not each.is_name_alone] or found
    sure = [each for each in told if not each.is_doubtful] or told
    return min(sure, key=lambda s: s.start - verb[1] if s.start >= verb[1] else verb[0] - s.end)


def _russian_citizen(word: str, lemma: str) -> bool:
    stem = re.sub(r"(?:ий|ая|ие|его|ей|их|ему|им|ими|ую)$", "", word)
    return lemma in _CITIZENS["ru"] or word in _CITIZENS["ru"] or stem in ("пострадавш", "потерпевш")


def _agrees(number: str, gender: str, lives: bool, verb: tuple[str, str] | None) -> bool:
    """A man's office may have a woman's verb; a thing may not."""
    if verb is None:
        return True
    if number != verb[0]:
        return False
    return lives or number == "plur" or not gender or not verb[1] or gender == verb[1]


def _russian(
    text: str, low: str, start: int, end: int, verb: tuple[int, int], own: list[Own]
) -> list[Subject]:
    form = grammar.russian_word(low[slice(*verb)]).verb
    found: list[Subject] = []
    words = [m for m in _WORD.finditer(low, start, end) if not verb[0] <= m.start() < verb[1]]
    passed = start
    for number, match in enumerate(words):
        if match.start() < passed:
            continue
        name = next((o for o in own if o.start <= match.start() < o.end), None)
        before = low[max(start, match.start() - 24) : match.start()]
        free = not _PREPOSED.search(before)
        if name is not None:
            passed = name.end
            told = grammar.russian_subject(name.form, name.name) if name.name else None
            if not name.name and name.form.endswith(("ов", "ев", "ин", "ын")):
                told = ("sing", "masc", True, False)
            if name.is_fixed:
                previous = words[number - 1] if number else None
                beside = previous is not None and low[previous.end() : match.start()] == " "
                told = None if beside and grammar.russian_word(previous.group()).is_noun else told  # type: ignore[union-attr]
            if told is not None and free and _agrees(*told[:3], form):
                former = _FORMER.search(before)
                found.append(
                    Subject("other" if former else "institution", name.start, name.end, False, told[3])
                )
            continue
        word = match.group()
        seen = grammar.russian_word(word)
        if word in _PRONOUNS:
            found.append(Subject("pronoun", *match.span()))
            continue
        if word.startswith("зам") and word in _OFFICIALS["ru"]:
            seen = seen._replace(subject=("sing", "masc", True), lemma=word)
        citizen = _russian_citizen(word, seen.lemma)
        declared = citizen and word.endswith(("ий", "ая", "ие"))
        is_bare_name = seen.is_name and text[match.start()].isupper()
        unknown = text[match.start()].isupper() and match.start() > start + 2 and not seen.is_noun
        if not free or not (seen.subject or is_bare_name or declared or unknown):
            continue
        if (is_bare_name and not seen.subject) or unknown:
            found.append(Subject("other", *match.span(), True))
            continue
        if seen.subject and not _agrees(*seen.subject, form):
            continue
        voice: Voice = "citizen" if citizen else "other"
        if seen.lemma in _OFFICIALS["ru"] and (follows := _owner(low, words, number, own)):
            voice, passed = "institution", follows.end
        if voice == "institution" and _FORMER.search(before.removesuffix("официальный ")):
            voice = "other"
        found.append(Subject(voice, *match.span(), is_bare_name and not citizen, seen.is_doubtful))
    return found


def _owner(low: str, words: Sequence[re.Match[str]], number: int, own: Sequence[Own]) -> Own | None:
    """«представитель пресс-службы МВД»: the name that an official's title ends in."""
    for previous, each in zip(words[number:], words[number + 1 : number + 5], strict=False):
        if low[previous.end() : each.start()] != " ":
            return None
        name = next((o for o in own if o.start <= each.start() < o.end), None)
        if name is not None:
            return name
        seen = grammar.russian_word(each.group())
        if not seen.is_of or (seen.is_noun and seen.lemma not in _OFFICIALS["ru"]):
            return None
    return None


def _impersonal(low: str, start: int, end: int, verb: tuple[int, int], own: Sequence[Own]) -> Subject | None:
    """«в МВД сообщили»: nobody is named, and the place is."""
    form = grammar.russian_word(low[slice(*verb)]).verb
    if form is None or form[0] != "plur":
        return None
    for each in own:
        if not start <= each.start < end or not _INTO.search(low, max(start, each.start - 24), each.start):
            # «в пресс-службе МВД»
            before = low[max(start, each.start - 40) : each.start]
            if not (start <= each.start < end and re.search(r"\bв (?:пресс-службе|отделе|штабе) $", before)):
                continue
        last = each.form.split(" ")[0]
        if each.is_fixed or last.endswith(("е", "и", "ой", "ом", "ах", "ях", "ых")):
            return Subject("institution", each.start, each.end)
    return None


def _kazakh(
    text: str, low: str, start: int, end: int, verb: tuple[int, int], own: list[Own]
) -> list[Subject]:
    found: list[Subject] = []
    passed = start
    for match in _WORD.finditer(low, start, end):
        if match.start() < passed or verb[0] <= match.start() < verb[1]:
            continue
        name = next((o for o in own if o.start <= match.start() < o.end), None)
        if name is not None:
            passed = name.end
            if official := _KAZAKH_OFFICIAL.match(low, name.end, end):
                passed = official.end()
                found.append(Subject("institution", name.start, passed))
                continue
            fits = grammar.is_kazakh_subject(name.form, name.name) if name.name else _is_surname(name.form)
            suffixed = re.match(r"-[^\W_]", low[name.end : name.end + 2])
            aside = _PARTICIPLE.match(low, name.end + 1, end) and low[name.end] != ","
            if fits and not suffixed and not aside:
                former = _FORMER.search(low, max(start, name.start - 12), name.start)
                found.append(Subject("other" if former else "institution", name.start, name.end))
            continue
        word = match.group()
        singular = re.sub(r"(?:л|д|т)[ае]р[ыі]?$", "", word)
        if word in _PRONOUNS:
            found.append(Subject("pronoun", *match.span()))
        elif word in _CITIZENS["kk"] or singular in _CITIZENS["kk"]:
            found.append(Subject("citizen", *match.span()))
        elif word in _OTHERS["kk"] or singular in _OTHERS["kk"]:
            found.append(Subject("other", *match.span()))
        elif text[match.start()].isupper() and grammar.is_bare_kazakh(word) and low[match.end() :][:1] != "-":
            found.append(Subject("other", *match.span(), True))
    return found


def _is_surname(form: str) -> bool:
    return form.endswith(("ов", "ев", "ин", "ын", "ova", "ov", "ev"))


def _english(
    text: str, low: str, start: int, end: int, verb: tuple[int, int], own: list[Own]
) -> list[Subject]:
    found: list[Subject] = []
    relative = _RELATIVE_INSIDE.search(low, start, end)
    passed = start
    for match in _WORD.finditer(low, start, end):
        if match.start() < passed or verb[0] <= match.start() < verb[1]:
            continue
        if (
            relative
            and match.start() > relative.start()
            and (relative.start() > verb[1] or verb[0] > match.start())
        ):
            continue
        before = low[max(start, match.start() - 30) : match.start()]
        free = not _PREPOSED.search(before)
        if (
            found
            and found[-1].end < match.start()
            and re.search(r"\b(?:\w+ed|told|by|met|saw|found) (?:the )?$", before)
        ):
            free = False
        name = next((o for o in own if o.start <= match.start() < o.end), None)
        if name is not None:
            passed = name.end
            if low[name.end : name.end + 2] == "'s" or (
                name.start >= verb[1] and low[slice(*verb)] == "told"
            ):
                continue
            led = re.search(r"\b(\w+) (?:of|for|from|at|in|with) (?:the )?$", before)
            if not free and led and led.group(1) in _OFFICIALS["en"] and found:
                found[-1] = Subject("institution", found[-1].start, name.end)
            elif free:
                former = re.search(r"\b(?:former|ex) ?-?$", before) or re.search(
                    r"\b(?:health|foreign|justice|finance|defen[cs]e) $", before
                )
                found.append(Subject("other" if former else "institution", name.start, name.end))
            continue
        word = match.group()
        if not free:
            continue
        if word in _PRONOUNS:
            found.append(Subject("pronoun", *match.span()))
        elif word in _CITIZENS["en"]:
            found.append(Subject("citizen", *match.span()))
        elif word in _OTHERS["en"] or word in _OFFICIALS["en"]:
            found.append(Subject("other", *match.span()))
        elif text[match.start()].isupper() and word not in ("the", "a", "an", "on", "in", "at", "but", "and"):
            found.append(Subject("other", *match.span(), True))
    if not found and start <= verb[0] < end:
        # A noun that no list has is a subject all the same.
        rest = [m for m in _WORD.finditer(low, start, end) if m.group() not in _NO_SUBJECT]
        beside = [m for m in rest if m.end() <= verb[0] or m.start() >= verb[1]][:1]
        found = [Subject("other", *m.span()) for m in beside]
    return found
