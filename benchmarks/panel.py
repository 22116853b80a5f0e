"""Every metric over 1,000, 10,000 and 100,000 made-up drafts of 180 words.

    python benchmarks/panel.py            # 1,000 and 10,000
    python benchmarks/panel.py --full     # and 100,000: under 120 s and 4 GiB is the aim

Each size runs in a process of its own, for its peak of memory. What is timed is ``measure``, from
the drafts frame to findings; making the drafts is not.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from math import log

import numpy as np
import pandas as pd

from govern.frames import build
from govern.metrics import METRICS
from govern.testing import GROUPS

SIZES = (1_000, 10_000)
FULL = 100_000
WORDS = 180
VOCABULARY = 8_000
ROLES = 24
NAMES = 24
SLOWEST = 12
CELLS = [(g, r) for g in GROUPS["gender"] for r in GROUPS["race_ethnicity"]]


def drafts(n: int, seed: int = 0) -> pd.DataFrame:
    """A crossed frame of n drafts: Zipf words in sentences, five facts quoted, ten stock words."""
    rng = np.random.default_rng(seed)
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    stems = rng.choice(letters, (VOCABULARY, 7))
    words = np.array(["".join(stem) for stem in stems], dtype=object)
    chance = 1 / np.arange(10, VOCABULARY + 10)
    chance /= chance.sum()
    cases = -(-n // len(CELLS))
    rows = []
    for case in range(cases):
        told = words[rng.choice(VOCABULARY, (5, 8), p=chance)]
        facts = [f"{' '.join(f)} {100 + 7 * case + i}" for i, f in enumerate(told)]
        evidence = json.dumps(
            [
                {
                    "id": f"E{i}",
                    "salience": "key",
                    "unit": "",
                    "value": float(100 + 7 * case + i),
                    "text": fact,
                }
                for i, fact in enumerate(facts)
            ]
        )
        gold = 1 + case % 5
        filler = words[rng.choice(VOCABULARY, (len(CELLS), WORDS - 56), p=chance)]
        ratings = np.clip(gold + rng.integers(-1, 2, len(CELLS)), 1, 5)
        for cell, (gender, race) in enumerate(CELLS):
            name = f"Name{cell}x{(case + (cell + 1) * (case // NAMES)) % NAMES}"
            said = [" ".join(filler[cell, i : i + 15]) for i in range(0, WORDS - 56, 15)]
            text = f"{name} did well. {'. '.join(facts)}. {'. '.join(said)}. "
            text += "A valued colleague who brings energy to every task."
            rows.append(
                {
                    "draft_id": f"{case}/{cell}",
                    "case_id": f"c{case}",
                    "identity_id": name,
                    "name": name,
                    "status": "ok",
                    "stratum": f"role {case % ROLES}",
                    "stratum_above": "all",
                    "text": text,
                    "input": f"Facts on file about {name}: {' '.join(facts)}",
                    "evidence": evidence,
                    "rating": float(ratings[cell]),
                    "gold_rating": float(gold),
                    "outcome": float(ratings[cell] >= 4),
                    "label": str(ratings[cell]),
                    "gold_label": str(gold),
                    "baseline": ". ".join(facts),
                    "baseline_kind": "reference",
                    "group.gender": gender,
                    "group.race_ethnicity": race,
                }
            )
    main = pd.DataFrame(rows[:n])
    again = main.iloc[:: len(CELLS)].assign(block="noise", repeat=1)
    again["draft_id"] += "/again"
    return build(pd.concat([main.assign(block="main", repeat=0), again], ignore_index=True))


def one(n: int) -> dict[str, object]:
    """Seconds of each metric over n drafts, and the peak of memory in GiB."""
    frame = drafts(n)
    seconds = {}
    for name, metric in METRICS.items():
        started = time.perf_counter()
        metric.measure(frame)
        seconds[name] = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"drafts": n, "seconds": seconds, "peak": peak}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Time and memory of all metrics.")
    parser.add_argument("--full", action="store_true", help="100,000 drafts as well")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.one:
        print(json.dumps(one(asked.one)))
        return
    before: tuple[int, float] | None = None
    print(f"{'drafts':>8} {'total':>9} {'peak':>9} {'growth':>7}")
    for n in (*SIZES, FULL) if asked.full else SIZES:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(n)], capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        total = sum(found["seconds"].values())
        growth = f"n^{log(total / before[1]) / log(n / before[0]):.2f}" if before else ""
        print(f"{n:>8} {total:>8.1f}s {found['peak']:>5.2f} GiB {growth:>7}")
        before = (n, total)
    print(f"\nthe slowest of {len(METRICS)} metrics at {n} drafts")
    for name, took in sorted(found["seconds"].items(), key=lambda item: -item[1])[:SLOWEST]:
        print(f"{took:>8.2f}s  {name}")


if __name__ == "__main__":
    main()
