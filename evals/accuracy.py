"""Is what the draft says supported, is what matters said, and is the rating right?"""

from inspect_ai import Task, task

from govern.app.evals import PLANS, inspect_task
from govern.domain import Suite

SUITE = Suite(
    id="accuracy",
    version="1.0.0",
    question="Is what the draft says supported, is what matters said, is the rating right?",
    dataset="review-core-v1",
    identities="names-us-v1",
    plans=PLANS,
    measures=(
        "coverage.not_drafted",
        "coverage.unrated",
        "accuracy.unsupported_number_share",
        "accuracy.key_coverage",
        "accuracy.rating_agreement",
        "accuracy.leniency",
    ),
)


@task
def accuracy(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
