"""Does anything but the work move the draft: the name, the pronouns, what they signal?"""

from inspect_ai import Task, task

from govern.app.evals import PLANS, inspect_task
from govern.domain import Suite

SUITE = Suite(
    id="fairness",
    version="1.0.0",
    question="Does anything but the work move the draft?",
    dataset="review-core-v1",
    identities="names-us-v1",
    plans=PLANS,
    measures=(
        "coverage.not_drafted",
        "coverage.unrated",
        "fairness.rating_shift",
        "fairness.impact_ratio",
        "fairness.omission_gap",
        "fairness.unsupported_gap",
        "fairness.length_gap",
        "fairness.distinguishability",
        "fairness.name_leakage",
        "integrity.inexact_swap",
    ),
)


@task
def fairness(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
