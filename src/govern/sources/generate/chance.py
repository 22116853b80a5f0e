"""Seeded choice that spreads itself over the banks and never says the same thing twice."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from random import Random

from govern.errors import DatasetError
from govern.sources.generate.grammar import fourgrams, spell

TOO_ALIKE = 0.45
"""From this 4-gram Jaccard on, a text is a near-duplicate and is written anew."""
MOST_TRIES = 500


def rng_of(seed: int | str | bytes) -> Random:
    """Chance that depends on the seed alone, whatever its type and length."""
    raw = seed if isinstance(seed, bytes) else str(seed).encode()
    return Random(int.from_bytes(hashlib.sha256(b"govern cases\x1f" + raw).digest()))  # noqa: S311


class Draw:
    """Choices for one split: ``avoid`` holds the texts of others that must not come near."""

    def __init__(self, rng: Random, avoid: Iterable[str] = ()) -> None:
        self.rng = rng
        self._used: Counter[str] = Counter()
        self._written: set[str] = set()
        self._sizes: list[int] = []
        self._having: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for text in avoid:
            self._keep(text)

    def one(self, phrases: Sequence[str]) -> str:
        """One of the least used phrases, its choices made."""
        fewest = min(self._used[p] for p in phrases)
        chosen = self.rng.choice([p for p in phrases if self._used[p] == fewest])
        self._used[chosen] += 1
        return spell(chosen, self.rng)

    def fresh(self, words: Callable[[], str]) -> str:
        """What ``words`` writes, asked again while something alike stands elsewhere.

        Raises:
            DatasetError: the banks are too small for so many cases.
        """
        for _ in range(MOST_TRIES):
            text = words()
            if text not in self._written and not self._alike(text):
                self._keep(text)
                return text
        raise DatasetError(
            f"the banks have nothing new left to say after {MOST_TRIES} tries, last: {text!r}; "
            "ask for fewer cases or add phrases"
        )

    def _alike(self, text: str) -> bool:
        grams = fourgrams(text)
        shared = Counter(i for gram in grams for i in self._having.get(gram, ()))
        return any(
            common >= TOO_ALIKE * (len(grams) + self._sizes[i] - common)
            for i, common in shared.items()
        )

    def _keep(self, text: str) -> None:
        grams = fourgrams(text)
        self._written.add(text)
        for gram in grams:
            self._having[gram].append(len(self._sizes))
        self._sizes.append(len(grams))
