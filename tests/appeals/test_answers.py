"""The checker refuses a bad answer and passes a good one, and says where and why."""

import re
from datetime import date
from functools import cache

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.appeals.cast import case, event, registered

from aimas.appeals.answers import Check, Draft, Finding, Weight, Where, findings, may_go_out, overruled, told
from aimas.appeals.calendars import OfficeHours, calendar
from aimas.appeals.cases import Case
from aimas.appeals.pii import Find, Pii, PiiKind
from aimas.appeals.readability import readability, syllables
from aimas.appeals.requests import cues, is_addressed, requests_of
from aimas.appeals.types import AnyEvent, Decision, Forwarded, Received
from aimas.appeals.wording import LANGUAGES
from aimas.appeals.written_dates import written_dates
from aimas.core import Language, Span
from aimas.text import LanguageDetector

RU_APPEAL = "Здравствуйте. Прошу починить уличный фонарь у дома 5 по улице Абая и убрать мусор во дворе. Айгерим Сапарова."
RU_GOOD = (
    "Уважаемая Айгерим Сапарова! Ваше обращение № З-77 от 2 ноября 2026 года рассмотрено. Ваша просьба удовлетворена: "
    "уличный фонарь у дома 5 по улице Абая исправлен. Мусор во дворе уберут до 20 ноября 2026 года: подрядчик уже получил наряд, "
    "так как двор входит в его участок. Если мусор не уберут, вы можете позвонить нам. "
    "Если вы не согласны с ответом, его можно обжаловать: подайте жалобу нам, её рассмотрит вышестоящий орган."
)
RU_REFUSAL = (
    "Вам отказано в перерасчёте платы за воду. Причина: по результатам проверки 5 ноября 2026 года счётчик исправен. "
    "Вы можете заказать независимую поверку счётчика воды до 30 ноября 2026 года. "
    "Отказ можно обжаловать через нас в вышестоящий орган."
)
RU_WATER = "Прошу сделать перерасчёт платы за воду: счётчик был неисправен."
KK_APPEAL = "Абай көшесіндегі 5-үйдің жанындағы көше шамын жөндеуді сұраймын. Аулада қоқыс шығаруды өтінемін."
KK_GOOD = (
    "Өтінішіңіз қанағаттандырылды. Абай көшесіндегі көше шамы 9 қарашада жөнделді, себебі тексеру барысында сымның үзілгені анықталды. "
    "Ауладағы қоқыс 2026 жылғы 20 қарашаға дейін шығарылады, бұл жұмыс мердігерге берілді. "
    "Сіз жауаппен келіспесеңіз, шағым бере аласыз: шағым бізге беріледі, оны жоғары тұрған орган қарайды."
)
EN_APPEAL = (
    "Please repair the street lamp near the school. Could you also tell me when the road will be closed?"
)
EN_GOOD = (
    "Your request was granted. The street lamp near the school was repaired on 9 November 2026, because the cable was broken. "
    "The road will be closed from 20 November 2026. You can call us if the lamp fails again. "
    "If you disagree, you may complain to us; the higher body decides the complaint."
)  # fmt: skip
OFFICE = (
    "В соответствии с положениями нормативных правовых актов, регламентирующих осуществление деятельности уполномоченных "
    "государственных органов в сфере обеспечения благоустройства территорий населённых пунктов, Ваше обращение перенаправлено по "
    "подведомственности для организации дальнейшего рассмотрения и принятия соответствующих мер реагирования."
)


@cache
def detector() -> LanguageDetector:
    return LanguageDetector()


def draft(answer: str = RU_GOOD, appeal: str = RU_APPEAL, **changes: object) -> Draft:
    language = changes.pop("language", Language.RU)
    when = str(changes.pop("received", "2026-11-02"))
    came, numbered = registered(when, language=language)
    numbered = msgspec.structs.replace(numbered, number="З-77")
    fields: dict[str, object] = {
        "answer": answer,
        "decision": Decision.SATISFIED,
        "appeal": appeal,
        "case": case(came, numbered),
        "today": date(2026, 11, 10),
        "own": ("Айгерим Сапарова", "улица Абая, дом 5"),
        "ours": ("инспектор Серик Омаров, +7 727 250 11 22",),
    }
    return Draft(**{**fields, **changes})  # type: ignore[arg-type]


