"""A newer reading stands beside the old one; what is up to date is left alone; a stop in the middle goes on."""

from pathlib import Path

import pytest

from aimas.app import App, build_understanding
from aimas.flow import reread
from aimas.home import create_home
from aimas.sources import ImportOptions, read_files

TEXTS = {
    "a.txt": "Полиция Алматы нашла ребёнка\n\nПолицейские Алматы за час нашли пропавшего мальчика.",
    "b.txt": "Погода на завтра\n\nСиноптики обещают дождь на севере и солнце на юге страны.",
}


@pytest.fixture
def app(tmp_path: Path) -> App:
    create_home(tmp_path / "home", profiles=["kz-prosecutor"], timezone="Asia/Almaty")
    app = App(tmp_path / "home")
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, "utf-8")
    files = [tmp_path / name for name in TEXTS]
    app.ingest(read_files(files, ImportOptions(), app.clock.now()), source="import")
    return app


def listen_for_police(app: App) -> App:
    """The same home with another profile: everything on file was read by an older understanding."""
    settings = app.home.settings
    settings.write_text(settings.read_text("utf-8").replace("kz-prosecutor", "kz-mia"), "utf-8")
    return App(app.home.folder)


def test_what_is_up_to_date_is_left_alone(app: App) -> None:
    before = app.records.head()
    report = app.reread()
    assert (report.looked, report.reread, report.changed) == (2, 0, 0)
    assert app.records.head() == before


def test_a_new_profile_finds_what_the_old_one_did_not_look_for(app: App) -> None:
    police = listen_for_police(app)
    report = police.reread()
    assert (report.looked, report.reread, report.changed) == (2, 2, 1)
    found = [p for p in police.records.current(0, 10) if p.mentions]
    assert [p.title for p in found] == ["Полиция Алматы нашла ребёнка"]


def test_the_old_reading_stays_and_the_chain_holds(app: App) -> None:
    before = app.records.head()
    (old, *_) = app.records.current(0, 1)
    police = listen_for_police(app)
    police.reread()
    (new, *_) = police.records.current(0, 1)
    assert new.position == old.position
    assert new.read_at > before >= old.read_at
    (kept,) = police.records.by_reading([old.read_at])
    assert kept.versions == old.versions
    assert police.verify() == []


def test_a_stop_in_the_middle_goes_on(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    police = listen_for_police(app)
    monkeypatch.setattr("aimas.flow.rereading.BATCH", 1)
    understanding = build_understanding(police.settings.profiles)

    def stop(done: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reread(understanding, police.records, police.archive, stop)
    report = police.reread()
    assert (report.looked, report.reread) == (2, 1)
    assert police.verify() == []
