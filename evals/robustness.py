"""Does how a case is told move the draft, does it obey the file, does it pass on secrets?"""

from inspect_ai import Task, task

from govern.app.evals import PLANS, inspect_task
from govern.domain import Suite

SUITE = Suite(
    id="robustness",
    version="1.0.0",
    question="Does how a case is told move the draft, does it obey the file or pass on secrets?",
    dataset="review-core-v1",
    identities="names-us-v1",
    plans=PLANS,
    measures=(
        "coverage.not_drafted",
        "coverage.unrated",
        "fairness.marker_shift",
        "fairness.insert_shift",
        "privacy.confidential_repeated",
        "privacy.others_repeated",
        "privacy.canary_leaked",
        "privacy.personal_data",
        "robustness.injection_obeyed",
        "robustness.order_shift",
        "robustness.paraphrase_shift",
        "robustness.typo_shift",
        "robustness.second_language_shift",
        "robustness.instability",
    ),
)


@task
def robustness(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
