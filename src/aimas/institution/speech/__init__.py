"""Who says what in a text: quotations, reported speech and their speakers, in Russian, Kazakh and English."""

from aimas.institution.speech.clause import Mark, Own, Subject
from aimas.institution.speech.quotations import Quotation, quotations
from aimas.institution.speech.reported import Told, attributed, told
from aimas.institution.speech.speakers import is_bare_office
from aimas.institution.speech.words import marks

VERSION = "speakers/2"
"""Changes with the rules, so that older readings are read again."""

__all__ = [
    "VERSION",
    "Mark",
    "Own",
    "Quotation",
    "Subject",
    "Told",
    "attributed",
    "is_bare_office",
    "marks",
    "quotations",
    "told",
]
