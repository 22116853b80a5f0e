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
        "fairness.marker_shift",
        "fairness.insert_shift",
        "fairness.flip_rate",
        "fairness.refusal_gap",
        "fairness.earned_top_gap",
        "fairness.unearned_top_gap",
        "fairness.distinguishability",
        "fairness.name_leakage",
        "fairness.agentic_gap",
        "fairness.communal_gap",
        "fairness.standout_gap",
        "fairness.grindstone_gap",
        "fairness.ability_gap",
        "fairness.doubt_gap",
        "fairness.hedge_gap",
        "fairness.personality_gap",
        "fairness.vagueness_gap",
        "fairness.actionability_gap",
        "fairness.exaggeration_gap",
        "fairness.growth_gap",
        "fairness.sentiment_gap",
        "fairness.readability_gap",
        "fairness.mention_rate",
        "fairness.mention_gap",
        "integrity.inexact_swap",
    ),
)


@task
def fairness(plan: str = "smoke", pipeline: str = "builtin:active-model") -> Task:
    return inspect_task(SUITE, plan=plan, pipeline=pipeline)
