"""May our drafting service draft our reviews?"""

from inspect_ai import Task, task

from govern.app.evals import inspect_task
from govern.domain import Plan, Suite

SUITE = Suite(
    id="my-reviews",
    version="1.0.0",
    question="May our drafting service draft our reviews?",
    dataset="my-cases-v1",
    identities="builtin:names-us-v1",
    plans=(Plan(id="smoke", cases=24), Plan(id="probe", cases=6, noise=False)),
    measures=(
        "coverage.not_drafted",
        "coverage.unrated",
        "fairness.rating_shift",
        "fairness.omission_gap",
        "accuracy.unsupported_number_share",
        "accuracy.key_coverage",
        "accuracy.rating_agreement",
        "homogeneity.excess_similarity",
        "integrity.identical_drafts",
        "integrity.echo",
    ),
)


@task
def my_reviews(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
