"""What people signed, entered in the record, so that a file that is taken away is missed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from govern.app.record import open_ledger
from govern.attest.trust import TrustRoot
from govern.domain.acts import Signed
from govern.domain.ledger import Acted, Entry
from govern.errors import IntegrityError
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
    entries: Sequence[Entry],
    kind: ActKind,
    there: Iterable[Signed[Any]],
    trust: TrustRoot,
    *,
    record: Path,
    about: str | None = None,
) -> None:
    """That no act which the record has was taken away, an objection say.

    ``there`` is what lies in the folder ``record``. ``about`` looks at acts about one thing alone.
    Acts of compromised keys alone may go.

    Raises:
        IntegrityError: some are gone.
    """
    found = {signed.digest for signed in there}
    lost = {key.name for key in trust.keys if key.revoked and key.revoked.why == "compromised"}
    entered = [payload_of(entry, Acted) for entry in entries if entry.kind == kind]
    gone = [
        f"{acted.about} by {', '.join(acted.signers)}"
        for acted in entered
        if about in (None, acted.about)
        and acted.envelope_digest not in found
        and not set(acted.signers) <= lost
    ]
    if gone:
        folder = record / f"{kind}s"
        raise IntegrityError(
            f"{folder}: the record has {kind}s whose files are gone: {'; '.join(gone)}; "
            "put them back"
        )
