"""Personal data in a text, with its kind: what an answer must not tell of others, and what masks hide.

Recall comes first: a number that looks like somebody's is found though its check digits fail (people mistype); whether
they hold is told. A name inside an address is the street's, a date counts only where it is said to be of birth.
"""

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

import msgspec

from aimas.appeals.addresses import addresses
from aimas.appeals.persons import persons
from aimas.core import Span
from aimas.institution.lexicon import normal, one_of


class PiiKind(StrEnum):
    """What kind of personal data it is."""

    NAME = "name"
    """Of a person, officials too; a given name alone counts."""
    PHONE = "phone"
    """Of a person or an office."""
    ADDRESS = "address"
    """With the number of a house; a street or village alone where it is said to be one's home."""
    IIN = "iin"
    """Individual identification number of Kazakhstan, twelve digits."""
    PLATE = "plate"
    """Of a vehicle."""
    EMAIL = "email"
    """Also written out («собака», "at")."""
    CARD = "card"
    """Of a bank."""
    BIRTH_DATE = "birth_date"
    """A date said to be of birth, or the year alone."""
    DOC_NUMBER = "doc_number"
    """Of a passport, identity card, licence or certificate."""
    IBAN = "iban"
    """A bank account."""


class Pii(msgspec.Struct, frozen=True):
    kind: PiiKind
    span: Span
    holds: bool | None = None
    """Whether its check digits hold; None where there are none."""
    confidence: float = 1.0
    by: str = "rules"
    """Who found it: rules, a model with its version, or both."""

    @property
    def is_ruled(self) -> bool:
        """A rule says so, alone or with a model."""
        return "rules" in self.by.split("+")


Find = Callable[[str], tuple[Pii, ...]]
"""Text to what is found in it, in order of place, none overlapping."""

_NUMBER_WORD = one_of(r"№ n[o°]\.? n\. номер\w* нөмір\w* number num\.? # сери[яи]")
_GAP = r"[ \u00a0\u202f.–—-]?"
_LETTERS = r"[a-zа-яқғң]"

