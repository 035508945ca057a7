"""A person's word beside the model's, and how it goes on to a newer reading."""

import msgspec
import pytest

from aimas.core import Guess, Mention, Span, Tone
from aimas.tone import carried, corrected, verdict

TEXT = "Полиция помогла. Полиция бездействует. Министр МВД молчит."


def at(
    words: str, target: str = "police", tone: Tone | None = None, text: str = TEXT, **more: object
) -> Mention:
    """The mention under the first such words; its sentence is found by the full stops around."""
    start = text.index(words)
    left = text.rfind(".", 0, start) + 1
    left += text[left:].startswith(" ")
    right = text.find(".", start) + 1
    fields: dict[str, object] = {
        "institution": "kz-mia",
        "target": target,
        "span": Span(start, start + len(words)),
        "sentence": Span(left, right),
        "why": words,
        "tone": None if tone is None else Guess(tone, 0.8, (), "tone/old"),
    }
    return Mention(**(fields | more))  # type: ignore[arg-type]


def said(mention: Mention, tone: Tone = Tone.NEUTRAL) -> Mention:
    (found,) = corrected([mention], "kz-mia", mention.span, Guess(tone, 1.0, (), "person:aigerim"))
    return found


def test_both_answers_stand_and_the_persons_holds() -> None:
    mention = said(at("Полиция", tone=Tone.POSITIVE), Tone.CRITICAL)
    assert mention.tone and mention.tone.value is Tone.POSITIVE
    assert mention.stands and (mention.stands.value, mention.stands.by) == (Tone.CRITICAL, "person:aigerim")


def test_a_word_taken_back_leaves_the_models() -> None:
    mention = said(at("Полиция", tone=Tone.POSITIVE), Tone.CRITICAL)
    (back,) = corrected([mention], "kz-mia", mention.span, None)
    assert back == at("Полиция", tone=Tone.POSITIVE)


def test_a_word_on_no_mention_is_an_error() -> None:
    with pytest.raises(LookupError):
        corrected([at("Полиция")], "kz-prosecutor", at("Полиция").span, None)


LONGER = "Новость. " + TEXT


@pytest.mark.parametrize(
    ("older", "newer", "text", "is_kept"),
    [
        pytest.param(at("МВД", "ministry"), at("МВД", "ministry", Tone.CRITICAL), TEXT, True, id="the same words, another answer of the model"),
        pytest.param(at("МВД", "ministry"), at("МВД", "minister"), TEXT, True, id="a new profile calls the part otherwise"),
        pytest.param(at("МВД", "ministry"), at("Министр МВД", "minister"), TEXT, True, id="a new matcher takes in more words"),
        pytest.param(at("МВД", "ministry"), at("МВД", "ministry", text=LONGER), LONGER, True, id="another text holds the same sentence elsewhere"),
        pytest.param(at("МВД", "ministry"), at("Министр", "minister", text=LONGER), LONGER, False, id="another text, other words of the sentence"),
        pytest.param(at("МВД", "ministry"), at("МВД", "ministry", institution="kz-prosecutor"), TEXT, False, id="another institution"),
        pytest.param(at("МВД", "ministry"), at("бездействует"), TEXT, False, id="the mention is gone"),
        pytest.param(at("МВД", "ministry"), at("МВД", "ministry", text="МВД не молчит."), "МВД не молчит.", False, id="the sentence was rewritten"),
    ],
)  # fmt: skip
def test_a_correction_goes_on_to_the_same_mention(
    older: Mention, newer: Mention, text: str, is_kept: bool
) -> None:
    (found,) = carried([said(older)], TEXT, [newer], text)
    assert (found.corrected is not None) is is_kept
    assert found.tone == newer.tone


def test_of_two_mentions_each_keeps_its_own() -> None:
    first, second = at("Полиция помогла"), at("Полиция бездействует")
    newer = [at("Полиция бездействует", tone=Tone.CRITICAL), at("Полиция помогла", tone=Tone.POSITIVE)]
    found = carried([said(first, Tone.UNCLEAR), said(second, Tone.NEUTRAL)], TEXT, newer, TEXT)
    assert [m.corrected.value for m in found if m.corrected] == [Tone.NEUTRAL, Tone.UNCLEAR]


def test_nobody_guesses_which_of_two_like_mentions_was_meant() -> None:
    text = "МВД и МВД."
    one = at("МВД", "ministry", text=text)
    other = Mention(
        institution="kz-mia", target="ministry", span=Span(6, 9), sentence=one.sentence, why="МВД"
    )
    moved = "А МВД и МВД."
    sentence = Span(0, len(moved))
    alone = Mention(institution="kz-mia", target="ministry", span=Span(2, 5), sentence=sentence, why="МВД")
    assert carried([said(one), other], text, [alone], moved) == (alone,)


