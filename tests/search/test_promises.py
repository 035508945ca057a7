"""What a reader takes for one word is found as one, in three languages; what differs is not."""

from collections.abc import Iterator

import pytest
from tests.builders import Shelf, StoppedClock, reading

from aimas.core import Language
from aimas.search.service import Search

RU, KK, EN, MIXED = Language.RU, Language.KK, Language.EN, Language.KK_RU

FOUND = [
    # Forms of a word.
    pytest.param(KK, "Ол қазір полицейлерімізден кешірім сұрады", "полицей", id="a Kazakh chain: plural, our, from"),
    pytest.param(KK, "Қала полицейі келді", "полицейлерімізден", id="a Kazakh chain finds the bare word"),
    pytest.param(KK, "Қызметкерлеріміздің ісі", "қызметкер", id="a Kazakh chain: plural, our, of"),
    pytest.param(KK, "Мектептеріңіздегілер айтты", "мектеп", id="a Kazakh chain: those in your schools"),
    pytest.param(KK, "Ұрыларды ұстады", "ұрының", id="two Kazakh cases of one word"),
    pytest.param(KK, "Жауап бермегендер көп", "беру", id="a Kazakh verb denied and made a noun"),
    pytest.param(RU, "Полицейскими занялась прокуратура", "полицейский", id="a Russian case"),
    pytest.param(RU, "Детям помогли", "ребёнок", id="a Russian word with another root in the plural"),
    pytest.param(RU, "Людей задерживали", "человек", id="Russian people and man"),
    pytest.param(RU, "Верховных судов стало больше", '"верховный суд"', id="a Russian form of two words, in a phrase"),
    pytest.param(RU, "Шёл дождь", "идти", id="a Russian verb with another root in the past"),
    pytest.param(EN, "The officers were arresting him", "arrested", id="English forms of a verb"),
    pytest.param(EN, "Two policemen came", "policemen", id="an English irregular plural as written"),
    pytest.param(MIXED, "Бүгін министр сказал, полицейлеріміз жұмыс істейді", "полицей", id="Kazakh inside a mixed text"),
    pytest.param(MIXED, "Бүгін министр сказал, полицейлеріміз жұмыс істейді", "сказать", id="Russian inside a mixed text"),
    pytest.param(KK, "Таксистер жиналды", "таксист", id="a plural that takes up the т of its stem"),
    pytest.param(KK, "Таксист келді", "таксистердің", id="its stem by a genitive of the plural"),
    pytest.param(KK, "Көші-қон қызметі", "көші-қонның", id="a hyphened word by its genitive"),
    pytest.param(KK, "Көші-қонның себебі", "көші-қон", id="the genitive of a hyphened word"),
    pytest.param(KK, "Жаңа тонның бағасы", "тон", id="the genitive of a short stem"),
    # One letter for another.
    pytest.param(RU, "Пришел Семен Королев", "пришёл", id="е for ё"),
    pytest.param(RU, "Пришёл учёный", "ученый", id="ё for е"),
    pytest.param(RU, "Пришёл учёный", "=ученый", id="ё for е, exactly"),
    pytest.param(RU, "Пришёл учёный", "учен*", id="ё for е, in a wildcard"),
    pytest.param(RU, "Мои\u0306 дом", "мой", id="й in two characters in the text"),
    pytest.param(RU, "Мой дом", "мои\u0306", id="й in two characters in the query"),
    pytest.param(RU, "Мой дом", "=мои\u0306", id="й in two characters, exactly"),
    pytest.param(RU, "Районный суд", "раи\u0306он*", id="й in two characters, in a wildcard"),
    pytest.param(RU, "Замо\u0301к закрыт", "замок", id="a stress mark"),
    pytest.param(RU, "Пoлиция пришла", "полиция", id="a Latin o in a Cyrillic word"),
    pytest.param(RU, "Полиция пришла", "пoлиция", id="a Latin o in the query"),
    pytest.param(RU, "Полиция пришла", "=пoлиция", id="a Latin o in the query, exactly"),
    pytest.param(RU, "Полиция пришла", "пoлиц*", id="a Latin o in a wildcard"),
    pytest.param(KK, "Kaзақстан полициясы", "қазақстан -қазақстан OR казақстан", id="Latin K and a in a Kazakh word"),
    pytest.param(EN, "The pоlice came", "police", id="a Cyrillic о in an English word"),
    pytest.param(KK, "Қазақстан", "ҚАЗАҚСТАН", id="Kazakh capitals"),
    pytest.param(EN, "ISTANBUL İstanbul", "istanbul", id="a dotted capital I"),
    # Signs that nobody sees.
    pytest.param(RU, "Поли\u200bция пришла", "полиция", id="a blank of no width inside a word"),
    pytest.param(RU, "Поли\u00adция пришла", '"полиция пришла"', id="a soft hyphen, in a phrase"),
    pytest.param(RU, "Поли\u200dция пришла", "=полиция", id="a joiner, exactly"),
    pytest.param(RU, "\u202bПоли\u200fция\u202c пришла", "полиция", id="marks of direction in the text"),
    pytest.param(RU, "Полиция пришла", "\u200fполи\u200eция\u202c", id="marks of direction in the query"),
    pytest.param(RU, "Полиция пришла", "\ufeffполиция\u200b \u2060AND\u200b пришла", id="around an operator"),
    pytest.param(RU, "Полиция пришла", "поли\u200bц*", id="in a wildcard"),
    # Signs inside words.
    pytest.param(RU, "В Усть-Каменогорске суд", "Усть-Каменогорск", id="a hyphen"),
    pytest.param(RU, "В Усть‑Каменогорске суд", "усть-каменогорск", id="a hyphen that does not break"),
    pytest.param(RU, "В Усть-Каменогорске суд", "Каменогорск", id="half of a hyphened word"),
    pytest.param(RU, "В Усть-Каменогорске суд", "усть каменогорск", id="both halves"),
    pytest.param(EN, "The officer’s report", "officer", id="an English possessive"),
    pytest.param(EN, "The officer's report", "=officer’s", id="one apostrophe for another"),
    pytest.param(EN, "It is ten o`clock", "o'clock", id="a grave accent for an apostrophe"),
    pytest.param(RU, "Объект сдан", "объект", id="a hard sign"),
    pytest.param(RU, "Позвоните 102", "102", id="a number"),
    pytest.param(RU, "Ущерб 10 500 000 тенге", '"10 500"', id="digits in groups"),
    pytest.param(RU, "Дом 12/3, кв. 5", "12/3", id="a slash between digits"),
    pytest.param(RU, "Улица 8-марта", "8-марта", id="a digit and a word"),
    pytest.param(RU, "Патруль МВД РК в COVID-19", "covid-19", id="letters and digits"),
    pytest.param(RU, "«Полиция!» — крикнул он", '"полиция крикнул"', id="punctuation stands between no words"),
    pytest.param(RU, "Полиция 🚓 едет", '"полиция едет"', id="a picture is no word"),
    # Names.
    pytest.param(RU, "Министр Тургумбаев сказал", "Turgumbayev", id="a name in Latin letters"),
    pytest.param(KK, "Министр Тұрғымбаевтың сөзі", "Turgumbaev", id="a Kazakh case of a name in Latin letters"),
    pytest.param(EN, "Minister Turgumbayev's words", "Тұрғымбаевтан", id="a Latin name by a Kazakh case"),
    pytest.param(EN, "Minister Turgumbaev said", "Тургумбаевым", id="a Latin name by a Russian case"),
    pytest.param(RU, "Министру Тургумбаеву сказали", "тұрғымбаев", id="a name in small letters"),
    pytest.param(RU, "Президент Токаев приехал", "Tokayev", id="a name that is also a Russian word"),
    pytest.param(EN, "President Tokayev came", "токаеву", id="a name that is also a Russian word, small"),
    pytest.param(KK, "Президент Тоқаевқа хат", "Токаева", id="Kazakh and Russian letters"),
    pytest.param(EN, "Yerlan Turgumbayev spoke", '"Ерлан Тургумбаев"', id="a first and a last name in a phrase"),
    pytest.param(KK, "Ерлан Тұрғымбаевтың айтуынша", '"Ерлана Тургумбаева"', id="two cases in a phrase"),
    pytest.param(KK, "Министр Ерлан Тұрғымбаев айтты", '"министра Ерлана Тургумбаева"', id="a word and names in a phrase"),
    pytest.param(EN, "Yerlan, the son of the late Turgumbayev", "Ерлан NEAR/6 Тургумбаев", id="names near each other"),
    pytest.param(RU, "взятка, о которой знал Тургумбаев", "взятка NEAR/5 Turgumbayev", id="a name near a word"),
    pytest.param(EN, "In Shymkent it rained", "Шымкентте", id="a place"),
    pytest.param(KK, "Гүлнара Жұмабаева келді", "Gulnara Zhumabayeva", id="a woman's names"),
    pytest.param(KK, "Qazaqstan polisiasy Türkistanda", "Түркістан", id="Kazakh in Latin letters"),
    # Phrases and distances.
    pytest.param(RU, "Суд признал, что полицейские брали взятки", '"признать что" NEAR/3 взятка', id="a phrase near a word"),
    pytest.param(RU, "Взятки брали, признал суд", '"признал суд" NEAR/2 (откат OR взятка)', id="the word before the phrase"),
    pytest.param(KK, "Полиция қызметкері пара алды", '"полиция қызметкері" ONEAR/2 (пара OR взятка)', id="a Kazakh phrase near a group"),
    pytest.param(EN, "the chief of the city police took bribes", '"chief of" ONEAR/3 "police took"', id="two phrases"),
    pytest.param(RU, "Полиция задержала вора", "=полиция NEAR/1 =задержала", id="exact forms near each other"),
]  # fmt: skip

