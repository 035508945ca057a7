"""Text with a marked target → tokens; training and product read this one module.

A mark (`<mask>`) stands before and after the target, and each token has a role, so that the network knows
whom it is asked about. Text far from the target is cut.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from tokenizers import Tokenizer

from aimas.core import Span

OUTSIDE, OPENING, CLOSING, TARGET = range(4)
"""Roles of tokens."""

LENGTH = 96
"""Tokens of one question at most, marks included."""
TARGET_LENGTH = 24
REACH = 600
"""Characters on each side of the target that are looked at: more than LENGTH tokens ever hold."""

UNSEEN = (
    "\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
"""Characters that show nothing; inside a word they would break it into pieces never seen in training."""

_UNSEEN = frozenset(UNSEEN)
_SURROGATE = re.compile("[\ud800-\udfff]")
"""Half a character, as broken JSON leaves it: the tokenizer takes no text that holds one."""


class Encoded(NamedTuple):
    ids: list[int]
    roles: list[int]
    spans: list[tuple[int, int]]
    """Of each token, in the text; equal ends for marks."""


class Encoder:
    def __init__(self, tokenizer: Tokenizer) -> None:
        """Changes the tokenizer: no padding, no truncation. Raises KeyError where it lacks the marks."""
        self._tokenizer = tokenizer
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        vocabulary = tokenizer.get_vocab()
        self._first: int = vocabulary["<s>"]
        self._last: int = vocabulary["</s>"]
        self._mark: int = vocabulary["<mask>"]
        self.padding: int = vocabulary["<pad>"]

    def encoded(self, questions: Sequence[tuple[str, Span]]) -> list[Encoded]:
        """Raises ValueError for a target outside its text."""
        pieces: list[tuple[str, list[int]]] = []
        for text, target in questions:
            if target.end > len(text):
                raise ValueError(f"target {target.start}..{target.end} lies outside a text of {len(text)}")
            left = _snapped_left(text, target.start)
            right = _snapped_right(text, target.end)
            pieces += [
                _visible(text, left, max(left, target.start - (text[left : target.start][-1:] == " "))),
                _visible(text, target.start, min(target.end, target.start + REACH)),
                _visible(text, target.end, right),
            ]
        tokens = self._tokenizer.encode_batch([p for p, _ in pieces], add_special_tokens=False)
        sides: list[list[tuple[int, tuple[int, int]]]] = []
        for (_, places), encoding in zip(pieces, tokens, strict=True):
            sides.append(
                [
                    (i, (places[a], places[b - 1] + 1) if b > a else (places[a], places[a]))
                    for i, (a, b) in zip(encoding.ids, encoding.offsets, strict=True)
                ]
            )
        return [
            self._joined(sides[3 * n], sides[3 * n + 1], sides[3 * n + 2], target)
            for n, (_, target) in enumerate(questions)
        ]

    def _joined(
        self,
        left: list[tuple[int, tuple[int, int]]],
        target: list[tuple[int, tuple[int, int]]],
        right: list[tuple[int, tuple[int, int]]],
        span: Span,
    ) -> Encoded:
        target = target[:TARGET_LENGTH]
        room = LENGTH - 4 - len(target)
        before = min(len(left), max(room // 2, room - len(right)))
        left, right = left[len(left) - before :], right[: room - before]
        ids = [
            self._first,
            *(i for i, _ in left),
            self._mark,
            *(i for i, _ in target),
            self._mark,
            *(i for i, _ in right),
            self._last,
        ]
        roles = [OUTSIDE] * (1 + len(left)) + [OPENING] + [TARGET] * len(target) + [CLOSING]
        roles += [OUTSIDE] * (len(right) + 1)
        start, end = (span.start, span.start), (span.end, span.end)
        spans = [(0, 0), *(s for _, s in left), start, *(s for _, s in target), end, *(s for _, s in right)]
        return Encoded(ids, roles, [*spans, (0, 0)])


def _snapped_left(text: str, start: int) -> int:
    if start <= REACH:
        return 0
    space = text.find(" ", start - REACH, start)
    return space + 1 if space >= 0 else start - REACH


def _snapped_right(text: str, end: int) -> int:
    if len(text) - end <= REACH:
        return len(text)
    space = text.rfind(" ", end, end + REACH)
    return space if space >= 0 else end + REACH


def _visible(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """The stretch as it is tokenised, without unseen characters, and the place of each character, with one more for
    the end."""
    part = _SURROGATE.sub("\ufffd", text[start:end])
    if _UNSEEN.isdisjoint(part):
        return part, [*range(start, end + 1)]
    places = [i for i in range(start, end) if text[i] not in _UNSEEN]
    return "".join(part[i - start] for i in places), [*places, end]