def check(one: Draft) -> tuple[Finding, ...]:
    return findings(one, calendar(one.case.calendar), OfficeHours(), detector().detect)


def stopped(one: Draft) -> set[str]:
    return {f"{f.check}-{f.variant}" for f in check(one) if f.weight is Weight.STOPS}


GOOD = [
    pytest.param(draft(), id="all granted, in russian"),
    pytest.param(draft(RU_REFUSAL, RU_WATER, decision=Decision.REFUSED), id="refused with a reason and a way"),
    pytest.param(draft(KK_GOOD, KK_APPEAL, language=Language.KK), id="in kazakh"),
    pytest.param(draft(EN_GOOD, EN_APPEAL, language=Language.EN), id="in english"),
    pytest.param(draft(RU_GOOD.replace("2 ноября", "1 ноября"), received="2026-11-01T12:00"), id="came on a sunday: the day on the clock may be named"),
    pytest.param(draft(RU_GOOD, received="2026-11-01T12:00"), id="or the day that counts"),
    pytest.param(draft(RU_GOOD.replace("так как двор входит", "так как 9 ноября 2026 года двор вошёл")), id="a day that is over is no promise where it is the reason"),
    pytest.param(draft(RU_GOOD + " Исполнитель: Серик Омаров, 8 (727) 250-11-22."), id="our own people and telephones are no one else's"),
]  # fmt: skip


@pytest.mark.parametrize("good", GOOD)
def test_a_good_answer_goes_out(good: Draft) -> None:
    assert stopped(good) == set()
    assert may_go_out(check(good))


def two(*events: AnyEvent) -> Case:
    """Of two requests, numbered as the program finds them."""
    came, numbered = registered("2026-11-02", requests=2)
    return case(came, msgspec.structs.replace(numbered, number="З-77"), *events)


ABOUT_THE_LAMP = re.sub(
    r"Мусор во дворе.*?участок\. Если мусор не уберут, вы",
    "Мастер придёт до 20 ноября 2026 года, так как это наш участок. Вы",
    RU_GOOD,
)


def test_what_another_body_answers_is_not_missed() -> None:
    whole = draft(ABOUT_THE_LAMP, case=two())
    forwarded = draft(ABOUT_THE_LAMP, case=two(event(Forwarded, "2026-11-03", requests=(2,))))
    part = draft(ABOUT_THE_LAMP, case=two(), requests=(1,))
    assert [stopped(one) for one in (whole, forwarded, part)] == [{"request-missing"}, set(), set()]


def test_of_a_part_that_is_answered_nothing_else_is_asked() -> None:
    other = draft(ABOUT_THE_LAMP, case=two(), requests=(2,))
    assert stopped(other) == {"request-missing"}


