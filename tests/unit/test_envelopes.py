"""Signed statements under attack: what must not verify, and who counts as an approver."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from made_keys import key
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey  # type: ignore[attr-defined]

from govern.attest.envelopes import (
    PAYLOAD_TYPE,
    add_signature,
    envelope_digest,
    read_envelope,
    sign,
    verify,
    write_envelope,
)
from govern.attest.keys import PrivateKey
from govern.attest.policies import (
    approvers,
    policy_envelope_path,
    read_policy_envelope,
    sign_policy,
)
from govern.attest.statements import decision_statement, policy_statement, summary_statement
from govern.attest.trust import Revocation, TrustRoot
from govern.canon import canonical_json, digest, sha256
from govern.domain import (
    Approvals,
    ClauseOutcome,
    Decision,
    EvidenceNeeded,
    MeasuredClause,
    Policy,
    PolicyRef,
    RunFacts,
    Scope,
    Slice,
    Statistic,
)
from govern.errors import InputError, IntegrityError, PolicyError

CREATED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
TEXT = b"# How we use AI\n\nThe rating must not move by more than 0.15 points.\n"
READINGS = {"FAIR-1": "The gate reads this as: the 90% interval lies inside 0.15."}


ANA = key("ana", "board-chair")
BEN = key("ben", "worker-representative")
CLEO = key("cleo", "dpo")
DAN = key("dan", "gate")
BOTH = key("eva", "board-chair", "worker-representative")
STRANGER = key("mallory", "board-chair", "worker-representative", "dpo")
TRUST = TrustRoot(keys=tuple(k.trusted for k in (ANA, BEN, CLEO, DAN, BOTH)))


def policy(
    text: bytes = TEXT,
    *,
    threshold: int = 2,
    required: tuple[str, ...] = ("worker-representative",),
) -> Policy:
    fairness = MeasuredClause(
        id="FAIR-1",
        severity="block",
        metric="fairness.rating_shift",
        slices=(Slice(by="gender", inside=0.15),),
        statistic=Statistic(confidence=0.9, sided="two"),
        evidence=EvidenceNeeded(min_cases=48, suite="review-core-v1"),
    )
    return Policy(
        policy="ai-review-drafting",
        version="2.1.0",
        approved=date(2026, 11, 10),
        review_by=date(2027, 5, 10),
        decision_valid_days=90,
        declared_only_valid_days=30,
        approvals=Approvals(
            threshold=threshold,
            roles=("board-chair", "worker-representative", "dpo"),
            required=required,
        ),
        scope=Scope(use_cases=("review",), stage="pilot"),
        title="How we use AI",
        clauses=(fairness,),
        digest=sha256(text),
        source="policies/review-drafting.md",
    )


def decision() -> Decision:
    return Decision(
        decision_id="d-1",
        created=CREATED,
        expires=date(2027, 2, 1),
        outcome="fail",
        effective_outcome="fail",
        advisory=True,
        scope=Scope(use_cases=("review",), stage="pilot"),
        policy=PolicyRef(
            id="ai-review-drafting",
            version="2.1.0",
            title="How we use AI",
            digest=sha256(TEXT),
            review_by=date(2027, 5, 10),
            signed_by=("ana (board-chair)",),
        ),
        run=RunFacts(
            run_id="r-1",
            suite="review-core-v1",
            suite_version="1.0.0",
            plan="smoke",
            dataset="review-core-v1",
            dataset_digest="d" * 64,
            use_case="review",
            synthetic=True,
            pipeline="reference",
            pipeline_version="1.0.0",
            fingerprint="f" * 64,
            planned=192,
            drafts_digest="e" * 64,
            harness_version="0.1.0",
            seed=7,
        ),
        findings_digest="c" * 64,
        docket_digest="b" * 64,
        clauses=(),
        not_tested=("other languages",),
        harness_version="0.1.0",
    )


def signed(*keys: PrivateKey) -> dict[str, Any]:
    return sign(policy_statement(policy(), READINGS), keys, now=CREATED)


def signed_payload(payload: bytes) -> dict[str, Any]:
    """Ana signs these very bytes, which ``sign`` would never write."""
    raw = Envelope(payload, PAYLOAD_TYPE, {}).pae()
    sig = base64.b64encode(ANA.private.sign(raw)).decode()
    return {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": ANA.trusted.keyid, "sig": sig}],
    }


def names(envelope: object) -> list[str]:
    return [signer.name for signer in verify(envelope, TRUST, now=CREATED).signers]


def test_what_was_signed_comes_back_with_its_signers() -> None:
    verified = verify(signed(ANA, BEN), TRUST, now=CREATED)

    assert policy_statement(policy(), READINGS) == verified.statement
    assert (ANA.trusted, BEN.trusted) == verified.signers


def test_verifying_leaves_the_envelope_as_it_was() -> None:
    envelope = signed(ANA, BEN)
    before = copy.deepcopy(envelope)

    verify(envelope, TRUST, now=CREATED)
    add_signature(envelope, CLEO, now=CREATED)

    assert before == envelope


def test_the_envelope_is_what_securesystemslib_itself_verifies() -> None:
    theirs = Envelope.from_dict(copy.deepcopy(signed(ANA)))

    assert theirs.verify([SSlibKey.from_crypto(ANA.private.public_key())], threshold=1)


def test_the_payload_is_canonical_json_of_an_in_toto_statement() -> None:
    payload = base64.b64decode(signed(ANA)["payload"])

    assert canonical_json(policy_statement(policy(), READINGS)) == payload
    assert {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "ai-review-drafting", "digest": {"sha256": sha256(TEXT)}}],
        "predicateType": "urn:govern:policy-approval:v1",
        "predicate": {"version": "2.1.0", "title": "How we use AI", "readings": READINGS},
    } == json.loads(payload)


def test_a_decision_survives_signing_to_the_byte() -> None:
    statement = verify(
        sign(decision_statement(decision()), [DAN], now=CREATED), TRUST, now=CREATED
    ).statement

    assert [{"name": "reference", "digest": {"sha256": "f" * 64}}] == statement["subject"]
    assert "urn:govern:gate-decision:v1" == statement["predicateType"]
    assert digest(decision().as_json()) == digest(statement["predicate"])
    assert decision() == Decision.model_validate(statement["predicate"])


def test_an_envelope_without_a_key_is_not_made() -> None:
    with pytest.raises(InputError, match="no key"):
        signed()


def test_no_flipped_bit_of_the_payload_verifies() -> None:
    envelope = signed(ANA)
    raw = base64.b64decode(envelope["payload"])
    for at in range(0, len(raw), 7):
        spoiled = bytearray(raw)
        spoiled[at] ^= 1 << (at % 8)
        with pytest.raises(IntegrityError):
            verify({**envelope, "payload": base64.b64encode(spoiled).decode()}, TRUST, now=CREATED)


def test_no_flipped_bit_of_a_signature_verifies() -> None:
    """All 64 bytes; the first half is the point, the second the scalar."""
    envelope = signed(ANA)
    raw = base64.b64decode(envelope["signatures"][0]["sig"])
    assert 64 == len(raw)
    for at in range(64):
        spoiled = bytearray(raw)
        spoiled[at] ^= 1 << (at % 8)
        one = {"keyid": ANA.trusted.keyid, "sig": base64.b64encode(spoiled).decode()}
        with pytest.raises(IntegrityError, match="'ana' does not hold"):
            verify({**envelope, "signatures": [one]}, TRUST, now=CREATED)


@pytest.mark.parametrize("field", ["payload", "sig"])
def test_no_changed_character_of_the_base64_goes_unnoticed(field: str) -> None:
    """The last character of padded base64 has bits that decoding ignores."""
    envelope = signed(ANA)
    holder = envelope if field == "payload" else envelope["signatures"][0]
    text = holder[field]
    for at in sorted({*range(0, len(text), 11), *range(len(text) - 6, len(text))}):
        for other in "AQ/=\n\u00e9":
            if other == text[at]:
                continue
            holder[field] = text[:at] + other + text[at + 1 :]
            with pytest.raises(IntegrityError):
                verify(envelope, TRUST, now=CREATED)


def test_a_second_spelling_of_the_same_signature_bytes_is_refused() -> None:
    """64 bytes end in a character with four spare bits, A, Q, g or w: the next decodes alike."""
    envelope = signed(ANA)
    text = envelope["signatures"][0]["sig"]
    twin = text[:-3] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[text[-3]] + "=="
    assert base64.b64decode(text) == base64.b64decode(twin)
    envelope["signatures"][0]["sig"] = twin

    with pytest.raises(IntegrityError, match="no canonical base64"):
        verify(envelope, TRUST, now=CREATED)


def test_a_signature_that_adds_the_group_order_to_its_scalar_is_refused() -> None:
    """The malleability of Ed25519: S + L satisfies the equation, RFC 8032 forbids it."""
    order = 2**252 + 27742317777372353535851937790883648493
    envelope = signed(ANA)
    raw = base64.b64decode(envelope["signatures"][0]["sig"])
    scalar = int.from_bytes(raw[32:], "little") + order
    twin = raw[:32] + scalar.to_bytes(32, "little")
    envelope["signatures"][0]["sig"] = base64.b64encode(twin).decode()

    with pytest.raises(IntegrityError, match="does not hold"):
        verify(envelope, TRUST, now=CREATED)


def test_swapped_signatures_are_refused() -> None:
    envelope = signed(ANA, BEN)
    first, second = envelope["signatures"]
    first["sig"], second["sig"] = second["sig"], first["sig"]

    with pytest.raises(IntegrityError, match="does not hold"):
        verify(envelope, TRUST, now=CREATED)


def test_a_signature_moved_from_another_statement_is_refused() -> None:
    other = sign(policy_statement(policy(TEXT + b" "), READINGS), [BEN], now=CREATED)
    envelope = signed(ANA)
    envelope["signatures"] += other["signatures"]

    with pytest.raises(IntegrityError, match="'ben' does not hold"):
        verify(envelope, TRUST, now=CREATED)


def test_a_signature_relabelled_as_another_persons_is_refused() -> None:
    envelope = signed(STRANGER)
    envelope["signatures"][0]["keyid"] = ANA.trusted.keyid

    with pytest.raises(IntegrityError, match="'ana' does not hold"):
        verify(envelope, TRUST, now=CREATED)


@pytest.mark.parametrize("sig", ["AAAA", None])
def test_a_key_that_signed_twice_is_refused_whether_rightly_or_wrongly(sig: str | None) -> None:
    """Readers that keep the first and readers that keep the last would differ."""
    envelope = signed(ANA)
    right = envelope["signatures"][0]
    envelope["signatures"].append({**right, "sig": sig or right["sig"]})

    with pytest.raises(IntegrityError, match="signed twice"):
        verify(envelope, TRUST, now=CREATED)


def test_the_order_of_signatures_changes_neither_who_signed_nor_the_digest() -> None:
    envelope = signed(ANA, BEN)
    turned = {**envelope, "signatures": envelope["signatures"][::-1]}

    assert {"ana", "ben"} == set(names(turned))
    assert envelope_digest(envelope) == envelope_digest(turned)
    assert envelope_digest(envelope) != envelope_digest(signed(ANA))


def test_an_unknown_key_beside_a_known_one_is_passed_over() -> None:
    assert ["ana"] == names(signed(STRANGER, ANA))


def test_an_envelope_without_a_signature_is_unsigned_and_not_broken() -> None:
    with pytest.raises(PolicyError, match="not signed by anybody"):
        verify({**signed(ANA), "signatures": []}, TRUST, now=CREATED)


@pytest.mark.parametrize("trust", [TRUST, TrustRoot()])
def test_only_unknown_keys_verify_nothing(trust: TrustRoot) -> None:
    with pytest.raises(PolicyError, match="no key of the trust root"):
        verify(signed(STRANGER), trust, now=CREATED)


def test_a_trust_root_with_one_key_under_two_names_verifies_nothing() -> None:
    """Built in memory, past the check on reading."""
    double = ANA.trusted.model_copy(update={"name": "zoe"})

    with pytest.raises(IntegrityError, match="twice"):
        verify(signed(ANA), TrustRoot(keys=(ANA.trusted, double)), now=CREATED)


def test_adding_the_same_key_again_replaces_its_signature() -> None:
    envelope = add_signature(add_signature(signed(ANA), BEN, now=CREATED), ANA, now=CREATED)

    assert ["ana", "ben"] == names(envelope)
    assert 2 == len(envelope["signatures"])


CANONICAL = canonical_json(policy_statement(policy(), READINGS))


@pytest.mark.parametrize(
    "payload",
    [
        CANONICAL + b"\n",
        b" " + CANONICAL,
        json.dumps(json.loads(CANONICAL)).encode(),
        CANONICAL.replace(b'{"_type"', b'{"_type":"other","_type"', 1),
        CANONICAL.replace(b'"readings"', b'"extra":1.0,"readings"'),
        CANONICAL.replace(b'"readings"', b'"extra":9007199254740993,"readings"'),
        CANONICAL.replace(b'"readings"', b'"extra":NaN,"readings"'),
        CANONICAL.replace(b'"readings"', b'"extra":' + b"9" * 5000 + b',"readings"'),
        CANONICAL.replace(b"How", b"\\u0048ow"),
        CANONICAL.replace(b"How", b"\\ud800"),
        b"\xef\xbb\xbf" + CANONICAL,
        CANONICAL.decode().encode("utf-16"),
    ],
)
def test_a_payload_in_any_other_spelling_is_refused_although_well_signed(payload: bytes) -> None:
    assert payload != CANONICAL
    with pytest.raises(IntegrityError, match=r"canonical|readable"):
        verify(signed_payload(payload), TRUST, now=CREATED)


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"[]",
        b'"text"',
        b"null",
        b"{}",
        CANONICAL[:-9],
        b"\xff",
        b'{"_type":"other"}',
        b"[" * 200_000,
    ],
)
def test_a_payload_that_is_no_statement_is_refused_although_well_signed(payload: bytes) -> None:
    with pytest.raises(IntegrityError):
        verify(signed_payload(payload), TRUST, now=CREATED)


def test_the_bytes_these_attacks_start_from_do_verify() -> None:
    assert ["ana"] == names(signed_payload(CANONICAL))


def without(field: str) -> Callable[[dict[str, Any]], object]:
    return lambda e: {k: v for k, v in e.items() if k != field}


def with_(**change: object) -> Callable[[dict[str, Any]], object]:
    return lambda e: {**e, **change}


def with_signature(**change: object) -> Callable[[dict[str, Any]], object]:
    return lambda e: {**e, "signatures": [{**e["signatures"][0], **change}]}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda e: None,
        lambda e: [],
        lambda e: "text",
        lambda e: {},
        lambda e: [e],
        without("payload"),
        without("payloadType"),
        without("signatures"),
        with_(extra=1),
        with_(payload=None),
        with_(payload=7),
        lambda e: {**e, "payload": e["payload"].encode()},
        with_(payload="%%%"),
        with_(payload="e30"),
        with_(payloadType="text/plain"),
        with_(payloadType=None),
        with_(signatures={}),
        with_(signatures=None),
        with_(signatures="AA"),
        with_(signatures=[None]),
        with_(signatures=[{}]),
        with_signature(sig=None),
        with_signature(sig="%"),
        with_signature(sig=""),
        with_signature(sig="AAAA"),
        with_signature(keyid=None),
        with_signature(keyid=["a"]),
        with_signature(cert="x"),
    ],
)
def test_a_malformed_envelope_is_an_integrity_error_and_never_a_crash(
    spoil: Callable[[dict[str, Any]], object],
) -> None:
    envelope = spoil(signed(ANA))

    with pytest.raises(IntegrityError):
        verify(envelope, TRUST, now=CREATED)


def test_approvers_are_named_with_the_roles_that_count() -> None:
    """Dan's role is not among those that may approve."""
    envelope = signed(ANA, DAN, BEN)

    assert ("ana (board-chair)", "ben (worker-representative)") == approvers(
        policy(), READINGS, envelope, TRUST, now=CREATED
    )


