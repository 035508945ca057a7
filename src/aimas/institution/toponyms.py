"""Every written form of places at home and abroad, from the packaged tables."""

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from typing import Literal, NamedTuple

import msgspec

from aimas.institution import kazakh, latin, russian

Kind = Literal["region", "place", "district", "adjective", "country", "abroad", "none"]


class Named(msgspec.Struct, frozen=True):
    """What one written form stands for."""

    kind: Kind
    """`country`: a sign of Kazakhstan; `abroad`: another state or its city; `none`: looks like a place."""
    name: str
    regions: tuple[str, ...] = ()
    """Several for districts of one name."""
    there: bool = False
    """The form itself can say where («Алматыда», «[в] Алматы»)."""
    vague: int = 0
    """Of doubtful readings the lowest comes first: towns 0, regions 1, villages 2."""
    doubtful: str = ""
    """Languages of texts in which it is also something else («ru kk») and counts with a context only.

    With ~ a plain word: doubtful only where a sentence starts.
    """
    lower: bool = False
    """May begin with a small letter: adjectives and dwellers."""
    language: str = "ru"
    city: bool = False
    attribute: bool = False
    """An adjective: «турецкая», Turkish."""


def tables_digest() -> str:
    """Twelve hex digits that change with any table of places."""
    tables = sorted(
        (p for p in files("aimas.institution").iterdir() if p.name.endswith((".tsv", ".txt"))),
        key=lambda p: p.name,
    )
    return hashlib.sha256(b"".join(p.read_bytes() for p in tables)).hexdigest()[:12]


def _rows(name: str) -> Iterator[list[str]]:
    source = (files("aimas.institution") / name).read_text(encoding="utf-8")
    for line in source.splitlines():
        if line and not line.startswith("#"):
            yield line.split(";")


def _split(cell: str) -> list[str]:
    return [part.strip() for part in cell.split("|") if part.strip()]


def _mixed(form: str) -> set[str]:
    """A Kazakh form, and the same typed with the Latin «i» that many keyboards give."""
    return {form, form.replace("і", "i")}


def toponyms() -> Iterator[tuple[str, Named]]:
    yield from _region_forms()
    yield from _place_forms()
    yield from _country_forms()
    yield from _abroad_forms()
    for (phrase,) in _rows("kz_not_places.txt"):
        yield phrase, Named("none", phrase, lower=True)


_EVERYWHERE = "ru kk en"
_OF_REGIONS = ("туркестанский", "уральский", "петропавловский", "павлодарский", "костанайский")
"""Given with their regions."""


class RegionRow(NamedTuple):
    """A region as the table has it."""

    code: str
    kind: str
    """`city`, `region` or `named`."""
    russian: list[str]
    adjectives: list[str]
    """Without the signs that tell how sure they are."""
    kazakh: list[str]
    english: list[str]
    short: list[str]


def region_rows() -> Iterator[RegionRow]:
    for code, kind, ru, adjectives, kk, en, short in _rows("kz_regions.tsv"):
        bare = [adjective.rstrip("*~") for adjective in _split(adjectives)]
        yield RegionRow(code, kind, _split(ru), bare, _split(kk), _split(en), _split(short))


def _region_forms() -> Iterator[tuple[str, Named]]:
    for code, kind, ru, adjectives, kk, en, short in _rows("kz_regions.tsv"):
        adjective_name = "-".join(part.capitalize() for part in _split(adjectives)[0][:-2].split("-"))
        adjective_name = adjective_name.rstrip("*~")
        name = f"область {_split(ru)[0]}" if kind == "named" else f"{adjective_name}ая область"
        name = _split(ru)[0] if kind == "city" else name
        base = Named("region", name, (code,))
        for marked in _split(adjectives):
            adjective = marked.rstrip("*~")
            if kind != "city":
                for form, oblast in _oblast_forms(adjective):
                    yield f"{form} {oblast}", msgspec.structs.replace(base, lower=True, there=True)
            if not marked.endswith("*"):
                doubtful = "ru" if marked.endswith("~") else ""
                yield from _adjective(adjective, msgspec.structs.replace(base, doubtful=doubtful))
        for form in _split(short):
            yield form, msgspec.structs.replace(base, there=True)
        if kind != "city":
            yield from _named_region(base, _split(ru), _split(kk), _split(en))
        else:
            yield from _town(code, _split(ru), _split(kk), _split(en), "")
    yield from _adjective("алматинский", Named("place", "Алматы", ("KZ-75",)))
    for code, name, stem in _rows("kz_dwellers.tsv"):
        dweller = Named("adjective", name, (code,), lower=True, attribute=True)
        for ending in (
            "ин",
            "ина",
            "ину",
            "ином",
            "ине",
            "е",
            "",
            "ам",
            "ами",
            "ах",
            "ка",
            "ки",
            "ке",
            "ку",
            "кой",
        ):
            yield stem + ending, dweller
    for adjective, code in (("восточный", "KZ-63"), ("северный", "KZ-59"), ("западный", "KZ-27")):
        for form in russian.phrase_forms(f"{adjective} казахстан"):
            yield form, Named("region", f"{adjective.capitalize()} Казахстан", (code,), there=True)


