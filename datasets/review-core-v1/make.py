"""Writes the cases of review-core from the phrase banks beside this file.

    python datasets/review-core-v1/make.py            rewrites cases, croissant and manifest
    python datasets/review-core-v1/make.py --check    exits 1 where a committed file differs
    python datasets/review-core-v1/make.py --stats    prints how varied the evidence is

Chance comes from the seed alone: the same seed and banks give the same bytes. The generator
is ``govern.sources.generate``; a private seed makes a sealed split (`govern dataset make`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from govern.domain.case import Case
from govern.sources.datasets import Card
from govern.sources.generate import generate, read_grammar, read_rubric
from govern.sources.generate.papers import review_package
from govern.sources.generate.sealed import BOUNDS, LIMITS, ROUNDS, USE, as_lines
from govern.sources.generate.variety import printed, variety
from govern.sources.packaging import canary_of, folder_files, packed

HERE = Path(__file__).resolve().parent
SEED = 20_250_117


def make_cases(seed: int = SEED) -> list[Case]:
    """All cases in the order of the file."""
    rubric = read_rubric(HERE)
    return generate(read_grammar(HERE), rubric, seed=seed, cases_per_role_and_band=ROUNDS)


def make_files() -> dict[str, bytes]:
    """Every generated file by name, the manifest last."""
    cases = make_cases()
    written = {"cases.jsonl": as_lines(cases)}
    card = Card(
        id="review-core",
        version="1.1.0",
        licence="CC-BY-4.0",
        seed=SEED,
        use_case="review",
        language="en",
        synthetic=True,
        cases=len(cases),
        files={},
        intended_use=USE,
        limits=LIMITS,
        canary=canary_of("review-core"),
        grammar=read_grammar(HERE).digest,
        bounds=BOUNDS,
    )
    papers = packed({**folder_files(HERE), **written}, review_package(card, "review-core"))
    return {**written, **papers}


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when ``--check`` finds a difference."""
    parser = argparse.ArgumentParser(description="Make the cases of review-core.")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--check", action="store_true", help="compare instead of writing")
    mode.add_argument("--stats", action="store_true", help="print the figures of the card")
    asked = parser.parse_args(arguments)
    if asked.stats:
        print(printed(variety(make_cases())))
        return 0
    files = make_files()
    if not asked.check:
        for name, data in files.items():
            (HERE / name).write_bytes(data)
        return 0
    different = [
        name
        for name, data in files.items()
        if not (HERE / name).is_file() or (HERE / name).read_bytes() != data
    ]
    for name in different:
        print(f"{HERE / name}: differs from what the seed gives; run make.py", file=sys.stderr)
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
