"""Who is let in, what a password must be, how long a session lives, and that the last admin stays."""

from collections.abc import Iterator
from datetime import timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from tests.builders import NOW, TESTER, StoppedClock

from aimas.accounts import (
    RIGHTS,
    Account,
    Accounts,
    CaseScope,
    Keys,
    Lifetimes,
    NotLetIn,
    Passwords,
    Right,
    Role,
    WeakPassword,
    codes,
    may,
    reach,
    sessions,
)
from aimas.accounts.passwords import checked, made_up
from aimas.accounts.sessions import shut_until
from aimas.app import App
from aimas.core import BadInput

pytestmark = pytest.mark.both_records
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
GOOD = "лошадь батарея скрепка"


@pytest.fixture
def accounts(app: App) -> Iterator[Accounts]:
    """Passwords cost little here; all else is as in a home, whose ledger is whole afterwards."""
    made = app.accounts
    made._given_passwords = Passwords(QUICK)
    yield made
    assert app.verify() == []


@pytest.fixture
def clock(app: App) -> StoppedClock:
    assert isinstance(app.clock, StoppedClock)
    return app.clock


def known(accounts: Accounts, name: str = "aigerim", *roles: Role) -> Account:
    account, _ = accounts.add(name, roles or (Role.CLERK,), TESTER, password=GOOD)
    return account


# Passwords


@pytest.mark.parametrize(
    ("password", "why"),
    [
        pytest.param("short", "short", id="a short one"),
        pytest.param("x" * 201, "long", id="one that only wears the machine out"),
        pytest.param("aaaaaaaaaaaaaaaa", "plain", id="one letter"),
        pytest.param("abcabcabcabcabc", "plain", id="a piece repeated"),
        pytest.param("qwertyuiop12345", "plain", id="rows of the keyboard"),
        pytest.param("йцукенгшщзхъ12", "plain", id="rows of a Russian keyboard"),
        pytest.param("0987654321qwerty", "plain", id="rows backwards"),
        pytest.param("aigerim-2026-mvd", "name", id="the person's name"),
        pytest.param("i am Досова, hello", "name", id="the surname, in other letters' company"),
    ],
)
def test_a_password_that_is_guessed_is_refused(password: str, why: str) -> None:
    with pytest.raises(WeakPassword) as refused:
        checked(password, "aigerim", "Айгерим Досова")
    assert refused.value.why == why


@pytest.mark.parametrize(
    "password",
    [
        pytest.param(GOOD, id="three words"),
        pytest.param("correct horse", id="two words"),
        pytest.param("жаңбыр-тас-көл", id="Kazakh words"),
        pytest.param("Tr0ub4dor&3xyz", id="signs of all kinds"),
    ],
)
def test_length_is_enough(password: str) -> None:
    assert checked(password, "aigerim") == password


def test_a_made_up_password_is_always_taken() -> None:
    assert all(checked(made_up()) for _ in range(200))
    assert len({made_up() for _ in range(200)}) == 200


def test_a_password_typed_on_another_keyboard_is_the_same() -> None:
    keep = Passwords(QUICK)
    assert keep.fits(keep.kept("пароль й длинный"), "пароль й длинный"), "й in two characters"
    assert not keep.fits(None, "anything")


# Letting in


def test_a_wrong_password_a_wrong_name_and_a_locked_account_are_told_alike(accounts: Accounts) -> None:
    known(accounts)
    known(accounts, "bolat")
    accounts.lock("bolat", TESTER, "left the service")
    told = set()
    for name, password in (("aigerim", "wrong"), ("nobody", GOOD), ("bolat", GOOD), ("aigerim", "")):
        with pytest.raises(NotLetIn) as refused:
            accounts.sign_in(name, password)
        told.add(str(refused.value))
    assert len(told) == 1


def test_the_same_work_is_done_for_whoever_is_asked_for(accounts: Accounts) -> None:
    known(accounts)
    asked: list[str | None] = []

    class Counting(Passwords):
        def fits(self, kept: str | None, password: str) -> bool:
            asked.append(kept)
            return super().fits(kept, password)

    accounts._given_passwords = Counting(QUICK)
    for name in ("aigerim", "nobody"):
        with pytest.raises(NotLetIn):
            accounts.sign_in(name, "wrong")
    assert len(asked) == 2 and asked[1] is None, "a password is hashed for nobody too"


