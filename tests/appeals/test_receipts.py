"""A receipt that anyone can verify offline, and a code that survives being read aloud."""

import hashlib
import re
from datetime import UTC, date, datetime

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from aimas.appeals.law import Rule, law
from aimas.appeals.receipts import (
    Fault,
    Receipt,
    Unproven,
    code_digest,
    code_of,
    commitment,
    entropy_of,
    fault_told,
    proven,
    proves,
    receipt_told,
    sayable,
    signed,
)
from aimas.appeals.types import Standing
from aimas.appeals.wording import LANGUAGES, in_words

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw().hex()
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
ENTROPY = bytes(range(10, 20))
TEXT = "Прошу починить фонарь у дома 5 по улице Абая."
PHOTO = hashlib.sha256(b"a photo").digest()
FILED = commitment(ENTROPY, TEXT, [PHOTO])
BYTES = st.binary(min_size=10, max_size=10)


def receipt(**changes: object) -> Receipt:
    fields: dict[str, object] = {
        "institution": "Департамент полиции города Алматы",
        "number": "З-2026-000123",
        "received_at": datetime(2026, 11, 20, 14, 5, 9, 123456, tzinfo=UTC),
        "zone": "Asia/Almaty",
        "counts_from": date(2026, 11, 23),
        "standing": Standing.APPEAL,
        "answer_by": date(2026, 12, 14),
        "receiver": "Приём через сайт",
        "content": FILED,
        "code": code_digest(ENTROPY),
        "public_key": PUBLIC,
    }
    return Receipt(**{**fields, **changes})  # type: ignore[arg-type]


def test_a_receipt_is_verified_with_the_public_key_alone() -> None:
    assert proven(signed(receipt(), KEY), [PUBLIC]) == receipt()
    assert proven(
        signed(receipt(answer_by=None, standing=Standing.SIGNAL), KEY), ["00" * 32, PUBLIC]
    ) == receipt(answer_by=None, standing=Standing.SIGNAL)


def test_its_bytes_are_those_that_are_documented() -> None:
    assert receipt().signed_bytes().decode() == (
        '["aimas-receipt-1","Департамент полиции города Алматы","З-2026-000123",1795183509123456,"Asia/Almaty",'
        f'"2026-11-23","appeal","2026-12-14","Приём через сайт","{FILED}","{code_digest(ENTROPY)}","{PUBLIC}"]'
    )


def test_a_qr_code_holds_it_in_its_densest_mode() -> None:
    text = signed(receipt(), KEY)
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]+", text)
    assert len(text) < 1_500


def test_it_may_be_wrapped_and_written_small() -> None:
    text = signed(receipt(), KEY).lower()
    wrapped = "\n".join(text[at : at + 40] for at in range(0, len(text), 40))
    assert proven(f"  {wrapped}\n", [PUBLIC]) == receipt()


def tampered() -> str:
    """Another number under the same signature, everything else in order."""
    mark, _, signature, _ = signed(receipt(), KEY).split(":")
    other = signed(receipt(number="З-2026-000124"), KEY).split(":")
    return ":".join((mark, other[1], signature, other[3]))


TEXT_OF_IT = signed(receipt(), KEY)
FAULTS = [
    pytest.param("", Fault.NOT_A_RECEIPT, id="nothing"),
    pytest.param("З-2026-000123", Fault.NOT_A_RECEIPT, id="a number only"),
    pytest.param(TEXT_OF_IT.replace("AIMAS1", "AIMAS9"), Fault.NOT_A_RECEIPT, id="another format"),
    pytest.param(TEXT_OF_IT[:-1], Fault.DAMAGED, id="cut by a letter"),
    pytest.param(TEXT_OF_IT[:200], Fault.DAMAGED, id="cut in the middle"),
    pytest.param(TEXT_OF_IT.replace("Z", "Y", 1), Fault.DAMAGED, id="one letter misread"),
    pytest.param(TEXT_OF_IT.replace(":", ":U", 1), Fault.DAMAGED, id="a letter that is not of the alphabet"),
    pytest.param(TEXT_OF_IT + "A" * 9_000, Fault.DAMAGED, id="far too long"),
    pytest.param(tampered(), Fault.FORGED, id="another number under a true signature"),
    pytest.param(signed(receipt(public_key=OTHER.public_key().public_bytes_raw().hex()), OTHER), Fault.OTHER_KEY, id="signed by somebody else"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "fault"), FAULTS)
def test_what_proves_nothing_says_why(text: str, fault: Fault) -> None:
    assert proven(text, [PUBLIC]) == Unproven(fault)
    assert all(fault_told(fault, language) for language in LANGUAGES)


def test_a_key_signs_only_for_itself() -> None:
    with pytest.raises(ValueError, match="another public key"):
        signed(receipt(), OTHER)


