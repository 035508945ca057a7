"""Writes the trained network as ONNX, in fp32 and in int8:

    python -m training.tone.export --base TRIMMED --upper RUN/upper.pt OUT

The graph is written by hand: the fused operators are what makes it fast, and no tracing can change under us.
Word embeddings are stored as eight-bit rows with a scale each (their source has four bits). A few channels inside
each layer are ten times as large as all others and would set the scale of all: they are multiplied apart, in fp32.
"""

import argparse
import shutil
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from training.tone import data as sets
from training.tone.network import EPSILON, HEADS, load

from aimas.core import Span
from aimas.tone.encoding import Encoder

Array = NDArray[np.generic]
MOST_TOKENS = 128
LOUD = 8
"""Channels multiplied apart: one to four are very large, the rest falls slowly."""
MS = "com.microsoft"


class Graph:
    def __init__(self, loud: dict[str, list[int]]) -> None:
        self.loud = loud
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: Array) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], name: str, domain: str = "", **attributes: object) -> str:
        made = helper.make_node(kind, inputs, [name], name=name, domain=domain, **attributes)
        self.nodes.append(made)
        return name

    def layer(self, x: str, n: int, w: dict[str, Array]) -> str:
        c = {key: self.constant(f"l{n}.{key}", value) for key, value in w.items()}
        seen = self.node("Attention", [x, c["qkv_w"], c["qkv_b"], "mask"], f"l{n}.seen", MS, num_heads=HEADS)
        return self._after(x, seen, n, c)

    def _after(self, x: str, seen: str, n: int, c: dict[str, str]) -> str:
        out = self.node("MatMul", [seen, c["out_w"]], f"l{n}.out.raw")
        out = self.node("Add", [out, c["out_b"]], f"l{n}.out")
        x = self._norm(x, out, c["norm1_w"], c["norm1_b"], f"l{n}.normed")
        up = self.product(x, c["up_w"], f"l{n}.up")
        up = self.node("BiasGelu", [up, c["up_b"]], f"l{n}.wide", MS)
        down = self.product(up, c["down_w"], f"l{n}.down", c["down_b"])
        return self._norm(x, down, c["norm2_w"], c["norm2_b"], f"l{n}")

    def product(self, x: str, weight: str, name: str, bias: str | None = None) -> str:
        """The loud channels of `x` in fp32, the others so that they can be quantised."""
        channels = self.loud.get(name)
        if not channels:
            out = self.node("MatMul", [x, weight], f"{name}.raw" if bias else name)
            return self.node("Add", [out, bias], name) if bias else out
        value = next(numpy_helper.to_array(c) for c in self.constants if c.name == weight)
        quiet = np.ones(len(value), np.float32)
        quiet[channels] = 0
        rest = self.node("Mul", [x, self.constant(f"{name}.quiet", quiet)], f"{name}.rest")
        rest = self.node("MatMul", [rest, weight], f"{name}.most")
        if bias:
            rest = self.node("Add", [rest, bias], f"{name}.biased")
        few = self.node(
            "Gather", [x, self.constant(f"{name}.at", np.array(channels))], f"{name}.few", axis=-1
        )
        few = self.node("MatMul", [few, self.constant(f"{name}.few_w", value[channels])], f"{name}.loud")
        return self.node("Add", [rest, few], name)

    def _norm(self, x: str, y: str, weight: str, bias: str, name: str) -> str:
        """Sum, not Add: onnxruntime would fuse an Add with this into SkipLayerNormalization, which is slower."""
        both = self.node("Sum", [x, y], f"{name}.both")
        return self.node("LayerNormalization", [both, weight, bias], name, epsilon=EPSILON, axis=-1)

    def looking(self, x: str, marks: str, n: int, w: dict[str, Array]) -> str:
        """The last layer, from the marks only; also gives their attention as output `attention`."""
        h = w["out_w"].shape[0]
        c = {key: self.constant(f"l{n}.{key}", value) for key, value in w.items() if "qkv" not in key}
        parts = {}
        for name, source, at in (("q", marks, 0), ("k", x, 1), ("v", x, 2)):
            weight = self.constant(f"l{n}.{name}_w", w["qkv_w"][:, at * h : (at + 1) * h])
            bias = self.constant(f"l{n}.{name}_b", w["qkv_b"][at * h : (at + 1) * h])
            value = self.node("MatMul", [source, weight], f"l{n}.{name}.raw")
            value = self.node("Add", [value, bias], f"l{n}.{name}.flat")
            value = self.node("Reshape", [value, "by_head"], f"l{n}.{name}.heads")
            order = [0, 2, 3, 1] if name == "k" else [0, 2, 1, 3]
            parts[name] = self.node("Transpose", [value], f"l{n}.{name}", perm=order)
        score = self.node("MatMul", [parts["q"], parts["k"]], f"l{n}.raw")
        score = self.node("Mul", [score, "scale"], f"l{n}.scaled")
        score = self.node("Add", [score, "hidden_away"], f"l{n}.masked")
        share = self.node("Softmax", [score], f"l{n}.share", axis=-1)
        self.node("ReduceMean", [share], "attention", axes=[1, 2], keepdims=0)
        seen = self.node("MatMul", [share, parts["v"]], f"l{n}.by_head")
        seen = self.node("Transpose", [seen], f"l{n}.turned", perm=[0, 2, 1, 3])
        seen = self.node("Reshape", [seen, "flat"], f"l{n}.seen")
        return self._after(marks, seen, n, c)


