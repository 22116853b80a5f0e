"""Keys that open what a store holds, and nothing else that does."""

from __future__ import annotations

import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.errors import InputError, IntegrityError
from govern.store.contests.store import SqlContestStore
from govern.store.vault import DataKey, KeyRing, add_key, new_data_key
from govern.testing.contest_steps import Steps

OLD, NEW = KeyRing((b"a" * 32,)), KeyRing((b"b" * 32,))
BOTH = KeyRing((b"a" * 32, b"b" * 32))


@given(plain=st.binary(max_size=200), at=st.integers(0, 227), bit=st.integers(0, 7))
def test_what_is_sealed_comes_back_and_with_any_bit_flipped_does_not(plain, at, bit):
    key = DataKey("case:x", b"k" * 32)
    sealed = key.seal(plain, 1, "drafted")
    changed = bytearray(sealed)
    changed[at % len(sealed)] ^= 1 << bit

    assert plain == key.open(sealed, 1, "drafted")
    with pytest.raises(IntegrityError):
        key.open(bytes(changed), 1, "drafted")


@pytest.mark.parametrize("place", [(2, "drafted"), (1, "decided"), (1,), ("1", "drafted"), ()])
def test_what_is_sealed_for_one_place_does_not_open_in_another(place):
    key = new_data_key("case:x")

    with pytest.raises(IntegrityError, match="case:x"):
        key.open(key.seal(b"text", 1, "drafted"), *place)
    with pytest.raises(IntegrityError):
        DataKey("case:y", key.raw).open(key.seal(b"text", 1), 1)


@pytest.mark.parametrize("cut", [b"", b"short", b"x" * 12])
def test_what_is_cut_short_is_told(cut):
    with pytest.raises(IntegrityError, match="cannot be decrypted"):
        new_data_key("s").open(cut)


def test_the_same_text_is_never_sealed_the_same_way():
    key = new_data_key("s")

    assert 50 == len({key.seal(b"text")[:12] for _ in range(50)})


def test_a_wrapped_key_opens_for_its_scope_and_by_its_key_alone():
    key = new_data_key("case:x")
    wrapped = OLD.wrap(key)

    assert key == OLD.unwrap(wrapped, "case:x") == BOTH.unwrap(wrapped, "case:x")
    with pytest.raises(IntegrityError):
        OLD.unwrap(wrapped, "case:y")
    with pytest.raises(InputError, match="is not among the 1 given"):
        NEW.unwrap(wrapped, "case:x")
    assert (True, False) == (OLD.is_current(wrapped), BOTH.is_current(wrapped))


def test_keys_show_in_no_representation():
    assert "kkkk" not in repr(DataKey("s", b"k" * 32))
    assert "aaaa" not in repr(OLD)


def test_a_key_file_is_made_for_its_owner_alone_and_grows(tmp_path):
    path = tmp_path / "keys" / "vault"
    first = add_key(path)
    second = add_key(path)

    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert first.keys == second.keys[:1]
    assert second == KeyRing.read(path)
    assert ["vault"] == [one.name for one in path.parent.iterdir()]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_a_key_file_that_others_can_read_is_refused(tmp_path, mode):
    path = tmp_path / "vault"
    add_key(path)
    path.chmod(mode)

    with pytest.raises(InputError, match="only its owner"):
        KeyRing.read(path)


@pytest.mark.parametrize("text", ["", "\n", "abc", "A" * 64, "a" * 63, "a" * 64 + " x", "ä" * 64])
def test_a_file_that_holds_no_keys_is_refused(tmp_path, text):
    path = tmp_path / "vault"
    path.touch(0o600)
    path.write_text(text)

    with pytest.raises(InputError, match="64 hexadecimal digits"):
        KeyRing.read(path)


def test_a_link_a_folder_or_nothing_in_place_of_a_key_file_is_refused(tmp_path):
    add_key(tmp_path / "vault")
    (tmp_path / "link").symlink_to(tmp_path / "vault")

    for name in ("link", "none", ""):
        with pytest.raises(InputError, match=r"cannot be read|regular file"):
            KeyRing.read(tmp_path / name)
    with pytest.raises(InputError, match="twice"):
        KeyRing.from_hex("a" * 64 + "\n" + "a" * 64, "here")


def test_after_rotation_the_old_key_is_not_needed_and_nothing_else_changed(tmp_path):
    case = "c" * 32
    store = SqlContestStore("sqlite:///c.db", OLD, root=tmp_path)
    store.append(Steps(case).drafted())

    rotating = SqlContestStore("sqlite:///c.db", BOTH, root=tmp_path)
    assert 3 == rotating.rewrap()
    assert 0 == rotating.rewrap()
    rotated = SqlContestStore("sqlite:///c.db", NEW, root=tmp_path)
    assert (Steps(case).drafted(),) == rotated.events(case)
    assert store.pseudonym("ana") == rotated.pseudonym("ana")
    with pytest.raises(InputError, match="is not among"):
        store.events(case)
    with pytest.raises(InputError, match="is not among"):
        SqlContestStore("sqlite:///c.db", OLD, root=tmp_path)