_EMAIL = re.compile(
    r"(?<![\w.@-])[\w.+'-]+(?: ?@ ?|\s?(?:\(at\)|\[at\]|\(собака\)|\(а\)| собака | at | ат )\s?)"
    r"(?:[\w-]+(?:\.|\(dot\)| точка | dot ))+[^\W\d_]{2,}(?!\w)"
)
_IBAN_LENGTHS = {
    code[:2]: int(code[2:])
    for code in """
    ad24 ae23 al28 at20 az28 ba20 be16 bg22 bh22 bi27 br29 by28 ch21 cr22 cy28 cz24 de22 dj27 dk18 do28 ee20 eg29 es24
    fi18 fk18 fo18 fr27 gb22 ge22 gi23 gl18 gr27 gt28 hr21 hu28 ie22 il23 iq23 is26 it27 jo30 kw30 kz20 lb28 lc32 li21
    lt20 lu20 lv21 ly25 mc27 md24 me22 mk19 mn20 mr27 mt31 mu30 ni28 nl18 no15 om23 pk24 pl28 ps29 pt25 qa29 ro24 rs22
    ru33 sa24 sc31 sd18 se24 si19 sk24 sm27 so23 st25 sv28 tl23 tn24 tr26 ua29 va22 vg24 xk20 ye30
    """.split()  # noqa: SIM905
}
"""Symbols of an account by country, from the registry of ISO 13616; one in 97 of any other words would hold too."""
_IBAN_BEGINS = re.compile(r"(?<![\w])(?P<country>[a-z]{2})\s?\d{2}(?=[ -]?[a-z0-9])")
_IBAN_DIGITS = 8
"""Of twenty symbols; a licence's number with the words behind it has fewer."""
_KZ_IBAN = re.compile(r"(?<![\w])kz\s?\d{2}(?:[ -]?[a-z0-9]){16}(?![\w])")
_IBAN_BY_WORD = re.compile(
    one_of(r"iban иик жск сч[её]т\w* шот\w* account")
    + r"[^\w\n]{0,3}(?:№|no\.?|number)?\s?:?\s?(?P<number>[a-z]{2}[ -]?\d{2}[ -]?[a-z0-9 -]{8,32}[a-z0-9])"
)
_CARD = re.compile(r"(?<![\w/+-])\d{4}(?P<gap>[ \u00a0-]?)(?:[\d*xх•]{4}(?P=gap)){2}\d{4}(?![\w/]|-\d)")
_LONG_CARD = re.compile(r"(?:карт\w*|card\w*)\D{0,24}(?P<number>\d(?:[ -]?\d){12,18})(?!\d)")
_IIN = re.compile(r"(?<![\w№/+-])\d{6}(?P<gap>[ -]?)(?:\d{6}|\d{3}(?P=gap)\d{3})(?![\w/]|-\d)")
_IIN_BY_WORD = re.compile(
    r"(?:иин|жсн|iin|zhsn|жск)(?:-?\w{1,4})?\W{0,4}(?:(?:№|мой|менің|my|is|тот же|номер|нөмірім|number)\W{0,3}){0,2}"
    r"(?P<number>\d(?:[ -]?\d){10,12})(?!\d)"
)
_FIRM_NUMBER = re.compile(r"(?:бин|бсн|bin|рнн)\w{0,3}\W{0,6}(?:\w+\W{1,3}){0,2}$")
_PHONE = re.compile(
    r"(?<![\w№/])(?<!\d[.,])(?:"
    + "|".join(
        (
            # +7 (701) 123-45-67, 8-727-291-45-67
            rf"(?:\+ ?7|8){_GAP}[( ]{{0,2}}\d{{3,5}}[) ]{{0,2}}{_GAP}\d{{1,3}}{_GAP}\d{{2}}{_GAP}\d{{2}}",
            # 8 701 123 4567
            rf"(?:\+ ?7|8){_GAP}(?:\(?\d{{3,4}}\)?{_GAP}){{1,2}}\d{{2,3}}(?:{_GAP}\d{{2,3}}){{1,2}}",
            # +44 7700 900123
            r"\+ ?(?!7\d)\d{1,3}[ (-]{0,2}\d{1,4}[) -]{0,2}(?:\d[ -]?){5,9}\d",
            # 77011234567
            r"77\d{9}",
            # 701 123 45 67
            rf"\(?7[0-9]{{2}}\)?{_GAP}\d{{3}}{_GAP}\d{{2}}{_GAP}\d{{2}}",
        )
    )
    + r")(?![\w/]|-\d|[.,]\d)"
)
_PHONE_BY_WORD = re.compile(
    one_of(
        r"""тел(?:ефон\w*|\.)? моб(?:ильн\w*|\.)? сот(?:ов\w*|ка|\.)? вацап\w* ватсап\w* whatsapp telegram звонит\w*
        перезвон\w* позвонит\w* контакт\w* байланыс\w* ұялы хабарлас\w* phone tel\.? mobile cell call"""
    )
    + r"(?:\W{1,3}(?:\w+\W{1,3}){0,4}?|\W{0,3})(?P<number>[(+]?\d(?:[ \u00a0().–-]{0,2}\d){4,13})(?!\d|[./]\d)"
)
_PHONE_AT_HOME = re.compile(
    r"(?<!\w)(?:дом|раб|домашний|рабочий|городской|приемная|үй|қызмет|home|work|office)\.? ?(?:тел\w*|phone|no)?\.?\W{0,3}"
    r"(?P<number>\d{2,3}-\d{2}-\d{2})(?![\d-])"
)
_PLATE = re.compile(
    r"(?<![\w'’/-])(?:"
    + "|".join(
        (
            rf"\d{{3}}[ -]?{_LETTERS}{{2,3}}[ -]?(?:0[1-9]|1\d|20)(?:[ -]?kz)?",
            rf"{_LETTERS}[ -]?\d{{3}}[ -]?{_LETTERS}{{2,3}}(?:[ -]?\d{{2,3}})?",
            rf"\d{{2}}[ -]?{_LETTERS}{{2,3}}[ -]?(?:0[1-9]|1\d|20)",
            # 01KG 482 ADN, 01 A 123 BC
            r"0\d ?kg ?\d{3} ?[a-z]{2,3}",
            r"\d{2} ?[a-z] ?\d{3} ?[a-z]{2}",
        )
    )
    + r")(?![\w-])"
)
_PLATE_BY_WORD = re.compile(
    one_of(
        r"""г\.?/?н\.? мотоцикл\w* прицеп\w* гос\.?\s?номер\w* гос\.?\s?знак\w* номерн\w+\sзнак\w* грнз мемлекеттік\sнөмір\w* нөмірі plate\w*
        registration\snumber номер\w*(?:\s(?:машины|авто\w*))?"""
    )
    + r"\W{0,3}(?:is |number |№ ?)?(?=[^\n]{0,12}\d)"
    + rf"(?=[^\n]{{0,12}}{_LETTERS})"
    + rf"(?P<number>{_LETTERS}{{0,3}}[ -]?\d{{2,4}}[ -]?{_LETTERS}{{1,3}}(?:[ -]?\d{{2,3}})?|[a-z]{{1,2}} ?\d{{3,4}} ?\d{{2,3}})(?!\w)"
)
_TRANSIT = re.compile(
    r"(?:автомобил\w*|машин\w*|авто|көлі\w*|car|vehicle)[^\d\n]{0,20}?(?<![^\W_])"
    r"(?P<number>[a-zа-я][ -]?\d{5,6}|\d{5,6}[ -]?[a-zа-я]{1,2})(?!\w)"
)
_MONTH = one_of(
    r"""январ[ья] феврал[ья] март[а]? апрел[ья] ма[йя] июн[ья] июл[ья] август[а]? сентябр[ья] октябр[ья] ноябр[ья]
    декабр[ья] қаңтар\w* ақпан\w* наурыз\w* сәуір\w* мамыр\w* маусым\w* шілде\w* тамыз\w* қыркүйек\w* қазан\w* қараша\w*
    желтоқсан\w* jan(?:uary)?\.? feb(?:ruary)?\.? mar(?:ch)?\.? apr(?:il)?\.? may june? july? aug(?:ust)?\.?
    sept?(?:ember)?\.? oct(?:ober)?\.? nov(?:ember)?\.? dec(?:ember)?\.?"""
)
_YEAR = r"(?:19|20)\d{2}"
_DATE = "(?:" + "|".join(
    (
        r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}",
        rf"{_YEAR}[./-]\d{{1,2}}[./-]\d{{1,2}}",
        rf"\d{{1,2}}(?:-?го|th|st|nd|rd)? (?:of )?{_MONTH},? {_YEAR}",
        rf"\d{{1,2}} \d{{1,2}} {_YEAR}",
        rf"{_YEAR} ?(?:жыл\w*|ж\.)? ?(?:(?:ғы|гі) )?\d{{1,2}}(?:-?(?:ші|шы))? {_MONTH}",
        rf"{_MONTH} \d{{1,2}}(?:th|st|nd|rd)?,? {_YEAR}",
        rf"\d{{1,2}}-{_MONTH}-{_YEAR}",
        r"\d{1,2} ?/ ?\d{1,2} ?/ ?(?:19|20)\d{2}",
        rf"{_YEAR} ?(?:йил|жил|соли|жылдың|ж\.?,?) \d{{1,2}}[ -]?[^\W\d]{{3,12}}",
        rf"{_YEAR} ?(?:жылы?|жылдың|ж\.) \d{{1,2}}\.\d{{1,2}}",
    )
) + ")"  # fmt: skip
_BORN = one_of(
    r"""родил\w+ родивш\w+ рожд\w*\.? г\.\s?р\.? г/р д\.\s?р\.? д/р др род\. туған\w*(?:\s(?:күн[\w-]*|жыл\w*|уақыты|дата\w*))?
    туылған\w*(?:\s(?:күн\w*|жыл\w*))? т\.\s?ж\.? born(?:\son)? dates?\sof\sbirth birth\s?date birthdate birthday
    birth\syear d\.?o\.?b\.? y\.?o\.?b\.? year\sof\sbirth b\.(?!\w)"""
)
_KIN = one_of(
    r"""сын\w{0,3} доч\w{1,5} реб[её]н\w+ муж\w{0,2} жен[аеуы]\w? мат[ьи]\w{0,3} мам[аеуы] от[еи]?ц\w{0,2} пап[аеуы]
    брат\w{0,2} сестр\w{1,2} внук\w{0,2} внучк\w{1,2} бабушк\w{1,2} дедушк\w{1,2} мальчик\w? девочк\w{1,2} заявител\w+
    балам\w* ұлым\w* қызым\w* күйеуім\w* әйелім\w* анам\w* әкем\w* інім\w* ағам\w* әпкем\w* қарындасым\w* сіңлім\w*
    немерем\w* son daughter child boy girl husband wife mother father brother sister grandson granddaughter grandmother
    grandfather applicant"""
)
_OF_BIRTH = one_of(
    r"г\.\s?р\.?(?!\w) гр\. год[а]?\sрождения рождения рожд\. ж\.\s?т\. туған туылған дүниеге of\sbirth"
)
_BIRTH = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<!\w){_BORN}(?: is| —| –)?(?: [^\W\d]{{2,12}}){{0,2}}\W{{0,4}}"
        rf"(?:(?:on|в|г\.|дата|күні|күнім) )?(?P<date>{_DATE})",
        rf"(?<!\d)(?P<date>{_DATE})(?: ?(?:года?|г\.|ж\.|жылы|жылғы))? ?,? ?\(?{_OF_BIRTH}",
        # 1985 года рождения, 1948 жылы туған
        rf"(?<!\d)(?P<date>{_YEAR})(?: ?[-–]?(?:го|ого))? ?"
        r"(?:года? рождения|г\. ?р\.|г\.р|год рождения|г/р|жылғы туған|жылы туған|ж\.? ?т\.)",
        rf"(?<!\d)(?P<date>{_YEAR} жыл\w* (?:\d{{1,2}} {_MONTH} )?)(?=туған|туылған|дүниеге)",
        rf"(?<!\w)(?:{_BORN}|родил\w+ в|туған жылы|born in|год рождения)\W{{0,4}}(?:в |in )?(?P<date>{_YEAR})(?![\d.-])",
        # 1960 г рождения, 2011 года рожд., 2015 туған
        rf"(?<!\d)(?P<date>{_YEAR})(?: ?-?го)?(?: ?год[ау]?| ?г)?\.? ?(?:рожд\w*|туған|туылған)(?!\w)",
        # сын (2010), ұлым Ерасыл (2010 ж.)
        rf"(?<!\w){_KIN}(?: [^\W\d]{{2,20}}){{0,3}} ?\( ?(?P<date>{_YEAR})(?: ?(?:г|ж|года?|жылғы)\.?)? ?\)",
        rf"(?<!\w){_BORN}(?: (?:at|in|is|of|в|the|-|—|:)){{1,3}} (?P<date>{_YEAR})(?![\d.-])",
        rf"(?<!\w)(?:мне|ему|ей|жасым)\w* \d{{1,2}}(?: лет| года?)?, ?(?P<date>{_YEAR})(?= ?(?:г|ж))",
        rf"(?<!\d)(?P<date>{_DATE})\W{{1,3}}(?:(?:that|which|this|it) )?(?:is|это|—) (?:my|his|her|моя|бұл)? ?(?:date of )?(?:birth|дата рожд|туған)",
        # родилась в Караганде в 1955 году; 1975 жылы Таразда туғанмын; 12 мая 1990 родилась
        rf"(?<!\w)(?:родил\w+|родивш\w+|рожд[её]н\w*|born)(?: [^\W\d]+){{1,4}} (?P<date>{_YEAR})(?![\d.-])",
        rf"(?<!\d)(?P<date>{_YEAR}) ?(?:жылы|жылғы|ж\.)(?: [^\W\d]+){{0,2}} (?:туған|туыл|дүниеге)",
        rf"(?<!\d)(?P<date>{_DATE})(?: ?(?:года?|г\.))? (?:я |он |она )?(?:родил|туған|туыл)",
        # я 1955 года; мен 1955 жылғы адаммын; мой год рождения 1961
        rf"(?<!\w)(?:я|он|она|сама?) (?:с )?(?P<date>{_YEAR})(?:-?го)? (?:года|г\.)(?! (?:жив|работ|стою|жду|нахо|не|пыта|прошу|сижу|обра))",
        rf"(?<!\w)(?:мен|ол|өзім) (?P<date>{_YEAR} жылғы)(?= [^\W\d]+(?:мын|мін|бын|пін))",
        # мне 1980 года, Мне 1943 г., I'm 1953, год мой 1939, туған жылым 1996
        rf"(?<!\w)(?:мне|ему|ей|сама? я|мой год|год мой|его год|[её]е год) (?P<date>{_YEAR})(?= ?(?:г\.|года?|,|\.(?:\s|$)))",
        rf"(?<!\w)(?:туған|туылған|туган|tuğan|tugan) (?:жыл|күн|айы|кун|jyl|kun|kün)\w*:?,? (?P<date>{_DATE}|{_YEAR})(?![\d.-]\d)",
        rf"(?<!\d)(?P<date>{_YEAR}) (?:year of birth|year born|y\.? ?o\.? ?b|y\.b)",
        rf"(?<!\d)(?P<date>{_DATE}) y\. ?b",
        # 1975 жылдың 30 қарашасында Шымкентте туғанмын
        rf"(?<!\d)(?P<date>{_YEAR} (?:жылдың|жылы|жылғы|ж\.) (?:\d{{1,2}}[ -]?)?{_MONTH})(?: [^\W\d]+){{0,2}} (?:туған|туыл|туып|дүниеге)",
        # born on May 5: a day without a year
        rf"(?<!\w){_BORN}\W{{1,3}}(?:(?:on|the|is|в) )*(?P<date>\d{{1,2}}(?:th|st|nd|rd)?(?: of)? {_MONTH}|{_MONTH} \d{{1,2}})(?!\w)",
        # 1949 ж. туған, 1971 жылғы 3 маусым күні туылғанмын, 1966 жылғымын, 85-го года рождения
        rf"(?<!\d)(?P<date>{_YEAR} ?(?:жылғы|жылы|жылдың|ж\.)(?: \d{{1,2}}(?:-?(?:ші|шы))? {_MONTH})?)"
        r"(?: күні)? ?(?=туған|туыл|дүниеге)",
        rf"(?<!\d)(?P<date>{_YEAR}) ?(?:жылғым|жылғы (?:едім|азамат|тума|зейнеткер|бала|қыз|ұл|әйел|жігіт))",
        rf"(?<!\d)(?P<date>{_YEAR})[- ]born",
        r"(?<!\d)(?P<date>\d{2})(?:-?го)? ?(?:года рождения|г\. ?р\.|г/р|жылғы туған|жылы туған)",
        # сын Алихан, 14.02.2016; Ким Виктор (01.01.1970)
        rf"(?<!\w){_KIN}(?: [^\W\d]{{2,20}}){{0,3}} ?[,(] ?(?P<date>{_DATE})(?= ?[,);]|\.(?:\s|$)| ?(?:г\.|ж\.))",
    )
)
_BEHIND_A_NAME = re.compile(
    rf" ?(?:\( ?(?P<in_brackets>{_DATE}|{_YEAR}(?! ?[-–—]))(?: ?г(?:ода?|\.)?| ?ж(?:\.|ыл\w*)?)? ?[),;]"
    rf"|[,.] ?(?P<date>{_DATE})(?= ?(?:г\.|г\b|года?|ж\.|жыл\w*)?(?:[,;.)\n]|$| — ))"
    rf"|,? (?P<year>{_YEAR})(?= ?(?:ж\.|ж\b|г\. ?р|г/р|жылғы(?! \d)|жылғы? азамат|y\.? ?o\.? ?b|year of birth)))"
)
_LATEST = 2022
"""Year: a later date behind a name is rather that of the letter."""
_DOCUMENT = one_of(
    r"""удостоверени\w+(?:\sличности)? уд\.?\s?л(?:ич)?\w*\.? уд-?е (?:загран)?паспорт\w* в/у права внж рвп справк[аиуе]
    водительск\w+(?:\sудостоверени\w+)? вид\w*\sна\sжительств\w+ свидетельств\w+(?:\sо\s(?:рождении|браке|смерти))?
    военн\w+\sбилет\w* әскери\sбилет\w* срт[сі] ву вод\.?\s?уд\w*\.? уд\. загран\w* пенсионн\w+ құжат\w* документ(?:ы|а)? свид\.?
    рұқсат\w* виднажительство military\scard student\scard techpassport техпаспорт\w* снилс диплом\w* полис\w* куәлі\w* төлқұжат\w* ықтиярхат\w* passport\w*
    identity\scard id(?:[\s-]card)? driv\w+(?:['’]s)?\slicen[cs]e licen[cs]e
    residen\w+\s(?:permit|card) work\spermit travel\sdocument visa certificate"""
)
_BETWEEN = one_of(
    r"""личност[иь] card is was мой серия рк рф кнр гражданина казахстана шетелдік старое новое мужа жены реб[её]нка сына
    украинский российский международные о\sрождении адвоката ветерана инвалида менде мынау нөмірі :"""
)
_DOC = re.compile(
    rf"(?<!\w){_DOCUMENT}(?:[^\w\n№#]{{0,4}}(?:{_NUMBER_WORD}|{_BETWEEN})){{0,4}}[^\w\n]{{0,4}}"
    r"(?P<number>(?:[a-zа-яқ]{1,3}[ -]?)?\d[\d -]{4,12}\d|[a-zа-яқ]{1,3}[ -]?\d{5,9}"
    r"|(?=(?:[a-z]*\d){3})[a-z0-9]{7,10})(?![\w])"
)

