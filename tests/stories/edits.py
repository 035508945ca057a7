"""What newsrooms do to a text they copy, as seeded edits; and forms filled in with other facts, which are no copies."""

import random
import re
from collections.abc import Callable

FOOTERS = {
    "ru": (
        "Подписывайтесь на наш канал, чтобы первыми узнавать новости. Нашли ошибку? Выделите её мышкой и нажмите "
        "Ctrl+Enter. Если вы стали свидетелем происшествия, пришлите фото на WhatsApp +7 700 123 45 67.",
        "Ранее мы писали о других событиях в регионе. Все права защищены, использование материалов разрешено только "
        "при наличии гиперссылки на первоисточник.",
    ),
    "kk": (
        "Жаңалықтарды бірінші болып білгіңіз келсе, телеграм каналымызға жазылыңыз. Қате таптыңыз ба? Тінтуірмен "
        "белгілеп, Ctrl+Enter батырмасын басыңыз.",
        "Материалды көшіріп басқан жағдайда сайтымызға гиперсілтеме жасау міндетті. Барлық құқық қорғалған.",
    ),
    "en": (
        "Follow our Telegram channel for breaking news. Found a mistake? Select the text and press Ctrl+Enter. "
        "Send photos and videos to our newsroom on WhatsApp.",
        "All rights reserved. Use of materials is allowed with an active hyperlink to the source only.",
    ),
}
LEADS = {
    "ru": "Подробности произошедшего стали известны нашей редакции сегодня утром, передаёт корреспондент агентства.",
    "kk": "Оқиғаның егжей-тегжейі бүгін таңертең редакцияға белгілі болды, деп хабарлайды агенттік тілшісі.",
    "en": "Details of the incident became known to our newsroom this morning, our correspondent reports.",
}
ALSO = {
    "ru": "Читайте также: Какая погода ждёт казахстанцев на выходных",
    "kk": "Тағы оқыңыз: Демалыс күндері ауа райы қандай болады",
    "en": "Read also: What weather to expect this weekend",
}

Edit = Callable[[str, str, random.Random], str]


def _footer(text: str, lang: str, rng: random.Random) -> str:
    return text + "\n" + rng.choice(FOOTERS[lang])


def _header(text: str, lang: str, rng: random.Random) -> str:
    return rng.choice(FOOTERS[lang]) + "\n" + text


def _both_ends(text: str, lang: str, rng: random.Random) -> str:
    return FOOTERS[lang][1] + "\n" + text + "\n" + FOOTERS[lang][0]


def _sentences(text: str) -> list[str]:
    return re.split(r"(?<=[.!?])\s+", text)


def _cut_tail(text: str, lang: str, rng: random.Random) -> str:
    found = _sentences(text)
    return " ".join(found[: max(1, round(len(found) * rng.uniform(0.4, 0.75)))])


def _cut_lead(text: str, lang: str, rng: random.Random) -> str:
    found = _sentences(text)
    return " ".join(found[1:]) if len(found) > 2 else text


def _other_lead(text: str, lang: str, rng: random.Random) -> str:
    found = _sentences(text)
    return " ".join([LEADS[lang], *found[1:]]) if len(found) > 2 else LEADS[lang] + " " + text


def _mistyped(text: str, lang: str, rng: random.Random) -> str:
    words = text.split(" ")
    for at in range(len(words)):
        if len(words[at]) > 4 and words[at].isalpha() and rng.random() < 0.05:
            place = rng.randrange(1, len(words[at]) - 2)
            word = words[at]
            words[at] = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    return " ".join(words)


def _typography(text: str, lang: str, rng: random.Random) -> str:
    for old, new in (
        ("«", '"'), ("»", '"'), ("—", "-"), ("–", "-"), ("ё", "е"), ("Ё", "Е"), ("\n", "\r\n\r\n"),
        (" г.", "\u00a0г."), ("…", "..."), ("“", '"'), ("”", '"'), ("’", "'"),
    ):  # fmt: skip
        text = text.replace(old, new)
    return text


def _one_paragraph(text: str, lang: str, rng: random.Random) -> str:
    return " ".join(text.split())


