"""``govern dataset``: make a split from a grammar, check any dataset folder."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from govern.errors import InputError
from govern.sources.datasets import Card, read_card
from govern.sources.generate import Seed, generate, read_grammar, read_rubric
from govern.sources.generate.papers import review_package, split_card
from govern.sources.generate.sealed import ROUNDS, as_lines, published_texts, sealed
from govern.sources.generate.variety import variety
from govern.sources.locate import Project, locate
from govern.sources.packaging import Package, canary_of, write_package
from govern.sources.review_cases import RUBRIC, cases_of
from govern.sources.review_papers import review_cases_package, review_cases_readme
from govern.sources.reviews import read_review_set

SEED_BYTES = 32


@dataclass(frozen=True)
class Made:
    """A dataset folder that was written; ``digest`` is its manifest's SHA-256."""

    id: str
    folder: Path
    cases: int
    digest: str


def folder_of(project: Project, asked: str) -> Path:
    """The dataset folder that ``asked`` names: a folder, an id, or ``builtin:<id>``.

    Raises:
        InputError: there is none.
    """
    path = Path(asked)
    if (path / "manifest.json").is_file():
        return path.resolve()
    return locate(project, "datasets", asked)


def make_public(project: Project, dataset: str, *, seed: int, out: Path) -> Made:
    """A split whose seed stands in its manifest; other words than in the published cases.

    Raises:
        DatasetError: the dataset has no grammar.
        InputError: ``out`` is not empty.
    """
    folder = folder_of(project, dataset)
    source, _ = read_card(folder)
    grammar = read_grammar(folder)
    own = seed == source.seed
    cases = generate(
        grammar,
        read_rubric(folder),
        seed=seed,
        cases_per_role_and_band=ROUNDS,
        avoid=() if own else published_texts(folder),
    )
    name = source.id if own else f"{source.id}-s{seed}"
    card = source.model_copy(
        update={
            "id": name,
            "seed": seed,
            "cases": len(cases),
            "canary": canary_of(name),
            "grammar": grammar.digest,
            "files": {},
        }
    )
    texts = split_card(card, variety(cases), private=False)
    return _write(folder, out, card, {"cases.jsonl": as_lines(cases), "README.md": texts.encode()})


def make_private(project: Project, dataset: str, *, seed: Seed, out: Path) -> Made:
    """A sealed split; the manifest says nothing of its seed.

    Raises:
        DatasetError: the dataset has no grammar.
        InputError: ``out`` is not empty, or the seed is short enough to be guessed.
    """
    folder = folder_of(project, dataset)
    split = sealed(folder, seed)
    card = split.card.model_copy(update={"canary": canary_of(split.card.id), "files": {}})
    texts = split_card(card, variety(split.cases), private=True)
    lines = as_lines(split.cases)
    return _write(folder, out, card, {"cases.jsonl": lines, "README.md": texts.encode()})


@dataclass(frozen=True)
class FromReviews:
    """A folder of cases that anonymised reviews became, and why others did not."""

    made: Made
    left_out: Mapping[str, int]


def make_from_reviews(project: Project, dataset: str, *, out: Path, made: date) -> FromReviews:
    """Cases from an anonymised dataset folder.

    Raises:
        DatasetError: the folder holds no reviews.
        InputError: ``out`` is not empty, or no review can be a case.
    """
    refuse_used(out)
    found = read_review_set(folder_of(project, dataset))
    taken = cases_of(found.table)
    if not taken.cases:
        why = "; ".join(f"{n} × {reason}" for reason, n in taken.left_out.items())
        raise InputError(f"{dataset}: no review can be a case: {why}")
    name = out.resolve().name
    papers = review_cases_package(name, found.card, len(taken.cases), made)
    written = {
        "cases.jsonl": as_lines(taken.cases),
        "rubric.json": f"{RUBRIC.model_dump_json(indent=2)}\n".encode(),
        "README.md": review_cases_readme(papers.card, found, taken).encode(),
    }
    digest = _write_folder(out, papers, written)
    return FromReviews(Made(name, out, len(taken.cases), digest), taken.left_out)


def new_seed(path: Path) -> str:
    """A seed from the operating system's chance, kept in ``path``, readable by its owner alone.

    Raises:
        InputError: the file exists: a seed is never overwritten.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    seed = secrets.token_hex(SEED_BYTES)
    try:
        path.touch(mode=0o600, exist_ok=False)
    except FileExistsError as err:
        raise InputError(f"{path}: exists; a seed is not overwritten, name another file") from err
    path.write_text(f"{seed}\n", encoding="utf-8")
    return seed


def read_seed(path: Path) -> str:
    """The seed in a file.

    Raises:
        InputError: it cannot be read, is empty, or others may read it.
    """
    try:
        seed = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as err:
        raise InputError(f"{path}: cannot be read as a seed: {err}") from err
    if not seed:
        raise InputError(f"{path}: holds no seed")
    if path.stat().st_mode & 0o077:
        raise InputError(f"{path}: others may read this seed; run chmod 600 {path}")
    return seed


def refuse_used(out: Path) -> None:
    """Nothing is written over.

    Raises:
        InputError: ``out`` is a file or a folder with something in it.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"{out}: is there already and not empty; name a new folder")


def _write(folder: Path, out: Path, card: Card, written: dict[str, bytes]) -> Made:
    rubric = {"rubric.json": (folder / "rubric.json").read_bytes()}
    digest = _write_folder(out, review_package(card, card.id), rubric | written)
    return Made(card.id, out, card.cases or 0, digest)


def _write_folder(out: Path, package: Package, written: Mapping[str, bytes]) -> str:
    """The folder, complete or not at all; its manifest's digest."""
    refuse_used(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".making-") as scratch:
        new = Path(scratch) / "dataset"
        new.mkdir()
        for name, data in written.items():
            (new / name).write_bytes(data)
        found = write_package(new, package)
        if out.exists():
            out.rmdir()
        new.rename(out)
    return found
