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
        "accuracy.unsupported_claim_share",
        "accuracy.contradicted_share",
        "accuracy.fabricated_number_share",
        "accuracy.altered_number_share",
        "accuracy.wrong_period_share",
        "accuracy.wrong_direction_share",
        "accuracy.wrong_goal_share",
        "accuracy.wrong_person_share",
        "accuracy.recency_skew",
        "accuracy.halo",
        "accuracy.rating_contradicts_text",
        "accuracy.rating_agreement",
        "accuracy.leniency",
        "accuracy.within_one",
        "accuracy.centrality",
        "accuracy.category_recall",
        "accuracy.citation_precision",
        "accuracy.citation_coverage",
    ),
)


@task
def accuracy(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
