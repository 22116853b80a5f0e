"""A policy as far as it can be read: from its file, without a problem that lint knows."""

from __future__ import annotations

from datetime import datetime

from govern.app.policy_facts import specs_known
from govern.domain.policy import Policy
from govern.errors import PolicyError
from govern.policy.known import Known
from govern.policy.lint import lint
from govern.sources.locate import Project, locate
from govern.sources.policies import load_policy


def readable_policy(project: Project, policy: str, *, now: datetime) -> Policy:
    """A policy that lints clean; suites are not looked at, their findings speak for themselves.

    Raises:
        PolicyError: with every problem there is.
    """
    read = load_policy(locate(project, "policies", policy))
    refuse_problems(read, specs_known(), now)
    return read


def refuse_problems(policy: Policy, known: Known, now: datetime) -> None:
    """PolicyError with all that lint finds, if it finds anything."""
    problems = lint(policy, known, today=now.date())
    if problems:
        raise PolicyError("\n".join(map(str, problems)))
