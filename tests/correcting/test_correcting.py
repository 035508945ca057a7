"""A correction is a record: it holds from its place in the ledger on, outlives newer readings, and shows tampering."""

import json
import sqlite3
import threading

import msgspec
import pytest
from click.testing import CliRunner
from tests.builders import reading, with_

from aimas.app import App
from aimas.core import Actor, BadInput, Guess, Mention, Reading, Span, StoredPublication, Tone
from aimas.correcting import Stale, correct, history, training_rows
from aimas.flow import reread
from aimas.ledger import Breach
from aimas.public import public
from aimas.tone import verdict

AIGERIM = Actor("person", "aigerim")
TEXT = "Полиция задержала вора. Полиция спасла ребёнка."
SPAN = Span(0, 7)
SECOND = Span(24, 31)


def mention(
    span: Span, tone: Tone | None = Tone.CRITICAL, by: str = "tone/old", **changes: object
) -> Mention:
    sentence = Span(0, 23) if span.start < 23 else Span(24, 47)
    guess = None if tone is None else Guess(tone, 0.8, (), by)
    fields: dict[str, object] = {
        "institution": "kz-mia",
        "target": "police",
        "span": span,
        "sentence": sentence,
    }
    return Mention(**(fields | {"why": "полиция", "tone": guess} | changes))  # type: ignore[arg-type]


def two_mentions(**changes: object) -> Reading:
    made = reading(TEXT, relevant=True, address="https://tengri.test/1", **changes)
    return with_(made, mentions=(mention(SPAN), mention(SECOND, Tone.NEUTRAL)))


def follow(app: App) -> None:
    writer = app.index.writer()
    app.follow(writer)
    writer.close()


@pytest.fixture
def filed(app: App) -> StoredPublication:
    with app.archive.settling():
        app.archive.file([two_mentions()])
    follow(app)
    return current(app)


def current(app: App) -> StoredPublication:
    (found,) = app.records.current(0, 10)
    return found


def say(
    app: App,
    tone: Tone | None,
    span: Span = SPAN,
    seen: int | None = None,
    by: Actor = AIGERIM,
    reason: str = "",
) -> int:
    now = current(app)
    seen = now.read_at if seen is None else seen
    return correct(app, now.id, "kz-mia", span, tone, seen=seen, by=by, reason=reason)


def count(app: App, query: str, at: int | None = None) -> int:
    return app.search.count(app.search.ask(query, "kz-mia", at))


def test_the_models_answer_stays_beside_the_persons(app: App, filed: StoredPublication) -> None:
    say(app, Tone.NEUTRAL, reason="  сообщает,\n не винит ")
    first, second = current(app).mentions
    assert first.tone == filed.mentions[0].tone
    assert first.corrected == Guess(Tone.NEUTRAL, 1.0, (), "person:aigerim")
    assert second == filed.mentions[1]
    (recorded,) = history(app, current(app))
    said = recorded.correction
    assert (said.model, said.before, said.tone, said.by) == (
        Tone.CRITICAL,
        Tone.CRITICAL,
        Tone.NEUTRAL,
        "person:aigerim",
    )
    assert said.reason == "сообщает, не винит"
    assert app.verify() == []


def test_counts_follow_and_a_snapshot_before_counts_as_it_did(app: App, filed: StoredPublication) -> None:
    before = app.search.lag().indexed
    assert count(app, "tone:critical") == 1
    say(app, Tone.NEUTRAL)
    follow(app)
    assert (count(app, "tone:critical"), count(app, "tone:neutral"), count(app, "is:corrected")) == (0, 1, 1)
    assert (count(app, "tone:critical", before), count(app, "is:corrected", before)) == (1, 0)
    (then,) = app.search.page(app.search.ask("*", "kz-mia", before)).publications
    ruled = verdict("kz-mia", then.mentions)
    assert ruled is not None and ruled.tone is Tone.CRITICAL


