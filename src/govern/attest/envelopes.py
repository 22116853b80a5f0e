"""Signed statements: in-toto in DSSE envelopes over RFC 8785 bytes.

An envelope is untrusted input until ``verify`` returned: its shape is closed, its payload
must be the one canonical form, and every signature by a known key must hold.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]

from govern.attest.keys import PrivateKey, TrustedKey, TrustRoot, check_trust, write_atomically
from govern.canon import canonical_json, digest
from govern.domain import Decision, Noun, Policy
from govern.errors import InputError, IntegrityError, PolicyError

PAYLOAD_TYPE = "application/vnd.in-toto+json"
STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
POLICY_APPROVAL = "urn:govern:policy-approval:v1"
GATE_DECISION = "urn:govern:gate-decision:v1"


class _Signed(Noun):
    keyid: str
    sig: str


class _Shape(Noun):
    payload: str
    payloadType: Literal["application/vnd.in-toto+json"]  # noqa: N815  (DSSE's own name)
    signatures: list[_Signed] = Field(min_length=1)


@dataclass(frozen=True)
class Verified:
    """A statement, and the distinct known keys whose signatures on it hold."""

    statement: dict[str, Any]
    signers: tuple[TrustedKey, ...]


def policy_statement(policy: Policy, readings: Mapping[str, str]) -> dict[str, Any]:
    """What approvers sign: these bytes of the policy, read by the gate as these sentences."""
    predicate = {"version": policy.version, "title": policy.title, "readings": dict(readings)}
    return _statement(policy.policy, policy.digest, POLICY_APPROVAL, predicate)


def decision_statement(decision: Decision) -> dict[str, Any]:
    """What is signed of a decision, failures too; its subject is the pipeline's fingerprint."""
    run = decision.run
    return _statement(run.pipeline, run.fingerprint, GATE_DECISION, decision.as_json())


def sign(statement: dict[str, Any], keys: Iterable[PrivateKey]) -> dict[str, Any]:
    """A DSSE envelope of ``statement``, signed by each key; InputError if there is none."""
    envelope = Envelope(canonical_json(statement), PAYLOAD_TYPE, {})
    for key in keys:
        envelope.sign(CryptoSigner(key.private))
    if not envelope.signatures:
        raise InputError("an envelope needs at least one signature; no key was given")
    return dict(envelope.to_dict())


def add_signature(envelope: object, key: PrivateKey) -> dict[str, Any]:
    """A copy of ``envelope`` with a signature by ``key``; a former one by it is replaced.

    It signs what is in there, whatever that is: compare the statement with your own first.
    Raises IntegrityError if the envelope is malformed.
    """
    payload, signatures = _parts(envelope)
    joint = Envelope(payload, PAYLOAD_TYPE, {s.keyid: s for s in signatures})
    joint.sign(CryptoSigner(key.private))
    return dict(joint.to_dict())


def verify(envelope: object, trust: TrustRoot) -> Verified:
    """The statement and who signed it: a key once, an unknown key not at all.

    Raises IntegrityError for a malformed envelope, a payload that is not canonical or no
    statement, a wrong signature by a known key, or no known key at all.
    """
    check_trust(trust, "trust root")
    payload, signatures = _parts(envelope)
    pae = Envelope(payload, PAYLOAD_TYPE, {}).pae()
    known = {key.keyid: key for key in trust.keys}
    signers: dict[str, TrustedKey] = {}
    for signature in signatures:
        if key := known.get(signature.keyid):
            public = SSlibKey(key.keyid, "ed25519", "ed25519", {"public": key.public})
            try:
                public.verify_signature(signature, pae)
            except UnverifiedSignatureError as err:
                raise IntegrityError(f"the signature of {key.name!r} does not hold") from err
            signers[key.keyid] = key
    if not signers:
        names = ", ".join(key.name for key in trust.keys) or "none"
        raise IntegrityError(f"signed by no key of the trust root, which has: {names}")
    return Verified(_json_object(payload, "payload"), tuple(signers.values()))


def approvers(
    policy: Policy, readings: Mapping[str, str], envelope: object, trust: TrustRoot
) -> tuple[str, ...]:
    """Who approved exactly this policy, as ``name (role, role)``, in order of signing.

    Counted are distinct keys with a role in ``policy.approvals.roles``; a key with two
    roles fills both required places but is one signature of the threshold.

    Raises PolicyError if other bytes or readings were signed, too few signed or a required
    role is missing; IntegrityError as ``verify``.
    """
    verified = verify(envelope, trust)
    _require_same(policy, readings, verified.statement)
    rule = policy.approvals
    held = {s.name: [role for role in rule.roles if role in s.roles] for s in verified.signers}
    signed = tuple(f"{name} ({', '.join(roles)})" for name, roles in held.items() if roles)
    missing = [role for role in rule.required if not any(role in roles for roles in held.values())]
    if len(signed) < rule.threshold and not missing:
        missing = [f"{rule.threshold - len(signed)} more"]
    if missing:
        without = [name for name, roles in held.items() if not roles]
        raise _unapproved(
            policy,
            f"signed by {', '.join(signed) or 'nobody with a role that counts'}"
            + (f" (without such a role: {', '.join(without)})" if without else "")
            + f"; missing: {', '.join(missing)}",
        )
    return signed