def test_too_few_approvals_name_who_signed_who_is_missing_and_the_command() -> None:
    with pytest.raises(PolicyError) as raised:
        approvers(policy(), READINGS, signed(ANA), TRUST, now=CREATED)

    message = str(raised.value)
    assert 12 == raised.value.exit_code
    assert "signed by ana (board-chair)" in message
    assert "missing: worker-representative" in message
    assert "needs 2 of board-chair, worker-representative, dpo" in message
    assert "`govern policy sign ai-review-drafting --key NAME`" in message


def test_the_threshold_does_not_stand_in_for_a_required_role() -> None:
    with pytest.raises(PolicyError, match="missing: worker-representative"):
        approvers(policy(), READINGS, signed(ANA, CLEO), TRUST, now=CREATED)


def test_a_key_with_two_roles_is_one_signature() -> None:
    with pytest.raises(PolicyError, match="missing: 1 more"):
        approvers(policy(), READINGS, signed(BOTH), TRUST, now=CREATED)

    assert 2 == len(approvers(policy(), READINGS, signed(BOTH, CLEO), TRUST, now=CREATED))


def test_a_role_that_may_not_approve_does_not_count_towards_the_threshold() -> None:
    with pytest.raises(PolicyError, match=r"without such a role: dan\); missing: 1 more"):
        approvers(policy(), READINGS, signed(BEN, DAN), TRUST, now=CREATED)


