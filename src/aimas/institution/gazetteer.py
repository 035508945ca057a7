"""Which region a text speaks of: places of Kazakhstan in every form, told from streets, people, clubs and places abroad."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from aimas.core import Language, Place, Span
from aimas.institution import kazakh, latin, russian
from aimas.institution.lexicon import Entry, Hit, Lexicon, normal

Kind = Literal["region", "place", "district", "adjective", "country", "abroad", "none"]


class Named(msgspec.Struct, frozen=True):
    """What one written form stands for."""

    kind: Kind
    """`country`: a sign of Kazakhstan; `abroad`: another state or its city; `none`: looks like a place and is none."""
    name: str
    regions: tuple[str, ...] = ()
    """Several for districts of one name."""
    there: bool = False
    """The form itself can say where («Алматыда», «[в] Алматы»)."""
    doubtful: bool = False
    """Also another word: counts with a context only."""
    lower: bool = False
    """May begin with a small letter: adjectives and dwellers."""
    language: str = "ru"
    attribute: bool = False
    """An adjective: «турецкая», Turkish."""


class Sighting(msgspec.Struct, frozen=True):
    """A place name in a text, overlaps settled, streets and clubs removed."""

    start: int
    end: int
    named: Named


_STREET_BEFORE = re.compile(
    r"(?:\b(?:улиц\w*|ул\.|проспект\w*|просп\.|пр\.|пр-т\w*|пр-кт\w*|переул\w*|пер\.|бульвар\w*|площад\w*|пл\.|шоссе|трасс\w+ имени"
    r"|микрорайон\w*|мкр\.?|мкрн\.?|жк|тц|трц|трк|бц|кафе|ресторан\w*|отел\w*|гостиниц\w*|санатори\w*|парк\w*|сквер\w*|стадион\w*"
    r"|фк|хк|бк|мфк|клуб\w*|команд\w*|футболист\w*|театр\w*|кинотеатр\w*|имени|им\.|озер\w*|рек[аиуеой]+|гор[аыуе]|пик\w*|журнал\w*|газет\w*"
    r"|школ\w+ имени|тоо|ао|ип|аэс|памятник\w*|поэт\w*|творчеств\w*|stree?t|avenue|hotel|fc|hc|lake|river|mount|poet)\s*)"
    r"[«\"“„]?\s*$"
)
_QUOTE_BEFORE, _QUOTE_AFTER = re.compile(r"[«\"“„]\s*$"), re.compile(r"^\s*[»\"”]")
_STREET_AFTER = re.compile(
    r"^(?:\s+(?:атындағы|көшесі\w*|даңғылы\w*|шағын ?ауданы\w*|шағынауданы\w*|мөлтек ауданы\w*|ықшам ауданы\w*|алаңы\w*|саябағы\w*|қонақ ?үйі\w*"
    r"|бульвары\w*|өзені\w*|көлі\w*|тауы\w*|ескерткіші\w*|жолы\b|атамыз|ақын\w*|хан\w*|батыр\w*"
    r"|street|st\.|avenue|ave\.|hotel|mall|river|lake|sea|mountains?|opera|hub|times|motors|arena|marathon|fc|kunanbai\w*|qunanbai\w*|kunanbaev\w*))"
)
_NEAR_BEFORE = re.compile(
    r"(?:\b(?:в|во|из|под|близ|до|г\.|г|гор\.|город[аеу]?|городом|городе|город|сел[оауе]|селом|село|с\.|пос\.|посел\w+|аул\w*|станци\w+|райцентр\w*"
    r"|акимат\w*|жител\w+|моногород\w*|in|from|near|at|city of|town of|to)\s*)$"
)
_NEAR_AFTER = re.compile(
    r"^\s+(?:қаласы\w*|қ\.|ауылы\w*|ауданы\w*|кенті\w*|станциясы\w*|тұрғын\w*|әкім\w*|city|town|district|residents?)"
)
_SEVERAL_REGIONS = re.compile(
    r"^(?:[\s,]+(?:и|мен|пен|бен|және|and)?\s*[\w-]+){0,4}?\s+(?:област(?:ей|ях|ям|ями|и)|облыстар\w*|regions|oblasts)\b"
)
_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_CYRILLIC = re.compile("[а-я]")


class Gazetteer:
    """One automaton pass for places at home and abroad; compiled from the packaged tables."""

    def __init__(self) -> None:
        self._lexicon = Lexicon(
            Entry(form.lower(), named, capitals=form if form.isupper() else None) for form, named in _forms()
        )

    def places(self, text: str, language: Language | None = None) -> tuple[Place, ...]:
        """Places of Kazakhstan named in the text, in order; a name that stays doubtful is left out."""
        return self.places_of(text, self.sightings(text, language))

    def places_of(self, text: str, sightings: Iterable[Sighting]) -> tuple[Place, ...]:
        """The places among sightings already made, doubtful ones settled by the rest of the text."""
        low = normal(text)
        home = [seen for seen in sightings if seen.named.regions]
        sure = Counter(seen.named.regions[0] for seen in home if _is_sure(seen, low))
        found = []
        for seen in home:
            region = _region_of(seen, low, sure)
            if region is not None:
                found.append(Place(region, seen.named.name, Span(seen.start, seen.end)))
        return tuple(found)

    def sightings(
        self, text: str, language: Language | None = None, low: str | None = None
    ) -> list[Sighting]:
        """Every place, country and foreign name, in order, the longest where they overlap."""
        low = normal(text) if low is None else low
        hits = [hit for hit in self._lexicon.hits(text, low) if hit.value.lower or text[hit.start].isupper()]
        if not hits:
            return []
        tongue = _tongue(low, language)
        chosen = [_preferred(group, tongue) for group in _longest(hits)]
        return [
            Sighting(hit.start, hit.end, hit.value)
            for hit in chosen
            if hit.value.kind != "none" and not (hit.value.regions and _is_other_thing(hit, low))
        ]


def _tongue(low: str, language: Language | None) -> str:
    if language in (Language.RU, Language.KK, Language.EN):
        return str(language)
    if _KAZAKH_LETTERS.search(low):
        return "kk"
    return "ru" if _CYRILLIC.search(low) else "en"


def _longest(hits: list[Hit[Named]]) -> list[list[Hit[Named]]]:
    """Groups of hits with one span each; a group that overlaps a longer one is gone."""
    by_span: dict[tuple[int, int], list[Hit[Named]]] = {}
    for hit in hits:
        by_span.setdefault((hit.start, hit.end), []).append(hit)
    taken: list[tuple[int, int]] = []
    kept = []
    for start, end in sorted(by_span, key=lambda span: (span[0] - span[1], span[0])):
        if all(end <= other_start or other_end <= start for other_start, other_end in taken):
            taken.append((start, end))
            kept.append(by_span[start, end])
    return sorted(kept, key=lambda group: group[0].start)


_ORDER: dict[Kind, int] = {
    "none": 0,
    "region": 1,
    "place": 2,
    "country": 3,
    "adjective": 4,
    "district": 5,
    "abroad": 6,
}


def _preferred(group: list[Hit[Named]], tongue: str) -> Hit[Named]:
    """Of several things under one form: the reading in the text's own language, then the likelier kind."""
    return min(
        group, key=lambda hit: (hit.value.language != tongue, _ORDER[hit.value.kind], hit.value.doubtful)
    )


