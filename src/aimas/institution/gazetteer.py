"""Which region a text speaks of: places of Kazakhstan, told from streets, people, clubs and places abroad."""

import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

import msgspec

from aimas.core import Language, Place, Span
from aimas.institution.lexicon import Entry, Hit, Lexicon, normal, one_of
from aimas.institution.stretches import Stretches
from aimas.institution.toponyms import Kind, Named, tables_digest, toponyms


class Sighting(msgspec.Struct, frozen=True):
    """A place name in a text, overlaps settled, streets and clubs removed."""

    start: int
    end: int
    named: Named
    regions: tuple[str, ...]
    """Several where one name has several bearers; empty for what isn't in Kazakhstan."""
    doubtful: bool
    """In this text's language also another word: counts with a context only."""
    settled: bool = False
    """Doubtful, but the words beside say that it is a place."""

    @property
    def is_home(self) -> bool:
        """Speaks of Kazakhstan beyond doubt."""
        return self.named.kind == "country" or (bool(self.regions) and (self.settled or not self.doubtful))


_NAMED_AFTER_IT = re.compile(
    r"\b"
    + one_of(
        r"""улица улице улицу улицей ул\. проспект проспекте проспекту просп\. пр\. пр-т\w* пр-кт\w*
        переулок переулке пер\. микрорайон[еау]? мкр\.? мкрн\.? жк тц трц трк бц фк хк бк мфк тоо ао
        имени им\. озер\w* рек[аиуеой]+
        street avenue hotel fc hc lake river mount"""
    )
    + r"\s*$"
)
"""Words whose own name follows: a town's name after them is theirs."""
_MAY_BE_NAMED = re.compile(
    r"\b"
    + one_of(
        r"""улиц\w* проспект\w* переул\w* бульвар\w* площад\w* пл\. шоссе кафе ресторан\w* отел\w* гостиниц\w*
        санатори\w* парк\w* сквер\w* стадион\w* клуб\w* команд\w* футболист\w* театр\w* кинотеатр\w*
        гор[аыуе] пик\w* журнал\w* газет\w* ип памятник\w* поэт\w* творчеств\w* форум\w* poet"""
    )
    + r"\s*$"
)
"""Words that a doubtful name may belong to; a sure town after them is where they are («парки Алматы»)."""
_OPENING_QUOTE, _CLOSING_QUOTE = re.compile(r"[«\"“„]\s*$"), re.compile(r"^\s*[»\"”]")
_SEVERAL_DISTRICTS = re.compile(r"\s+(?:и|,)\s+[\w-]+(?:\s+и\s+[\w-]+)?\s+район(?:ах|ов|ы|ам)\b")
_DISTRICT_AFTER = re.compile(r"^[»\"”]?\s+район\w*")
_OTHER_AFTER = re.compile(
    r"^\s+"
    + one_of(
        r"""атындағы көшесі\w* даңғылы\w* шағын\s?ауданы\w* мөлтек\s?ауданы\w* ықшам\s?ауданы\w* алаңы\w*
        саябағы\w* қонақ\s?үйі\w* бульвары\w* өзені\w* көлі(?:н\w*)?\b тауы\w* таулары\w* ескерткіші\w*
        атамыз\w* ақын\w* батыр\w* street st\. avenue ave\. hotel mall river lake sea mountains? opera
        hub times motors arena marathon fc [kq]unanba\w+"""
    )
)
_SETTLED_BEFORE = re.compile(
    r"\b"
    + one_of(
        r"""в во из под близ до г\. г гор\. город[аеу]? городом сел[оауе] селом с\. пос\. п\. посел\w+ аул\w*
        станци\w+ райцентр\w* акимат\w* жител\w+ моногород\w* in from near at of to"""
    )
    + r"\s*$"
)
_SETTLED_AFTER = re.compile(
    r"^\s+" + one_of(r"қаласы\w* қ\. ауылы\w* кенті\w* станциясы\w* тұрғын\w* әкім\w* city town residents?")
)
_SEVERAL_REGIONS = re.compile(
    r"^(?:[\s,]+(?:и|мен|пен|бен|және|and)?\s*[\w-]+){0,4}?\s+"
    + one_of("област(?:ей|ях|ям|ями|и) облыстар\\w* regions oblasts")
    + r"\b"
)
_STARTS = re.compile(r"(?:^|[.!?…:«\"“-]\s*|\s{2})$")
_LISTED = re.compile(r"\s*[-,]\s*|\s+(?:и|мен|пен|бен|және|and)\s+")
"""What joins the places of one list or one road."""
_KAZAKH_LETTERS = re.compile("[әғқңөұүһі]")
_CYRILLIC = re.compile("[а-я]")


NEAR = 60
"""Characters: so near a place abroad a doubtful name lies there («Приозерск Ленинградской области»)."""


