"""How hard a text is to read: a published formula where there is one, plain lengths where there is none.

Russian: Flesch reading ease as adapted by I. V. Oborneva (2006), 206.835 - 1.3 words a sentence - 60.1 syllables a
word. English: R. Flesch (1948), 206.835 - 1.015 and - 84.6. For Kazakh no validated formula was found: not calibrated.
"""

import re

import msgspec

from aimas.core import Language, Span
from aimas.text import sentences, words

HARD = 30.0
"""Flesch's own scale: below 30 a text is "very difficult"."""
LONG_SENTENCE_WORDS = 30
"""A sentence longer than this is shown as a place; a hint, no measurement stands behind it."""

_CYRILLIC_VOWELS = re.compile("[аеёиоуыэюяәөұүі]", re.IGNORECASE)
_ENGLISH_SYLLABLE = re.compile(r"[aeiouy]+", re.IGNORECASE)
_SILENT_E = re.compile(r"[^aeiouyl]e$", re.IGNORECASE)


class Readability(msgspec.Struct, frozen=True):
    words: int
    words_a_sentence: float
    letters_a_word: float
    ease: float | None
    """Flesch's reading ease, 100 easy, below 30 very hard; None where no formula is calibrated or no word stands."""
    longest: Span | None
    """The longest sentence, where it is longer than a reader should be asked to hold."""

    @property
    def is_hard(self) -> bool:
        return self.ease is not None and self.ease < HARD


def readability(text: str, language: Language) -> Readability:
    spans = sentences(text)
    counts = [sum(1 for _ in words(span.of(text))) for span in spans]
    tokens = [word for _, word in words(text)]
    number = len(tokens)
    spoken = sum(1 for count in counts if count)
    if not number or not spoken:
        return Readability(0, 0.0, 0.0, None, None)
    a_sentence = number / spoken
    longest = max(range(len(spans)), key=counts.__getitem__)
    return Readability(
        words=number,
        words_a_sentence=a_sentence,
        letters_a_word=sum(map(len, tokens)) / number,
        ease=_ease(tokens, a_sentence, language),
        longest=spans[longest] if counts[longest] > LONG_SENTENCE_WORDS else None,
    )


def syllables(word: str) -> int:
    """Vowels of a Cyrillic word; groups of vowels of a Latin one, a silent e not counted. At least one."""
    if word.isascii():
        number = len(_ENGLISH_SYLLABLE.findall(word)) - bool(_SILENT_E.search(word))
    else:
        number = len(_CYRILLIC_VOWELS.findall(word))
    return max(1, number)


def _ease(tokens: list[str], a_sentence: float, language: Language) -> float | None:
    a_word = sum(map(syllables, tokens)) / len(tokens)
    if language is Language.RU:
        return 206.835 - 1.3 * a_sentence - 60.1 * a_word
    if language is Language.EN:
        return 206.835 - 1.015 * a_sentence - 84.6 * a_word
    return None
