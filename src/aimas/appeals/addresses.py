"""Where somebody lives: a street, a quarter or a village with a number of a house, in three languages."""

import re

from aimas.core import Span
from aimas.institution.lexicon import one_of

_SAME = str.maketrans({"\u00a0": " ", "\u202f": " ", "\t": " ", "–": "-", "—": "-", "‑": "-", "ё": "е"})


def _any_case(*expressions: str) -> str:
    """Any of the expressions, written between spaces, in small or capital letters."""
    return "(?i:" + "|".join(part for each in expressions for part in each.split()) + ")"


_LETTER = r"[^\W\d_]"
_CAPITAL = r"[A-ZА-ЯӘҒҚҢӨҰҮҺІ]"
_PROPER = rf"(?:{_CAPITAL}\. ?(?={_CAPITAL})){{0,2}}{_CAPITAL}(?:{_LETTER}|['’-](?=[^\W_])){{0,40}}+"
_SMALL = r"(?:би|хан|хана|батыр|батыра|баба|ата|ана|лет|жыл|жол|жолы|де|имени|им\.|апай|тобе|төбе|han|khan|batyr|bi|ata)"
_ORDINAL = r"(?:\d{1,3}(?:-?(?:й|я|ая|го|ой|ші|шi|th|st|nd|rd))? )"
_NAME = rf"(?:{_ORDINAL}?{_PROPER}(?: (?:{_PROPER}|{_SMALL}(?!{_LETTER}))){{0,3}}(?:[- ]\d{{1,3}}(?![\d/]))?)"
_NO_STREET = r"(?:и|на|в|у|от|до|по|с|за|к|о|не|где|что|рядом|около|возле|между|напротив)\b"
_FREE = rf"(?:{_NAME}|(?!{_NO_STREET})[а-яәғқңөұүһі]{{3,}}(?: би)?(?:-\d{{1,3}})?)"
"""A street's name behind a word for a street, where a small letter is a slip."""
_LONE = rf"[а-яa-zА-ЯA-Z](?!{_LETTER})"
_NUMBER = rf"(?:№ ?)?\d{{1,4}}(?:-?{_LONE})?(?: ?[/-] ?\d{{1,4}}(?:{_LONE})?)?(?! ?000)(?!\d)(?!{_LETTER})"
"""12, 31А, 17/2, 19-33; a sum of money is none."""
_STREET = (
    _any_case(
        r"""ул\.? улиц[аеуыой]{1,2} просп\. проспект[аеуом]{0,2} пр-т[аеу]? пр-кт[аеу]? пр\. переул(?:ок|ке|ка|ку)
        пер\. бульвар[аеу]? бул\. б-р шоссе площад[ьи] пл\. проезд[аеу]? тупик[аеу]? микрорайон[аеу]? мкр-?н?\.?
        м-н[аеу]? квартал[аеу]? жк жилмассив[аеу]? разъезд[аеу]? трасс[аеы]"""
    )
    + rf"(?:(?<=\.)|(?!{_LETTER}))"
)
_HOUSE = _any_case(
    r"дом(?:а|е|у|ом)?(?!\w) д\.? строени[ея] стр\. участ(?:ок|ке|ка) уч\. зд\. здани[еяи] барак[ае]?"
)
_FLAT = _any_case(
    r"""квартир[аеыу] квартирой кв\.? офис[ае]? оф\. комнат[аеыу] ком\. подъезд[ае]? под\. корпус[ае]? корп\. блок
    этаже?"""
)
_EXTRA = rf"(?:,? ?{_FLAT} ?{_NUMBER})"
_PLACE_WORD = _any_case(
    r"г\. город(?:е|а|у)? с\. сел(?:о|е|а|у) пос\. п\. посел(?:ок|ке|ка) аул(?:е|а)? станци[яи] ст\."
)
_CITY = one_of(
    r"""Алматы Астан[аеы] Шымкент\w* Караганд[аеы] Қарағанды Актоб[еы] Ақтөбе Тараз\w? Павлодар\w? Семе[йяе] Атырау
    Костана[йяе] Қостанай Кызылорд[аеы] Қызылорда Уральск\w? Орал Актау Ақтау Кокшетау Көкшетау Петропавловск\w?
    Туркестан\w? Түркістан Талдыкорган\w? Талдықорған Темиртау Экибастуз\w? Рудн\w+ Жезказган\w? Жезқазған Жанаозен\w?
    Жаңаөзен Кон[аa]ев\w? Қонаев Капша?гай Қапшағай Балхаш\w? Балқаш Риддер\w? Степногорск\w? Щучинск\w? Кентау Арыс\w?
    Сарыагаш\w? Сарыағаш Шахтинск\w? Сарань Аксай Ақсай Талгар\w? Каскелен\w? Қаскелең Есик\w? Жаркент\w? Аягоз\w? Аягөз
    Усть-Каменогорск\w? Өскемен Байконур\w? Байқоңыр Oskemen Ust-Kamenogorsk Almaty Astana Shymkent Karaganda
    Taraz Pavlodar Semey Aktau Aqtau Atyrau Aktobe Aqtobe Kostanay Qostanay Kyzylorda Qyzylorda Oral Uralsk Petropavl(?:ovsk)?
    Turkistan Turkestan Taldykorgan Ekibastuz Temirtau Rudny Zhezkazgan Zhanaozen Kokshetau Konaev Balkhash Ridder Kentau
    Talgar Kaskelen"""
)
_PLACE = (
    rf"(?:(?:{_PLACE_WORD} ?{_NAME}|{_LETTER}+(?:ск(?:ая|ой|ую|ий|ого|ом))? (?i:област[ьи]|район[ае]?)"
    rf"|{_CITY}), ?)"
)
_KK_STREET = (
    _any_case(
        r"көшесі көшесінде көш\.? к-сі к-сы к\. д-лы д-ы м/а ы/а даңғылы даң\. шағын\s?ауданы ш/а шағынауданы мөлтек ықшам бульвары тұйығы ауылы алаңы орамы"
    )
    + r"(?: ?ауданы)?"
)
_KK_PLACE = rf"(?:{_PROPER} (?i:облысы|ауданы|қаласы|қ\.|ауылы|кенті),? ?|{_CITY},? ?)"
_EN_STREET = _any_case(
    r"street st\.? str\.? avenue ave\.? road rd\.? lane boulevard blvd\.? microdistrict mkr\.? square village"
)
_EN_FLAT = r"(?:,? (?i:apt\.?|apartment|flat|room|unit|office) ?#?\d{1,4})"
_EN_HOUSE = _any_case(r"house building bld\.? block")
_QUARTER = _any_case(
    r"мкр\.? микрорайон[еа]? квартал[еа]? шағын\s?аудан\w* ықшам\s?аудан\w* мөлтек\s?аудан\w* м/а ш/а"
    r" ы/а microdistrict mkr\.?"
)
_NOT_COUNTED = r"(?! ?(?:тенге|тг|₸|лет|год|час|мин|раз|чел|км|метр|штук|теңге|жас|жыл|адам|рет|комн|floor|stor|room|bed|bath|км|бөлме|қабат|km|tenge|years|[.,]\d|\d))"
_ROOMS = (
    r"(?:,? ?(?i:(?:kv|кв|ap|apt|flat|apartment|пәтер|pater|квартира|entrance|подъезд|блок|этаж|floor|room)\.? ?(?:№ ?)?"
    r"(?:\d{1,4}|[А-ЯA-Z](?!\w))|\d{1,4}[- ]?(?:пәтер|пәт|п|pater|үй|этаж|подъезд)(?!\w)\.?))+"
)
"""What follows the number of a house."""
_STREET_NAME = (
    rf"(?:{_PROPER} )?{_CAPITAL}{_LETTER}*(?:ова|ева|ёва|ина|ына|ского|ской|кого|ная|ной|ного|бая|бека|хана|ата|тая|ая|а)"
    rf"(?!{_LETTER})"
)
"""In the genitive, as streets are."""
_PATTERNS = tuple(
    re.compile(rf"(?<!{_LETTER})(?<!\d){pattern}")
    for pattern in (
        # г. Алматы, ул. Жандосова, д. 58, кв. 14
        rf"{_PLACE}*{_STREET} ?[«\"]?{_FREE}[»\"]?,? ?(?:{_HOUSE} ?)?{_NUMBER}(?:,? ?{_HOUSE} ?{_NUMBER})?{_EXTRA}*",
        # Караганда, бульвар Мира, 19-33; Абая 15, кв. 3
        rf"{_PLACE}*{_NAME},? (?:{_HOUSE} ?)?{_NUMBER},? ?(?i:квартир[аеыу]|кв\.?) ?{_NUMBER}",
        # мкр. Аксай-4, дом 83
        rf"{_PLACE}*{_NAME}, ?{_HOUSE} ?{_NUMBER}{_EXTRA}*",
        # Наурыз көшесі, 21-үй, 5-пәтер
        rf"{_KK_PLACE}{{0,4}}(?:{_NAME}|[а-яәғқңөұүһі]{{3,20}}) {_KK_STREET}(?:ның|нда(?:ғы)?)?,? ?(?:№ ?)?"
        rf"{_NUMBER}(?:[ -]?(?:ші|шы))?"
        r"(?:[ -]?үй\w{0,5})?(?:,? ?\d{1,4}[ -]?(?:пәтер|кеңсе|бөлме)\w*)?",
        # Абай 15-үй
        rf"{_KK_PLACE}{{0,4}}{_NAME},? \d{{1,4}}[а-яА-Я]?[- ]?үй\w*(?:,? ?\d{{1,4}}[- ]?пәтер\w*)?",
        # 15 Abai Street, apt. 7, Almaty
        rf"\d{{1,4}}[a-zA-Z]?(?:/\d+)?,? {_NAME} {_EN_STREET}(?!\w){_EN_FLAT}?(?:, {_CITY})?",
        # Dostyk Avenue 89, apartment 16
        rf"{_NAME} {_EN_STREET},? ?(?:{_EN_HOUSE} ?)?{_NUMBER}{_EN_FLAT}?",
        # Mangilik El 37, building 2
        rf"{_NAME} {_NUMBER},? (?i:building|bld\.?|apt\.?|apartment|flat|room) ?#?\d{{1,4}}",
        # building 5, Samal-2 microdistrict
        rf"(?:(?i:apt\.?|apartment|flat|room) ?#?\d{{1,4}},? )?{_EN_HOUSE} ?(?i:no\.? ?)?{_NUMBER},? "
        rf"(?:flat ?\d+,? )?(?:on |in |of )?(?:the )?{_NAME} {_EN_STREET}(?!\w)(?:, {_CITY})?",
        # квартиры 45 дома 12 по улице Гагарина
        rf"(?:{_FLAT} ?{_NUMBER},? (?:в )?)?{_HOUSE} ?{_NUMBER}{_EXTRA}*,? (?:по |на |в )?{_STREET} ?{_FREE}",
        rf"{_FLAT} ?{_NUMBER},? (?:по |на )?{_STREET} ?{_FREE}",
        # дома 9 по Сатпаева
        rf"(?:{_FLAT} ?{_NUMBER},? (?:в )?)?{_HOUSE} ?{_NUMBER}{_EXTRA}*,? (?:по|на) {_NAME}",
        # 6 мкр., 12 дом, 3 кв.; 5 шағын аудан, 14 үй, 30 пәтер
        rf"(?:{_KK_PLACE}|{_PLACE})*{_NUMBER}(?:-?(?:й|ші|шы|th|nd|rd|st))?[ -]{_QUARTER},? ?(?:{_HOUSE} ?|{_EN_HOUSE} ?)?{_NUMBER}"
        r"(?:[ -]?(?i:дом|үй|уй)\w*)?"
        rf"(?:,? ?(?:{_FLAT} ?)?{_NUMBER}(?:[ -]?(?i:кв\.?|квартир\w*|пәтер\w*))?)?",
        # Жаңаөзен, Самал 24/3
        rf"(?:{_CITY}(?!{_LETTER})(?: (?i:қаласы|қ\.|қ-сы|city))?|{_NAME} (?i:ауылы|кенті|ауданы|қаласы)"
        rf"|{_PLACE_WORD} ?{_NAME}),? ?{_NAME},? {_NUMBER}{_NOT_COUNTED}(?:{_ROOMS})?",
        # мкр 5, 12-34; microdistrict Samal-2, 33-15
        rf"{_QUARTER} ?(?:№ ?)?(?:\d{{1,3}}|{_NAME}),? ?(?:{_HOUSE} ?)?{_NUMBER}{_NOT_COUNTED}(?:{_ROOMS})?",
        # үйім Сәтпаев 15; the apartment is Al-Farabi 77/8, 1203
        rf"(?i:(?<!\w)(?:үйім(?:із)?|пәтерім(?:із)?|(?:my|our) (?:place|home|house|flat)|the (?:apartment|flat|house|place)|дом|квартира)"
        rf"(?: is| -|:)?(?: at)?) (?P<place>{_NAME},? {_NUMBER}(?:, ?\d{{1,4}}(?!\w))?){_NOT_COUNTED}",
        # Достык 97, kv 12; Назарбаев 77, 12 пәтер; Kabanbay Batyr 53, entrance 2, flat 14
        rf"{_NAME},? {_NUMBER}{_ROOMS}",
        # живу на Сатпаева 30/1
        rf"(?i:(?<!\w)(?:на|по|с|со|из|дом|дома|доме) )(?P<street>(?!{_CITY}(?!{_LETTER})){_STREET_NAME}),? {_NUMBER}{_NOT_COUNTED}",
        # apartment 15 at 110 Rozybakiev
        rf"(?i:apt\.?|apartment|flat|room) ?\d{{1,4}},? (?:at|on) \d{{1,4}}\w? {_NAME}(?: {_EN_STREET}(?!\w))?",
        # a house or a flat alone: «соседи из квартиры 45», «12-үйде»
        rf"(?i:дом(?:а|е|у|ом)?|квартир(?:а|ы|е|у|ой)|кв\.) ?{_NUMBER}{_NOT_COUNTED}{_EXTRA}*",
        r"\d{1,4}[- ]?(?i:үй(?:де|ден|дің|дегі)?|пәтер(?:де|ден|дің|дегі)?)(?!\w)(?:,? ?\d{1,4}[- ]?пәтер\w*)?",
        rf"(?i:apartment|apt\.?|flat|house) (?:no\.? ?|number |#)?\d{{1,4}}\w?(?!\w){_NOT_COUNTED}",
        # үй 5, Абай көшесі
        rf"\d{{1,4}}[- ]?үй\w*(?:,? ?\d{{1,4}}[- ]?пәтер\w*)?,? {_NAME} {_KK_STREET}",
    )
)
_DECLARED = re.compile(
    r"(?<!\w)"
    + _any_case(
        r"""по\sадресу адресу?(?:\s(?:проживания|прописки|регистрации|мой))? проживаю(?:щ\w+)?(?:\s(?:в|по|на))?
        проживает(?:\s(?:в|по|на))? прописан\w*(?:\s(?:в|по))? жив(?:у|ем|ет)(?:\s(?:в|по|на))? мекенжайым(?:ыз)?
        мекенжайы мекен-жайым? мекен\sжайы?м? мекен-?жай тұратын\s(?:жерім|мекенжайым) тұрғылықты\s(?:жерім|мекенжайым)
        место\sжительства дом\.?\sадрес приезжайте\s(?:на|по) келіңіз(?:дер)? тіркелген\sмекенжайы?м?
        (?:(?:my|home|our)\s)?address(?:\sis)? residence registered\sat come\sto
        (?:(?:i|we|he|she)\s)?(?:live|lives|living|reside|residing|resides|staying)\s(?:alone\s)?(?:at|in|on)"""
    )
    + r" ?[:-]?(?: ?(?i:по адресу|адрес|in|at)(?!\w))? ?[:-]?\s?(?P<address>[^;!?\n]{3,120})"
)
_ENDS = re.compile(
    # A sentence's end, but not that of an abbreviation; what a form asks next; the rest of the sentence.
    rf"(?<!ул)(?<!пр)(?<!мкр)(?<!\bг)(?<!\bс)(?<!пос)(?<!пер)(?<!\bп)\. +"
    rf"(?={_CAPITAL}{_LETTER}{{2,}}(?:,| {_LETTER}{{2,}}| \+?\d))"
    r"|,? (?i:тел|телефон|моб|иин|жсн|iin|phone|tel|email|почта|паспорт|уд\. л)\b"
    r"|,? (?:и|а|но|что|где|которая?|который|және|and|but|where|which|since|with|is|has|мекенжайында) |\.\s*$"
)
_HAS_HOUSE = re.compile(r"(?<![\d№])\d{1,4}(?!\d)")
_NOT_A_HOUSE = re.compile(
    r"\d{1,4} ?(?i:лет|год|года|месяц|дн|раз|человек|семей|детей|years|months|people|жыл|ай\b|адам|бала)"
)
_STREETISH = re.compile(
    rf"{_STREET}|{_HOUSE} ?{_NUMBER}|{_FLAT}|{_PROPER},? {_NUMBER}$|"
    + _any_case(
        r"көше к-сі даңғыл д-лы аудан ауыл үй уй м/а ш/а пәтер street str\. avenue ave road microdistrict village house"
        r" apartment apt flat"
    )
)


