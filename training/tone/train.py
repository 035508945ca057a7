"""Trains the tone model:

    python -m training.tone.train --data $AIMAS_DATA --base TRIMMED OUT

OUT gets a line a check in log.jsonl, upper.pt (running mean of the weights, latest) and best.pt (best on dev) at each
check, and state.pt with the optimiser. The same command with the same OUT goes on from there, also with new rows.

Some words of each row are hidden (cutoff, Shen et al. 2020). Rows that name people go through a second time with the
names of others, and both answers are drawn together (--agreement). Where readers of ours went through a public row,
their chances are a part of its label (--readers). Of some steps the loss also counts under weights that were moved to
where it grows fastest (--adversary; Wu et al. 2020).
"""

import argparse
import json
import math
import random
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from training.tone import data as sets
from training.tone.names import exchanged
from training.tone.network import Lower, Upper

from aimas.core import Span
from aimas.tone.encoding import Encoded, Encoder

BATCH = 32
WARM = 100
"""Steps until the rate is full."""
SAVED = 100
"""Steps after which a stop loses nothing."""


def half() -> torch.autocast:
    """Products in bfloat16: twice as fast where the processor knows it, and no worse."""
    return torch.autocast("cpu", dtype=torch.bfloat16)


OTHERS = 3
"""Times that the names of a row of ours are exchanged beforehand; once in a public row."""
SWAPPED = "swapped"


def with_others(rows: list[sets.Row], seed: int) -> tuple[list[sets.Row], dict[int, list[int]]]:
    """All rows, then those for training again with other names; and of each row where its likes stand."""
    dice = random.Random(seed)
    made, likes = list(rows), {}
    for n, row in enumerate(rows):
        mine = row.source in ("ours", "articles")
        for _ in range((OTHERS if mine else 1) if row.part == "train" and row.source != "kazsandra" else 0):
            other = exchanged(row.text, row.start, row.end, row.lang, dice, peoples=mine)
            if other:
                likes.setdefault(n, []).append(len(made))
                made.append(row._replace(text=other[0], start=other[1], end=other[2], part=SWAPPED))
    return made, likes


class Bank:
    """Every row's tokens and the frozen layers' output, in half precision."""

    def __init__(self, rows: list[sets.Row], base: Path, frozen: int, kept: Path, seed: int = 1) -> None:
        """`kept`: a file with states of earlier runs, which is read and written."""
        encoder = Encoder(Tokenizer.from_file(str(base / "tokenizer.json")))
        rows, self.likes = with_others(rows, seed)
        self.rows = rows
        self.encoded: list[Encoded] = encoder.encoded([(r.text, Span(r.start, r.end)) for r in rows])
        known: dict[tuple[int, ...], Tensor] = torch.load(kept) if kept.exists() else {}
        self.states: list[Tensor] = [known.get(tuple(e.ids), torch.empty(0)) for e in self.encoded]
        lower = Lower(base, frozen).eval()
        lacking = [i for i in range(len(rows)) if not len(self.states[i])]
        order = sorted(lacking, key=lambda i: len(self.encoded[i].ids))
        with torch.inference_mode(), half():
            for start in range(0, len(order), 64):
                chosen = order[start : start + 64]
                ids, mask, _ = self._padded(chosen)
                states = lower(ids, mask[:, None, None, :]).half()
                for i, state in zip(chosen, states, strict=True):
                    self.states[i] = state[: len(self.encoded[i].ids)].clone()
        if lacking:
            torch.save({tuple(e.ids): s for e, s in zip(self.encoded, self.states, strict=True)}, kept)

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

    def batch(self, chosen: list[int]) -> tuple[Tensor, Tensor, Tensor]:
        """States, mask, roles."""
        _, mask, roles = self._padded(chosen)
        states = torch.zeros(*mask.shape, self.states[0].shape[-1])
        for n, i in enumerate(chosen):
            states[n, : len(self.states[i])] = self.states[i].float()
        return states, mask, roles

    def batches(self, chosen: list[int], dice: random.Random | None = None) -> Iterator[list[int]]:
        """By length, in random order where dice are given."""
        noise = (lambda: dice.random() * 6) if dice else (lambda: 0.0)
        order = sorted(chosen, key=lambda i: len(self.encoded[i].ids) + noise())
        batches = [order[n : n + BATCH] for n in range(0, len(order), BATCH)]
        if dice:
            dice.shuffle(batches)
        yield from batches


