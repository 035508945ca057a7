"""One small desk for all tests of its pages: people of every role, and a case for everything that a page can show."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from tests.builders import TESTER, StoppedClock
from tests.signing import SignedClient

from aimas.accounts import Role
from aimas.app import App
from aimas.appeals import Channel, Decision, Relation, Standing
from aimas.appeals.service import Applicant, Attachment, NewAppeal
from aimas.appeals.types import Assigned, Linked, Reopened
from aimas.core import Actor, Language
from aimas.home import create_home
from aimas.web.server import create_app

PORT = 8000
BASE = f"http://127.0.0.1:{PORT}"
PLANTED = '<script>alert("aimas")</script><img src=x onerror=alert(1)>"\'&'
SECRET = "Сапарова Айгерим Болатовна"
PHONE = "+7 701 555 44 33"
LAMP = (
    "Прошу починить уличный фонарь у дома 5 по улице Абая. Также прошу убрать мусор во дворе. "
    f"Мой телефон {PHONE}. {SECRET}."
)
KAZAKH = "Абай көшесіндегі 5-үйдің жанындағы көше шамын жөндеуді сұраймын. Аулада қоқыс шығаруды өтінемін."
ENGLISH = (
    "Please repair the street lamp near the school. Could you also tell me when the road will be closed?"
)
GOOD = (
    "Здравствуйте! Ваша просьба удовлетворена: уличный фонарь у дома 5 по улице Абая исправлен, так как 10 ноября 2026 года "
    "проверка показала обрыв провода. Мусор во дворе уберут до 20 декабря 2026 года: подрядчик получил наряд. "
    "Если мусор не уберут, вы можете позвонить нам. Если вы не согласны с ответом, его можно обжаловать: подайте жалобу нам, "
    "её рассмотрит вышестоящий орган."
)
CLERK, OFFICER, HEAD = Actor("person", "gulnar"), Actor("person", "serik"), Actor("person", "bolat")
PEOPLE: dict[str, tuple[str, Role, tuple[str, ...]]] = {
    "gulnar": ("Гүлнар Оспанова", Role.CLERK, ()),
    "serik": ("Серік Омаров", Role.OFFICER, ("duty",)),
    "roza": ("Роза Ким", Role.OFFICER, ("road-police",)),
    "bolat": ("Болат Исаев", Role.HEAD, ("duty", "road-police")),
    "dana": ("Дана Ахметова", Role.AUDITOR, ()),
    "ivan": ("Иван Петров", Role.ANALYST, ()),
    "admin": ("Администратор", Role.ADMIN, ()),
}


class Office(StoppedClock):
    """An app with its clock, and the cases by what they are an example of."""

    app: App
    cases: dict[str, str]

    def go(self, day: str, hour: int = 5) -> None:
        """To this day, at ten in the morning by the office's clock."""
        self.time = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=hour)

    def file(self, name: str, text: str = LAMP, by: Actor = CLERK, **fields: Any) -> str:
        """A new case under a name that tests call it by."""
        usual: dict[str, Any] = {
            "language": Language.RU,
            "channel": Channel.PAPER,
            "standing": Standing.APPEAL,
            "applicant": Applicant(name=SECRET, phone=PHONE, address="улица Абая, дом 5"),
        }
        self.cases[name] = self.app.appeals.file(NewAppeal(text=text, **(usual | fields)), by).case
        return self.cases[name]

    def assign(self, name: str, unit: str, officer: str | None = None) -> None:
        event = Assigned(at=self.now(), by=CLERK, unit=unit, officer=officer)
        self.app.appeals.tell(self.cases[name], event)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = create_home(
        tmp_path_factory.mktemp("desk") / "home", profiles=["kz-mia"], timezone="Asia/Almaty", language="ru"
    ).folder
    made = Office()
    made.cases = {}
    made.app = App(folder, made, TESTER)
    furnish(made)
    yield made
    made.app.close()


def furnish(office: Office) -> None:
    app = office.app
    for name, (full, role, units) in PEOPLE.items():
        posts = {"ru": "старший инспектор", "kk": "аға инспектор"} if name == "serik" else {}
        app.accounts.add(name, (role,), TESTER, full_name=full, units=units, posts=posts, can_sign_in=False)
    office.go("2026-10-20")
    office.file("overdue")
    office.assign("overdue", "duty", "serik")
    office.go("2026-11-03")
    office.file("today", KAZAKH, language=Language.KK, channel=Channel.WEB)
    office.assign("today", "duty", "serik")
    office.go("2026-11-16")
    office.file(
        "fresh",
        category="road_safety",
        attachments=(Attachment(name="фото <b>.jpg", media_type="image/jpeg", content=b"\xff\xd8bytes"),),
    )
    office.file(
        "planted",
        f"Прошу ответить. {PLANTED}",
        applicant=Applicant(name=f"Имя {PLANTED}", email="a@example.test"),
        channel=Channel.EMAIL,
    )
    office.file("english", ENGLISH, language=Language.EN, channel=Channel.WEB)
    office.assign("english", "road-police", "roza")
    office.file("closed", is_confidential=True, category="police_conduct")
    office.assign("closed", "road-police")
    office.file(
        "signal",
        "На перекрёстке не горит светофор.",
        standing=Standing.SIGNAL,
        applicant=None,
        is_police_message=True,
    )
    office.file("anonymous", "В доме 7 торгуют наркотиками.", standing=Standing.ANONYMOUS, applicant=None)
    office.file("answered")
    office.assign("answered", "duty", "serik")
    app.appeals.answer(
        office.cases["answered"],
        GOOD,
        (),
        Decision.SATISFIED,
        "Серік Омаров, орындаушы",
        OFFICER,
        date(2026, 11, 16),
    )
    office.file("again", channel=Channel.WEB)
    office.assign("again", "duty", "serik")
    office.go("2026-11-17")
    app.appeals.answer(
        office.cases["again"],
        GOOD,
        (),
        Decision.SATISFIED,
        "Серік Омаров, орындаушы",
        OFFICER,
        date(2026, 11, 17),
    )
    applicant = Actor("person", "applicant")
    app.appeals.tell(
        office.cases["again"],
        Reopened(at=office.now(), by=applicant, reason=f"Фонарь снова не горит, звоните {PHONE}"),
    )
    app.appeals.forward(office.cases["again"], "Акимат района", (2,), "Уборка дворов — дело акимата", CLERK)
    app.appeals.tell(
        office.cases["again"],
        Linked(at=office.now(), by=CLERK, other=office.cases["answered"], relation=Relation.SIMILAR),
    )
    office.go("2026-11-24")


@pytest.fixture
def desk(office: Office) -> Iterator[SignedClient]:
    """A browser; `desk.come_as(office.app, "serik")` says who sits there."""
    with SignedClient(create_app(office.app, PORT), base_url=BASE) as client:
        client.cookies.set("lang", "ru")
        yield client