def test_five_wrong_tries_shut_the_door_and_the_right_password_does_not_open_it(
    accounts: Accounts, clock: StoppedClock, app: App
) -> None:
    known(accounts)
    for _ in range(5):
        with pytest.raises(NotLetIn):
            accounts.sign_in("aigerim", "wrong")
    with pytest.raises(NotLetIn):
        accounts.sign_in("aigerim", GOOD)
    clock.advance(seconds=59)
    with pytest.raises(NotLetIn):
        accounts.sign_in("aigerim", GOOD)
    clock.advance(seconds=1)
    assert accounts.sign_in("aigerim", GOOD).account.name == "aigerim"
    assert [a["verb"] for a in app.records.acts(9)].count("account-shut") == 1
    counts = {(t.outcome, t.reason): t.n for t in app.records.tallies() if t.step == "sign-in"}
    assert counts == {
        ("entered", ""): 8,
        ("passed", ""): 1,
        ("dropped", "refused"): 5,
        ("dropped", "locked"): 2,
    }


@given(st.integers(0, 40))
def test_the_door_stays_shut_the_longer_the_more_was_tried_and_never_over_an_hour(failures: int) -> None:
    now, more = (shut_until(n, NOW) for n in (failures, failures + 1))
    assert (now is None) == (failures < 5)
    if now and more:
        assert NOW < now <= more <= NOW + timedelta(hours=1)


def test_an_admin_forgets_wrong_tries(accounts: Accounts) -> None:
    known(accounts)
    for _ in range(6):
        with pytest.raises(NotLetIn):
            accounts.sign_in("aigerim", "wrong")
    accounts.unlock("aigerim", TESTER)
    assert accounts.sign_in("aigerim", GOOD)


# Sessions


def test_a_session_ends_when_idle_and_when_old(accounts: Accounts, clock: StoppedClock) -> None:
    accounts.lifetimes = Lifetimes(idle=timedelta(minutes=30), absolute=timedelta(hours=2))
    known(accounts)
    idle = accounts.sign_in("aigerim", GOOD).token
    clock.advance(minutes=29)
    assert accounts.session_of(idle)
    clock.advance(minutes=29)
    assert accounts.session_of(idle, is_activity=False), "what was done at 29 counts from there"
    clock.advance(minutes=1)
    assert accounts.session_of(idle) is None, "an open page that only looks keeps nobody signed in"
    busy = accounts.sign_in("aigerim", GOOD).token
    for _ in range(5):
        clock.advance(minutes=20)
        assert accounts.session_of(busy)
    clock.advance(minutes=20)
    assert accounts.session_of(busy) is None, "two hours are over"


def test_signing_in_gives_a_new_session_and_ends_the_one_before(accounts: Accounts) -> None:
    known(accounts)
    planted = accounts.sign_in("aigerim", GOOD).token
    fresh = accounts.sign_in("aigerim", GOOD, old=planted).token
    assert fresh != planted and accounts.session_of(planted) is None and accounts.session_of(fresh)


def test_only_digests_of_tokens_are_kept(accounts: Accounts, app: App) -> None:
    if not app.home.records.exists():
        pytest.skip("the records are a server's")
    account = known(accounts)
    token = accounts.sign_in("aigerim", GOOD).token
    _, told = accounts.add_token(account, "report", 30)
    raw = app.home.records.read_bytes() + app.home.records.with_name("records.sqlite-wal").read_bytes()
    for secret in (token, told, GOOD, told.removeprefix("aimas_")):
        assert secret.encode() not in raw
    assert b"$argon2id$" not in raw, "even the hash is sealed under the home's key"