_SETTLEMENT = re.compile(
    rf"(?:{_PLACE},? ?)*(?:{_PLACE_WORD} ?{_NAME},? ?)?(?:{_STREET} ?{_NAME}|{_PLACE_WORD} ?{_NAME})"
    rf"|{_NAME} {_KK_STREET}"
)


_VILLAGE = _any_case(
    r"сел(?:о|е|а|у) посел(?:ок|ке|ка|ку) аул(?:а|е|у)? деревн[яеи] станци[яи] разъезд[ае]? пос\. с\. п\."
)
_KK_VILLAGE = r"(?i:ауыл|кент|село|бекет)"
_HOMES = tuple(
    re.compile(rf"(?<!{_LETTER})(?i:{before})(?P<home>{home}){after}")
    for before, home, after in (
        # жительница села Акколь; родом из аула; мы из посёлка
        (
            r"жител(?:ь|и|я|ьница|ьницы|ей|ям)\s|(?:я|мы|родом|сам|сама)\sиз\s",
            rf"{_VILLAGE} ?[«\"]?{_NAME}",
            "",
        ),
        # у нас в посёлке Заречный, на нашей улице Степной; біздің Қайнар ауылында; our village Kainar
        (r"(?:у нас|наш\w{1,3})(?: в| на)? ", rf"(?:{_VILLAGE}|{_STREET}) ?[«\"]?{_NAME}", ""),
        (r"(?:біздің|ауылымыз|кентіміз) ", rf"{_NAME} (?:{_KK_VILLAGE}|{_KK_STREET})\w*", ""),
        (r"our ", rf"(?:(?i:village)(?: of)? {_NAME}|{_NAME} (?i:village|street|lane|road)(?!\w))", ""),
        # аул Кызылту, здесь живу
        ("", rf"{_VILLAGE} ?[«\"]?{_NAME}", r"(?=[^.\n]{0,20}(?i:\bжив|\bпрожив))"),
        ("", rf"{_NAME} {_KK_VILLAGE}ы", r"(?=[^.\n]{0,20}(?i:тұрам|тұрат|тұрғын))"),
        # Қарабұлақ ауылында тұрамын
        ("", rf"{_NAME} {_KK_VILLAGE}\w*", r"(?=[ ,]{1,2}(?i:тұра|тұрғын|тұрып|тұрад|тұрат))"),
        (
            "",
            rf"{_NAME} {_KK_VILLAGE}(?:ының|інің|ынан|інен|дан|ден|нан|нен)\w*",
            r"(?= ?(?i:тұрғын|мын|мін|боламын|едім|[.,!]))",
        ),
        ("", rf"{_NAME} {_KK_STREET}\w*", r"(?=[ ,]{1,2}(?i:тұра|тұрғын))"),
        # a resident of Karaoi village; from the village of Karaoi
        (
            r"(?:residents?\sof|from|live[sd]?\sin|living\sin|reside[sd]?\sin)\s",
            rf"(?:the )?(?:(?i:village)(?: of)? {_NAME}|{_NAME} (?i:village|settlement|aul)(?!\w))",
            "",
        ),
        (r"(?:live[sd]?|living|reside[sd]?)\son\s", rf"{_NAME} {_EN_STREET}(?!\w)", ""),
    )
)
"""A village, or a street without a number, where it is said to be somebody's home."""


