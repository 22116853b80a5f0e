"""Notes and checkpoints against what C2SP and the reference implementation publish.

The key, text and signature of PeterNeumann: golang.org/x/mod, sumdb/note (BSD-3-Clause). The
checkpoint: C2SP/C2SP, tlog-cosignature.md. The facts alone are here.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from govern.attest.notes import verify
from govern.errors import InputError, IntegrityError, PolicyError
from govern.ledger.checkpoint import (
    Checkpoint,
    cosign,
    open_checkpoint,
    read_checkpoint,
    sign_checkpoint,
)
from govern.ledger.note import (
    COSIGNATURE,
    ED25519,
    MOST_BYTES,
    MOST_SIGNATURES,
    NoteKey,
    Signature,
    read_note,
)

PETER = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"  # noqa: E501
)
PETER_KEY = NoteKey(
    "PeterNeumann", base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
)
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
SOFA = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"  # noqa: E501
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"  # noqa: E501
)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ORIGIN = "govern.ledger/0123456789abcdef0123456789abcdef"
LOG, BEN, EVE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))
POINT = Checkpoint(ORIGIN, 7, bytes(32))


def key_of(private: Ed25519PrivateKey, name: str) -> NoteKey:
    return NoteKey(name, private.public_key().public_bytes_raw())


LOG_KEY, BEN_KEY, EVE_KEY = key_of(LOG, ORIGIN), key_of(BEN, "ben"), key_of(EVE, "eve")
NOTE = cosign(sign_checkpoint(POINT, LOG_KEY, LOG.sign, NOW), BEN_KEY, BEN.sign, NOW)
RAW = str(NOTE).encode()


def opened(note, *, logs=(LOG_KEY.public,), witnesses=(BEN_KEY, EVE_KEY)):
    return open_checkpoint(note, logs=logs, witnesses=witnesses, verify=verify, where="note")


def test_the_reference_note_is_read_and_written_byte_for_byte_and_verifies():
    note = read_note(PETER.encode(), "note")
    signature = note.by(PETER_KEY, ED25519)

    assert PETER == str(note)
    assert "c74f20a3" == PETER_KEY.keyid(ED25519).hex()
    assert signature is not None
    assert verify(PETER_KEY.public, note.text.encode(), signature.raw)


def test_signing_the_reference_text_gives_the_reference_signature():
    """Ed25519 is deterministic (RFC 8032)."""
    note = read_note(PETER.encode(), "note")
    made = Ed25519PrivateKey.from_private_bytes(PETER_SEED).sign(note.text.encode())

    assert note.signatures == (Signature("PeterNeumann", PETER_KEY.keyid(ED25519), made),)


def test_the_key_ids_of_published_verifier_keys_are_theirs():
    """transparency-dev/formats, note_cosigv1_test.go: a plain key and one that cosigns."""
    for vkey, kind in (
        ("TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6", ED25519),
        ("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2", COSIGNATURE),
    ):
        name, keyid, encoded = vkey.split("+", 2)
        raw = base64.b64decode(encoded)

        assert kind == raw[0]
        assert keyid == NoteKey(name, raw[1:]).keyid(kind).hex()


def test_the_checkpoint_that_c2sp_shows_is_read_and_written_byte_for_byte():
    note = read_note(SOFA.encode(), "note")
    checkpoint = read_checkpoint(note, "note")
    _, witness = note.signatures

    assert SOFA == str(note)
    assert ("example.com/behind-the-sofa", 20852163) == (checkpoint.origin, checkpoint.size)
    assert note.text == checkpoint.text
    assert 1679315147 == int.from_bytes(witness.raw[:8], "big")
    assert 8 + 64 == len(witness.raw)


def test_a_cosignature_signs_the_header_the_time_and_the_whole_text():
    """C2SP tlog-cosignature, Ed25519 signed message."""
    signature = NOTE.by(BEN_KEY, COSIGNATURE)
    seconds = int(NOW.timestamp())
    message = f"cosignature/v1\ntime {seconds}\n{ORIGIN}\n7\n{'A' * 43}=\n".encode()

    assert signature is not None
    assert seconds.to_bytes(8, "big") == signature.raw[:8]
    assert verify(BEN_KEY.public, message, signature.raw[8:])


def test_a_checkpoint_tells_who_signed_it_when_and_whose_signature_is_unknown():
    found = opened(read_note(RAW, "note"), witnesses=(EVE_KEY,))

    assert (POINT, NOW, ORIGIN) == (found.checkpoint, found.log.at, found.log.key.name)
    assert ((), ("ben",)) == (found.witnesses, found.unknown)
    assert [("ben", NOW)] == [(w.key.name, w.at) for w in opened(NOTE).witnesses]


def test_a_checkpoint_of_a_log_in_which_nothing_happened_is_another_one_a_week_later():
    later = sign_checkpoint(POINT, LOG_KEY, LOG.sign, NOW + timedelta(days=7))

    assert NOTE.text == later.text
    assert NOW + timedelta(days=7) == opened(later).log.at


def test_cosigning_again_replaces_the_former_time():
    again = cosign(NOTE, BEN_KEY, BEN.sign, NOW + timedelta(hours=1))

    assert len(NOTE.signatures) == len(again.signatures)
    assert NOW + timedelta(hours=1) == opened(again).witnesses[0].at


def test_a_note_that_the_log_has_not_signed_twofold_is_refused():
    plain, timed, ben = NOTE.signatures
    for signatures in ((plain, ben), (timed, ben), (ben,)):
        note = type(NOTE)(NOTE.text, signatures)
        with pytest.raises(IntegrityError, match=r"by no key of the trust root.*ben"):
            opened(note)
    with pytest.raises(PolicyError, match="names no key that signs for the log"):
        opened(NOTE, logs=())
    with pytest.raises(IntegrityError, match="by no key of the trust root"):
        opened(NOTE, logs=(EVE_KEY.public,))


def test_a_witness_does_not_sign_for_the_log_even_under_its_name():
    forged = sign_checkpoint(POINT, key_of(EVE, ORIGIN), EVE.sign, NOW)

    with pytest.raises(IntegrityError, match="by no key of the trust root"):
        opened(forged)


def test_a_signature_of_a_known_key_that_does_not_hold_spoils_the_note():
    plain, timed, ben = NOTE.signatures
    for spoilt in (
        (Signature(ORIGIN, plain.keyid, bytes(64)), timed),
        (Signature(ORIGIN, plain.keyid, b""), timed),
        (plain, Signature(ORIGIN, timed.keyid, timed.raw[:8] + bytes(64))),
        (plain, timed, Signature("ben", ben.keyid, bytes(8) + ben.raw[8:])),
        (plain, timed, Signature("ben", ben.keyid, ben.raw[:-1])),
        (plain, timed, Signature("ben", ben.keyid, b"\xff" * 8 + ben.raw[8:])),
        (plain, timed, Signature("ben", ben.keyid, plain.raw)),
    ):
        with pytest.raises(IntegrityError, match=r"does not hold|carries no time"):
            opened(type(NOTE)(NOTE.text, spoilt))


def test_a_cosignature_for_one_checkpoint_is_none_for_another():
    other = Checkpoint(ORIGIN, 8, bytes(32))
    note = sign_checkpoint(other, LOG_KEY, LOG.sign, NOW).signed(NOTE.signatures[2])

    with pytest.raises(IntegrityError, match="'ben' does not hold"):
        opened(note)


@pytest.mark.parametrize("origin", ["", "a b", "a+b", "a\nb", "DSSEv1 28 x", "ä", "x" * 201])
def test_no_name_of_a_log_makes_a_text_that_means_something_else(origin):
    with pytest.raises(InputError, match="no name of a log"):
        sign_checkpoint(Checkpoint(origin, 1, bytes(32)), key_of(LOG, origin), LOG.sign, NOW)
    with pytest.raises(InputError, match="no name of a log"):
        sign_checkpoint(POINT, BEN_KEY, BEN.sign, NOW)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "expected a text"),
        (b"text\n", "expected a text"),
        (b"text\n\n", "expected a text"),
        (RAW[:-1], "expected a text"),
        (RAW + b"\n", "expected"),
        (RAW + b"more\n", "expected '— NAME BASE64'"),
        (RAW.replace("— ben".encode(), b"- ben"), "expected '— NAME BASE64'"),
        (RAW.replace(b" ben ", b" b+n "), "expected '— NAME BASE64'"),
        (RAW.replace(b" ben ", b"  "), "expected '— NAME BASE64'"),
        (RAW.replace(b" ben ", " b\u00a0n ".encode()), "expected '— NAME BASE64'"),
        (RAW.replace(b" ben ", b" ben x "), "no base64"),
        (RAW.replace(b"\n\n", b"\r\n\r\n"), "control character"),
        (RAW.replace(b"ben", b"b\0n"), "control character"),
        (RAW.replace(b"ben", b"b\xffn"), "UTF-8"),
        (b"text\n\n" + "— ben QUJDQUJD==\n".encode(), "no canonical base64"),
        (b"text\n\n" + "— ben QUJDQR==\n".encode(), "no canonical base64"),
        (b"text\n\n" + "— ben QUJDRA==\n".encode(), "too short"),
        (b"text\n\n" + 2 * "— ben QUJDQUJDQQ==\n".encode(), "signed twice"),
        (b"x" * (MOST_BYTES + 1), "too much for a signed note"),
        (
            b"text\n\n" + "".join(
                f"— n{n} QUJDQUJDQQ==\n" for n in range(MOST_SIGNATURES + 1)
            ).encode(),
            "more than 64 signatures",
        ),
    ],
)  # fmt: skip
def test_what_is_no_note_is_told_in_one_line(raw, said):
    with pytest.raises(IntegrityError, match=said) as caught:
        read_note(raw, "week-48.txt")
    assert str(caught.value).startswith("week-48.txt: ")
    assert "\n" not in str(caught.value)


def test_a_text_may_hold_empty_lines_and_names_that_are_alike_are_kept():
    raw = "a\n\nb\n\n— ben QUJDQUJDQQ==\n— ben QUJEQUJDQQ==\n"

    assert ("a\n\nb\n", 2) == (
        read_note(raw.encode(), "note").text,
        len(read_note(raw.encode(), "note").signatures),
    )


@pytest.mark.parametrize(
    "text",
    [
        "origin\n7\n",
        "origin\n\n7\n",
        f"origin\n07\n{'A' * 43}=\n",
        f"origin\n-7\n{'A' * 43}=\n",
        f"origin\n٧\n{'A' * 43}=\n",
        f"origin\n7 \n{'A' * 43}=\n",
        f"origin\n{2**63}\n{'A' * 43}=\n",
        f"origin\n{'9' * 5000}\n{'A' * 43}=\n",
        f"origin\n7\n{'A' * 42}==\n",
        f"origin\n7\n{'A' * 42}B=\n",
        f"origin\n7\n{'A' * 43}=\n\nmore\n",
    ],
)
def test_a_note_that_is_no_checkpoint_is_refused(text):
    with pytest.raises(IntegrityError, match=r"^note: "):
        read_checkpoint(type(NOTE)(text, NOTE.signatures), "note")


def test_lines_that_a_log_adds_are_signed_with_the_rest():
    extended = Checkpoint(ORIGIN, 7, bytes(32), ("more", "lines"))
    note = read_note(str(sign_checkpoint(extended, LOG_KEY, LOG.sign, NOW)).encode(), "note")

    assert extended == opened(note).checkpoint


@given(st.integers(0, len(RAW) - 1), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_takes_the_witness_away(at, value):
    raw = RAW[:at] + bytes([value]) + RAW[at + 1 :]
    try:
        found = opened(read_note(raw, "note"))
    except IntegrityError:
        return
    assert (raw == RAW) == bool(found.witnesses)
    assert (POINT, NOW) == (found.checkpoint, found.log.at)


@given(st.binary(max_size=200) | st.text(alphabet="—\n a+A=", max_size=80).map(str.encode))
def test_arbitrary_bytes_are_a_note_in_their_own_spelling_or_one_error(raw):
    try:
        note = read_note(raw, "note")
    except IntegrityError:
        return
    assert raw == str(note).encode()
