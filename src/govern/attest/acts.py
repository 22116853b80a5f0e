"""People's acts on disk: attestations, waivers and approvals, signed, in a record's folders.

Whatever lies in those folders is read, and all of it must be good: a file that is malformed,
tampered with or signed by nobody who counts is an error with its path, never passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from govern.attest.envelopes import (
    Verified,
    add_signature,
    differing,
    envelope_digest,
    read_envelope,
    sign,
    verify,
    write_envelope,
)
from govern.attest.files import require_unlinked
from govern.attest.keys import PrivateKey
from govern.attest.statements import (
    APPROVAL,
    ATTESTATION,
    WAIVER,
    approval_statement,
    attestation_statement,
    waiver_statement,
)
from govern.attest.trust import TrustedKey, TrustRoot
from govern.canon import digest
from govern.domain.acts import Approval, Attestation, Signed, Waiver
from govern.domain.base import DIGEST
from govern.errors import GovernError, InputError, PolicyError
from govern.strict_yaml import explain

SUFFIX = ".dsse.json"
_Said = TypeVar("_Said", Attestation, Waiver, Approval)


def write_attestation(
    record: Path, act: Attestation, *, policy_digest: str, key: PrivateKey
) -> Path:
    """Sign an attestation and keep it; returns its file.

    Raises:
        PolicyError: it is blank in a part, or the key lacks the role or does not count.
        InputError: it was made before, to the second and the letter.
    """
    _require_words(act)
    _require_role(act.role, (key.trusted,))
    statement = attestation_statement(act, policy_digest)
    name = f"{act.policy}-{act.attestation}-{key.trusted.name}-{digest(statement)[:12]}"
    return _write_new(record / "attestations" / f"{name}{SUFFIX}", statement, key, act.made)


def write_waiver(record: Path, act: Waiver, *, key: PrivateKey) -> Path:
    """Sign a waiver as its first approver and keep it; returns its file.

    Raises:
        PolicyError: it is blank in a part, the signer asked for it, or the key does not count.
        InputError: it was made before, to the second and the letter.
    """
    _require_words(act)
    _require_another(act, key)
    statement = waiver_statement(act)
    name = f"{act.clause.lower()}-{act.fingerprint[:12]}-{digest(statement)[:12]}"
    return _write_new(record / "waivers" / f"{name}{SUFFIX}", statement, key, act.created)


def join_waiver(path: Path, *, key: PrivateKey, trust: TrustRoot, now: datetime) -> Signed[Waiver]:
    """Add an approver's signature to a waiver.

    Raises:
        PolicyError: the signer asked for it or has signed already, or the key does not count.
    """
    signed = read_waiver(path, trust, now=now)
    _require_another(signed.act, key)
    envelope = read_envelope(path)
    if key.trusted.keyid in {one["keyid"] for one in envelope["signatures"]}:
        raise PolicyError(f"{path}: {key.trusted.name} has signed already; each signs once")
    write_envelope(path, add_signature(envelope, key, now=now))
    return read_waiver(path, trust, now=now)


def write_approval(record: Path, act: Approval, *, key: PrivateKey) -> Path:
    """Sign a yes or no to a decision and keep it; returns its file.

    Raises:
        PolicyError: it is blank in a part, or the key lacks the role or does not count.
        InputError: the signer has said so already.
    """
    _require_words(act)
    _require_role(act.role, (key.trusted,))
    says = "" if act.verdict == "approve" else "-objects"
    path = record / "approvals" / f"{act.decision_id}-{key.trusted.name}{says}{SUFFIX}"
    return _write_new(path, approval_statement(act), key, act.created)


def load_attestations(
    record: Path, trust: TrustRoot, *, now: datetime
) -> tuple[Signed[Attestation], ...]:
    """All attestations of a record, by file name; raises as ``read_attestation``."""
    return tuple(read_attestation(path, trust, now=now) for path in _kept(record, "attestations"))


def load_waivers(record: Path, trust: TrustRoot, *, now: datetime) -> tuple[Signed[Waiver], ...]:
    """All waivers of a record, by file name; raises as ``read_waiver``."""
    return tuple(read_waiver(path, trust, now=now) for path in _kept(record, "waivers"))


def load_approvals(
    record: Path, trust: TrustRoot, decision_id: str, *, now: datetime
) -> tuple[Signed[Approval], ...]:
    """Every yes and no to a decision, by file name; raises as ``read_approval``.

    All files are read and not only those named after the decision: a name is not signed.
    """
    read = load_every_approval(record, trust, now=now)
    return tuple(signed for signed in read if signed.act.decision_id == decision_id)


def load_every_approval(
    record: Path, trust: TrustRoot, *, now: datetime
) -> tuple[Signed[Approval], ...]:
    """Every yes and no of a record, by file name; raises as ``read_approval``."""
    return tuple(read_approval(path, trust, now=now) for path in _kept(record, "approvals"))


def read_attestation(path: Path, trust: TrustRoot, *, now: datetime) -> Signed[Attestation]:
    """One attestation, verified.

    Raises:
        IntegrityError: the file is malformed, tampered with, too large or a symbolic link.
        PolicyError: it is unsigned, by nobody who counts, by somebody without the role that it
            is made in or by several people, dated in the future, or no attestation.
        InputError: it cannot be read.
    """
    envelope = read_envelope(path)
    with _at(path):
        verified = verify(envelope, trust, now=now)
        act = _said(Attestation, verified, ATTESTATION)
        _require_nothing_else(verified, attestation_statement(act, _subject_digest(verified)))
        _require_one(verified)
        _require_role(act.role, verified.signers)
        return Signed[Attestation](act=act, **_by(envelope, verified))


def read_waiver(path: Path, trust: TrustRoot, *, now: datetime) -> Signed[Waiver]:
    """One waiver, verified; whether its signers suffice is for the judge.

    Raises as ``read_attestation``, but takes several signers.
    """
    envelope = read_envelope(path)
    with _at(path):
        verified = verify(envelope, trust, now=now)
        act = _said(Waiver, verified, WAIVER)
        _require_nothing_else(verified, waiver_statement(act))
        return Signed[Waiver](act=act, **_by(envelope, verified))


def read_approval(path: Path, trust: TrustRoot, *, now: datetime) -> Signed[Approval]:
    """One yes or no to a decision, verified; raises as ``read_attestation``."""
    envelope = read_envelope(path)
    with _at(path):
        verified = verify(envelope, trust, now=now)
        act = _said(Approval, verified, APPROVAL)
        _require_nothing_else(verified, approval_statement(act))
        _require_one(verified)
        _require_role(act.role, verified.signers)
        return Signed[Approval](act=act, **_by(envelope, verified))


def _kept(record: Path, name: str) -> list[Path]:
    """The files of a folder that may hold nothing else, but hidden files."""
    folder = record / name
    require_unlinked(record, folder)
    if not folder.exists():
        return []
    try:
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as err:
        raise InputError(f"{folder}: cannot be read: {err.strerror}") from err
    for path in paths:
        if not path.name.endswith(SUFFIX):
            raise PolicyError(f"{path}: expected only signed files, *{SUFFIX}; move it elsewhere")
    return paths


def _write_new(path: Path, statement: dict[str, Any], key: PrivateKey, made: datetime) -> Path:
    require_unlinked(path.parents[1], path.parent)
    if path.exists() or path.is_symlink():
        raise InputError(f"{path}: exists already, and what was signed is kept")
    write_envelope(path, sign(statement, [key], now=made))
    return path


@contextmanager
def _at(path: Path) -> Iterator[None]:
    try:
        yield
    except GovernError as err:
        raise type(err)(f"{path}: {err}") from err


def _said(kind: type[_Said], verified: Verified, expected: str) -> _Said:
    found = verified.statement["predicateType"]
    if found != expected:
        raise PolicyError(f"expected a statement of type {expected}, found {found}")
    try:
        act = kind.model_validate(verified.statement.get("predicate"))
    except ValidationError as err:
        raise PolicyError(f"{expected}: {explain(err)}") from err
    _require_words(act)
    return act


def _subject_digest(verified: Verified) -> str:
    """The digest of the policy that an attestation is about, if it is of one."""
    match verified.statement.get("subject"):
        case [{"digest": {"sha256": str(value)}}] if re.fullmatch(DIGEST, value):
            return value
    raise PolicyError("expected one subject, a policy by its SHA-256")


def _require_nothing_else(verified: Verified, expected: dict[str, Any]) -> None:
    if differ := differing(verified.statement, expected):
        raise PolicyError(f"more or other than we would sign stands in {', '.join(differ)}")


def _require_words(act: Attestation | Waiver | Approval) -> None:
    blank = [name for name, value in act.as_json().items() if _has_blank(value)]
    if blank:
        raise PolicyError(f"{', '.join(blank)}: blank; say it in words")


def _has_blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    parts = value.values() if isinstance(value, dict) else value
    return any(_has_blank(part) for part in parts)


def _require_one(verified: Verified) -> None:
    if len(verified.signers) > 1:
        names = ", ".join(key.name for key in verified.signers)
        raise PolicyError(f"signed by {names}; each says it for themselves, in a file of their own")


def _require_role(role: str, keys: Sequence[TrustedKey]) -> None:
    for key in keys:
        if role not in key.roles:
            raise PolicyError(
                f"{key.name} signs as {role}, but the trust root gives this key "
                f"{', '.join(key.roles)}"
            )


def _require_another(act: Waiver, key: PrivateKey) -> None:
    if act.requester == key.trusted.name:
        raise PolicyError(f"{act.requester} asks for this waiver, so somebody else approves it")


def _by(envelope: dict[str, Any], verified: Verified) -> dict[str, Any]:
    signers = sorted((key.signer for key in verified.signers), key=lambda signer: signer.name)
    return {"signers": tuple(signers), "digest": envelope_digest(envelope)}