def _adjective(adjective: str, base: Named) -> Iterator[tuple[str, Named]]:
    """«карагандинские» and «карагандинцы»."""
    named = msgspec.structs.replace(base, kind="adjective", lower=True, attribute=True)
    yield from ((form, named) for form in russian.adjective_forms(adjective))
    if not named.doubtful:
        yield from ((form, named) for form in russian.dweller_forms(adjective))


def _oblast_forms(adjective: str) -> Iterator[tuple[str, str]]:
    stem = adjective[:-2]
    for ending, noun in (
        ("ая", "область"), ("ой", "области"), ("ую", "область"), ("ой", "областью"), ("ая", "обл."),
        ("ой", "обл."), ("ую", "обл."),
        ("ой", "обл"), ("ого", "областного"), ("ий", "областной"), ("ом", "областном"),
        ("ая", "областная"), ("ой", "областной"), ("ому", "областному"), ("ую", "областную"),
    ):  # fmt: skip
        yield stem + ending, noun


def _named_region(base: Named, ru: list[str], kk: list[str], en: list[str]) -> Iterator[tuple[str, Named]]:
    there = msgspec.structs.replace(base, there=True, lower=True)
    vague = base.regions[0] in ("KZ-10", "KZ-33", "KZ-47", "KZ-62")
    for name in ru:
        low = name.lower()
        yield from ((f"{oblast} {low}", there) for oblast in ("область", "области", "областью", "обл."))
        yield from ((f"{low} {oblast}", there) for oblast in ("область", "области"))
        if vague:
            doubtful = msgspec.structs.replace(
                base, doubtful=_EVERYWHERE if base.regions[0] == "KZ-10" else "", kind="place", vague=1
            )
            yield low, doubtful
    for name in kk:
        low = name.lower()
        spoken = msgspec.structs.replace(base, language="kk")
        for form, role in kazakh.place_forms(f"{low} облысы").items():
            here = msgspec.structs.replace(spoken, there=role == "there")
            yield from ((variant, here) for variant in _mixed(form))
        for form in kazakh.place_forms(f"{low} облыстары"):
            yield from ((variant, spoken) for variant in _mixed(form))
        for form in _mixed(f"{low} облыстық"):
            yield form, spoken
        if vague or " " in low:
            bare = msgspec.structs.replace(
                spoken, kind="place", doubtful=_EVERYWHERE if base.regions[0] == "KZ-10" else "", vague=1
            )
            for form, role in kazakh.place_forms(low).items():
                here = msgspec.structs.replace(bare, there=role == "there", lower=role == "dweller")
                yield from ((variant, here) for variant in _mixed(form))
        for form in kazakh.place_forms(f"{low} облысы"):
            yield from ((variant, spoken) for variant in latin.kazakh_latin(form))
    for name in en:
        low = name.lower()
        spoken = msgspec.structs.replace(base, language="en", there=True)
        for noun in ("region", "regions", "oblast", "oblasts", "province", "regional", "oblysy"):
            yield f"{low} {noun}", spoken
        yield f"region of {low}", spoken
        if vague or " " in low:
            yield (
                low,
                msgspec.structs.replace(
                    spoken, kind="place", doubtful=_EVERYWHERE if base.regions[0] == "KZ-10" else "", vague=1
                ),
            )


