"""A sample is drawn, answered blind and measured; everything said stays in the ledger."""

import sqlite3
from datetime import timedelta

import pytest
from tests.builders import NOW
from tests.labelling.homes import fill, follow, truth_of

from aimas.app import App
from aimas.core import Actor, BadInput, Language, Span, Tone
from aimas.labelling import (
    Task,
    adopt,
    answer,
    answers,
    counts_of,
    draw,
    estimated,
    finished_by,
    next_task,
    results,
    tasks,
)
from aimas.ledger import Breach
from aimas.measuring import Corrected, Refused, Sample

ME = Actor("person", "aigerim")
OTHER = Actor("person", "bolat")
TODAY = NOW.date()


def month(app: App, n: int = 120, **more: object) -> Sample:
    return draw(app, "kz-mia", n=n, by=ME, since=TODAY - timedelta(days=27), until=TODAY, seed=7, **more)  # type: ignore[arg-type]


def answer_all(app: App, sample: Sample, by: Actor = ME, but: dict[int, Tone] | None = None) -> list[Task]:
    asked = tasks(app, sample)
    for task in asked:
        answer(app, sample, task, (but or {}).get(task.number, truth_of(task)), by)
    return asked


def test_a_sample_says_how_it_was_drawn_and_is_in_the_ledger(filled: App) -> None:
    sample = month(filled)
    assert filled.labels.get_sample(sample.id) == sample
    assert (len(sample.members), sum(s.drawn for s in sample.strata)) == (120, 120)
    assert sum(s.size for s in sample.strata) == 400
    assert sample.mentions == len(tasks(filled, sample))
    assert sample.is_whole and (sample.since, sample.until) == (TODAY - timedelta(days=27), TODAY)
    assert filled.verify() == []