def test_a_lock_a_reset_and_a_new_password_end_what_was_open(accounts: Accounts) -> None:
    account = known(accounts)

    def opened() -> tuple[str, str]:
        return accounts.sign_in("aigerim", GOOD).token, accounts.add_token(account, "report", 30)[1]

    session, token = opened()
    accounts.lock("aigerim", TESTER, "left the service")
    assert accounts.session_of(session) is None and accounts.token_of(token) is None
    accounts.unlock("aigerim", TESTER)
    session, token = opened()
    accounts.reset("aigerim", TESTER, GOOD)
    assert accounts.session_of(session) is None and accounts.token_of(token) is None
    session, _ = opened()
    other = accounts.sign_in("aigerim", GOOD).token
    fresh = accounts.change_password(account, GOOD, "другая длинная фраза").token
    assert accounts.session_of(session) is None and accounts.session_of(other) is None
    now = accounts.session_of(fresh)
    assert now and not now[1].must_change
    with pytest.raises(NotLetIn):
        accounts.sign_in("aigerim", GOOD)


def test_a_browser_left_open_is_no_licence_to_guess(accounts: Accounts) -> None:
    account = known(accounts)
    for _ in range(5):
        with pytest.raises(NotLetIn):
            accounts.change_password(account, "wrong", "другая длинная фраза")
    with pytest.raises(NotLetIn):
        accounts.change_password(account, GOOD, "другая длинная фраза")


def test_another_persons_session_and_token_are_not_there(accounts: Accounts) -> None:
    aigerim, bolat = known(accounts), known(accounts, "bolat")
    hers = accounts.sign_in("aigerim", GOOD).token
    found = accounts.session_of(hers)
    token, told = accounts.add_token(aigerim, "report", 30)
    assert found and not accounts.end_session(bolat, found[0].id) and accounts.session_of(hers)
    assert not accounts.end_token(bolat, token.id) and accounts.token_of(told)
    assert accounts.end_session(aigerim, found[0].id) and accounts.session_of(hers) is None


def test_a_programs_token_ends_on_its_day(accounts: Accounts, clock: StoppedClock) -> None:
    account = known(accounts)
    _, told = accounts.add_token(account, "report", 30)
    assert accounts.token_of("aimas_" + "x" * 43) is None and accounts.token_of("") is None
    clock.advance(days=30, seconds=-1)
    assert accounts.token_of(told)
    clock.advance(seconds=1)
    assert accounts.token_of(told) is None and accounts.tokens(account) == []


# The second proof


@pytest.mark.parametrize(
    ("second", "code"),
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_codes_are_those_of_the_rfc(second: int, code: str) -> None:
    from datetime import UTC, datetime

    now = datetime.fromtimestamp(second, UTC)
    assert codes.fitting_step(b"12345678901234567890", code, now, 0) == second // 30


def enrolled(accounts: Accounts, clock: StoppedClock) -> tuple[Account, pyotp.TOTP, tuple[str, ...]]:
    account = known(accounts)
    phone = pyotp.TOTP(codes.spelled(accounts.begin_second(account)))
    return account, phone, accounts.confirm_second(account, phone.at(clock.time))


def test_a_code_is_asked_once_it_was_confirmed_and_each_works_once(
    accounts: Accounts, clock: StoppedClock
) -> None:
    account = known(accounts)
    phone = pyotp.TOTP(codes.spelled(accounts.begin_second(account)))
    assert accounts.sign_in("aigerim", GOOD), "a secret that was only shown asks for nothing"
    taken = {phone.at(clock.time + timedelta(seconds=s)) for s in (-30, 0, 30)}
    with pytest.raises(BadInput):
        accounts.confirm_second(account, next(f"{n:06}" for n in range(4) if f"{n:06}" not in taken))
    accounts.confirm_second(account, phone.at(clock.time))
    for code in ("", "12", phone.at(clock.time)):
        with pytest.raises(NotLetIn):
            accounts.sign_in("aigerim", GOOD, code)
    clock.advance(seconds=30)
    code = phone.at(clock.time)
    assert accounts.sign_in("aigerim", GOOD, f"{code[:3]} {code[3:]}")
    with pytest.raises(NotLetIn):
        accounts.sign_in("aigerim", GOOD, code)


def test_a_code_on_paper_stands_in_once(accounts: Accounts, clock: StoppedClock) -> None:
    account, _, paper = enrolled(accounts, clock)
    assert len(set(paper)) == 10
    assert accounts.sign_in("aigerim", GOOD, paper[3].upper().replace("-", " "))
    with pytest.raises(NotLetIn):
        accounts.sign_in("aigerim", GOOD, paper[3])
    assert accounts.recovery_left(account) == 9
    accounts.drop_second(account, GOOD)
    assert accounts.sign_in("aigerim", GOOD) and accounts.recovery_left(account) == 0


# Admins


def test_the_last_admin_can_not_be_locked_or_made_less(accounts: Accounts) -> None:
    known(accounts, "salta", Role.ADMIN)
    with pytest.raises(BadInput, match="last admin"):
        accounts.lock("salta", TESTER, "by mistake")
    with pytest.raises(BadInput, match="last admin"):
        accounts.change("salta", TESTER, roles=[Role.CLERK])
    known(accounts, "timur", Role.ADMIN)
    accounts.change("salta", TESTER, roles=[Role.CLERK])
    with pytest.raises(BadInput, match="last admin"):
        accounts.lock("timur", TESTER, "by mistake")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("", id="nothing"),
        pytest.param("<b>", id="markup"),
        pytest.param("a" * 41, id="too long"),
        pytest.param("AIGERIM", id="the same in capitals"),
        pytest.param("  aigerim ", id="the same with blanks"),
        pytest.param("ａｉｇｅｒｉｍ", id="the same in wide letters"),
    ],
)
def test_names_are_names_and_one_persons_only(accounts: Accounts, name: str) -> None:
    known(accounts)
    with pytest.raises(BadInput):
        accounts.add(name, [Role.CLERK], TESTER)
    assert len(accounts.all()) == 1


