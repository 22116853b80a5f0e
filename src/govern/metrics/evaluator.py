"""The evaluator's digest: which code measured, to the byte."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from govern.canon import digest, sha256

PARTS = ("metrics", "stats", "text", "frames.py")


@cache
def evaluator_digest() -> str:
    """SHA-256 over every source file that a measure can reach.

    A certificate speaks for exactly this code: a changed byte asks for a new one.
    """
    root = files("govern")
    return digest(
        {name: sha256(f.read_bytes()) for part in PARTS for name, f in _sources(root, part)}
    )


def _sources(root: Traversable, part: str) -> list[tuple[str, Traversable]]:
    node = root / part
    if node.is_file():
        return [(part, node)]
    return sorted(
        (f"{part}/{child.name}", child) for child in node.iterdir() if child.name.endswith(".py")
    )
