"""Finds English and Kazakh words that stand in small letters oftener than with a capital, and writes the list that
keeps them from being looked for as names (for Russian the dictionary knows):

python -m training.language.common_words --data $AIMAS_DATA
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

from training.language import texts

from aimas.text import kazakh
from aimas.text.words import normal_form, words

OUT = Path(__file__).parents[2] / "src/aimas/text/data/common_words.txt"
LEAST = 3
"""Times in small letters; slips and foreign words are rarer."""
HEAD = f"""\
# Words seen in small letters {LEAST} times or more, and oftener than with a capital where no sentence begins:
# en in NewsMTSC (MIT), kk (stems) in KazNERD (CC BY 4.0) and SIB-200 (CC BY-SA 4.0).
# Made by training/language/common_words.py.
"""


def common(sentences: Iterable[str], counted_as: Callable[[str], str | None]) -> list[str]:
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for sentence in dict.fromkeys(sentences):
        for place, (_, word) in enumerate(words(sentence)):
            counted = counted_as(normal_form(word))
            if counted and word.islower():
                small[counted] += 1
            elif counted and place:
                capital[counted] += 1
    return sorted(w for w, n in small.items() if len(w) > 1 and n >= LEAST and n > capital[w])


def english(word: str) -> str | None:
    return word if word.isascii() and word.isalpha() else None


def kazakh_stem(word: str) -> str | None:
    return kazakh.stem(word) if "\u0400" <= word[0] <= "\u04ff" else None


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    data = asked.parse_args().data
    kk = [*texts.kaznerd(data), *(s for s in texts.sib200(data) if s[0] == "kk")]
    found = {
        "en": common((text for _, text in texts.newsmtsc(data)), english),
        "kk": common((text for _, text in kk), kazakh_stem),
    }
    lines = [
        f"{language} {' '.join(list_[i : i + 14])}"
        for language, list_ in found.items()
        for i in range(0, len(list_), 14)
    ]
    OUT.write_text(HEAD + "\n".join(lines) + "\n", "utf-8")
    print({language: len(list_) for language, list_ in found.items()})


if __name__ == "__main__":
    main()
