"""The chain: whatever is changed, moved or taken out of it is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.canon import canonical_json, digest, sha256
from govern.domain.ledger import Entry
from govern.errors import InputError, IntegrityError
from govern.ledger.chain import GENESIS, check, head_of, line_of, next_entry, read_line
from govern.ledger.seeds import Secret

NOW = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
    | st.floats(-(2.0**53) + 1, 2.0**53 - 1),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)  # fmt: skip
payloads = st.dictionaries(st.text(max_size=5), json_values, max_size=3)


def chain(*made: dict[str, Any]) -> list[Entry]:
    entries: list[Entry] = []
    for payload in made:
        entries.append(next_entry(entries[-1] if entries else None, "intent", payload, NOW))
    return entries


def test_the_digest_is_that_of_everything_else_in_the_entry_by_hand():
    """SHA-256 of the canonical JSON of at, kind, payload, previous and seq, keys in order."""
    [entry] = chain({"run_id": "a"})
    written = (
        '{"at":"2026-11-25T12:00:00Z","kind":"intent","payload":{"run_id":"a"},'
        f'"previous":"{"0" * 64}","seq":0}}'
    )

    assert sha256(written.encode()) == entry.digest


def test_no_entries_are_a_whole_chain():
    check([])
    check([], kept=GENESIS)

    assert GENESIS == head_of([])


@given(st.lists(payloads, max_size=4))
def test_every_entry_comes_back_from_its_line_and_the_chain_holds(made):
    entries = chain(*made)
    again = [read_line(line_of(entry), "line") for entry in entries]

    assert [line_of(entry) for entry in entries] == [line_of(entry) for entry in again]
    check(again, kept=head_of(entries))


@pytest.mark.parametrize("value", [2.0**53, float("inf"), 2**53, "\ud800", {1: 2}, {1}, b""])
def test_what_could_not_be_read_back_is_never_entered(value):
    """RFC 8785 writes 2.0^53 without a point, and no reader takes an integer that large."""
    with pytest.raises(InputError):
        chain({"x": value})


def test_a_payload_is_what_will_be_read_from_the_start():
    [entry] = chain({"whole": 1.0, "pair": (1, 2)})

    assert {"whole": 1, "pair": [1, 2]} == entry.payload


@given(st.permutations(range(4)))
def test_any_other_order_is_refused(order):
    entries = chain({"n": 0}, {"n": 1}, {"n": 2}, {"n": 3})
    if order == sorted(order):
        check([entries[i] for i in order])
    else:
        with pytest.raises(IntegrityError):
            check([entries[i] for i in order])


@given(st.sets(st.integers(0, 5), min_size=1))
def test_what_is_taken_out_is_found_but_for_the_end_which_a_kept_head_tells(gone):
    entries = chain(*({"n": n} for n in range(6)))
    left = [entry for entry in entries if entry.seq not in gone]

    if left != entries[: len(left)]:
        with pytest.raises(IntegrityError):
            check(left)
    with pytest.raises(IntegrityError, match=r"cut off|expected this number|follows"):
        check(left, kept=head_of(entries))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("seq", 7, "expected this number, found 7"),
        ("kind", "failed", "changed since it was entered"),
        ("at", NOW + timedelta(seconds=1), "changed since it was entered"),
        ("payload", {"n": 9}, "changed since it was entered"),
        ("previous", "a" * 64, "follows aaaaaaaaaaaaaaaa"),
        ("digest", "a" * 64, "expected aaaaaaaaaaaaaaaa"),
    ],
)
def test_each_field_of_an_entry_is_held_against_its_digest(field, value, said):
    entries = chain({"n": 0}, {"n": 1}, {"n": 2})
    entries[1] = entries[1].model_copy(update={field: value})

    with pytest.raises(IntegrityError, match=said):
        check(entries)


def test_an_entry_made_anew_with_a_digest_that_fits_breaks_the_one_after_it():
    entries = chain({"n": 0}, {"n": 1}, {"n": 2})
    entries[1] = next_entry(entries[0], "intent", {"n": "forged"}, NOW)

    with pytest.raises(IntegrityError, match="entry 2: follows"):
        check(entries)


@pytest.mark.parametrize(
    "respelt",
    [
        lambda line: line.replace(b"12:00:00Z", b"12:00:00.000Z"),
        lambda line: line.replace(b"12:00:00Z", b"13:00:00+01:00"),
        lambda line: line.replace(b'"seq":0', b'"seq":"0"'),
        lambda line: line.replace(b'"n":1', b'"n":1.0'),
        lambda line: line.replace(b'"n":1', b'"n":2,"n":1'),
        lambda line: line.replace(b'"kind"', b' "kind"'),
        lambda line: line + b" ",
        lambda line: line.replace(b'"seq":0', b'"more":1,"seq":0'),
        lambda line: line.replace(b'"n":1', b'"n":NaN'),
        lambda line: line.replace(b'"n":1', b'"n":9007199254740993'),
        lambda line: line[:-1],
        lambda line: b"[]",
        lambda line: b"\xff" + line,
        lambda line: b"[" * 100_000,
    ],
)
def test_a_line_that_is_spelt_another_way_is_refused_also_where_it_means_the_same(respelt):
    line = line_of(chain({"n": 1})[0])
    assert read_line(line, "line")

    with pytest.raises(IntegrityError, match="line: "):
        read_line(respelt(line), "line")


@given(st.data())
def test_any_byte_of_any_line_that_is_changed_is_found(data):
    lines = [line_of(entry) for entry in chain({"n": 0, "who": "a"}, {"n": 1}, {"n": 2})]
    which = data.draw(st.integers(0, 2))
    place = data.draw(st.integers(0, len(lines[which]) - 1))
    line = bytearray(lines[which])
    line[place] ^= data.draw(st.integers(1, 255))
    lines[which] = bytes(line)

    with pytest.raises(IntegrityError):
        check([read_line(line, "line") for line in lines])


def test_the_seed_follows_from_the_intent_and_from_what_was_drawn_and_neither_alone():
    secret = Secret(drawn="1" * 64, salt="2" * 64)

    assert sha256(bytes.fromhex("a" * 64 + "1" * 64)) == secret.seed("a" * 64).hex()
    assert secret.seed("a" * 64) != secret.seed("b" * 64)
    assert secret.seed("a" * 64) != Secret(drawn="3" * 64, salt="2" * 64).seed("a" * 64)


def test_a_commitment_binds_both_and_tells_neither():
    secret = Secret(drawn="1" * 64, salt="2" * 64)

    assert digest({"drawn": "1" * 64, "salt": "2" * 64}) == secret.commitment
    assert secret.commitment != Secret(drawn="1" * 64, salt="3" * 64).commitment
    assert json.loads(canonical_json(secret.as_json())) == secret.as_json()
