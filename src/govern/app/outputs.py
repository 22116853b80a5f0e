"""What CI reads of a decision, as files and as workflow commands."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from govern.domain.decision import Decision
from govern.domain.policy import Policy
from govern.report.annotations import annotations_of
from govern.report.junit import junit
from govern.report.markdown import summary
from govern.report.sarif import Profile, sarif
from govern.report.view import require_same_policy
from govern.sources.locate import Project, locate

JUNIT, SARIF, SUMMARY = "junit.xml", "sarif.json", "summary.md"
COPY = "policy.md"


@dataclass(frozen=True)
class Published:
    """The files of a decision by name, and what GitHub shows beside the policy's lines."""

    texts: dict[str, str]
    annotations: tuple[str, ...]


def outputs(
    decision: Decision, policy: Policy, profile: Profile = "standard", *, path: str = COPY
) -> dict[str, str]:
    """JUnit XML, SARIF and the Markdown summary of a decision, by file name.

    Args:
        decision: what was decided.
        policy: by which policy.
        profile: which reader the SARIF is for.
        path: the policy's file as SARIF names it; by default the copy in the decision's folder.

    Raises:
        IntegrityError: the decision was made under another policy.
    """
    require_same_policy(decision, policy)
    return {
        JUNIT: junit(decision, policy),
        SARIF: sarif(decision, policy, path=path, profile=profile),
        SUMMARY: summary(decision, policy),
    }


def published(
    project: Project, decision: Decision, policy: Policy, *, file: str, profile: Profile
) -> Published:
    """What ``govern gate`` hands to CI, the policy's file named as the repository has it.

    Args:
        project: where the policy was found.
        decision: what was decided.
        policy: by which policy.
        file: the policy's id or file, as the command was given it.
        profile: which reader the SARIF is for.
    """
    path = _in_repository(project, locate(project, "policies", file))
    texts = outputs(decision, policy, profile, path=path)
    return Published(texts, annotations_of(decision, policy, path=path))


def _in_repository(project: Project, file: Path) -> str:
    """The path below the repository's top, or the file's name where it lies elsewhere."""
    found = (f for f in (project.root, *project.root.parents) if (f / ".git").exists())
    top = next(found, project.root).resolve()
    path = file.resolve()
    return path.relative_to(top).as_posix() if path.is_relative_to(top) else path.name
