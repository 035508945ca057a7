"""Words by which a person reads that something happens now, or that it is past, planned or only imagined."""

import re

import msgspec

from aimas.core import Span
from aimas.institution.lexicon import normal, one_of

NOW = "now"
PAST = "past"

_NOW = one_of(
    r"""прямо\sсейчас прямо\sщас в\sданный\sмомент в\sэту\sминуту с\sминуты\sна\sминуту только\sчто приезжайте приедьте
    вышлите\sнаряд пришлите\sнаряд пришлите\sполицию скорее\s(?:приезжайте|пришлите|помогите) спасите выломал\w*\sдверь
    лома(?:ет|ют)\sдверь стучит\sломом зову\w*\sна\sпомощь истека\w+\sкровью без\sсознания не\sдышит
    дәл\sқазір қазір\sболып\sжатыр тез\sкел\w* шұғыл\sкел\w* жедел\sкел\w* құтқар\w* көмекке\sкел\w* жаңа\sғана
    есікті\s(?:бұзып|сындырып|теуіп)\sжатыр ұрып\sжатыр тепкілеп\sжатыр пышақтап\sжатыр айқайлап\sжатыр
    right\snow this\svery\s(?:moment|minute) at\sthis\smoment come\squick\w* send\s(?:someone|somebody|police|a\spatrol)
    please\shurry is\sbreaking\s(?:down\s)?(?:the|my|our)\sdoor unconscious not\sbreathing"""
)
_PAST = one_of(
    r"""в\sпрошлом\s(?:году|месяце) на\sпрошлой\sнеделе в\sпрошл\w+\s(?:понедельник|вторник|среду|четверг|пятницу|субботу|воскресенье)
    (?:год|месяц|неделю|года|месяца|недели|лет|дней)\sназад ещ[её]\sзимой летом\sпрошлого раньше\sбыло было\sдавно
    что\sделать,?\sесли если\sвдруг представьте в\sновостях смотрел\w*\sфильм сериал\w* спасибо благодар\w+ поблагодарить
    былтыр өткен\s(?:жылы|айда|аптада|жазда|қыста) (?:жыл|ай|апта|күн)\sбұрын ертеде кезінде егер рахмет алғыс
    last\s(?:year|month|week|winter|summer|monday|tuesday|wednesday|thursday|friday|saturday|sunday)
    (?:years?|months?|weeks?|days)\sago what\sif in\sthe\snews thank\w* grateful hypothetical\w*"""
)
_PATTERNS = ((NOW, re.compile(rf"(?<!\w)(?:{_NOW})(?!\w)")), (PAST, re.compile(rf"(?<!\w)(?:{_PAST})(?!\w)")))


class Sign(msgspec.Struct, frozen=True):
    """Words that speak for now or against it."""

    span: Span
    says: str


def signs(text: str) -> tuple[Sign, ...]:
    """In order of place."""
    low = normal(text)
    found = [
        Sign(Span(match.start(), match.end()), says)
        for says, pattern in _PATTERNS
        for match in pattern.finditer(low)
    ]
    return tuple(sorted(found, key=lambda sign: sign.span))