@given(st.integers(0, len(TEXT_OF_IT) - 1), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ:"))
def test_no_single_letter_can_be_changed(place: int, letter: str) -> None:
    changed = TEXT_OF_IT[:place] + letter + TEXT_OF_IT[place + 1 :]
    found = proven(changed, [PUBLIC])
    assert found == receipt() if changed == TEXT_OF_IT else isinstance(found, Unproven)


@given(st.text(max_size=200))
def test_no_text_makes_it_stumble(text: str) -> None:
    assert isinstance(proven(text, [PUBLIC]), Unproven)
    assert isinstance(proven(f"AIMAS1:{text}", [PUBLIC]), Unproven)


def test_the_holder_of_the_code_can_show_what_was_filed() -> None:
    code = code_of(ENTROPY)
    assert proves(receipt(), code, TEXT, [PHOTO])
    assert not proves(receipt(), code, TEXT + " ", [PHOTO])
    assert not proves(receipt(), code, TEXT)
    assert not proves(receipt(), code_of(bytes(10)), TEXT, [PHOTO])
    assert not proves(receipt(), "no code", TEXT, [PHOTO])


def test_one_receipt_has_one_text() -> None:
    mark, content, signature, check = TEXT_OF_IT.split(":")
    digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    same_bits = digits[digits.index(signature[-1]) ^ 1]
    assert proven(":".join((mark, content, signature[:-1] + same_bits, check)), [PUBLIC]) == Unproven(
        Fault.DAMAGED
    )


def test_a_commitment_cannot_be_guessed_without_the_code() -> None:
    assert commitment(ENTROPY, TEXT) != commitment(bytes(10), TEXT)
    assert commitment(ENTROPY, TEXT) != commitment(ENTROPY, TEXT, [PHOTO])


def test_the_signed_text_does_not_give_the_code_away() -> None:
    plain = re.sub("-", "", code_of(ENTROPY))[:16]
    assert plain not in TEXT_OF_IT
    assert ENTROPY.hex() not in receipt().signed_bytes().decode()


def test_a_code_holds_eighty_bits_in_groups() -> None:
    assert code_of(bytes(10)) == "0000-0000-0000-0000-0"
    assert code_of(b"\xff" * 10) == "ZZZZ-ZZZZ-ZZZZ-ZZZZ-~"
    with pytest.raises(ValueError, match="10 random bytes"):
        code_of(b"short")


SIGNS = [bytes(9) + bytes([last]) for last in range(32, 37)]
"""The ends of their codes: * ~ $ = U."""


def test_a_new_code_ends_in_no_sign_and_an_old_one_is_read() -> None:
    assert [code_of(entropy)[-1] for entropy in SIGNS] == [*"*~$=U"]
    assert sayable([*SIGNS, ENTROPY, bytes(10)]) == ENTROPY
    assert [entropy_of(code_of(entropy)) for entropy in SIGNS] == SIGNS


TYPED = [
    pytest.param(lambda code: code.lower(), id="small letters"),
    pytest.param(lambda code: code.replace("-", " "), id="spaces"),
    pytest.param(lambda code: code.replace("-", ""), id="without groups"),
    pytest.param(lambda code: code.replace("0", "O"), id="the letter o for zero"),
    pytest.param(lambda code: code.replace("0", "О"), id="a cyrillic o for zero"),
    pytest.param(lambda code: code.replace("1", "l"), id="a small l for one"),
    pytest.param(lambda code: code.replace("1", "I"), id="a large i for one"),
    pytest.param(lambda code: code.translate(str.maketrans("ABCEHKMPTXY", "АВСЕНКМРТХУ")), id="a cyrillic keyboard"),
]  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
@given(entropy=BYTES)
def test_a_code_is_understood_as_typed(typed, entropy: bytes) -> None:  # type: ignore[no-untyped-def]
    assert entropy_of(typed(code_of(entropy))) == entropy


@given(BYTES, st.integers(0, 16), st.sampled_from("0123456789ABCDEFGHJKMNPQRSTVWXYZ"))
def test_a_wrong_symbol_is_found(entropy: bytes, place: int, symbol: str) -> None:
    code = code_of(entropy).replace("-", "")
    wrong = code[:place] + symbol + code[place + 1 :]
    assert entropy_of(wrong) == (entropy if wrong == code else None)


@given(BYTES, st.integers(0, 14))
def test_two_swapped_neighbours_are_found(entropy: bytes, place: int) -> None:
    code = code_of(entropy).replace("-", "")
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert entropy_of(swapped) == (entropy if swapped == code else None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_talon_tells_all_that_the_law_asks_for(language: str) -> None:
    told = "\n".join(receipt_told(receipt(), language))
    for part in ("З-2026-000123", "19:05:09", "Приём через сайт", "2026"):
        assert part in told
    assert len(receipt_told(receipt(), language)) == 7
    assert len(receipt_told(receipt(answer_by=None, counts_from=date(2026, 11, 20)), language)) == 5


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("standing", [Standing.SIGNAL, Standing.ANONYMOUS])
def test_of_a_message_nobody_says_that_the_law_registers_it_by_a_day(
    standing: Standing, language: str
) -> None:
    told = "\n".join(receipt_told(receipt(standing=standing, answer_by=None), language))
    assert in_words(date(2026, 11, 23), language) in told
    says = law().rules[Rule.REGISTER].says[language]
    assert says not in told and says in "\n".join(receipt_told(receipt(), language))


def test_another_field_makes_other_bytes() -> None:
    ours = receipt()
    changes = {"number": "x", "institution": "x", "zone": "UTC", "receiver": "x", "content": "x", "code": "x", "public_key": "x",
               "standing": Standing.SIGNAL, "answer_by": None, "counts_from": date(2026, 1, 1), "received_at": datetime(2026, 1, 1, tzinfo=UTC)}  # fmt: skip
    assert set(changes) == set(Receipt.__struct_fields__)
    bytes_of = {
        msgspec.structs.replace(ours, **{name: value}).signed_bytes() for name, value in changes.items()
    }
    assert len(bytes_of | {ours.signed_bytes()}) == len(changes) + 1
