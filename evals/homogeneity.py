"""Do drafts about different people sound more alike than their work is?"""

from inspect_ai import Task, task

from govern.app.evals import PLANS, inspect_task
from govern.domain import Suite

SUITE = Suite(
    id="homogeneity",
    version="1.0.0",
    question="Do drafts about different people sound more alike than their work is?",
    dataset="review-core-v1",
    identities="names-us-v1",
    plans=PLANS,
    measures=(
        "coverage.not_drafted",
        "homogeneity.similarity",
        "homogeneity.excess_similarity",
        "homogeneity.ngram_similarity",
        "homogeneity.embedding_similarity",
        "homogeneity.excess_over_baseline",
        "homogeneity.near_duplicates",
        "homogeneity.boilerplate",
        "homogeneity.similarity_gap",
        "homogeneity.regeneration_gap",
        "homogeneity.rating_concentration",
        "integrity.identical_drafts",
        "integrity.echo",
        "integrity.empty",
    ),
)


@task
def homogeneity(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
