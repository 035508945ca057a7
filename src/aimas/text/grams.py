"""Letters to hashed n-grams inside words: the only features that the language model knows."""

import re
from collections.abc import Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from aimas.text.memory import Memory

LONGEST = 5
BITS = 17
SIZE = 1 << BITS
"""Buckets; bucket 0 stands for "no n-gram here" and weighs nothing."""

LETTERS = re.compile(r"[^\W\d_]+(?:['’ʻʼ‘`][^\W\d_]+)*")
_APOSTROPHE = re.compile("[’ʻʼ‘`]")
_APOSTROPHES = str.maketrans("’ʻʼ‘`", "'''''")
_FACTOR = np.uint32(0x9E3779B1)
_MIX = np.uint32(0x85EBCA6B)


def words(text: str) -> list[str]:
    """The words of `letters`."""
    # None of them runs over a space.
    return [*chain.from_iterable(map(_words.__getitem__, text.split()))]


def letters(text: str) -> str:
    """The text's words in lower case, one space between them: nothing else tells a language."""
    text = text.lower().replace("\u0301", "")
    if text.isalpha():
        return text
    joined = " ".join(LETTERS.findall(text))
    return joined if _APOSTROPHE.search(joined) is None else joined.translate(_APOSTROPHES)


_words = Memory(lambda written: tuple(letters(written).split()), 100_000)
"""Inside what stands between two spaces; about 25 MB when full."""


def hashed(texts: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
    """Buckets, one row a character and one column an n-gram length, and each text's first row.

    The texts come from `letters`. Rows of a text begin with the space before its first word.
    """
    codes = np.frombuffer((" " + " ".join(texts) + " " * LONGEST).encode("utf-32-le"), np.uint32)
    sizes = np.fromiter((len(text) + 1 for text in texts), np.int64, len(texts))
    starts = np.zeros(len(texts), np.int64)
    np.cumsum(sizes[:-1], out=starts[1:])
    rows = int(sizes.sum())
    space = codes == 32
    buckets = np.zeros((rows, LONGEST), np.uint32)
    rolling = codes[:rows].copy()
    whole = np.ones(rows, bool)
    for n in range(1, LONGEST + 1):
        if n == 1:
            valid = ~space[:rows]
        else:
            if n > 2:
                whole &= ~space[n - 2 : n - 2 + rows]
            rolling = rolling * _FACTOR + codes[n - 1 : n - 1 + rows]
            valid = whole if n > 2 else ~(space[:rows] & space[1 : 1 + rows])
        mixed = (rolling ^ np.uint32(n)) * _MIX
        mixed ^= mixed >> np.uint32(15)
        mixed *= _FACTOR
        column = (mixed >> np.uint32(32 - BITS)) | np.uint32(1)
        np.multiply(column, valid, out=buckets[:, n - 1], casting="unsafe")
    return buckets, starts
