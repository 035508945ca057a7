"""Any number of made-up publications, for measuring speed and size: `python -m bench.corpus 100000 > rows.jsonl`.

Each language's words follow each other as in the demo newsroom's own texts (a chain over pairs of words), so that
lengths, forms and frequencies are those of news. Nothing is copied whole: a chain breaks off at random, and one word in
`RARE_EVERY` is a new one, made from the beginning of one word and the end of another, so that the list of words grows
with the number of texts as it does in life (Heaps) and no cache is flattered. Equal arguments give equal bytes.

Rows are in the order of time over five years, with the week's and the day's rhythm; outlets are used as unevenly as
in life (Zipf). A share of the rows are reprints of one of the last texts, cut or with a lead before them.
"""

import argparse
import random
import re
import sys
from bisect import bisect
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import TypeAlias

import msgspec
from demo.newsroom.texts import texts

from aimas.core import Language
from aimas.institution import Institutions, require_profile

VERSION = 2
"""Raised where equal arguments give other texts than before."""
YEARS = 5
END = datetime(2026, 11, 1, tzinfo=UTC)
OUTLETS = 600
RECENT = 3_000
"""Texts that may still be reprinted."""
RARE_EVERY = 20
LANGUAGES = {"ru": 0.62, "kk": 0.28, "en": 0.10}
LENGTHS = {"articles": (4, 8, 12, 18, 30), "summaries": (1, 2, 3, 5, 9)}
"""Sentences of a text, equally likely, about 14 words each: articles, or what entries of feeds and posts hold."""
HOURS = (2, 1, 1, 1, 1, 2, 4, 8, 13, 16, 17, 16, 15, 16, 16, 15, 14, 13, 11, 9, 8, 6, 4, 3)
WEEKDAYS = (16, 17, 17, 17, 16, 9, 8)
PAIRED, FOLLOWED = 0.25, 0.75
"""How often two words before decide, and one at least."""
Chance: TypeAlias = Callable[[], float]
_END = ""


class Row(msgspec.Struct, frozen=True):
    """Columns that `aimas ingest` knows by name."""

    url: str
    title: str
    text: str
    published_at: str
    source: str
    lang: str


class Chain:
    """Words that follow pairs of words in one language."""

    def __init__(self, sentences: Sequence[Sequence[str]]) -> None:
        self._starts = [(s[0], s[1]) for s in sentences if len(s) > 2]
        self._next: dict[tuple[str, str], list[str]] = {}
        for sentence in sentences:
            words = [*sentence, _END]
            for one, two, three in zip(words, words[1:], words[2:], strict=False):
                self._next.setdefault((one, two), []).append(three)
        self._after: dict[str, list[str]] = {}
        for (_, two), following in self._next.items():
            self._after.setdefault(two, []).extend(following)
        self._all = [word for sentence in sentences for word in sentence]
        self._long = sorted({w for w in self._all if len(w) > 6 and w.isalpha()})

    def sentence(self, chance: Chance, begins: Sequence[str] = ()) -> str:
        """At least four words; `begins` stands at its start."""
        words = list(begins) or list(self._starts[int(chance() * len(self._starts))])
        while len(words) < 40:
            # Pairs alone would recite a corpus as small as this one: often only the last word counts, or none does.
            way = chance()
            following = self._next.get((words[-2], words[-1])) if way < PAIRED and len(words) > 1 else None
            following = following or (self._after.get(words[-1]) if way < FOLLOWED else None) or self._all
            word = following[int(chance() * len(following))]
            if word == _END:
                if len(words) > 3:
                    break
                word = self._all[int(chance() * len(self._all))]
            elif chance() * RARE_EVERY < 1:
                word = self._made(chance)
            words.append(word)
        text = " ".join(words)
        return text[0].upper() + text[1:].rstrip(",") + "."

    def _made(self, chance: Chance) -> str:
        # Unevenly, so that some made words come again, as new names do.
        one, two = (self._long[int(chance() ** 2 * len(self._long))] for _ in range(2))
        return one[: 3 + int(chance() * 3)] + two[-3 - int(chance() * 3) :]


