"""Regions of the places that a text names: a table of sentences, and laws that no table shows."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.core import Language
from aimas.institution import gazetteer

TABLE = {
    "a town in some form in russian": """
        ru|В Семее задержали мошенника.|KZ-10
        ru|На улице Абая в Кокшетау сбили пешехода.|KZ-11
        ru|В Сатпаеве горняки объявили голодовку.|KZ-62
        ru|Горняки Жезказгана и Сатпаева вышли на смену.|KZ-62
        ru|Алматинские полицейские раскрыли кражу.|KZ-75
        ru|Костанайские аграрии завершили сев.|KZ-39
        ru|В Уральске прорвало трубу.|KZ-27
        ru|В Петропавловске затопило дачи.|KZ-59
        ru|В Рудном запустили линию на заводе.|KZ-39
        ru|Матч прошёл в Таразе на стадионе «Тараз Арена».|KZ-31
        ru|Степногорск отключили от тепла.|KZ-11
        ru|В Усть-Каменогорске и Риддере смог.|KZ-63
        ru|В Өскемене смог.|KZ-63
        ru|Житель Экибастуза спас ребёнка.|KZ-55
        ru|В селе Бурабай отравились дети.|KZ-11
        ru|Боровое принимает гостей.|KZ-11
        ru|Байконур готовится к пуску.|KZ-43
        ru|Жезказганские шахтёры добились выплаты.|KZ-62
        ru|В Конаеве строят жильё.|KZ-19
        ru|В Мангистау бастуют нефтяники.|KZ-47
        ru|Жители Жанаозена собрались на площади.|KZ-47
        ru|Курчатов: под Семеем показали полигон.|KZ-10
        ru|В Талдыкоргане и Жаркенте похолодало.|KZ-33
        ru|Шымкентский суд арестовал водителя.|KZ-79
        ru|В Аральске дали воду.|KZ-43
    """,
    "a russian text that names no place of the country": """
        ru|Много семей осталось без крова после паводка.|
        ru|Семей погибших ждут в акимате.|
        ru|Памятник Абаю установили на проспекте Абая.|
        ru|Сатпаев остался без воды.|
        ru|Академик Каныш Сатпаев родился 125 лет назад.|
        ru|Уральский федеральный округ России закупил уголь.|
        ru|Он громко орал на соседей.|
        ru|В Петропавловске-Камчатском произошло землетрясение.|
        ru|На Алтае в России пропали туристы.|
        ru|Рудный путь оказался трудным.|
        ru|ФК «Кайрат» обыграл «Астану» в гостях.|
        ru|В Жамбылском районе пропал пастух.|
        ru|Шу Кинг приехал с концертом.|
        ru|Полиция Бишкека задержала жителя Токмока.|
        ru|Гостиница «Астана» закрыта.|
        ru|Рейс Air Astana задержали в Стамбуле.|
        ru|Динмухамед Кунаев руководил республикой.|
        ru|Ученый Курчатов создал бомбу.|
        ru|В столице прошёл рейд.|
        ru|Аральское море мелеет.|
    """,
    "a region or district in russian": """
        ru|В городе Абай Карагандинской области открыли школу.|KZ-35
        ru|В Абайской области введён режим ЧС.|KZ-10
        ru|В области Абай тушат пожар.|KZ-10
        ru|Жители области Жетісу жалуются на дороги.|KZ-33
        ru|В области Ұлытау строят дорогу.|KZ-62
        ru|В Целиноградском районе Акмолинской области горит степь.|KZ-11
        ru|В Алматинской области задержали браконьеров.|KZ-19
        ru|В городе Алтай ВКО закрыли школу.|KZ-63
        ru|В Турксибском районе ограбили магазин.|KZ-75
        ru|В районе Алматы столицы появится парк. Астана растёт.|KZ-71
        ru|В Жамбылском районе СКО пропал пастух.|KZ-59
        ru|Полиция Туркестанской области сообщила о рейде.|KZ-61
        ru|В г. Шу Жамбылской области ремонтируют вокзал.|KZ-31
        ru|В микрорайоне Самал-2 в Актау отключили воду.|KZ-47
        ru|Район имени Габита Мусрепова ждёт паводок.|KZ-59
        ru|В селе Абай Сарыагашского района дали газ.|KZ-61
        ru|Полиция Северо-Казахстанской области напоминает о ПДД.|KZ-59
        ru|Восточно-Казахстанский областной суд вынес приговор.|KZ-63
        ru|Толебийский район остался без света.|KZ-61
    """,
    "several regions in one russian sentence": """
        ru|В Нур-Султане и Алматы ужесточили карантин.|KZ-71 KZ-75
        ru|Он родился в Целинограде, учился в Чимкенте.|KZ-71 KZ-79
        ru|Полицейские Алматинской и Жамбылской областей провели рейд.|KZ-19 KZ-31
        ru|В ЗКО, ВКО и СКО ожидается гололёд.|KZ-27 KZ-63 KZ-59
        ru|Гурьев и Актюбинск — старые названия.|KZ-23 KZ-15
        ru|Актюбинская, Атырауская и Мангистауская области получили средства.|KZ-15 KZ-23 KZ-47
        ru|Алматы–Астана: поезд задержан.|KZ-75 KZ-71
        ru|На трассе Алматы — Конаев авария.|KZ-75 KZ-19
    """,
    "a town in some form in kazakh": """
        kk|Семейде өрт шықты.|KZ-10
        kk|Семей қаласында жол жөнделді.|KZ-10
        kk|Оралда су тасқыны болды.|KZ-27
        kk|Орал қаласының тұрғыны шағымданды.|KZ-27
        kk|Ұлытауда жаңа мектеп ашылды.|KZ-62
        kk|Алматыда көлік ұрланды.|KZ-75
        kk|СҚО-ның тұрғыны жоғалып кетті.|KZ-59
        kk|Қарағандылық полицейлер қылмысты ашты.|KZ-35
        kk|Шымкенттің тұрғындары наразы.|KZ-79
        kk|Маңғыстаудағы мұнайшылар жалақы сұрады.|KZ-47
        kk|Ақсу қаласында зауыт іске қосылды.|KZ-55
        kk|Балқашта зауыт тоқтады.|KZ-35
        kk|Көкшетаудың шетінде орман өртенді.|KZ-11
        kk|Петропавлда су деңгейі көтерілді.|KZ-59
        kk|Өскеменде адам қаза тапты.|KZ-63
        kk|Тараз шаһарында жәрмеңке өтті.|KZ-31
        kk|Қонаев қаласында құрылыс жүріп жатыр.|KZ-19
        kk|Шығыс Қазақстанда қар жауды.|KZ-63
        kk|Жезқазғанда кеншілер жиналды.|KZ-62
        kk|Павлодардан келген ұшақ қонды.|KZ-55
        kk|Ақтөбеліктер марапатталды.|KZ-15
    """,
    "a kazakh text that names no place of the country": """
        kk|Ол үйіне орал деп айтты.|
        kk|Абай атындағы театр ашылды.|
        kk|Абай көшесінде жол апаты болды.|
        kk|Абай Құнанбайұлының шығармалары көрсетілді.|
        kk|Балқаш көлінің деңгейі түсті.|
        kk|Бейжіңде кездесу өтті, Ташкентте келісім жасалды.|
        kk|«Астана» футбол клубы жеңілді.|
        kk|Қонаев ел басқарған жылдары дамыды.|
        kk|Темір жол жөнделді.|
    """,
    "a region or district in kazakh": """
        kk|Абай облысында дауыл соқты.|KZ-10
        kk|Абай ауданында егін жиналды. Қарағанды облысы көш бастады.|KZ-35
        kk|Жетісу облысының полицейлері рейд жүргізді.|KZ-33
        kk|Алматы облысында су тапшы.|KZ-19
        kk|Түркістан облысында жемқор ұсталды.|KZ-61
        kk|Қызылорда облысы Шиелі ауданында егіс басталды.|KZ-43
        kk|Ақсу ауданында жол салынды.|KZ-33
        kk|Астанадағы Алматы ауданында дау шықты.|KZ-71
        kk|Сырым ауданы, Батыс Қазақстан облысы|KZ-27
        kk|Солтүстік Қазақстан облысы Есіл ауданы|KZ-59
    """,
    "several regions in one kazakh sentence": """
        kk|Алматы мен Астанада түтін көбейді.|KZ-75 KZ-71
        kk|Алматы және Жамбыл облыстарында нөсер жауады.|KZ-19 KZ-31
        kk|БҚО мен ШҚО-да аяз күшейді.|KZ-27 KZ-63
    """,
    "an old name in kazakh": """
        kk|Нұр-Сұлтан қаласы әкімдігі хабарлады.|KZ-71
    """,
    "a town in some form in english": """
        en|Police in Semey detained a suspect.|KZ-10
        en|Oral exams were cancelled in Oral.|KZ-27
        en|Almaty police detained a man.|KZ-75
        en|Aktau residents saw smoke.|KZ-47
        en|Ust-Kamenogorsk plant stopped; Ridder too.|KZ-63
        en|The Baikonur cosmodrome launched a rocket.|KZ-43
        en|The Turksib district court jailed a driver in Almaty.|KZ-75
    """,
    "a region or district in english": """
        en|A fire broke out in the Abai Region.|KZ-10
        en|The Karaganda region police opened a case.|KZ-35
        en|Protests in Zhanaozen in the Mangystau Region.|KZ-47
        en|In Petropavlovsk, North Kazakhstan region, the river rose.|KZ-59
        en|The Almaty region akim visited Konaev.|KZ-19
        en|Workers in Turkistan Region were not paid.|KZ-61
    """,
    "several regions in one english sentence": """
        en|Flooding hit Kostanay, Aktobe and Atyrau.|KZ-39 KZ-15 KZ-23
        en|Residents of Shymkent and Taraz complained.|KZ-79 KZ-31
        en|Ulytau and Zhetisu regions were created in 2022.|KZ-62 KZ-33
        en|In the Almaty and Zhambyl regions it rained.|KZ-19 KZ-31
    """,
    "a english text that names no place of the country": """
        en|The Astana Times reported record sales.|
        en|Air Astana added flights.|
        en|Oral surgery is expensive.|
        en|Abai Kunanbayev is a poet; Abai Street was closed.|
        en|Petropavlovsk-Kamchatsky was shaken by a quake.|
        en|East Turkestan and the Altai mountains|
        en|Temir ran home. Shu smiled.|
    """,
    "an old name in english": """
        en|Floods in Uralsk, West Kazakhstan.|KZ-27
        en|NUR-SULTAN – The ministry reported.|KZ-71
    """,
}
"""Language, text, regions."""


def cases() -> list[object]:
    return [
        pytest.param(*line.strip().split("|"), id=f"{heading}, {number}")
        for heading, lines in TABLE.items()
        for number, line in enumerate(lines.strip().splitlines(), 1)
    ]


@pytest.mark.parametrize(("language", "text", "regions"), cases())
def test_the_regions_of_a_sentence(language: str, text: str, regions: str) -> None:
    found = gazetteer().places(text, Language(language))
    assert {place.region for place in found} == set(regions.split())
    for place in found:
        assert text[place.span.start].isalpha() and text[place.span.end - 1].isalnum()


@pytest.mark.parametrize(("language", "text", "regions"), cases())
def test_the_language_need_not_be_told(language: str, text: str, regions: str) -> None:
    assert {place.region for place in gazetteer().places(text)} == set(regions.split())


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(
            "Рейд в Кызылорде.", ["Кызылорде"], id="a town in the locative, without the preposition"
        ),
        pytest.param(
            "ДТП в Карагандинской области, в Абайском районе.",
            ["Карагандинской области", "Абайском районе"],
            id="a region with its noun",
        ),
        pytest.param("Police in Almaty's centre", ["Almaty"], id="a possessive ends before the apostrophe"),
        pytest.param("ШҚО-да аяз", ["ШҚО"], id="a case after a hyphen stays outside"),
        pytest.param("İİ в Алматы", ["Алматы"], id="a letter that grows when made small moves no offset"),
    ],
)
def test_spans_hold_exactly_the_name(text: str, words: list[str]) -> None:
    assert [place.span.of(text) for place in gazetteer().places(text)] == words


@given(st.sampled_from(["В Караганде тихо. ", "Алматыда тыныш. ", "Quiet in Taraz. "]), st.text(max_size=40))
def test_what_follows_never_moves_a_place(opening: str, rest: str) -> None:
    alone = gazetteer().places(opening, Language.RU)
    together = gazetteer().places(f"{opening}\n{rest}", Language.RU)
    assert set(alone) <= set(together)


@given(st.text(max_size=200))
def test_any_text_is_read_and_spans_lie_in_order(text: str) -> None:
    spans = [place.span for place in gazetteer().places(text)]
    assert spans == sorted(spans)
    assert all(left.end <= right.start for left, right in itertools.pairwise(spans))


def test_every_region_can_be_found() -> None:
    regions = "Абай Ақмола Ақтөбе Алматы Атырау Жамбыл Жетісу Қарағанды Қостанай Қызылорда Маңғыстау Павлодар Түркістан Ұлытау"
    found = {place.region for name in regions.split() for place in gazetteer().places(f"{name} облысында")}
    three = gazetteer().places(
        "Батыс Қазақстан, Солтүстік Қазақстан, Шығыс Қазақстан облыстары; Астана, Шымкент, г. Алматы"
    )
    assert len(found | {place.region for place in three}) == 20
