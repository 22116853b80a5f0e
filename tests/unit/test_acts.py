"""People's acts on disk: what is written comes back, what is wrong is refused with its path."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from made_keys import key

from govern.attest.acts import (
    join_waiver,
    load_approvals,
    load_attestations,
    load_waivers,
    write_approval,
    write_attestation,
    write_waiver,
)
from govern.attest.envelopes import envelope_digest, read_envelope, sign, write_envelope
from govern.attest.files import MOST_BYTES
from govern.attest.keys import PrivateKey
from govern.attest.statements import attestation_statement, waiver_statement
from govern.attest.trust import Revocation, TrustRoot
from govern.domain import Approval, Attestation, NotChosen, Signer, Waiver
from govern.errors import GovernError, InputError, IntegrityError, PolicyError

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
DAY = timedelta(days=1)
POLICY = "a" * 64


ANA = key("ana", "board-chair")
BEN = key("ben", "worker-representative")
MALLORY = key("mallory", "board-chair", "worker-representative")
TRUST = TrustRoot(keys=(ANA.trusted, BEN.trusted))

ATTESTED = Attestation(
    attestation="works-council",
    answer="agreed",
    statement="We heard the plan and agree to the pilot.",
    policy="our-reviews",
    lineage="drafter",
    role="worker-representative",
    made=NOW,
    expires=date(2027, 5, 1),
    refs=("minutes of 12 November",),
)
WAIVER = Waiver(
    clause="HOM-1",
    policy_digest=POLICY,
    fingerprint="f" * 64,
    findings_digest="c" * 64,
    requester="dora",
    reason="No human baseline before March.",
    mitigation="Managers rewrite each draft.",
    created=NOW,
    expires=date(2026, 12, 20),
)
APPROVAL = Approval(
    decision_id="d1",
    decision_digest="d" * 64,
    role="board-chair",
    verdict="approve",
    conflict="none",
    owner="Head of People",
    reasons="All clauses pass.",
    not_chosen=(NotChosen(candidate="other", reason="Leaves out more."),),
    conditions=("Managers are trained first.",),
    kill_criteria=("Two upheld contests in a month.",),
    created=NOW,
)


def attested(record: Path, act: Attestation = ATTESTED, by: PrivateKey = BEN) -> Path:
    return write_attestation(record, act, policy_digest=POLICY, key=by)


def load_all(record: Path, *, now: datetime = NOW) -> tuple[Any, ...]:
    return load_attestations(record, TRUST, now=now)


def signed_by(*keys: PrivateKey, act: Attestation = ATTESTED) -> dict[str, Any]:
    """A file that ``write_attestation`` would never write."""
    return sign(attestation_statement(act, POLICY), keys, now=act.made)


def test_an_attestation_comes_back_with_its_signer_and_the_digest_of_its_envelope(tmp_path: Path):
    path = attested(tmp_path)

    [signed] = load_all(tmp_path)

    assert ATTESTED == signed.act
    assert (
        Signer(name="ben", roles=("worker-representative",), keyid=BEN.trusted.keyid),
    ) == signed.signers
    assert envelope_digest(read_envelope(path)) == signed.digest
    assert tmp_path / "attestations" == path.parent
    assert path.name.startswith("our-reviews-works-council-ben-")


def test_an_attestation_says_which_text_of_the_policy_it_answers(tmp_path: Path):
    statement = json.loads(base64.b64decode(read_envelope(attested(tmp_path))["payload"]))

    assert [{"name": "our-reviews", "digest": {"sha256": POLICY}}] == statement["subject"]
    assert "urn:govern:attestation:v1" == statement["predicateType"]


def test_a_waiver_is_signed_by_one_after_the_other_and_comes_back_with_both(tmp_path: Path):
    path = write_waiver(tmp_path, WAIVER, key=BEN)
    joined = join_waiver(path, key=ANA, trust=TRUST, now=NOW + DAY)

    [signed] = load_waivers(tmp_path, TRUST, now=NOW + DAY)

    assert WAIVER == signed.act
    assert joined == signed
    assert ["ana", "ben"] == [signer.name for signer in signed.signers]
    statement = json.loads(base64.b64decode(read_envelope(path)["payload"]))
    assert [{"name": "HOM-1", "digest": {"sha256": "f" * 64}}] == statement["subject"]


def test_approvals_are_those_of_one_decision_whatever_their_files_are_called(tmp_path: Path):
    path = write_approval(tmp_path, APPROVAL, key=ANA)
    other = APPROVAL.model_copy(update={"decision_id": "d2"})
    write_approval(tmp_path, other, key=ANA)
    path.rename(path.with_name("d2-renamed.dsse.json"))

    [signed] = load_approvals(tmp_path, TRUST, "d1", now=NOW)

    assert APPROVAL == signed.act
    statement = json.loads(
        base64.b64decode(read_envelope(path.with_name("d2-renamed.dsse.json"))["payload"])
    )
    assert [{"name": "d1", "digest": {"sha256": "d" * 64}}] == statement["subject"]


def test_a_yes_and_a_later_no_of_the_same_person_are_both_kept(tmp_path: Path):
    write_approval(tmp_path, APPROVAL, key=ANA)
    write_approval(tmp_path, APPROVAL.model_copy(update={"verdict": "object"}), key=ANA)

    assert ["approve", "object"] == sorted(
        signed.act.verdict for signed in load_approvals(tmp_path, TRUST, "d1", now=NOW)
    )


def test_a_record_without_acts_has_none(tmp_path: Path):
    assert () == load_all(tmp_path)
    assert () == load_waivers(tmp_path, TRUST, now=NOW)
    assert () == load_approvals(tmp_path, TRUST, "d1", now=NOW)


@pytest.mark.parametrize(
    "write",
    [
        attested,
        lambda record: write_waiver(record, WAIVER, key=ANA),
        lambda record: write_approval(record, APPROVAL, key=ANA),
    ],
)
def test_what_was_signed_is_not_overwritten(tmp_path: Path, write: Callable[[Path], Path]):
    before = write(tmp_path).read_bytes()

    with pytest.raises(InputError, match="exists already"):
        write(tmp_path)

    [path] = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert before == path.read_bytes()


def test_nobody_attests_or_approves_in_a_role_that_the_trust_root_does_not_give(tmp_path: Path):
    with pytest.raises(PolicyError, match=r"ana signs as worker-representative.*board-chair"):
        attested(tmp_path, by=ANA)
    with pytest.raises(PolicyError, match="ben signs as board-chair"):
        write_approval(tmp_path, APPROVAL, key=BEN)

    assert [] == list(tmp_path.iterdir())


def test_the_role_is_checked_again_when_reading(tmp_path: Path):
    """Signed past the command, by somebody who knows the format."""
    write_envelope(tmp_path / "attestations/x.dsse.json", signed_by(ANA))

    with pytest.raises(PolicyError, match=r"x\.dsse\.json: ana signs as worker-representative"):
        load_all(tmp_path)


@pytest.mark.parametrize("act", [WAIVER, WAIVER.model_copy(update={"requester": "ana"})])
def test_who_asks_for_a_waiver_does_not_sign_it(tmp_path: Path, act: Waiver):
    asker = key(act.requester, "board-chair")
    with pytest.raises(PolicyError, match="somebody else approves it"):
        write_waiver(tmp_path, act, key=asker)
    path = write_waiver(tmp_path, act, key=BEN)
    before = path.read_bytes()
    with pytest.raises(PolicyError, match="somebody else approves it"):
        join_waiver(path, key=asker, trust=TRUST, now=NOW)

    assert before == path.read_bytes()


def test_nobody_signs_a_waiver_twice(tmp_path: Path):
    path = write_waiver(tmp_path, WAIVER, key=BEN)

    with pytest.raises(PolicyError, match="ben has signed already"):
        join_waiver(path, key=BEN, trust=TRUST, now=NOW)


@pytest.mark.parametrize(
    ("write", "part"),
    [
        (lambda r: attested(r, ATTESTED.model_copy(update={"statement": " \n"})), "statement"),
        (lambda r: attested(r, ATTESTED.model_copy(update={"refs": ("",)})), "refs"),
        (
            lambda r: write_waiver(r, WAIVER.model_copy(update={"reason": "\t"}), key=ANA),
            "reason",
        ),
        (
            lambda r: write_waiver(r, WAIVER.model_copy(update={"mitigation": ""}), key=ANA),
            "mitigation",
        ),
        (
            lambda r: write_approval(r, APPROVAL.model_copy(update={"conflict": " "}), key=ANA),
            "conflict",
        ),
        (
            lambda r: write_approval(
                r, APPROVAL.model_copy(update={"conditions": (" ",)}), key=ANA
            ),
            "conditions",
        ),
    ],
)
def test_what_is_blank_is_not_signed(tmp_path: Path, write: Callable[[Path], Path], part: str):
    with pytest.raises(PolicyError, match=f"{part}: blank"):
        write(tmp_path)

    assert [] == list(tmp_path.iterdir())


def test_a_blank_statement_is_refused_although_well_signed(tmp_path: Path):
    blank = ATTESTED.model_copy(update={"statement": " "})
    write_envelope(tmp_path / "attestations/x.dsse.json", signed_by(BEN, act=blank))

    with pytest.raises(PolicyError, match="statement: blank"):
        load_all(tmp_path)


def spoil(path: Path, **change: Any) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))


def signatures(path: Path) -> list[dict[str, str]]:
    return list(json.loads(path.read_text())["signatures"])


def other_payload(path: Path) -> str:
    payload = base64.b64decode(json.loads(path.read_text())["payload"])
    return base64.b64encode(payload.replace(b'"agreed"', b'"done"')).decode()


BROKEN: dict[str, tuple[Callable[[Path], Any], type[GovernError], str]] = {
    "truncated": (lambda p: p.write_bytes(p.read_bytes()[:-9]), IntegrityError, "no readable JSON"),
    "empty": (lambda p: p.write_bytes(b""), IntegrityError, "no readable JSON"),
    "not UTF-8": (lambda p: p.write_bytes(b'{"a": "\xff"}'), IntegrityError, "no readable JSON"),
    "NaN": (lambda p: p.write_text('{"payload": NaN}'), IntegrityError, "NaN is no number"),
    "a list": (lambda p: p.write_text("[]"), IntegrityError, "expected a JSON object"),
    "a key twice": (
        lambda p: p.write_text(p.read_text().replace("{", '{"payload": "e30=",', 1)),
        IntegrityError,
        "a key stands there twice",
    ),
    "too large": (
        lambda p: p.write_bytes(b" " * (MOST_BYTES + 1)),
        IntegrityError,
        "more than 50,000,000 bytes",
    ),
    "another payload": (
        lambda p: spoil(p, payload=other_payload(p)),
        IntegrityError,
        "the signature of 'ben' does not hold",
    ),
    "a signature twice": (
        lambda p: spoil(p, signatures=signatures(p) * 2),
        IntegrityError,
        "signed twice",
    ),
    "no signature": (lambda p: spoil(p, signatures=[]), PolicyError, "not signed by anybody"),
    "one more field": (lambda p: spoil(p, note="x"), IntegrityError, "note"),
    "a folder": (lambda p: (p.unlink(), p.mkdir()), InputError, "no regular file"),
    "a pipe": (lambda p: (p.unlink(), os.mkfifo(p)), InputError, "no regular file"),
    "a stranger's": (
        lambda p: write_envelope(p, signed_by(MALLORY)),
        PolicyError,
        "signed by no key of the trust root",
    ),
    "by two": (
        lambda p: write_envelope(p, signed_by(BEN, ANA)),
        PolicyError,
        "each says it for themselves",
    ),
    "a waiver": (
        lambda p: write_envelope(p, sign(waiver_statement(WAIVER), [BEN], now=NOW)),
        PolicyError,
        "expected a statement of type urn:govern:attestation:v1, found urn:govern:waiver:v1",
    ),
    "of tomorrow": (
        lambda p: write_envelope(
            p, signed_by(BEN, act=ATTESTED.model_copy(update={"made": NOW + DAY}))
        ),
        PolicyError,
        "2026-11-21T10:00:00",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_file_that_is_not_right_is_an_error_with_its_path_and_never_passed_over(
    tmp_path: Path, what: str
):
    path = attested(tmp_path)
    attested(tmp_path, ATTESTED.model_copy(update={"attestation": "training"}))
    change, error, said = BROKEN[what]

    change(path)

    with pytest.raises(error) as raised:
        load_all(tmp_path)
    assert str(path) in str(raised.value)
    assert said in str(raised.value)


def tampered(change: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """Ben himself signs a predicate that no command would write."""
    statement = attestation_statement(ATTESTED, POLICY)
    change(statement)
    return sign(statement, [BEN], now=NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda s: s["predicate"].update(answer="perhaps"), "answer"),
        (lambda s: s["predicate"].update(made="2026-11-20T10:00:00+00:00"), "stands in predicate"),
        (lambda s: s["predicate"].update(expires=20574 * 86_400), "stands in predicate"),
        (lambda s: s["predicate"].update(extra="x"), "extra"),
        (lambda s: s["predicate"].pop("role"), "role"),
        (lambda s: s["subject"][0].update(name="other-policy"), "stands in subject"),
        (lambda s: s["subject"].append(s["subject"][0]), "expected one subject"),
        (lambda s: s["subject"][0]["digest"].update(sha256="A" * 64), "expected one subject"),
        (lambda s: s.update(subject="x"), "expected one subject"),
        (lambda s: s.update(more="x"), "stands in more"),
    ],
)
def test_a_well_signed_statement_in_any_other_form_is_refused(
    tmp_path: Path, change: Callable[[dict[str, Any]], Any], said: str
):
    write_envelope(tmp_path / "attestations/x.dsse.json", tampered(change))

    with pytest.raises(PolicyError, match=said):
        load_all(tmp_path)


def test_signatures_in_another_order_are_the_same_waiver(tmp_path: Path):
    path = write_waiver(tmp_path, WAIVER, key=BEN)
    [before] = [join_waiver(path, key=ANA, trust=TRUST, now=NOW)]
    spoil(path, signatures=signatures(path)[::-1])

    assert (before,) == load_waivers(tmp_path, TRUST, now=NOW)


def test_a_waiver_keeps_the_signature_that_still_counts(tmp_path: Path):
    """Ben's key turns out to be in other hands; whether Ana alone suffices is for the judge."""
    path = write_waiver(tmp_path, WAIVER, key=BEN)
    join_waiver(path, key=ANA, trust=TRUST, now=NOW)
    stolen = BEN.trusted.model_copy(update={"revoked": Revocation(when=NOW, why="compromised")})

    [signed] = load_waivers(tmp_path, TrustRoot(keys=(ANA.trusted, stolen)), now=NOW)

    assert ["ana"] == [signer.name for signer in signed.signers]


