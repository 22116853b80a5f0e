"""Ray, the extra ``ray``: a cluster to work on, and a frame measured on it."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import pandas as pd

from govern import __version__
from govern.domain.finding import Finding
from govern.errors import GovernError, InputError, RunError, with_extra
from govern.metrics import METRICS, evaluator_digest, measure

LOCAL = "local"
"""In place of an address: a cluster of this machine's processors, for as long as it is needed."""
ANSWERS_S = 10
"""How long a cluster's address may take to answer."""
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}


@contextmanager
def cluster(address: str, *, shipped: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Connected to the cluster at ``address``; ``local`` starts one that ends afterwards.

    Nothing is printed, and nothing reported to anybody. A local one asks for a token of its own.

    Args:
        address: of the cluster, or ``local``.
        shipped: the environment of its workers, as Ray words it.

    Raises:
        InputError: the extra is not installed.
        RunError: there is no such cluster, or its workers have another release of ours.
    """
    for name, value in (QUIET | (_guarded() if address == LOCAL else {})).items():
        os.environ.setdefault(name, value)
    logging.getLogger("ray").setLevel(logging.CRITICAL)
    require_ray()
    import ray
    import ray._private.worker as driver

    # Ray has no other switch for what it prints on stdout when a worker is lost.
    driver._worker_logs_enabled = False
    _require_somebody(address)
    try:
        ray.init(
            address,  # without one, Ray would join any cluster that it finds on this machine
            include_dashboard=False if address == LOCAL else None,
            runtime_env=dict(shipped or {}) or None,
            log_to_driver=False,
            logging_level=logging.ERROR,
            configure_logging=False,
        )
    except (ImportError, OSError, ValueError, RuntimeError) as err:
        why = " ".join(str(err).split())[:300]
        raise RunError(f"no Ray cluster at {address}: {why}") from err
    try:
        _require_same_release()
        yield
    finally:
        ray.shutdown()


def require_ray() -> None:
    """That the extra is installed; InputError if not."""
    if find_spec("ray") is None:
        raise InputError(
            f"--executor ray: needs the package ray; install the extra: {with_extra('ray')}"
        )


def _require_somebody(address: str) -> None:
    """That somebody listens at a ``HOST:PORT``; Ray would wait for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon or not port.isdecimal():
        return
    try:
        socket.create_connection((host, int(port)), ANSWERS_S).close()
    except (OSError, OverflowError) as err:
        raise RunError(f"no Ray cluster at {address}: {err}") from err


def _guarded() -> dict[str, str]:
    """A token for a cluster of this machine: who reaches one without may run anything on it."""
    return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


def shipping() -> bool:
    """Whether the workers of the cluster that we are connected to were sent a folder."""
    import ray

    return bool(ray.get_runtime_context().runtime_env.get("working_dir"))


def _require_same_release() -> None:
    """That a worker reads drafts with the very code that we do."""
    import ray

    @ray.remote(num_cpus=0)
    def theirs() -> tuple[str, str]:
        from govern import __version__ as release
        from govern.metrics import evaluator_digest as digest

        return release, digest()

    try:
        release, digest = ray.get(theirs.remote())
    except ray.exceptions.RayError as err:
        raise RunError(
            f"no worker of the cluster could begin with govern: {shortly(err)}; install the same "
            "release on all machines"
        ) from err
    if digest != evaluator_digest():
        raise RunError(
            f"the cluster's workers have govern {release} with other evaluators than "
            f"{__version__} here; install the same release on all machines"
        )


def require_evaluators(expected: str) -> None:
    """That the worker that this is measures as whoever asked it; RunError if not."""
    if evaluator_digest() != expected:
        raise RunError(
            f"a worker of the cluster has other evaluators (govern {__version__}); install the "
            "same release on all machines"
        )


@contextmanager
def told_plainly(what: str) -> Iterator[None]:
    """An error of ours that a worker raised, as itself; what befell Ray as a RunError."""
    from ray.exceptions import RayError, RaySystemError, RayTaskError

    try:
        yield
    except RayTaskError as err:
        cause: BaseException | None = err
        while cause is not None and not (
            isinstance(cause, GovernError) and not isinstance(cause, RayTaskError)
        ):
            cause = getattr(cause, "cause", None) or cause.__cause__
        if cause is not None:
            raise cause from err
        # What was sent could not be opened there, or there was no room for what was made of it.
        if isinstance(err, RaySystemError | OSError):
            raise RunError(f"{what}: a worker lacks something: {shortly(err)}") from err
        raise
    except RayError as err:
        raise RunError(f"{what}: {shortly(err)}") from err


def shortly(err: BaseException) -> str:
    """What Ray says, in one line."""
    lines = [line.strip() for line in str(err).splitlines() if line.strip()]
    return f"{type(err).__name__}: {lines[-1] if lines else ''}"[:300]


def measure_on(frame: pd.DataFrame, metrics: Sequence[str]) -> tuple[Finding, ...]:
    """As ``measure``, a task on the cluster for the metrics of each module.

    Raises:
        InputError: a metric is not in ``METRICS``.
        RunError: the cluster lost what was measured.
    """
    import ray

    wanted, modules = list(dict.fromkeys(metrics)), dict[str, list[str]]()
    for name in wanted:
        module = METRICS[name].measure.__module__ if name in METRICS else ""
        modules.setdefault(module, []).append(name)

    ours = evaluator_digest()

    @ray.remote
    def part(whole: pd.DataFrame, names: list[str]) -> dict[str, tuple[Finding, ...]]:
        require_evaluators(ours)
        return {name: measure(whole, [name]) for name in names}

    with told_plainly("measuring on the cluster"):
        held = ray.put(frame)
        parts = ray.get([part.remote(held, names) for names in modules.values()])
    found = {name: findings for one in parts for name, findings in one.items()}
    return tuple(finding for name in wanted for finding in found[name])
