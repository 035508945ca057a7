"""Who says it: the institution in its own official's words, another, or the outlet itself."""

import pytest
from tests.institution.tables import rows

from aimas.institution import Institutions, require_profile

MINISTRY = Institutions([require_profile("kz-mia")])

CASES = {
    "the minister is named after the quotation": (
        "«Полиция работает круглосуточно», — заявил министр внутренних дел Ержан Саденов.",
        ["institution", None],
    ),
    "a resident speaks": ("«Полиция бездействует», — сказала жительница Павлодара Айгуль.", ["citizen"]),
    "a resident goes on": (
        "«Полиция бездействует», - возмущается она. «Полицейские даже не приехали», - добавила женщина.",
        ["other", "citizen"],
    ),
    "dashes instead of marks, a neighbour": (
        "– Полиция приехала через час, – рассказала соседка.",
        ["citizen"],
    ),
    "dashes instead of marks, an official": (
        "– Полиция приехала быстро, – сообщил начальник департамента полиции Алматы.",
        ["institution", None],
    ),
    "a deputy is named before the quotation": (
        "Депутат Айдос Сарым отметил: «Полиция получила мало средств».",
        ["other"],
    ),
    "the department is named before the quotation": (
        "В департаменте полиции сообщили: «Полицейские задержали подозреваемого».",
        [None, "institution"],
    ),
    "he said, after the minister was named": (
        "Министр внутренних дел Марат Ахметжанов выступил в сенате. «Полиция получит авто», — сказал он.",
        [None, "institution"],
    ),
    "the title of a project is nobody's speech": (
        "Проект «Полиция рядом» запустили в Семее.",
        [None],
    ),
    "kazakh, the minister": (
        "«Полиция өз жұмысын істеді», – деді ішкі істер министрі Ержан Сәденов.",
        ["institution", None],
    ),
    "kazakh, a resident": ("«Полиция көмектеспеді», – дейді тұрғын Гүлнар.", ["citizen"]),
    "english, the president": ("“Police must change,” said President Tokayev.", ["other"]),
    "english, the minister": (
        "“Police will be reformed,” Interior Minister Yerzhan Sadenov said.",
        ["institution", None],
    ),
    "no quotation": ("Полиция задержала троих.", [None]),
}


@pytest.mark.parametrize(("text", "speakers"), [pytest.param(*case, id=why) for why, case in CASES.items()])
def test_the_speaker_of_each_mention(text: str, speakers: list[str | None]) -> None:
    assert [mention.speaker for mention in MINISTRY.find(text)] == speakers


SAYS = {"i": "institution", "c": "citizen", "o": "other", "-": None}


@pytest.mark.parametrize(
    ("speakers", "text"), [pytest.param(*cells, id=why) for why, cells in rows("speakers.txt")]
)
def test_only_the_subject_of_the_speech_speaks(speakers: str, text: str) -> None:
    assert [mention.speaker for mention in MINISTRY.find(text)] == [SAYS[each] for each in speakers.split()]


def test_on_a_long_page_each_name_has_the_speaker_it_has_alone() -> None:
    """Two thousand paragraphs, six thousand names: each is asked about by where it stands, not against all others."""
    paragraph = (
        "Полиция задержала троих в Астане. «Полиция бездействует», — сказал житель города.\n"
        "Министр внутренних дел сообщил, что полиция проверит всех. \n"
    )
    alone = MINISTRY.find(paragraph)
    many = MINISTRY.find(paragraph * 2_000)
    assert len(alone) > 2 and {m.speaker for m in alone} == {None, "citizen", "institution"}
    assert [(m.span.start % len(paragraph), m.speaker) for m in many] == [
        (m.span.start, m.speaker) for m in alone
    ] * 2_000
