"""How often our intervals and verdicts err, as a page of tables.

    python benchmarks/operating_characteristics.py
    python benchmarks/operating_characteristics.py --write docs/operating-characteristics.md

The same seeds give the same page. ``--effort .1`` makes a tenth of the runs.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path

from operating.page import page
from operating.tasks import Runs, results, tasks


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="a file for the page, instead of stdout")
    parser.add_argument("--effort", type=float, default=1.0, help="share of the full runs")
    asked = parser.parse_args()
    runs = Runs(**{k: max(round(n * asked.effort), 20) for k, n in asdict(Runs()).items()})
    found = results(tasks(runs), workers=os.cpu_count() or 1, said=_told)
    made = page(found, runs)
    if asked.write:
        asked.write.write_text(made, encoding="utf-8")
    else:
        print(made)


def _told(done: int, todo: int) -> None:
    if done % 20 == 0 or done == todo:
        print(f"{done} of {todo} conditions", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
