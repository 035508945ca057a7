"""A person's word on a mention: how it is put beside the model's, and how it outlives a newer reading."""

from collections.abc import Hashable, Sequence

import msgspec

from aimas.core import Guess, Mention, Span, Tone


def corrected(
    mentions: Sequence[Mention], institution: str, span: Span, guess: Guess[Tone] | None
) -> tuple[Mention, ...]:
    """The same mentions, one with a person's word beside the model's answer; None takes back what was said before.

    Raises LookupError where no mention of the institution stands at that place.
    """
    found = [m for m in mentions if m.institution == institution and m.span == span]
    if not found:
        raise LookupError(f"no mention of {institution} at {span.start}..{span.end}")
    return tuple(msgspec.structs.replace(m, corrected=guess) if m in found else m for m in mentions)


def carried(
    before: Sequence[Mention], text_before: str, after: Sequence[Mention], text_after: str
) -> tuple[Mention, ...]:
    """A newer reading's mentions with the corrections of the older one's that are the same mentions still.

    The same is, of one institution and in this order: the same target at the same place; the same place; the same
    words in the same sentence; a place that overlaps. The places count only where the text is the same. A correction
    that fits nowhere is not passed on; the older reading and the ledger keep it.
    """
    waiting = [m for m in before if m.corrected is not None]
    if not waiting:
        return tuple(after)
    found = list(after)
    taken: set[int] = set()

    def settle(mention: Mention, number: int) -> None:
        found[number] = msgspec.structs.replace(found[number], corrected=mention.corrected)
        taken.add(number)
        waiting.remove(mention)

    is_same_text = text_before == text_after
    for key in (_target_and_place, _place) if is_same_text else ():
        free = {key(m): n for n, m in enumerate(found) if n not in taken}
        for mention in list(waiting):
            number = free.pop(key(mention), None)
            if number is not None:
                settle(mention, number)
    old, new = _by_sentence(before, text_before), _by_sentence(after, text_after)
    for said, numbers in old.items():
        others = new.get(said, [])
        # As many on both sides, or nobody can say which is which.
        if len(others) != len(numbers):
            continue
        for here, there in zip(numbers, others, strict=True):
            if before[here] in waiting and there not in taken:
                settle(before[here], there)
    for mention in list(waiting) if is_same_text else ():
        near = [
            n
            for n, m in enumerate(found)
            if n not in taken and m.institution == mention.institution and m.span.overlaps(mention.span)
        ]
        if len(near) == 1:
            settle(mention, near[0])
    return tuple(found)


def _target_and_place(mention: Mention) -> Hashable:
    return mention.institution, mention.target, mention.span


def _place(mention: Mention) -> Hashable:
    return mention.institution, mention.span


def _by_sentence(mentions: Sequence[Mention], text: str) -> dict[Hashable, list[int]]:
    found: dict[Hashable, list[int]] = {}
    for number, m in sorted(enumerate(mentions), key=lambda item: item[1].span):
        sentence = " ".join(m.sentence.of(text).split())
        found.setdefault((m.institution, m.target, sentence, m.span.of(text)), []).append(number)
    return found
