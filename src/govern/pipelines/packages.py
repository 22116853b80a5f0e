"""The bytes of an installed package, as they stand on this machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from govern.canon import digest, file_digest

_MADE_BY_PYTHON = "__pycache__"


def package_digest(module: str) -> str | None:
    """SHA-256 over every file of the package that a module is of; ``None`` where there is none.

    Not over what its installer recorded of them, which differs by installer and stays as it was
    where a file is changed, or where the package is installed in editable mode.

    Raises:
        InputError: a file of it cannot be read.
    """
    root = _root(module)
    if root is None:
        return None
    files = [root] if root.is_file() else _below(root)
    return digest({path.relative_to(root.parent).as_posix(): file_digest(path) for path in files})


def _root(module: str) -> Path | None:
    """The folder of the outermost package that has an ``__init__``, or a module's own file."""
    parts = module.split(".")
    for length in range(1, len(parts) + 1):
        spec = find_spec(".".join(parts[:length]))
        if spec is None:
            return None
        if spec.origin is not None and Path(spec.origin).is_file():
            origin = Path(spec.origin)
            return origin.parent if spec.submodule_search_locations else origin
    return None


def _below(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _MADE_BY_PYTHON not in path.relative_to(folder).parts
    ]