def epoch_of(bank: Bank, dice: random.Random, often: dict[str, float]) -> list[int]:
    """Rows for training, each as often as its source says: 1.3 is once, and again three times in ten."""
    chosen = []
    for i, row in enumerate(bank.rows):
        if row.part == "train":
            times = often[row.source]
            chosen += [i] * (int(times) + (dice.random() < times % 1))
    return chosen


def class_weights(rows: list[sets.Row]) -> dict[str, Tensor]:
    """Of each source: rarer labels count more, by the square root."""
    found = {}
    for source in sorted({r.source for r in rows}):
        labels = [r.label for r in rows if r.source == source and r.part == "train"]
        counts = np.bincount(labels, minlength=2)
        found[source] = torch.tensor((counts.mean() / counts) ** 0.5, dtype=torch.float32)
    return found


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
    with torch.inference_mode(), half():
        for batch in bank.batches(chosen):
            out[batch] = upper(*bank.batch(batch))[0].float().numpy()
    upper.train()
    return out[chosen]


def checked(bank: Bank, upper: Upper) -> dict[str, float]:
    """On dev rows, macro F1 and F1 of positive and critical, a set and a language; `mean` of what is aimed at."""
    chosen = [i for i, r in enumerate(bank.rows) if r.part == "dev"]
    said = logits_of(bank, upper, chosen).argmax(1)
    truth = np.array([bank.rows[i].label for i in chosen])
    kinds = np.array([f"{bank.rows[i].source}-{bank.rows[i].lang}" for i in chosen])
    figures = {}
    for kind in sorted(set(kinds)):
        each = f1s(truth[kinds == kind], said[kinds == kind])
        figures[f"{kind}-macro"] = round(sum(each) / 3, 4)
        figures[f"{kind}-pn"] = round(sum(each[:2]) / 2, 4)
    own = [f"{source}-{lang}-macro" for source in ("ours", "articles") for lang in sets.LANGUAGES]
    aimed = ["rusentne-ru-pn", "newsmtsc-en-macro", *own]
    figures["mean"] = round(float(np.mean([figures[name] for name in aimed])), 4)
    return figures


