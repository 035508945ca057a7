"""Keeps the pieces that Russian, Kazakh and English texts use:

    python -m training.tone.trim --data $AIMAS_DATA --base BASE OUT

reads BASE/e5.npz and BASE/tokenizer.json, writes OUT/e5.npz (first layers only) and OUT/tokenizer.json.
"""

import argparse
import json
import unicodedata
from collections import Counter
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer
from training.tone import data as sets
from training.tone.weights import SPECIAL

SIZE = 48_000
LAYERS = 12


def is_cyrillic(piece: str) -> bool:
    return all("\u0400" <= c <= "\u052f" or c == "▁" for c in piece)


def is_plain_symbol(piece: str) -> bool:
    """One character of our scripts, a digit, a mark or a symbol (emoji among them)."""
    if len(piece) != 1:
        return False
    if "\u0400" <= piece <= "\u052f" or piece <= "\u024f":
        return True
    return unicodedata.category(piece)[0] in "PS" and not "\u2e80" <= piece <= "\uffef"


def kept(tokenizer: Tokenizer, vocabulary: list[list[object]], texts: list[str]) -> list[int]:
    counts: Counter[int] = Counter()
    for start in range(0, len(texts), 2_000):
        for encoding in tokenizer.encode_batch(texts[start : start + 2_000], add_special_tokens=False):
            counts.update(encoding.ids)
    must = {i for i, (piece, _) in enumerate(vocabulary) if piece in SPECIAL or is_plain_symbol(str(piece))}
    seen = [i for i, _ in counts.most_common() if i not in must]
    spare = [
        i
        for i in sorted(range(len(vocabulary)), key=lambda i: -float(vocabulary[i][1]))  # type: ignore[arg-type]
        if i not in counts and i not in must and is_cyrillic(str(vocabulary[i][0]))
    ]
    print(f"{len(counts)} pieces seen in {sum(counts.values())} tokens, {len(must)} kept in any case")
    return sorted([*must, *(seen + spare)[: SIZE - len(must)]])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    tokenizer = Tokenizer.from_file(str(options.base / "tokenizer.json"))
    written = json.loads((options.base / "tokenizer.json").read_text("utf-8"))
    vocabulary = written["model"]["vocab"]
    keep = kept(tokenizer, vocabulary, sets.vocabulary_texts(options.data))
    place = {old: new for new, old in enumerate(keep)}
    written["model"]["vocab"] = [vocabulary[i] for i in keep]
    written["model"]["unk_id"] = place[written["model"]["unk_id"]]
    for token in written["added_tokens"]:
        token["id"] = place[token["id"]]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "tokenizer.json").write_text(
        json.dumps(written, ensure_ascii=False, separators=(",", ":")), "utf-8"
    )
    with np.load(options.base / "e5.npz") as tensors:
        small = {name: tensors[name] for name in tensors.files}
    small["words"] = small["words"][keep]
    np.savez(options.out / "e5.npz", **small)
    print(f"kept {len(keep)} of {len(vocabulary)} pieces")


if __name__ == "__main__":
    main()