class Gazetteer:
    """One automaton pass for places at home and abroad; compiled from the packaged tables."""

    version = "places/" + tables_digest()
    """Of the tables; the rules' changes show in the program's own version."""

    def __init__(self) -> None:
        self._lexicon = Lexicon(
            Entry(form.lower(), named, capitals=form if form.isupper() else None)
            for form, named in toponyms()
        )

    def places(self, text: str, language: Language | None = None) -> tuple[Place, ...]:
        """Places of Kazakhstan named in the text, in order; a name that stays doubtful is left out."""
        return self.places_of(text, self.sightings(text, language))

    def places_of(self, text: str, sightings: Sequence[Sighting]) -> tuple[Place, ...]:
        """The places among sightings already made, doubtful ones settled by the rest of the text."""
        low = normal(text)
        home = [seen for seen in sightings if seen.regions]
        sure = Counter(seen.regions[0] for seen in home if _is_sure(seen))
        for left, right in pairwise(home):
            if _LISTED.fullmatch(low, left.end, right.start):
                sure.update(
                    right.regions[:1] if _is_sure(left) else left.regions[:1] if _is_sure(right) else ()
                )
        abroad = [
            seen.start for seen in sightings if seen.named.kind == "abroad" and not seen.named.attribute
        ]
        found = []
        for seen in home:
            region = _region_of(seen, low, sure)
            if (
                seen.doubtful
                and sure.total() <= 1
                and any(abs(seen.start - other) < NEAR for other in abroad)
            ):
                continue
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
        seen = [_sighting(group, tongue) for group in _longest(hits)]
        kept = [one for one in seen if one.named.kind != "none"]
        kept = [one for one in kept if not one.regions or not _is_other_thing(one, low)]
        return [_settled(one, low) if one.doubtful else one for one in kept]


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
    taken = Stretches()
    kept = []
    for start, end in sorted(by_span, key=lambda span: (span[0] - span[1], span[0])):
        if not taken.meet(start, end):
            taken.add(start, end)
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


def _sighting(group: list[Hit[Named]], tongue: str) -> Sighting:
    """Of several things under one form: the reading in the text's own language, then the likelier kind.

    Where every reading at home is doubtful, their regions are kept side by side, for the text to decide.
    """

    def order(hit: Hit[Named]) -> tuple[bool, bool, int, int]:
        named = hit.value
        return named.language != tongue, tongue in named.doubtful, _ORDER[named.kind], named.vague

    best = min(group, key=order)
    named = best.value
    doubtful = tongue in named.doubtful
    regions = named.regions
    if doubtful:
        alike = [
            hit.value
            for hit in group
            if hit.value.language == named.language and tongue in hit.value.doubtful
        ]
        alike.sort(key=lambda each: each.vague)
        regions = tuple(dict.fromkeys(region for each in alike for region in each.regions))
        named = msgspec.structs.replace(named, there=any(each.there for each in alike))
    return Sighting(best.start, best.end, named, regions, doubtful)


def _is_other_thing(seen: Sighting, low: str) -> bool:
    """A street, a club, a hotel, a poet: what bears a place's name and is none."""
    before, after = low[max(0, seen.start - 24) : seen.start], low[seen.end : seen.end + 24]
    if seen.named.kind in ("region", "district"):
        return False
    if _NAMED_AFTER_IT.search(before) or _OTHER_AFTER.match(after):
        return True
    if seen.doubtful and _MAY_BE_NAMED.search(before):
        return True
    if seen.named.kind == "adjective" and _SEVERAL_DISTRICTS.match(low, seen.end):
        return True
    if after[:1] == "-" and after[1:2].isalpha() and not after[1:].startswith(_SUFFIX_LIKE):
        return seen.doubtful
    quoted = _OPENING_QUOTE.search(before) and _CLOSING_QUOTE.match(after)
    return bool(quoted and seen.named.kind == "place" and not _DISTRICT_AFTER.match(after))


_SUFFIX_LIKE = ("да", "де", "та", "те", "ға", "ге", "қа", "ке", "ның", "нің")


def _is_sure(seen: Sighting) -> bool:
    return len(seen.regions) == 1 and seen.is_home


def _settled(seen: Sighting, low: str) -> Sighting:
    """A doubtful name is settled where the words beside say that it is a place: «в», «город», қаласы, in."""
    if seen.named.attribute:
        return seen
    if seen.named.language == "kk" and seen.named.there:
        return msgspec.structs.replace(seen, settled=True)
    if "~" in seen.named.doubtful and not _STARTS.search(low[max(0, seen.start - 3) : seen.start]):
        return msgspec.structs.replace(seen, settled=True)
    before, after = low[max(0, seen.start - 16) : seen.start], low[seen.end : seen.end + 16]
    return msgspec.structs.replace(
        seen, settled=bool(_SETTLED_BEFORE.search(before) or _SETTLED_AFTER.match(after))
    )


def _region_of(seen: Sighting, low: str, sure: Counter[str]) -> str | None:
    if seen.named.name == "Алматы" and _SEVERAL_REGIONS.match(low[seen.end : seen.end + 80]):
        return "KZ-19"
    known = [region for region in seen.regions if sure[region]]
    if known:
        return max(known, key=lambda region: sure[region])
    if seen.doubtful:
        return seen.regions[0] if seen.settled else None
    return seen.regions[0] if len(seen.regions) == 1 else None


@cache
def gazetteer() -> Gazetteer:
    """The one gazetteer of the process, compiled at first use."""
    return Gazetteer()
