"""Who says what in a text: quotations, reported speech and their speakers, in Russian, Kazakh and English."""

from aimas.institution.speech.clause import Mark, Own, Subject
from aimas.institution.speech.quotations import Quotation
from aimas.institution.speech.reported import Told, Whole, attributed, told
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
    "Whole",
    "attributed",
    "is_bare_office",
    "marks",
    "told",
]
