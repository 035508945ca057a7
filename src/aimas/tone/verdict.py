"""From mentions to a publication: a rule that a person can check by hand.

1. Only mentions of the institution asked about count, and of those only the ones that a model or a person looked at.
   Where a person spoke, that holds in place of the model's answer, with full weight.
2. Praise of the institution out of its own officials' mouths is self-praise: it is shown and counted apart and does
   not make a publication positive. Mentions are self-praise where the institution speaks and the tone is positive.
3. A sentence speaks once: of its mentions the one with the strongest stand counts.
4. The side (critical or positive) whose sentences weigh more, by summed confidence, wins; a tie is unclear.
5. No sentence takes a side: unclear where at least half of the sentences were unclear, else neutral.
6. Nothing but self-praise: neutral, with no deciding mention and the confidence of the weakest praise, because the
   publication is neutral only as far as all of it is praise.
"""

from collections.abc import Iterable

import msgspec

from aimas.core import Mention, Span, Tone

RULE = "verdict/3"


class Verdict(msgspec.Struct, frozen=True):
    tone: Tone
    confidence: float
    """That of the strongest sentence on the winning side; that of the weakest praise under rule 6."""
    deciding: tuple[Mention, ...]
    """The mentions that made it so, strongest first; empty under rule 6."""
    self_praise: int
    """Mentions set aside by rule 2."""
    by: str
    """Everybody whose answer decided, persons first, and the rule."""
    corrected: int = 0
    """Mentions on which a person spoke."""


def verdict(institution: str, mentions: Iterable[Mention]) -> Verdict | None:
    """None where nobody ever looked at a mention of this institution."""
    looked = [m for m in mentions if m.institution == institution and m.stands is not None]
    if not looked:
        return None
    own_praise = [m for m in looked if is_self_praise(m)]
    speaking = _one_a_sentence([m for m in looked if not is_self_praise(m)])
    sides = {t: [m for m in speaking if _tone(m) is t] for t in Tone}
    weight = {t: sum(_confidence(m) for m in sides[t]) for t in (Tone.CRITICAL, Tone.POSITIVE)}
    sided = [t for t in weight if sides[t]]
    if sided:
        if len(sided) == 2 and weight[Tone.CRITICAL] == weight[Tone.POSITIVE]:
            tone = Tone.UNCLEAR
            deciding = sides[Tone.CRITICAL] + sides[Tone.POSITIVE]
        else:
            tone = max(sided, key=lambda t: weight[t])
            deciding = sides[tone]
    elif len(sides[Tone.UNCLEAR]) * 2 >= len(speaking) and sides[Tone.UNCLEAR]:
        tone, deciding = Tone.UNCLEAR, sides[Tone.UNCLEAR]
    else:
        tone, deciding = Tone.NEUTRAL, sides[Tone.NEUTRAL]
    deciding = sorted(deciding, key=_confidence, reverse=True)
    confidence = _confidence(deciding[0]) if deciding else min(_confidence(m) for m in own_praise)
    by = "+".join([*_speakers(deciding or looked), RULE])
    corrected = sum(m.corrected is not None for m in looked)
    return Verdict(tone, confidence, tuple(deciding), len(own_praise), by, corrected)


def is_self_praise(mention: Mention) -> bool:
    """Rule 2."""
    return mention.speaker == "institution" and _tone(mention) is Tone.POSITIVE


def _speakers(mentions: Iterable[Mention]) -> list[str]:
    said = {m.stands.by for m in mentions if m.stands}
    return sorted(said, key=lambda by: (not by.startswith("person:"), by))


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
    return mention.stands.value if mention.stands else Tone.UNCLEAR


def _confidence(mention: Mention) -> float:
    return mention.stands.confidence if mention.stands else 0.0
