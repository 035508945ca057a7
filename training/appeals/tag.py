"""Trains what finds personal data: some layers of its own upon the lowest five of the encoder, which stay as they are:

    python -m training.appeals.tag --base TRIMMED --minutes 20 RUN

Every pass tells each letter again (`exchange.py`). Writes RUN/tagger.pt (running mean of the weights) and, every some
hundred steps, what the letters set apart for choosing say, into RUN/tagged.jsonl.
"""

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F
from training.appeals.examples import rows
from training.appeals.exchange import made_up, told_again
from training.appeals.network import Lower, load
from training.appeals.personal import (
    CHOOSING,
    HELD_OUT,
    LEARNING,
    Letter,
    Place,
    by_rules,
    figures,
    letters,
    read,
)
from training.tone.network import Layer
from training.tone.train import half

from aimas.appeals.pii import PiiKind
from aimas.appeals.tagging import merged, pieces, stretches, windows

SHARED = 5
MOST = 256
OVERLAP = 64
KINDS = tuple(kind.value for kind in PiiKind)
OUTPUTS = 1 + 2 * len(KINDS)
NAME_MARKS = (1 + 2 * KINDS.index(PiiKind.NAME.value), 2 + 2 * KINDS.index(PiiKind.NAME.value))
TABLE = Path(__file__).parents[2] / "tests" / "appeals" / "pii.txt"
"""Short marked lines on which rules were made; a third of each pass."""