_DOC_APART = re.compile(
    rf"(?<!\w){_DOCUMENT}[^.\n\d]{{0,40}}?(?<!\w)(?P<number>[a-zа-я]{{1,2}} ?\d{{7,8}}|\d{{8,9}}|0\d\d \d{{3}} \d{{3}})(?!\w)(?!-\d)"
)
"""With some words between: «паспорт утерян, номер N07654321»."""
_DOC_BEFORE = re.compile(
    r"(?<![\w№/-])(?P<number>(?:[a-zа-яқәі]{1,2} ?)?\d{6,9}|0\d\d \d{3} \d{3})(?: нөмірлі)?"
    r" (?:паспорт|төлқұжат|(?:жеке |туу туралы )?куәлі|әскери билет|диплом|ықтиярхат)"
)
"""In Kazakh the number may come first: «0183442 нөмірлі туу туралы куәлігі»."""
_DOC_ALONE = re.compile(
    r"(?<![\w№/.,-])(?<![№] )(?:(?P<passport>N\d{8})|(?P<card>0\d\d \d{3} \d{3})|(?P<foreign>[A-Z]{2} ?\d{7}))(?![\w/-]|[ .,]\d)"
)
"""Forms that little else has: a Kazakh passport's, an identity card's in threes, two capital letters and seven digits."""


