"""Writes the head for personal data as ONNX in int8, chooses its thresholds and puts both into the card:

    python -m training.appeals.export_personal --base TRIMMED --command "…" RUN models/appeals

Reads `body.onnx` there, whose states it goes on from; RUN holds tagger.pt (see `tag.py`). Thresholds are chosen on the
letters set apart for choosing, on the answers of rules and network together.
"""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from training.appeals.export import PARTS, SHARED, loudest
from training.appeals.personal import (
    CHOOSING,
    HELD_OUT,
    LANGUAGES,
    Found,
    Letter,
    Place,
    figures,
    letters,
    meets,
)
from training.appeals.tag import KINDS, MOST, OUTPUTS, OVERLAP, Reader, table
from training.tone.export import MS, Graph

from aimas.appeals.encoder import PERSONAL, Encoder, PersonalCard
from aimas.appeals.finding import Network, Read, united
from aimas.appeals.pii import Pii, personal_data

VERSION = "2026-12"
WIDTH = 384
GRID = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)
DOUBTS = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.5)
WORTH = 2.0
"""How many wrong finds one missed place weighs as much as."""


def graph(tagger: dict[str, torch.Tensor], loud: dict[str, list[int]]) -> onnx.ModelProto:
    high = {name: tensor.numpy() for name, tensor in tagger.items()}
    layers = 1 + max(int(name.split(".")[1]) for name in high if name.startswith("layers."))
    g = Graph(loud)
    x = "states"
    for n in range(layers):
        x = g.layer(x, SHARED + n, {name: high[f"layers.{n}.{name}"] for name in PARTS})
    raw = g.node("MatMul", [x, g.constant("head.w", high["head.weight"].T)], "head.raw")
    g.node("Add", [raw, g.constant("head.b", high["head.bias"])], "logits")
    shape = ["rows", "tokens"]
    made = helper.make_graph(
        g.nodes,
        "personal",
        [
            helper.make_tensor_value_info("states", TensorProto.FLOAT, [*shape, WIDTH]),
            helper.make_tensor_value_info("mask", TensorProto.INT32, shape),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*shape, OUTPUTS])],
        g.constants,
    )
    imports = [helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)]
    return helper.make_model(made, opset_imports=imports, ir_version=8)


def feeds(body: Path, reader: Reader, rows: list[Letter]) -> Iterator[dict[str, np.ndarray]]:
    session = onnxruntime.InferenceSession(str(body), providers=["CPUExecutionProvider"])
    for letter in rows:
        for ids, _ in reader.rows(letter):
            asked = np.array([ids])
            mask = np.ones_like(asked, np.int32)
            yield {"states": session.run(None, {"ids": asked, "mask": mask})[0], "mask": mask}


class Answers:
    """What rules and network say of some letters, for any thresholds, the network asked once."""

    def __init__(self, network: Network, rows: list[Letter]) -> None:
        self.rows = rows
        self.network = network
        self.ruled = [personal_data(row.text) for row in rows]
        self.marks = [network.marks(row.text) for row in rows]

    def hybrid(self, card: PersonalCard) -> list[tuple[Letter, Found]]:
        return [
            (row, places(united(row.text, ruled, self.read(n, card), card, "n")))
            for n, (row, ruled) in enumerate(self.both())
        ]

    def tagged(self, card: PersonalCard) -> list[tuple[Letter, Found]]:
        return [(row, places(self.read(n, card).found)) for n, row in enumerate(self.rows)]

    def rules(self) -> list[tuple[Letter, Found]]:
        return [(row, places(ruled)) for row, ruled in self.both()]

    def both(self) -> list[tuple[Letter, tuple[Pii, ...]]]:
        return list(zip(self.rows, self.ruled, strict=True))

    def read(self, n: int, card: PersonalCard) -> Read:
        return self.network.told(self.rows[n].text, self.marks[n], card)


def places(found: tuple[Pii, ...]) -> list[Place]:
    return [Place(each.kind, each.span.start, each.span.end) for each in found]


def cost(rows: list[tuple[Letter, Found]]) -> float:
    missed = sum(not any(meets(place, one) for one in found) for row, found in rows for place in row.places)
    wrong = sum(not any(meets(place, one) for place in row.places) for row, found in rows for one in found)
    return WORTH * missed + wrong


