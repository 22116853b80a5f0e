"""The run and the dataset folders that a decision's drafts came from, where they lie here."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from govern.canon import file_digest, sha256
from govern.domain.finding import RunFacts
from govern.errors import InputError
from govern.report.beside import CroissantFile, DataCard, Use
from govern.runner.folder import Intent, RunFolder
from govern.sources.datasets import Card
from govern.sources.locate import Project, known, locate
from govern.sources.packaging import MANIFEST, described

_HOLDS = ("cases", "reviews", "identities", "markers")


def run_behind(project: Project, facts: RunFacts) -> tuple[RunFolder | None, Intent | None]:
    """The run, where it is here, and what it set out to do; none of another."""
    if Path(facts.run_id).name != facts.run_id:
        return None, None
    run = RunFolder(project.state / "runs" / facts.run_id)
    if not run.frame.is_file() or file_digest(run.frame) != facts.drafts_digest:
        return None, None
    try:
        intent = run.read_intent()
    except InputError:
        return run, None
    return run, intent if intent.fingerprint == facts.fingerprint else None


def datasets_behind(
    project: Project, facts: RunFacts, run: RunFolder | None, intent: Intent | None
) -> dict[Use, Path]:
    """The dataset folders by what they were used as.

    Cases and names are those whose manifests have the digests that the run names. What cases
    were made from and what was put into them is found by the run's intent alone.
    """
    asked = _located(project, intent.dataset) if intent else None
    named = [asked, _located(project, intent.suite.identities)] if intent else []
    every = [*_fresh(run, intent), *filter(None, named), *known(project, "datasets").values()]
    digests = {folder: _digest(folder) for folder in every}
    found: dict[Use, Path] = {}
    if cases := [folder for folder in every if digests[folder] == facts.dataset_digest]:
        found["cases"] = cases[0]
    if cases and asked and digests[asked] != facts.dataset_digest:
        found["source"] = asked
    names = [folder for folder in every if digests[folder] == facts.identities_digest]
    if names:
        found["identities"] = names[0]
    markers = intent.suite.markers if intent and intent.plan.markers else None
    if markers and (folder := _located(project, markers)):
        found["markers"] = folder
    return found


def card_of(folder: Path, use: Use) -> DataCard:
    """What a dataset's manifest says of it; raises as ``described``."""
    raw = (folder / MANIFEST).read_bytes()
    card = Card.model_validate_json(raw)
    sizes = [f"{size:,} {what}" for what in _HOLDS if (size := getattr(card, what))]
    croissant = described(folder, card)
    return DataCard(
        used_as=use,
        id=card.id,
        version=card.version,
        digest=sha256(raw),
        licence=card.licence,
        synthetic=card.synthetic,
        holds=", ".join(sizes) or "not said",
        intended_use=card.intended_use,
        limits=card.limits,
        canary=card.canary is not None,
        croissant=CroissantFile(sha256=croissant.sha256, conforms_to=croissant.conforms_to)
        if croissant
        else None,
    )


def _fresh(run: RunFolder | None, intent: Intent | None) -> Iterator[Path]:
    """Where a deciding run keeps its own cases, or the run whose cells were drafted again."""
    if run:
        yield run.sealed
    if intent and intent.cells_of:
        yield RunFolder(Path(intent.cells_of)).sealed


def _located(project: Project, dataset: str) -> Path | None:
    try:
        return locate(project, "datasets", dataset)
    except InputError:
        return None


def _digest(folder: Path) -> str:
    path = folder / MANIFEST
    return file_digest(path) if path.is_file() else ""