def test_roles_come_from_the_trust_root_and_not_from_the_signer() -> None:
    """Cleo's own copy of her key says that she chairs the board."""
    pretended = PrivateKey(
        CLEO.trusted.model_copy(update={"roles": ("worker-representative",)}), CLEO.private
    )

    with pytest.raises(PolicyError, match="missing: worker-representative"):
        approvers(policy(), READINGS, signed(ANA, pretended), TRUST, now=CREATED)


def test_a_stranger_with_all_the_roles_approves_nothing() -> None:
    with pytest.raises(PolicyError, match="missing: 1 more"):
        approvers(policy(), READINGS, signed(BEN, STRANGER), TRUST, now=CREATED)


def test_one_changed_byte_is_a_policy_that_nobody_signed() -> None:
    changed = policy(TEXT.replace(b"0.15", b"0.16"))

    with pytest.raises(PolicyError, match="differs in subject"):
        approvers(changed, READINGS, signed(ANA, BEN), TRUST, now=CREATED)


@pytest.mark.parametrize(
    "readings",
    [
        {},
        {"FAIR-1": READINGS["FAIR-1"].replace("0.15", "0.16")},
        {**READINGS, "ACC-1": "The gate reads this as: nothing."},
        {"FAIR-2": READINGS["FAIR-1"]},
    ],
)
def test_a_gate_that_reads_the_text_differently_has_no_approval(readings: dict[str, str]) -> None:
    with pytest.raises(PolicyError, match="differs in predicate"):
        approvers(policy(), readings, signed(ANA, BEN), TRUST, now=CREATED)


