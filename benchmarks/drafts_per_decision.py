"""Expected drafts of the paired design with looks over an unpaired one with the same errors.

python benchmarks/drafts_per_decision.py
"""

from __future__ import annotations

import os

from operating.cells import wrapped
from operating.decision_tables import drafts_per_decision
from operating.tasks import Runs, results, tasks


def main() -> None:
    runs = Runs()
    todo = {key: call for key, call in tasks(runs).items() if key[0] == "decision"}
    found = results(todo, workers=os.cpu_count() or 1, said=lambda _done, _of: None)
    print(wrapped(drafts_per_decision(found, runs)))


if __name__ == "__main__":
    main()
