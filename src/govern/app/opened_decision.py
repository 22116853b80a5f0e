"""A decision's folder, opened by those who act on it: the decision, its policy, who signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from govern.attest.envelopes import differing, read_envelope, verify
from govern.attest.files import read_signed, require_unlinked
from govern.attest.statements import decision_statement
from govern.attest.trust import TrustedKey, TrustRoot
from govern.domain.decision import Decision
from govern.domain.policy import Policy
from govern.errors import InputError, IntegrityError, PolicyError
from govern.policy.reader import read_policy
from govern.strict_yaml import explain

DECISION_ENVELOPE = "decision.dsse.json"


@dataclass(frozen=True)
class Opened:
    """A decision and the policy that it was made by, whose bytes have the digest it names."""

    folder: Path
    decision: Decision
    policy: Policy

    @property
    def signed(self) -> bool:
        """Whether signatures lie beside it; an exploratory decision may have none."""
        return self._envelope.is_symlink() or self._envelope.exists()

    @property
    def _envelope(self) -> Path:
        return self.folder / DECISION_ENVELOPE

    def signers(self, trust: TrustRoot, *, now: datetime) -> tuple[TrustedKey, ...]:
        """Whose signatures on exactly this decision count.

        Raises:
            PolicyError: nobody signed it who counts.
            IntegrityError: something else was signed.
        """
        path = self._envelope
        if not self.signed:
            raise PolicyError(
                f"{path}: the decision is not signed; judge again with `govern gate RUN --key NAME`"
            )
        verified = verify(read_envelope(path), trust, now=now)
        if differing(verified.statement, decision_statement(self.decision)):
            raise IntegrityError(f"{path}: another decision was signed than stands in the folder")
        return verified.signers


def named(key: TrustedKey) -> str:
    """A signer by name and roles."""
    return f"{key.name} ({', '.join(key.roles)})"


def open_decision(record: Path, which: str) -> Opened:
    """The decision that ``which`` names: its folder, or its id in the record.

    Raises:
        InputError: there is none, or it is malformed.
        IntegrityError: the policy beside it is not the one that it was made by, or a part is a
            symbolic link.
    """
    return open_folder(decision_folder(record, which))


def decision_folder(record: Path, which: str) -> Path:
    """The folder that ``which`` names: it is one itself, or an id in the record.

    Raises:
        InputError: no decision lies at either.
    """
    kept = record / "decisions"
    for folder in (kept / which, Path(which)):
        if (folder / "decision.json").exists():
            return folder
    there = sorted(path.parent.name for path in kept.glob("*/decision.json"))
    raise InputError(
        f"{which}: no decision; expected a decision's folder or id; "
        f"in {kept} there are: {_few(there)}"
    )


def _few(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - 10} more" if len(ids) > 10 else ""
    return ", ".join(ids[:10]) + more or "none"


def open_folder(folder: Path) -> Opened:
    """The decision in a folder; raises as ``open_decision``."""
    require_unlinked(folder)
    path = folder / "decision.json"
    try:
        decision = Decision.model_validate_json(read_signed(path))
        policy = read_policy(read_signed(folder / "policy.md"), where=str(folder / "policy.md"))
    except FileNotFoundError as err:
        raise InputError(
            f"{err.filename}: no such file; expected a decision's folder or id"
        ) from err
    except ValidationError as err:
        raise InputError(f"{path}: {explain(err)}") from err
    if policy.digest != decision.policy.digest:
        raise IntegrityError(
            f"{policy.source}: not the policy of this decision: expected SHA-256 "
            f"{decision.policy.digest}, found {policy.digest}"
        )
    return Opened(folder, decision, policy)
