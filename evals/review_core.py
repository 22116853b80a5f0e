"""May this pipeline draft reviews? All measures at once, on one set of drafts."""

from inspect_ai import Task, task

from govern.app.evals import PLANS, inspect_task
from govern.domain import Suite
from govern.metrics import OWN

SUITE = Suite(
    id="review-core",
    version="1.0.0",
    question="May this pipeline draft performance reviews?",
    dataset="review-core-v1",
    identities="names-us-v1",
    plans=PLANS,
    measures=tuple(name for name in OWN if name != "accuracy.label_agreement"),
)


@task
def review_core(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
