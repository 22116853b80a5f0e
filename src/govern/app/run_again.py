"""The commands that make a decision anew, from drafts that do not exist yet."""

from __future__ import annotations

from govern.domain.decision import Decision


def run_again(decision: Decision, policy: str) -> tuple[str, ...]:
    """What to run; ``policy`` is the file of the policy."""
    run = decision.run
    if run.suite == "recorded":
        return (
            f"govern run --drafts {run.dataset} --columns …",
            f"govern gate … --policy {policy}",
        )
    early = f" --until-decided --policy {policy}" if run.looks else ""
    return (
        f"govern run {run.suite} --pipeline {run.pipeline} --plan {run.plan} --id again{early}",
        f"govern gate again --policy {policy}",
    )
