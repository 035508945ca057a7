"""Trains the tone model:

    python -m training.tone.train --data $AIMAS_DATA --base TRIMMED OUT

OUT gets upper.pt after each epoch (running mean of the weights), and a line a check in log.jsonl.
"""

import argparse
import json
import math
import random
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from training.tone import data as sets
from training.tone.network import Lower, Upper

from aimas.core import Span
from aimas.tone.encoding import Encoded, Encoder

BATCH = 32


class Bank:
    """Every row's tokens and the frozen layers' output, in half precision."""

    def __init__(self, rows: list[sets.Row], base: Path, frozen: int) -> None:
        encoder = Encoder(Tokenizer.from_file(str(base / "tokenizer.json")))
        self.rows = rows
        self.encoded: list[Encoded] = encoder.encoded([(r.text, Span(r.start, r.end)) for r in rows])
        self.states: list[Tensor] = [torch.empty(0)] * len(rows)
        lower = Lower(base, frozen).eval()
        order = sorted(range(len(rows)), key=lambda i: len(self.encoded[i].ids))
        with torch.inference_mode():
            for start in range(0, len(order), 64):
                chosen = order[start : start + 64]
                ids, mask, _ = self._padded(chosen)
                states = lower(ids, mask[:, None, None, :]).half()
                for i, state in zip(chosen, states, strict=True):
                    self.states[i] = state[: len(self.encoded[i].ids)].clone()

    def _padded(self, chosen: list[int]) -> tuple[Tensor, Tensor, Tensor]:
        length = max(len(self.encoded[i].ids) for i in chosen)
        ids, roles = (torch.zeros(len(chosen), length, dtype=torch.long) for _ in range(2))
        mask = torch.zeros(len(chosen), length, dtype=torch.bool)
        for n, i in enumerate(chosen):
            size = len(self.encoded[i].ids)
            ids[n, :size] = torch.tensor(self.encoded[i].ids)
            roles[n, :size] = torch.tensor(self.encoded[i].roles)
            mask[n, :size] = True
        return ids, mask, roles

    def batch(self, chosen: list[int]) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
        """States, mask, roles, labels, and which rows are reviews."""
        _, mask, roles = self._padded(chosen)
        states = torch.zeros(*mask.shape, self.states[0].shape[-1])
        for n, i in enumerate(chosen):
            states[n, : len(self.states[i])] = self.states[i].float()
        labels = torch.tensor([self.rows[i].label for i in chosen])
        return states, mask, roles, labels, torch.tensor([self.rows[i].source == "kazsandra" for i in chosen])

    def batches(self, chosen: list[int], dice: random.Random | None = None) -> Iterator[list[int]]:
        """By length, in random order where dice are given."""
        noise = (lambda: dice.random() * 6) if dice else (lambda: 0.0)
        order = sorted(chosen, key=lambda i: len(self.encoded[i].ids) + noise())
        batches = [order[n : n + BATCH] for n in range(0, len(order), BATCH)]
        if dice:
            dice.shuffle(batches)
        yield from batches


def chosen_rows(
    rows: list[sets.Row], dice: random.Random, reviews: int, neutral: float, public: float
) -> list[sets.Row]:
    """A share of the public rows, fewer of the neutral ones, some reviews, and all of ours but the test part."""
    kept = []
    of_reviews = []
    for row in rows:
        if row.source == "kazsandra":
            of_reviews.append(row)
        elif row.part == "dev" or (
            row.part == "train"
            and (row.source == "ours" or dice.random() < public * (neutral if row.label == 2 else 1.0))
        ):
            kept.append(row)
    return kept + dice.sample(of_reviews, min(reviews, len(of_reviews)))


def epoch_of(bank: Bank, dice: random.Random, ours: float) -> list[int]:
    """Every row for training; ours several times."""
    chosen = []
    for i, row in enumerate(bank.rows):
        if row.part == "train":
            chosen += [i] * (int(ours) + (dice.random() < ours % 1) if row.source == "ours" else 1)
    return chosen


def f1s(truth: np.ndarray, said: np.ndarray) -> list[float]:
    out = []
    for label in range(3):
        right = int(((truth == label) & (said == label)).sum())
        wrong = int((truth == label).sum() + (said == label).sum())
        out.append(2 * right / wrong if wrong else 0.0)
    return out


def logits_of(bank: Bank, upper: Upper, chosen: list[int]) -> np.ndarray:
    upper.eval()
    out = np.zeros((len(bank.rows), 3), np.float32)
    with torch.inference_mode():
        for batch in bank.batches(chosen):
            states, mask, roles, _, _ = bank.batch(batch)
            out[batch] = upper(states, mask, roles)[0].numpy()
    upper.train()
    return out[chosen]


