"""The commands that make a decision anew, from drafts that do not exist yet."""

from __future__ import annotations

from shlex import join

from govern.domain.decision import Decision


def run_again(decision: Decision, policy: str) -> tuple[str, ...]:
    """What to run; ``policy`` is the file of the policy."""
    run = decision.run
    judged = ["--policy", policy]
    if run.suite == "recorded":
        return (
            f"{join(['govern', 'run', '--drafts', run.dataset, '--columns'])} …",
            f"govern gate … {join(judged)}",
        )
    candidate = ["--pipeline", run.pipeline, "--plan", run.plan, "--no-cache"]
    early = ["--until-decided", *judged] if run.looks else []
    return (
        join(["govern", "run", run.suite, *candidate, "--id", "again", *early]),
        join(["govern", "gate", "again", *judged]),
    )