def _is_other_thing(hit: Hit[Named], low: str) -> bool:
    before, after = low[max(0, hit.start - 40) : hit.start], low[hit.end : hit.end + 40]
    if hit.value.kind == "region" and not hit.value.doubtful:
        return False
    if _STREET_BEFORE.search(before) or _STREET_AFTER.search(after):
        return True
    if after[:1] == "-" and after[1:2].isalpha() and not low[hit.end + 1 :].startswith(_SUFFIX_LIKE):
        return hit.value.doubtful
    return bool(_QUOTE_BEFORE.search(before) and _QUOTE_AFTER.search(after) and hit.value.kind == "place")


_SUFFIX_LIKE = ("да", "де", "та", "те", "ға", "ге", "қа", "ке", "ның", "нің")


def _is_sure(seen: Sighting, low: str) -> bool:
    return len(seen.named.regions) == 1 and (not seen.named.doubtful or _has_context(seen, low))


def _has_context(seen: Sighting, low: str) -> bool:
    before, after = low[max(0, seen.start - 20) : seen.start], low[seen.end : seen.end + 20]
    if seen.named.attribute:
        return False
    if seen.named.language == "kk" and seen.named.there:
        return True
    return bool(_NEAR_BEFORE.search(before) or _NEAR_AFTER.search(after))


def _region_of(seen: Sighting, low: str, sure: Counter[str]) -> str | None:
    named = seen.named
    if named.name == "Алматы" and _SEVERAL_REGIONS.search(low[seen.end : seen.end + 80]):
        return "KZ-19"
    if len(named.regions) > 1:
        known = [region for region in named.regions if sure[region]]
        return max(known, key=lambda region: sure[region]) if known else None
    region = named.regions[0]
    if not named.doubtful or _has_context(seen, low):
        return region
    return region if sure[region] else None


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


def _forms() -> Iterator[tuple[str, Named]]:
    yield from _region_forms()
    yield from _place_forms()
    yield from _country_forms()
    yield from _abroad_forms()
    for phrase in _NO_PLACES:
        yield phrase, Named("none", phrase, lower=True)