def chosen(answers: Answers, card: PersonalCard) -> PersonalCard:
    """Kind by kind, twice around: the threshold and the doubt at which least is missed and wrongly found."""
    for _ in range(2):
        for kind in KINDS:
            for field, grid in (("threshold", GRID), ("doubted", DOUBTS)):
                tried = []
                for value in grid:
                    one = msgspec.structs.replace(card, **{field: getattr(card, field) | {kind: value}})
                    # Of thresholds that do as well, the one nearest to the middle of the road.
                    tried.append(
                        (
                            cost(answers.hybrid(one)),
                            abs(value - (0.4 if field == "threshold" else 0.04)),
                            value,
                        )
                    )
                card = msgspec.structs.replace(card, **{field: getattr(card, field) | {kind: min(tried)[2]}})
    return card


def sureness(answers: Answers, card: PersonalCard) -> dict[str, float]:
    """Of what rules alone found, by kind: (right + 1) / (all + 2)."""
    right: Counter[str] = Counter()
    all_: Counter[str] = Counter()
    for n, (row, ruled) in enumerate(answers.both()):
        for each in united(row.text, ruled, answers.read(n, card), card, "network"):
            if each.by == "rules" and not each.holds:
                all_[each.kind.value] += 1
                place = Place(each.kind, each.span.start, each.span.end)
                right[each.kind.value] += any(meets(place, one) for one in row.places)
    return {kind: round((right[kind] + 1) / (all_[kind] + 2), 2) for kind in KINDS}


def shown(name: str, rows: list[tuple[Letter, Found]]) -> dict[str, dict[str, float]]:
    made = {"all": figures(rows)}
    for lang in LANGUAGES:
        made[lang] = figures([each for each in rows if each[0].lang == lang])
    for group, told in made.items():
        line = " ".join(
            f"{key.removesuffix(' recall')} {value:.3f}/{told[key.replace('recall', 'precision')]:.3f}"
            for key, value in told.items()
            if key.endswith("recall")
        )
        print(f"{name} {group}: {line}", flush=True)
    return {
        group: {key.replace("all ", "").replace(" ", "_"): round(value, 4) for key, value in told.items()}
        for group, told in made.items()
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--base", type=Path, required=True)
    asked.add_argument("--command", default="")
    asked.add_argument("--held-out", action="store_true", help="look at the letters that are held out, too")
    asked.add_argument("run", type=Path)
    asked.add_argument("out", type=Path)
    options = asked.parse_args()
    reader = Reader(options.base)
    every = letters()
    seen = [letter for letter in every if letter.part not in (HELD_OUT, CHOOSING)]
    tagger = torch.load(options.run / "tagger.pt")
    body = options.out / "body.onnx"
    loud = loudest(graph(tagger, {}), feeds(body, reader, [*seen[::12], *table()[::40]]))
    written = graph(tagger, loud)
    full = options.run / "fp32.onnx"
    onnx.save(written, full)
    quantize_dynamic(
        full,
        options.out / PERSONAL,
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Attention"],
        nodes_to_exclude=["head.raw", *(n.name for n in written.graph.node if n.name.endswith(".loud"))],
        extra_options={"DefaultTensorType": TensorProto.FLOAT, "MatMulConstBOnly": True},
    )
    file = options.out / "card.json"
    told = json.loads(file.read_text("utf-8"))
    card = PersonalCard(
        VERSION,
        KINDS,
        dict.fromkeys(KINDS, 0.25),
        dict.fromkeys(KINDS, 0.01),
        dict.fromkeys(KINDS, 0.9),
        OVERLAP,
    )

    def put(card: PersonalCard) -> None:
        told["personal"] = msgspec.to_builtins(card)
        told["sha256"][PERSONAL] = hashlib.sha256((options.out / PERSONAL).read_bytes()).hexdigest()
        told["bytes"][PERSONAL] = (options.out / PERSONAL).stat().st_size
        file.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", "utf-8")

    put(card)
    assert told["most_tokens"] == MOST
    network = Network(Encoder(options.out), card)
    answers = Answers(network, [letter for letter in every if letter.part == CHOOSING])
    card = chosen(answers, card)
    card = msgspec.structs.replace(card, sure=sureness(answers, card))
    card = chosen(answers, card)
    shown("choosing, rules", answers.rules())
    shown("choosing, network", answers.tagged(card))
    measured = {"letters for choosing": shown("choosing, both", answers.hybrid(card))}
    if options.held_out:
        answers = Answers(network, [letter for letter in every if letter.part == HELD_OUT])
        shown("held out, rules", answers.rules())
        measured["letters held out, network alone"] = shown("held out, network", answers.tagged(card))
        measured["letters held out"] = shown("held out, both", answers.hybrid(card))
    told["metrics_personal"] = measured
    if options.command:
        told["command_personal"] = options.command
    put(card)
    print(card)


if __name__ == "__main__":
    main()
