"""Here characters become facts about a text: language, sentences, words, stems; no institution is known."""

from aimas.text.language import LanguageDetector
from aimas.text.memory import Memory
from aimas.text.names import name_key
from aimas.text.sentences import sentences
from aimas.text.stems import (
    NAME_MARK,
    filed_words,
    index_terms,
    name_terms,
    query_terms,
    stem,
    stems,
)
from aimas.text.words import INVISIBLE, normal_form, words

__all__ = [
    "INVISIBLE",
    "NAME_MARK",
    "LanguageDetector",
    "Memory",
    "filed_words",
    "index_terms",
    "name_key",
    "name_terms",
    "normal_form",
    "query_terms",
    "sentences",
    "stem",
    "stems",
    "words",
]