_OBLAST = ("область", "области", "областью", "обл.", "обл", "областного", "областной")
_NO_BARE_ADJECTIVE = ("абайский", "алматинский", "акмолинский город")
_DOUBTFUL_ADJECTIVES = ("уральский", "петропавловский")


def _region_forms() -> Iterator[tuple[str, Named]]:
    for code, kind, ru, adjectives, kk, en, short in _rows("kz_regions.tsv"):
        name = _split(ru)[0] if ru else f"{_split(adjectives)[0].capitalize()} область"
        base = Named("region", name, (code,))
        for adjective in _split(adjectives):
            if kind == "region":
                for form, oblast in _oblast_forms(adjective):
                    yield f"{form} {oblast}", msgspec.structs.replace(base, lower=True, there=True)
            if adjective not in _NO_BARE_ADJECTIVE:
                bare = msgspec.structs.replace(
                    base,
                    kind="adjective",
                    lower=True,
                    attribute=True,
                    doubtful=adjective in _DOUBTFUL_ADJECTIVES,
                )
                yield from ((form, bare) for form in russian.adjective_forms(adjective))
        for form in _split(short):
            yield form, msgspec.structs.replace(base, there=True)
        if kind == "region":
            yield from _named_region(base, _split(ru), _split(kk), _split(en))
        else:
            yield from _town(code, _split(ru), _split(kk), _split(en), "")
    city = Named("adjective", "Алматы", ("KZ-75",), lower=True, attribute=True)
    yield from ((form, city) for form in russian.adjective_forms("алматинский"))
    for adjective, code in (("восточный", "KZ-63"), ("северный", "KZ-59"), ("западный", "KZ-27")):
        for form in russian.phrase_forms(f"{adjective} казахстан"):
            yield form, Named("region", f"{adjective.capitalize()} Казахстан", (code,), there=True)