_SURE = {
    PiiKind.NAME: 0.86,
    PiiKind.PHONE: 0.97,
    PiiKind.ADDRESS: 0.98,
    PiiKind.IIN: 0.99,
    PiiKind.PLATE: 0.99,
    PiiKind.EMAIL: 0.99,
    PiiKind.CARD: 0.96,
    PiiKind.BIRTH_DATE: 0.99,
    PiiKind.DOC_NUMBER: 0.98,
    PiiKind.IBAN: 0.99,
}
"""Which share of what the rules find is right, on letters that no rule was made on (training/appeals, not held out)."""
_HELD = 0.999
"""Where check digits hold."""


def personal_data(text: str) -> tuple[Pii, ...]:
    """By rules alone, in order of place; of two kinds at one place the surer one stands."""
    low = normal(text)
    kept: list[Pii] = []
    people = tuple(_people(text))
    for found in (*_numbers(text, low), *_places(text), *people, *_born(low, people)):
        if all(not found.span.overlaps(other.span) for other in kept):
            kept.append(found)
    return tuple(_weighed(found) for found in sorted(kept, key=lambda found: found.span))


def _weighed(found: Pii) -> Pii:
    return msgspec.structs.replace(found, confidence=_HELD if found.holds else _SURE[found.kind])


def iin_holds(digits: str) -> bool:
    """The check digit of twelve: weights 1 to 11 modulo 11; where that gives 10, weights 3 to 11, 1, 2."""
    if len(digits) != 12 or not digits.isdigit():
        return False
    numbers = [int(digit) for digit in digits]
    rest = sum(weight * number for weight, number in zip(range(1, 12), numbers, strict=False)) % 11
    if rest == 10:
        rest = sum(w * n for w, n in zip((*range(3, 12), 1, 2), numbers, strict=False)) % 11
    return rest == numbers[11]


