"""The files of a bundle that are made of others in it, so that whoever checks makes them again."""

from __future__ import annotations

from govern.app.bundle_readme import Told, readme
from govern.app.decision_folder import as_text
from govern.app.opened_bundle import Bundle
from govern.app.proofs import growth_since, inclusion_in
from govern.domain.attempts import Attempts
from govern.domain.ledger import Entry, Judged
from govern.errors import InputError
from govern.ledger.attempts import attempts_of, lineage_of, payload_of
from govern.ledger.checkpoint import read_checkpoint
from govern.ledger.note import read_note

README = "README.md"
ATTEMPTS = "record/attempts.json"
GROWTH = "record/proofs/growth.txt"


def made_of(bundle: Bundle) -> dict[str, str]:
    """The README, the list of intended runs and the proofs, by their name.

    Raises:
        InputError: the record has no entry of the decision.
        IntegrityError, PolicyError: the record does not hold together.
    """
    entries = entries_of(bundle)
    attempts = intended(bundle)
    log = bundle.log(bundle.trust)
    covered = log.newest.checkpoint.size if log.newest else 0
    made = {ATTEMPTS: as_text(attempts)}
    for entry in entries:
        if covered and entry.seq < log.entries - log.pending:
            made |= _proven(bundle, entry)
    if covered:
        oldest = min(
            (
                read_checkpoint(read_note(note.encode(), "checkpoint"), "checkpoint")
                for note in bundle.leaves.checkpoints()
            ),
            key=lambda one: one.size,
        )
        made[GROWTH] = str(growth_since(bundle.leaves, bundle.trust, oldest))
    names = [*(name for name in bundle.contents.files if name not in (README, *made)), *made]
    told = Told(bundle.contents, bundle.folder, attempts, log, len(entries), tuple(sorted(names)))
    return {README: readme(told)} | made


def entries_of(bundle: Bundle) -> tuple[Entry, ...]:
    """What the record has of the decision, its run and what people said of it.

    Raises:
        InputError: it has no entry of the decision.
    """
    decision = bundle.folder.decision
    found = tuple(entry for entry in bundle.entries if _concerns(bundle, entry))
    if all(entry.kind != "decision" for entry in found):
        raise InputError(
            f"the record has no entry of decision {decision.decision_id}; judge the run again with "
            "`govern gate` where the record can be reached"
        )
    return found


def intended(bundle: Bundle) -> Attempts:
    """Every intended run of the decision's lineage that the record has, abandoned ones too."""
    run = bundle.folder.decision.run
    lineage = lineage_of(run.pipeline, run.use_case, bundle.folder.policy)
    return attempts_of(bundle.entries, lineage)


def _concerns(bundle: Bundle, entry: Entry) -> bool:
    said, decision = entry.payload, bundle.folder.decision
    if entry.kind == "decision":
        return said.get("run_id") == decision.run.run_id and _is_this(bundle, entry)
    about = (said.get("about"), said.get("decision_id"))
    return said.get("run_id") == decision.run.run_id or decision.decision_id in about


def _is_this(bundle: Bundle, entry: Entry) -> bool:
    decided = payload_of(entry, Judged)
    told = bundle.contents
    return (decided.decision_id, decided.decision_digest) == (
        told.decision_id, told.decision_digest
    )  # fmt: skip


def _proven(bundle: Bundle, entry: Entry) -> dict[str, str]:
    """The proof of an entry; none where its leaf came after the newest checkpoint."""
    try:
        proof = inclusion_in(bundle.leaves, bundle.trust, str(entry.seq))
    except InputError:
        return {}
    return {proof_of(entry.seq): str(proof)}


def proof_of(seq: int) -> str:
    """The file of the proof that an entry stands under the newest checkpoint."""
    return f"record/proofs/entry-{seq}.tlog-proof"
