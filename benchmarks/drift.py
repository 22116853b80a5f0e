"""How often `govern canary` calls a sampled pipeline the same, drifted, or neither.

The pipeline says 80 words a case and draws three in ten anew for each draft; its ratings have a
standard deviation of half a point before they are rounded.
"""

from __future__ import annotations

import sys
from collections import Counter

import numpy as np

from govern.app.drift import drift
from govern.domain.pipeline import Draft

CANARIES, SEED = 200, 20261126
WORDS = [f"w{n}" for n in range(400)]
CHANGES = {
    "nothing": (0.0, 0.0),
    "one word in ten": (0.1, 0.0),
    "one word in five": (0.2, 0.0),
    "ratings by half a point": (0.0, 0.5),
    "ratings by a point": (0.0, 1.0),
}


def main() -> None:
    """Print the table."""
    out = sys.stdout
    out.write("| what changed | cells | same | drifted | not enough to tell |\n")
    out.write("|---|---|---|---|---|\n")
    for what, (words, points) in CHANGES.items():
        for cells in (12, 24):
            rng = np.random.default_rng([SEED, cells])
            said = Counter(one_canary(rng, cells, words, points) for _ in range(CANARIES))
            shares = [said[o] / CANARIES for o in ("same", "drifted", "not enough to tell")]
            out.write(f"| {what} | {cells} | {' | '.join(f'{s:.0%}' for s in shares)} |\n")


def one_canary(rng: np.random.Generator, cells: int, words: float, points: float) -> str:
    """Three drafts a cell, today's with so many other words and points."""
    said, other = rng.integers(0, len(WORDS), (2, cells, 80))
    level = rng.integers(2, 5, cells)

    def drafts(words: float = 0.0, points: float = 0.0) -> list[Draft]:
        noise = rng.integers(0, len(WORDS), said.shape)
        text = np.where(rng.random(said.shape) < 0.3, noise, said)
        text = np.where(rng.random(said.shape) < words, other, text)
        rating = np.clip(np.round(level + points + rng.normal(0, 0.5, cells)), 1, 5)
        return [
            Draft(status="ok", text=" ".join(WORDS[w] for w in row), rating=float(rated))
            for row, rated in zip(text, rating, strict=True)
        ]

    then, again, now = drafts(), drafts(), drafts(words, points)
    return drift(then, now, again, seed=int(rng.integers(2**31))).outcome


if __name__ == "__main__":
    main()