def loudest(model: onnx.ModelProto, tokenizer: Path) -> dict[str, list[int]]:
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
    encoder = Encoder(Tokenizer.from_file(str(tokenizer)))
    rows = [r for r in [*sets.ours(), *sets.articles()] if r.part == "train"][::12]
    most: dict[str, NDArray[np.float32]] = {}
    for e in encoder.encoded([(r.text, Span(r.start, r.end)) for r in rows]):
        feed = {"ids": np.array([e.ids]), "roles": np.array([e.roles])}
        feed["mask"] = np.ones_like(feed["ids"], np.int32)
        for name, values in zip(products, session.run([*products.values()], feed), strict=True):
            seen = np.abs(values).reshape(-1, values.shape[-1]).max(0)
            most[name] = np.maximum(most.get(name, seen), seen)
    return {name: sorted(int(i) for i in np.argsort(-seen)[:LOUD]) for name, seen in most.items()}


def graph(base: Path, upper: dict[str, torch.Tensor], loud: dict[str, list[int]]) -> onnx.ModelProto:
    low = {name: tensor.numpy() for name, tensor in load(base).items()}
    high = {name: tensor.numpy() for name, tensor in upper.items()}
    trained = 1 + max(int(name.split(".")[1]) for name in high if name.startswith("layers."))
    names = ("qkv_w", "qkv_b", "out_w", "out_b", "up_w", "up_b", "down_w", "down_b")
    names += ("norm1_w", "norm1_b", "norm2_w", "norm2_b")
    frozen = int(high.pop("frozen"))
    g = Graph(loud)
    hidden = low["words"].shape[1]

    scale = np.abs(low["words"]).max(1, keepdims=True) / 127
    scale[scale == 0] = 1
    g.constant("words", np.round(low["words"] / scale).astype(np.int8))
    g.constant("word_scale", scale.astype(np.float32))
    g.constant("all_positions", (low["positions"] + low["type"])[:MOST_TOKENS])
    g.constant("by_head", np.array([0, 0, HEADS, hidden // HEADS]))
    g.constant("flat", np.array([0, 0, hidden]))
    g.constant("scale", np.float32((hidden // HEADS) ** -0.5))
    g.constant("zero", np.array([0]))
    g.constant("one", np.array([1]))
    g.constant("full", np.float32(1))
    g.constant("two_axes", np.array([1, 2]))

    x = g.node("Cast", [g.node("Gather", ["words", "ids"], "bytes")], "unscaled", to=TensorProto.FLOAT)
    x = g.node("Mul", [x, g.node("Gather", ["word_scale", "ids"], "scales")], "embedded")
    length = g.node(
        "Slice", [g.node("Shape", ["ids"], "shape"), "one", g.constant("two", np.array([2]))], "length"
    )
    x = g.node("Add", [x, g.node("Slice", ["all_positions", "zero", length, "zero"], "positions")], "placed")
    norms = [g.constant("norm_w", low["norm.w"]), g.constant("norm_b", low["norm.b"])]
    x = g.node("LayerNormalization", [x, *norms], "begun", epsilon=EPSILON, axis=-1)
    for n in range(frozen):
        x = g.layer(x, n, {name: low[f"{n}.{name.replace('_', '.')}"] for name in names})
    roles = np.concatenate([np.zeros((1, hidden), np.float32), high["roles"]])
    roles_at = g.node("Gather", [g.constant("role_vectors", roles), "roles"], "role")
    x = g.node("Add", [x, roles_at], "marked")
    for n in range(trained - 1):
        x = g.layer(x, frozen + n, {name: high[f"layers.{n}.{name}"] for name in names})

    weights = []
    for name, value in (("opening", 1), ("closing", 2)):
        same = g.node("Equal", ["roles", g.constant(f"is_{name}", np.array([value]))], f"{name}.same")
        weights.append(g.node("Cast", [same], f"{name}.raw", to=TensorProto.FLOAT))
    positive = g.node("Greater", ["roles", "zero"], "near.same")
    weights.append(g.node("Cast", [positive], "near.raw", to=TensorProto.FLOAT))
    weights.append(g.node("Cast", ["mask"], "real", to=TensorProto.FLOAT))
    rows = [g.node("Unsqueeze", [w, "one"], f"{w}.row") for w in weights]
    share = g.node("Concat", rows, "pool.raw", axis=1)
    share = g.node("Div", [share, g.node("ReduceSum", [share, "two"], "pool.sum", keepdims=1)], "pool")
    pooled = g.node("MatMul", [share, x], "pooled")
    away = g.node(
        "Mul", [g.node("Sub", ["real", "full"], "absent"), g.constant("far_away", np.float32(10_000))], "away"
    )
    g.node("Unsqueeze", [away, "two_axes"], "hidden_away")
    marks = g.node("Slice", [pooled, "zero", "two", "one"], "marks.before")
    means = g.node("Slice", [pooled, "two", g.constant("four", np.array([4])), "one"], "means")
    n = trained - 1
    marks = g.looking(x, marks, frozen + n, {name: high[f"layers.{n}.{name}"] for name in names})
    both = g.node("Concat", [marks, means], "both", axis=1)
    both = g.node("Reshape", [both, g.constant("in_a_row", np.array([0, 4 * hidden]))], "features")
    for name, source in (("dense", "features"), ("tone", "dense.out")):
        raw = g.node("MatMul", [source, g.constant(f"{name}.w", high[f"{name}.weight"].T)], f"{name}.raw")
        if name == "dense":
            g.node("BiasGelu", [raw, g.constant("dense.b", high["dense.bias"])], "dense.out", MS)
        else:
            g.node("Add", [raw, g.constant("tone.b", high["tone.bias"])], "logits")

    def tensor(name: str, kind: int, shape: list[str | int]) -> onnx.ValueInfoProto:
        return helper.make_tensor_value_info(name, kind, shape)

    made = helper.make_graph(
        g.nodes,
        "tone",
        [
            tensor("ids", TensorProto.INT64, ["rows", "tokens"]),
            tensor("mask", TensorProto.INT32, ["rows", "tokens"]),
            tensor("roles", TensorProto.INT64, ["rows", "tokens"]),
        ],
        [
            tensor("logits", TensorProto.FLOAT, ["rows", 3]),
            tensor("attention", TensorProto.FLOAT, ["rows", "tokens"]),
        ],
        g.constants,
    )
    return helper.make_model(
        made, opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid(MS, 1)], ir_version=8
    )


def mean(states: list[dict[str, torch.Tensor]]) -> dict[str, torch.Tensor]:
    """Of states of one lineage; the number of frozen layers is theirs all."""
    return {
        name: torch.stack([s[name] for s in states]).mean(0) if first.is_floating_point() else first
        for name, first in states[0].items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", type=Path, required=True)
    parser.add_argument("--upper", type=Path, required=True, action="append", help="of several: their mean")
    parser.add_argument("--reduce-range", action="store_true")
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    full = options.out / "fp32.onnx"
    upper = mean([torch.load(file) for file in options.upper])
    loud = loudest(graph(options.base, upper, {}), options.base / "tokenizer.json")
    made = graph(options.base, upper, loud)
    onnx.save(made, full)
    in_full = [n.name for n in made.graph.node if n.name.endswith(".loud")]
    quantize_dynamic(
        full,
        options.out / "model.onnx",
        per_channel=True,
        reduce_range=options.reduce_range,
        weight_type=QuantType.QInt8,
        op_types_to_quantize=["MatMul", "Attention"],
        nodes_to_exclude=["dense.raw", "tone.raw", *in_full],
        extra_options={"DefaultTensorType": TensorProto.FLOAT, "MatMulConstBOnly": True},
    )
    shutil.copy(options.base / "tokenizer.json", options.out / "tokenizer.json")
    for file in sorted(options.out.iterdir()):
        print(f"{file.stat().st_size / 1e6:8.2f} MB  {file.name}")


if __name__ == "__main__":
    main()
