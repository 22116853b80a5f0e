"""How often our intervals and verdicts err, as a page of tables.

    python benchmarks/operating_characteristics.py
    python benchmarks/operating_characteristics.py --write docs/operating-characteristics.md

The same seeds give the same page. ``--effort .1`` makes a tenth of the runs. With ``--policy``
only the section on the shipped policy is made anew, which changes with it.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import asdict
from pathlib import Path

from operating.page import page, policy_section
from operating.tasks import Runs, results, tasks

SECTION = re.compile(r"^## A whole policy\n.*?(?=^## )", re.MULTILINE | re.DOTALL)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, help="a file for the page, instead of stdout")
    parser.add_argument("--effort", type=float, default=1.0, help="share of the full runs")
    parser.add_argument("--policy", action="store_true", help="the shipped policy's section alone")
    asked = parser.parse_args()
    runs = Runs(**{k: max(round(n * asked.effort), 20) for k, n in asdict(Runs()).items()})
    todo = {
        key: task for key, task in tasks(runs).items() if not asked.policy or key[0] == "policy"
    }
    found = results(todo, workers=os.cpu_count() or 1, said=_told)
    made = policy_section(found) if asked.policy else page(found, runs)
    if asked.write and asked.policy:
        written = asked.write.read_text(encoding="utf-8")
        asked.write.write_text(SECTION.sub(lambda _: f"{made}\n", written), encoding="utf-8")
    elif asked.write:
        asked.write.write_text(made, encoding="utf-8")
    else:
        print(made)


def _told(done: int, todo: int) -> None:
    if done % 20 == 0 or done == todo:
        print(f"{done} of {todo} conditions", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
