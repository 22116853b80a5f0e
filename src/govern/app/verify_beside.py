"""What a report tells beside a decision, held against what is at hand of it.

No signature covers ``beside.json``, and the first page is made of it: who signed, who watches.
What signatures, the record and the papers of the data in a bundle say otherwise is noticed here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from govern.app.checks import Check, failed, note
from govern.app.data_behind import card_of
from govern.app.decision_folder import BESIDE
from govern.app.ledger import kept_checkpoints
from govern.app.opened_bundle import Bundle
from govern.app.opened_decision import Opened, named
from govern.app.verify_folder import DecisionFolder
from govern.attest.trust import TrustRoot
from govern.domain.acts import Approval, Signed
from govern.errors import GovernError, IntegrityError
from govern.report.beside import DataCard, Use
from govern.sources.packaging import MANIFEST
from govern.strict_yaml import explain

UNSIGNED = "what the report tells beside the decision; no signature covers it"


def signers_shown(folder: DecisionFolder, trust: TrustRoot, now: datetime) -> Check:
    """Whether those whom the report names have signed the decision; level 1 says who did not."""
    shown = folder.beside.signers
    try:
        signed = Opened(folder.root, folder.decision, folder.policy).signers(trust, now=now)
    except GovernError:
        return note(2, BESIDE, UNSIGNED)
    names = {key.name for key in signed}
    if strangers := [one for one in shown if one.partition(" (")[0] not in names]:
        said = f"the report says that {', '.join(strangers)} signed the decision, which is not so"
        return failed(2, BESIDE, IntegrityError(said))
    if other := [one for one in shown if one not in set(map(named, signed))]:
        return note(2, BESIDE, f"{UNSIGNED}; your trust root knows {', '.join(other)} otherwise")
    return note(2, BESIDE, UNSIGNED)


def beside_the_record(bundle: Bundle) -> str:
    """Whether checkpoint, witnesses and papers of the data are those in the bundle.

    Raises:
        IntegrityError: the report tells of others.
    """
    _same_checkpoint(bundle)
    for card in bundle.folder.beside.cards:
        _same_card(bundle, card)
    return "checkpoint, witnesses and data cards of the report are those in the bundle"


def require_answers(bundle: Bundle, given: tuple[Signed[Approval], ...]) -> None:
    """IntegrityError where the report shows an answer that does not lie in the record."""
    there = {one.digest: one for one in given}
    for one in bundle.folder.beside.answers:
        found = there.get(one.digest)
        if (
            found is None
            or found.act != one.act
            or [signer.keyid for signer in found.signers] != [s.keyid for s in one.signers]
        ):
            raise IntegrityError(
                f"the report shows an answer by {one.signers[0].name} that is not in the record"
            )


def _same_checkpoint(bundle: Bundle) -> None:
    seen = bundle.folder.beside.log
    if seen is None:
        return
    same = [
        one
        for one in kept_checkpoints(bundle.leaves, bundle.trust)
        if (one.checkpoint.origin, one.checkpoint.size) == (seen.origin, seen.size)
    ]
    if not same:
        raise IntegrityError(
            f"the report names a checkpoint of {seen.origin} over {seen.size:,} leaves; the "
            "record has none"
        )
    signed = {signature.name for one in same for signature in one.note.signatures}
    if more := set(seen.witnesses) - signed:
        raise IntegrityError(
            f"the report says that {', '.join(sorted(more))} cosigned the checkpoint over "
            f"{seen.size:,} leaves; the record has no such signature"
        )


def _same_card(bundle: Bundle, card: DataCard) -> None:
    """All but how sizes are worded, which a release may change, of what the run names by digest.

    What cases were made from and what was put into them may have changed in the project since.
    """
    run = bundle.folder.decision.run
    named_so = {"cases": run.dataset_digest, "identities": run.identities_digest}
    if card.used_as not in named_so:
        return
    place = f"data/{card.used_as}"
    there = card
    if f"{place}/{MANIFEST}" in bundle.contents.files:
        there = _card_there(bundle.root / place, card.used_as)
    differ = there.model_copy(update={"holds": card.holds}) != card
    if differ or named_so[card.used_as] != card.digest:
        raise IntegrityError(f"the report tells of {place} otherwise than its manifest")


def _card_there(folder: Path, use: Use) -> DataCard:
    try:
        return card_of(folder, use)
    except ValidationError as err:
        raise IntegrityError(f"{folder.name}/{MANIFEST}: {explain(err)}") from err
