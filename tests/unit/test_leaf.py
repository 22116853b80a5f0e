"""What a leaf says and hides."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from govern.domain.ledger import HOUR, ID, KIND, ROLE, Leaf
from govern.errors import InputError, IntegrityError
from govern.ledger.chain import next_entry
from govern.ledger.leaf import (
    commit,
    entry_leaf,
    first_leaf,
    hour_of,
    kind_of,
    leaf_bytes,
    opens,
    read_leaf,
)

NOW = datetime(2026, 11, 25, 12, 59, 59, tzinfo=UTC)
KEY = bytes(range(32))
PAYLOAD = {"statement": "The second goal was met in May.", "ground": "wrong_fact"}
LEAF = Leaf(
    id="0123456789abcdef" * 2,
    kind="contest.submitted",
    hour="2026-11-25T12Z",
    actor_role="employee",
    commitment=commit(PAYLOAD, KEY),
)
leaves = st.builds(
    Leaf,
    id=st.from_regex(ID, fullmatch=True),
    kind=st.from_regex(KIND, fullmatch=True),
    hour=st.from_regex(HOUR, fullmatch=True),
    actor_role=st.from_regex(ROLE, fullmatch=True),
    commitment=st.from_regex("[0-9a-f]{64}", fullmatch=True),
)


def test_a_commitment_is_the_hmac_of_the_canonical_json():
    """RFC 2104 word by word: H(K xor opad, H(K xor ipad, text)), K padded to 64 bytes."""
    inner, outer = (bytes(byte ^ pad for byte in KEY.ljust(64, b"\0")) for pad in (0x36, 0x5C))
    text = b'{"a":2,"b":1}'

    assert sha256(outer + sha256(inner + text).digest()).hexdigest() == commit(
        {"b": 1, "a": 2}, KEY
    )


def test_a_payload_that_is_not_personal_is_committed_to_by_its_digest():
    assert sha256(b'{"a":1,"b":2}').hexdigest() == commit({"b": 2, "a": 1}, None)


def test_only_payload_and_key_together_open_a_leaf():
    assert opens(LEAF, PAYLOAD, KEY)
    assert opens(LEAF, dict(reversed(PAYLOAD.items())), KEY)
    assert not opens(LEAF, PAYLOAD | {"ground": "missing_fact"}, KEY)
    assert not opens(LEAF, PAYLOAD, KEY[::-1])
    assert not opens(LEAF, PAYLOAD, None)


@pytest.mark.parametrize("key", [b"", KEY[:31], KEY + b"\0"])
def test_a_key_of_another_length_is_refused_because_hmac_would_pad_or_hash_it(key):
    for use in (lambda: commit(PAYLOAD, key), lambda: opens(LEAF, PAYLOAD, key)):
        with pytest.raises(InputError, match="expected 32 bytes"):
            use()


def test_a_leaf_holds_nothing_of_a_personal_payload():
    """The same text twice: neither can the leaves be told to be alike, nor a guess be checked."""
    other = LEAF.model_copy(update={"commitment": commit(PAYLOAD, KEY[::-1])})

    assert LEAF.commitment != other.commitment
    assert {"id", "kind", "hour", "actor_role", "commitment"} == set(LEAF.as_json())
    for text in PAYLOAD.values():
        assert text.encode() not in leaf_bytes(LEAF)


def test_times_are_kept_to_the_hour_in_utc():
    india = timezone(timedelta(hours=5, minutes=30))

    assert "2026-11-25T12Z" == hour_of(NOW)
    assert "2026-11-25T18Z" == hour_of(datetime(2026, 11, 26, 0, 15, tzinfo=india))
    with pytest.raises(InputError, match="time zone"):
        hour_of(datetime(2026, 11, 25))  # noqa: DTZ001


@given(leaves)
def test_a_leaf_has_one_spelling_which_is_its_canonical_json(leaf):
    raw = leaf_bytes(leaf)

    assert leaf == read_leaf(raw, "leaf")
    assert leaf.kind == kind_of(raw, "leaf")


@given(st.data())
def test_every_other_byte_string_is_refused_or_is_the_leaf_it_spells(data):
    raw = bytearray(leaf_bytes(LEAF))
    at = data.draw(st.integers(0, len(raw) - 1))
    raw[at] = data.draw(st.integers(0, 255))
    try:
        found = read_leaf(bytes(raw), "leaf 3")
    except IntegrityError:
        return
    assert bytes(raw) == leaf_bytes(found)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw + b"\n",
        lambda raw: b" " + raw,
        lambda raw: raw.replace(b":", b": "),
        lambda raw: raw.replace(b"employee", b"\\u0065mployee"),
        lambda raw: raw[:-1] + b',"zip":1}',
        lambda raw: raw[:-1],
        lambda _: b"",
        lambda _: b"{}",
        lambda raw: raw.replace(b"2026", "٢٠٢٦".encode()),
    ],
)
def test_other_spellings_of_the_same_json_are_refused(spoil):
    for read in (read_leaf, kind_of):
        with pytest.raises(IntegrityError, match="no leaf of a tree"):
            read(spoil(leaf_bytes(LEAF)), "leaf 3")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "ab"),
        ("kind", "Contest"),
        ("kind", "a.b.c"),
        ("hour", "2026-11-25T12:00Z"),
        ("actor_role", "ana maria"),
        ("commitment", "x" * 64),
        ("kind", "a\n"),
    ],
)
def test_a_leaf_of_another_form_cannot_be_made(field, value):
    with pytest.raises(ValidationError):
        Leaf.model_validate(LEAF.as_json() | {field: value})


def test_the_first_leaf_commits_to_the_head_and_an_entry_leaf_to_the_whole_entry():
    entry = next_entry(None, "decision", {"decision_id": "d1"}, NOW)
    body = {
        "seq": 0,
        "kind": "decision",
        "at": "2026-11-25T12:59:59Z",
        "payload": {"decision_id": "d1"},
        "previous": "0" * 64,
    }
    first, leaf = first_leaf(entry.digest, NOW, LEAF.id), entry_leaf(entry, LEAF.id)

    assert ("chain", entry.digest) == (first.kind, first.commitment)
    assert ("entry.decision", "2026-11-25T12Z") == (leaf.kind, leaf.hour)
    assert opens(leaf, body, None)