def test_every_change_of_an_account_is_an_act_that_names_who_did_it(accounts: Accounts, app: App) -> None:
    known(accounts)
    known(accounts, "salta", Role.ADMIN)
    accounts.change("aigerim", TESTER, units=["duty"])
    accounts.lock("aigerim", TESTER, "left the service")
    accounts.unlock("aigerim", TESTER)
    accounts.reset("aigerim", TESTER)
    verbs = [str(a["verb"]) for a in app.records.acts(9)]
    assert verbs == [
        "account-reset",
        "account-unlocked",
        "account-locked",
        "account-changed",
        "account-added",
        "account-added",
    ]
    assert all('"by":"person:tester"' in str(a["detail"]) for a in app.records.acts(9))
    assert app.verify() == []


def test_the_first_admin_comes_by_a_link_that_works_once(accounts: Accounts) -> None:
    word = accounts.invite()
    assert word and accounts.is_invited(word) and not accounts.is_invited(word[::-1] + word)
    with pytest.raises(WeakPassword):
        accounts.accept(word, "salta", "short")
    with pytest.raises(NotLetIn):
        accounts.accept("guessed", "salta", GOOD)
    signed = accounts.accept(word, "salta", GOOD, full_name="Салтанат И.")
    assert Role.ADMIN in signed.account.roles and accounts.session_of(signed.token)
    with pytest.raises(NotLetIn):
        accounts.accept(word, "timur", GOOD)
    assert accounts.invite() is None


def test_demo_people_have_no_password_and_others_no_one_click(accounts: Accounts) -> None:
    known(accounts)
    accounts.add("dosova", [Role.CLERK], TESTER, is_demo=True)
    assert accounts.sign_in_demo("dosova").account.is_demo
    with pytest.raises(NotLetIn):
        accounts.sign_in_demo("aigerim")
    with pytest.raises(NotLetIn):
        accounts.sign_in("dosova", "")


# Rights

UNITS = ("duty", "migration", "detention")
people = st.builds(
    Account,
    id=st.just("x"),
    name=st.sampled_from(["aigerim", "bolat"]),
    roles=st.lists(st.sampled_from(list(Role)), min_size=1, max_size=3, unique=True).map(tuple),
    units=st.lists(st.sampled_from([*UNITS, "*"]), max_size=2, unique=True).map(tuple),
    made_at=st.just(NOW),
    is_closed=st.booleans(),
)
scopes = st.builds(
    CaseScope,
    unit=st.sampled_from(["", *UNITS]),
    officer=st.sampled_from(["", "aigerim", "bolat"]),
    is_confidential=st.booleans(),
    seen_by=st.sampled_from([(), ("aigerim",), ("bolat",)]),
)
ASKED = st.sampled_from(list(Right))


