"""Ray, the extra ``ray``: a cluster to work on, and blocks of whole cases of a table on it."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.util import hash_array

from govern import __version__
from govern.domain.finding import Finding
from govern.errors import GovernError, InputError, RunError
from govern.metrics import METRICS, evaluator_digest, measure
from govern.runner.spread import PLACE, Read

if TYPE_CHECKING:
    from ray.data import Dataset

LOCAL = "local"
"""In place of an address: a cluster of this machine's processors, for as long as it is needed."""
ANSWERS_S = 10
"""How long a cluster's address may take to answer."""
ROWS = 20_000
"""Drafts of a block, about: what a worker holds at once."""
READ = 5 * ROWS
"""Rows that a worker reads at once. Ray keeps what is below 100 kB with whoever asked for it, and
what is read must not gather there."""
QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_DISABLE_IMPORT_WARNING": "1",
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
}
ToFrame = Callable[[pd.DataFrame], pd.DataFrame]


@contextmanager
def cluster(address: str, *, shipped: Mapping[str, Any] | None = None) -> Iterator[None]:
    """Connected to the cluster at ``address``; ``local`` starts one that ends afterwards.

    Nothing is printed, and nothing reported to anybody. A local one listens on loopback alone.

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
    given: dict[str, Any] = (
        {"include_dashboard": False, "_node_ip_address": "127.0.0.1"}
        if address == LOCAL
        else {"address": address}
    )
    try:
        ray.init(
            **given,
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
            "--executor ray: needs the package ray; install the extra: pip install 'govern[ray]'"
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
        if isinstance(err, RaySystemError):  # what was sent could not be opened there
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

    @ray.remote
    def part(whole: pd.DataFrame, names: list[str]) -> dict[str, tuple[Finding, ...]]:
        return {name: measure(whole, [name]) for name in names}

    with told_plainly("measuring on the cluster"):
        held = ray.put(frame)
        parts = ray.get([part.remote(held, names) for names in modules.values()])
    found = {name: findings for one in parts for name, findings in one.items()}
    return tuple(finding for name in wanted for finding in found[name])


@dataclass(frozen=True)
class RayBlocks:
    """Blocks of a Ray dataset, each read as a whole by one worker."""

    dataset: Dataset

    def each(self, read: Read) -> Iterator[pd.DataFrame]:
        """What is read from each block, as it comes."""
        batches = self._read(read).iter_batches(
            batch_size=None, batch_format="pandas", prefetch_batches=0
        )
        return (batch for batch in batches if isinstance(batch, pd.DataFrame))

    def made(self, read: Read) -> RayBlocks:
        """What is read from each block, in the cluster's memory or on its disks."""
        return RayBlocks(self._read(read).materialize())

    def _read(self, read: Read) -> Dataset:
        return self.dataset.map_batches(
            lambda block: read(block),  # noqa: PLW0108 - a partial has no name, which Ray asks for
            batch_size=None,
            batch_format="pandas",
        )


def blocks_of(
    table: Path | pd.DataFrame, case: str, columns: Sequence[str], to_frame: ToFrame
) -> RayBlocks:
    """Blocks of whole cases of a table, each as ``to_frame`` makes it of some rows.

    Args:
        table: a Parquet file, or a folder of them, that all workers can read and that never is
            in one place; or rows that are here.
        case: the column of cases.
        columns: those that are needed.
        to_frame: rows of the table, with ``PLACE``, to a drafts frame.
    """
    import ray

    wanted = list(dict.fromkeys([case, *columns]))
    if isinstance(table, pd.DataFrame):
        parts = max(-(-len(table) // ROWS), 1)
        rows = pa.Table.from_pandas(table[wanted], preserve_index=False)
        split = [[ray.put(piece)] for piece in _by_case(_placed(rows, 0), case, parts)]
    else:
        split = _read_by_workers(table, case, wanted)

    @ray.remote
    def block(*pieces: pa.Table) -> pd.DataFrame:
        rows = pa.concat_tables(pieces, promote_options="permissive").to_pandas()
        return to_frame(rows.sort_values(PLACE, ignore_index=True))

    blocks = [block.remote(*pieces) for pieces in split]
    with told_plainly("reading on the cluster"):
        _each_ready(blocks)
        return RayBlocks(_dataset(blocks))


def _dataset(blocks: Sequence[Any]) -> Dataset:
    """Frames on the cluster as a dataset whose blocks stay as they are, and that says nothing."""
    import ray.data
    from ray.data.context import DataContext

    context = DataContext.get_current()
    # Else a block of many bytes is cut into several, and a case may be torn.
    context.target_max_block_size = None
    context.enable_progress_bars = False
    # Ray sets up its loggers when ``ray.data`` is imported.
    for name in ("ray", "ray.data"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return ray.data.from_pandas_refs(list(blocks))


def _each_ready(blocks: Sequence[Any]) -> None:
    """Wait for all, and hear of the first that failed."""
    import ray

    @ray.remote(num_cpus=0)
    def fine(_block: pd.DataFrame) -> None:
        return None

    ray.get([fine.remote(block) for block in blocks])


def _read_by_workers(table: Path, case: str, columns: list[str]) -> list[list[Any]]:
    """The pieces of each block of a Parquet table that workers read; none of it comes here."""
    import ray

    groups, rows = list[tuple[str, int, int]](), 0
    for path in sorted(table.rglob("*.parquet")) if table.is_dir() else [table]:
        try:
            footer = pq.read_metadata(path)
        except (OSError, pa.ArrowException) as err:
            raise InputError(f"{path}: cannot be read as parquet: {err}") from err
        absent = [name for name in columns if name not in footer.schema.to_arrow_schema().names]
        if absent:
            have = ", ".join(footer.schema.to_arrow_schema().names)
            raise InputError(f"{path}: no column {', '.join(absent)}; it has {have}")
        for group in range(footer.num_row_groups):
            groups.append((str(path.resolve()), group, rows))
            rows += footer.row_group(group).num_rows
    if not rows:
        raise InputError(f"{table}: holds no rows")
    parts = -(-rows // ROWS)

    @ray.remote(num_returns="streaming")
    def pieces(path: str, group: int, first: int) -> Iterator[pa.Table]:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(READ, row_groups=[group], columns=columns):
                read = pa.Table.from_batches([batch])
                yield from _by_case(_placed(read, first), case, parts)
                first += batch.num_rows

    split: list[list[Any]] = [[] for _ in range(parts)]
    with told_plainly(f"{table}: reading on the cluster"):
        for stream in [pieces.remote(*group) for group in groups]:
            for number, piece in enumerate(stream):
                split[number % parts].append(piece)
    return split


def _placed(rows: pa.Table, first: int) -> pa.Table:
    return rows.append_column(PLACE, pa.array(np.arange(first, first + len(rows))))


def _by_case(rows: pa.Table, case: str, parts: int) -> Iterator[pa.Table]:
    """Rows by the part that their case falls into, the same wherever it stands."""
    names = rows.column(case).cast(pa.string()).to_pandas().to_numpy(dtype=object)
    part = hash_array(np.where(pd.isna(names), "", names), categorize=True) % parts
    for number in range(parts):
        yield rows.take(np.flatnonzero(part == number))
