"""What people signed, entered in the record, so that a file that is taken away is missed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from govern.app.record import open_ledger
from govern.attest.trust import TrustRoot
from govern.domain.acts import Signed
from govern.domain.ledger import Acted, Entry
from govern.errors import IntegrityError, RunError
from govern.ledger.attempts import payload_of
from govern.sources.locate import Project

ActKind = Literal["waiver", "attestation", "approval"]


def enter_act(
    project: Project, kind: ActKind, signed: Signed[Any], *, about: str, at: datetime
) -> Entry:
    """Enter an act in the record.

    Raises:
        RunError: the record cannot be reached.
        IntegrityError: it does not hold together.
    """
    acted = Acted(
        envelope_digest=signed.digest,
        signers=tuple(signer.name for signer in signed.signers),
        about=about,
    )
    return open_ledger(project).append(kind, acted.as_json(), at)


def require_all_there(
    project: Project,
    kind: ActKind,
    there: Iterable[Signed[Any]],
    trust: TrustRoot,
    *,
    about: str | None = None,
    record: Path | None = None,
) -> None:
    """That no act which the record has was taken away, an objection say.

    ``about`` looks at acts about one thing alone. Acts of compromised keys alone may go, and where
    the record is out of reach nobody can tell.

    Raises:
        IntegrityError: some are gone, or the record does not hold together.
    """
    try:
        entries = open_ledger(project, record).entries()
    except RunError:
        return
    gone = gone_acts(entries, kind, there, trust, about=about)
    if gone:
        folder = (record or project.record) / f"{kind}s"
        raise IntegrityError(
            f"{folder}: the record has {kind}s whose files are gone: {'; '.join(gone)}; "
            "put them back"
        )


def gone_acts(
    entries: Iterable[Entry],
    kind: ActKind,
    there: Iterable[Signed[Any]],
    trust: TrustRoot,
    *,
    about: str | None = None,
) -> list[str]:
    """What was entered and is not ``there``, in words; raises as ``payload_of``."""
    found = {signed.digest for signed in there}
    lost = {key.name for key in trust.keys if key.revoked and key.revoked.why == "compromised"}
    entered = [payload_of(entry, Acted) for entry in entries if entry.kind == kind]
    return [
        f"{acted.about} by {', '.join(acted.signers)}"
        for acted in entered
        if about in (None, acted.about)
        and acted.envelope_digest not in found
        and not set(acted.signers) <= lost
    ]
