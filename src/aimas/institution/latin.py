"""Latin spellings of Cyrillic names, and English plurals."""

from functools import cache
from itertools import product

_VOWELS = "аеёиоуыэюяәіөүұ"


def _table(letters: str) -> dict[str, tuple[str, ...]]:
    """«ж=zh/j й=y/i» as a table."""
    pairs = (pair.split("=") for pair in letters.split())
    return {letter: tuple(latin.split("/")) for letter, latin in pairs}


# How the press writes each letter; the first is the commonest.
_SPELLINGS = _table(
    """а=a ә=a б=b в=v г=g ғ=g/gh д=d е=e ё=yo/e ж=zh/j з=z и=i й=y/i к=k қ=k/q л=l м=m н=n ң=n/ng о=o
        ө=o п=p р=r с=s т=t у=u ұ=u ү=u ф=f х=kh/h һ=h ц=ts ч=ch ш=sh щ=shch/sch ъ= ы=y/i і=i ь=/' э=e
        ю=yu/iu я=ya/ia"""
)
# The alphabets of 2018 and 2021, and the plain letters of a keyboard without either.
_ALPHABETS = (
    _table("ә=á ғ=ǵ и=ı й=ı ң=ń ө=ó ү=ú у=ý ж=j"),
    _table("ә=ä ғ=ğ и=i й=i ң=ñ ө=ö ү=ü ұ=ū ш=ş і=ı ж=j"),
    _table("и=i й=i ж=j х=h"),
)
_KAZAKH_Q = _table("қ=q")


@cache
def spellings(name: str, limit: int = 48) -> tuple[str, ...]:
    """Latin spellings of a lower-case Cyrillic name as news in English write it; at most `limit`."""
    options: list[tuple[str, ...]] = []
    for index, letter in enumerate(name):
        if letter == "е" and (index == 0 or name[index - 1] in _VOWELS + " -ьъ"):
            options.append(("ye", "e", "ie") if index else ("ye", "e"))
        elif letter in "иы" and name[index + 1 : index + 2] == "й" and index + 2 == len(name):
            options.append(("i",))
        elif letter == "й" and index + 1 == len(name) and name[index - 1 : index] in ("и", "ы"):
            options.append(("y", ""))
        else:
            options.append(_SPELLINGS.get(letter, (letter,)))
    found: list[str] = []
    for letters in product(*options):
        found.append("".join(letters))
        if len(found) == limit:
            break
    return tuple(dict.fromkeys(found))


def kazakh_latin(form: str) -> set[str]:
    """One lower-case Kazakh form in the Latin alphabets in use."""
    written = set()
    for alphabet in _ALPHABETS:
        letters = {**_KAZAKH_Q, **alphabet}
        written.add("".join(letters.get(letter, _SPELLINGS.get(letter, (letter,)))[0] for letter in form))
    return written


def plural(name: str) -> str:
    """The plural of a lower-case English name; the head stands before «of» or last."""
    head, of, tail = name.partition(" of ")
    first, space, last = head.rpartition(" ")
    if last.endswith("man"):
        last = last[:-3] + "men"
    elif last.endswith(("s", "x", "ch", "sh")):
        last += "es"
    elif last.endswith("y") and last[-2:-1] not in "aeiou":
        last = last[:-1] + "ies"
    else:
        last += "s"
    return first + space + last + of + tail