def luhn_holds(digits: str) -> bool:
    """ISO/IEC 7812: every second digit from the right doubled, the sum a multiple of ten."""
    if not digits.isdigit():
        return False
    doubled = [int(d) if n % 2 == 0 else sum(divmod(int(d) * 2, 10)) for n, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def iban_holds(account: str) -> bool:
    """ISO 13616: the first four behind the rest, letters as 10 to 35, the remainder by 97 is one."""
    plain = re.sub(r"[^A-Z0-9]", "", account.upper())
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{8,30}", plain):
        return False
    return int("".join(str(int(symbol, 36)) for symbol in plain[4:] + plain[:4])) % 97 == 1


def _numbers(text: str, low: str) -> Iterator[Pii]:
    """In order of sureness: a form that nothing else has comes first."""
    yield from (Pii(PiiKind.EMAIL, _span(match)) for match in _EMAIL.finditer(low))
    yield from _ibans(low)
    yield from _iins(low)
    yield from _cards(low)
    for pattern in (_DOC, _DOC_APART, _DOC_BEFORE):
        for match in pattern.finditer(low):
            yield Pii(PiiKind.DOC_NUMBER, _span(match, "number"))
    yield from (Pii(PiiKind.DOC_NUMBER, _span(match)) for match in _DOC_ALONE.finditer(text))
    for pattern in _BIRTH:
        for match in pattern.finditer(low):
            yield Pii(PiiKind.BIRTH_DATE, _span(match, "date"))
    yield from (
        Pii(PiiKind.PHONE, _span(match)) for match in _PHONE.finditer(low) if _is_phone(match.group())
    )
    for match in _PHONE_BY_WORD.finditer(low):
        if 5 <= len(_digits(match["number"])) <= 15:
            yield Pii(PiiKind.PHONE, _span(match, "number"))
    yield from (Pii(PiiKind.PHONE, _span(match, "number")) for match in _PHONE_AT_HOME.finditer(low))
    for match in _PLATE.finditer(low):
        if _is_plate(text[match.start() : match.end()]):
            yield Pii(PiiKind.PLATE, _span(match))
    for pattern in (_PLATE_BY_WORD, _TRANSIT):
        for match in pattern.finditer(low):
            yield Pii(PiiKind.PLATE, _span(match, "number"))


def _ibans(low: str) -> Iterator[Pii]:
    for match in _KZ_IBAN.finditer(low):
        if len(_digits(match.group())) >= _IBAN_DIGITS:
            yield Pii(PiiKind.IBAN, _span(match), iban_holds(match.group()))
    for match in _IBAN_BEGINS.finditer(low):
        length = _IBAN_LENGTHS.get(match["country"])
        whole = length and re.compile(rf"(?:[ -]?[a-z0-9]){{{length - 4}}}(?![\w])").match(low, match.end())
        if whole and iban_holds(low[match.start() : whole.end()]):
            yield Pii(PiiKind.IBAN, Span(match.start(), whole.end()), True)
    for match in _IBAN_BY_WORD.finditer(low):
        yield Pii(PiiKind.IBAN, _span(match, "number"), iban_holds(match["number"]))


def _iins(low: str) -> Iterator[Pii]:
    for match in _IIN_BY_WORD.finditer(low):
        yield Pii(PiiKind.IIN, _span(match, "number"), iin_holds(_digits(match["number"])))
    for match in _IIN.finditer(low):
        digits = _digits(match.group())
        is_birth = 1 <= int(digits[2:4]) <= 12 and 1 <= int(digits[4:6]) <= 31 and digits[6] in "0123456"
        if is_birth and not _FIRM_NUMBER.search(low[max(0, match.start() - 30) : match.start()]):
            yield Pii(PiiKind.IIN, _span(match), iin_holds(digits))


def _cards(low: str) -> Iterator[Pii]:
    for match in _CARD.finditer(low):
        digits = _digits(match.group())
        masked = len(digits) < 16
        if masked or match["gap"] or digits[0] in "23456" or luhn_holds(digits):
            yield Pii(PiiKind.CARD, _span(match), None if masked else luhn_holds(digits))
    for match in _LONG_CARD.finditer(low):
        yield Pii(PiiKind.CARD, _span(match, "number"), luhn_holds(_digits(match["number"])))


def _places(text: str) -> Iterator[Pii]:
    yield from (Pii(PiiKind.ADDRESS, span) for span in addresses(text))


def _people(text: str) -> Iterator[Pii]:
    yield from (Pii(PiiKind.NAME, span) for span in persons(text))


def _born(low: str, people: tuple[Pii, ...]) -> Iterator[Pii]:
    """A date right behind a name, in brackets or between commas: «Ким Виктор (01.01.1970)»."""
    for person in people:
        if match := _BEHIND_A_NAME.match(low, person.span.end):
            group = next(name for name, found in match.groupdict().items() if found)
            year = re.search(_YEAR, match[group])
            if year and int(year[0]) > _LATEST:
                continue
            yield Pii(PiiKind.BIRTH_DATE, _span(match, group))


def _is_phone(written: str) -> bool:
    digits = _digits(written)
    if written.lstrip("( ").startswith("7") and len(digits) == 10:
        return True
    return 10 <= len(digits) <= 15 if written.startswith("+") else len(digits) == 11


def _is_plate(written: str) -> bool:
    """Letters all Latin, or Cyrillic ones that look so; small ones only where nothing parts them («123 от 12»)."""
    letters = re.sub(r"[\d -]", "", written)
    looks = letters.isascii() or set(letters.lower()) <= set("авекмнорстухіғқ")
    return looks and (letters.isupper() or not re.search(r"[ -]", written))


def _digits(written: str) -> str:
    return re.sub(r"\D", "", written)


def _span(match: "re.Match[str]", group: str | int = 0) -> Span:
    start, end = match.span(group)
    text = match.string
    while end > start + 1 and text[end - 1] in " -,.;":
        end -= 1
    return Span(start, end)