def test_an_attestation_by_a_compromised_key_stops_whoever_reads_the_record(tmp_path: Path):
    path = attested(tmp_path)
    stolen = BEN.trusted.model_copy(update={"revoked": Revocation(when=NOW, why="compromised")})

    with pytest.raises(PolicyError, match=f"{path}: no signature counts.*compromised"):
        load_attestations(tmp_path, TrustRoot(keys=(stolen,)), now=NOW)


def test_an_attestation_behind_a_symbolic_link_is_refused(tmp_path: Path):
    path = attested(tmp_path / "elsewhere")
    (tmp_path / "attestations").mkdir()
    (tmp_path / "attestations" / path.name).symlink_to(path)

    with pytest.raises(IntegrityError, match="a symbolic link"):
        load_all(tmp_path)


@pytest.mark.parametrize("linked", ["record", "record/attestations"])
def test_a_folder_that_leads_outside_the_record_is_neither_read_nor_written(
    tmp_path: Path, linked: str
):
    attested(tmp_path / "elsewhere")
    before = sorted((tmp_path / "elsewhere").rglob("*"))
    link = tmp_path / linked
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "elsewhere" / Path(linked).relative_to("record"))

    with pytest.raises(IntegrityError, match="a symbolic link"):
        load_all(tmp_path / "record")
    with pytest.raises(IntegrityError, match="a symbolic link"):
        attested(tmp_path / "record", ATTESTED.model_copy(update={"attestation": "training"}))

    assert before == sorted((tmp_path / "elsewhere").rglob("*"))


@pytest.mark.parametrize("name", ["notes.txt", "x.json", "x.dsse.json.bak"])
def test_a_file_that_would_not_be_read_may_not_lie_there(tmp_path: Path, name: str):
    """A renamed objection would otherwise be an objection less."""
    path = attested(tmp_path)
    path.rename(path.with_name(name))

    with pytest.raises(PolicyError, match="expected only signed files"):
        load_all(tmp_path)


def test_hidden_files_such_as_an_editors_are_no_acts(tmp_path: Path):
    (attested(tmp_path).parent / ".gitkeep").touch()

    assert 1 == len(load_all(tmp_path))
