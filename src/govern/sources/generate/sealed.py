"""Fresh cases that nobody has tuned to: the same grammar, a private seed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from govern.canon import digest, sha256
from govern.domain.case import Case
from govern.errors import DatasetError, InputError
from govern.sources.datasets import Card, CaseSet, read_card
from govern.sources.generate import Seed, generate, read_grammar, read_rubric
from govern.sources.generate.variety import IDENTICAL, MEAN, NEAR_PAIRS, ROLE_MEAN

ROUNDS = 3
"""Cases for each role and rating: one at each richness."""
FEWEST_BYTES = 16
BOUNDS = {MEAN: 0.01, ROLE_MEAN: 0.05, NEAR_PAIRS: 0.0, IDENTICAL: 0.0}
LIMITS = (
    "Synthetic: written from phrase banks, about no real person or organisation.",
    "English only, with workplaces and names as in the United States.",
    "Three cases for each role and rating; findings speak for this generator and the names "
    "used with it, not for a workforce.",
    "The rating follows a stated rubric; it is not how people would have rated.",
    "Not for training or for judging any employee.",
)
USE = (
    "Evaluating pipelines that draft employee performance reviews: the same case is drafted "
    "under different identities and compared with its evidence and rating."
)


def as_lines(cases: Sequence[Case]) -> bytes:
    """One case a line, keys sorted, ``null`` where there is nothing."""
    rows = (case.model_dump(mode="json") for case in cases)
    dumped = (
        json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for row in rows
    )
    return "".join(f"{line}\n" for line in dumped).encode()


def published_texts(folder: Path) -> list[str]:
    """The evidence texts that stand in a dataset folder; none where it holds no cases.

    Raises:
        DatasetError: a line is no case.
    """
    path = folder / "cases.jsonl"
    if not path.is_file():
        return []
    try:
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        return [item["text"] for row in rows for item in row["evidence"]]
    except (ValueError, KeyError, TypeError) as err:
        raise DatasetError(f"{path}: expected one case a line: {err!r}") from err


def sealed(folder: Path, seed: Seed, *, rounds: int = ROUNDS) -> CaseSet:
    """A private split from the grammar of a dataset folder, with its digest.

    No text is the same as a published one or nearly so (4-gram Jaccard under .5), and no id
    can be; phrases of the grammar recur. The content need not be kept: folder and seed give
    it again. The digest covers cases, rubric and grammar, and tells nothing of the seed.

    Raises:
        InputError: the seed is short enough to be guessed.
        DatasetError: the folder holds no grammar.
        IntegrityError: one of its files was changed.
    """
    size = len(seed if isinstance(seed, bytes) else str(seed).encode())
    if size < FEWEST_BYTES:
        raise InputError(
            f"a private seed needs {FEWEST_BYTES} bytes or more, found {size}: ids and cases "
            "follow from it, and a short one can be found by trying"
        )
    source, _ = read_card(folder)
    grammar, rubric = read_grammar(folder), read_rubric(folder)
    cases = generate(
        grammar,
        rubric,
        seed=seed,
        cases_per_role_and_band=rounds,
        avoid=published_texts(folder),
    )
    card = Card(
        id=f"{source.id}-sealed-{cases[0].id.partition('-')[0]}",
        version=source.version,
        licence=source.licence,
        use_case=source.use_case,
        language=source.language,
        synthetic=True,
        cases=len(cases),
        files={
            "cases.jsonl": sha256(as_lines(cases)),
            "rubric.json": sha256((folder / "rubric.json").read_bytes()),
        },
        intended_use=source.intended_use,
        limits=source.limits,
        grammar=grammar.digest,
        bounds=source.bounds,
    )
    return CaseSet(card, digest(card.model_dump(mode="json")), folder, tuple(cases), rubric)
