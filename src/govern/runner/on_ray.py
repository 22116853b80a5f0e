"""Ray, the extra ``ray``: blocks of a table on a cluster, and a cluster to have them on."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from govern import __version__
from govern.errors import InputError, RunError
from govern.runner.spread import Read

if TYPE_CHECKING:
    from ray.data import Dataset

LOCAL = "local"
"""In place of an address: a cluster of this machine's processors, for as long as it is needed."""
ROWS = 20_000
"""Drafts of a block, about: what a worker holds at once."""
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_DISABLE_IMPORT_WARNING": "1"}
ToFrame = Callable[[pd.DataFrame], pd.DataFrame]


@contextmanager
def cluster(address: str) -> Iterator[None]:
    """Connected to the cluster at ``address``; ``local`` starts one that ends afterwards.

    Nothing is printed on stdout, and nothing reported to anybody.

    Raises:
        InputError: the extra is not installed.
        RunError: there is no such cluster, or its workers have another release of ours.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as err:
        raise InputError(
            "--executor ray: needs the package ray; install the extra: pip install 'govern[ray]'"
        ) from err
    given: dict[str, Any] = {} if address == LOCAL else {"address": address}
    try:
        ray.init(
            **given,
            include_dashboard=None if given else False,
            log_to_driver=False,
            logging_level=logging.ERROR,
            configure_logging=False,
        )
    except (ConnectionError, ValueError, RuntimeError) as err:
        raise RunError(f"no Ray cluster at {address}: {err}") from err
    try:
        _require_same_release()
        yield
    finally:
        ray.shutdown()


def _require_same_release() -> None:
    """That a worker reads drafts with the very code that we do."""
    import ray

    from govern.metrics import evaluator_digest

    @ray.remote(num_cpus=0)
    def theirs() -> tuple[str, str]:
        from govern import __version__ as release
        from govern.metrics import evaluator_digest as digest

        return release, digest()

    try:
        release, digest = ray.get(theirs.remote())
    except ray.exceptions.RayError as err:
        raise RunError(f"no worker of the cluster has govern installed: {err}") from err
    if digest != evaluator_digest():
        raise RunError(
            f"the cluster's workers have govern {release} with other evaluators than "
            f"{__version__} here; install the same release on all"
        )


@dataclass(frozen=True)
class RayBlocks:
    """Blocks of a Ray dataset, each read as a whole by one worker."""

    dataset: Dataset

    def each(self, read: Read) -> Iterator[pd.DataFrame]:
        """What is read from each block, as it comes; the order of blocks stays."""
        return iter(
            self._read(read).iter_batches(
                batch_size=None, batch_format="pandas", prefetch_batches=0
            )
        )

    def made(self, read: Read) -> RayBlocks:
        """What is read from each block, in the cluster's memory or on its disks."""
        return RayBlocks(self._read(read).materialize())

    def _read(self, read: Read) -> Dataset:
        return self.dataset.map_batches(
            lambda block: read(block), batch_size=None, batch_format="pandas"
        )


def blocks_of(
    table: Path | pd.DataFrame, case: str, columns: list[str], to_frame: ToFrame
) -> RayBlocks:
    """Blocks of whole cases of a table, each as ``to_frame`` makes it of some rows.

    Args:
        table: a Parquet file or folder that all workers can read, which never is in one place;
            or rows that are here.
        case: the column of cases.
        columns: those that are needed.
        to_frame: rows of the table to a drafts frame.
    """
    import ray.data

    ray.data.DataContext.get_current().enable_progress_bars = False
    if isinstance(table, pd.DataFrame):
        rows, dataset = len(table), ray.data.from_pandas(table[columns])
    else:
        dataset = ray.data.read_parquet(str(table), columns=columns)
        rows = dataset.count()
    parts = max(-(-rows // ROWS), 1)
    whole = dataset.repartition(parts, keys=[case])
    return RayBlocks(whole).made(to_frame)