def test_a_signed_decision_is_no_approval() -> None:
    with pytest.raises(PolicyError, match="differs in predicate, predicateType, subject"):
        approvers(
            policy(),
            READINGS,
            sign(decision_statement(decision()), [ANA, BEN], now=CREATED),
            TRUST,
            now=CREATED,
        )


def test_an_invalid_signature_is_an_integrity_error_also_where_the_threshold_is_met() -> None:
    envelope = signed(ANA, BEN)
    envelope["signatures"].append({"keyid": CLEO.trusted.keyid, "sig": "AAAA"})

    with pytest.raises(IntegrityError, match="'cleo' does not hold"):
        approvers(policy(), READINGS, envelope, TRUST, now=CREATED)


def test_two_people_sign_one_file_one_after_the_other(tmp_path: Path) -> None:
    first = sign_policy(tmp_path, policy(), READINGS, ANA, TRUST, now=CREATED)
    second = sign_policy(tmp_path, policy(), READINGS, BEN, TRUST, now=CREATED)

    assert first == second
    signed_text = f"{sha256(TEXT)[:12]}-{digest(dict(READINGS))[:12]}"
    assert f"policies/ai-review-drafting-{signed_text}.dsse.json" == (
        first.relative_to(tmp_path).as_posix()
    )
    envelope = read_policy_envelope(tmp_path, policy(), READINGS)
    assert 2 == len(approvers(policy(), READINGS, envelope, TRUST, now=CREATED))
    assert [first] == list(first.parent.iterdir())


