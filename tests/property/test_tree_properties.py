"""The tree against RFC 6962 written down word by word, which shares no line with it."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govern.errors import IntegrityError
from govern.ledger.tree import (
    Frontier,
    Tree,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)

entries = st.lists(st.binary(max_size=6), min_size=1, max_size=40)


def mth(d: list[bytes]) -> bytes:
    """RFC 6962, 2.1: MTH({}) = SHA-256(), MTH({d0}) = SHA-256(0x00 || d0), else two halves."""
    n = len(d)
    if n == 0:
        return sha256().digest()
    if n == 1:
        return sha256(b"\0" + d[0]).digest()
    k = k_for(n)
    return sha256(b"\1" + mth(d[:k]) + mth(d[k:])).digest()


def k_for(n: int) -> int:
    """The largest power of two smaller than n."""
    return max(2**power for power in range(n) if 2**power < n)


def path(m: int, d: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1."""
    n = len(d)
    if n == 1:
        return []
    k = k_for(n)
    return [*path(m, d[:k]), mth(d[k:])] if m < k else [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.2, for 0 < m < n."""
    return subproof(m, d, complete=True)


def subproof(m: int, d: list[bytes], *, complete: bool) -> list[bytes]:
    n = len(d)
    if m == n:
        return [] if complete else [mth(d)]
    k = k_for(n)
    if m <= k:
        return [*subproof(m, d[:k], complete=complete), mth(d[k:])]
    return [*subproof(m - k, d[k:], complete=False), mth(d[:k])]


def tree_of(d: list[bytes]) -> Tree:
    return Tree(leaf_hash(entry) for entry in d)


@given(entries)
def test_roots_at_every_size_are_those_of_the_rfc(d):
    tree, frontier = tree_of(d), Frontier()
    for size in range(1, len(d) + 1):
        frontier.append(leaf_hash(d[size - 1]))
        assert mth(d[:size]) == tree.root(size) == frontier.root()


@given(entries, st.data())
def test_inclusion_proofs_are_those_of_the_rfc_and_hold(d, data):
    size = data.draw(st.integers(1, len(d)))
    index = data.draw(st.integers(0, size - 1))
    made = tree_of(d).inclusion(index, size)

    assert path(index, d[:size]) == list(made)
    verify_inclusion(
        leaf=leaf_hash(d[index]), index=index, size=size, proof=made, root=mth(d[:size])
    )


@given(entries, st.data())
def test_consistency_proofs_between_any_two_sizes_are_those_of_the_rfc_and_hold(d, data):
    size = data.draw(st.integers(1, len(d)))
    old = data.draw(st.integers(1, size))
    made = tree_of(d).consistency(old, size)

    assert proof(old, d[:size]) == list(made)
    verify_consistency(
        old_size=old, size=size, proof=made, old_root=mth(d[:old]), root=mth(d[:size])
    )


def test_every_proof_of_every_size_up_to_65_holds():
    d = [bytes([number]) for number in range(65)]
    tree = tree_of(d)
    for size in range(1, 66):
        for other in range(size):
            verify_inclusion(
                leaf=leaf_hash(d[other]),
                index=other,
                size=size,
                proof=tree.inclusion(other, size),
                root=tree.root(size),
            )
            verify_consistency(
                old_size=other,
                size=size,
                proof=tree.consistency(other, size),
                old_root=tree.root(other),
                root=tree.root(size),
            )


def changed(raw: bytes, bit: int) -> bytes:
    at = bit % (8 * len(raw))
    return raw[: at // 8] + bytes([raw[at // 8] ^ 1 << at % 8]) + raw[at // 8 + 1 :]


@given(entries, st.data())
def test_a_changed_bit_of_leaf_proof_or_root_is_refused(d, data):
    size = data.draw(st.integers(1, len(d)))
    index = data.draw(st.integers(0, size - 1))
    tree = tree_of(d)
    whole = [leaf_hash(d[index]), *tree.inclusion(index, size), tree.root(size)]
    part = data.draw(st.integers(0, len(whole) - 1))
    whole[part] = changed(whole[part], data.draw(st.integers(0, 255)))

    leaf, *made, root = whole
    with pytest.raises(IntegrityError):
        verify_inclusion(leaf=leaf, index=index, size=size, proof=made, root=root)


@given(entries, st.data())
def test_a_changed_bit_of_a_consistency_proof_or_its_roots_is_refused(d, data):
    size = data.draw(st.integers(1, len(d)))
    old = data.draw(st.integers(1, size))
    tree = tree_of(d)
    whole = [tree.root(old), *tree.consistency(old, size), tree.root(size)]
    part = data.draw(st.integers(0, len(whole) - 1))
    whole[part] = changed(whole[part], data.draw(st.integers(0, 255)))

    before, *made, after = whole
    with pytest.raises(IntegrityError):
        verify_consistency(old_size=old, size=size, proof=made, old_root=before, root=after)


@given(entries, st.data())
def test_no_proof_leads_from_a_tree_to_one_that_differs_in_an_old_leaf(d, data):
    """The fork: somebody saw ``old`` leaves, the log now has another one among them."""
    old = data.draw(st.integers(1, len(d)))
    other = data.draw(st.integers(0, old - 1))
    forked = [*d[:other], d[other] + b"!", *d[other + 1 :]]
    seen, now = tree_of(d).root(old), tree_of(forked)

    for made in (now.consistency(old), tree_of(d).consistency(old)):
        with pytest.raises(IntegrityError, match="does not begin with"):
            verify_consistency(
                old_size=old, size=len(d), proof=made, old_root=seen, root=now.root()
            )


@given(entries, st.data())
def test_arbitrary_hashes_prove_nothing_and_end_in_one_error(d, data):
    index, size = data.draw(st.integers(0, 50)), data.draw(st.integers(0, 50))
    made = data.draw(st.lists(st.binary(max_size=33), max_size=8))
    root = tree_of(d).root()

    with pytest.raises(IntegrityError):
        verify_inclusion(leaf=b"x" * 32, index=index, size=size, proof=made, root=root)
    with pytest.raises(IntegrityError):
        verify_consistency(old_size=index + 1, size=size, proof=made, old_root=b"x" * 32, root=root)


def test_a_proof_is_as_long_as_the_tree_is_high():
    """Ten more hashes for a thousand times the leaves."""
    lengths = []
    for size in (1, 2**5, 2**10):
        tree = Tree(sha256(bytes([n % 256])).digest() for n in range(size))
        lengths.append(len(tree.inclusion(0)))

    assert [0, 5, 10] == lengths
    assert all(later - earlier == 5 for earlier, later in pairwise(lengths))
