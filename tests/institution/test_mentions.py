"""What counts as a mention of the ministry and what does not: a table of sentences, and laws."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aimas.institution import Institutions, require_profile

MINISTRY = Institutions([require_profile("kz-mia")])
PROSECUTORS = Institutions([require_profile("kz-prosecutor")])

TABLE = {
    "ours in russian": """
        Министр внутренних дел Ержан Саденов доложил президенту.|minister:Министр внутренних дел Ержан Саденов
        В МВД РК прошла коллегия.|ministry:МВД РК
        Полиция Алматы ищет свидетелей.|police:Полиция Алматы
        Полицейские задержали гражданина Узбекистана.|police:Полицейские
        Полицейские нашли угнанный из России автомобиль.|police:Полицейские
        Полиция Казахстана и МВД Узбекистана подписали меморандум.|police:Полиция Казахстана
        Департамент полиции Карагандинской области сообщил о рейде.|department:Департамент полиции Карагандинской области
        ДП Алматы подвёл итоги года.|department:ДП Алматы
        О происшествии сообщили в департаменте полиции города Шымкент.|department:департаменте полиции города Шымкент
        Сотрудники полиции оказали помощь роженице.|police:Сотрудники полиции
        Участковый помог пенсионерке.|police:Участковый
        Бойцы Национальной гвардии тушат пожар в Абайской области.|national_guard:Национальной гвардии
        Миграционная служба напомнила о правилах.|migration:Миграционная служба
        В КУИС МВД опровергли пытки.|penitentiary:КУИС;ministry:МВД
        Министра внутренних дел попросили об отставке.|minister:Министра внутренних дел
        Министром внутренних дел Ержаном Саденовым недовольны.|minister:Министром внутренних дел Ержаном Саденовым
        Саденов ответил депутатам. Глава МВД пообещал проверку.|minister:Саденов;minister:Глава МВД
        Тургумбаева раскритиковали в сенате; министр внутренних дел промолчал.|minister:Тургумбаева;minister:министр внутренних дел
        Органы внутренних дел усилены.|police:Органы внутренних дел
        Iшкi iстер министрлiгi хабарлады.|ministry:Iшкi iстер министрлiгi
        Экс-министр внутренних дел Ерлан Тургумбаев дал показания.|minister:министр внутренних дел Ерлан Тургумбаев
        Министры внутренних дел Казахстана и Кыргызстана встретились в Алматы.|minister:Министры внутренних дел Казахстана
        Патрульный полицейский спас тонущего мальчика.|police:Патрульный полицейский
        Глава Минюста и вице-министр внутренних дел ответили.|minister:вице-министр внутренних дел
        ОВД Темиртау ищет подростка.|police:ОВД Темиртау
        Начальник УП Темиртау уволен.|department:УП Темиртау
        Полиция сообщила, что водитель ехал в Россию.|police:Полиция
        Полиция Павлодара задержала жителя Омска.|police:Полиция Павлодара
        Погоня как в американском кино: полиция Костаная задержала лихача.|police:полиция Костаная
        Как в Европе: полиция получила электромобили.|police:полиция
    """,
    "not ours in russian": """
        МВД России опровергло слухи.|
        МВД РФ объявило блогера в розыск.|
        Полиция Бишкека задержала двух человек.|
        В Бишкеке полиция задержала двух человек.|
        В Анкаре прошла акция протеста. Полиция применила слезоточивый газ.|
        Турецкая полиция разогнала демонстрантов.|
        Финансовая полиция завершила расследование.|
        Военная полиция задержала дезертира.|
        Сериал «Полицейский с Рублёвки» продлили.|
        Группа The Police даст концерт.|
        В фильме «Полиция» сыграл известный актёр.|
        МЧС предупредило о паводке.|
        КНБ задержал шпиона.|
        АФМ вернуло деньги вкладчикам.|
        Прокуратура внесла представление акиму.|
        ДП сделал обороты.|
        Участковая избирательная комиссия подвела итоги.|
        Национальная гвардия США введена в Лос-Анджелес.|
        Касымов выиграл турнир по шахматам.|
        Казахстанец погиб в Бишкеке. Полиция Бишкека ведёт расследование. Полицейские установили водителя.|
        Казахстанца задержали в Дубае. Полиция эмирата предъявила обвинение.|
        Скандал в Стамбуле: полиция задержала казахстанских туристов.|
        В Ташкенте сотрудники милиции и полиции проверяют рынки.|
        Министерство внутренних дел Кыргызстана сообщило.|
        Лежачий полицейский поставили у школы.|
    """,
    "ours in kazakh": """
        Полицияның жұмысы нашар.|police:Полицияның
        Полицейлер күдіктіні ұстады.|police:Полицейлер
        Ішкі істер министрлігінде жиын өтті.|ministry:Ішкі істер министрлігінде
        Ішкі істер министрі Ержан Сәденов есеп берді.|minister:Ішкі істер министрі Ержан Сәденов
        Ішкі істер министрі Ержан Сәденовтің айтуынша, қылмыс азайған.|minister:Ішкі істер министрі Ержан Сәденовтің
        ІІМ-нің мәліметінше, қылмыс азайды.|ministry:ІІМ
        Қарағанды облысының полиция департаменті хабарлады.|department:Қарағанды облысының полиция департаменті
        Алматы қаласы полиция департаментінің баспасөз қызметі мәлімдеді.|department:Алматы қаласы полиция департаментінің баспасөз қызметі
        Өзбекстан азаматын полиция ұстады.|police:полиция
        Ұлттық ұлан сарбаздары көмекке келді.|national_guard:Ұлттық ұлан сарбаздары
        Учаскелік инспекторлар ауылды аралады.|police:Учаскелік инспекторлар
        Тәртіп сақшылары жәрдемге келді.|police:Тәртіп сақшылары
        Қылмыстық-атқару жүйесі комитетінде тексеру жүріп жатыр.|penitentiary:Қылмыстық-атқару жүйесі комитетінде
        Көші-қон қызметі құжат береді.|migration:Көші-қон қызметі
        Полиция күні аталып өтті.|police:Полиция
    """,
    "not ours in kazakh": """
        Ресей полициясы оны ұстады.|
        Бішкекте полиция екі адамды ұстады.|
        Түркия полициясы шеруді таратты.|
        Ресей ІІМ мәлімдеме жасады.|
        Әскери полиция сарбазды ұстады.|
        Нью-Йорк полициясы бес адамды ұстады.|
    """,
    "ours in english": """
        The Interior Ministry of Kazakhstan denied the claim.|ministry:Interior Ministry of Kazakhstan
        The Interior Ministry denied the claim.|ministry:Interior Ministry
        Almaty police detained three men.|police:Almaty police
        Kazakhstan's interior minister Yerzhan Sadenov spoke.|minister:Kazakhstan's interior minister Yerzhan Sadenov
        Erlan Turgumbaev resigned.|minister:Erlan Turgumbaev
        The Almaty police department reported a raid.|department:Almaty police department
        Police officers saved a boy from the river.|police:Police officers
        The National Guard of Kazakhstan turned 30.|national_guard:National Guard of Kazakhstan
        Kazakh police extradited a Turkish citizen to Ankara.|police:Kazakh police
        İşkı ıster ministrlıgı habarlady. Ishki ister ministrligi|ministry:Ishki ister ministrligi
    """,
    "not ours in english": """
        The Russian Interior Ministry denied the claim.|
        Russia's Interior Ministry denied the claim.|
        Turkish police raided the office.|
        Police in Bishkek detained three men.|
        LAPD officers shot a man.|
        Los Angeles police said a man was shot.|
        Scotland Yard opened an inquiry.|
        The fashion police will hate it.|
        A police officer in New York was fired.|
        The National Guard was deployed in Minneapolis.|
        The Ministry of Internal Affairs of Kyrgyzstan reported a raid in Osh.|
    """,
}
"""Text | target:words of the span; …"""


def cases(*, ours: bool) -> list[object]:
    return [
        pytest.param(*line.strip().rsplit("|", 1), id=f"{heading}, {number}")
        for heading, lines in TABLE.items()
        for number, line in enumerate(lines.strip().splitlines(), 1)
        if heading.startswith("ours") == ours
    ]


@pytest.mark.parametrize(("text", "expected"), cases(ours=True))
def test_a_name_is_found_with_its_target_and_span(text: str, expected: str) -> None:
    assert [f"{m.target}:{m.span.of(text)}" for m in MINISTRY.find(text)] == expected.split(";")


@pytest.mark.parametrize(("text", "expected"), cases(ours=False))
def test_another_thing_is_left_alone(text: str, expected: str) -> None:
    assert MINISTRY.find(text) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(
            "Генпрокуратура внесла представление, прокурор запросил срок.",
            "office:Генпрокуратура;prosecutor:прокурор",
            id="the office by its short name",
        ),
        pytest.param(
            "Генеральный прокурор Берик Асылов выступил в сенате.",
            "general_prosecutor:Генеральный прокурор Берик Асылов",
            id="the office and its holder are one mention",
        ),
        pytest.param(
            "Прокуратура Павлодарской области проверила завод. Надзорный орган выявил долги.",
            "office:Прокуратура Павлодарской области;office:Надзорный орган",
            id="a supervising body beside the prosecutors",
        ),
        pytest.param(
            "Надзорный орган оштрафовал банк.", "", id="a supervising body with no prosecutors near"
        ),
        pytest.param(
            "Бас прокуратураның баспасөз қызметі", "office:Бас прокуратураның", id="kazakh genitive"
        ),
        pytest.param("Генпрокуратура РФ направила запрос.", "", id="another state's office"),
        pytest.param("Прокурор Парижа начал расследование.", "", id="another city's prosecutor"),
        pytest.param("МВД и полиция отчитались.", "", id="the police are not the prosecutors"),
    ],
)
def test_the_prosecutors_office(text: str, expected: str) -> None:
    assert ";".join(f"{m.target}:{m.span.of(text)}" for m in PROSECUTORS.find(text)) == expected


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Turgumbayev Turgumbaev Turgumbaiev", id="latin spellings of the russian form"),
        pytest.param("Тургумбаева Тургумбаеву Тургумбаевым Тургумбаеве", id="russian cases"),
        pytest.param("Тұрғымбаев Тұрғымбаевтың Тұрғымбаевқа Тұрғымбаевты", id="kazakh cases"),
    ],
)
def test_a_surname_counts_in_any_spelling_where_the_office_is_named(text: str) -> None:
    found = MINISTRY.find(f"Interior Minister of Kazakhstan. {text}")
    assert [m.target for m in found] == ["minister"] * (1 + len(text.split()))


def test_a_refusal_says_why() -> None:
    (refusal,) = MINISTRY.explain("Турецкая полиция разогнала демонстрантов.").refusals
    assert refusal.target == "police"
    assert refusal.why == "belongs to another state: Турция"


def test_two_profiles_in_one_pass_find_what_each_finds_alone() -> None:
    text = "Прокурор потребовал от МВД проверить полицию Алматы."
    both = Institutions([require_profile("kz-mia"), require_profile("kz-prosecutor")])
    assert set(both.find(text)) == {*MINISTRY.find(text), *PROSECUTORS.find(text)}


TEXTS = st.lists(
    st.sampled_from(
        ["Полиция", "МВД", "в Бишкеке", "России", "Алматы", "«", "»", ". ", "\n", "министр внутренних дел", "сказал он",
         "полицейлер", "деді", "police", "in Turkey", "Kazakhstan", "Ержан Саденов", "ДП", ", ", "—", "İ"]
    ),
    max_size=30,
).map(" ".join)  # fmt: skip


@given(TEXTS)
def test_mentions_lie_in_order_within_the_text_and_never_overlap(text: str) -> None:
    found = MINISTRY.find(text)
    assert all(left.span.end <= right.span.start for left, right in itertools.pairwise(found))
    assert all(mention.span.end <= len(text) for mention in found)


@given(TEXTS)
def test_a_text_with_a_mention_passes_the_prefilter(text: str) -> None:
    assert MINISTRY.speaks_of(text) or not MINISTRY.find(text)


@given(TEXTS)
def test_each_name_is_either_a_mention_or_refused_with_a_reason(text: str) -> None:
    explained = MINISTRY.explain(text)
    assert explained.mentions == MINISTRY.find(text)
    assert all(refusal.why for refusal in explained.refusals)
    assert MINISTRY.speaks_of(text) == bool(explained.mentions or explained.refusals)