def addresses(text: str) -> list[Span]:
    """Addresses with a house number, in order, the longest where they overlap."""
    tidy = text.translate(_SAME)
    spans = {
        (match.start(next(iter(pattern.groupindex), 0)), match.end())
        for pattern in _PATTERNS
        for match in pattern.finditer(tidy)
    }
    found = [(match.start("home"), match.end("home")) for home in _HOMES for match in home.finditer(tidy)]
    for span in (*(_declared(match) for match in _DECLARED.finditer(tidy)), *found):
        if span and all(span[1] <= start or end <= span[0] for start, end in spans):
            spans.add(span)
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span)):
        if all(end <= other_start or other_end <= start for other_start, other_end in kept):
            kept.append((start, end))
    return [_fitted(text, start, end) for start, end in sorted(kept)]


def _declared(match: "re.Match[str]") -> tuple[int, int] | None:
    """What is said to be an address, up to its last number; without one, a village or a street by its name."""
    said = match["address"]
    if cut := _ENDS.search(said):
        said = said[: cut.start()]
    said = said.rstrip(" ,")
    if _NOT_A_HOUSE.search(said):
        return None
    if not _HAS_HOUSE.search(said):
        settled = _SETTLEMENT.match(said)
        return (match.start("address"), match.start("address") + settled.end()) if settled else None
    if not _STREETISH.search(said):
        return None
    last = [number.end() for number in _HAS_HOUSE.finditer(said)][-1]
    tail = re.match(
        rf"(?:{_LETTER}(?!{_LETTER}))?(?:[ -]?(?:үй|пәтер)\w*)?(?: {_PROPER} {_EN_STREET})?", said[last:]
    )
    start = match.start("address")
    return start, start + last + (tail.end() if tail else 0)


def _fitted(text: str, start: int, end: int) -> Span:
    while text[start] in " ,.:;-\n":
        start += 1
    while text[end - 1] in " ,;:-\n":
        end -= 1
    return Span(start, end)
