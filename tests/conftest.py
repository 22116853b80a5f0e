"""What all tests share: chance that repeats, no guess at how fast a machine is, no network."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from hypothesis import HealthCheck, settings

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
