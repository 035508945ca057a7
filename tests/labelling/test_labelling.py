"""A sample is drawn, answered blind and measured; everything said stays in the ledger."""

import sqlite3
from datetime import timedelta

import msgspec
import pytest
from tests.builders import NOW
from tests.labelling.homes import fill, follow, read_again, truth_of

from aimas.app import App
from aimas.core import Actor, BadInput, Language, Publication, Span, StoredPublication, Tone
from aimas.flow.rereading import as_filed
from aimas.labelling import (
    Standing,
    Task,
    adopt,
    answer,
    answers,
    counts_of,
    draw,
    estimated,
    finished_by,
    judge,
    next_task,
    results,
    standing,
    tasks,
)
from aimas.ledger import Breach
from aimas.measuring import Corrected, Refused, Sample
from aimas.storage.labels import DRAWN
from aimas.tone.verdict import RULE

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
    assert m.most_probable.n == m.coverage.n == m.mentions and m.by_weeks
    for parts in (m.languages, m.periods):
        assert sum(a.most_probable.n for _, a in parts) == m.mentions
        assert sum(a.coverage.n for _, a in parts) == m.mentions
        assert sum(a.answered.n for _, a in parts) == m.answered.n < m.mentions
    russian = dict(m.languages)[Language.RU]
    for one in (russian.answered, russian.coverage, russian.most_probable):
        assert one.n >= 30 and one.share is not None and one.share.low < one.share.share < one.share.high
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


NEW = "tone/new"
MONTH = (TODAY - timedelta(days=29), TODAY)


def counts_now(app: App) -> dict[Tone, int]:
    question = app.search.ask("is:relevant", "kz-mia")
    found = app.search.facet(question, "tone")
    return {tone: found.get(tone.value, 0) for tone in Tone}


def test_a_sample_tells_which_versions_read_it(filled: App) -> None:
    sample = month(filled, n=5)
    assert sample.versions == ("tone/test", RULE)
    kept = filled.labels.get_sample(sample.id)
    assert kept is not None and kept.versions == sample.versions
    answer_all(filled, sample)
    assert results(filled, sample, str(ME)).versions == sample.versions


def test_a_sample_from_before_versions_were_kept_still_loads_and_measures(filled: App) -> None:
    sample = month(filled)
    told = msgspec.to_builtins(sample)
    del told["versions"]
    with filled.archive.settling() as settlement:
        settlement.act(DRAWN, "older", told | {"id": "older"})
    older = filled.labels.get_sample("older")
    assert older is not None and older.versions == ()
    answer_all(filled, older)
    assert results(filled, older, str(ME)).versions == ("tone/test", RULE)
    found = estimated(filled, "kz-mia", counts_now(filled), *MONTH)
    assert found is not None and found.sample == older and isinstance(found.outcome, Corrected)


def test_answers_are_put_to_what_a_newer_model_read(filled: App) -> None:
    """The newer model is always right: the older one's errors no longer correct anything."""
    sample = month(filled, n=300)
    answer_all(filled, sample)
    before = estimated(filled, "kz-mia", counts_now(filled), *MONTH)
    assert before is not None and before.versions == ("tone/test", RULE)
    read_again(filled, NEW)
    counts = counts_now(filled)
    found = estimated(filled, "kz-mia", counts, *MONTH)
    assert found is not None and found.versions == (NEW, RULE)
    assert isinstance(found.outcome, Corrected) and found.outcome.labelled == 300
    for tone, share in found.outcome.shares:
        assert share.share * 400 == pytest.approx(counts[tone], abs=0.5), tone
    # As known before, the board says what it said before.
    again = estimated(filled, "kz-mia", counts_of(filled, sample), *MONTH, at=sample.snapshot)
    assert again is not None and again.outcome == before.outcome


def test_a_sample_from_other_days_is_put_to_newer_readings_too(filled: App) -> None:
    sample = draw(filled, "kz-mia", n=200, by=ME, seed=7, until=TODAY - timedelta(days=9))
    answer_all(filled, sample)
    read_again(filled, NEW)
    found = estimated(filled, "kz-mia", counts_now(filled), TODAY - timedelta(days=2), TODAY)
    assert found is not None and found.versions == (NEW, RULE)
    assert isinstance(found.outcome, Corrected) and found.outcome.method == "adjusted-count"


