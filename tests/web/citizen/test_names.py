"""The institution and its receiver are called as the reader calls them; what was signed stays as it was signed."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from litestar.testing import TestClient
from tests.builders import TESTER, StoppedClock
from tests.web.citizen.desk import Citizen, said

from aimas.app import App
from aimas.appeals.receipts import Receipt, proven
from aimas.core import BadSetting
from aimas.home import create_home
from aimas.web.server import create_app

NAMES = {"ru": "Управление полиции", "kk": "Полиция басқармасы", "en": "Police Department"}
RECEIVERS = {"ru": "Электронная приёмная", "kk": "Электрондық қабылдау бөлмесі"}


@pytest.fixture
def citizen(tmp_path: Path) -> Iterator[Citizen]:
    folder = create_home(
        tmp_path / "home", profiles=["kz-mia"], language="ru", institution=NAMES, appeals_receiver=RECEIVERS
    ).folder
    app = App(folder, StoppedClock(datetime(2026, 11, 2, 4, 30, tzinfo=UTC)), TESTER)
    with TestClient(create_app(app, 8000), base_url="http://127.0.0.1:8000") as client:
        yield Citizen(client, app)
    app.close()


@pytest.mark.parametrize("lang", ["ru", "kk", "en"])
def test_a_receipt_is_told_in_the_readers_language_and_proves_what_was_signed(
    citizen: Citizen, lang: str
) -> None:
    made = citizen.file(language="kk")
    receipt = proven(made["receipt"], citizen.app.receipt_keys)
    assert isinstance(receipt, Receipt)
    assert (receipt.institution, receipt.receiver) == (NAMES["kk"], RECEIVERS["kk"])
    page = citizen.post(f"/receipt/check?lang={lang}", {"receipt": made["receipt"]})
    told = said(page)
    assert NAMES[lang] in told and RECEIVERS.get(lang, RECEIVERS["ru"]) in told
    home = said(citizen.get("/citizen", lang=lang))
    assert NAMES[lang] in home
    assert all(name not in home for other, name in NAMES.items() if other != lang)


def test_a_language_that_there_is_not_stops_the_program(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="institution"):
        create_home(tmp_path / "home", profiles=["kz-mia"], institution={"fr": "Police"})
        App(tmp_path / "home", StoppedClock(datetime(2026, 11, 2, tzinfo=UTC)), TESTER)