def _town(
    code: str, ru: list[str], kk: list[str], en: list[str], doubts: str, vague: int = 0
) -> Iterator[tuple[str, Named]]:
    """`doubts`: languages in which every name is doubtful, or `language:name` for one of them."""
    base = Named("place", ru[0].removesuffix(" город"), (code,), vague=vague)

    def spoken(language: str, name: str) -> Named:
        marked = [mark.partition(":") for mark in doubts.split(" ") if mark]
        doubtful = " ".join(where for where, _, only in marked if only in ("", name))
        return msgspec.structs.replace(base, language=language, doubtful=doubtful)

    for name in ru:
        if name.endswith(" город"):
            name = name.removesuffix(" город")
            for noun in ("город", "города", "городе", "г."):
                yield f"{noun} {name.lower()}", msgspec.structs.replace(base, there=True, lower=True)
            continue
        for form, there in russian.place_forms(name.lower()):
            yield form, msgspec.structs.replace(spoken("ru", name), there=there)
        adjective = russian.town_adjective(name.lower())
        if vague == 0 and adjective and adjective not in _OF_REGIONS and not spoken("ru", name).doubtful:
            yield from _adjective(adjective, base)
    for name in kk:
        for form, role in kazakh.place_forms(name.lower()).items():
            here = msgspec.structs.replace(spoken("kk", name), there=role == "there", lower=role == "dweller")
            yield from ((variant, here) for variant in _mixed(form))
    for name in en:
        yield name.lower(), msgspec.structs.replace(spoken("en", name), there=True)
    if not en:
        here = msgspec.structs.replace(spoken("en", ru[0]), there=True)
        yield from ((form, here) for name in ru + kk for form in latin.spellings(name.lower(), 12))


def _place_forms() -> Iterator[tuple[str, Named]]:
    districts: dict[tuple[str, str], list[str]] = {}
    for code, kind, ru, kk, en, doubts in _rows("kz_places.tsv"):
        if kind == "district":
            for name in _split(ru):
                districts.setdefault(("ru", name), []).append(code)
            for name in _split(kk):
                districts.setdefault(("kk", name), []).append(code)
            for name in _split(en):
                districts.setdefault(("en", name), []).append(code)
        else:
            yield from _town(code, _split(ru), _split(kk), _split(en), doubts, 2 if kind == "village" else 0)
    for (language, name), codes in districts.items():
        yield from _district(language, name, tuple(dict.fromkeys(codes)))


def _district(language: str, name: str, codes: tuple[str, ...]) -> Iterator[tuple[str, Named]]:
    low = name.lower().replace("ё", "е")
    if language == "kk":
        shown = Named("district", f"{name} ауданы", codes, language="kk")
        for form, role in kazakh.place_forms(f"{low} ауданы").items():
            here = msgspec.structs.replace(shown, there=role == "there")
            yield from ((variant, here) for variant in _mixed(form))
        yield from ((form, shown) for form in _mixed(f"{low} аудандық"))
        for spelling in {*latin.spellings(low, 16), *latin.kazakh_latin(low)}:
            yield f"{spelling} district", msgspec.structs.replace(shown, language="en", there=True)
    elif language == "en":
        yield f"{low} district", Named("district", f"{name} district", codes, language="en", there=True)
    elif low.endswith(("ский", "ой", "ный", "ый")):
        shown = Named("district", f"{name} район", codes, there=True, lower=True)
        stem = low[:-2]
        y = "и" if stem[-1] in "гкх" else "ы"
        for ending, noun in (
            (y + "й", "район"), ("ого", "района"), ("ому", "району"), (y + "м", "районом"), ("ом", "районе"),
            (y + "й", "р-н"), ("ого", "р-на"), ("ом", "р-не"), ("ая", "районная"), ("ой", "районной"),
            ("ого", "районного"), ("ом", "районном"), (y + "й", "районный"), ("ую", "районную"),
            ("ом", "районах"), (y + "й", "районы"), ("ого", "районов"), ("ому", "районам"),
        ):  # fmt: skip
            yield f"{stem}{ending} {noun}", shown
        if low.endswith("ский"):
            for spelling in latin.spellings(low, 8):
                yield f"{spelling} district", msgspec.structs.replace(shown, language="en", lower=False)
    else:
        shown = Named("district", f"район {name}", codes, there=True, lower=True)
        for noun in ("район", "района", "району", "районом", "районе", "р-н", "р-на", "р-не"):
            yield f"{noun} {low}", shown
            yield f"{noun} «{low}»", shown
            yield f'{noun} "{low}"', shown


