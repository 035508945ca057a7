"""Personal data told by a trained network, also what has no fixed form: names, addresses, births, numbers of papers.

1. The text, without characters that show nothing, is read in windows that overlap; of each piece the window counts in
   which it stands farthest from an edge. Nothing is cut off.
2. Each piece gets a chance for every kind (of beginning and of going on with it) and for none.
3. Pieces of one kind above its threshold make a stretch, widened to whole words; its chance is the mean of its pieces'.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from aimas.core import Span

UNSEEN = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\ufe0f")
"""Characters that show nothing; inside a word they would break it into pieces never seen in training."""
PIECE = 4_000
"""Characters that are cut into pieces at once; no longer word is ever whole."""

_NEW = 0.8
"""Of a piece's chance: from this share on it begins another one, though only a space parts them."""

Chances = NDArray[np.float32]


class Window(NamedTuple):
    ids: list[int]
    """With the marks of beginning and end."""
    first: int
    """Which of the text's pieces stands behind the mark of beginning."""


class Pieces(NamedTuple):
    """A text as the network reads it."""

    ids: list[int]
    spans: list[tuple[int, int]]
    """Of each piece in the text as written, without spaces at its ends."""


class Stretch(msgspec.Struct, frozen=True):
    """What the network takes for personal data."""

    kind: str
    span: Span
    confidence: float


def pieces(tokenizer: Tokenizer, text: str) -> Pieces:
    """Expects a tokenizer that neither pads nor truncates."""
    places = [at for at, symbol in enumerate(text) if symbol not in UNSEEN]
    plain = text if len(places) == len(text) else "".join(text[at] for at in places)
    ids: list[int] = []
    spans: list[tuple[int, int]] = []
    start = 0
    while start < len(plain):
        end = len(plain)
        if end - start > PIECE:
            space = plain.rfind(" ", start + 1, start + PIECE)
            end = space if space > 0 else start + PIECE
        encoding = tokenizer.encode(plain[start:end], add_special_tokens=False)
        for id, (a, b) in zip(encoding.ids, encoding.offsets, strict=True):
            a, b = start + a, start + b
            while a < b and plain[a].isspace():
                a += 1
            ids.append(id)
            spans.append((places[a], places[b - 1] + 1) if b > a else (0, 0))
        start = end
    return Pieces(ids, spans)


def windows(ids: Sequence[int], most: int, overlap: int, marks: tuple[int, int]) -> list[Window]:
    """Of at most `most` pieces, marks included, neighbours sharing `overlap` at least; the last reaches the end."""
    room = most - 2
    starts = [0]
    while starts[-1] + room < len(ids):
        starts.append(min(starts[-1] + room - overlap, len(ids) - room))
    return [Window([marks[0], *ids[start : start + room], marks[1]], start) for start in starts]


def merged(made: Sequence[Window], chances: Sequence[Chances], size: int) -> Chances:
    """One row a piece of the text, from the window in whose middle it rather stands."""
    whole = np.zeros((size, chances[0].shape[-1]), np.float32)
    ends = [window.first + len(window.ids) - 2 for window in made]
    middles = [(end + later.first) // 2 for end, (_, later) in zip(ends, pairwise(made), strict=False)]
    for window, rows, start, end in zip(made, chances, [0, *middles], [*middles, size], strict=True):
        whole[start:end] = rows[1 + start - window.first : 1 + end - window.first]
    return whole


def stretches(
    text: str,
    spans: Sequence[tuple[int, int]],
    marks: Chances,
    kinds: Sequence[str],
    threshold: Sequence[float],
) -> list[Stretch]:
    """`marks`: pieces by (none, beginning of the first kind, going on with it, beginning of the second …)."""
    begins = marks[:, 1::2]
    chances = begins + marks[:, 2::2]
    best = chances.argmax(1) if len(chances) else np.zeros(0, int)
    made: list[tuple[int, int, int, list[float]]] = []
    for n, (start, end) in enumerate(spans):
        kind = int(best[n])
        chance = float(chances[n, kind])
        if end <= start or chance < threshold[kind]:
            continue
        if made:
            last, first, reached, seen = made[-1]
            between = text[reached:start]
            share = _NEW if between in ("", " ") else 0.5
            is_new = float(begins[n, kind]) > share * chance and not (
                # «Күләш апай»: what stands in small letters behind a capital goes on with it.
                _is_inside_a_word(text, start)
                or (between == " " and text[first].isupper() and text[start].islower())
            )
            if (
                last == kind
                and not is_new
                and not any(c.isalnum() for c in between)
                and "\n\n" not in between
            ):
                made[-1] = (kind, first, end, [*seen, chance])
                continue
        made.append((kind, start, end, [chance]))
    found: list[Stretch] = []
    for kind, start, end, seen in sorted(made, key=lambda each: -float(np.mean(each[3]))):
        start, end = _widened(text, start, end)
        if start >= end:
            continue
        span = Span(start, end)
        if all(not span.overlaps(other.span) for other in found):
            found.append(Stretch(kinds[kind], span, round(min(float(np.mean(seen)), 1.0), 4)))
    return sorted(found, key=lambda stretch: stretch.span)


def _is_inside_a_word(text: str, at: int) -> bool:
    return 0 < at < len(text) and text[at - 1].isalnum() and text[at].isalnum()


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """To whole words, without punctuation at the ends."""
    while start < end and not (text[start].isalnum() or text[start] in '+№#(«"*'):
        start += 1
    while end > start and not (text[end - 1].isalnum() or text[end - 1] in '.)»"*'):
        end -= 1
    while _is_inside_a_word(text, start):
        start -= 1
    while _is_inside_a_word(text, end):
        end += 1
    return start, end