def _inserted(text: str, lang: str, rng: random.Random) -> str:
    found = _sentences(text)
    found.insert(len(found) // 2, ALSO[lang])
    return "\n".join(found)


def _reworded(text: str, lang: str, rng: random.Random) -> str:
    words = text.split(" ")
    plain = [word for word in words if word.isalpha() and word.islower()]
    for at, word in enumerate(words):
        if word.isalpha() and word.islower() and rng.random() < 0.07:
            words[at] = rng.choice(plain)
    return " ".join(words)


def _without_middle(text: str, lang: str, rng: random.Random) -> str:
    found = _sentences(text)
    return " ".join(found[: len(found) // 2] + found[len(found) // 2 + 1 :]) if len(found) > 3 else text


EDITS: dict[str, tuple[Edit, ...]] = {
    "footer added": (_footer,),
    "header added": (_header,),
    "both ends added, title dropped": (_both_ends,),
    "tail cut": (_cut_tail,),
    "lead cut": (_cut_lead,),
    "lead rewritten": (_other_lead,),
    "lead rewritten, footer added": (_other_lead, _footer),
    "misprints": (_mistyped,),
    "other quotes, dashes, ё": (_typography,),
    "one paragraph": (_one_paragraph, _typography),
    "a link inside": (_inserted,),
    "words changed": (_reworded,),
    "a sentence dropped": (_without_middle, _footer),
    "tail cut, footer added": (_cut_tail, _footer),
}

_CITIES = {
    "ru": "Алматы Астане Шымкенте Караганде Актобе Таразе Павлодаре Семее Атырау Костанае Уральске Актау".split(),  # noqa: SIM905
    "kk": "Алматыда Астанада Шымкентте Қарағандыда Ақтөбеде Таразда Павлодарда Семейде Атырауда Қостанайда".split(),  # noqa: SIM905
    "en": "Almaty Astana Shymkent Karaganda Aktobe Taraz Pavlodar Semey Atyrau Kostanay Uralsk Aktau".split(),  # noqa: SIM905
}
_NAMES = {
    "ru": "Ахметов Ибраев Сериков Жумабаев Касымов Оспанов Нурланов Ли Петров Садыков".split(),  # noqa: SIM905
    "kk": "Ахметов Ыбыраев Серіков Жұмабаев Қасымов Оспанов Нұрланов Ли Петров Садықов".split(),  # noqa: SIM905
    "en": "Akhmetov Ibrayev Serikov Zhumabayev Kassymov Ospanov Nurlanov Lee Petrov Sadykov".split(),  # noqa: SIM905
}
_MONTHS = {
    "ru": "октября ноября декабря".split(),  # noqa: SIM905
    "kk": "қазанда қарашада желтоқсанда".split(),  # noqa: SIM905
    "en": "October November December".split(),  # noqa: SIM905
}
FORMS = {
    "ru": (
        "За прошедшие сутки, {d} {m}, в {c} зарегистрировано {a} преступлений, из них раскрыто по горячим следам {b}. "
        "Сотрудники полиции выявили {e} нарушений правил дорожного движения, задержано {f} водителей в состоянии "
        "опьянения. Произошло {g} дорожно-транспортных происшествий, пострадали {h} человек. Полиция напоминает: "
        "будьте внимательны на дорогах и соблюдайте правила.",
        "{d} {m} в {c} ожидается переменная облачность, местами осадки. Ветер северо-западный, порывы до {a} метров в "
        "секунду. Температура воздуха ночью {b} градусов мороза, днём {e} градусов. Спасатели просят водителей не "
        "выезжать на загородные трассы без необходимости.",
        "В {c} состоялся приём граждан. Начальник департамента полиции {n} принял {a} человек. Обращения касались "
        "работы участковых инспекторов, регистрации транспорта и хода расследования уголовных дел. По {b} вопросам "
        "даны разъяснения на месте, остальные взяты на контроль.",
    ),
    "kk": (
        "Өткен тәулікте, {d} {m}, {c} {a} қылмыс тіркелді, оның {b} ізін суытпай ашылды. Полиция қызметкерлері жол "
        "қозғалысы ережесін бұзудың {e} фактісін анықтап, мас күйінде көлік жүргізген {f} адамды ұстады. {g} жол-көлік "
        "оқиғасы болып, {h} адам зардап шекті. Полиция жолда абай болуды және ережені сақтауды ескертеді.",
        "{d} {m} {c} ауыспалы бұлтты болады, кей жерде жауын-шашын күтіледі. Солтүстік-батыстан соққан желдің екпіні "
        "секундына {a} метрге жетеді. Ауа температурасы түнде {b} градус аяз, күндіз {e} градус. Құтқарушылар "
        "жүргізушілерден қажеттіліксіз жолға шықпауды сұрайды.",
    ),
    "en": (
        "Over the past day, {m} {d}, {a} crimes were registered in {c}, of which {b} were solved in hot pursuit. "
        "Police officers detected {e} violations of traffic rules and detained {f} drunk drivers. There were {g} "
        "road accidents in which {h} people were injured. Police remind drivers to be careful on the roads.",
        "The head of the police department {n} received {a} citizens in {c} on {m} {d}. Their appeals concerned the "
        "work of district inspectors, the registration of vehicles and the investigation of criminal cases. Answers "
        "to {b} questions were given on the spot, the others were taken under control.",
    ),
}


def edited(text: str, lang: str, name: str, rng: random.Random) -> str:
    for edit in EDITS[name]:
        text = edit(text, lang, rng)
    return text


def filled(lang: str, form: int, rng: random.Random) -> str:
    numbers = dict(zip("abefgh", rng.sample(range(3, 60), 6), strict=True))
    return FORMS[lang][form].format(
        d=rng.randint(1, 28), m=rng.choice(_MONTHS[lang]), c=rng.choice(_CITIES[lang]),
        n=rng.choice(_NAMES[lang]), **numbers,
    )  # fmt: skip