_COUNTRY_WORDS = {
    "ru": "РК тенге акимат* аким* токаев* мажилис*",
    "kk": "ҚР теңге* әкімдік* әкімі* тоқаев* мәжіліс*",
    "en": "kazakhstan qazaqstan tenge akimat akimats akim tokayev tokaev mazhilis majilis kaztag kazinform",
}
"""Signs of Kazakhstan; a star stands for the cases."""
_PEOPLE_WORDS = {
    "ru": """казахстанец казахстанца казахстанцу казахстанцем казахстанцы казахстанцев казахстанцам
    казахстанка казахстанки""",
    "kk": "қазақ",
    "en": "kazakh kazakhstani kazakhs kazakhstanis",
}
_SMALL = ("тенге", "теңге", "tenge", "акимат", "аким", "әкімдік", "әкімі", "akimat", "akimats", "akim")


def _country_forms() -> Iterator[tuple[str, Named]]:
    named = Named("country", "Казахстан", there=True)
    for name in ("республика казахстан", "казахстан"):
        yield from ((form, named) for form in russian.phrase_forms(name))
    adjective = Named("country", "Казахстан", lower=True, attribute=True)
    yield from ((form, adjective) for form in russian.adjective_forms("казахстанский"))
    for name in ("қазақстан", "қазақстан республикасы"):
        for form, role in kazakh.place_forms(name).items():
            dweller = role == "dweller"
            here = Named(
                "country", "Қазақстан", there=role == "there", lower=dweller, attribute=dweller, language="kk"
            )
            yield from ((variant, here) for variant in _mixed(form))
    yield "republic of kazakhstan", Named("country", "Kazakhstan", there=True, language="en")
    for language, words in _COUNTRY_WORDS.items():
        for word in words.split():
            sign = Named("country", word.rstrip("*"), language=language, lower=word.rstrip("*") in _SMALL)
            yield from ((form, sign) for form in _stem_forms(word, language))
    for language, words in _PEOPLE_WORDS.items():
        people = Named("country", "Казахстан", language=language, lower=True, attribute=True)
        yield from ((word, people) for word in words.split())


def _stem_forms(word: str, language: str) -> Iterable[str]:
    stem = word.rstrip("*")
    if stem == word:
        return (word,)
    if language == "kk":
        return {variant for form in kazakh.phrase_forms(stem) for variant in _mixed(form)}
    if language == "ru":
        return russian.surname_forms(stem) if stem.endswith("ев") else russian.first_name_forms(stem)
    return (stem,)


def _abroad_forms() -> Iterator[tuple[str, Named]]:
    for ru, adjectives, kk, en, en_adjectives, ru_cities, kk_cities, en_cities in _rows("abroad.tsv"):
        countries = _split(ru)
        country = countries[0]
        named = Named("abroad", country)
        cities = set(_split(ru_cities))
        for name in [*countries, *_split(ru_cities)]:
            low = name.lower().replace("ё", "е")
            for form, there in ((name, True),) if name.isupper() else _foreign_forms(low):
                yield form, msgspec.structs.replace(named, there=there, city=name in cities)
        regular = [
            adjective for city in _split(ru_cities) if (adjective := russian.town_adjective(city.lower()))
        ]
        for adjective in [*_split(adjectives), *regular]:
            attribute = msgspec.structs.replace(named, lower=True, attribute=True)
            yield from ((form, attribute) for form in russian.adjective_forms(adjective))
        for name in [*_split(kk), *_split(kk_cities), *_split(ru_cities)]:
            if name.isupper():
                yield name, msgspec.structs.replace(named, language="kk")
                continue
            if name.startswith("~"):
                yield name[1:], msgspec.structs.replace(named, lower=True, attribute=True, language="kk")
                continue
            for form, role in kazakh.place_forms(name.lower().replace("ё", "е")).items():
                here = msgspec.structs.replace(
                    named,
                    there=role == "there",
                    lower=role == "dweller",
                    attribute=role == "dweller",
                    language="kk",
                )
                yield from ((variant, here) for variant in _mixed(form))
        for name in [*_split(en), *_split(en_cities)]:
            form = name if name.isupper() else name.lower()
            yield form, msgspec.structs.replace(named, there=True, language="en")
        for adjective in _split(en_adjectives):
            yield adjective.lower(), msgspec.structs.replace(named, attribute=True, language="en")


def _foreign_forms(low: str) -> Iterable[tuple[str, bool]]:
    if " " in low:
        return tuple((form, True) for form in russian.phrase_forms(low))
    if low.endswith(("ты", "ды", "ины", "ены", "ивы", "аты")):
        stem = low[:-1]
        return ((low, False), (stem + "ов", False), (stem, False), (stem + "ах", True), (stem + "ам", False))
    return russian.place_forms(low)
