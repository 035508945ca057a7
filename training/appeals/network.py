"""The encoder for appeals in PyTorch: e5's twelve layers, and one linear head over every token's state.

A text's logits are the mean of its tokens' logits, so that what each word adds is known exactly and costs nothing.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from training.tone.network import EPSILON, Layer, Lower, load

LAYERS = 12


class Upper(nn.Module):
    """What is trained: the upper layers and the head."""

    def __init__(self, base: Path, frozen: int, outputs: int, dropout: float = 0.1) -> None:
        super().__init__()
        tensors = load(base)
        self.register_buffer("frozen", torch.tensor(frozen))
        self.layers = nn.ModuleList(Layer(tensors, n, dropout) for n in range(frozen, LAYERS))
        self.head = nn.Linear(tensors["words"].shape[1], outputs)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.zeros_(self.head.bias)
        self.dropout = dropout

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """Logits of each text. `mask`: batch by length."""
        for layer in self.layers:
            x = layer(x, mask[:, None, None, :])
        tokens = self.head(F.dropout(x, self.dropout, self.training))
        weights = mask[:, :, None].to(x.dtype)
        return (tokens * weights).sum(1) / weights.sum(1)


__all__ = ["EPSILON", "LAYERS", "Lower", "Upper", "load"]