BAD = [
    pytest.param(draft("Мы получили ваше письмо о фонаре, мусоре и дворе."), {"decision-missing", "next-missing", "date-missing"}, id="a letter that says nothing"),
    pytest.param(draft(RU_REFUSAL, RU_WATER), {"decision-contradicts"}, id="a refusal under the name of a grant"),
    pytest.param(draft(RU_REFUSAL.replace("Причина: по результатам проверки 5 ноября 2026 года счётчик исправен. ", ""), RU_WATER, decision=Decision.REFUSED), {"reason-missing"}, id="a refusal without a reason"),
    pytest.param(draft(RU_REFUSAL.replace("Отказ можно обжаловать через нас в вышестоящий орган.", ""), RU_WATER, decision=Decision.REFUSED), {"complaint-missing"}, id="a refusal without the way to complain"),
    pytest.param(draft(RU_REFUSAL.replace("через нас в вышестоящий орган", "").replace("Отказ", "Это"), RU_WATER, decision=Decision.REFUSED), {"complaint-nowhere"}, id="one may complain, but to whom"),
    pytest.param(draft(KK_GOOD), {"language-other"}, id="kazakh for a russian appeal"),
    pytest.param(draft(RU_GOOD, KK_APPEAL, language=Language.KK), {"language-other", "personal-data-others"}, id="russian for a kazakh appeal"),
    pytest.param(draft(re.sub(r"Мусор во дворе.*?участок\. Если мусор не уберут, вы", "Вы", RU_GOOD)), {"request-missing"}, id="the second request is forgotten"),
    pytest.param(draft(RU_GOOD + " Сообщила соседка Гульнара Ибраева, телефон 8 701 999 88 77."), {"personal-data-others"}, id="a neighbour's name and telephone"),
    pytest.param(draft(RU_GOOD.replace("2 ноября 2026", "3 октября 2026")), {"case-dates-received"}, id="another day of receipt"),
    pytest.param(draft(RU_GOOD.replace("З-77", "З-78")), {"case-dates-number"}, id="another number"),
    pytest.param(draft(RU_GOOD, today=date(2026, 11, 23)), {"case-dates-past"}, id="promised by a day that is over"),
    pytest.param(draft(RU_GOOD + " Исполнитель: [имя и должность]."), {"blank-left"}, id="a blank of the template is left"),
    pytest.param(draft(RU_GOOD.replace("20 ноября", "31 ноября")), {"case-dates-impossible"}, id="a day that is not"),
    pytest.param(draft(KK_GOOD.replace("шағым бере аласыз: шағым бізге беріледі, оны жоғары тұрған орган қарайды", "хабарласыңыз"), KK_APPEAL, language=Language.KK, decision=Decision.PARTLY), {"complaint-missing"}, id="a kazakh answer without the way to complain"),
    pytest.param(draft(EN_GOOD.replace("The road will be closed from 20 November 2026. ", ""), EN_APPEAL, language=Language.EN), {"request-missing"}, id="an english question is forgotten"),
]  # fmt: skip


@pytest.mark.parametrize(("bad", "reasons"), BAD)
def test_a_bad_answer_is_stopped_for_its_reason(bad: Draft, reasons: set[str]) -> None:
    assert reasons <= stopped(bad)
    assert not may_go_out(check(bad))
    if len(reasons) == 1:
        assert stopped(bad) == reasons


HINTED = [
    pytest.param(draft(RU_GOOD.replace(" до 20 ноября 2026 года", " подрядчик, всё будет убрано")), "date-promise", id="a promise without a date"),
    pytest.param(draft(OFFICE + " Вам отказано. Жалобу можно подать в суд до 20 ноября 2026 года.", decision=Decision.REFUSED), "readability-hard", id="office russian"),
    pytest.param(draft(KK_GOOD, KK_APPEAL, language=Language.KK), "readability-uncalibrated", id="kazakh is measured, not judged"),
    pytest.param(draft(RU_GOOD + " Вы писали о соседе Игоре.", RU_APPEAL + " Сосед Игорь не против."), "personal-data-repeated", id="a name from the appeal itself"),
    pytest.param(draft(RU_GOOD.replace(" Если вы не согласны с ответом, его можно обжаловать: подайте жалобу нам, её рассмотрит вышестоящий орган.", "")), "complaint-missing", id="all was granted and no word of complaint"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "hint"), HINTED)
def test_a_hint_is_shown_and_stops_nothing(one: Draft, hint: str) -> None:
    assert hint in {f"{f.check}-{f.variant}" for f in check(one) if f.weight is Weight.HINT}


def test_a_finding_shows_its_place() -> None:
    bad = draft(RU_GOOD.replace("20 ноября", "31 ноября") + " Спросите Гульнару Ибраеву.")
    places = {f.check: f.span.of(bad.answer) for f in check(bad) if f.span and f.where is Where.ANSWER}
    assert places[Check.CASE_DATES] == "31 ноября 2026"
    assert places[Check.PERSONAL_DATA] == "Гульнару Ибраеву"
    forgotten = draft("Ваша просьба удовлетворена: уличный фонарь у дома 5 по улице Абая исправлен.")
    (missed,) = [f for f in check(forgotten) if f.check is Check.REQUEST]
    assert missed.where is Where.APPEAL and missed.span is not None
    assert missed.span.of(forgotten.appeal) == "убрать мусор во дворе."


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_is_told_in_every_language(language: str) -> None:
    drafts = [param.values[0] for param in (*BAD, *HINTED)]
    seen = {}
    for one in drafts:
        for finding in check(one):  # type: ignore[arg-type]
            seen[f"{finding.check}-{finding.variant}"] = told(finding, language)
    assert all(seen.values())
    assert len(seen) >= 17
    assert {key.rpartition("-")[0] for key in seen} >= {check.value for check in Check}


