"""A registry with its people, on a real home whose clock moves when told."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from tests.builders import StoppedClock

from aimas.app import App
from aimas.appeals.service import Applicant, Attachment, Filed, NewAppeal, Place
from aimas.appeals.types import Channel, Standing
from aimas.core import Actor, Language

PAGE = Actor("program", "page")
CLERK = Actor("person", "dana")
OFFICER = Actor("person", "serik")
HEAD = Actor("person", "marat")
APPLICANT = Actor("person", "applicant")

MONDAY = datetime(2026, 11, 2, 5, 0, tzinfo=UTC)
"""Ten in the morning in Almaty."""
TODAY = date(2026, 11, 2)

AIGUL = Applicant(
    name="Сейтжанова Айгуль Маратовна",
    iin="850312400123",
    address="улица Толе би 48, квартира 12",
    phone="+7 701 555 12 34",
    email="aigul.seit@example.kz",
)
LAMP = (
    "На углу улиц Толе би и Сейфуллина третью неделю не горит светофор. Прошу починить его. "
    "Я, Сейтжанова Айгуль, живу на улице Толе би 48, телефон 8 701 555 12 34, ИИН 850312400123."
)
PHOTO = Attachment(
    name="Сейтжанова-светофор.jpg", media_type="image/jpeg", content=b"\xff\xd8 a photograph \xff\xd9"
)
CORNER = Place(43.2551, 76.9126, "Толе би 48")


def opened(home: Path, clock: StoppedClock | None = None) -> App:
    return App(home, clock or StoppedClock(MONDAY), CLERK)


def appeal(text: str = LAMP, **changes: Any) -> NewAppeal:
    fields: dict[str, Any] = {
        "text": text,
        "language": Language.RU,
        "channel": Channel.WEB,
        "standing": Standing.APPEAL,
        "applicant": AIGUL,
    }
    return NewAppeal(**{**fields, **changes})


def filed(app: App, text: str = LAMP, **changes: Any) -> Filed:
    return app.appeals.file(appeal(text, **changes), PAGE)


GOOD_ANSWER = """Здравствуйте! Ваше обращение № {number} от 2 ноября 2026 года рассмотрено.
Ваше обращение удовлетворено. Светофор на углу улиц Толе би и Сейфуллина починят, потому что осмотр подтвердил, что он не горит:
сгорел блок управления. Работы выполнит подрядчик до 20 ноября 2026 года; после этого инспектор проверит перекрёсток и
сообщит вам. Если вы не согласны, вы можете подать жалобу в вышестоящий орган — Департамент полиции города Алматы —
в течение трёх месяцев."""
