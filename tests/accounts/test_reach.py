"""A list holds exactly the cases that a person may see one by one."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from aimas.accounts import ALL_UNITS, Account, CaseScope, Right, Role, may, reach

UNITS = ("duty", "roads", "custody")
PEOPLE = st.builds(
    Account,
    id=st.just("1"),
    name=st.just("aigerim"),
    roles=st.lists(st.sampled_from(list(Role)), max_size=3, unique=True).map(tuple),
    units=st.lists(st.sampled_from((*UNITS, ALL_UNITS)), max_size=3, unique=True).map(tuple),
    made_at=st.just(datetime(2026, 11, 1, tzinfo=UTC)),
    is_closed=st.booleans(),
)
CASES = st.builds(
    CaseScope,
    unit=st.sampled_from(("", *UNITS)),
    first_read_by=st.sampled_from(("", *UNITS)),
    officer=st.sampled_from(("", "bolat")),
    is_confidential=st.booleans(),
)


@given(PEOPLE, st.sampled_from(list(Right)), CASES)
def test_reach_says_of_all_cases_what_may_says_of_each(
    person: Account, right: Right, case: CaseScope
) -> None:
    reached = reach(person, right)
    in_units = (
        reached.is_everywhere
        or case.unit in reached.units
        or (not case.unit and reached.is_unassigned)
        or (not case.unit and not case.is_confidential and case.first_read_by in reached.units)
    )
    is_open = (
        not case.is_confidential
        or reached.is_confidential_everywhere
        or case.unit in reached.confidential_units
    )
    assert may(person, right, case) == (in_units and is_open)


@given(PEOPLE.filter(lambda person: not person.is_closed), CASES)
def test_who_is_named_in_a_case_sees_it_with_any_right_of_his(person: Account, case: CaseScope) -> None:
    named = CaseScope(unit=case.unit, officer=person.name, is_confidential=case.is_confidential)
    assert may(person, Right.SEE_QUEUE, named) == may(person, Right.SEE_QUEUE)
