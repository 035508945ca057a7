"""A new key signs, old receipts stay proven, and nothing that an old key signs afterwards is."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from tests.appeals.desk import MONDAY, filed, opened
from tests.builders import StoppedClock

from aimas.app import App
from aimas.appeals.receipt_keys import does_vouch
from aimas.appeals.receipts import Fault, Receipt, Unproven, signed
from aimas.home import create_home
from aimas.keeping import back_up, restore


@pytest.fixture
def office(tmp_path: Path) -> Iterator[App]:
    folder = create_home(tmp_path / "home", profiles=["kz-mia"], timezone="Asia/Almaty").folder
    made = opened(folder, StoppedClock(MONDAY))
    yield made
    assert made.verify() == []
    made.close()


def turned(app: App, **more: bool) -> None:
    """An hour later another key signs."""
    assert isinstance(app.clock, StoppedClock)
    app.clock.time += timedelta(hours=1)
    app.rotate_receipt_key(is_leaked=more.get("is_leaked", False))
    app.clock.time += timedelta(hours=1)


def test_receipts_of_every_key_stay_proven(office: App) -> None:
    receipts = [filed(office).receipt]
    for _ in range(2):
        turned(office)
        receipts.append(filed(office).receipt)
    found = [office.proven(receipt) for receipt in receipts]
    keys = [each.public_key for each in found if isinstance(each, Receipt)]
    assert len(set(keys)) == 3 and tuple(reversed(keys)) == office.receipt_keys


def test_each_key_vouches_for_the_next_unless_it_leaked(office: App) -> None:
    turned(office)
    turned(office, is_leaked=True)
    leaked, sound = office.home.past_receipt_keys()
    assert does_vouch(sound) and sound.next == leaked.key
    assert not does_vouch(leaked) and leaked.next == office.receipt_keys[0]
    assert not does_vouch(msgspec.structs.replace(sound, next=leaked.next)), "for no other key"


def test_what_an_old_key_signs_after_its_time_is_no_receipt(office: App) -> None:
    old = office.home.receipt_key()
    receipt = office.proven(filed(office).receipt)
    assert isinstance(receipt, Receipt)
    turned(office, is_leaked=True)
    later = msgspec.structs.replace(receipt, received_at=office.clock.now())
    assert office.proven(signed(later, old)) == Unproven(Fault.RETIRED_KEY)
    assert office.proven(signed(receipt, old)) == receipt


def test_the_old_private_key_is_gone_and_the_ledger_names_who_changed_it(office: App) -> None:
    filed(office)
    before = office.home.receipt_key_file.read_bytes()
    turned(office)
    kept = [path.read_bytes() for path in office.home.receipt_key_file.parent.iterdir()]
    assert before not in kept and before.hex().encode() not in b"".join(kept)
    (act,) = office.records.acts_of(("receipt-key-rotated",))
    assert act["actor"] == str(office.actor) and act["subject"] == office.receipt_keys[0]


def test_cut_off_between_the_files_the_old_key_signs_on_and_all_can_be_done_again(
    office: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    from aimas import home

    put, before = home._put, office.receipt_keys
    done: list[Path] = []

    def cut(path: Path, content: bytes) -> None:
        if done:
            raise OSError("the machine stopped")
        put(path, content)
        done.append(path)

    with monkeypatch.context() as patch:
        patch.setattr(home, "_put", cut)
        with pytest.raises(OSError, match="stopped"):
            office.rotate_receipt_key(is_leaked=False)
    assert office.receipt_keys == before and isinstance(office.proven(filed(office).receipt), Receipt)
    turned(office)
    assert len(office.receipt_keys) == 2 and len(office.home.past_receipt_keys()) == 1


def test_a_backup_takes_the_new_key_and_the_names_of_the_old_ones(office: App, tmp_path: Path) -> None:
    keys = tmp_path / "safe"
    receipt = filed(office).receipt
    back_up(office.home.folder, tmp_path / "copy", keys=keys)
    turned(office)
    back_up(office.home.folder, tmp_path / "copy", keys=keys)
    restore(tmp_path / "copy", tmp_path / "again", keys=keys)
    again = opened(tmp_path / "again")
    assert again.receipt_keys == office.receipt_keys and isinstance(again.proven(receipt), Receipt)
    again.close()
