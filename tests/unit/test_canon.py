"""Canonical JSON against the vectors of RFC 8785, and digests of values, files and trees."""

from __future__ import annotations

import json
from hashlib import sha256 as reference
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.canon import (
    canonical_json,
    digest,
    file_digest,
    same_json,
    sha256,
    unit_interval,
)
from govern.errors import InputError

quietly = settings(derandomize=True, deadline=None, max_examples=100)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs"]), max_size=5), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def test_the_example_of_the_standard_comes_out():
    """RFC 8785, 3.2.2: numbers, escapes and literals."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],'
        '"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )

    assert expected.encode() == canonical_json(value)


def test_keys_are_sorted_by_utf_16_units():
    """RFC 8785, 3.2.3: an emoji's surrogate comes before U+FB33."""
    keys = ["€", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "ö"]
    order = list(json.loads(canonical_json(dict.fromkeys(keys, 0))))

    assert ["\r", "1", "\u0080", "ö", "€", "\U0001f600", "\ufb33"] == order


def test_whole_numbers_have_one_form():
    assert b"[1,1,0,1e+21]" == canonical_json([1, 1.0, -0.0, 1e21])


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        [-float("inf")],
        2**53,
        -(2**53),
        {1: "a"},
        {"a": {None: 1}},
        {"a", "b"},
        b"bytes",
        object(),
        "\ud800",
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any):
    with pytest.raises(InputError, match="no canonical JSON for this value"):
        canonical_json(value)


def test_too_many_levels_are_refused():
    value: list[Any] = []
    for _ in range(5_000):
        value = [value]

    with pytest.raises(InputError, match="no canonical JSON"):
        canonical_json(value)


@given(value=values)
@quietly
def test_canonical_json_is_json_of_the_value_and_canonical_again(value: Any):
    found = canonical_json(value)
    again = json.loads(found, parse_int=float)

    assert value == again
    assert found == canonical_json(again)


@given(pairs=st.dictionaries(st.text("abcé", max_size=3), st.integers(0, 9), max_size=6))
@quietly
def test_the_order_of_keys_never_matters(pairs: dict[str, int]):
    assert digest(pairs) == digest(dict(reversed(pairs.items())))


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": [1, "x", None]}, {"a": [1.0, "x", None]}, True),
        ({"a": 1}, {"a": True}, False),
        ([0], [False], False),
        ({"a": 1}, {"a": 1, "b": None}, False),
        ([1, 2], [1], False),
        ((1, 2), [1, 2], True),
        ("1", 1, False),
        (-0.0, 0, True),
    ],
)
def test_values_are_the_same_where_their_canonical_json_is(one: Any, other: Any, same: bool):
    assert same is same_json(one, other)
    assert same is (canonical_json(one) == canonical_json(other))


def test_levels_without_end_are_the_same_as_nothing():
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(InputError):
        same_json(deep, [])
    with pytest.raises(InputError):
        same_json(deep, [deep])


def test_digests_are_sha_256_in_hexadecimal():
    """The well-known digest of nothing, and that of {}."""
    assert "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" == sha256(b"")
    assert reference(b"{}").hexdigest() == digest({})


def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path):
    path = tmp_path / "a.bin"
    path.write_bytes(b"abc\r\n" * 100_000)

    assert sha256(b"abc\r\n" * 100_000) == file_digest(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"none\.txt: cannot be read: No such file"):
        file_digest(tmp_path / "none.txt")


def test_a_folder_cannot_be_read_as_a_file(tmp_path: Path):
    with pytest.raises(InputError, match="cannot be read"):
        file_digest(tmp_path)


def test_reproducible_chance_is_pinned():
    """First 7 bytes of SHA-256('7␟fault␟d1') over 2^56: a change would redraw every plan."""
    raw = reference(b"7\x1ffault\x1fd1").digest()[:7]

    assert pytest.approx(int.from_bytes(raw) / 2**56) == unit_interval(7, "fault", "d1")


def test_reproducible_chance_depends_on_every_part_and_where_it_ends():
    found = {unit_interval(*parts) for parts in ((1, "a"), (2, "a"), (1, "b"), ("1a",), ("a", 1))}

    assert 5 == len(found)
    assert unit_interval("1", "a") == unit_interval(1, "a")


def test_reproducible_chance_is_spread_evenly():
    """10,000 draws: each tenth holds 1,000, give or take four standard errors of 30."""
    draws = [unit_interval("seed", i) for i in range(10_000)]
    tenths = [sum(int(10 * d) == t for d in draws) for t in range(10)]

    assert 10_000 == sum(tenths)
    assert all(880 < n < 1_120 for n in tenths)
