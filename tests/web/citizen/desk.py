"""A citizen with a browser: files, opens, acts; and the office that answers through its service."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import httpx
from litestar.testing import TestClient
from tests.web.reading_pages import tree

from aimas.app import App
from aimas.appeals.types import Decision
from aimas.core import Actor

DEMO = Path(__file__).parents[3] / "demo" / "precincts.geojson"
APPEAL = "Прошу починить светофор на углу улиц Толе би и Сейфуллина: он не горит вторую неделю."
ANSWER = """Здравствуйте! Ваше обращение № {number} от 2 ноября 2026 года рассмотрено.
Ваше обращение удовлетворено. Светофор на углу улиц Толе би и Сейфуллина починят, потому что осмотр подтвердил, что он не горит:
сгорел блок управления. Работы выполнит подрядчик до 20 ноября 2026 года; после этого инспектор проверит перекрёсток и
сообщит вам. Если вы не согласны, вы можете подать жалобу в вышестоящий орган — Департамент полиции города Алматы —
в течение трёх месяцев."""
SIGNED = {
    "what": "new",
    "kind": "application",
    "text": APPEAL,
    "standing": "appeal",
    "name": "Асан Үсенов",
    "address": "Тұмарлы, Садовая 12",
    "signed": "1",
    "language": "ru",
}
CLERK = Actor("person", "clerk")


class Citizen:
    """One browser with its cookies."""

    def __init__(self, client: TestClient[Any], app: App) -> None:
        self.client = client
        self.app = app

    def get(self, path: str, **params: str) -> httpx.Response:
        return self.client.get(path, params=params or None)

    def post(
        self, path: str, data: dict[str, str], *files: tuple[str, bytes, str], **headers: str
    ) -> httpx.Response:
        """With a token that was just fetched, as the forms and the queue do."""
        token = self.get("/citizen/token").json()["token"]
        parts = [("files", file) for file in files]
        return self.client.post(
            path,
            data=data,
            files=parts or None,
            headers={"x-csrftoken": token} | headers,
            follow_redirects=False,
        )

    def file(self, *files: tuple[str, bytes, str], **changes: str) -> dict[str, Any]:
        """The JSON that the queue gets."""
        answer = self.post("/citizen/file", SIGNED | changes, *files, accept="application/json")
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    def refused(self, *files: tuple[str, bytes, str], **changes: str) -> dict[str, str]:
        answer = self.post("/citizen/file", SIGNED | changes, *files, accept="application/json")
        assert answer.status_code == 422, answer.text
        errors: dict[str, str] = answer.json()["errors"]
        return errors

    def open(self, number: str, code: str) -> httpx.Response:
        return self.post("/citizen/open", {"number": number, "code": code})

    def opened(self, made: dict[str, Any]) -> httpx.Response:
        assert self.open(made["number"], made["code"]).status_code == 303
        return self.get("/citizen/mine")

    def case(self, made: dict[str, Any]) -> str:
        found = self.app.appeals.by_number(made["number"])
        assert found is not None
        return found


def answered(app: App, case: str, number: str, text: str = ANSWER) -> None:
    """The office grants it; the page of the citizen is the way it goes."""
    today = app.office.terms.hours.local(app.clock.now()).date()
    app.appeals.answer(
        case,
        text.format(number=number),
        (),
        Decision.SATISFIED,
        "Серик Омаров, начальник отдела",
        CLERK,
        today,
    )


def said(answer: httpx.Response) -> str:
    """What a reader sees, blanks folded."""
    return re.sub(r"\s+", " ", tree(answer.text).text_content())


def day(text: str) -> date:
    return date.fromisoformat(text)
