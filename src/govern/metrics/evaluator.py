"""The evaluator's digest: which code measured, to the byte."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from govern.canon import digest, sha256

PARTS = ("metrics", "stats", "text", "frames.py")
SOURCES = (".py", ".json", ".txt")


@cache
def evaluator_digest() -> str:
    """SHA-256 over every source and word list that a measure can reach.

    A certificate speaks for exactly this code: a changed byte asks for a new one.
    """
    root = files("govern")
    return digest(
        {name: sha256(f.read_bytes()) for part in PARTS for name, f in _sources(root / part, part)}
    )


def _sources(node: Traversable, name: str) -> list[tuple[str, Traversable]]:
    if node.is_file():
        return [(name, node)]
    return sorted(
        found
        for child in node.iterdir()
        if child.is_dir() or child.name.endswith(SOURCES)
        for found in _sources(child, f"{name}/{child.name}")
    )