class Corpus:
    """Texts without end; the same for the same seed."""

    def __init__(
        self, seed: int, relevant: float = 0.05, reprinted: float = 0.15, lengths: str = "articles"
    ) -> None:
        """`relevant` and `reprinted` are shares of the rows that speak of the institution, and that copy another."""
        self._dice, self._seed = random.Random(seed), seed
        self._lengths = LENGTHS[lengths]
        self._relevant, self._reprinted = relevant, reprinted
        institutions = Institutions([require_profile("kz-mia")])
        plain: dict[str, list[list[str]]] = {lang: [] for lang in LANGUAGES}
        about: dict[str, list[list[str]]] = {lang: [] for lang in LANGUAGES}
        for text in texts():
            if text.lang not in LANGUAGES:
                continue
            for sentence in (s for p in text.text for s in re.split(r"(?<=[.!?])\s+", p)):
                words = re.findall(r"[\w-]+,?", sentence)
                if len(words) > 4:
                    kind = about if institutions.speaks_of(sentence) else plain
                    kind[text.lang].append(words)
        self._chains = {lang: Chain(sentences) for lang, sentences in plain.items()}
        # How sentences about the institution begin: with its name in them, so that every one of them has it.
        self._begins = {
            lang: [
                begin
                for sentence in sentences
                if (begin := _shortest(sentence, institutions, lang)) is not None
            ]
            for lang, sentences in about.items()
        }
        self._languages = (list(LANGUAGES), list(accumulate(LANGUAGES.values())))
        self._outlets = list(accumulate(1 / n for n in range(1, OUTLETS + 1)))
        self._recent: deque[Row] = deque(maxlen=RECENT)

    def rows(self, count: int) -> Iterator[Row]:
        return self.rows_at(enumerate(moments(count, self._seed)))

    def rows_at(self, numbered: Iterable[tuple[int, datetime]]) -> Iterator[Row]:
        """A row for each number at its moment."""
        for n, moment in numbered:
            copies = self._recent and self._dice.random() < self._reprinted
            row = self._reprint(n, moment) if copies else self._row(n, moment)
            self._recent.append(row)
            yield row

    def _row(self, n: int, moment: datetime) -> Row:
        dice = self._dice
        names, weights = self._languages
        lang = names[bisect(weights, dice.random() * weights[-1])]
        chain = self._chains[lang]
        sentences = [chain.sentence(dice.random) for _ in range(dice.choice(self._lengths))]
        if dice.random() < self._relevant:
            for _ in range(dice.choice((1, 1, 2, 3))):
                place = dice.randrange(len(sentences))
                sentences[place] = chain.sentence(dice.random, dice.choice(self._begins[lang]))
        title = " ".join(chain.sentence(dice.random).rstrip(".").split()[: 5 + dice.randrange(6)])
        paragraphs = [" ".join(sentences[at : at + 3]) for at in range(0, len(sentences), 3)]
        return self._published(n, moment, title, "\n".join(paragraphs), lang)

    def _reprint(self, n: int, moment: datetime) -> Row:
        dice = self._dice
        of = dice.choice(self._recent)
        paragraphs = of.text.split("\n")
        if len(paragraphs) > 2 and dice.random() < 0.4:
            del paragraphs[-1]
        if dice.random() < 0.4:
            paragraphs.insert(0, self._chains[of.lang].sentence(dice.random))
        title = of.title if dice.random() < 0.7 else self._chains[of.lang].sentence(dice.random).rstrip(".")
        return self._published(n, moment, title, "\n".join(paragraphs), of.lang)

    def _published(self, n: int, moment: datetime, title: str, text: str, lang: str) -> Row:
        outlet = bisect(self._outlets, self._dice.random() * self._outlets[-1])
        return Row(
            f"https://outlet-{outlet}.example/{moment:%Y/%m/%d}/{n}",
            title,
            text,
            moment.isoformat(),
            f"outlet-{outlet}",
            lang,
        )


def _shortest(sentence: Sequence[str], institutions: Institutions, lang: str) -> list[str] | None:
    """The least beginning that names the institution; None where it is long."""
    for size in range(2, 12):
        begin = list(sentence[:size])
        text = " ".join(begin)
        if institutions.speaks_of(text) and institutions.find(f"{text} .", Language(lang)):
            return begin
    return None


def moments(count: int, seed: int, first: int = 0, most: int | None = None) -> Iterator[datetime]:
    """In order, spread over the years with the rhythm of week and day; `most` of them from the `first` on.

    Each hour has dice of its own, so that none before the first need be thrown.
    """
    begin = END - timedelta(days=365 * YEARS)
    slots = [
        WEEKDAYS[(begin + timedelta(days=day)).weekday()] * HOURS[hour]
        for day in range(365 * YEARS)
        for hour in range(24)
    ]
    ended = count if most is None else min(count, first + most)
    whole, owed, given = sum(slots), 0.0, 0
    for number, weight in enumerate(slots):
        owed += weight * count / whole
        due = min(round(owed), count) - given
        if given < ended and given + due > first:
            dice = random.Random(seed * 1_000_003 + number)
            seconds = sorted(dice.randrange(3600) for _ in range(due))
            hour = begin + timedelta(hours=number)
            for second in seconds[max(0, first - given) : ended - given]:
                yield hour + timedelta(seconds=second)
        given += due


def main() -> int:
    asked = argparse.ArgumentParser(prog="python -m bench.corpus", description=__doc__)
    asked.add_argument("count", type=int)
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--relevant", type=float, default=0.05)
    asked.add_argument("--reprinted", type=float, default=0.15)
    asked.add_argument("--lengths", choices=LENGTHS, default="articles")
    chosen = asked.parse_args()
    encode = msgspec.json.Encoder().encode
    write = sys.stdout.buffer.write
    corpus = Corpus(chosen.seed, chosen.relevant, chosen.reprinted, chosen.lengths)
    for row in corpus.rows(chosen.count):
        write(encode(row) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