def checked(bank: Bank, upper: Upper, part: str) -> dict[str, float]:
    """Macro F1 and F1 of positive and critical, a set and a language."""
    chosen = [i for i, r in enumerate(bank.rows) if r.part == part and r.source != "kazsandra"]
    said = logits_of(bank, upper, chosen).argmax(1)
    truth = np.array([bank.rows[i].label for i in chosen])
    kinds = np.array([f"{bank.rows[i].source}-{bank.rows[i].lang}" for i in chosen])
    figures = {}
    for kind in sorted(set(kinds)):
        each = f1s(truth[kinds == kind], said[kinds == kind])
        figures[f"{kind}-macro"] = round(sum(each) / 3, 4)
        figures[f"{kind}-pn"] = round(sum(each[:2]) / 2, 4)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=8)
    parser.add_argument("--frozen", type=int, default=3)
    parser.add_argument("--epochs", type=float, default=2)
    parser.add_argument("--rate", type=float, default=1.7e-4)
    parser.add_argument("--decay-by-layer", type=float, default=0.9)
    parser.add_argument("--ours", type=float, default=3)
    parser.add_argument("--reviews", type=int, default=1_500)
    parser.add_argument("--neutral", type=float, default=0.5)
    parser.add_argument("--public", type=float, default=1.0)
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--minutes", type=float, default=1e6, help="the schedule ends then at the latest")
    parser.add_argument("--unchecked", action="store_true", help="saves the time of the dev rows")
    parser.add_argument("--begin", type=Path, help="upper.pt to go on from")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    log = (options.out / "log.jsonl").open("a", buffering=1)
    print(json.dumps({k: str(v) for k, v in vars(options).items()}), file=log)

    started = time.time()
    rows = chosen_rows(sets.everything(options.data), dice, options.reviews, options.neutral, options.public)
    if options.unchecked:
        rows = [r for r in rows if r.part == "train"]
    bank = Bank(rows, options.base, options.frozen)
    upper = Upper(options.base, options.frozen, options.layers)
    if options.begin:
        upper.load_state_dict(torch.load(options.begin))
    mean = Upper(options.base, options.frozen, options.layers)
    mean.load_state_dict(upper.state_dict())
    print(json.dumps({"rows": len(bank.rows), "seconds": round(time.time() - started)}), file=log)

    depth = len(upper.layers)
    groups = [{"params": [upper.roles], "lr": options.rate * 5}]
    groups += [
        {"params": list(layer.parameters()), "lr": options.rate * options.decay_by_layer ** (depth - 1 - n)}
        for n, layer in enumerate(upper.layers)
    ]
    heads = [*upper.dense.parameters(), *upper.tone.parameters(), *upper.polarity.parameters()]
    groups.append({"params": heads, "lr": options.rate * 4})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    first = epoch_of(bank, dice, options.ours)
    total = int(options.epochs * len(first) / BATCH)
    warm = 50

    def gone(step: int) -> float:
        """The share of the run that lies behind."""
        return min(1.0, max(step / total, (time.time() - started) / 60 / options.minutes))

    def slope(step: int) -> float:
        return min(step / warm, 1.0) * max(0.02, 0.5 * (1 + math.cos(math.pi * gone(step))))

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, slope)
    counts = np.bincount(
        [bank.rows[i].label for i in first if bank.rows[i].source != "kazsandra"], minlength=3
    )
    weights = torch.tensor((counts.mean() / counts) ** 0.5, dtype=torch.float32)
    step = 0
    for epoch in range(math.ceil(options.epochs)):
        chosen = epoch_of(bank, dice, options.ours)
        losses = []
        for batch in islice(bank.batches(chosen, dice), total - step):
            states, mask, roles, labels, reviews = bank.batch(batch)
            tone, polarity = upper(states, mask, roles)
            loss = torch.zeros(())
            if not reviews.all():
                part = ~reviews
                loss = loss + part.float().mean() * F.cross_entropy(
                    tone[part], labels[part], weights, label_smoothing=options.smoothing
                )
            if reviews.any():
                loss = loss + 0.5 * reviews.float().mean() * F.cross_entropy(
                    polarity[reviews], labels[reviews], label_smoothing=options.smoothing
                )
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            step += 1
            losses.append(loss.item())
            keep = min(0.99, step / (step + 10))
            with torch.no_grad():
                torch._foreach_lerp_(list(mean.parameters()), list(upper.parameters()), 1 - keep)
            if gone(step) == 1.0:
                break
            if step % 50 == 0:
                speed = {"step": step, "of": total, "loss": round(float(np.mean(losses[-50:])), 4)}
                print(json.dumps(speed | {"seconds": round(time.time() - started)}), file=log)
        figures = {} if options.unchecked else checked(bank, mean, "dev")
        torch.save(mean.state_dict(), options.out / "upper.part")
        (options.out / "upper.part").rename(options.out / f"upper-{epoch + 1}.pt")
        print(json.dumps({"epoch": epoch + 1, "seconds": round(time.time() - started)} | figures), file=log)


if __name__ == "__main__":
    main()
