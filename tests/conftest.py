"""What all tests share: chance that repeats, no guess at how fast a machine is, no network, and
nothing dear that a process of the command line pays once and a process of the tests at every step.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from hypothesis import HealthCheck, settings

from govern.attest import keys

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")

_guard = importlib.util.spec_from_file_location(
    "egress_guard", Path(__file__).parent / "egress" / "sitecustomize.py"
)
assert _guard is not None
assert _guard.loader is not None
_guard.loader.exec_module(importlib.util.module_from_spec(_guard))


@pytest.fixture(scope="session", autouse=True)
def shipped_kdf_rounds() -> Iterator[int]:
    """Keys made here open at once, not in 0.6 s; what ships is told to the test of it."""
    shipped = keys.KDF_ROUNDS
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "KDF_ROUNDS", 1)
        yield shipped


@pytest.fixture(scope="session", autouse=True)
def commands_read_once() -> Iterator[None]:
    """The tree of commands, which a process of the command line builds once, is built once here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typer.main, "get_command", cache(typer.main.get_command))
        yield
