"""Meaning as a vector: static word embeddings from the extra ``embeddings``, offline.

The weights come with the package; what runs is checked against the digest that stands here.
Source: docs/adr/0010-static-embeddings-are-the-offline-extra.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy import sparse

from govern.canon import digest, file_digest
from govern.errors import IntegrityError

PACKAGE = "static_model"
MODEL = "tokenlearn-static-model 0.1.1"
FILES = ("config.json", "model.safetensors", "tokenizer.json")
DIGEST = "10a19bb913512c5fc87895e9515b877ea7d1ad278eaf7ab5ab0a295bb6217cc8"
"""Of the digests of the model's files by name."""


def available() -> bool:
    """Whether the extra is installed."""
    return find_spec(PACKAGE) is not None


def embed(texts: Sequence[str]) -> sparse.csr_array:
    """N × 64 unit vectors, zero for a text without a known word.

    Raises:
        IntegrityError: the installed model is another one than this code was tried with.
    """
    check_model()
    from static_model import get_embeddings

    return sparse.csr_array(np.array(get_embeddings(list(texts)), dtype=np.float64))


@cache
def check_model() -> None:
    """Refuse a model whose bytes are not the expected ones; raises as ``embed``."""
    spec = find_spec(PACKAGE)
    assert spec is not None and spec.origin is not None  # noqa: S101, PT018
    folder = Path(spec.origin).parent / "model"
    found = digest({name: file_digest(folder / name) for name in FILES})
    if found != DIGEST:
        raise IntegrityError(
            f"{folder}: expected the weights of {MODEL}, SHA-256 {DIGEST}, found {found}"
        )
