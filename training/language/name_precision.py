"""What names' keys add to the hits of common words, over public sentences in three languages:

python -m training.language.name_precision --data $AIMAS_DATA

Every text is filed as the index files it; no list was made from any of them. Every word seen three times or more in
small letters and never with a capital inside a sentence is asked for, in small letters and with a capital; what the
key alone finds is wrong there.
"""

import argparse
import itertools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.language import texts

from aimas.core import Language
from aimas.text import NAME_MARK, filed_words, query_terms, words

LEAST = 3
MOST = 6_000


def of(language: str, sentences: Iterable[texts.Sentence]) -> Iterator[texts.Sentence]:
    return ((code, text) for code, text in sentences if code == language)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--examples", type=int, default=12)
    chosen = asked.parse_args()
    sources = {
        Language.KK: itertools.chain(
            texts.kaznerd(chosen.data, held_out=True), of("kk", texts.sib200(chosen.data, "dev"))
        ),
        Language.RU: of("ru", texts.contest(chosen.data)),
        Language.EN: of("en", texts.contest(chosen.data)),
    }
    filed: dict[str, set[int]] = defaultdict(set)
    small: dict[Language, Counter[str]] = {language: Counter() for language in sources}
    capital: set[str] = set()
    number = 0
    for language, sentences in sources.items():
        for text in itertools.islice(dict.fromkeys(text for _, text in sentences), MOST):
            number += 1
            for _, terms in filed_words(text, language):
                for term in terms:
                    filed[term].add(number)
            for place, (_, word) in enumerate(words(text)):
                if word.islower():
                    small[language][word] += 1
                elif place:
                    capital.add(word.lower())
    print(f"{number} texts")
    for language, counts in small.items():
        list_ = [w for w, n in counts.items() if n >= LEAST and w not in capital and w.isalpha()]
        for shown in (str.lower, str.capitalize):
            right, added = 0, Counter[str]()
            for word in list_:
                terms = query_terms(shown(word))
                by_stem = set[int]().union(*(filed[t] for t in terms if not t.startswith(NAME_MARK)))
                by_key = set[int]().union(*(filed[t] for t in terms if t.startswith(NAME_MARK)))
                right += len(by_stem)
                if by_key - by_stem:
                    added[word] = len(by_key - by_stem)
            wrong = sum(added.values())
            print(
                f"{language} {shown.__name__:10} {len(list_)} words: {right} hits by stem, {wrong} more by key for "
                f"{len(added)} words; precision {right / (right + wrong):.4f}"
            )
            print("   " + ", ".join(f"{w} {n}" for w, n in added.most_common(chosen.examples)))


if __name__ == "__main__":
    main()
