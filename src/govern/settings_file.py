"""``govern.toml``: a project's settings, in tables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from govern.errors import InputError

NAME = "govern.toml"


def read_tables(root: Path) -> dict[str, Any]:
    """What the file in ``root`` says; nothing where there is none.

    Raises:
        InputError: it cannot be read or is no TOML.
    """
    path = root / NAME
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise InputError(f"{path}: expected TOML: {err}") from err
