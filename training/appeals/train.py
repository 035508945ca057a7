"""Trains what suggests category, urgency and competence:

    python -m training.appeals.train --base TRIMMED RUN

reads TRIMMED/e5.npz and tokenizer.json (made for tone, see training/tone), writes RUN/upper.pt (running mean of the
weights) and a line an epoch in RUN/log.jsonl. Words of each row are dropped by chance; some rows are in small letters.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F
from training.appeals.examples import LANGUAGES, Row, rows
from training.appeals.network import Lower, Upper

from aimas.appeals.categories import categories
from aimas.appeals.competence import bodies

CATEGORIES, BODIES = len(categories()), 1 + len(bodies())
OUTPUTS = CATEGORIES + 1 + BODIES
PREFIX = "query: "
MOST_TOKENS = 256
BATCH = 16
FROZEN = 5
DROPPED = 0.12


class Bank:
    """Frozen layers' output of every row as written and, for training, in `likes` further shapes."""

    def __init__(self, made: list[Row], base: Path, likes: int, seed: int) -> None:
        tokenizer = Tokenizer.from_file(str(base / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS)
        dice = random.Random(seed)
        lower = Lower(base, FROZEN).eval()
        self.rows = made
        self.shapes: list[list[Tensor]] = [[] for _ in made]
        texts = [(n, PREFIX + row.text) for n, row in enumerate(made)]
        texts += [
            (n, PREFIX + reshaped(row.text, dice))
            for n, row in enumerate(made)
            for _ in range(likes)
            if not row.is_held_out
        ]
        encoded = [encoding.ids for encoding in tokenizer.encode_batch([text for _, text in texts])]
        states: list[Tensor] = [torch.empty(0)] * len(texts)
        order = sorted(range(len(texts)), key=lambda at: len(encoded[at]))
        with torch.inference_mode():
            for start in range(0, len(order), 32):
                chosen = order[start : start + 32]
                ids, mask = padded([encoded[at] for at in chosen])
                found = lower(ids, mask[:, None, None, :]).half()
                for at, state in zip(chosen, found, strict=True):
                    states[at] = state[: len(encoded[at])].clone()
        for (n, _), state in zip(texts, states, strict=True):
            self.shapes[n].append(state)

    def batch(self, chosen: list[int], dice: random.Random | None) -> tuple[Tensor, Tensor]:
        states = [dice.choice(self.shapes[n]) if dice else self.shapes[n][0] for n in chosen]
        length = max(map(len, states))
        x = torch.zeros(len(chosen), length, states[0].shape[-1])
        mask = torch.zeros(len(chosen), length, dtype=torch.bool)
        for at, state in enumerate(states):
            x[at, : len(state)] = state.float()
            mask[at, : len(state)] = True
            if dice:
                drop = torch.rand(len(state)) < DROPPED
                mask[at, : len(state)][drop] = False
                mask[at, 0] = True
        return x, mask


def reshaped(text: str, dice: random.Random) -> str:
    """As somebody else might type it: in small letters, without points, with a letter lost, or a part of it."""
    words = text.split()
    if dice.random() < 0.4:
        words = [word.lower() for word in words]
    if dice.random() < 0.4:
        words = [word.strip(',.!?«»"') or word for word in words]
    if len(words) > 12 and dice.random() < 0.4:
        start = dice.randrange(0, len(words) // 3)
        words = words[start : start + max(8, len(words) * 2 // 3)]
    for at, word in enumerate(words):
        if len(word) > 4 and dice.random() < 0.06:
            cut = dice.randrange(1, len(word) - 1)
            words[at] = word[:cut] + word[cut + 1 :]
    return " ".join(words)


def padded(ids: list[list[int]]) -> tuple[Tensor, Tensor]:
    length = max(map(len, ids))
    made = torch.zeros(len(ids), length, dtype=torch.long)
    mask = torch.zeros(len(ids), length, dtype=torch.bool)
    for n, one in enumerate(ids):
        made[n, : len(one)], mask[n, : len(one)] = torch.tensor(one), True
    return made, mask


def loss_of(logits: Tensor, made: list[Row], weights: Tensor) -> Tensor:
    category, urgent, body = logits.split([CATEGORIES, 1, BODIES], 1)
    truth = torch.tensor([row.category for row in made])
    is_urgent = torch.tensor([float(row.urgent) for row in made])
    where = torch.tensor([row.body for row in made])
    return (
        F.cross_entropy(category, truth, label_smoothing=0.05)
        + 0.7 * F.binary_cross_entropy_with_logits(urgent[:, 0], is_urgent, pos_weight=torch.tensor(2.0))
        + 0.5 * F.cross_entropy(body, where, weights)
    )


def f1(truth: np.ndarray, said: np.ndarray) -> float:
    both = int(truth.sum() + said.sum())
    return 2 * int((truth & said).sum()) / both if both else 0.0


def figures(logits: np.ndarray, made: list[Row]) -> dict[str, float]:
    truth = np.array([row.category for row in made])
    said = logits[:, :CATEGORIES].argmax(1)
    urgent = np.array([row.urgent for row in made])
    outside = np.array([row.body > 0 for row in made])
    where = logits[:, CATEGORIES + 1 :].argmax(1)
    return {
        "category_macro_f1": float(np.mean([f1(truth == n, said == n) for n in range(CATEGORIES)])),
        "urgent_f1": f1(urgent, logits[:, CATEGORIES] > 0),
        "outside_f1": f1(outside, where > 0),
        "body_accuracy": float((where == np.array([row.body for row in made]))[outside].mean()),
    }


def answers(bank: Bank, upper: Upper, chosen: list[int]) -> np.ndarray:
    upper.eval()
    out = np.zeros((len(chosen), OUTPUTS), np.float32)
    order = sorted(range(len(chosen)), key=lambda at: len(bank.shapes[chosen[at]][0]))
    with torch.inference_mode():
        for start in range(0, len(order), 32):
            part = order[start : start + 32]
            out[part] = upper(*bank.batch([chosen[at] for at in part], None)).numpy()
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--likes", type=int, default=1)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--begin", type=Path, help="weights to go on from")
    parser.add_argument("--all", action="store_true", help="train on what is held out too")
    parser.add_argument("run", type=Path)
    options = parser.parse_args()
    options.run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(options.seed)
    dice = random.Random(options.seed)
    made = rows()
    if options.all:
        made = [row._replace(is_held_out=False) for row in made]
    begun = time.perf_counter()
    bank = Bank(made, options.base, options.likes, options.seed)
    print(f"frozen layers: {time.perf_counter() - begun:.0f} s", flush=True)
    learned = [n for n, row in enumerate(made) if not row.is_held_out]
    held = [n for n, row in enumerate(made) if row.is_held_out]
    counts = np.bincount([made[n].body for n in learned], minlength=BODIES).astype(np.float32)
    weights = torch.tensor(np.sqrt(counts.max() / np.maximum(counts, 4)) ** 0.5, dtype=torch.float32)
    upper = Upper(options.base, FROZEN, OUTPUTS)
    if options.begin:
        upper.load_state_dict(torch.load(options.begin))
    head = [p for name, p in upper.named_parameters() if name.startswith("head")]
    body = [p for name, p in upper.named_parameters() if not name.startswith("head")]
    optimiser = torch.optim.AdamW(
        [{"params": body, "lr": options.rate}, {"params": head, "lr": 3e-3}], weight_decay=0.02
    )
    steps = options.epochs * math.ceil(len(learned) / BATCH)
    warm = max(1, steps // 12)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min((step + 1) / warm, max(0.0, (steps - step) / (steps - warm)))
    )
    mean = {name: tensor.clone() for name, tensor in upper.state_dict().items()}
    for epoch in range(options.epochs):
        upper.train()
        order = sorted(learned, key=lambda n: len(bank.shapes[n][0]) + dice.random() * 20)
        batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
        dice.shuffle(batches)
        total = 0.0
        for chosen in batches:
            optimiser.zero_grad()
            loss = loss_of(upper(*bank.batch(chosen, dice)), [made[n] for n in chosen], weights)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(upper.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            total += loss.item()
            for name, tensor in upper.state_dict().items():
                if tensor.is_floating_point():
                    mean[name].lerp_(tensor, 0.03)
        told: dict[str, object] = {
            "epoch": epoch,
            "loss": round(total / len(batches), 4),
            "seconds": round(time.perf_counter() - begun),
        }
        torch.save(mean, options.run / "upper.pt")
        if held:
            now = {name: tensor.clone() for name, tensor in upper.state_dict().items()}
            upper.load_state_dict(mean)
            logits = answers(bank, upper, held)
            upper.load_state_dict(now)
            told["held out"] = figures(logits, [made[n] for n in held])
            for lang in LANGUAGES:
                part = [at for at, n in enumerate(held) if made[n].lang == lang]
                told[lang] = figures(logits[part], [made[held[at]] for at in part])
        with (options.run / "log.jsonl").open("a") as log:
            log.write(json.dumps(told) + "\n")
        print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