@given(people, ASKED, scopes)
def test_nobody_may_more_with_one_case_than_at_all(person: Account, right: Right, case: CaseScope) -> None:
    if may(person, right, case):
        assert may(person, right) and not person.is_closed
        assert any(right in RIGHTS[role] for role in person.roles)


@given(people, ASKED, scopes)
def test_what_is_confidential_is_seen_by_the_list_or_who_may_in_its_unit(
    person: Account, right: Right, case: CaseScope
) -> None:
    if case.is_confidential and may(person, right, case):
        is_listed = person.name in (*case.seen_by, case.officer)
        has_unit = case.unit in person.units or "*" in person.units or Role.AUDITOR in person.roles
        assert is_listed or (has_unit and may(person, Right.SEE_CONFIDENTIAL))


@given(people, ASKED, scopes)
def test_making_a_case_confidential_never_opens_it(person: Account, right: Right, case: CaseScope) -> None:
    import msgspec

    hidden = msgspec.structs.replace(case, is_confidential=True)
    shown = msgspec.structs.replace(case, is_confidential=False)
    assert not may(person, right, hidden) or may(person, right, shown)


@given(people, ASKED, scopes)
def test_a_list_of_cases_reaches_exactly_those_that_each_may_be_opened(
    person: Account, right: Right, case: CaseScope
) -> None:
    reached = reach(person, right)
    in_unit = reached.is_everywhere or case.unit in reached.units or (not case.unit and reached.is_unassigned)
    if case.is_confidential:
        in_unit = reached.is_confidential_everywhere or case.unit in reached.confidential_units
    is_named = may(person, right) and person.name in (case.officer, *case.seen_by)
    assert may(person, right, case) == (in_unit or is_named)


def test_an_admin_sees_no_appeal_and_an_auditor_changes_none() -> None:
    seeing = {Right.SEE_QUEUE, Right.SEE_PERSONAL, Right.SEE_CONFIDENTIAL}
    assert not RIGHTS[Role.ADMIN] & seeing
    doing = {Right.REGISTER, Right.ROUTE, Right.FORWARD, Right.DECIDE, Right.SIGN, Right.EXTEND, Right.ERASE}
    assert not RIGHTS[Role.AUDITOR] & (doing | {Right.SEE_PERSONAL, Right.WORK_BOARD, Right.MANAGE_USERS})
    assert [role for role in Role if Right.EXTEND in RIGHTS[role]] == [Role.HEAD]


def test_keys_hold_nothing_that_could_be_typed(accounts: Accounts, clock: StoppedClock) -> None:
    account, _, paper = enrolled(accounts, clock)
    keys: Keys = accounts._store.keys_of(account.id)
    assert keys.password and keys.password.startswith("$argon2id$")
    assert not set(paper) & set(keys.recovery)
    assert sessions.token_digest("x") != sessions.token_digest("y")


def test_a_post_stands_in_the_language_asked_for_else_in_the_one_there_is(accounts: Accounts) -> None:
    known(accounts)
    accounts.change("aigerim", TESTER, posts={"ru": "инспектор", "kk": " "})
    account = accounts.require("aigerim")
    assert [account.post(tongue) for tongue in ("ru", "kk", "en")] == ["инспектор"] * 3
    accounts.change("aigerim", TESTER, posts={"ru": "инспектор", "en": "inspector"})
    assert accounts.require("aigerim").post("en") == "inspector"
    accounts.change("aigerim", TESTER, full_name="Айгерим")
    assert accounts.require("aigerim").posts == {"ru": "инспектор", "en": "inspector"}, (
        "the rest is left as it was"
    )
    accounts.change("aigerim", TESTER, posts={})
    assert accounts.require("aigerim").post("ru") == ""


@pytest.mark.parametrize(
    "posts",
    [
        pytest.param({"de": "Inspektor"}, id="in a language that the pages do not speak"),
        pytest.param({"ru": "и" * 121}, id="too long"),
        pytest.param({"ru": "ин\x00спектор"}, id="with a sign that cannot be read"),
    ],
)
def test_what_is_no_post_is_not_taken(accounts: Accounts, posts: dict[str, str]) -> None:
    known(accounts)
    with pytest.raises(BadInput, match="post"):
        accounts.change("aigerim", TESTER, posts=posts)
