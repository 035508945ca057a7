"""From mentions to a publication: a rule that a person can check by hand.

1. Only mentions of the institution asked about count, and of those only the ones a model looked at.
2. Praise of the institution out of its own officials' mouths is shown, but does not make a publication positive.
3. A sentence speaks once: of its mentions the one with the strongest stand counts.
4. The side (critical or positive) whose sentences weigh more, by summed confidence, wins; a tie is unclear.
5. No sentence takes a side: unclear where at least half of the sentences were unclear, else neutral.
"""

from collections.abc import Iterable

import msgspec

from aimas.core import Mention, Span, Tone

RULE = "verdict/1"


class Verdict(msgspec.Struct, frozen=True):
    tone: Tone
    confidence: float
    """That of the strongest sentence on the winning side."""
    deciding: tuple[Mention, ...]
    """The mentions that made it so, strongest first."""
    self_praise: int
    """Mentions set aside by rule 2."""
    by: str


def verdict(institution: str, mentions: Iterable[Mention]) -> Verdict | None:
    """None where no mention of this institution was ever looked at."""
    looked = [m for m in mentions if m.institution == institution and m.tone is not None]
    if not looked:
        return None
    own_praise = [m for m in looked if m.speaker == "institution" and _tone(m) is Tone.POSITIVE]
    speaking = _one_a_sentence([m for m in looked if m not in own_praise])
    sides = {t: [m for m in speaking if _tone(m) is t] for t in Tone}
    weight = {t: sum(_confidence(m) for m in sides[t]) for t in (Tone.CRITICAL, Tone.POSITIVE)}
    by = looked[0].tone.by if looked[0].tone else RULE
    if weight[Tone.CRITICAL] or weight[Tone.POSITIVE]:
        if weight[Tone.CRITICAL] == weight[Tone.POSITIVE]:
            tone = Tone.UNCLEAR
            deciding = sides[Tone.CRITICAL] + sides[Tone.POSITIVE]
        else:
            tone = max(weight, key=lambda t: weight[t])
            deciding = sides[tone]
    elif len(sides[Tone.UNCLEAR]) * 2 >= len(speaking) and sides[Tone.UNCLEAR]:
        tone, deciding = Tone.UNCLEAR, sides[Tone.UNCLEAR]
    else:
        tone, deciding = Tone.NEUTRAL, sides[Tone.NEUTRAL]
    deciding = sorted(deciding, key=_confidence, reverse=True)
    confidence = _confidence(deciding[0]) if deciding else max(_confidence(m) for m in looked)
    return Verdict(tone, confidence, tuple(deciding), len(own_praise), f"{by}+{RULE}")


def _one_a_sentence(mentions: list[Mention]) -> list[Mention]:
    strongest: dict[Span, Mention] = {}
    for mention in mentions:
        other = strongest.get(mention.sentence)
        if other is None or _stand(mention) > _stand(other):
            strongest[mention.sentence] = mention
    return list(strongest.values())


def _stand(mention: Mention) -> tuple[bool, float]:
    return _tone(mention) in (Tone.CRITICAL, Tone.POSITIVE), _confidence(mention)


def _tone(mention: Mention) -> Tone:
    return mention.tone.value if mention.tone else Tone.UNCLEAR


def _confidence(mention: Mention) -> float:
    return mention.tone.confidence if mention.tone else 0.0
