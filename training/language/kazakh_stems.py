"""Finds Kazakh stems by the endings they are seen with, and writes the list that the stripper consults:

python -m training.language.kazakh_stems --data $AIMAS_DATA
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from training.language import texts

from aimas.text import kazakh
from aimas.text.words import normal_form, words

SPECIAL = frozenset("әғқңөұүһі")
SHORT_VERBS = frozenset(
    [
        "де",
        "же",
        "жу",
        "қу",
        "ал",
        "ет",
        "ат",
        "аш",
        "ас",
        "ақ",
        "іш",
        "ек",
        "еш",
        "ер",
        "ес",
        "өт",
        "өс",
        "өл",
        "ит",
        "үз",
        "ұр",
        "ос",
        "ор",
        "ұт",
        "ұш",
        "үш",
        "ой",
    ]
)
"""Two letters are a verb only where we know it; all others are slips of the counting."""


def counted(*sources: Iterable[texts.Sentence]) -> Counter[str]:
    """Words of sentences that carry a letter only Kazakh has."""
    counts: Counter[str] = Counter()
    for source in sources:
        for language, text in source:
            if language == "kk" and not SPECIAL.isdisjoint(text.lower()):
                for _, word in words(text):
                    word = normal_form(word)
                    if word.isalpha() and "\u0400" <= word[0] <= "\u04ff":
                        counts[word] += 1
    return counts


def ends(word: str) -> list[tuple[str, int, str]]:
    """One suffix taken off: what is left, the slot, the suffix."""
    found = []
    for shape, slot, before, wanted in kazakh.suffixes(word):
        rest = word[: -len(shape)]
        if (
            word.endswith(shape)
            and len(rest) >= 2
            and rest[-1] in before
            and kazakh._harmonious(rest, wanted)
        ):
            found.append((rest, slot, shape))
    return found


_KINDS = {"н": "acc", "д": "acc", "т": "acc"}


def kind(slot: int, shape: str) -> str | None:
    """A case or tense by its sound, whatever its shape; None where it says nothing about a stem's kind."""
    plain = shape.translate(str.maketrans("еігкқ", "аығғғ"))
    if slot == kazakh.PLURAL:
        return "n:plural"
    if slot == kazakh.CASE:
        for name, tail in (
            ("gen", "ың"),
            ("abl", "ан"),
            ("ins", "ман"),
            ("ins", "бан"),
            ("ins", "пан"),
            ("dat", "ға"),
        ):
            if plain.endswith(tail) and len(plain) > 1:
                return "n:" + ("ins" if plain[0] in "мбп" else name)
        if plain in ("ды", "ты", "ны"):
            return "n:acc"
        if plain in ("да", "та"):
            return "n:loc"
        return None
    if slot == kazakh.POSSESSIVE and plain in ("ы", "сы"):
        return "n:poss"
    if slot == kazakh.PARTICIPLE and (plain in ("ған", "атын", "йтын")):
        return "v:" + plain[0]
    if slot == kazakh.TENSE:
        if plain in ("ады", "йды"):
            return "v:pres"
        if plain in ("ып", "п"):
            return "v:conv"
        if plain in ("са",):
            return "v:cond"
        if plain in ("дым", "тым", "дық", "дығ", "тығ"):
            return "v:past"
    if slot == kazakh.INFINITIVE and shape == "у":
        return "v:inf"
    if slot == kazakh.NEGATION:
        return None
    return None


