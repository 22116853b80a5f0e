"""What all tests share: chance that repeats, no guess at how fast a machine is, no network, and
nothing dear that a process of the command line pays once and a process of the tests at every step.
"""

from __future__ import annotations

import importlib.util
import os
import random
from collections.abc import Generator, Iterator
from functools import cache
from pathlib import Path

import pytest
import typer.main
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
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


class Chance:
    """What ``secrets`` and new keys draw from: the same for a test whenever and beside whatever.

    A process that was copied from this one draws from the system, or both would draw alike.
    """

    def __init__(self) -> None:
        self._system, self._owner = os.urandom, os.getpid()
        self.begin("")

    def begin(self, name: str) -> None:
        self._random = random.Random(name)

    def __call__(self, size: int) -> bytes:
        return self._random.randbytes(size) if os.getpid() == self._owner else self._system(size)

    def key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self(32))


CHANCE = Chance()


@pytest.fixture(scope="session", autouse=True)
def chance_that_repeats() -> Iterator[None]:
    """No test hangs on luck, such as a random name that happens to lack a letter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "urandom", CHANCE)
        patch.setattr(random, "_urandom", CHANCE)
        patch.setattr(Ed25519PrivateKey, "generate", CHANCE.key)
        yield


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
    """What several tests share is drawn alike, whichever of them asks for it first."""
    if fixturedef.scope != "function":
        CHANCE.begin(f"{fixturedef.baseid}::{fixturedef.argname}")
    return (yield)


@pytest.fixture(autouse=True)
def chance_of_its_own(request: pytest.FixtureRequest) -> None:
    """Each test draws by its name."""
    CHANCE.begin(request.node.nodeid)


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
