"""Signed statements: in-toto in DSSE envelopes over RFC 8785 bytes.

An envelope is untrusted input until ``verify`` returned: its shape is closed, its payload
must be the one canonical form, and every signature by a known key must hold.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError
from securesystemslib.dsse import Envelope
from securesystemslib.exceptions import UnverifiedSignatureError
from securesystemslib.signer import CryptoSigner, Signature, SSlibKey  # type: ignore[attr-defined]

from govern.attest.files import read_signed
from govern.attest.keys import PrivateKey
from govern.attest.statements import STATEMENT_TYPE, made_at
from govern.attest.trust import TrustedKey, TrustRoot, check_trust
from govern.canon import canonical_json, digest, read_json, same_json
from govern.domain.base import Noun
from govern.errors import InputError, IntegrityError, PolicyError
from govern.whole_files import write_text

PAYLOAD_TYPE = "application/vnd.in-toto+json"


class _Signed(Noun):
    keyid: str
    sig: str


class _Shape(Noun):
    payload: str
    payloadType: Literal["application/vnd.in-toto+json"]  # noqa: N815  (DSSE's own name)
    signatures: list[_Signed]


@dataclass(frozen=True)
class Verified:
    """A statement, and the distinct known keys whose signatures on it count.

    ``set_aside`` says why others do not, although they are genuine: revoked, or not valid then.
    """

    statement: dict[str, Any]
    signers: tuple[TrustedKey, ...]
    set_aside: tuple[str, ...] = ()


def sign(statement: dict[str, Any], keys: Iterable[PrivateKey], *, now: datetime) -> dict[str, Any]:
    """A DSSE envelope of ``statement``, signed by each key.

    Raises:
        InputError: there is no key.
        PolicyError: a key is revoked, or not valid now and at the time of the statement.
    """
    envelope = Envelope(canonical_json(statement), PAYLOAD_TYPE, {})
    for key in keys:
        _require_counting(key, statement, now)
        envelope.sign(CryptoSigner(key.private))
    if not envelope.signatures:
        raise InputError("an envelope needs at least one signature; no key was given")
    return dict(envelope.to_dict())


def add_signature(envelope: object, key: PrivateKey, *, now: datetime) -> dict[str, Any]:
    """A copy of ``envelope`` with a signature by ``key``; a former one by it is replaced.

    It signs what is in there, whatever that is: compare the statement with your own first.

    Raises:
        IntegrityError: the envelope is malformed.
        PolicyError: the key is revoked, or not valid now and at the time of the statement.
    """
    payload, signatures = _parts(envelope)
    _require_counting(key, _json_object(payload, "envelope: payload"), now)
    joint = Envelope(payload, PAYLOAD_TYPE, {s.keyid: s for s in signatures})
    joint.sign(CryptoSigner(key.private))
    return dict(joint.to_dict())


def verify(envelope: object, trust: TrustRoot, *, now: datetime) -> Verified:
    """The statement and who signed it; an unknown key is passed over.

    Args:
        envelope: what a file held.
        trust: whose signatures count, and when.
        now: no statement may be dated later. It also stands for the time of signing where the
            statement says none, which an approval of a policy does not: to check one as it stood
            when a decision was made, give the decision's time.

    Raises:
        IntegrityError: a malformed envelope, a payload that is not canonical or no statement, a
            key that signed twice, or a wrong signature by a known key.
        PolicyError: a statement of unknown type or dated after ``now``; unsigned, or signed by no
            known key that counts.
    """
    check_trust(trust, "trust root")
    payload, signatures = _parts(envelope)
    pae = Envelope(payload, PAYLOAD_TYPE, {}).pae()
    known = {key.keyid: key for key in trust.keys}
    genuine = []
    for signature in signatures:
        if key := known.get(signature.keyid):
            public = SSlibKey(key.keyid, "ed25519", "ed25519", {"public": key.public})
            try:
                public.verify_signature(signature, pae)
            except UnverifiedSignatureError as err:
                raise IntegrityError(f"the signature of {key.name!r} does not hold") from err
            genuine.append(key)
    if not genuine:
        names = ", ".join(key.name for key in trust.keys) or "none"
        how = "signed by no key of the trust root" if signatures else "not signed by anybody"
        raise PolicyError(f"{how}; the trust root has: {names}")
    return _counted(_json_object(payload, "payload"), genuine, now)


def _counted(statement: dict[str, Any], genuine: list[TrustedKey], now: datetime) -> Verified:
    made = made_at(statement) or now
    if made > now:
        raise PolicyError(
            f"the statement is dated {made.isoformat()}, but it is {now.isoformat()} now; "
            "set the clock right, or have it signed anew"
        )
    told = [(key, key.why_not(made)) for key in genuine]
    signers = tuple(key for key, why in told if why is None)
    set_aside = tuple(why for _, why in told if why is not None)
    if not signers:
        raise PolicyError(f"no signature counts: {'; '.join(set_aside)}; have it signed anew")
    return Verified(statement, signers, set_aside)


def require_signers(verified: Verified, places: Sequence[Collection[str]]) -> None:
    """PolicyError unless each place is filled by a key of its own with one of the place's roles.

    ``[("gate",), ("board-chair", "worker-representative")]`` asks for the gate and one of the two
    people; a single key with both roles fills one place.
    """
    seat: dict[int, TrustedKey] = {}

    def seated(key: TrustedKey, tried: set[int]) -> bool:
        for number, roles in enumerate(places):
            if number in tried or not set(roles) & set(key.roles):
                continue
            tried.add(number)
            if number not in seat or seated(seat[number], tried):
                seat[number] = key
                return True
        return False

    for key in verified.signers:
        seated(key, set())
    empty = [" or ".join(roles) for number, roles in enumerate(places) if number not in seat]
    if empty:
        held = ", ".join(f"{k.name} ({', '.join(k.roles)})" for k in verified.signers)
        aside = f" (set aside: {'; '.join(verified.set_aside)})" if verified.set_aside else ""
        raise PolicyError(
            f"signed by {held}{aside}; missing is a signature, by a key of its own, as "
            + ", and one as ".join(empty)
        )


def differing(found: Mapping[str, Any], expected: Mapping[str, Any]) -> list[str]:
    """In which parts a statement is not, byte for byte, the one that is expected; sorted."""
    if same_json(dict(found), dict(expected)):
        return []
    parts = {part for part in {*found, *expected} if found.get(part) != expected.get(part)}
    return sorted(parts) or ["how it is written"]


def envelope_digest(envelope: Mapping[str, Any]) -> str:
    """SHA-256 of an envelope's canonical JSON, whatever the order of its signatures."""
    in_order = sorted(envelope["signatures"], key=lambda one: str(one["keyid"]))
    return digest({**envelope, "signatures": in_order})


