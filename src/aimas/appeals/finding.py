"""Personal data found by rules and by a trained network, each telling which and how sure.

What has a form (numbers with check digits, plates, telephones) rules know better; names, addresses, births and papers
the network does. Where both found one thing, it is told once, as far as either of them saw it; where they disagree on
the kind, the surer one stands; what only rules found and the network firmly denies is left out.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import msgspec
import numpy as np

from aimas.appeals.encoder import PERSONAL, Encoder, PersonalCard, load_encoder
from aimas.appeals.forms import fitting, is_careful, is_small, is_unknown, is_unlisted
from aimas.appeals.pii import Pii, PiiKind, personal_data
from aimas.appeals.tagging import Chances, merged, pieces, stretches, windows
from aimas.core import Span

_UNKNOWN = 0.5
"""Chance below which a capitalised word that no list, ending or dictionary takes for a name is none."""
_UNLISTED = 0.1
"""The same where an ending speaks for it («Алабай»)."""
_FORMAL = frozenset((PiiKind.EMAIL, PiiKind.IBAN, PiiKind.CARD, PiiKind.IIN))
"""Kinds whose form says enough: the network may add to them, never take away."""


class Read(NamedTuple):
    """What the network says of one text."""

    found: tuple[Pii, ...]
    spans: list[tuple[int, int]]
    chances: Chances
    """Pieces by kinds."""


class Network:
    """The head for personal data upon the encoder of appeals."""

    def __init__(self, encoder: Encoder, card: PersonalCard) -> None:
        self.card = card
        self.by = f"appeals/{self.card.version}"
        self._encoder = encoder
        self._most = encoder.card.most_tokens
        self._tokenizer = encoder.tokenizer()
        vocabulary = self._tokenizer.get_vocab()
        self._marks = vocabulary["<s>"], vocabulary["</s>"]
        self._last: tuple[str, Read] | None = None

    def read(self, text: str) -> Read:
        """The whole text, however long; those that follow one another and are the same are read once."""
        last = self._last
        if last is not None and last[0] == text:
            return last[1]
        read = self.told(text, self.marks(text), self.card)
        self._last = text, read
        return read

    def marks(self, text: str) -> "Marks":
        cut = pieces(self._tokenizer, text)
        if not cut.ids:
            return Marks([], np.zeros((0, 1 + 2 * len(self.card.kinds)), np.float32))
        made = windows(cut.ids, self._most, self.card.overlap, self._marks)
        chances = [_softmax(self._encoder.logits(PERSONAL, window.ids)) for window in made]
        return Marks(cut.spans, merged(made, chances, len(cut.ids)))

    def told(self, text: str, marks: "Marks", card: PersonalCard) -> Read:
        thresholds = [card.threshold[kind] for kind in card.kinds]
        careful = is_careful(text)
        found = stretches(text, marks.spans, marks.chances, card.kinds, thresholds)
        told = tuple(
            Pii(kind, each.span, None, each.confidence, self.by)
            for each in found
            if (kind := fitting(PiiKind(each.kind), each.span.of(text), each.confidence))
            and not (kind is PiiKind.NAME and careful and is_small(each.span.of(text), each.confidence))
        )
        return Read(told, marks.spans, marks.chances[:, 1::2] + marks.chances[:, 2::2])


class Marks(NamedTuple):
    """Of each piece of a text where it stands and its chances: of none, and of each kind to begin and to go on."""

    spans: list[tuple[int, int]]
    chances: Chances


@cache
def load_network() -> Network | None:
    """None where no model for appeals is installed: rules alone find then."""
    encoder = load_encoder()
    return Network(encoder, encoder.card.personal) if encoder and encoder.card.personal else None


def found(text: str) -> tuple[Pii, ...]:
    """By rules and, where a model is installed, the network; loaded when first asked."""
    network = load_network()
    ruled = personal_data(text)
    return ruled if network is None else united(text, ruled, network.read(text), network.card, network.by)


def united(text: str, ruled: Sequence[Pii], read: Read, card: PersonalCard, by: str) -> tuple[Pii, ...]:
    candidates = []
    told = list(read.found)
    for rule in ruled:
        mine = [each for each in read.found if each.kind is rule.kind and each.span.overlaps(rule.span)]
        if not mine:
            chance = _chance(rule, read, card)
            least = card.doubted[rule.kind.value]
            if rule.kind is PiiKind.NAME and is_unknown(rule.span.of(text)):
                least = max(least, _UNKNOWN)
            elif rule.kind is PiiKind.NAME and is_unlisted(rule.span.of(text)):
                least = max(least, _UNLISTED)
            if rule.kind in _FORMAL or rule.holds or chance >= least:
                sure = rule.confidence if rule.holds else card.sure[rule.kind.value]
                candidates.append(msgspec.structs.replace(rule, confidence=sure))
            continue
        told = [each for each in told if each not in mine]
        ends = [rule.span, *(each.span for each in mine)]
        whole = Span(min(span.start for span in ends), max(span.end for span in ends))
        if len(mine) > 1 or any(other is not rule and other.span.overlaps(whole) for other in ruled):
            # Two people side by side stay two.
            whole = rule.span
            told += [each for each in mine if not each.span.overlaps(whole)]
        sure = max(rule.confidence, *(each.confidence for each in mine))
        candidates.append(Pii(rule.kind, whole, rule.holds, sure, f"{by}+rules"))
    kept: list[Pii] = []
    for each in sorted([*candidates, *told], key=lambda each: (-each.confidence, each.span)):
        if all(not each.span.overlaps(other.span) for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda each: each.span))


def _chance(rule: Pii, read: Read, card: PersonalCard) -> float:
    """The highest that any piece of it has for its kind."""
    column = card.kinds.index(rule.kind.value)
    inside = [n for n, (a, b) in enumerate(read.spans) if a < rule.span.end and rule.span.start < b]
    return float(read.chances[inside, column].max()) if inside else 1.0


def _softmax(logits: Chances) -> Chances:
    z: Chances = np.exp(logits - logits.max(1, keepdims=True))
    chances: Chances = z / z.sum(1, keepdims=True)
    return chances