NOT_FOUND = [
    pytest.param(KK, "Полицейлер келді", "=полицей", id="exact is exact, in Kazakh"),
    pytest.param(RU, "Полицией заинтересовались", "=полиция", id="exact is exact, in Russian"),
    pytest.param(EN, "Officers came", "=officer", id="exact is exact, in English"),
    pytest.param(RU, "Полиция задержала вора", "=полиции NEAR/1 =задержала", id="exact near exact"),
    pytest.param(EN, "Policy Review: The Policy of Growth", "police", id="police is no policy"),
    pytest.param(EN, "Policy Review: The Policy of Growth", "Police", id="police is no policy, with a capital"),
    pytest.param(EN, "General Statement of the State", "statement NEAR/2 state", id="one too far, in English"),
    pytest.param(RU, "Марина пришла", "Мария", id="one name is no other"),
    pytest.param(RU, "Полис выдан", "полиция", id="a policy is no police, in Russian"),
    pytest.param(RU, "Село Ақтас", "тас", id="a part of a word is no word"),
    pytest.param(RU, "Суд признал, что они брали много взяток", '"признать суд" NEAR/9 взятка', id="a phrase keeps its order"),
    pytest.param(RU, "Взятка стала делом, признал суд", '"признал суд" ONEAR/5 взятка', id="an ordered distance"),
    pytest.param(RU, "признал он, что суд и взятка", '"признал суд" NEAR/5 взятка', id="a phrase near is still a phrase"),
    pytest.param(EN, "the chief one two three four police took", '"the chief" ONEAR/4 "police took"', id="one too far"),
    pytest.param(RU, "Улица 8-марта", '"марта 8"', id="digits keep their order"),
    pytest.param(RU, "Дом 123", "12", id="a number is whole"),
]  # fmt: skip

