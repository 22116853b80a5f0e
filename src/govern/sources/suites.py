"""Suites live in eval files: each holds one ``SUITE`` beside its Inspect task."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from pydantic import ValidationError

from govern.domain.suite import Plan, Suite
from govern.errors import InputError
from govern.strict_yaml import explain


def read_suite(path: Path) -> Suite:
    """The ``SUITE`` of an eval file. The file is run, as ``inspect eval`` would run it.

    Raises:
        InputError: it cannot be run or defines none.
    """
    spec = importlib.util.spec_from_file_location(f"govern_eval_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise InputError(f"{path}: not a Python file")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except ValidationError as err:
        raise InputError(f"{path}: {err.title}: {explain(err)}") from err
    except (Exception, SystemExit) as err:
        raise InputError(f"{path}: cannot be run: {type(err).__name__}: {err}") from err
    suite = getattr(module, "SUITE", None)
    if not isinstance(suite, Suite):
        raise InputError(f"{path}: expected a Suite called SUITE, found {type(suite).__name__}")
    return suite


def plan_of(suite: Suite, plan: str) -> Plan:
    """The suite's plan of that name.

    Raises:
        InputError: naming the plans there are.
    """
    for known in suite.plans:
        if known.id == plan:
            return known
    names = ", ".join(p.id for p in suite.plans)
    raise InputError(f"suite {suite.id} has no plan {plan!r}; it has {names}")
