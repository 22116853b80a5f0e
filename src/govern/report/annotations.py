"""What GitHub shows beside the lines of a pull request: workflow commands."""

from __future__ import annotations

from govern.domain.decision import Decision
from govern.domain.policy import Policy
from govern.report.checks import ClauseChecks, checks_of, whole
from govern.report.wording import visible

_KINDS = {"block": "error", "warn": "warning", "report": "notice"}
_ORDER = ("error", "warning", "notice")
# Every other end of a line is written as its code point before.
_DATA = {"%": "%25", "\n": "%0A"}
_PROPERTY = _DATA | {":": "%3A", ",": "%2C"}


def annotations_of(decision: Decision, policy: Policy, *, path: str) -> tuple[str, ...]:
    """One command for the decision and one for each clause that was not passed, worst first.

    Args:
        decision: what was decided.
        policy: by which policy.
        path: the policy's file, as the repository names it.
    """
    overall = whole(decision)
    kind = "error" if overall.stops else "notice"
    title = f"{decision.policy.title}: {decision.run.pipeline} {decision.run.pipeline_version}"
    told = [_of(c, path) for c in checks_of(decision, policy) if c.outcome.outcome != "pass"]
    told.sort(key=lambda kind_and_line: _ORDER.index(kind_and_line[0]))
    return (
        command(kind, overall.message, file=path, line=1, title=title),
        *(line for _, line in told),
    )


def command(kind: str, message: str, *, file: str, line: int, title: str) -> str:
    """A workflow command that can end neither its properties nor its line early."""
    where = f"file={_escaped(file, _PROPERTY)},line={line},title={_escaped(title, _PROPERTY)}"
    return f"::{kind} {where}::{_escaped(message, _DATA)}"


def _of(checked: ClauseChecks, path: str) -> tuple[str, str]:
    outcome, message = checked.outcome, checked.message
    kind = _KINDS[outcome.severity]
    if outcome.waiver:
        kind, message = "notice", f"Waived. {message}"
    title = f"{outcome.id} {outcome.title}"
    return kind, command(kind, message, file=path, line=checked.clause.line, title=title)


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in visible(text))