def stems(counts: Counter[str], edited: Counter[str]) -> tuple[set[str], set[str]]:
    """Nouns and verbs by the endings seen; each occurs in edited text too, where slips and slang are rare."""
    printed = {rest for word in edited for rest, _, _ in ends(word)} | edited.keys()
    seen: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for word, count in counts.items():
        if count < 2 and len(word) > 14:
            continue
        for rest, slot, shape in ends(word):
            what = kind(slot, shape)
            if what:
                seen[rest][what] += count
    nouns: set[str] = set()
    verbs: set[str] = set()
    for left, kinds in seen.items():
        if left not in printed or not any(letter in kazakh.VOWELS for letter in left):
            continue
        n = sum(1 for k in kinds if k.startswith("n:"))
        v = sum(1 for k in kinds if k.startswith("v:"))
        bare = counts.get(left, 0)
        if n >= 3 and (bare >= 2 or n >= 5) and len(left) > 2:
            nouns.add(left)
        if (v >= 3 or (v >= 2 and bare >= 20)) and (len(left) > 2 or left in SHORT_VERBS):
            verbs.add(left)
    verbs = {
        verb
        for verb in verbs
        if not (verb[-1] in kazakh.VOWELS and verb[:-1] in seen and _false_vowel(verb, seen, counts))
        and not (verb[-1] in "ғгбуы" and kazakh._whole(verb) != verb and kazakh._whole(verb) in verbs)
    }
    nouns |= {
        word
        for word, count in counts.items()
        if count >= 25 and edited[word] > 1 and len(word) > 3 and _simple(word, nouns, verbs)
    }
    derived = set()
    nominal = {kazakh.PLURAL, kazakh.POSSESSIVE, kazakh.CASE, kazakh.RELATIVE}

    def weight_of(stem: str) -> int:
        return sum(seen[stem].values()) + counts[stem]

    for noun in nouns:
        ways = {noun, noun.replace("я", "йа").replace("ю", "йу")}
        for left, chain in (reading for way in ways for reading in kazakh.readings(way)):
            if not chain:
                continue
            outer = set(chain)
            whole = kazakh._whole(left)
            verbal = outer & {kazakh.PARTICIPLE, kazakh.INFINITIVE, kazakh.TENSE}
            if verbal:
                if (
                    (left in verbs or whole in verbs)
                    and not noun.endswith(("шы", "ші"))
                    and not _aorist(noun, left)
                ):
                    derived.add(noun)
            elif outer <= nominal and (
                whole in kazakh.FIXED
                or (not {left, whole}.isdisjoint(nouns) and len(left) > 2 and weight_of(whole) >= 5)
            ):
                derived.add(noun)
    for noun in nouns:
        if any((noun + y) in counts and _tensed(noun + y, verbs) for y in "ыі") or _tensed(noun, verbs):
            derived.add(noun)
    return nouns - derived, {verb for verb in verbs if not _grown(verb, verbs)}


def _false_vowel(verb: str, seen: dict[str, dict[str, int]], counts: Counter[str]) -> bool:
    """ала of алады, бері of беріп: a stem in a vowel must be seen before a consonant too."""
    sure = sum(
        counts[verb + end] for end in ("ған", "ген", "са", "се", "йды", "йді", "маған", "меген", "майды")
    )
    shorter = sum(
        counts[verb[:-1] + end] for end in ("ған", "ген", "қан", "кен", "са", "се", "ды", "ді", "ты", "ті")
    )
    if verb[-1] in "ыі":
        sure += sum(counts[verb[:-1] + end] for end in ("иды", "иді", "итын", "итін"))
    return shorter > 2 * sure


def _simple(word: str, nouns: set[str], verbs: set[str]) -> bool:
    """No reading of the word ends in a stem already known."""
    return not any(
        chain and not {left, kazakh._whole(left)}.isdisjoint(nouns | verbs)
        for way in {word, word.replace("я", "йа").replace("ю", "йу")}
        for left, chain in kazakh.readings(way)
    )


def _tensed(word: str, verbs: set[str]) -> bool:
    """A finite form of two sounds and more, as мен берем, алады (мен алад in haste)."""
    return any(
        chain and chain[-1] in (kazakh.TENSE, kazakh.NEGATION) and left in verbs and len(word) - len(left) > 1
        for left, chain in kazakh.readings(word)
    )


def _aorist(noun: str, left: str) -> bool:
    return noun[len(left) :] in ("ар", "ер", "р", "с", "а", "е", "ам", "ем", "ын", "п")


def _grown(verb: str, verbs: set[str]) -> bool:
    """A verb with its negation or a tense still on."""
    return any(slot == kazakh.NEGATION and left in verbs for left, slot, _ in ends(verb))


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--out", type=Path, default=Path("src/aimas/text/data/kazakh_stems.txt"))
    asked = options.parse_args()
    edited = counted(texts.kaznerd(asked.data), texts.sib200(asked.data))
    nouns, verbs = stems(edited + counted(texts.kazsandra(asked.data)), edited)
    lines = [
        "# Stems seen with at least three endings of their kind in KazNERD, KazSAnDRA (both CC BY 4.0) and",
        "# SIB-200 (CC BY-SA 4.0). Made by training/language/kazakh_stems.py; n noun-like, v verb.",
    ]
    for mark, group in (("n", nouns), ("v", verbs)):
        ordered = sorted(group)
        lines += [mark + " " + " ".join(ordered[at : at + 12]) for at in range(0, len(ordered), 12)]
    asked.out.write_text("\n".join(lines) + "\n", "utf-8")
    print(len(nouns), "nouns", len(verbs), "verbs")


if __name__ == "__main__":
    main()