def test_numbers_of_another_version_than_the_sample_are_not_corrected(filled: App) -> None:
    """What came since was read by the newer model, what was drawn was not read again."""
    sample = month(filled)
    answer_all(filled, sample)
    fill(filled, 20, seed=99, days=2, by=NEW)
    lately = estimated(filled, "kz-mia", counts_now(filled), TODAY, TODAY)
    assert lately is not None
    assert lately.outcome == Refused("mixed-versions", versions=(NEW, "tone/test"))
    tomorrow = TODAY + timedelta(days=1)
    fill(filled, 20, seed=98, days=1, by=NEW, ahead=1)
    newest = estimated(filled, "kz-mia", {Tone.NEUTRAL: 20}, tomorrow, tomorrow)
    assert newest is not None
    assert newest.outcome == Refused("other-version", 0, 108, versions=(NEW,))


def test_while_publications_are_read_again_nothing_is_corrected(filled: App) -> None:
    sample = month(filled)
    answer_all(filled, sample)
    read_again(filled, NEW, most=200)
    found = estimated(filled, "kz-mia", counts_now(filled), *MONTH)
    assert found is not None
    assert found.outcome == Refused("mixed-versions", versions=(NEW, "tone/test"))


def test_results_tell_the_newer_model_beside_the_one_that_was_drawn(filled: App) -> None:
    sample = month(filled)
    answer_all(filled, sample)
    before = results(filled, sample, str(ME))
    assert before.again is None
    read_again(filled, NEW)
    found = results(filled, sample, str(ME))
    assert (found.versions, found.measurement) == (before.versions, before.measurement)
    assert found.again is not None and found.again.versions == (NEW, RULE)
    assert (found.again.left_out, found.again.measurement.publications) == (0, 120)
    share = found.again.measurement.most_probable.share
    assert share is not None and share.share == 1
    assert found.differences == ()


def test_what_the_answers_no_longer_match_is_left_out(filled: App) -> None:
    """The newer reading finds a mention that nobody was asked about."""
    sample = month(filled)
    asked = answer_all(filled, sample)
    doubled = {t.publication.position for t in asked[:3]}
    read_again(filled, NEW, more_in=doubled)
    found = results(filled, sample, str(ME)).again
    assert found is not None
    assert found.left_out == len(doubled) and found.measurement.publications == 120 - len(doubled)


def test_answers_follow_into_a_revised_text_where_the_sentences_stayed(filled: App) -> None:
    sample = month(filled, n=20)
    asked = answer_all(filled, sample)
    one, other = asked[0].publication, asked[-1].publication
    kept = msgspec.structs.replace(
        as_filed(one), publication=with_text(one, one.text + " Подробности позже.")
    )
    gone = msgspec.structs.replace(as_filed(other), publication=with_text(other, "О другом."), mentions=())
    with filled.archive.settling():
        filled.archive.file([kept, gone])
    follow(filled)
    read = filled.labels.readings_at([m.reading for m in sample.members], filled.records.head())
    assert len(read) == 20 and {was for was, now in read.items() if was != now} == {
        one.read_at,
        other.read_at,
    }
    found = judge(filled, sample, asked, answers(filled, sample)[str(ME)], read)
    assert (len(found.units), found.left_out) == (19, 1)
    before = filled.labels.readings_at([m.reading for m in sample.members], sample.snapshot)
    assert all(was == now for was, now in before.items())


def with_text(p: StoredPublication, text: str) -> Publication:
    return msgspec.structs.replace(as_filed(p).publication, text=text)


def test_adopted_answers_do_not_flatter_the_sample(filled: App) -> None:
    """A correction of what was drawn says nothing of the model's errors elsewhere."""
    sample = month(filled)
    answer_all(filled, sample)
    counts = counts_now(filled)
    before = estimated(filled, "kz-mia", counts, *MONTH)
    for one in results(filled, sample, str(ME)).differences[:5]:
        adopt(filled, sample, one, ME)
    follow(filled)
    after = estimated(filled, "kz-mia", counts, *MONTH)
    assert before is not None and after is not None and after.outcome == before.outcome


def test_where_a_person_stands_with_a_sample(filled: App) -> None:
    sample = month(filled, n=5)
    assert standing(sample, answers(filled, sample), str(ME)) is Standing.NOT_BEGUN
    answer(filled, sample, tasks(filled, sample)[0], Tone.NEUTRAL, ME)
    assert standing(sample, answers(filled, sample), str(ME)) is Standing.UNDER_WAY
    assert standing(sample, answers(filled, sample), str(OTHER)) is Standing.NOT_BEGUN
    answer_all(filled, sample)
    assert standing(sample, answers(filled, sample), str(ME)) is Standing.FINISHED


def test_a_blind_answer_becomes_a_correction_by_whoever_gave_it(filled: App) -> None:
    sample = month(filled)
    answer_all(filled, sample, OTHER)
    differences = results(filled, sample, str(OTHER)).differences
    assert differences
    one = differences[0]
    with pytest.raises(BadInput, match="Only who gave"):
        adopt(filled, sample, one, ME)
    adopt(filled, sample, one, OTHER)
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
