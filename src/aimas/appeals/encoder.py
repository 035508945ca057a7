"""The files of `models/appeals`: one encoder that several heads read from, each in a file of its own.

`body.onnx` makes states of pieces; `suggesting.onnx` and `personal.onnx` go on from them.
"""

import hashlib
import os
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aimas.core import BadSetting

BODY, SUGGESTING, PERSONAL, TOKENIZER = "body.onnx", "suggesting.onnx", "personal.onnx", "tokenizer.json"
_FOLDERS = (
    Path(__file__).parents[1] / "models" / "appeals",
    Path(__file__).parents[3] / "models" / "appeals",
)

Logits = NDArray[np.float32]


class PersonalCard(msgspec.Struct, frozen=True):
    """How the head for personal data is read."""

    version: str
    kinds: tuple[str, ...]
    threshold: dict[str, float]
    """By kind: pieces of at least this chance are of it."""
    doubted: dict[str, float]
    """By kind: what rules alone found is dropped where no piece of it has this chance."""
    sure: dict[str, float]
    """By kind: of what rules found and the network did not, which share is right."""
    overlap: int


class Card(msgspec.Struct, frozen=True):
    version: str
    sha256: dict[str, str]
    prefix: str
    most_tokens: int
    categories: tuple[str, ...]
    bodies: tuple[str, ...]
    temperature: dict[str, float]
    threshold: dict[str, float] = {}
    personal: PersonalCard | None = None
    """None: there is no head for personal data."""


class Encoder:
    """Loaded once; safe for several threads."""

    card: Card

    def __init__(self, folder: Path) -> None:
        """Raises BadSetting where files are missing or not those that the card describes."""
        try:
            self.card = msgspec.json.decode((folder / "card.json").read_bytes(), type=Card)
            heads = (SUGGESTING, PERSONAL) if self.card.personal else (SUGGESTING,)
            files = {name: (folder / name).read_bytes() for name in (BODY, *heads, TOKENIZER)}
        except FileNotFoundError as missing:
            raise BadSetting(
                f"The model for appeals lacks {missing.filename}; restore models/appeals."
            ) from missing
        except msgspec.ValidationError as wrong:
            raise BadSetting(
                f"{folder / 'card.json'} is of another version ({wrong}); restore models/appeals."
            ) from wrong
        for name, content in files.items():
            if hashlib.sha256(content).hexdigest() != self.card.sha256[name]:
                raise BadSetting(
                    f"{folder / name} is not the file that card.json describes; restore models/appeals."
                )
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._sessions = {
            name: onnxruntime.InferenceSession(files[name], options, providers=["CPUExecutionProvider"])
            for name in (BODY, *heads)
        }
        self._tokenizer = files[TOKENIZER]

    def tokenizer(self) -> Tokenizer:
        """A new one, which neither pads nor truncates."""
        made = Tokenizer.from_buffer(self._tokenizer)
        made.no_padding()
        made.no_truncation()
        return made

    def logits(self, head: str, ids: list[int]) -> Logits:
        """Pieces by outputs. One text at a time: int8 scales are set by all that is read at once."""
        rows = np.array([ids])
        mask = np.ones_like(rows, np.int32)
        body = self._sessions[BODY]
        states = body.run(None, {"ids": rows, "mask": mask})[0]
        found: Logits = self._sessions[head].run(None, {"states": states, "mask": mask})[0][0]
        return found


@cache
def load_encoder() -> Encoder | None:
    """None where no model is installed. AIMAS_MODELS names another folder of models."""
    named = os.environ.get("AIMAS_MODELS")
    folders = (Path(named) / "appeals",) if named else _FOLDERS
    folder = next((folder for folder in folders if (folder / "card.json").is_file()), None)
    return Encoder(folder) if folder else None