def test_nobody_adds_a_signature_to_what_they_do_not_see(tmp_path: Path) -> None:
    """A file with other readings lies where the policy's signatures belong."""
    path = policy_envelope_path(tmp_path, policy(), READINGS)
    write_envelope(
        path, sign(policy_statement(policy(), {"FAIR-1": "anything goes"}), [ANA], now=CREATED)
    )
    before = path.read_bytes()

    with pytest.raises(PolicyError, match="something else was signed"):
        sign_policy(tmp_path, policy(), READINGS, BEN, TRUST, now=CREATED)

    assert before == path.read_bytes()


def test_a_policy_without_a_file_of_signatures_is_unsigned(tmp_path: Path) -> None:
    sign_policy(tmp_path, policy(), READINGS, ANA, TRUST, now=CREATED)

    with pytest.raises(PolicyError, match=r"not signed.*govern policy sign"):
        read_policy_envelope(tmp_path, policy(TEXT + b"\n"), READINGS)


def compromised(*keys: PrivateKey) -> TrustRoot:
    """The trust root after these keys fell into other hands."""
    fallen = Revocation(when=CREATED, why="compromised")
    names = {key.trusted.name for key in keys}
    return TrustRoot(
        keys=tuple(
            key.model_copy(update={"revoked": fallen}) if key.name in names else key
            for key in TRUST.keys
        )
    )


