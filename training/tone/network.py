"""The encoder and its heads in PyTorch; `export.py` writes the same computation as ONNX.

The first layers of e5, of which the lowest are frozen, so that their output is computed once. A learned
vector for each role (opening mark, closing mark, target) is added where training begins. The last layer
looks from the two marks only. The head reads both marks, the target's mean and the sentence's mean.
"""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

HEADS = 12
EPSILON = 1e-12


class Layer(nn.Module):
    def __init__(self, tensors: dict[str, Tensor], index: int, dropout: float) -> None:
        super().__init__()
        take = lambda name: nn.Parameter(tensors[f"{index}.{name}"].clone())  # noqa: E731
        self.qkv_w, self.qkv_b = take("qkv.w"), take("qkv.b")
        self.out_w, self.out_b = take("out.w"), take("out.b")
        self.up_w, self.up_b = take("up.w"), take("up.b")
        self.down_w, self.down_b = take("down.w"), take("down.b")
        self.norm1_w, self.norm1_b = take("norm1.w"), take("norm1.b")
        self.norm2_w, self.norm2_b = take("norm2.w"), take("norm2.b")
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor, looking: Tensor | None = None) -> Tensor:
        """`mask`: batch by 1 by 1 by length, true for real tokens; `looking`: rows that look, else all do."""
        h = x.shape[-1]
        if looking is None:
            looking = x
            q, k, v = affine(x, self.qkv_w, self.qkv_b).split(h, -1)
        else:
            q = affine(looking, self.qkv_w[:, :h], self.qkv_b[:h])
            k, v = affine(x, self.qkv_w[:, h:], self.qkv_b[h:]).split(h, -1)
        seen = affine(self._attention(q, k, v, mask), self.out_w, self.out_b)
        x = self._norm(looking + self._drop(seen), self.norm1_w, self.norm1_b)
        wide = affine(F.gelu(affine(x, self.up_w, self.up_b)), self.down_w, self.down_b)
        return self._norm(x + self._drop(wide), self.norm2_w, self.norm2_b)

    def _drop(self, x: Tensor) -> Tensor:
        return F.dropout(x, self.dropout, self.training)

    @staticmethod
    def _attention(q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        """Written out: for short rows the way back of torch's own is many times as slow on a processor."""
        q, k, v = (t.unflatten(-1, (HEADS, -1)).transpose(1, 2) for t in (q, k, v))
        score = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        hidden = torch.zeros(mask.shape).masked_fill(~mask, float("-inf"))
        return ((score + hidden).softmax(-1) @ v).transpose(1, 2).flatten(2)

    @staticmethod
    def _norm(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], weight, bias, EPSILON)


def affine(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """In one call, so that under autocast nothing widens in between."""
    return torch.addmm(bias, x.flatten(0, -2), weight).unflatten(0, x.shape[:-1])


class Lower(nn.Module):
    """Embeddings and the layers that stay as they are."""

    def __init__(self, base: Path, layers: int) -> None:
        super().__init__()
        tensors = load(base)
        self.words, self.positions = tensors["words"], tensors["positions"] + tensors["type"]
        self.norm = tensors["norm.w"], tensors["norm.b"]
        self.layers = nn.ModuleList(Layer(tensors, i, 0.0) for i in range(layers))
        self.requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        x = self.words[ids] + self.positions[: ids.shape[1]]
        x = F.layer_norm(x, x.shape[-1:], *self.norm, EPSILON)
        for layer in self.layers:
            x = layer(x, mask)
        return x


class Upper(nn.Module):
    """What is trained: role vectors, upper layers, heads for tone and for the polarity of reviews."""

    def __init__(self, base: Path, first: int, layers: int, dropout: float = 0.1) -> None:
        super().__init__()
        tensors = load(base)
        hidden = tensors["words"].shape[1]
        self.register_buffer("frozen", torch.tensor(first))
        self.roles = nn.Parameter(torch.zeros(3, hidden))
        self.layers = nn.ModuleList(Layer(tensors, i, dropout) for i in range(first, layers))
        self.dense = nn.Linear(4 * hidden, hidden)
        self.tone = nn.Linear(hidden, 3)
        self.polarity = nn.Linear(hidden, 2)
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor, roles: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of tone and of polarity. `mask`: batch by length."""
        weights = torch.stack([roles == 1, roles == 2, roles > 0], 1).to(x.dtype)
        x = x + torch.stack([roles == 1, roles == 2, roles == 3], 2).to(x.dtype) @ self.roles
        wide = mask[:, None, None, :]
        for layer in self.layers[:-1]:
            x = layer(x, wide)
        weights = torch.cat([weights, mask[:, None].to(x.dtype)], 1)
        pooled = weights @ x / weights.sum(-1, keepdim=True)
        marks = self.layers[-1](x, wide, pooled[:, :2])
        features = torch.cat([marks, pooled[:, 2:]], 1).flatten(1)
        features = F.gelu(self.dense(F.dropout(features, self.dropout, self.training)))
        features = F.dropout(features, self.dropout, self.training)
        return self.tone(features), self.polarity(features)


def load(base: Path) -> dict[str, Tensor]:
    with np.load(base / "e5.npz") as tensors:
        return {name: torch.from_numpy(tensors[name]) for name in tensors.files}
