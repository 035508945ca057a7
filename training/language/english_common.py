"""Finds English words that stand in small letters oftener than with a capital, and writes the list that keeps
them from being looked for as names:

python -m training.language.english_common --data $AIMAS_DATA
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from aimas.text.words import normal_form, words

OUT = Path(__file__).parents[2] / "src/aimas/text/data/english_common.txt"
LEAST = 3
"""Times in small letters; slips and foreign words are rarer."""
HEAD = """\
# English words seen in small letters {least} times or more, and oftener than with a capital, in NewsMTSC (MIT).
# Made by training/language/english_common.py.
"""


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    file = asked.parse_args().data / "newsmtsc/train.jsonl"
    small: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for sentence in dict.fromkeys(
        json.loads(line)["sentence_normalized"] for line in file.read_text("utf-8").splitlines()
    ):
        for _, word in words(sentence):
            if word.isascii() and word.isalpha():
                (small if word.islower() else capital)[normal_form(word)] += 1
    found = sorted(w for w, n in small.items() if len(w) > 2 and n >= LEAST and n > capital[w])
    lines = [f"common {' '.join(found[i : i + 14])}" for i in range(0, len(found), 14)]
    OUT.write_text(HEAD.format(least=LEAST) + "\n".join(lines) + "\n", "utf-8")
    print(f"{len(found)} words in {OUT}")


if __name__ == "__main__":
    main()