def policy_envelope_path(directory: Path, policy: Policy, readings: Mapping[str, str]) -> Path:
    """Where the signatures of these very bytes, read in this very way, are kept."""
    name = f"{policy.policy}-{policy.digest[:12]}-{digest(dict(readings))[:12]}"
    return directory / "policies" / f"{name}.dsse.json"


def read_policy_envelope(
    directory: Path, policy: Policy, readings: Mapping[str, str]
) -> dict[str, Any]:
    """The signatures of this policy, not yet verified; PolicyError if nobody signed."""
    path = policy_envelope_path(directory, policy, readings)
    if not path.exists():
        why = "a changed byte, or a clause that the gate reads anew, is to be signed anew"
        raise _unapproved(policy, f"not signed: no {path}; {why}")
    return read_envelope(path)


def sign_policy(
    directory: Path, policy: Policy, readings: Mapping[str, str], key: PrivateKey, trust: TrustRoot
) -> Path:
    """Add ``key``'s signature to the policy's envelope file, which is made if need be.

    Raises PolicyError if the file there is for other text, IntegrityError if it is not valid.
    """
    path = policy_envelope_path(directory, policy, readings)
    envelope = sign(policy_statement(policy, readings), [key])
    if path.exists():
        there = read_envelope(path)
        _require_same(policy, readings, verify(there, trust).statement)
        envelope = add_signature(there, key)
    write_envelope(path, envelope)
    return path


def write_envelope(path: Path, envelope: Mapping[str, Any]) -> None:
    """Replace the file at once; what was there stays if that fails, with InputError."""
    try:
        write_atomically(path, f"{json.dumps(envelope, indent=2)}\n".encode())
    except OSError as err:
        raise InputError(f"{path}: cannot be written: {err.strerror}") from err


def read_envelope(path: Path) -> dict[str, Any]:
    """An envelope from a file, not yet verified: InputError or IntegrityError if unreadable."""
    try:
        return _json_object(path.read_bytes(), str(path))
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err


def _statement(name: str, sha256: str, kind: str, predicate: dict[str, Any]) -> dict[str, Any]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": sha256}}],
        "predicateType": kind,
        "predicate": predicate,
    }


def _require_same(policy: Policy, readings: Mapping[str, str], found: dict[str, Any]) -> None:
    expected = policy_statement(policy, readings)
    if canonical_json(found) != canonical_json(expected):
        differ = [part for part in expected if found.get(part) != expected[part]]
        raise _unapproved(policy, f"something else was signed; it differs in {', '.join(differ)}")


def _unapproved(policy: Policy, why: str) -> PolicyError:
    rule = policy.approvals
    among = f", among them {', '.join(rule.required)}" if rule.required else ""
    return PolicyError(
        f"{policy.source}: policy {policy.policy} {policy.version} ({policy.digest[:16]}) lacks "
        f"approval: {why}. It needs {rule.threshold} of {', '.join(rule.roles)}{among}; "
        f"sign with `govern policy sign {policy.policy} --key NAME`"
    )


def _parts(envelope: object) -> tuple[bytes, list[Signature]]:
    """Payload and signatures, of exactly the expected shape: what is not signed is not read."""
    try:
        shape = _Shape.model_validate(envelope, strict=True)
    except ValidationError as err:
        where = ".".join(str(part) for part in err.errors()[0]["loc"])
        raise IntegrityError(f"envelope: {where}: {err.errors()[0]['msg']}") from err
    payload = _decoded(shape.payload)
    statement = _json_object(payload, "envelope: payload")
    try:
        canonical = canonical_json(statement)
    except (InputError, RecursionError):
        canonical = b""
    if canonical != payload:
        raise IntegrityError("envelope: payload is not in canonical JSON (RFC 8785)")
    if statement.get("_type") != STATEMENT_TYPE:
        raise IntegrityError(f"envelope: payload is no statement of type {STATEMENT_TYPE}")
    return payload, [Signature(one.keyid, _decoded(one.sig).hex()) for one in shape.signatures]


def _decoded(text: str) -> bytes:
    """Base64 in its one proper spelling, so that no character can change unnoticed."""
    try:
        raw = base64.b64decode(text, validate=True)
    except ValueError as err:
        raise IntegrityError(f"envelope: no base64: {err}") from err
    if base64.b64encode(raw).decode() != text:
        raise IntegrityError("envelope: no canonical base64")
    return raw


def _json_object(raw: bytes, source: str) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except (ValueError, RecursionError) as err:
        raise IntegrityError(f"{source}: no readable JSON: {err}") from err
    if not isinstance(value, dict):
        raise IntegrityError(f"{source}: expected a JSON object, found {type(value).__name__}")
    return value
