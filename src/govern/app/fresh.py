"""The fresh cases of a deciding run: drawn once, after its intent stands in the record."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydantic import ValidationError

from govern.canon import canonical_json
from govern.domain.ledger import Entry, Ledger, Seeded
from govern.errors import DatasetError, IntegrityError
from govern.ledger.attempts import of_run, payload_of
from govern.ledger.seeds import BYTES, Secret
from govern.runner.folder import RunFolder
from govern.sources.datasets import CaseSet, read_cases
from govern.sources.generate import read_grammar
from govern.sources.generate.sealed import as_lines, sealed
from govern.whole_files import write_whole

Clock = Callable[[], datetime]


def require_grammar(cases: CaseSet) -> None:
    """That fresh cases can be made of a dataset.

    Raises:
        DatasetError: it has no grammar, with what to do.
    """
    try:
        read_grammar(cases.folder)
    except DatasetError as err:
        raise DatasetError(
            f"dataset {cases.card.id}: a deciding run drafts fresh cases, and without phrase banks "
            f"({cases.folder / 'banks'}) none can be made: decide by a suite whose dataset has "
            "them, such as review-core, and run this one without --decide"
        ) from err


def fresh_cases(
    folder: RunFolder, source: Path, intent: Entry, ledger: Ledger, *, clock: Clock, cache: Path
) -> CaseSet:
    """The cases of a run; drawn and entered in the record where that was not done yet.

    ``source`` is the dataset folder with the grammar.

    Raises:
        IntegrityError: cases or secret are not those that the record has.
        RunError: the record cannot be reached.
    """
    seeded = of_run(ledger.entries(), folder.root.name).get("seed")
    if seeded is None:
        seeded = _draw(folder, source, intent, ledger, clock)
    told = payload_of(seeded, Seeded)
    if read_secret(folder).commitment != told.commitment:
        raise IntegrityError(
            f"{folder.secret}: not what the record holds the commitment of; this run cannot be "
            f"proved any more: `govern run --abandon {folder.root.name}`"
        )
    cases = read_cases(folder.sealed, cache=cache)
    if cases.digest != told.dataset_digest:
        raise IntegrityError(
            f"{folder.sealed}: not the cases that the record has: expected SHA-256 "
            f"{told.dataset_digest}, found {cases.digest}"
        )
    return cases


def read_secret(folder: RunFolder) -> Secret:
    """The chance that a run's cases came from.

    Raises:
        IntegrityError: it is gone or damaged.
    """
    try:
        return Secret.model_validate_json(folder.secret.read_bytes())
    except (OSError, ValidationError) as err:
        raise IntegrityError(
            f"{folder.secret}: gone or damaged, so nobody can prove where the cases came from; "
            f"`govern run --abandon {folder.root.name}`"
        ) from err


def _draw(folder: RunFolder, source: Path, intent: Entry, ledger: Ledger, clock: Clock) -> Entry:
    if not folder.secret.exists():
        drawn = Secret(drawn=secrets.token_hex(BYTES), salt=secrets.token_hex(BYTES))
        write_whole(folder.secret, canonical_json(drawn.as_json()), mode=0o600)
    secret = read_secret(folder)
    split = sealed(source, secret.seed(intent.digest))
    _keep_cases(folder.sealed, split)
    seeded = Seeded(
        run_id=folder.root.name,
        commitment=secret.commitment,
        dataset=split.card.id,
        dataset_digest=split.digest,
    )
    return ledger.append("seed", seeded.as_json(), clock())


def _keep_cases(target: Path, split: CaseSet) -> None:
    """A dataset folder whose manifest has the digest of the split."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(mode=0o700)
    (target / "cases.jsonl").write_bytes(as_lines(split.cases))
    (target / "rubric.json").write_bytes((split.folder / "rubric.json").read_bytes())
    manifest = canonical_json(split.card.model_dump(mode="json"))
    (target / "manifest.json").write_bytes(manifest)