REQUESTS = [
    pytest.param("Прошу починить фонарь.", ["Прошу починить фонарь."], id="one"),
    pytest.param("Прошу починить фонарь, а также вывезти снег.", ["Прошу починить фонарь", "вывезти снег."], id="joined by also"),
    pytest.param("Прошу: 1) проверить счётчик; 2) вернуть деньги; 3) наказать виновных.", ["проверить счётчик", "вернуть деньги", "наказать виновных."], id="a list in one line"),
    pytest.param("Прошу вас:\n1. Проверить счётчик.\n2. Вернуть деньги.", ["Проверить счётчик.", "Вернуть деньги."], id="a list in lines"),
    pytest.param("Фонарь не горит. Когда его починят?", ["Когда его починят?"], id="a question"),
    pytest.param("Фонарь не горит третий месяц.", ["Фонарь не горит третий месяц."], id="nothing asked: all of it"),
    pytest.param("Көше шамын жөндеуді сұраймын. Сондай-ақ қоқысты шығаруды өтінемін.", ["Көше шамын жөндеуді сұраймын.", "Сондай-ақ қоқысты шығаруды өтінемін."], id="two in kazakh"),
    pytest.param("Please fix the lamp. When will the road open?", ["Please fix the lamp.", "When will the road open?"], id="two in english"),
    pytest.param("Сосед шумит. Прошу провести беседу с соседом. Прошу провести беседу с соседом.", ["Прошу провести беседу с соседом."], id="said twice, asked once"),
    pytest.param("", [], id="nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("appeal", "expected"), REQUESTS)
def test_requests_are_found_by_the_stated_rules(appeal: str, expected: list[str]) -> None:
    assert [request.span.of(appeal) for request in requests_of(appeal)] == expected


def test_an_answer_takes_up_a_request_in_other_forms_of_its_words() -> None:
    (request,) = requests_of("Прошу вернуть переплату за отопление.")
    assert is_addressed(request, "Переплата за отопление возвращена.")
    assert not is_addressed(request, "Ваш вопрос об освещении рассмотрен.")


DATES = [
    pytest.param("до 5 мая 2026 года", [date(2026, 5, 5)], id="russian"),
    pytest.param("05.05.2026", [date(2026, 5, 5)], id="in figures"),
    pytest.param("2026-05-05", [date(2026, 5, 5)], id="iso"),
    pytest.param("2026 жылғы 5 мамырда", [date(2026, 5, 5)], id="kazakh"),
    pytest.param("5 May 2026 and May 6, 2026", [date(2026, 5, 5), date(2026, 5, 6)], id="english both ways"),
    pytest.param("31 февраля 2026 года", [None], id="a day that is not"),
    pytest.param("приказ 12 года 2026", [], id="no month"),
    pytest.param("5 мая", [], id="no year"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "days"), DATES)
def test_dates_are_read_as_people_write_them(text: str, days: list[date | None]) -> None:
    assert [written.day for written in written_dates(text)] == days


def test_readability_follows_the_published_formula() -> None:
    measured = readability("Фонарь починили. Мусор уберут завтра.", Language.RU)
    # Two sentences, five words, 2+4+2+3+2 syllables.
    assert measured.ease == pytest.approx(206.835 - 1.3 * 2.5 - 60.1 * 13 / 5)
    assert readability(OFFICE, Language.RU).is_hard
    assert not readability(RU_GOOD, Language.RU).is_hard
    assert readability(KK_GOOD, Language.KK).ease is None
    assert readability("", Language.RU).words == 0
    assert [syllables(word) for word in ("молоко", "мир", "street", "table", "ж")] == [3, 1, 1, 2, 1]


def test_every_cue_is_given_in_every_language() -> None:
    assert all(set(table) == set(LANGUAGES) and all(table.values()) for table in cues().values())


def test_a_case_without_its_number_is_not_held_against_one() -> None:
    unnumbered = draft(case=case(event(Received, "2026-11-02", language=Language.RU)))
    assert stopped(unnumbered) == set()


@given(st.text(max_size=200), st.text(max_size=200), st.sampled_from(Decision))
def test_no_text_makes_the_checker_stumble(answer: str, appeal: str, decision: Decision) -> None:
    one = draft(answer, appeal, decision=decision)
    for finding in check(one):
        text = one.answer if finding.where is Where.ANSWER else one.appeal
        assert finding.span is None or finding.span.end <= len(text)
        assert told(finding, "en")


@given(st.text(max_size=300))
def test_requests_stand_in_order_and_lie_in_the_text(appeal: str) -> None:
    spans = [request.span for request in requests_of(appeal)]
    assert spans == sorted(spans)
    assert all(span.end <= len(appeal) for span in spans)
    assert bool(spans) is bool(appeal.strip())


@pytest.mark.parametrize(
    ("confidence", "weight"),
    [
        pytest.param(0.95, Weight.STOPS, id="sure"),
        pytest.param(0.6, Weight.HINT, id="hardly: a person decides"),
    ],
)
def test_somebody_elses_name_stops_an_answer_only_where_who_found_it_is_sure(
    confidence: float, weight: Weight
) -> None:
    def network(text: str) -> tuple[Pii, ...]:
        at = text.find("Ерасыл")
        return (Pii(PiiKind.NAME, Span(at, at + 6), None, confidence, "appeals/test"),) if at >= 0 else ()

    one = draft(RU_GOOD + " Видел это Ерасыл.")
    found = findings(one, calendar(one.case.calendar), OfficeHours(), detector().detect, network)
    (said,) = (f for f in found if f.check is Check.PERSONAL_DATA)
    assert said.weight is weight
    assert "appeals/test" in told(said, "en") and f"{confidence:.0%}".rstrip("%") in told(said, "en")


def seen(word: str, by: str) -> Find:
    """A finder that takes one word for a name, and is sure."""

    def network(text: str) -> tuple[Pii, ...]:
        at = text.find(word)
        return (Pii(PiiKind.NAME, Span(at, at + len(word)), None, 0.97, by),) if at >= 0 else ()

    return network


@pytest.mark.parametrize(
    ("by", "reason", "goes"),
    [
        pytest.param("appeals/test", "Шлагбаум — не имя.", True, id="a model alone, and the signer says why"),
        pytest.param("appeals/test", " ", False, id="a model alone, and nobody says why"),
        pytest.param("appeals/test+rules", "Это не имя.", False, id="a model and a rule"),
        pytest.param("rules", "Это не имя.", False, id="a rule alone"),
    ],
)
def test_others_data_that_a_model_alone_saw_is_overruled_by_who_says_why(
    by: str, reason: str, goes: bool
) -> None:
    one = draft(RU_GOOD + " Шлагбаум исправен.")
    where = calendar(one.case.calendar), OfficeHours(), detector().detect
    found = findings(one, *where, seen("Шлагбаум", by))
    assert [f.name for f in found if f.weight is Weight.STOPS] == ["personal-data-others"]
    assert may_go_out(found, reason) is goes
    assert bool(overruled(found)) is ("rules" not in by)


@pytest.mark.parametrize(
    ("appeal", "end", "is_told"),
    [
        pytest.param(RU_APPEAL, " Шлагбаум исправен.", True, id="nothing says that it is a thing"),
        pytest.param(f"{RU_APPEAL} Не работает шлагбаум.", " Шлагбаум исправен.", False, id="the appeal does"),
        pytest.param(RU_APPEAL, " Шлагбаум исправен, к шлагбауму поставлен сторож.", False, id="the answer does"),
        pytest.param(f"{RU_APPEAL} Бьёт мельник.".lower(), " Мельник взят под стражу.", True, id="a chat has no capitals"),
        pytest.param(f"{RU_APPEAL} Бьёт ерасыл.", " Ерасыл взят под стражу.", True, id="no word of a dictionary"),
    ],
)  # fmt: skip
def test_a_word_that_is_written_small_elsewhere_is_a_thing_and_nobody(
    appeal: str, end: str, is_told: bool
) -> None:
    one = draft(RU_GOOD + end, appeal)
    find = seen(end.split()[0], "appeals/test")
    found = findings(one, calendar(one.case.calendar), OfficeHours(), detector().detect, find)
    assert any(f.check is Check.PERSONAL_DATA for f in found) is is_told