def test_many_corrections_at_once_double_nothing(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    """More readings than are asked about in one part: the index takes each publication in once."""
    monkeypatch.setattr("aimas.storage.records.queries.PART", 2)
    many = [reading(f"Полиция {n}.", relevant=True, address=f"https://tengri.test/{n}") for n in range(5)]
    with app.archive.settling():
        app.archive.file(many)
    follow(app)
    for publication in app.records.current(0, 10):
        for tone in (Tone.NEUTRAL, Tone.CRITICAL):
            seen = app.records.get_publication(publication.id)
            assert seen is not None
            correct(app, seen.id, "kz-mia", SPAN, tone, seen=seen.read_at, by=AIGERIM)
    follow(app)
    assert (count(app, "*"), count(app, "tone:critical"), count(app, "is:corrected")) == (5, 5, 5)


def test_whoever_asks_is_told_who_said_so(app: App, filed: StoredPublication) -> None:
    say(app, Tone.POSITIVE)
    shown = public(current(app), "kz-mia")
    assert (shown.tone, shown.tone_by) == (Tone.POSITIVE, "person:aigerim+verdict/3")
    assert shown.mentions[0].tone is not None and shown.mentions[0].corrected is not None


class Newer:
    """An understanding of other versions, that finds what it is told to."""

    def __init__(self, mentions: tuple[Mention, ...]) -> None:
        self._mentions = mentions

    def versions(self, is_relevant: bool) -> tuple[str, ...]:
        return ("tone/new",)

    def understand(self, batch: list[object]) -> list[object]:
        from aimas.core import Passed

        made = two_mentions()
        return [
            Passed(with_(made, publication=p, mentions=self._mentions, versions=("tone/new",))) for p in batch
        ]


def reread_by(app: App, *mentions: Mention) -> None:
    report = reread(Newer(mentions), app.records, app.archive)  # type: ignore[arg-type]
    assert report.reread == 1


def test_a_newer_model_keeps_the_word_and_brings_its_own_beside_it(
    app: App, filed: StoredPublication
) -> None:
    say(app, Tone.NEUTRAL)
    reread_by(app, mention(SPAN, Tone.POSITIVE, "tone/new"), mention(SECOND, Tone.POSITIVE, "tone/new"))
    first, second = current(app).mentions
    assert first.tone and (first.tone.by, first.tone.value) == ("tone/new", Tone.POSITIVE)
    assert first.stands and first.stands.value is Tone.NEUTRAL
    assert second.corrected is None
    assert app.verify() == []


def test_a_mention_that_is_gone_leaves_its_correction_in_the_history(
    app: App, filed: StoredPublication
) -> None:
    say(app, Tone.NEUTRAL)
    reread_by(app, mention(SECOND, Tone.POSITIVE, "tone/new"))
    assert [m.corrected for m in current(app).mentions] == [None]
    assert [r.correction.tone for r in history(app, current(app))] == [Tone.NEUTRAL]
    assert [r.label for r in training_rows(app)] == ["neutral"]


def test_a_correction_during_a_reread_is_not_lost(app: App, filed: StoredPublication) -> None:
    """The reread has read the record when the person speaks; it finds another reading in its place and lets be."""
    newer = Newer((mention(SPAN, Tone.POSITIVE, "tone/new"),))
    slow = newer.understand

    def meanwhile(batch: list[object]) -> list[object]:
        say(app, Tone.NEUTRAL)
        return slow(batch)

    newer.understand = meanwhile  # type: ignore[method-assign]
    assert reread(newer, app.records, app.archive).reread == 0  # type: ignore[arg-type]
    assert current(app).mentions[0].corrected is not None
    reread_by(app, mention(SPAN, Tone.POSITIVE, "tone/new"))
    (kept,) = current(app).mentions
    assert kept.corrected is not None and kept.tone is not None and kept.tone.by == "tone/new"


def test_a_changed_text_keeps_what_was_said_of_unchanged_sentences(
    app: App, filed: StoredPublication
) -> None:
    say(app, Tone.NEUTRAL)
    say(app, Tone.POSITIVE, SECOND)
    text = "Полиция задержала вора. Полиция не спасла никого."
    made = reading(text, relevant=True, address="https://tengri.test/1")
    made = with_(made, mentions=(mention(SPAN), mention(Span(24, 31), sentence=Span(24, 49))))
    with app.archive.settling():
        app.archive.file([made])
    first, second = current(app).mentions
    assert current(app).revision == 2
    assert first.corrected is not None and second.corrected is None
    assert len(history(app, current(app))) == 2
    assert app.verify() == []


def test_the_second_of_two_is_told_and_nothing_is_lost(app: App, filed: StoredPublication) -> None:
    seen = current(app).read_at
    say(app, Tone.NEUTRAL, seen=seen)
    head = app.records.head()
    with pytest.raises(Stale):
        say(app, Tone.POSITIVE, seen=seen, by=Actor("person", "bolat"))
    assert app.records.head() == head
    say(app, Tone.POSITIVE, by=Actor("person", "bolat"))
    told = [(r.correction.by, r.correction.before_by) for r in history(app, current(app))]
    assert told == [("person:aigerim", "tone/old"), ("person:bolat", "person:aigerim")]


def test_of_many_at_once_exactly_one_is_filed(app: App, filed: StoredPublication) -> None:
    outcomes: list[str] = []
    seen = current(app).read_at

    def one(name: str) -> None:
        try:
            say(app, Tone.NEUTRAL, seen=seen, by=Actor("person", name))
            outcomes.append("filed")
        except Stale:
            outcomes.append("stale")

    threads = [threading.Thread(target=one, args=(f"p{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["filed", *["stale"] * 5]
    assert app.verify() == []


@pytest.mark.parametrize(
    ("tone", "span", "words"),
    [
        pytest.param(Tone.NEUTRAL, Span(1, 3), "No mention", id="no mention stands there"),
        pytest.param(None, SPAN, "nothing to take back", id="nothing was said that could be taken back"),
    ],
)
def test_what_makes_no_sense_is_refused(
    app: App, filed: StoredPublication, tone: Tone | None, span: Span, words: str
) -> None:
    head = app.records.head()
    with pytest.raises(BadInput, match=words):
        say(app, tone, span)
    assert app.records.head() == head


def test_a_word_taken_back_leaves_the_models_and_stays_in_the_history(
    app: App, filed: StoredPublication
) -> None:
    say(app, Tone.NEUTRAL)
    with pytest.raises(BadInput, match="already"):
        say(app, Tone.NEUTRAL)
    say(app, None)
    assert current(app).mentions == filed.mentions
    assert [r.correction.tone for r in history(app, current(app))] == [Tone.NEUTRAL, None]
    assert list(training_rows(app)) == []


def test_an_earlier_revision_is_not_corrected(app: App, filed: StoredPublication) -> None:
    with app.archive.settling():
        app.archive.file([reading("Другой текст.", address="https://tengri.test/1")])
    with pytest.raises(BadInput, match="earlier revision"):
        correct(app, filed.id, "kz-mia", SPAN, Tone.NEUTRAL, seen=filed.read_at, by=AIGERIM)


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE readings SET findings = CAST(replace(CAST(findings AS TEXT), 'person:aigerim', 'person:bolat') AS BLOB)", id="who said so, in the reading"),
        pytest.param("UPDATE readings SET findings = CAST(replace(CAST(findings AS TEXT), '\"value\":\"neutral\"', '\"value\":\"positive\"') AS BLOB)", id="what was said"),
        pytest.param("UPDATE acts SET detail = replace(detail, 'aigerim', 'bolat')", id="who said so, in the act"),
        pytest.param("UPDATE acts SET verb = 'exported' WHERE verb = 'tone-corrected'", id="that it was a correction"),
        pytest.param("DELETE FROM acts WHERE verb = 'tone-corrected'", id="the act"),
        pytest.param("DELETE FROM readings WHERE until IS NULL", id="the reading"),
    ],
)  # fmt: skip
def test_tampering_with_a_correction_shows(app: App, filed: StoredPublication, statement: str) -> None:
    say(app, Tone.NEUTRAL)
    assert app.verify() == []
    with sqlite3.connect(app.home.records) as connection:
        connection.execute(statement)
    connection.close()
    assert {f.breach for f in app.verify()} <= {Breach.RECORD, Breach.RECORD_MISSING}
    assert app.verify()


def test_corrections_leave_as_training_data_without_a_name(
    app: App, filed: StoredPublication, monkeypatch: pytest.MonkeyPatch, tmp_path: object
) -> None:
    from aimas.cli.main import cli
    from aimas.evaluation import tone as task
    from aimas.tone import ToneAnswer, ToneQuestion

    say(app, Tone.NEUTRAL)
    say(app, Tone.CRITICAL, by=Actor("person", "bolat"))
    say(app, Tone.UNCLEAR, SECOND)
    out = CliRunner().invoke(cli, ["--home", str(app.home.folder), "corrections", "export"])
    assert out.exit_code == 0, out.output
    rows = [json.loads(line) for line in out.stdout.splitlines()]
    (row,) = rows
    assert row == {
        "id": f"{filed.id}:0",
        "lang": "ru",
        "text": TEXT,
        "target": "Полиция",
        "start": 0,
        "end": 7,
        "label": "critical",
    }
    assert "aigerim" not in out.stdout and "bolat" not in out.stdout
    last = app.records.acts(1)[0]
    assert (last["verb"], last["subject"], msgspec.json.decode(last["detail"])["count"]) == (
        "exported",
        "corrections",
        1,
    )

    class Sure:
        def answers(self, asked: list[ToneQuestion], evidence: bool = True) -> list[ToneAnswer]:
            return [ToneAnswer(Guess(Tone.CRITICAL, 0.9, (), "test"), (0.05, 0.9, 0.05)) for _ in asked]

    monkeypatch.setattr(task, "require_model", Sure)
    scores = task.evaluate(rows, app.home.folder)
    assert (scores.rows, scores.metrics["accuracy"]) == (1, 1.0)
