"""Proofs as files: C2SP ``tlog-proof`` and the body of ``add-checkpoint``."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from govern.attest.notes import verify
from govern.domain.ledger import Leaf
from govern.errors import IntegrityError
from govern.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from govern.ledger.leaf import leaf_bytes
from govern.ledger.note import NoteKey, read_note
from govern.ledger.proof import Growth, Inclusion, is_growth, read_growth, read_inclusion
from govern.ledger.tree import Tree, leaf_hash

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LOG = Ed25519PrivateKey.from_private_bytes(bytes(32))
ORIGIN = "govern.ledger/0123456789abcdef0123456789abcdef"
# C2SP/C2SP, tlog-witness.md: the request that it shows, with its own checkpoint.
SHOWN = (
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"  # noqa: E501
)
RAWS = [
    leaf_bytes(
        Leaf(
            id=f"{n:032x}",
            kind="entry.intent",
            hour="2026-11-25T12Z",
            actor_role="record",
            commitment=f"{n:064x}",
        )
    )
    for n in range(7)
]
TREE = Tree(map(leaf_hash, RAWS))
KEY = NoteKey(ORIGIN, LOG.public_key().public_bytes_raw())
NOTE = sign_checkpoint(Checkpoint(ORIGIN, 7, TREE.root()), KEY, LOG.sign, NOW)
PROOF = Inclusion(RAWS[4], 4, TREE.inclusion(4), NOTE)
RAW = str(PROOF).encode()


def test_a_proof_file_has_the_lines_that_c2sp_gives_it():
    head, note = str(PROOF).split("\n\n", 1)
    name, extra, index, *hashes = head.split("\n")

    assert "c2sp.org/tlog-proof@v1" == name
    assert extra.startswith("extra ")
    assert "index 4" == index
    assert len(PROOF.hashes) == len(hashes) == 3
    assert str(NOTE) == note


def test_a_proof_of_a_log_with_one_leaf_has_no_hashes():
    tree = Tree([leaf_hash(RAWS[0])])
    note = type(NOTE)(Checkpoint(ORIGIN, 1, tree.root()).text, NOTE.signatures)
    proof = Inclusion(RAWS[0], 0, (), note)
    read_inclusion(str(proof).encode(), "proof").verify("proof")


@pytest.mark.parametrize("index", range(7))
def test_a_proof_that_was_written_is_read_again_and_holds(index):
    proof = Inclusion(RAWS[index], index, TREE.inclusion(index), NOTE)
    again = read_inclusion(str(proof).encode(), "proof")

    assert proof == again
    again.verify("proof")


def check(raw: bytes) -> None:
    """What whoever gets a proof does with it."""
    proof = read_inclusion(raw, "proof")
    proof.verify("proof")
    open_checkpoint(proof.note, logs=[KEY.public], witnesses=[], verify=verify, where="proof")


def test_every_changed_byte_of_a_proof_is_refused():
    check(RAW)
    for at in range(len(RAW)):
        for value in (RAW[at] ^ 1, RAW[at] ^ 0x20):
            with pytest.raises(IntegrityError):
                check(RAW[:at] + bytes([value]) + RAW[at + 1 :])


def test_a_proof_cut_short_anywhere_is_refused():
    for cut in range(len(RAW)):
        with pytest.raises(IntegrityError):
            check(RAW[:cut])


def test_the_request_that_c2sp_shows_is_read_and_written_byte_for_byte():
    growth = read_growth(SHOWN.encode(), "growth")

    assert SHOWN == str(growth)
    assert (20852014, 4) == (growth.old, len(growth.hashes))
    assert is_growth(SHOWN.encode())
    assert not is_growth(str(NOTE).encode())


def test_a_proof_of_growth_that_was_written_is_read_again():
    growth = Growth(3, TREE.consistency(3), NOTE)

    assert growth == read_growth(str(growth).encode(), "growth")


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "expected a proof"),
        (RAW.replace(b"@v1", b"@v2"), "tlog-proof"),
        (RAW.replace(b"index 4", b"index 04"), "leading zeroes"),
        (RAW.replace(b"index 4", b"Index 4"), "expected a line 'index"),
        (RAW.replace(b"extra ", b"extra !"), "no base64"),
        (RAW.replace(b"extra ", b"extra  "), "base64"),
        (RAW.replace(b"\n\n", b"\nAAAA\n\n", 1), "hash of 32 bytes"),
        (RAW.replace(b"\n\n", b"\n" + 64 * (b"A" * 43 + b"=\n") + b"\n", 1), "more than 63"),
        (RAW.replace(b"\n\n", b"\n" + b"A" * 9000 + b"\n\n", 1), "expected a proof"),
        (RAW.replace(b"index", "índex".encode()), "ASCII"),
        (str(NOTE).encode(), "tlog-proof"),
        (SHOWN.encode(), "tlog-proof"),
    ],
)
def test_what_is_no_proof_is_told_in_one_line(raw, said):
    with pytest.raises(IntegrityError, match=said) as caught:
        read_inclusion(raw, "leaf.tlog-proof")
    assert "\n" not in str(caught.value)


@given(st.binary(max_size=300) | st.text("old 12\n—A=", max_size=90).map(str.encode))
def test_arbitrary_bytes_are_no_proof_and_end_in_one_error(raw):
    for read in (read_inclusion, read_growth):
        with pytest.raises(IntegrityError):
            read(raw, "proof")


def test_the_note_of_a_proof_is_read_as_strictly_as_a_note():
    spoilt = RAW + str(NOTE.signatures[0]).encode()

    for raw in (spoilt, RAW + b"\n", RAW.replace(b"\n7\n", b"\n7\r\n")):
        with pytest.raises(IntegrityError):
            read_inclusion(raw, "proof").verify("proof")
    assert NOTE == read_note(str(NOTE).encode(), "note")
