"""Brings the invented letters through the real service, with a clock that moves from two months ago to now, so that
every stage of a case is on the desk when the demo opens."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
from babel.dates import format_date
from sqlalchemy import event

from aimas.app import App
from aimas.appeals.calendars import arrival
from aimas.appeals.deadlines import ANSWER_WORKING_DAYS
from aimas.appeals.routing import route
from aimas.appeals.service import (
    Applicant,
    Filed,
    MessageState,
    NewAppeal,
    Place,
)
from aimas.appeals.types import (
    AnyEvent,
    Assigned,
    Channel,
    Complained,
    Decision,
    Entrusted,
    Linked,
    Paused,
    Rated,
    Relation,
    Reopened,
    Standing,
    Withdrawn,
)
from aimas.core import Actor, Language
from demo.people import PEOPLE

CLERK = Actor("person", "dosova")
HEAD = Actor("person", "akhmetov")
AUDITOR = Actor("person", "zhaksybekov")
APPLICANT = Actor("person", "applicant")
PAGE = Actor("program", "page")
SIGNERS = {"seitov": "Е. Сеитов, старший инспектор", "ospanova": "М. Оспанова, следователь"}
HEAD_NAMED = "Б. Ахметов, начальник управления"
POLICE = {"ru": "Департамент полиции", "kk": "Полиция департаменті", "en": "Police Department"}

FRAMES = {
    "ru": "Здравствуйте! Ваше обращение № {number} от {day} рассмотрено.\n{answer}\nЕсли вы не согласны с ответом, вы "
    "можете подать жалобу в вышестоящий орган — Департамент полиции — через нас.",
    "kk": "Сәлеметсіз бе! {day} келіп түскен № {number} өтінішіңіз қаралды.\n{answer}\nЖауаппен келіспесеңіз, жоғары "
    "тұрған органға — Полиция департаментіне — біз арқылы шағым бере аласыз.",
    "en": "Hello! Your appeal No. {number} of {day} has been considered.\n{answer}\nIf you disagree, you may complain "
    "to the higher body, the Police Department, through us.",
}
LOCALES = {"ru": "ru", "kk": "kk", "en": "en_GB"}
PAUSES = """# Invented for the demonstration; a real ground names the law that lets the clock stand.
[demo-inspection]
names = { ru = "проверка (вымышлено)", kk = "тексеру (ойдан шығарылған)", en = "an inspection (invented)" }
article = "—"
source = "invented for the demonstration"
"""


class LetterRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of letters.jsonl."""

    language: Language
    category: str
    channel: Channel
    plot: str
    text: str
    name: str = ""
    phone: str = ""
    email: str = ""
    standing: Standing = Standing.APPEAL
    kind: str = "application"
    place: tuple[float, float, str] | None = None
    police_message: bool = False
    decision: Decision | None = None
    answer: str = ""


class MovingClock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


AGES: dict[str, tuple[int, int]] = {
    "new": (0, 0), "new-signal": (0, 2), "message": (0, 1), "message-danger": (0, 0), "assigned": (1, 5),
    "future-work": (1, 3), "work": (2, 15), "letter": (6, 8), "urgent": (0, 2), "overdue": (27, 46),
    "extended": (17, 20), "forward-part": (8, 8), "forward-all": (5, 20), "delivered": (30, 60), "rated": (32, 62),
    "answered": (14, 18), "phone-answered": (18, 18), "explained": (22, 30), "refused": (30, 40), "partly": (34, 36),
    "hearing": (11, 12), "reopened": (44, 46), "withdrawn": (15, 16), "complained": (40, 42), "paused": (9, 10),
    "confidential": (3, 12), "confidential-answered": (28, 34), "anonymous": (4, 8), "thanks": (5, 20),
    "erased": (9, 12),
    "repeat-first": (58, 60), "repeat-second": (21, 22), "repeat-third": (1, 1),
}  # fmt: skip
"""Days ago that a letter of each plot came; those due today are counted back by the calendar."""


def letters() -> list[LetterRow]:
    lines = files("demo.appeals").joinpath("letters.jsonl").read_text("utf-8").splitlines()
    return [msgspec.json.decode(line, type=LetterRow) for line in lines]


