"""What the page offers is what the rules admit."""

import pytest
from tests.appeals.cast import TERMS, at, case, event, registered

from aimas.appeals.following import obstacles
from aimas.appeals.law import Terms
from aimas.appeals.types import (
    Answered,
    Assigned,
    Complained,
    Delivered,
    Divided,
    DocumentAdded,
    Extended,
    Forwarded,
    HearingNoticed,
    Identified,
    Paused,
    Received,
    Refusal,
    Registered,
    Reopened,
    Resumed,
    Standing,
    Withdrawn,
)

CAME, NUMBERED = registered("2026-11-02")
ANONYMOUS = event(Received, "2026-11-02", standing=Standing.ANONYMOUS)


@pytest.mark.parametrize(
    ("events", "when", "what", "why"),
    [
        pytest.param((CAME, NUMBERED), "2026-11-03", Extended, None, id="a running term may be extended"),
        pytest.param((CAME, NUMBERED), "2026-12-03", Extended, Refusal.EXPIRED, id="an expired one may not"),
        pytest.param((CAME,), "2026-11-03", Answered, Refusal.NOT_REGISTERED, id="nothing is answered without a number"),
        pytest.param((CAME, NUMBERED), "2026-11-03", Registered, Refusal.ALREADY_REGISTERED, id="it has its number"),
        pytest.param((CAME, NUMBERED), "2026-11-03", Identified, Refusal.ALREADY_AN_APPEAL, id="somebody stands behind it"),
        pytest.param((ANONYMOUS,), "2026-11-03", Identified, None, id="an anonymous one may be signed"),
        pytest.param((ANONYMOUS, NUMBERED), "2026-11-03", Extended, Refusal.NO_LAWFUL_DATE, id="what has no date has nothing to extend"),
        pytest.param((CAME, NUMBERED), "2026-11-03", Paused, None, id="the clock may stand on a named ground"),
        pytest.param((CAME, NUMBERED), "2026-11-03", Resumed, Refusal.NOT_PAUSED, id="a running clock is not resumed"),
        pytest.param((CAME, NUMBERED), "2026-11-03", Delivered, Refusal.NOT_ANSWERED, id="what is not answered is not delivered"),
        pytest.param((CAME, NUMBERED), "2026-11-03", Reopened, Refusal.NOT_ANSWERED, id="nor reopened"),
        pytest.param((CAME, NUMBERED, event(Answered, "2026-11-04")), "2026-11-05", Delivered, None, id="an answer may be handed over"),
        pytest.param((CAME, NUMBERED, event(Answered, "2026-11-04")), "2026-11-05", Divided, Refusal.DIVIDED_TOO_LATE, id="an answered one is not counted anew"),
        pytest.param((CAME, NUMBERED, event(HearingNoticed, "2026-11-03")), "2026-11-04", Answered, Refusal.TOO_SOON_AFTER_NOTICE, id="not before the applicant was heard"),
        pytest.param((CAME, NUMBERED, event(Forwarded, "2026-11-03")), "2026-11-04", Assigned, Refusal.GONE, id="what went elsewhere is not assigned"),
        pytest.param((CAME, NUMBERED, event(Withdrawn, "2026-11-03")), "2026-11-04", DocumentAdded, None, id="a document is taken whatever the state"),
        pytest.param((CAME, NUMBERED, event(Withdrawn, "2026-11-03")), "2026-11-04", Complained, None, id="a complaint too"),
    ],
)  # fmt: skip
def test_what_may_follow(events: tuple, when: str, what: type, why: Refusal | None) -> None:  # type: ignore[type-arg]
    assert obstacles(case(*events), TERMS, at(when))[what] is why


def test_without_a_ground_in_the_settings_the_clock_never_stands() -> None:
    assert obstacles(case(CAME, NUMBERED), Terms(), at("2026-11-03"))[Paused] is Refusal.NO_GROUND
