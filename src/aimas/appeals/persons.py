"""Who is named in a text: given names, surnames, patronymics and initials, officials too, in three languages.

A given name from a list, a patronymic's or surname's ending, an initial, or a word that names follow («инспектор»,
«меня зовут», `Mr`) makes a name; its neighbours join. Streets, towns and firms named after people are left out. An
unknown word with a capital inside a sentence is taken for a name unless it looks like something else: recall first.
"""

import re
from collections.abc import Iterator

import msgspec

from aimas.appeals.name_signs import (
    LONG_KEY,
    Sign,
    is_english,
    is_mixed,
    is_small_name,
    listing,
    matches,
    sign,
    sign_of,
)
from aimas.core import Span
from aimas.institution import gazetteer
from aimas.text import normal_form, russian

_LETTER = r"[^\W\d_]"
_TOKEN = re.compile(rf"{_LETTER}(?:{_LETTER}|[’'ʼ](?={_LETTER})|-(?={_LETTER}))*")
_STARTS = re.compile(r"(?:^|[.!?…:;»\"”(\n\r]\s*|[–—-]\s+|\n\s*)$")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_QUOTE_OPENS = re.compile(r"[«\"“„]\s*$")
_ANNOUNCES = re.compile(r"\.?[ \u00a0:–—-]{0,3}|,? ?|\s*[:–—-]\s*|: ?[«\"“]|,? ?[«\"“]")
_PAIRED = re.compile(r" | и | - ?|[–—/]| [–—] |, | және | мен | пен | and ")
_OPENS = re.compile(r"\.? ?[«\"“]?|[ \u00a0]")
_SPACES = (" ", "\u00a0", "\u202f", "  ")
_PLACE_LIKE = re.compile(r".*(?:стан\w{0,4}|град\w?|ск\w?|поль\w?|[иы]я)")
_KAZAKH_PLACE_LIKE = re.compile(r".*(?:[дт][ае]н?|[нд][ае]н|[лдт][ыі][қк]|[ғқгк][ае]н|[дтн]?[ае]?[ғг][ыі])")
"""In the locative or ablative, or an adjective."""
_WHERE = frozenset(
    [
        "in",
        "at",
        "from",
        "to",
        "near",
        "on",
        "of",
        "the",
        "a",
        "an",
        "this",
        "that",
        "these",
        "those",
        "via",
        "into",
        "through",
        "outside",
        "around",
        "between",
        "for",
        "our",
        "your",
        "its",
        "their",
        "towards",
        "by",
        "as",
        "or",
        "via",
        "city",
        "town",
        "village",
        "region",
        "district",
        "called",
        "company",
        "bank",
        "shop",
        "store",
        "app",
        "site",
        "group",
    ]
)
"""English words behind which an unknown name is rather a place's or a firm's."""
_SAYS_WHO = frozenset(("am", "im", "i'm", "called", "named", "is", "with", "by", "and"))
"""Before a name in small letters."""
_PIECE = 2_000
"""Characters that the gazetteer reads at once: its cost grows with the square of a text."""
_LONG_NAME = 5
"""Letters from which a listed name is taken for one in small letters too."""
_LONGEST = 4
"""Words in a name: surname, given name, patronymic, and one more."""


class _Word(msgspec.Struct):
    start: int
    end: int
    text: str
    low: str
    capital: bool
    initial: bool
    opens: bool
    """Begins a sentence or a line: its capital says nothing."""
    sign: Sign


def persons(text: str) -> list[Span]:
    """Names in order, each as long as it is written, without its title; none overlap."""
    reading = _Reading(text)
    words = reading.words
    found: list[Span] = []
    at = 0
    while at < len(words):
        span = reading.name(at)
        if span is None and found and reading.is_paired(at, found[-1]):
            span = Span(words[at].start, words[at].end)
        if span is None:
            at += 1
            continue
        found.append(span)
        while at < len(words) and words[at].start < span.end:
            at += 1
    return found


