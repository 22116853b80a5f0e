"""The papers of a dataset folder: Croissant that mlcroissant reads, a manifest that notices."""

from __future__ import annotations

import itertools
import json
import shutil
import warnings
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from govern.errors import DatasetError, IntegrityError
from govern.sources.datasets import Card, read_card
from govern.sources.packaging import (
    Package,
    Responsible,
    canary_of,
    folder_files,
    packed,
    write_package,
)

DATASETS = Path(__file__).resolve().parents[2] / "datasets"
SHIPPED = ("review-core-v1", "names-us-v1", "markers-v1")
WORDS = Responsible(*(f"words {i}" for i in range(8)))
ROWS = (
    '{"id":"a","n":1,"share":0.5,"who":{"team":"x"},"parts":[{"t":"p","v":1.5},{"t":"q","v":null}]}\n'
    '{"id":"b","n":2,"share":1,"who":{"team":"y"},"parts":[{"t":"r","v":2}]}\n'
)


def package(**changes: Any) -> Package:
    card = {
        "id": "small",
        "version": "1.0.0",
        "licence": "CC-BY-4.0",
        "use_case": "review",
        "language": "en",
        "synthetic": True,
        "files": {},
        "intended_use": "Testing.",
        "limits": ("Small.", "Made up."),
        "canary": canary_of("small"),
    }
    return Package(
        card=Card.model_validate(card | changes),
        title="Small",
        description="Two rows.",
        date_published=date(2025, 1, 17),
        records="rows.jsonl",
        responsible=WORDS,
        keywords=("one", "two"),
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rows.jsonl").write_text(ROWS, "utf-8")
    (tmp_path / "README.md").write_text("# Small\n", "utf-8")
    return tmp_path


def croissant(path: Path) -> Any:
    """The file as mlcroissant understands it; errors and warnings of its own fail the test."""
    library = pytest.importorskip("mlcroissant")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = library.Dataset(str(path))
    assert "" == dataset.metadata.ctx.issues.report()
    return dataset


def records(dataset: Any, name: str, most: int) -> list[dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(itertools.islice(dataset.records(name), most))


@pytest.mark.parametrize("name", SHIPPED)
def test_mlcroissant_validates_what_ships_and_would_write_the_same(name):
    path = DATASETS / name / "croissant.json"
    dataset = croissant(path)
    rewritten = json.loads(json.dumps(dataset.metadata.to_json(), default=str))

    assert json.loads(path.read_bytes()) == rewritten


def test_mlcroissant_reads_the_shipped_cases():
    dataset = croissant(DATASETS / "review-core-v1" / "croissant.json")
    [row] = records(dataset, "cases", 1)
    first = json.loads((DATASETS / "review-core-v1" / "cases.jsonl").read_bytes().splitlines()[0])

    assert first["id"] == row["cases/id"].decode()
    assert first["gold_rating"] == row["cases/gold_rating"]
    texts = [item["cases/evidence/text"].decode() for item in row["cases/evidence"]]
    assert [item["text"] for item in first["evidence"]] == texts


@pytest.mark.parametrize("name", SHIPPED)
def test_the_responsible_ai_fields_are_filled(name):
    found = json.loads((DATASETS / name / "croissant.json").read_bytes())
    asked = {
        *("dataAnnotationProtocol", "dataBiases", "dataCollection", "dataCollectionType"),
        *("dataLimitations", "dataPreprocessingProtocol", "dataReleaseMaintenancePlan"),
        *("dataSocialImpact", "dataUseCases", "personalSensitiveInformation"),
    }

    assert all(found[f"rai:{field}"].strip() for field in asked)


def test_the_same_folder_gives_the_same_bytes(folder):
    digest = write_package(folder, package())
    before = folder_files(folder)

    assert digest == write_package(folder, package())
    assert before == folder_files(folder)


def test_nested_columns_are_described_and_read(folder):
    write_package(folder, package())
    rows = records(croissant(folder / "croissant.json"), "rows", 2)

    assert [1, 2] == [row["rows/n"] for row in rows]
    assert [0.5, 1.0] == [row["rows/share"] for row in rows]
    assert [b"x", b"y"] == [row["rows/who/team"] for row in rows]
    assert [1.5, None] == [part["rows/parts/v"] for part in rows[0]["rows/parts"]]


def test_a_folder_just_packaged_passes_and_a_changed_byte_is_noticed(folder):
    write_package(folder, package())
    card, _ = read_card(folder)
    assert {"README.md", "rows.jsonl", "croissant.json"} == set(card.files)

    for name in card.files:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(whole[:-2] + b" \n")
        with pytest.raises(IntegrityError, match=f"{name}: changed since"):
            read_card(folder)
        (folder / name).write_bytes(whole)


def test_a_manifest_without_a_seed_does_not_mention_one(folder):
    write_package(folder, package())

    assert "seed" not in json.loads((folder / "manifest.json").read_bytes())


def test_caches_and_hidden_files_are_left_out(folder):
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "make.pyc").write_bytes(b"x")
    (folder / ".note").write_bytes(b"x")

    assert {"README.md", "rows.jsonl"} == set(folder_files(folder))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (b"", "one JSON object a line"),
        (b"[1]\n", "one JSON object a line"),
        (b"{", "expected JSON Lines"),
        (None, "not among the files"),
    ],
)
def test_records_that_are_none_are_refused(rows, said):
    files = {"README.md": b"x"} | ({} if rows is None else {"rows.jsonl": rows})

    with pytest.raises(DatasetError, match=said):
        packed(files, package())


def test_a_canary_is_the_same_for_the_same_dataset_only():
    assert canary_of("a") == canary_of("a") != canary_of("b")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_committed_papers_are_those_of_the_committed_files(name, tmp_path):
    """A copied folder is still the same dataset: nothing depends on where it lies."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(DATASETS / name, copy)

    assert read_card(copy) == read_card(DATASETS / name)