def write_envelope(path: Path, envelope: Mapping[str, Any]) -> None:
    """Replace the file at once; what was there stays if that fails, with InputError."""
    try:
        write_text(path, f"{json.dumps(envelope, indent=2)}\n")
    except OSError as err:
        raise InputError(f"{path}: cannot be written: {err.strerror}") from err


def read_envelope(path: Path) -> dict[str, Any]:
    """An envelope from a file, not yet verified.

    Raises:
        InputError: there is none or it cannot be read.
        IntegrityError: it is a symbolic link, too large, or no JSON object.
    """
    try:
        return _json_object(read_signed(path), str(path))
    except FileNotFoundError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err


def _require_counting(key: PrivateKey, statement: dict[str, Any], now: datetime) -> None:
    why = key.trusted.why_not(made_at(statement) or now) or key.trusted.why_not(now)
    if why:
        raise PolicyError(f"{why}; its signature would not count")


def _parts(envelope: object) -> tuple[bytes, list[Signature]]:
    """Payload and signatures, of exactly the expected shape: what is not signed is not read."""
    try:
        shape = _Shape.model_validate(envelope, strict=True)
    except ValidationError as err:
        where = ".".join(str(part) for part in err.errors()[0]["loc"])
        raise IntegrityError(f"envelope: {where}: {err.errors()[0]['msg']}") from err
    if len({one.keyid for one in shape.signatures}) < len(shape.signatures):
        raise IntegrityError("envelope: a key has signed twice; each signs once")
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
        value = read_json(raw, where=source)
    except InputError as err:
        raise IntegrityError(str(err)) from err
    if not isinstance(value, dict):
        raise IntegrityError(f"{source}: expected a JSON object, found {type(value).__name__}")
    return value
