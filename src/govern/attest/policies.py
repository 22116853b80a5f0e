"""Who approved a policy: signatures on its bytes and on how the gate reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from govern.attest.envelopes import (
    add_signature,
    differing,
    read_envelope,
    sign,
    verify,
    write_envelope,
)
from govern.attest.files import require_unlinked
from govern.attest.keys import PrivateKey
from govern.attest.statements import policy_statement
from govern.attest.trust import TrustRoot
from govern.canon import digest
from govern.domain.policy import Policy
from govern.errors import PolicyError


def approvers(
    policy: Policy,
    readings: Mapping[str, str],
    envelope: object,
    trust: TrustRoot,
    *,
    now: datetime,
) -> tuple[str, ...]:
    """Who approved exactly this policy, as ``name (role, role)``, in order of signing.

    Counted are distinct keys with a role in ``policy.approvals.roles``; a key with two
    roles fills both required places but is one signature of the threshold. Keys count as they
    stood at ``now``: give a past decision's time to check it as it was made.

    Raises PolicyError if other bytes or readings were signed, too few signed or a required
    role is missing, and all as ``verify``.
    """
    verified = verify(envelope, trust, now=now)
    _require_same(policy, readings, verified.statement)
    rule = policy.approvals
    held = {s.name: [role for role in rule.roles if role in s.roles] for s in verified.signers}
    signed = tuple(f"{name} ({', '.join(roles)})" for name, roles in held.items() if roles)
    missing = [role for role in rule.required if not any(role in roles for roles in held.values())]
    if len(signed) < rule.threshold and not missing:
        missing = [f"{rule.threshold - len(signed)} more"]
    if missing:
        without = [name for name, roles in held.items() if not roles]
        aside = [f"without such a role: {', '.join(without)}"] if without else []
        aside += verified.set_aside
        raise _unapproved(
            policy,
            f"signed by {', '.join(signed) or 'nobody with a role that counts'}"
            + (f" ({'; '.join(aside)})" if aside else "")
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
    require_unlinked(directory, path.parent)
    if not path.exists():
        why = "a changed byte, or a clause that the gate reads anew, is to be signed anew"
        raise _unapproved(policy, f"not signed: no {path}; {why}")
    return read_envelope(path)


def sign_policy(
    directory: Path,
    policy: Policy,
    readings: Mapping[str, str],
    key: PrivateKey,
    trust: TrustRoot,
    *,
    now: datetime,
) -> Path:
    """Add ``key``'s signature to the policy's envelope file.

    The file is made if need be, and begun anew if no signature in it counts any more.

    Raises PolicyError if the file there is for other text or the key does not count now,
    IntegrityError if it is not valid.
    """
    path = policy_envelope_path(directory, policy, readings)
    envelope = sign(policy_statement(policy, readings), [key], now=now)
    if path.exists():
        there = read_envelope(path)
        try:
            former = verify(there, trust, now=now)
        except PolicyError:
            former = None
        if former:
            _require_same(policy, readings, former.statement)
            envelope = add_signature(there, key, now=now)
    write_envelope(path, envelope)
    return path


def _require_same(policy: Policy, readings: Mapping[str, str], found: dict[str, Any]) -> None:
    expected = policy_statement(policy, readings)
    if differ := differing(found, expected):
        raise _unapproved(policy, f"something else was signed; it differs in {', '.join(differ)}")


def _unapproved(policy: Policy, why: str) -> PolicyError:
    rule = policy.approvals
    among = f", among them {', '.join(rule.required)}" if rule.required else ""
    return PolicyError(
        f"{policy.source}: policy {policy.policy} {policy.version} ({policy.digest[:16]}) lacks "
        f"approval: {why}. It needs {rule.threshold} of {', '.join(rule.roles)}{among}; "
        f"sign with `govern policy sign {policy.policy} --key NAME`"
    )
