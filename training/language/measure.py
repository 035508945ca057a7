"""Measures the shipped model on what it was not trained on, and writes the figures into its card:

python -m training.language.measure --data $AIMAS_DATA [--peers]
"""

import argparse
import json
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from training.language import texts
from training.language.spellings import LATIN, in_latin, uzbek_in_cyrillic, without_special_letters

from aimas.evaluation.language import expected
from aimas.text import LanguageDetector
from aimas.text.grams import letters

SEED = 1


def window(text: str, size: int, chance: random.Random) -> str:
    words = letters(text).split(" ")
    start = chance.randrange(max(len(words) - size + 1, 1))
    return " ".join(words[start : start + size])


def held_out(data: Path) -> dict[str, list[texts.Sentence]]:
    """SIB-200's dev part, every tenth KazNERD sentence, titles of the contest; whole, cut and respelled."""
    chance = random.Random(SEED)
    dev = list(texts.sib200(data, "dev"))
    news = [pair for pair in texts.kaznerd(data, held_out=True) if len(pair[1]) > 30]
    titles = [pair for pair in texts.contest(data, titles=True) if len(pair[1]) > 10]
    kazakh = [text for language, text in dev if language == "kk"]
    sets = {
        "sentences, 11 languages": dev,
        "3-6 words, 11 languages": [
            (a, window(t, chance.randint(3, 6), chance)) for _ in range(3) for a, t in dev
        ],
        "2 words, 11 languages": [(a, window(t, 2, chance)) for _ in range(5) for a, t in dev],
        "Kazakh news sentences": news,
        "Kazakh news, 2 words": [(a, window(t, 2, chance)) for a, t in news],
        "ru and en titles": titles,
        "Kazakh without its letters": [("kk", without_special_letters(text, chance)) for text in kazakh],
        "Kazakh without its letters, 4 words": [
            ("kk", without_special_letters(window(t, 4, chance), chance)) for _, t in news
        ],
        "Kazakh in Latin, six spellings": [("kk", in_latin(t, year)) for t in kazakh for year in LATIN],
        "Kazakh in Latin, 5 words": [
            ("kk", in_latin(window(t, 5, chance), y)) for t in kazakh for y in LATIN
        ],
        "Uzbek in Cyrillic": [("uz", uzbek_in_cyrillic(t)) for a, t in dev if a == "uz"],
    }
    both = list(zip(kazakh, [t for a, t in dev if a == "ru"][7:], strict=False))
    sets["a Kazakh and a Russian sentence"] = [("kk-ru", f"{a} {b}") for a, b in both]
    sets["a Kazakh and a Russian half sentence"] = [
        ("kk-ru", f"{' '.join(a.split()[:6])}, {' '.join(b.split()[-6:])}") for a, b in both
    ]
    return sets


def share(
    answers: Sequence[str], rows: Sequence[texts.Sentence], languages: frozenset[str] | None = None
) -> float:
    asked = [
        expected(language) == answer
        for answer, (language, _) in zip(answers, rows, strict=True)
        if languages is None or language in languages
    ]
    return round(sum(asked) / len(asked), 4) if asked else float("nan")


def peers() -> Callable[[list[str]], list[str]]:
    """py3langid, and lingua under 60 characters unless py3langid hears a language that lingua lacks."""
    from lingua import Language, LanguageDetectorBuilder
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    first = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    first.set_languages(["ru", "kk", "en", "uk", "ky", "tt", "uz", "be", "bg", "az"])
    second = LanguageDetectorBuilder.from_languages(
        Language.RUSSIAN,
        Language.KAZAKH,
        Language.ENGLISH,
        Language.UKRAINIAN,
        Language.BELARUSIAN,
        Language.BULGARIAN,
        Language.AZERBAIJANI,
    ).build()

    def answers(asked: list[str]) -> list[str]:
        found = []
        for text in asked:
            code = first.classify(text)[0]
            if len(text) < 60 and code not in ("ky", "tt", "uz"):
                told = second.detect_language_of(text)
                code = told.iso_code_639_1.name.lower() if told else "other"
            found.append(str(expected(code)))
        return found

    return answers


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path, required=True)
    options.add_argument("--card", type=Path, default=Path("models/language/card.json"))
    options.add_argument("--peers", action="store_true", help="measure py3langid with lingua, write nothing")
    asked = options.parse_args()
    detector = LanguageDetector()
    ours = frozenset(("kk", "ru", "en"))

    def own(rows: list[str]) -> list[str]:
        return [str(guess.value) for guess in detector.detect_many(rows)]

    answer = peers() if asked.peers else own
    metrics: dict[str, float] = {}
    for name, rows in held_out(asked.data).items():
        started = time.process_time()
        answers = answer([text for _, text in rows])
        spent = time.process_time() - started
        metrics[name] = share(answers, rows)
        if "11 languages" in name:
            metrics[name.replace("11 languages", "kk ru en alone")] = share(answers, rows, ours)
        print(f"{name}: {metrics[name]} of {len(rows)}, {len(rows) / spent:.0f}/s")
        if "11 languages" in name:
            for language in sorted({language for language, _ in rows}):
                print("   ", language, share(answers, rows, frozenset((language,))))
    if not asked.peers:
        card = json.loads(asked.card.read_text("utf-8"))
        card["metrics"] = metrics
        asked.card.write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", "utf-8")


if __name__ == "__main__":
    main()
