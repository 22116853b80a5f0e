"""One pass over the leaves, against the chain and what was signed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from govern.errors import IntegrityError
from govern.ledger.audit import Claim, audit, origin_of
from govern.ledger.chain import GENESIS, next_entry
from govern.ledger.checkpoint import Checkpoint
from govern.ledger.leaf import entry_leaf, first_leaf, leaf_bytes
from govern.ledger.tree import EMPTY_ROOT, Tree, leaf_hash

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ONE = next_entry(None, "intent", {"run_id": "a"}, NOW)
TWO = next_entry(ONE, "failed", {"run_id": "a"}, NOW)
FIRST = first_leaf(ONE.digest, NOW, "a" * 32)
LEAVES = [FIRST, entry_leaf(ONE, "b" * 32), entry_leaf(TWO, "c" * 32)]
RAWS = [leaf_bytes(leaf) for leaf in LEAVES]
TREE = Tree(map(leaf_hash, RAWS))


def claim(size: int, **other: object) -> Claim:
    point = Checkpoint(origin_of(FIRST), size, TREE.root(size))
    return Claim(f"checkpoint of {size}", replace(point, **other))


def test_a_log_bears_out_every_checkpoint_that_was_ever_signed_in_any_order():
    log = audit([ONE, TWO], RAWS, [claim(size) for size in (3, 1, 2, 3, 0)])

    assert (origin_of(FIRST), 3, TREE.root(), 2) == (
        log.origin,
        log.frontier.size,
        log.frontier.root(),
        log.entered,
    )


def test_entries_that_stand_in_no_leaf_yet_are_counted_not_blamed():
    assert 0 == audit([ONE, TWO], RAWS[:1], []).entered
    assert 1 == audit([ONE, TWO], RAWS[:2], []).entered


def test_an_empty_log_has_no_name_and_the_root_of_nothing():
    log = audit([ONE], [], [])

    assert (None, EMPTY_ROOT) == (log.origin, log.frontier.root())


def test_a_log_may_begin_before_the_first_entry():
    first = leaf_bytes(first_leaf(GENESIS, NOW, "a" * 32))

    assert 1 == audit([ONE], [first, RAWS[1]], []).entered


@pytest.mark.parametrize(
    ("entries", "raws", "claims", "said"),
    [
        ([ONE, TWO], RAWS[1:], [], "leaf 0: a log begins with a 'chain' leaf"),
        ([ONE, TWO], [RAWS[0], *RAWS], [], "leaf 1: a log begins with a 'chain' leaf"),
        ([TWO], RAWS, [], "leaf 0: the chain had the head"),
        ([ONE], RAWS, [], "leaf 2: entry 1 stood in the chain"),
        ([ONE, TWO], [RAWS[0], RAWS[2], RAWS[1]], [], "leaf 1: commits to another entry 0"),
        ([ONE, TWO], [RAWS[0], RAWS[2]], [], "leaf 1: commits to another entry 0"),
        ([ONE, TWO], RAWS[:2], [claim(3)], "the log had 3 leaves, the record has 2"),
        ([ONE, TWO], [], [claim(3), claim(2)], "checkpoint of 3: the log had 3 leaves"),
        ([ONE, TWO], RAWS, [claim(2, root=bytes(32))], "checkpoint of 2: at 2 leaves"),
        ([ONE, TWO], RAWS, [claim(0, root=bytes(32))], "checkpoint of 0: at 0 leaves"),
        ([ONE, TWO], RAWS, [claim(2, origin="another")], "a checkpoint of another"),
        ([ONE, TWO], [*RAWS[:2], b"{}"], [], "leaf 2: no leaf of a tree"),
    ],
)  # fmt: skip
def test_what_does_not_match_is_told_with_its_place(entries, raws, claims, said):
    with pytest.raises(IntegrityError, match=said):
        audit(entries, raws, claims)
