"""The tree against published vectors.

Leaves, roots and proofs: transparency-dev/merkle, proof/verify_test.go, which took them from the
certificate-transparency code; hashes: the same, rfc6962/rfc6962_test.go (Apache-2.0). The facts
alone are here.
"""

from __future__ import annotations

from hashlib import sha256

import pytest

from govern.errors import InputError, IntegrityError
from govern.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    Tree,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

LEAVES = [
    bytes.fromhex(text)
    for text in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]  # fmt: skip
ROOTS = [
    bytes.fromhex(text)
    for text in (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    )
]
INCLUSION = [
    (0, 1, []),
    (0, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (5, 8, [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (1, 5, [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
]  # fmt: skip
CONSISTENCY = [
    (1, 1, []),
    (1, 8, [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]),
    (6, 8, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
    (2, 5, [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ]),
    (6, 7, [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]),
]  # fmt: skip
OTHER = sha256(b"another").digest()


def proof_of(texts: list[str]) -> tuple[bytes, ...]:
    return tuple(bytes.fromhex(text) for text in texts)


@pytest.fixture(scope="module")
def tree() -> Tree:
    return Tree(leaf_hash(leaf) for leaf in LEAVES)


def test_leaves_and_nodes_hash_as_published():
    assert "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56" == (
        leaf_hash(b"L123456").hex()
    )
    assert "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb" == (
        node_hash(b"N123", b"N456").hex()
    )
    assert "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" == EMPTY_ROOT.hex()


def test_roots_of_every_size_are_those_published(tree):
    frontier = Frontier()
    assert EMPTY_ROOT == frontier.root() == tree.root(0) == Tree().root()
    for size, root in enumerate(ROOTS, start=1):
        frontier.append(leaf_hash(LEAVES[size - 1]))
        assert root == tree.root(size) == frontier.root()
        assert size == frontier.size


@pytest.mark.parametrize(("index", "size", "texts"), INCLUSION)
def test_inclusion_proofs_are_those_published_and_hold(tree, index, size, texts):
    proof = proof_of(texts)

    assert proof == tree.inclusion(index, size)
    verify_inclusion(
        leaf=tree.leaf(index), index=index, size=size, proof=proof, root=ROOTS[size - 1]
    )


@pytest.mark.parametrize(("old", "size", "texts"), CONSISTENCY)
def test_consistency_proofs_are_those_published_and_hold(tree, old, size, texts):
    proof = proof_of(texts)

    assert proof == tree.consistency(old, size)
    verify_consistency(
        old_size=old, size=size, proof=proof, old_root=ROOTS[old - 1], root=ROOTS[size - 1]
    )


@pytest.mark.parametrize(("index", "size", "texts"), INCLUSION)
def test_an_inclusion_proof_holds_for_nothing_else(tree, index, size, texts):
    proof, root, leaf = proof_of(texts), ROOTS[size - 1], tree.leaf(index)
    probes = [
        (leaf, index - 1, size, proof, root),
        (leaf, index + 1, size, proof, root),
        (leaf, index ^ 2, size, proof, root),
        (leaf, index, size * 2, proof, root),
        (leaf, index, size // 2, proof, root),
        (OTHER, index, size, proof, root),
        (b"", index, size, proof, root),
        (leaf, index, size, proof, OTHER),
        (leaf, index, size, proof, EMPTY_ROOT),
        (leaf, index, size, (*proof, b""), root),
        (leaf, index, size, (*proof, root), root),
        (leaf, index, size, (root, *proof), root),
        *((leaf, index, size, proof[:-1], root) for _ in proof[:1]),
    ]
    for hashed, at, of, hashes, top in probes:
        with pytest.raises(IntegrityError, match="inclusion proof"):
            verify_inclusion(leaf=hashed, index=at, size=of, proof=hashes, root=top)


@pytest.mark.parametrize(("old", "size", "texts"), CONSISTENCY[1:])
def test_a_consistency_proof_holds_for_nothing_else(old, size, texts):
    proof, before, after = proof_of(texts), ROOTS[old - 1], ROOTS[size - 1]
    probes = [
        (old - 1, size, proof, before, after),
        (old + 1, size, proof, before, after),
        (old ^ 2, size, proof, before, after),
        (old, size * 2, proof, before, after),
        (old, size // 2, proof, before, after),
        (old, size, proof, OTHER, after),
        (old, size, proof, before, OTHER),
        (old, size, proof, after, before),
        (old, size, (), before, after),
        (old, size, (*proof, b""), before, after),
        (old, size, (*proof, before), before, after),
        (old, size, (*proof, after), before, after),
        (old, size, (before, *proof), before, after),
        (old, size, (proof[0], *proof), before, after),
        (old, size, proof[:-1], before, after),
    ]
    for earlier, later, hashes, old_root, root in probes:
        with pytest.raises(IntegrityError, match="consistency proof"):
            verify_consistency(
                old_size=earlier, size=later, proof=hashes, old_root=old_root, root=root
            )


def test_sizes_that_need_no_proof_are_held_to_their_roots():
    """An empty tree has one root; the published tests let any pass there, we do not."""
    same = {"old_size": 3, "size": 3, "root": ROOTS[2]}
    verify_consistency(**same, proof=(), old_root=ROOTS[2])
    verify_consistency(old_size=0, size=3, proof=(), old_root=EMPTY_ROOT, root=ROOTS[2])
    verify_consistency(old_size=0, size=0, proof=(), old_root=EMPTY_ROOT, root=EMPTY_ROOT)

    for wrong in (
        same | {"proof": (), "old_root": OTHER},
        same | {"proof": (OTHER,), "old_root": ROOTS[2]},
        {"old_size": 0, "size": 3, "proof": (), "old_root": OTHER, "root": ROOTS[2]},
        {"old_size": 0, "size": 3, "proof": (OTHER,), "old_root": EMPTY_ROOT, "root": ROOTS[2]},
        {"old_size": 0, "size": 0, "proof": (), "old_root": EMPTY_ROOT, "root": OTHER},
        {"old_size": 3, "size": 2, "proof": (), "old_root": ROOTS[2], "root": ROOTS[1]},
        {"old_size": -1, "size": 2, "proof": (), "old_root": ROOTS[2], "root": ROOTS[1]},
    ):
        with pytest.raises(IntegrityError, match="consistency proof"):
            verify_consistency(**wrong)


def test_what_a_tree_never_held_is_told(tree):
    for ask in (
        lambda: tree.leaf(8),
        lambda: tree.root(9),
        lambda: tree.root(-1),
        lambda: tree.inclusion(3, 3),
        lambda: tree.inclusion(-1),
        lambda: tree.consistency(5, 4),
        lambda: tree.consistency(1, 9),
    ):
        with pytest.raises(InputError):
            ask()