def test_the_same_seed_at_the_same_snapshot_draws_the_same(filled: App) -> None:
    one = month(filled)
    fill(filled, 20, seed=99, days=5)
    again = month(filled, at=one.snapshot)
    assert again.members == one.members and again.id != one.id
    other = draw(filled, "kz-mia", n=120, by=ME, seed=8, at=one.snapshot)
    assert other.members != one.members


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param({"n": 0}, "1 to 1000", id="nothing asked for"),
        pytest.param({"n": 1_001}, "1 to 1000", id="too much asked for"),
        pytest.param({"n": 5, "query": "носорог"}, "Nothing was found", id="nothing found"),
        pytest.param({"n": 5, "since": TODAY, "until": TODAY - timedelta(days=1)}, "ends before", id="a period backwards"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(filled: App, asked: dict[str, object], words: str) -> None:
    head = filled.records.head()
    with pytest.raises(BadInput, match=words):
        draw(filled, "kz-mia", by=ME, **asked)  # type: ignore[arg-type]
    assert filled.records.head() == head


def test_a_language_or_a_query_narrows_and_then_speaks_for_less_than_the_board(filled: App) -> None:
    kazakh = month(filled, lang=Language.KK)
    assert {s.lang for s in kazakh.strata} == {Language.KK} and not kazakh.is_whole
    assert {t.publication.language.value for t in tasks(filled, kazakh)} == {Language.KK}
    assert not month(filled, query="позор").is_whole
    plain = month(filled, is_stratified=False)
    assert [(s.tone, s.lang, s.size) for s in plain.strata] == [(None, None, 400)]


def test_a_person_stops_and_goes_on_and_may_change_an_answer(filled: App) -> None:
    sample = month(filled, n=5)
    asked = tasks(filled, sample)
    answer(filled, sample, asked[0], Tone.POSITIVE, ME)
    answer(filled, sample, asked[2], Tone.NEUTRAL, ME)
    mine = answers(filled, sample)[str(ME)]
    assert next_task(asked, mine) == asked[1]
    assert next_task(asked, mine, 2) == asked[3]
    answer(filled, sample, asked[0], Tone.CRITICAL, ME)
    mine = answers(filled, sample)[str(ME)]
    assert [label.tone for label in mine.values()] == [Tone.CRITICAL, Tone.NEUTRAL]
    assert len(filled.labels.labels(sample.id)) == 3, "the first answer stays on file"


def test_results_wait_until_everything_is_answered(filled: App) -> None:
    sample = month(filled, n=5)
    for task in tasks(filled, sample)[:-1]:
        answer(filled, sample, task, truth_of(task), ME)
    with pytest.raises(BadInput, match="not answered everything"):
        results(filled, sample, str(ME))


def test_measured_accuracy_holds_the_models_own(filled: App) -> None:
    """The model was made to be right on four mentions of five."""
    sample = month(filled)
    answer_all(filled, sample)
    found = results(filled, sample, str(ME))
    m = found.measurement
    assert m.publications == 120 and m.mentions == len(tasks(filled, sample))
    share = m.most_probable.share
    assert share is not None and share.low < 0.8 < share.high and share.high - share.low < 0.25
    assert m.coverage.share is not None and 0.7 < m.coverage.share.share < 1
    assert {lang for lang, _ in m.languages} == {Language.RU, Language.KK, Language.EN}
    assert sum(a.n for _, a in m.languages) == m.most_probable.n == m.mentions
    assert m.by_weeks and sum(a.n for _, a in m.periods) == m.mentions
    assert sum(map(sum, m.confusion)) == m.mentions and m.could_not_tell == 0
    assert sum(b.n for b in m.bins) == m.mentions and m.calibration_error is not None


def test_too_few_answers_have_no_share(filled: App) -> None:
    sample = month(filled, n=8)
    answer_all(filled, sample)
    m = results(filled, sample, str(ME)).measurement
    assert m.most_probable.share is None and 8 <= m.most_probable.n < 30


def test_what_a_person_cannot_tell_is_in_no_accuracy(filled: App) -> None:
    sample = month(filled)
    answer_all(filled, sample, but={0: Tone.UNCLEAR, 5: Tone.UNCLEAR})
    m = results(filled, sample, str(ME)).measurement
    assert m.could_not_tell == 2 and m.most_probable.n == m.mentions - 2
    assert sum(m.confusion[3]) == 2


def test_a_second_person_answers_apart_and_agreement_is_told(filled: App) -> None:
    sample = month(filled, n=40)
    asked = answer_all(filled, sample)
    for task in asked[:30]:
        wrong = task.number % 10 == 0
        answer(filled, sample, task, Tone.UNCLEAR if wrong else truth_of(task), OTHER)
    assert finished_by(sample, answers(filled, sample)) == [str(ME)]
    ((other, found),) = results(filled, sample, str(ME)).agreements
    assert (other, found.n, found.agreement) == (str(OTHER), 30, 0.9)
    assert found.kappa is not None and found.kappa.low < found.kappa.share < 1


def test_corrected_counts_hold_the_truth(filled: App) -> None:
    sample = month(filled)
    answer_all(filled, sample)
    found = results(filled, sample, str(ME))
    assert isinstance(found.corrected, Corrected) and found.corrected.method == "double-sampling"
    whole = draw(filled, "kz-mia", n=1_000, by=ME, is_stratified=False)
    answer_all(filled, whole, OTHER)
    truth = results(filled, whole, str(OTHER)).corrected
    assert isinstance(truth, Corrected)
    for (tone, estimate), (_, true) in zip(found.corrected.shares, truth.shares, strict=True):
        assert true.high - true.low < 1e-3, "everything was labelled"
        # One sample misses one of four intervals in six; three standard errors it hardly ever leaves.
        assert abs(estimate.share - true.share) < 3 / 1.96 * (estimate.high - estimate.low) / 2, tone


def test_the_board_takes_the_newest_whole_sample(filled: App) -> None:
    since, until = TODAY - timedelta(days=29), TODAY
    counts = counts_of(filled, month(filled, n=3))
    assert estimated(filled, "kz-mia", counts, since, until) is None
    answer_all(filled, month(filled, n=10, query="позор"))
    assert estimated(filled, "kz-mia", counts, since, until) is None, "it speaks for a part only"
    answer_all(filled, month(filled, n=10))
    few = estimated(filled, "kz-mia", counts, since, until)
    assert few is not None and few.outcome == Refused("few", 10, 50)
    good = month(filled)
    answer_all(filled, good)
    found = estimated(filled, "kz-mia", counts, since, until)
    assert found is not None and found.sample.id == good.id
    assert isinstance(found.outcome, Corrected) and found.outcome.method == "double-sampling"
    later = estimated(filled, "kz-mia", counts, since + timedelta(days=90), until + timedelta(days=90))
    assert later is not None and isinstance(later.outcome, Corrected)
    assert later.outcome.method == "adjusted-count"
    assert estimated(filled, "kz-prosecutor", counts, since, until) is None


def test_a_blind_answer_becomes_a_correction_by_whoever_gave_it(filled: App) -> None:
    sample = month(filled)
    answer_all(filled, sample, OTHER)
    differences = results(filled, sample, str(OTHER)).differences
    assert differences
    one = differences[0]
    adopt(filled, sample, one)
    now = filled.records.get_publication(one.task.publication.id)
    assert now is not None
    (mention,) = [m for m in now.mentions if m.span == one.label.span]
    assert mention.corrected is not None
    assert (mention.corrected.value, mention.corrected.by) == (truth_of(one.task), "person:bolat")
    assert mention.tone == one.task.mention.tone
    assert len(results(filled, sample, str(OTHER)).differences) == len(differences) - 1
    follow(filled)
    # What was measured stays: the sample knows what was counted when it was drawn.
    assert counts_of(filled, sample) == counts_of(filled, month(filled, at=sample.snapshot))


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("UPDATE acts SET detail = replace(detail, 'aigerim', 'bolat') WHERE verb = 'mention-labelled'", id="who answered"),
        pytest.param("UPDATE acts SET detail = replace(detail, '\"seed\":7', '\"seed\":8') WHERE verb = 'sample-drawn'", id="the seed"),
        pytest.param("DELETE FROM acts WHERE verb = 'mention-labelled'", id="answers removed"),
    ],
)  # fmt: skip
def test_tampering_with_labels_shows(filled: App, statement: str) -> None:
    answer_all(filled, month(filled, n=3))
    assert filled.verify() == []
    with sqlite3.connect(filled.home.records) as connection:
        connection.execute(statement)
    connection.close()
    (finding,) = filled.verify()
    assert finding.breach in (Breach.RECORD, Breach.RECORD_MISSING)


def test_a_label_names_its_mention_by_place(filled: App) -> None:
    sample = month(filled, n=1)
    (task, *_) = tasks(filled, sample)
    answer(filled, sample, task, Tone.NEUTRAL, ME)
    (label,) = filled.labels.labels(sample.id)
    assert isinstance(label.span, Span) and label.span == task.mention.span