def test_a_policy_loses_the_approval_of_a_compromised_key_and_says_so() -> None:
    envelope = signed(ANA, BEN)

    with pytest.raises(PolicyError) as raised:
        approvers(policy(), READINGS, envelope, compromised(BEN), now=CREATED)

    assert "the key of 'ben' was revoked as compromised" in str(raised.value)
    assert "missing: worker-representative" in str(raised.value)


def test_a_policy_that_nobody_who_counts_signed_any_more_is_signed_from_anew(
    tmp_path: Path,
) -> None:
    path = sign_policy(tmp_path, policy(), READINGS, ANA, TRUST, now=CREATED)
    trust = compromised(ANA)

    for one in (BEN, CLEO):
        sign_policy(tmp_path, policy(), READINGS, one, trust, now=CREATED)

    assert 2 == len(approvers(policy(), READINGS, read_envelope(path), trust, now=CREATED))
    assert 2 == len(read_envelope(path)["signatures"])


def test_signatures_behind_a_linked_folder_are_not_read(tmp_path: Path) -> None:
    sign_policy(tmp_path / "elsewhere", policy(), READINGS, ANA, TRUST, now=CREATED)
    (tmp_path / "policies").symlink_to(tmp_path / "elsewhere/policies")

    with pytest.raises(IntegrityError, match="a symbolic link"):
        read_policy_envelope(tmp_path, policy(), READINGS)


def clause(id_: str, outcome: str, effective: str) -> ClauseOutcome:
    return ClauseOutcome.model_validate(
        {
            "id": id_,
            "title": id_,
            "kind": "measured",
            "severity": "block",
            "subject": "coverage.not_drafted",
            "unit": "share",
            "outcome": outcome,
            "effective": effective,
            "explanation": "made up",
            "reading": "made up",
        }
    )


def passing(**change: Any) -> Decision:
    clauses = (clause("FAIR-1", "pass", "pass"), clause("HOM-1", "fail", "waived"))
    facts = {"outcome": "fail", "effective_outcome": "pass", "clauses": clauses, "advisory": False}
    return decision().model_copy(update=facts | change)


