"""Bulk runs leave the deciding words out; whoever looks at a publication finds them."""

from pathlib import Path

import pytest

from aimas.app import App
from aimas.core import Tone
from aimas.home import create_home
from aimas.sources import ImportOptions, read_files
from aimas.tone.model import load_tone

pytestmark = pytest.mark.skipif(load_tone() is None, reason="no tone model is installed here")

TEXT = "Полицейские избили задержанного\n\nСуд установил: полицейские Алматы избили задержанного и вымогали взятку."


@pytest.fixture
def app(tmp_path: Path) -> App:
    create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty")
    app = App(tmp_path / "home")
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    items = read_files([tmp_path / "a.txt"], ImportOptions(), app.clock.now())
    app.ingest(items, source="import")
    return app


def test_a_bulk_run_says_the_tone_without_the_words(app: App) -> None:
    (filed,) = app.records.current(0, 10)
    tones = [m.tone for m in filed.mentions if m.tone]
    assert Tone.CRITICAL in {t.value for t in tones}
    assert all(t.evidence == () for t in tones)


def test_looking_at_it_finds_the_words_and_changes_nothing_else(app: App) -> None:
    (filed,) = app.records.current(0, 10)
    explained = app.explained(filed)
    critical = [m.tone for m in explained.mentions if m.tone and m.tone.value is Tone.CRITICAL]
    assert any(s.of(explained.shown) for t in critical for s in t.evidence)
    assert [(m.span, m.tone and m.tone.value, m.scores) for m in explained.mentions] == [
        (m.span, m.tone and m.tone.value, m.scores) for m in filed.mentions
    ]
    assert app.records.current(0, 10) == [filed]


def test_another_model_s_tone_is_not_explained_by_this_one(app: App) -> None:
    import msgspec

    (filed,) = app.records.current(0, 10)
    older = tuple(
        msgspec.structs.replace(m, tone=msgspec.structs.replace(m.tone, by="tone/2020-01@0"))
        for m in filed.mentions
        if m.tone
    )
    aged = msgspec.structs.replace(filed, mentions=older)
    assert app.explained(aged).mentions == older
