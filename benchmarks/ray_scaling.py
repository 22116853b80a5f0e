"""`govern measure --executor ray` over 10,000 to 1,000,000 made-up drafts, by one and two workers.

    python benchmarks/ray_scaling.py                     # 10,000 and 100,000
    python benchmarks/ray_scaling.py --sizes 1000000 --workers 2

All metrics that can be measured block by block. The table is a Parquet file that workers read;
each size and number of workers is a cluster of its own on this machine, and up to 100,000 the
findings are held against those of one process. Memory is what a worker has of its own, without the
cluster's shared store, at its peak as seen five times a second.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from panel import CELLS, NAMES, ROLES, VOCABULARY, WORDS

SIZES = (10_000, 100_000)
CHUNK = 20_000
HELD_AGAINST = 100_000
COLUMNS = (
    "text=text,case=case,name=name,rating=rating,stratum=role,"
    "group.gender=gender,group.race_ethnicity=race"
)
STORE = 2 * 2**30


def chunks(n: int) -> Iterator[pd.DataFrame]:
    """n drafts in chunks of whole cases: Zipf words, a name before them, a rating."""
    letters = np.array(list("abcdefghijklmnopqrstuvwxyz"))
    stems = np.random.default_rng(0).choice(letters, (VOCABULARY, 7))
    words = np.array(["".join(stem) for stem in stems], dtype=object)
    chance = 1 / np.arange(10, VOCABULARY + 10)
    chance /= chance.sum()
    for first in range(0, n, CHUNK):
        rng = np.random.default_rng(1 + first)
        at = np.arange(first, min(first + CHUNK, n))
        case, cell = at // len(CELLS), at % len(CELLS)
        name = (case + (cell + 1) * (case // NAMES)) % NAMES
        said = words[rng.choice(VOCABULARY, (len(at), WORDS), p=chance)]
        names = [f"Name{c}x{i}" for c, i in zip(cell, name, strict=True)]
        yield pd.DataFrame(
            {
                "case": [f"c{c}" for c in case],
                "name": names,
                "role": [f"role {c % ROLES}" for c in case],
                "rating": rng.integers(1, 6, len(at)).astype(float),
                "gender": [CELLS[c][0] for c in cell],
                "race": [CELLS[c][1] for c in cell],
                "text": [
                    f"{who} {' '.join(row)}." for who, row in zip(names, said.tolist(), strict=True)
                ],
            }
        )


def write(n: int, path: Path) -> None:
    """The table as one Parquet file."""
    writer = None
    for chunk in chunks(n):
        table = pa.Table.from_pandas(chunk, preserve_index=False)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
    if writer is not None:
        writer.close()


def own_memory() -> float:
    """The most that a Ray worker on this machine has of its own now, in GiB."""
    most = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if not (folder / "cmdline").read_bytes().startswith(b"ray::"):
                continue
            lines = (folder / "status").read_text().splitlines()
        except OSError:
            continue
        told = {name: value.split()[0] for name, _, value in (ln.partition(":") for ln in lines)
                if name in ("RssAnon", "RssFile")}  # fmt: skip
        most = max(most, int(told.get("RssAnon", 0)) / 2**20)
    return most


def by_cluster(path: Path, workers: int) -> dict[str, object]:
    """Seconds and peak of memory of a cluster of so many workers, and what it found."""
    import ray.cluster_utils

    from govern.app.measure_on_cluster import measure_on_cluster
    from govern.runner.spread import SPREAD

    cluster = ray.cluster_utils.Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": workers, "object_store_memory": STORE},
    )
    peak, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(0.2):
            peak[0] = max(peak[0], own_memory())

    looking = threading.Thread(target=look)
    looking.start()
    began = time.perf_counter()
    try:
        found = measure_on_cluster(
            path, metrics=list(SPREAD), columns=COLUMNS, address=cluster.address
        )
        took = time.perf_counter() - began
    finally:
        over.set()
        looking.join()
        cluster.shutdown()
    return {"seconds": took, "peak": peak[0], "findings": [f.as_json() for f in found.findings]}


def here(path: Path) -> dict[str, object]:
    """Seconds in one process without a cluster, and what it found."""
    from govern.app.measure import measure_table
    from govern.runner.spread import SPREAD

    began = time.perf_counter()
    found = measure_table(path, metrics=list(SPREAD), columns=COLUMNS)
    took = time.perf_counter() - began
    return {"seconds": took, "findings": [f.as_json() for f in found.findings]}


def require_equal(one: object, other: object) -> None:
    """Findings alike to 1e-9, else an error."""
    if isinstance(one, dict) and isinstance(other, dict):
        assert one.keys() == other.keys(), (one, other)
        for key in one:
            require_equal(one[key], other[key])
    elif isinstance(one, list) and isinstance(other, list):
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            require_equal(mine, theirs)
    elif isinstance(one, float) and isinstance(other, float):
        assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9), (one, other)
    else:
        assert one == other, (one, other)


def apart(*arguments: str) -> dict[str, object]:
    """One measurement in a process of its own."""
    environment = os.environ | {"RAY_AUTH_MODE": "disabled"}
    done = subprocess.run(
        [sys.executable, __file__, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        sys.exit(done.stderr)
    result: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return result


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Time and memory of measuring on a cluster.")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    if asked.one:
        path, workers = Path(asked.one[0]), int(asked.one[1])
        print(json.dumps(by_cluster(path, workers) if workers else here(path)))
        return
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'drafts':>9} {'workers':>8} {'passed':>9} {'a worker':>10}  findings")
    for n in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "drafts.parquet"
            write(n, path)
            alone = apart("--one", str(path), "0") if n <= HELD_AGAINST else None
            if alone:
                print(f"{n:>9} {'none':>8} {alone['seconds']:>8.1f}s {'':>10}", flush=True)
            for workers in asked.workers:
                found = apart("--one", str(path), str(workers))
                if alone:
                    require_equal(found["findings"], alone["findings"])
                said = "equal to 1e-9" if alone else "not held against one process"
                print(
                    f"{n:>9} {workers:>8} {found['seconds']:>8.1f}s {found['peak']:>6.2f} GiB  "
                    f"{said}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