@pytest.mark.parametrize(
    ("mentions", "tone", "by"),
    [
        pytest.param([at("Полиция", tone=Tone.CRITICAL)], Tone.CRITICAL, "tone/old+verdict/3", id="nobody spoke"),
        pytest.param([said(at("Полиция", tone=Tone.CRITICAL))], Tone.NEUTRAL, "person:aigerim+verdict/3", id="a person outvotes the model on the mention"),
        pytest.param([said(at("Полиция"), Tone.POSITIVE)], Tone.POSITIVE, "person:aigerim+verdict/3", id="a person alone looked"),
        pytest.param(
            [said(at("Полиция помогла", tone=Tone.NEUTRAL), Tone.POSITIVE), at("Полиция бездействует", tone=Tone.CRITICAL)],
            Tone.POSITIVE, "person:aigerim+verdict/3", id="a person's word weighs fully against a model's confidence",
        ),
        pytest.param([said(at("Полиция", tone=Tone.POSITIVE), Tone.UNCLEAR)], Tone.UNCLEAR, "person:aigerim+verdict/3", id="a person could not tell"),
    ],
)  # fmt: skip
def test_the_verdict_follows_what_holds_and_says_whose_it_is(
    mentions: list[Mention], tone: Tone, by: str
) -> None:
    ruled = verdict("kz-mia", mentions)
    assert ruled is not None
    assert (ruled.tone, ruled.by) == (tone, by)
    assert ruled.corrected == sum(m.corrected is not None for m in mentions)


@pytest.mark.parametrize(
    ("mention", "tone", "praise"),
    [
        pytest.param(at("Полиция", tone=Tone.POSITIVE, speaker="institution"), Tone.NEUTRAL, 1, id="praise in its own words is set apart"),
        pytest.param(at("Полиция", tone=Tone.POSITIVE, speaker="other"), Tone.POSITIVE, 0, id="praise by another counts"),
        pytest.param(at("Полиция", tone=Tone.CRITICAL, speaker="institution"), Tone.CRITICAL, 0, id="its own criticism of itself counts"),
        pytest.param(said(at("Полиция", tone=Tone.NEUTRAL, speaker="institution"), Tone.POSITIVE), Tone.NEUTRAL, 1, id="a person found praise in its own words"),
        pytest.param(said(at("Полиция", tone=Tone.POSITIVE, speaker="institution"), Tone.NEUTRAL), Tone.NEUTRAL, 0, id="a person found none"),
    ],
)  # fmt: skip
def test_self_praise_is_counted_apart(mention: Mention, tone: Tone, praise: int) -> None:
    ruled = verdict("kz-mia", [mention])
    assert ruled is not None and (ruled.tone, ruled.self_praise) == (tone, praise)


def test_a_text_of_self_praise_alone_is_neutral_as_surely_as_its_weakest_praise() -> None:
    strong = at("Полиция", tone=Tone.POSITIVE, speaker="institution")
    weak = said(strong, Tone.POSITIVE)
    assert strong.stands and weak.stands and strong.stands.confidence != weak.stands.confidence
    ruled = verdict("kz-mia", [strong, weak])
    assert ruled is not None and (ruled.tone, ruled.deciding, ruled.self_praise) == (Tone.NEUTRAL, (), 2)
    assert ruled.confidence == min(strong.stands.confidence, weak.stands.confidence)


def test_praise_by_a_citizen_counts_beside_self_praise() -> None:
    own = at("Полиция", tone=Tone.POSITIVE, speaker="institution")
    thanks = at("Полиция помогла", tone=Tone.POSITIVE, speaker="citizen")
    ruled = verdict("kz-mia", [own, thanks])
    assert ruled is not None and (ruled.tone, ruled.self_praise) == (Tone.POSITIVE, 1)
    assert ruled.deciding == (thanks,)


def test_a_side_without_any_confidence_still_speaks() -> None:
    """Weights of nought once left nobody to decide, and filing stopped."""
    faint = msgspec.structs.replace(at("Полиция"), tone=Guess(Tone.CRITICAL, 0.0, (), "tone/old"))
    judged = verdict("kz-mia", [faint])
    assert judged and (judged.tone, judged.confidence, judged.deciding) == (Tone.CRITICAL, 0.0, (faint,))