def bring(folder: Path, now: datetime) -> dict[str, str]:
    """Into a fresh home; returns the cases by plot and name."""
    (folder / "pauses.toml").write_text(PAUSES, "utf-8")
    clock = MovingClock(now - timedelta(days=80))
    app = App(folder, clock, CLERK)
    try:
        return settle(app, clock, now)
    finally:
        app.close()


def settle(app: App, clock: MovingClock, now: datetime) -> dict[str, str]:
    """`app` runs on `clock` and is closed afterwards; returns the cases by plot and name, for whoever shows them."""
    # Invented letters may be lost in a power cut: no step waits for the disk.
    event.listen(app.database, "checkout", _unhurt_by_power_cuts)
    desk = _Desk(app, clock, now)
    for row in letters():
        desk.plan(row)
    return desk.play()


def _unhurt_by_power_cuts(connection: Any, *_: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")


class _Desk:
    def __init__(self, app: App, clock: MovingClock, now: datetime) -> None:
        self._app, self._clock, self._now = app, clock, now
        self._random = random.Random(2026)
        self._acts: list[tuple[datetime, int, Callable[[], None]]] = []
        self._filed: dict[str, Filed] = {}
        self._repeats: list[str] = []
        self._units = {name: units for name, _, _, units in PEOPLE}

    def plan(self, row: LetterRow) -> None:
        key = f"{row.plot} {row.name or len(self._acts)}"
        came = self._came(row)
        self._at(came, lambda: self._file(key, row))
        self._plot(key, row, came)

    def play(self) -> dict[str, str]:
        for at, _, act in sorted(self._acts, key=lambda each: each[:2]):
            self._clock.at = max(self._clock.at, at)
            act()
        self._clock.at = max(self._clock.at, self._now)
        self._post()
        return {key: filed.case for key, filed in self._filed.items()}

    # When.

    def _came(self, row: LetterRow) -> datetime:
        if row.plot == "due-today":
            return self._due_today()
        first, last = AGES[row.plot]
        days = self._random.randint(first, last)
        if days == 0:
            return self._now - timedelta(minutes=self._random.randint(4, 200))
        return self._office(self._now - timedelta(days=days), 9, 16)

    def _due_today(self) -> datetime:
        """Came on a day whose term ends today, or on the next working day."""
        calendar, hours = (
            self._app.appeals.terms.calendar(self._app.office.calendar),
            self._app.office.terms.hours,
        )
        today = hours.local(self._now).date()
        wanted = today if calendar.is_working_day(today) else calendar.next_working_day(today)
        came = calendar.before(wanted, ANSWER_WORKING_DAYS).last
        zero = arrival(self._local(came, time(11)), calendar, hours).counts_from
        assert calendar.after(zero, ANSWER_WORKING_DAYS).last == wanted
        return self._local(came, time(10 + self._random.randint(0, 5), self._random.randint(0, 59)))

    def _office(self, at: datetime, first_hour: int, last_hour: int) -> datetime:
        """The same or the next working day, within hours."""
        calendar, hours = (
            self._app.appeals.terms.calendar(self._app.office.calendar),
            self._app.office.terms.hours,
        )
        day = hours.local(at).date()
        if not calendar.is_working_day(day):
            day = calendar.next_working_day(day)
        moment = time(self._random.randint(first_hour, last_hour), self._random.randint(0, 59))
        return min(self._local(day, moment), self._now - timedelta(minutes=2))

    def _local(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self._app.settings.zone)

    def _after(self, came: datetime, days: float) -> datetime:
        """Never before it came, nor after now."""
        wanted = max(self._office(came + timedelta(days=days), 10, 17), came + timedelta(minutes=20))
        return min(wanted, self._now)

    def _at(self, at: datetime, act: Callable[[], None]) -> None:
        self._acts.append((at, len(self._acts), act))

    # What.

    def _file(self, key: str, row: LetterRow) -> None:
        who = Applicant(name=row.name, phone=row.phone, email=row.email) if row.name else None
        new = NewAppeal(
            text=row.text,
            language=row.language,
            channel=row.channel,
            standing=row.standing,
            kind=row.kind,
            applicant=who,
            place=Place(*row.place) if row.place else None,
            category=row.category,
            is_confidential=row.category == "corruption" or row.standing is Standing.ANONYMOUS,
            is_police_message=row.police_message,
            receiver="А. Досова, специалист канцелярии" if row.channel in _BY_HAND else "",
        )
        self._filed[key] = self._app.appeals.file(new, CLERK if row.channel in _BY_HAND else PAGE)

    def _plot(self, key: str, row: LetterRow, came: datetime) -> None:
        plot = row.plot
        if plot in ("new", "new-signal", "message"):
            return
        steps: list[tuple[float, Callable[[], None]]] = [(0.5, lambda: self._assign(key, row, plot))]
        if row.answer and plot not in ("answered", "phone-answered"):
            steps.append((8, lambda: self._answer(key, row)))
        match plot:
            case "answered" | "phone-answered":
                steps.append((9, lambda: self._answer(key, row)))
            case "extended":
                steps.append((10, lambda: self._extend(key, came)))
            case "forward-part":
                steps.append((1, lambda: self._forward(key, row, (2,))))
            case "forward-all":
                steps.append((2, lambda: self._forward(key, row, ())))
            case "hearing":
                steps.append((5, lambda: self._hear(key)))
            case "paused":
                steps.append((3, lambda: self._pause(key)))
            case "withdrawn":
                steps.append((4, lambda: self._withdraw(key)))
            case "erased":
                steps.append((3, lambda: self._erase(key)))
            case "rated":
                steps.append((12, lambda: self._rate(key, 5)))
            case "reopened":
                steps += [(12, lambda: self._rate(key, 2)), (15, lambda: self._reopen(key))]
            case "complained":
                steps.append((13, lambda: self._complain(key)))
            case "repeat-second" | "repeat-third":
                steps.append((0.6, lambda: self._repeat(key)))
        at = came
        for days, act in sorted(steps, key=lambda step: step[0]):
            # Two steps that a weekend moves to one day keep their order.
            at = min(max(self._after(came, days), at + timedelta(minutes=10)), self._now)
            self._at(at, act)

    def _assign(self, key: str, row: LetterRow, plot: str) -> None:
        case = self._app.appeals.case(self._filed[key].case)
        found = route(self._app.office.routing, case, row.text, row.category)
        unit = found.unit if found else "registry"
        officer = None
        if plot not in ("assigned", "message-danger", "future-work", "thanks"):
            officer = next((n for n in SIGNERS if unit in self._units[n]), None)
        self._tell(key, Assigned(at=self._clock.at, by=CLERK, unit=unit, officer=officer))
        if case.is_confidential and plot.startswith("confidential"):
            told = Entrusted(
                at=self._clock.at, by=HEAD, reader="seitov", reason="ведёт проверку по обращению"
            )
            self._tell(key, told)

    def _answer(self, key: str, row: LetterRow) -> None:
        assert row.decision is not None
        filed, language = self._filed[key], row.language.value
        case = self._app.appeals.case(filed.case)
        officer = case.officer or "seitov"
        by = Actor("person", officer)
        self._app.persons.look(filed.case, by, "готовлю ответ")
        today = self._app.office.terms.hours.local(self._clock.at).date()
        soon = self._app.appeals.terms.calendar(case.calendar).after(today, 8).last
        answer = row.answer.format(soon=self._day(soon, language))
        came = self._app.office.terms.hours.local(case.received_at).date()
        text = FRAMES[language].format(number=filed.number, day=self._day(came, language), answer=answer)
        self._app.appeals.answer(filed.case, text, (), row.decision, SIGNERS[officer], by, today)
        if row.plot not in ("answered", "phone-answered"):
            self._post()

    def _post(self) -> None:
        """What the mail server of the town would have taken, and what the clerk handed over."""
        by_hand_waits = ("answered", "phone-answered")
        waiting = {f.case for k, f in self._filed.items() if k.startswith(by_hand_waits)}
        for message in self._app.appeals.outbox.outgoing():
            if message.case in waiting:
                continue
            if message.state is MessageState.WAITING:
                self._app.appeals.outbox.mark_delivered(
                    message, f"message {message.key}", Actor("program", "post")
                )
            else:
                self._app.appeals.outbox.mark_delivered(message, "вручено под подпись", CLERK)

    def _extend(self, key: str, came: datetime) -> None:
        until = self._app.office.terms.hours.local(came).date() + timedelta(days=50)
        reason = "запрошены записи и заключение, без них решить нельзя"
        self._app.appeals.extend(self._filed[key].case, until, reason, HEAD_NAMED, HEAD)

    def _forward(self, key: str, row: LetterRow, requests: tuple[int, ...]) -> None:
        to, reason = _COMPETENT[row.category][row.language.value]
        self._app.appeals.forward(self._filed[key].case, to, requests, reason, CLERK)

    def _hear(self, key: str) -> None:
        words = "Предварительно: в возбуждении дела отказать, если банк подтвердит, что код был назван добровольно."
        officer = Actor("person", "ospanova")
        hearing = self._app.office.terms.hours.local(self._clock.at + timedelta(days=7)).replace(
            hour=11, minute=0
        )
        self._app.appeals.notice_hearing(self._filed[key].case, words, hearing, officer)

    def _pause(self, key: str) -> None:
        told = Paused(at=self._clock.at, by=HEAD, ground="demo-inspection", reason="проверка скупки металла")
        self._tell(key, told)

    def _withdraw(self, key: str) -> None:
        self._tell(key, Withdrawn(at=self._clock.at, by=APPLICANT, reason="хозяин сам убрал машину"))

    def _erase(self, key: str) -> None:
        reason = "заявительница просит уничтожить её данные, ответ нашла сама"
        self._app.appeals.erase(self._filed[key].case, reason, HEAD)

    def _rate(self, key: str, stars: int) -> None:
        self._tell(key, Rated(at=self._clock.at, by=APPLICANT, stars=stars))

    def _reopen(self, key: str) -> None:
        words = "Неделю было тихо, а в субботу музыка снова играла до четырёх, наряд не приехал."
        self._tell(key, Reopened(at=self._clock.at, by=APPLICANT, reason=words))

    def _complain(self, key: str) -> None:
        words = "Соседей так и не опросили, а ответ подписан на следующий день."
        self._tell(key, Complained(at=self._clock.at, by=APPLICANT, to=POLICE["ru"], reason=words))

    def _repeat(self, key: str) -> None:
        earlier = next(f.case for k, f in self._filed.items() if k.startswith("repeat-first"))
        self._tell(key, Linked(at=self._clock.at, by=CLERK, other=earlier, relation=Relation.REPEAT))

    def _tell(self, key: str, told: AnyEvent) -> None:
        self._app.appeals.tell(self._filed[key].case, told)

    def _day(self, day: date, language: str) -> str:
        return format_date(day, "long", locale=LOCALES[language]).replace("\u202f", " ").replace("\xa0", " ")


_BY_HAND = (Channel.PAPER, Channel.RECEPTION, Channel.PHONE, Channel.IMPORT, Channel.PORTAL)
_COMPETENT = {
    "wages_labour": {
        "ru": ("Инспекция труда", "о зарплате решает инспекция труда"),
        "kk": ("Еңбек инспекциясы", "жалақы туралы мәселені еңбек инспекциясы шешеді"),
        "en": ("Labour Inspectorate", "the Labour Inspectorate decides on wages"),
    },
    "other": {
        "ru": ("Акимат города Тұмарлы", "отлов собак ведёт акимат"),
        "kk": ("Тұмарлы қаласының әкімдігі", "иттерді аулау әкімдіктің міндеті"),
        "en": ("Akimat of Tumarly", "the akimat catches stray dogs"),
    },
    "road_safety": {
        "ru": ("Акимат города Тұмарлы", "искусственные неровности устанавливает акимат"),
        "kk": ("Тұмарлы қаласының әкімдігі", "жасанды кедергілерді әкімдік орнатады"),
        "en": ("Akimat of Tumarly", "the akimat builds speed bumps"),
    },
}
"""Whose matter it is, and why, by category and language."""
