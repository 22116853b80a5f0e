"""Blocks of whole cases of a table, on a Ray cluster."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.util import hash_array

from govern.errors import InputError
from govern.metrics import evaluator_digest
from govern.runner.on_ray import require_evaluators, told_plainly
from govern.runner.spread import PLACE, Read

if TYPE_CHECKING:
    from ray.data import Dataset

ROWS = 20_000
"""Drafts of a block, about: what a worker holds at once."""
READ = 5 * ROWS
"""Rows that a worker reads at once. Ray keeps what is below 100 kB with whoever asked for it, and
what is read must not gather there."""
ToFrame = Callable[[pd.DataFrame], pd.DataFrame]


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
        ours = evaluator_digest()

        def by_ours(block: Any) -> pd.DataFrame:
            require_evaluators(ours)
            return read(block)

        return self.dataset.map_batches(
            by_ours,
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