class _Reading:
    """One text with its words, and what in it names streets and places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.in_kazakh = bool(_KAZAKH_LETTERS.search(text))
        self.words = list(_words(text, self.in_kazakh))
        self.streets = self._named_after()
        self.places = _places(text, {word.start for word in self.words if word.sign is Sign.STRONG})
        self.is_careless = not any(word.capital and word.opens for word in self.words)
        """No sentence begins with a capital: a chat."""

    def name(self, at: int) -> Span | None:
        """The name that begins at this word; None where none does."""
        first = self.words[at]
        told = self._announced(at)
        if told == "lower" and not first.capital:
            return self._small_name(at)
        if not first.capital and (told or (self.is_careless and len(first.low) >= _LONG_NAME)):
            told = told or ("am" if at and self.words[at - 1].low in _SAYS_WHO else "")
            is_place = not told and bool(gazetteer().sightings(first.text.capitalize()))
            return Span(first.start, first.end) if is_small_name(first.low, told) and not is_place else None
        if not (first.capital or first.initial):
            return None
        parts = self._parts(at)
        while len(parts) > 1 and self._is_place(parts[0]):
            parts = parts[1:]
        if not parts or all(self._is_place(word) for word in parts):
            return None
        if len(parts) == 1 and first.start in self.places and not told:
            return None
        if not self._is_name(parts, told, at):
            return None
        return Span(parts[0].start, parts[-1].end + parts[-1].initial)

    def is_paired(self, at: int, before: Span) -> bool:
        """An unknown capitalised word joined by "and" to a name is a name too: «Анвар мен Шерзод»."""
        word = self.words[at]
        if (
            at < 2
            or word.sign < Sign.POSSIBLE
            or word.low.isascii()
            or not matches(self.words[at - 1].low, "and")
        ):
            return False
        return self.words[at - 2].end == before.end and self.text[word.end : word.end + 1] != "."

    def _parts(self, at: int) -> list[_Word]:
        """Words side by side from here that may be one name, up to the first that cannot; empty behind a title."""
        run = [self.words[at]]
        for word in self.words[at + 1 : at + _LONGEST + 2]:
            before = run[-1]
            between = self.text[before.end : word.start]
            joined = between in _SPACES or (before.initial and between in (".", ". ", ".\u00a0"))
            if not joined or not word.capital:
                break
            run.append(word)
        if len(run) > 1 and (matches(run[0].low, "before") or matches(run[0].low, "lower")):
            return []
        parts: list[_Word] = []
        for word in run[:_LONGEST]:
            if word.start in self.streets or (word.sign is Sign.NONE and not word.initial):
                break
            parts.append(word)
        return parts

    def _is_name(self, parts: list[_Word], told: str, at: int) -> bool:
        first, text = parts[0], self.text
        strong = sum(word.sign is Sign.STRONG for word in parts)
        weak = sum(word.sign is Sign.WEAK for word in parts)
        initials = sum(word.initial for word in parts)
        if initials == len(parts):
            return False
        if first.opens and first.sign is Sign.POSSIBLE and not first.initial and not told:
            return False
        quoted = bool(_QUOTE_OPENS.search(text, max(0, first.start - 2), first.start))
        if quoted and not told:
            return strong + weak + initials >= 2 and strong > 0
        if len(parts) == 1 and first.opens and text[first.end : first.end + 1] == ":":
            return False
        if strong or (told and first.sign is not Sign.NONE):
            return True
        if initials:
            return len(parts) > 1 and (weak > 0 or not first.opens or first.initial)
        if weak >= 2 or (weak and len(parts) > 1 and not all(word.low.isascii() for word in parts)):
            return True
        if first.opens:
            return bool(weak) and text[first.end : first.end + 1] == "," and listing(first.low) == "name"
        if len(parts) == 1 and weak:
            return not first.low.isascii()
        return self._is_unknown_name(parts, at)

    def _is_unknown_name(self, parts: list[_Word], at: int) -> bool:
        """Nothing speaks for it but its capital inside a sentence."""
        if any(w.start in self.places or w.text.isupper() or matches(w.low, "brand") for w in parts):
            return False
        if parts[0].low.isascii():
            # English writes much with capitals: two unknown words side by side are a name, one alone is not.
            # … unless it stands alone where no place, body or brand would.
            if _CYRILLIC.search(self.text) or any(matches(w.low, "thing") for w in parts):
                return False
            return len(parts) > 1 or self._may_be_one_in_latin(at)
        return len(parts) > 1 or self._may_be_one(at)

    def _may_be_one(self, at: int) -> bool:
        """One unknown word with a capital is a person's name, unless it looks like a place, a body or a brand."""
        word, words = self.words[at], self.words
        if len(word.low) < LONG_KEY or word.text[:2].isupper() or "-" in word.text:
            return False
        if self._is_beside_a_capital(at):
            return False
        before = words[at - 1].low if at else ""
        if at > 1 and matches(before, "and") and words[at - 2].start in self.places:
            return False
        if matches(before, "at-a-place") or (before == "на" and word.low.endswith("е")):
            return False
        if russian.known(word.low):
            # A land, a star, a holiday: whatever the dictionary has that is no person.
            return False
        if self.in_kazakh and _KAZAKH_PLACE_LIKE.fullmatch(word.low):
            return False
        return not _PLACE_LIKE.fullmatch(word.low)

    def _may_be_one_in_latin(self, at: int) -> bool:
        """One unknown capitalised word inside a sentence of an English text, not behind a word for where or which."""
        word = self.words[at]
        if len(word.low) < LONG_KEY or is_english(word.low) or self._is_beside_a_capital(at):
            return False
        before = self.words[at - 1].low if at and self._gap(at - 1) in (" ", ", ") else ""
        return bool(before) and before not in _WHERE

    def _is_beside_a_capital(self, at: int) -> bool:
        before = at > 0 and self.words[at - 1].capital and self._gap(at - 1) == " "
        after = at + 1 < len(self.words) and self.words[at + 1].capital and self._gap(at) == " "
        return before or after

    def _is_place(self, word: _Word) -> bool:
        """A place's name that is no sure name of a person as well."""
        return word.start in self.places and (word.sign is not Sign.STRONG or listing(word.low) == "alike")

    def _gap(self, at: int) -> str:
        """What stands between a word and the next."""
        return self.text[self.words[at].end : self.words[at + 1].start]

    def _announced(self, at: int) -> str:
        """Which kind of word before or after says that a name stands here; empty where none does."""
        words = self.words
        if at and (told := self._announced_before(at)):
            return told
        last = at
        while (
            last + 1 < min(len(words), at + _LONGEST) and words[last + 1].capital and self._gap(last) == " "
        ):
            last += 1
        if words[at].capital and last + 1 < len(words) and self._gap(last) == " ":
            return "after" if matches(words[last + 1].low, "after") else ""
        return ""

    def _announced_before(self, at: int) -> str:
        before, between = self.words[at - 1].low, self._gap(at - 1)
        if not _ANNOUNCES.fullmatch(between):
            return ""
        if matches(before, "lower") or (before == "is" and at > 1 and self.words[at - 2].low == "name"):
            return "lower"
        if "," not in between and matches(before, "before"):
            return "before"
        if between.strip() in (",", ".", "") and matches(before, "signs-off"):
            return "lower"
        word = self.words[at]
        if between == ", " and word.capital and matches(before, "before"):
            return "before" if self.text[word.end : word.end + 1] in (",", ".", "") else ""
        return ""

    def _small_name(self, at: int) -> Span | None:
        """A name in small letters behind «меня зовут»: what could be one, up to three words."""
        kept: list[_Word] = []
        for word in self.words[at : at + 3]:
            if kept and self.text[kept[-1].end : word.start] != " ":
                break
            says = sign_of(word.low)
            if says is Sign.NONE or (says is Sign.POSSIBLE and (kept or len(word.low) < 3)):
                break
            kept.append(word)
        return Span(kept[0].start, kept[-1].end) if kept else None

    def _named_after(self) -> frozenset[int]:
        """Starts of capitalised words that name a street, a town or a firm, with their neighbours and pairs."""
        words = self.words
        found: set[int] = set()
        for at, word in enumerate(words):
            if (at and matches(word.low, "rank") and words[at - 1].start in found) or (
                word.capital and (self._goes_on(at, found) or self._stands_behind(at))
            ):
                found.add(word.start)
            elif word.capital and (last := self._stands_before(at)) is not None:
                found.update(words[n].start for n in range(at, last + 1))
                if at > 1 and matches(words[at - 1].low, "and") and words[at - 2].capital:
                    found.add(words[at - 2].start)
        return frozenset(found)

    def _goes_on(self, at: int, found: set[int]) -> bool:
        """Joined to one that is named so: «Каныша Сатпаева», «Абая и Сейфуллина»."""
        words = self.words
        if at and words[at - 1].start in found and _PAIRED.fullmatch(between := self._gap(at - 1)):
            return bool(between.strip()) or self.text[words[at].end : words[at].end + 1] != ","
        return at > 1 and words[at - 2].start in found and matches(words[at - 1].low, "and")

    def _stands_behind(self, at: int) -> bool:
        """Behind a word for a street or a firm: «улица Сатпаева», «школа имени Абая»; not «по имени Жанар»."""
        if not at or not _OPENS.fullmatch(self._gap(at - 1)):
            return False
        word, before = self.words[at], self.words[at - 1]
        earlier = self.words[at - 2].low if at > 1 else ""
        if before.low in ("на", "по") and matches(earlier, "house"):
            return True
        if matches(before.low, "street-before"):
            shortened = before.text.islower() and self.text[before.end : before.end + 1] == "."
            return not (before.low == "имени" and earlier == "по") and (len(before.low) > 1 or shortened)
        if not matches(before.low, "firm-before"):
            return False
        following = self.words[at + 1] if at + 1 < len(self.words) else None
        is_full = bool(following and following.capital and word.sign is following.sign is Sign.STRONG)
        is_titled = matches(earlier, "before") and listing(word.low) == "name"
        return not is_full and not is_titled

    def _stands_before(self, at: int) -> int | None:
        """The last word of a name before a word for a street: «Абай көшесі», `Kabanbay Batyr Avenue`."""
        words, last = self.words, at
        while (
            last + 1 < min(len(words), at + _LONGEST) and words[last + 1].capital and self._gap(last) == " "
        ):
            if matches(words[last + 1].low, "street-after"):
                break
            last += 1
        if last + 1 == len(words) or not re.fullmatch(r" |-\d+ ", self._gap(last)):
            return None
        return last if matches(words[last + 1].low, "street-after") else None


def _words(text: str, in_kazakh: bool) -> Iterator[_Word]:
    for match in _TOKEN.finditer(text):
        written = match.group()
        low = normal_form(written)
        capital = written[0].isupper()
        initial = len(written) == 1 and capital and text[match.end() : match.end() + 1] == "."
        opens = bool(_STARTS.search(text, max(0, match.start() - 4), match.start()))
        says = Sign.POSSIBLE if initial else sign(written, low, in_kazakh)
        if opens and says is Sign.STRONG and is_mixed(low):
            says = Sign.WEAK
        yield _Word(match.start(), match.end(), written, low, capital, initial, opens, says)


def _places(text: str, names: set[int]) -> set[int]:
    """Where a place's name begins; heads of state are found with their countries, so a name is none."""
    found: set[int] = set()
    start = 0
    while start < len(text):
        end = text.rfind(" ", start + 1, start + _PIECE) if len(text) - start > _PIECE else len(text)
        end = end if end > start else min(start + _PIECE, len(text))
        for seen in gazetteer().sightings(text[start:end]):
            at = start + seen.start
            if not seen.doubtful and not (seen.named.kind == "country" and at in names):
                found.add(at)
        start = end
    return found