def test_the_summary_of_a_pass_lists_what_passed_as_measured_and_nothing_else() -> None:
    """In-toto SVR 0.2: verifier.id, verifier.policies, timeCreated and properties are mandatory."""
    statement = summary_statement(passing())

    assert "https://in-toto.io/attestation/svr/v0.2" == statement["predicateType"]
    assert [{"name": "reference", "digest": {"sha256": "f" * 64}}] == statement["subject"]
    predicate = statement["predicate"]
    assert {
        "id": "urn:govern:gate:v1",
        "policies": [
            {
                "uri": "urn:govern:policy:ai-review-drafting:2.1.0",
                "digest": {"sha256": sha256(TEXT)},
            }
        ],
    } == predicate["verifier"]
    assert "2026-11-01T09:00:00Z" == predicate["timeCreated"]
    assert [
        "govern:ai-review-drafting:pass-with-waivers:pilot",
        "govern:ai-review-drafting:until:2027-02-01",
        "govern:ai-review-drafting:FAIR-1",
    ] == predicate["properties"]
    assert digest(passing().as_json()) == predicate["decision"]["digest"]["sha256"]


@pytest.mark.parametrize(
    ("change", "first"),
    [
        ({"outcome": "pass"}, "govern:ai-review-drafting:pass:pilot"),
        ({"advisory": True}, "govern-advisory:ai-review-drafting:pass-with-waivers:pilot"),
    ],
)
def test_the_name_of_the_property_says_under_which_conditions_it_passed(
    change: dict[str, Any], first: str
) -> None:
    """Whoever ignores a field must not take an advisory or waived pass for a plain one."""
    properties = summary_statement(passing(**change))["predicate"]["properties"]

    assert first == properties[0]
    assert all(p.startswith(first.split(":", maxsplit=1)[0] + ":") for p in properties)


def test_a_summary_is_signed_and_verified_like_any_statement() -> None:
    verified = verify(sign(summary_statement(passing()), [DAN], now=CREATED), TRUST, now=CREATED)

    assert summary_statement(passing()) == verified.statement


@pytest.mark.parametrize("outcome", ["fail", "insufficient_evidence"])
def test_there_is_no_summary_of_what_did_not_pass(outcome: str) -> None:
    with pytest.raises(PolicyError, match="says what passed"):
        summary_statement(passing(effective_outcome=outcome))


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_envelope_file_is_an_integrity_error(tmp_path: Path, share: float) -> None:
    path = sign_policy(tmp_path, policy(), READINGS, ANA, TRUST, now=CREATED)
    text = path.read_bytes().rstrip()
    path.write_bytes(text[: int(len(text) * share)])

    with pytest.raises(IntegrityError, match="no readable JSON"):
        read_policy_envelope(tmp_path, policy(), READINGS)


@pytest.mark.parametrize("content", [b"[]", b"null", b"7", b"\xff\xfe", b"[" * 200_000])
def test_an_envelope_file_that_holds_something_else_is_an_integrity_error(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "e.json"
    path.write_bytes(content)

    with pytest.raises(IntegrityError, match=r"e\.json"):
        read_envelope(path)


def test_a_folder_in_place_of_the_envelope_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_envelope(tmp_path)
    with pytest.raises(InputError, match="cannot be written"):
        write_envelope(tmp_path, signed(ANA))


def test_a_failed_write_keeps_the_former_signatures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sign_policy(tmp_path, policy(), READINGS, ANA, TRUST, now=CREATED)
    before = path.read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("govern.whole_files.os.fsync", full)

    with pytest.raises(InputError, match="No space left"):
        sign_policy(tmp_path, policy(), READINGS, BEN, TRUST, now=CREATED)

    assert before == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_a_clause_that_the_gate_reads_anew_can_be_signed_anew(tmp_path: Path) -> None:
    """After an upgrade the same bytes may be read in other words: what was signed stays."""
    anew = {clause: f"{sentence} Strictly." for clause, sentence in READINGS.items()}
    sign_policy(tmp_path, policy(), READINGS, ANA, TRUST, now=CREATED)

    with pytest.raises(PolicyError, match="is to be signed anew"):
        read_policy_envelope(tmp_path, policy(), anew)
    for one in (ANA, BEN):
        sign_policy(tmp_path, policy(), anew, one, TRUST, now=CREATED)
    assert 2 == len(
        approvers(
            policy(), anew, read_policy_envelope(tmp_path, policy(), anew), TRUST, now=CREATED
        )
    )