class Tagger(nn.Module):
    def __init__(self, base: Path, layers: int, dropout: float = 0.1) -> None:
        super().__init__()
        tensors = load(base)
        self.layers = nn.ModuleList(Layer(tensors, n, dropout) for n in range(SHARED, SHARED + layers))
        self.head = nn.Linear(tensors["words"].shape[1], OUTPUTS)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Logits of each piece."""
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        made: Tensor = self.head(F.dropout(x, self.dropout, self.training))
        return made


def table() -> list[Letter]:
    made = []
    for line in TABLE.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            lang, _, rest = line.partition(" | ")
            made.append(read(lang, rest))
    return made


def ordinary() -> list[Letter]:
    """Appeals written for categories, which hold little that is personal: against taking rare words for names.

    What rules find in them is marked; of names, which rules take wrongly now and then, nothing is learned there.
    """
    return [Letter(row.lang, row.text, tuple(by_rules(row.text))) for row in rows()]


def shown_otherwise(letter: Letter, dice: random.Random) -> Letter:
    text = letter.text.lower() if dice.random() < 0.25 else letter.text
    text = letter.text.upper() if dice.random() < 0.05 else text
    return letter._replace(text=text) if len(text) == len(letter.text) else letter


def marks(letter: Letter, spans: list[tuple[int, int]]) -> list[int]:
    """0, or of each kind one for where it begins and one for where it goes on."""
    made = [0] * len(spans)
    for place in letter.places:
        is_first = True
        for n, (start, end) in enumerate(spans):
            if start < place.end and place.start < end:
                made[n] = 1 + 2 * KINDS.index(place.kind.value) + (not is_first)
                is_first = False
    return made


class Reader:
    def __init__(self, base: Path) -> None:
        self.tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        self.tokenizer.no_padding()
        self.tokenizer.no_truncation()
        vocabulary = self.tokenizer.get_vocab()
        self.marks = vocabulary["<s>"], vocabulary["</s>"]

    def rows(self, letter: Letter, sure_of_names: bool = True) -> Iterator[tuple[list[int], list[int]]]:
        cut = pieces(self.tokenizer, letter.text)
        truth = marks(letter, cut.spans)
        if not sure_of_names:
            truth = [-100 if mark in NAME_MARKS else mark for mark in truth]
        for window in windows(cut.ids, MOST, OVERLAP, self.marks):
            size = len(window.ids) - 2
            yield window.ids, [-100, *truth[window.first : window.first + size], -100]


def batches(rows: list[tuple[list[int], list[int]]], tokens: int, dice: random.Random) -> list[list[int]]:
    order = sorted(range(len(rows)), key=lambda n: len(rows[n][0]) + dice.random() * 8)
    made: list[list[int]] = [[]]
    for n in order:
        if made[-1] and len(rows[n][0]) * (len(made[-1]) + 1) > tokens:
            made.append([])
        made[-1].append(n)
    dice.shuffle(made)
    return made


def padded(rows: list[tuple[list[int], list[int]]]) -> tuple[Tensor, Tensor, Tensor]:
    length = max(len(ids) for ids, _ in rows)
    ids = torch.ones(len(rows), length, dtype=torch.long)
    mask = torch.zeros(len(rows), length, dtype=torch.bool)
    truth = torch.full((len(rows), length), -100, dtype=torch.long)
    for n, (one, says) in enumerate(rows):
        ids[n, : len(one)], mask[n, : len(one)], truth[n, : len(one)] = (
            torch.tensor(one),
            True,
            torch.tensor(says),
        )
    return ids, mask, truth


def chances(
    lower: Lower, tagger: Tagger, reader: Reader, text: str
) -> tuple[list[tuple[int, int]], np.ndarray]:
    cut = pieces(reader.tokenizer, text)
    made = windows(cut.ids, MOST, OVERLAP, reader.marks)
    found = []
    with torch.inference_mode(), half():
        for window in made:
            ids = torch.tensor([window.ids])
            mask = torch.ones_like(ids, dtype=torch.bool)
            found.append(tagger(lower(ids, mask[:, None, None, :]), mask)[0].float().softmax(-1).numpy())
    return cut.spans, merged(made, found, len(cut.ids))


def told(
    rows: list[Letter], lower: Lower, tagger: Tagger, reader: Reader, threshold: float
) -> dict[str, float]:
    tagger.eval()
    found = []
    for letter in rows:
        spans, each = chances(lower, tagger, reader, letter.text)
        said = stretches(letter.text, spans, each, KINDS, [threshold] * len(KINDS))
        found.append((letter, [Place(PiiKind(s.kind), s.span.start, s.span.end) for s in said]))
    tagger.train()
    made = figures(found)
    for lang in ("ru", "kk", "en"):
        part = figures([each for each in found if each[0].lang == lang])
        made |= {f"{lang} recall": part["all recall"], f"{lang} precision": part["all precision"]}
    return made


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", type=Path, required=True)
    asked.add_argument("--layers", type=int, default=5)
    asked.add_argument("--minutes", type=float, default=20)
    asked.add_argument("--rate", type=float, default=1.5e-4)
    asked.add_argument("--tokens", type=int, default=2000)
    asked.add_argument("--seed", type=int, default=20261122)
    asked.add_argument("--all", action="store_true", help="learn of the letters for choosing too")
    asked.add_argument("--begin", type=Path)
    asked.add_argument("run", type=Path)
    options = asked.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    dice = random.Random(options.seed)
    reader = Reader(options.base)
    lower = Lower(options.base, SHARED).eval()
    tagger = Tagger(options.base, options.layers)
    if options.begin:
        tagger.load_state_dict(torch.load(options.begin))
    parts = (LEARNING, CHOOSING) if options.all else (LEARNING,)
    learned = [letter for letter in letters() if letter.part in parts]
    choosing = [letter for letter in letters() if letter.part == CHOOSING]
    short = table()
    others = ordinary()
    assert all(letter.part != HELD_OUT for letter in learned)
    head = [p for name, p in tagger.named_parameters() if name.startswith("head")]
    body = [p for name, p in tagger.named_parameters() if not name.startswith("head")]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": head, "lr": 2e-3}], weight_decay=0.02
    )
    rates = [group["lr"] for group in optimiser.param_groups]
    mean = {name: tensor.clone() for name, tensor in tagger.state_dict().items()}
    begun, step, total, shown = time.perf_counter(), 0, 0.0, 0.0
    limit = options.minutes * 60
    tagger.train()
    epoch = 0
    while (gone := time.perf_counter() - begun) < limit:
        told_ = [told_again(letter, dice) for letter in learned]
        told_ += [told_again(letter, dice) for letter in dice.sample(short, len(short) // 3)]
        told_ += [made_up(dice.choice(("ru", "kk", "en")), dice) for _ in range(len(learned) // 8)]
        made = [row for letter in told_ if letter.text.strip() for row in reader.rows(letter)]
        for letter in dice.sample(others, len(others) * 2 // 5):
            made += reader.rows(shown_otherwise(letter, dice), sure_of_names=False)
        for chosen in batches(made, options.tokens, dice):
            gone = time.perf_counter() - begun
            if gone >= limit:
                break
            scale = min((step + 1) / 60, max(0.02, 1 - gone / limit))
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * scale
            ids, mask, truth = padded([made[n] for n in chosen])
            with half():
                with torch.no_grad():
                    x = lower(ids, mask[:, None, None, :])
                logits = tagger(x, mask)
            optimiser.zero_grad()
            loss = F.cross_entropy(logits.float().flatten(0, 1), truth.flatten(), label_smoothing=0.02)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(tagger.parameters(), 1.0)
            optimiser.step()
            step += 1
            total += loss.item()
            shown += 1
            for name, tensor in tagger.state_dict().items():
                mean[name].lerp_(tensor, 0.02)
        epoch += 1
        line: dict[str, object] = {
            "epoch": epoch,
            "step": step,
            "seconds": round(time.perf_counter() - begun),
            "loss": round(total / shown, 4),
        }
        total = shown = 0.0
        torch.save(mean, options.run / "tagger.pt")
        if epoch % 5 == 0 or time.perf_counter() - begun >= limit:
            now = {name: tensor.clone() for name, tensor in tagger.state_dict().items()}
            tagger.load_state_dict(mean)
            line["choosing, .3"] = {
                name: round(value, 3) for name, value in told(choosing, lower, tagger, reader, 0.3).items()
            }
            tagger.load_state_dict(now)
        with (options.run / "tagged.jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
