"""Words by which an appeal speaks against the police or of custody: rules, so also where no model is installed. Who
does something and what is done stand side by side: whoever tells the police of a neighbour speaks against nobody."""

import re

import msgspec

from aimas.core import Span
from aimas.institution.lexicon import normal, one_of

BY = "appeals/against-1"
CONFIDENCE = 0.8
"""Of a rule that fires; stated, not measured."""

_OFFICER = one_of(
    r"""полицейск(?:ий|ие|ого|их|им|ими) полицай\w* участков(?:ый|ого) следовател\w+ дознавател\w+
    оперативник\w* опер\w{0,2} сотрудник\w*\s(?:полиции|овд|увд|уп|роп|отдела)
    полицей(?:лер|лері|дің|лердің)? полиция\sқызметкер\w* учаскелік\w* тергеуші\w* жедел\sуәкіл\w*
    (?:police\s)?officers? policem[ae]n investigators?"""
)
_HARM = one_of(
    r"""бил\w? били изби\w+ удари\w+ пина\w+ пыта\w+ душил\w? вымога\w+ требова\w+\s(?:деньги|взятк\w+)
    взял\w?\sвзятк\w+ унижа\w+ оскорбля\w+ оскорбил\w? угрожа\w+ подбросил\w?
    ұрды ұрып ұрған\w* соққыға тепкіле\w+ қина\w+ азапта\w+ пара\sсұра\w+ ақша\sсұра\w+ қорлады қорлап қорқытты қорқытып
    beat beats hit kicked tortured choked extort\w* demanded\s(?:money|a\sbribe) humiliat\w+ insulted threatened"""
)
_CUSTODY = one_of(
    r"""в\sсизо в\sивс в\sизоляторе в\sкамере\s(?:временного|предварительного)
    (?:содержат|держат|держали)\s(?:в|под)\s(?:камере|страже\w|изоляторе)
    тергеу\sизоляторында уақытша\sұстау\sизоляторында абақтыда қамауда\s(?:ұстап|отыр\w*)
    in\scustody in\sa\s(?:detention|police)\scell in\sthe\s(?:detention|remand)\scent(?:re|er)"""
)
_BETWEEN = r"(?:\s+\w+){0,3}\s+"
_WHO = rf"(?:,\s+(?:котор\w+|who|that)){{0,1}}{_BETWEEN}"
_PATTERNS = (
    ("police_conduct", re.compile(rf"(?<!\w)(?:{_OFFICER}){_WHO}(?:{_HARM})(?!\w)")),
    ("police_conduct", re.compile(rf"(?<!\w)(?:{_HARM}){_BETWEEN}(?:{_OFFICER})(?!\w)")),
    ("custody_conditions", re.compile(rf"(?<!\w)(?:{_CUSTODY})(?!\w)")),
)


class Against(msgspec.Struct, frozen=True):
    category: str
    span: Span


def against(text: str) -> Against | None:
    """The first place that says so; None: no rule fires."""
    low = normal(text)
    for category, pattern in _PATTERNS:
        if found := pattern.search(low):
            return Against(category, Span(found.start(), found.end()))
    return None