def _oblast_forms(adjective: str) -> Iterator[tuple[str, str]]:
    stem = adjective[:-2]
    for ending, noun in (
        ("ая", "область"), ("ой", "области"), ("ую", "область"), ("ой", "областью"), ("ая", "обл."), ("ой", "обл."),
        ("ую", "обл."), ("ой", "обл"), ("ого", "областного"), ("ий", "областной"), ("ом", "областном"),
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
            doubtful = msgspec.structs.replace(base, doubtful=base.regions[0] == "KZ-10", kind="place")
            yield low, doubtful
    for name in kk:
        low = name.lower()
        spoken = msgspec.structs.replace(base, language="kk")
        for form, role in kazakh.place_forms(f"{low} облысы").items():
            here = msgspec.structs.replace(spoken, there=role == "there")
            yield from ((variant, here) for variant in _mixed(form))
        for form in _mixed(f"{low} облыстық"):
            yield form, spoken
        if vague or " " in low:
            bare = msgspec.structs.replace(spoken, kind="place", doubtful=base.regions[0] == "KZ-10")
            for form, role in kazakh.place_forms(low).items():
                here = msgspec.structs.replace(bare, there=role == "there", lower=role == "dweller")
                yield from ((variant, here) for variant in _mixed(form))
        for form in kazakh.place_forms(f"{low} облысы"):
            yield from ((variant, spoken) for variant in latin.kazakh_latin(form))
    for name in en:
        low = name.lower()
        spoken = msgspec.structs.replace(base, language="en", there=True)
        for noun in ("region", "oblast", "province", "regional", "oblysy"):
            yield f"{low} {noun}", spoken
        yield f"region of {low}", spoken
        if vague or " " in low:
            yield low, msgspec.structs.replace(spoken, kind="place", doubtful=base.regions[0] == "KZ-10")


def _town(code: str, ru: list[str], kk: list[str], en: list[str], doubts: str) -> Iterator[tuple[str, Named]]:
    base = Named("place", ru[0].removesuffix(" город"), (code,))
    flags = doubts.split(" ") if ":" not in doubts else []
    single = dict(part.split(":", 1)[::-1] for part in doubts.split(" ") if ":" in part)
    flags += [part for part in doubts.split(" ") if ":" not in part]

    def doubtful(language: str, name: str) -> bool:
        return language in flags or name in single

    for name in ru:
        kind = "noun"
        if name.endswith(" город"):
            name = name.removesuffix(" город")
            for noun in ("город", "города", "городе", "г."):
                yield f"{noun} {name.lower()}", msgspec.structs.replace(base, there=True, lower=True)
            continue
        for form, there in russian.place_forms(name.lower(), kind):
            yield form, msgspec.structs.replace(base, there=there, doubtful=doubtful("ru", name))
    for name in kk:
        spoken = msgspec.structs.replace(base, language="kk", doubtful=doubtful("kk", name))
        for form, role in kazakh.place_forms(name.lower()).items():
            here = msgspec.structs.replace(spoken, there=role == "there", lower=role == "dweller")
            yield from ((variant, here) for variant in _mixed(form))
    for name in en:
        yield (
            name.lower(),
            msgspec.structs.replace(base, language="en", there=True, doubtful=doubtful("en", name)),
        )


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
            yield from _town(code, _split(ru), _split(kk), _split(en), doubts)
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


_HOME_RU = ("республика казахстан", "казахстан")
_HOME_WORDS = {
    "ru": ("РК", "тенге", "токаев*", "акимат*", "аким", "акима", "мажилис*", "казахстанец", "казахстанца", "казахстанцы",
           "казахстанцев", "казахстанцам", "казахстанка"),
    "kk": ("ҚР", "теңге*", "тоқаев*", "әкімдік*", "әкімі*", "мәжіліс*"),
    "en": ("kazakhstan", "kazakh", "kazakhstani", "kazakhs", "kazakhstanis", "qazaqstan", "tenge", "tokayev*", "tokaev*",
           "akimat*", "mazhilis", "majilis", "kaztag", "kazinform"),
}  # fmt: skip


def _country_forms() -> Iterator[tuple[str, Named]]:
    for name in _HOME_RU:
        named = Named("country", "Казахстан", there=True)
        yield from ((form, named) for form in russian.phrase_forms(name))
    adjective = Named("country", "Казахстан", lower=True, attribute=True)
    yield from ((form, adjective) for form in russian.adjective_forms("казахстанский"))
    for name in ("қазақстан", "қазақстан республикасы"):
        for form, role in kazakh.place_forms(name).items():
            named = Named(
                "country", "Қазақстан", there=role == "there", lower=role == "dweller", language="kk"
            )
            yield from ((variant, named) for variant in _mixed(form))
    yield "republic of kazakhstan", Named("country", "Kazakhstan", there=True, language="en")
    for language, words in _HOME_WORDS.items():
        for word in words:
            lower = word.rstrip("*") in (
                "тенге",
                "теңге",
                "tenge",
                "акимат",
                "әкімдік",
                "аким",
                "акима",
                "казахстанец",
            )
            named = Named(
                "country",
                word.rstrip("*").capitalize(),
                language=language,
                lower=lower,
                there=word == "kazakhstan",
            )
            yield from ((form, named) for form in _stem_forms(word, language))


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
        for name in [*countries, *_split(ru_cities)]:
            low = name.lower().replace("ё", "е")
            for form, there in ((name, True),) if name.isupper() else _foreign_forms(low):
                yield form, msgspec.structs.replace(named, there=there)
        for adjective in _split(adjectives):
            attribute = msgspec.structs.replace(named, lower=True, attribute=True)
            yield from ((form, attribute) for form in russian.adjective_forms(adjective))
        for name in [*_split(kk), *_split(kk_cities), *_split(ru_cities)]:
            if name.isupper():
                yield name, msgspec.structs.replace(named, language="kk")
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


_NO_PLACES = (
    "эйр астана", "air astana", "astana times", "the astana times", "astana motors", "астана моторс", "astana hub",
    "астана опера", "astana opera", "уральские горы", "уральский федеральный округ", "уральского федерального округа",
    "уральском федеральном округе", "уральские пельмени", "алтай кай", "горный алтай", "горном алтае", "горного алтая",
    "абай кунанбаев", "абая кунанбаева", "абай кунанбаева", "абаем кунанбаевым", "абай құнанбайұлы", "абай құнанбаев",
    "абай құнанбайұлының", "абай құнанбаевтың", "абай кунанбайулы", "abai kunanbayev", "abai kunanbaev", "abay kunanbayev",
    "abai qunanbaiuly", "абайские чтения", "слова назидания абая", "путь абая", "абай жолы", "алматы арена",
    "almaty arena", "астана арена", "astana arena", "тараз арена", "aral sea", "аральское море", "аральского моря",
    "аральском море", "арал теңізі", "sea of aral", "байконур космодромы", "алтайский край", "алтайского края",
    "алтайском крае", "каныш сатпаев", "каныша сатпаева", "қаныш сәтбаев", "қаныш сәтпаев", "kanysh satpayev",
    "динмухамед кунаев", "динмухамеда кунаева", "дінмұхамед қонаев", "dinmukhamed kunayev", "dinmukhamed konayev",
    "ахмет байтурсынов", "жамбыл жабаев", "жамбыла жабаева", "джамбул джабаев", "джамбула джабаева",
    "astana international financial centre", "east turkestan", "восточный туркестан", "шығыс түркістан",
)  # fmt: skip


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of the process, compiled at first use."""
    return Gazetteer()
