"""``govern report --cards``: a model card and the data's cards, headed as the Hub reads them.

The heads are made and read by ``huggingface_hub``, the extra ``cards``; nothing goes to the
network. What stands below the heads needs no library.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from govern.app.data_behind import datasets_behind, run_behind
from govern.app.dataset_cards import README, metadata, written
from govern.app.record import open_ledger
from govern.app.report_tables import write_files
from govern.attest.statements import decision_digest
from govern.domain.decision import Decision
from govern.domain.ledger import Entry
from govern.errors import DatasetError, InputError, with_extra
from govern.report import model_card
from govern.report.page import Page
from govern.report.wording import visible
from govern.sources.datasets import Card, read_card
from govern.sources.locate import Project
from govern.sources.packaging import CROISSANT, MANIFEST

UNNAMED = "The dataset's manifest does not name this card: nothing vouches for its words."


def cards(project: Project, decision: Decision, page: Page) -> dict[str, bytes]:
    """The model card, and card, Croissant file and manifest of each dataset, by their names.

    A card that a dataset brings stays as it is, byte for byte, unless its head lacks something.

    Raises:
        InputError: the extra ``cards`` is not installed.
        DatasetError, IntegrityError, RunError: a dataset or the record is damaged or out of reach.
    """
    hub = _hub()
    folders = datasets_behind(project, decision.run, *run_behind(project, decision.run))
    plain = [folder for folder in folders.values() if not (folder / README).is_file()]
    entries = open_ledger(project).entries() if plain else ()
    files: dict[str, bytes] = {}
    for use, folder in folders.items():
        card, _ = read_card(folder)
        for name in (CROISSANT, MANIFEST):
            if name == MANIFEST or name in card.files:
                files[f"data/{use}/{name}"] = (folder / name).read_bytes()
        files[f"data/{use}/{README}"] = dataset_card(hub, folder, card, entries).encode()
    body = model_card.model_card(decision, page, files)
    return {README: _model_card(hub, decision, body).encode()} | files


def write_cards(project: Project, decision: Decision, page: Page, folder: Path) -> Path:
    """Write them into a folder that is new or empty; raises as ``cards`` and ``write_files``."""
    return write_files(cards(project, decision, page), folder) / README


def dataset_card(hub: ModuleType, folder: Path, card: Card, entries: Iterable[Entry]) -> str:
    """The card that a dataset brings, its head made whole; one written anew where it brings none.

    Raises:
        DatasetError: the card cannot be read, or its head is not what the Hub reads.
    """
    path, wanted = folder / README, metadata(card)
    if not path.is_file():
        return _headed(hub.DatasetCardData(**wanted), written(folder, entries))
    try:
        text = path.read_bytes().decode()
        found = hub.DatasetCard(text if text.startswith("---") else f"---\n\n---\n{text}")
    except (OSError, ValueError, hub.repocard.yaml.YAMLError) as err:
        why = " ".join(str(err).split())
        raise DatasetError(f"{path}: expected a card with YAML at its head: {why}") from err
    lacking = {key: value for key, value in wanted.items() if found.data.get(key) is None}
    if "license" not in lacking:
        lacking.pop("license_name", None)
    for key, value in lacking.items():
        found.data[key] = value
    whole = str(found) if lacking else text
    return whole if README in card.files else f"{whole.rstrip()}\n\n{UNNAMED}\n"


def _model_card(hub: ModuleType, decision: Decision, body: str) -> str:
    head = model_card.metadata(decision)
    head["govern"]["decision_sha256"] = decision_digest(decision)
    found = [_result(hub, decision, one) for one in model_card.results(decision)]
    return _headed(hub.ModelCardData(eval_results=found, **head), body)


def _result(hub: ModuleType, decision: Decision, one: model_card.Result) -> Any:
    """As the Hub's model index wants it: one task, one dataset, a metric for each clause."""
    run = decision.run
    said = one.as_json()
    return hub.EvalResult(
        task_type="text-generation",
        dataset_type=visible(run.dataset),
        dataset_name=visible(run.dataset),
        dataset_revision=run.dataset_digest,
        metric_type=one.metric,
        metric_name=f"{one.clause} {one.title}: {one.slice}",
        metric_value=one.value,
        metric_args={key: said[key] for key in said if key not in ("metric", "value", "title")},
    )


def _headed(head: Any, text: str) -> str:
    return f"---\n{head.to_yaml()}\n---\n\n{text}"


def _hub() -> ModuleType:
    try:
        import huggingface_hub
    except ImportError as err:
        raise InputError(
            f"cards need the package huggingface_hub; install the extra: {with_extra('cards')}"
        ) from err
    return huggingface_hub