class Loss:
    """Cross-entropy with softened labels, weighted by source, and the divergence of answers to other names."""

    def __init__(self, bank: Bank, smoothing: float, agreement: float, cutoff: float, readers: float) -> None:
        """`readers`: how much of a label is theirs, where they went through the row."""
        self._bank, self._smoothing, self._agreement, self._cutoff = bank, smoothing, agreement, cutoff
        self._readers = readers
        self._weights = class_weights(bank.rows)

    def __call__(self, upper: Upper, batch: list[int], dice: random.Random) -> Tensor:
        """A row and its like with other names count half each, so that names add no weight."""
        named = [n for n, i in enumerate(batch) if i in self._bank.likes]
        likes = [dice.choice(self._bank.likes[batch[n]]) for n in named]
        states, mask, roles = self._bank.batch([*batch, *likes])
        mask &= (torch.rand(mask.shape) >= self._cutoff * torch.rand(len(mask), 1)) | (roles > 0)
        with half():
            tone, polarity = (said.float() for said in upper(states, mask, roles))
        rows = [self._bank.rows[i] for i in [*batch, *likes]]
        labels = torch.tensor([self._label(r) for r in rows])
        share = torch.tensor([0.5 if n >= len(batch) or n in named else 1.0 for n in range(len(rows))])
        total = torch.zeros(())
        for source, weights in self._weights.items():
            of = torch.tensor([n for n, r in enumerate(rows) if r.source == source], dtype=torch.long)
            if len(of):
                review = source == "kazsandra"
                said = polarity if review else tone
                each = self._surprise(said[of], labels[of, : said.shape[1]], weights)
                total = total + (share[of] * each).sum() * (0.5 if review else 1.0)
        if named:
            total = total + self._agreement * self._divergence(tone[named], tone[len(batch) :])
        return total / len(batch)

    def _label(self, row: sets.Row) -> list[float]:
        """The chances that are learned."""
        share = self._readers if row.read else 0.0
        read = row.read or (0.0,) * len(sets.LABELS)
        return [(1 - share) * (row.label == n) + share * chance for n, chance in enumerate(read)]

    def _surprise(self, said: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """Not divided by the weights' sum: else a small batch of rare labels would count too much."""
        each = F.cross_entropy(said, labels, label_smoothing=self._smoothing, reduction="none")
        return (labels @ weights) * each

    @staticmethod
    def _divergence(one: Tensor, other: Tensor) -> Tensor:
        p, q = one.log_softmax(-1), other.log_softmax(-1)
        return 0.5 * ((p.exp() - q.exp()) * (p - q)).sum()


class Adversary:
    """Moves the weights of the layers against the last step's gradient, by a share of each matrix's own length."""

    def __init__(self, upper: Upper, share: float) -> None:
        self._share = share
        self._moved = [p for layer in upper.layers for p in layer.parameters() if p.ndim == 2]

    def hinder(self) -> list[Tensor]:
        """By the gradients at hand; what was added, for `relent`."""
        steps = []
        with torch.no_grad():
            for weight in self._moved:
                slope = weight.grad
                if slope is None:
                    raise RuntimeError("no gradient yet: call it after backward")
                steps.append(slope * (self._share * weight.norm() / (slope.norm() + 1e-12)))
            torch._foreach_add_(self._moved, steps)
        return steps

    def relent(self, steps: list[Tensor]) -> None:
        with torch.no_grad():
            torch._foreach_sub_(self._moved, steps)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--frozen", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4_000)
    parser.add_argument("--minutes", type=float, default=1e6, help="the schedule ends then at the latest")
    parser.add_argument("--rate", type=float, default=1.3e-4)
    parser.add_argument("--decay-by-layer", type=float, default=0.92)
    parser.add_argument("--ours", type=float, default=2)
    parser.add_argument("--reviews", type=int, default=1_500)
    parser.add_argument("--rusentne", type=float, default=1.3)
    parser.add_argument("--newsmtsc", type=float, default=0.8)
    parser.add_argument("--news", type=float, default=1.5)
    parser.add_argument("--marks", type=float, default=1.5)
    parser.add_argument("--articles", type=float, default=1.5)
    parser.add_argument(
        "--company", type=float, default=0.15, help="share of rows that come again beside another"
    )
    parser.add_argument("--own", type=Path, action="append", default=[], help="an export of corrections")
    parser.add_argument("--smoothing", type=float, default=0.05)
    parser.add_argument("--agreement", type=float, default=1.0, help="0: other names only as more rows")
    parser.add_argument("--cutoff", type=float, default=0.2)
    parser.add_argument(
        "--readers", type=float, default=0.5, help="their part of a label that they also read"
    )
    parser.add_argument("--adversary", type=float, default=0.0, help="moves weights by this share; 0: never")
    parser.add_argument("--adversary-share", type=float, default=0.5, help="of the steps")
    parser.add_argument("--keep", type=float, default=0.995, help="of the running mean, a step")
    parser.add_argument("--check", type=int, default=400)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--begin", type=Path, help="upper.pt to begin from; it may have fewer layers")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    log = (options.out / "log.jsonl").open("a", buffering=1)
    print(json.dumps({k: str(v) for k, v in vars(options).items()}), file=log)

    started = time.time()
    reviews = sets.kazsandra(options.data, limit=options.reviews)
    public = [*sets.rusentne(options.data), *sets.newsmtsc(options.data), *sets.marks(options.data)]
    rows = [r for r in [*public, *sets.ours(), *sets.news(), *sets.articles(), *reviews] if r.part != "test"]
    rows += [row for file in options.own for row in sets.own(file)]
    rows += sets.among_others(rows, options.company, options.seed)
    bank = Bank(rows, options.base, options.frozen, options.out / "states.pt", options.seed)
    loss_of = Loss(bank, options.smoothing, options.agreement, options.cutoff, options.readers)
    upper, mean = (Upper(options.base, options.frozen, options.layers) for _ in range(2))
    adversary = Adversary(upper, options.adversary)
    depth = len(upper.layers)
    groups = [{"params": [upper.roles], "lr": options.rate * 5}]
    groups += [
        {"params": list(layer.parameters()), "lr": options.rate * options.decay_by_layer ** (depth - 1 - n)}
        for n, layer in enumerate(upper.layers)
    ]
    heads = [*upper.dense.parameters(), *upper.tone.parameters(), *upper.polarity.parameters()]
    groups.append({"params": heads, "lr": options.rate * 4})
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01, fused=True)
    full = [group["lr"] for group in optimiser.param_groups]

    step, spent, best = 0, 0.0, 0.0
    saved = options.out / "state.pt"
    if saved.exists():
        state = torch.load(saved)
        upper.load_state_dict(state["upper"])
        mean.load_state_dict(state["mean"])
        optimiser.load_state_dict(state["optimiser"])
        step, spent, best = state["step"], state["spent"], state["best"]
        torch.manual_seed(options.seed + step)
        dice.seed(options.seed + step)
    else:
        if options.begin:
            begun = torch.load(options.begin)
            upper.load_state_dict(upper.state_dict() | begun)
        mean.load_state_dict(upper.state_dict())
    ready = time.time() - started
    print(
        json.dumps({"rows": len(bank.rows), "named": len(bank.likes), "step": step, "seconds": round(ready)}),
        file=log,
    )

    def gone() -> float:
        """The share of the run that lies behind, in steps or in time."""
        return min(1.0, max(step / options.steps, (spent + time.time() - started) / 60 / options.minutes))

    def save(check: bool) -> None:
        """Never half a file."""
        nonlocal best
        figures = checked(bank, mean) if check else {"mean": 0.0}
        state = {"upper": upper.state_dict(), "mean": mean.state_dict(), "optimiser": optimiser.state_dict()}
        state |= {"step": step, "spent": spent + time.time() - started, "best": max(best, figures["mean"])}
        files = {"upper.pt": mean.state_dict(), "state.pt": state}
        if figures["mean"] > best:
            best, files["best.pt"] = figures["mean"], mean.state_dict()
        for name, content in files.items():
            torch.save(content, options.out / "part")
            (options.out / "part").rename(options.out / name)
        if check:
            told = {"step": step, "gone": round(gone(), 3), "seconds": round(spent + time.time() - started)}
            print(json.dumps(told | figures), file=log)

    losses: list[float] = []
    often = {
        name: getattr(options, name) for name in ("ours", "rusentne", "newsmtsc", "news", "marks", "articles")
    } | {"kazsandra": 1.0}
    while gone() < 1.0:
        chosen = epoch_of(bank, dice, often)
        for batch in bank.batches(chosen, dice):
            slope = min((step + 1) / WARM, 1.0) * max(0.02, 0.5 * (1 + math.cos(math.pi * gone())))
            for group, rate in zip(optimiser.param_groups, full, strict=True):
                group["lr"] = rate * slope
            optimiser.zero_grad()
            loss = loss_of(upper, batch, dice)
            loss.backward()
            if options.adversary and step >= WARM and dice.random() < options.adversary_share:
                steps = adversary.hinder()
                loss_of(upper, batch, dice).backward()
                adversary.relent(steps)
            torch.nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
            optimiser.step()
            step += 1
            losses.append(loss.item())
            with torch.no_grad():
                kept = min(options.keep, step / (step + 10))
                torch._foreach_lerp_(list(mean.parameters()), list(upper.parameters()), 1 - kept)
            if step % 50 == 0:
                seconds = round(spent + time.time() - started)
                told = {"step": step, "loss": round(float(np.mean(losses[-50:])), 4), "seconds": seconds}
                print(json.dumps(told), file=log)
            if step % SAVED == 0:
                save(check=step % options.check == 0)
            if gone() == 1.0:
                break
    save(check=True)


if __name__ == "__main__":
    main()