TEXTS = list(dict.fromkeys((p.values[0], p.values[1]) for p in FOUND + NOT_FOUND))


@pytest.fixture(scope="module")
def search(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    shelf = Shelf(tmp_path_factory.mktemp("promises"))
    shelf.file(
        *(reading(t, language=m, address=f"https://a.kz/{n}") for n, (m, t) in enumerate(TEXTS))  # type: ignore[arg-type]
    )
    index = shelf.index()
    shelf.follow(index)
    yield Search(index, shelf.records, StoppedClock(), StoppedClock().now().tzinfo)  # type: ignore[arg-type]
    shelf.close()


def finds(search: Search, language: Language, text: str, query: str) -> bool:
    address = f"https://a.kz/{TEXTS.index((language, text))}"
    return address in {p.address for p in search.everything(search.ask(query, "kz-mia"))}


@pytest.mark.parametrize(("language", "text", "query"), FOUND)
def test_found(search: Search, language: Language, text: str, query: str) -> None:
    assert finds(search, language, text, query)


@pytest.mark.parametrize(("language", "text", "query"), NOT_FOUND)
def test_not_found(search: Search, language: Language, text: str, query: str) -> None:
    assert not finds(search, language, text, query)


NAMES = (
    "Turgumbayev Turgumbaev Тургумбаев Тұрғымбаев Тургумбаева Тургумбаеву Тургумбаевым Тұрғымбаевтың Тұрғымбаевқа",
    "Tokayev Tokaev Toqaev Токаев Тоқаев Токаева Токаеву Токаевым Тоқаевтың Тоқаевқа Тоқаевпен",
    "Nazarbayev Nazarbaev Назарбаев Назарбаева Назарбаевтың Назарбаевтан Назарбаевым",
    "Sagintayev Sagintaev Сагинтаев Сағынтаев Сагинтаеву Сағынтаевты",
    "Zhumabayev Jumabayev Zhumabaev Жумабаев Жұмабаев Жумабаевым Жұмабаевқа",
    "Yerlan Erlan Ерлан Ерлана Ерлану Ерланның Ерланға",
    "Aigerim Aygerim Айгерим Айгерім Айгерімнің Айгерімге",
    "Shymkent Шымкент Шымкенте Шымкентте Шымкенттен",
    "Akhmetov Ahmetov Ахметов Ахметова Ахметову Ахметовтің",
    "Sadenov Саденов Саденова Саденовты Саденовым",
)


@pytest.mark.parametrize("spellings", [n.split() for n in NAMES], ids=[n.split()[0] for n in NAMES])
def test_spellings_and_cases_of_a_name_find_each_other(shelf: Shelf, spellings: list[str]) -> None:
    def language(name: str) -> Language:
        return EN if name.isascii() else KK if set(name) & set("әғқңөұүһі") else RU

    shelf.file(
        *(reading(f"x {n} y", language=language(n), address=f"https://a.kz/{n}") for n in spellings),
        reading("Полиция Города и Министр Улиц. Police State Policy", address="https://a.kz/other"),
    )
    index = shelf.index()
    shelf.follow(index)
    search = Search(index, shelf.records, StoppedClock(), StoppedClock().now().tzinfo)  # type: ignore[arg-type]
    for name in spellings:
        for query in (name, name.lower(), f'"x {name} y"'):
            assert search.count(search.ask(query, "kz-mia")) == len(spellings), query
