"""Which language a text is in: Russian, Kazakh, English, Kazakh with Russian, or none of these."""

from collections.abc import Iterable

from lingua import Language as Lingua
from lingua import LanguageDetectorBuilder
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from aimas.core import Guess, Language

BY = "language/2026-11"
_SHORT = 60
_KNOWN = {"ru": Language.RU, "kk": Language.KK, "en": Language.EN}


class LanguageDetector:
    """Costly to make (a second), cheap to ask; safe to share between threads."""

    def __init__(self) -> None:
        self._long = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
        self._long.set_languages(
            ["ru", "kk", "en", "uk", "ky", "tt", "uz", "be", "bg", "tr", "az", "de", "mn", "tg"]
        )
        self._short = LanguageDetectorBuilder.from_languages(
            Lingua.RUSSIAN,
            Lingua.KAZAKH,
            Lingua.ENGLISH,
            Lingua.UKRAINIAN,
            Lingua.BELARUSIAN,
            Lingua.BULGARIAN,
        ).build()

    def detect(self, text: str) -> Guess[Language]:
        code, confidence = self._long.classify(text[:2000])
        if len(text) < _SHORT and code not in ("ky", "tt", "uz", "az", "tr", "mn", "tg"):
            short = self._short.detect_language_of(text)
            code = short.iso_code_639_1.name.lower() if short else "other"
        return Guess(_KNOWN.get(code, Language.OTHER), float(confidence), (), BY)

    def detect_many(self, texts: Iterable[str]) -> list[Guess[Language]]:
        return [self.detect(text) for text in texts]
