"""The claim checker: what it finds of planted errors, what it makes of paraphrases, how fast it is.

The shipped cases are those its rules were written on; the fresh ones come from the same grammar
under another seed, and nothing was set on them. ``--drafts`` says how many drafts to time.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from pathlib import Path

import pandas as pd

from govern import frames, testing
from govern.app.loading import load_suite, prepare
from govern.domain.pipeline import Draft
from govern.domain.suite import Plan
from govern.metrics.checker import checked_claims, claims_table
from govern.runner.cells import expand, frame_of
from govern.sources.generate.sealed import sealed
from govern.sources.locate import find_project

ROOT = Path(__file__).resolve().parents[1]
PLAN = Plan(id="bench", cases=360, noise=False)
SEED = "claim checker, fresh cases"
PLANTS = {
    "altered_number": testing.alter_numbers,
    "fabricated_number": testing.invent_numbers,
    "wrong_period": testing.shift_periods,
    "wrong_direction": testing.flip_directions,
    "wrong_goal": testing.flip_goals,
    "wrong_person": testing.swap_persons,
}


def reference_drafts(*, fresh: bool) -> pd.DataFrame:
    """The reference's draft of each case under each of eight identities."""
    project = find_project(ROOT)
    suite = load_suite(project, "builtin:review-core").model_copy(update={"plans": (PLAN,)})
    prepared = prepare(project, suite, PLAN.id, "builtin:reference")
    cells = prepared.planned
    if fresh:
        cases = sealed(ROOT / "datasets" / suite.dataset, SEED)
        people = prepared.identities.identities
        cells = expand(PLAN, cases.cases, people, cases.rubric, dataset_digest=cases.digest)

    async def all_drafts() -> dict[str, Draft]:
        return {p.request.cell.id: await prepared.pipeline.draft(p.request) for p in cells}

    frame = frame_of(cells, asyncio.run(all_drafts()), prepared.pipeline)
    return frames.main_block(frame).reset_index(drop=True)


def planted(clean: pd.DataFrame) -> None:
    """Drafts with an error planted, by kind: found at all, found as what it is, and beside it."""
    found = claims_table(clean)
    print(f"{(found['verdict'] != 'supported').sum()} of {len(found)} claims not supported")
    print(f"{'planted':18}{'drafts':>7}{'found':>7}{'as such':>9}{'elsewhere':>11}")
    before = clean.set_index("draft_id")["text"]
    for kind, plant in PLANTS.items():
        frame = plant(clean, 1.0)
        hit = before.index[frame.set_index("draft_id")["text"] != before]
        found = claims_table(frame)
        wrong = found[found["verdict"] != "supported"]
        of_kind = wrong[wrong["kind"] == kind]
        elsewhere = set(wrong["draft_id"]) - set(hit)
        shares = [len(set(w["draft_id"]) & set(hit)) / len(hit) for w in (wrong, of_kind)]
        print(f"{kind:18}{len(hit):7}{shares[0]:7.3f}{shares[1]:9.3f}{len(elsewhere):11}")


def paraphrased(clean: pd.DataFrame) -> None:
    """Sentences written by hand: sound ones say an item in other words, others nothing known."""
    pairs = json.loads((ROOT / "benchmarks/paraphrases.json").read_text(encoding="utf-8"))
    by_case = clean.drop_duplicates("case_id").set_index("case_id", drop=False)
    base = by_case.loc[[pair["case"] for pair in pairs]].reset_index(drop=True)
    base["draft_id"] = base.index.astype(str)
    print(
        f"\n{'sentences':18}{'claims':>7}{'supported':>11}{'contradicted':>14}{'unverifiable':>14}"
    )
    for sort in ("sound", "unsound"):
        found = claims_table(base.assign(text=[pair[sort] for pair in pairs]))
        counts = found["verdict"].value_counts()
        said = [int(counts.get(v, 0)) for v in ("supported", "contradicted", "unverifiable")]
        print(f"{sort:18}{len(found):7}{said[0]:11}{said[1]:14}{said[2]:14}")


def timed(clean: pd.DataFrame, drafts: int) -> None:
    """Seconds for many drafts, each with a case of its own for eight drafts."""
    copies = -(-drafts // len(clean))
    frame = pd.concat(
        [
            clean.assign(case_id=clean["case_id"] + f"-{i}", draft_id=clean["draft_id"] + f"-{i}")
            for i in range(copies)
        ],
        ignore_index=True,
    ).iloc[:drafts]
    words = frame["text"].str.count(" ").mean() + 1
    started = time.perf_counter(), time.process_time()
    found = checked_claims(frame)
    wall, cpu = time.perf_counter() - started[0], time.process_time() - started[1]
    assert found is not None
    print(
        f"\n{len(frame)} drafts of {words:.0f} words, {frame['case_id'].nunique()} cases: "
        f"{len(found)} claims in {wall:.1f} s ({cpu:.1f} s of CPU)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drafts", type=int, default=100_000)
    asked = parser.parse_args()
    clean = reference_drafts(fresh=False)
    print("shipped cases, nothing planted: ", end="")
    planted(clean)
    print("\nfresh cases, nothing planted: ", end="")
    planted(reference_drafts(fresh=True))
    paraphrased(clean)
    timed(clean, asked.drafts)


if __name__ == "__main__":
    main()
