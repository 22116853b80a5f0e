"""``govern policy``: lint, show, diff and test written policies."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from govern.app.policy_facts import all_known, specs_known
from govern.app.progress import Reporter
from govern.domain.policy import Policy
from govern.errors import InputError, PolicyError
from govern.policy.cases import PolicyCase
from govern.policy.diff import Change, diff
from govern.policy.expectations import Miss, misses
from govern.policy.lint import Problem, lint
from govern.policy.reader import read_policy
from govern.policy.reading import reading
from govern.policy.trying import decide
from govern.sources.locate import Project, known, locate
from govern.sources.policies import load_case, load_policy

ALL = "all"
FAIR_PASSES = 0.9
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_PLACE = re.compile(r"(?P<source>[^\n]*?):(?P<line>\d+): (?P<what>.*)", re.DOTALL)


@dataclass(frozen=True)
class Linted:
    """How many clauses some policies have, and every problem in them."""

    policies: tuple[str, ...]
    clauses: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ShownClause:
    """A clause as people read it beside what the gate reads."""

    id: str
    title: str
    severity: str
    kind: str
    prose: str
    reading: str


@dataclass(frozen=True)
class Tried:
    """A case of a policy, and in what it did not come out as written."""

    policy: str
    file: str
    case: str
    misses: tuple[Miss, ...]


def lint_policies(project: Project, names: Sequence[str], *, today: date) -> Linted:
    """Every problem in some policies, or in all that are known where none is named.

    Raises:
        InputError: there is no such policy.
    """
    read: list[Policy] = []
    problems: list[Problem] = []
    for path in _paths(project, names):
        try:
            read.append(load_policy(path))
        except PolicyError as err:
            problems += [_unreadable(path, line) for line in str(err).splitlines()]
    facts = all_known(project, read)
    problems += [problem for policy in read for problem in lint(policy, facts, today=today)]
    return Linted(
        policies=tuple(policy.policy for policy in read),
        clauses=sum(len(policy.clauses) for policy in read),
        problems=tuple(problems),
    )


def simulate_policies(
    project: Project, names: Sequence[str], *, runs: int, reporter: Reporter
) -> tuple[Problem, ...]:
    """The policies that too few fair pipelines would pass, on the plan each asks for.

    A policy without a clause on ``fairness.rating_shift`` is not simulated.

    Raises:
        GovernError: as ``govern plan``.
    """
    return tuple(
        problem
        for path in _paths(project, names)
        for problem in _simulated(project, load_policy(path), runs, reporter)
    )


def _simulated(project: Project, policy: Policy, runs: int, reporter: Reporter) -> list[Problem]:
    from govern.app.plan import Prices, plan_suite

    drafts = [c for c in policy.drafts_alone if c.severity == "block"]
    if not any(c.metric == "fairness.rating_shift" for c in drafts):
        return []
    plan = next((c.evidence.plan for c in drafts if c.evidence.plan), "standard")
    planned = plan_suite(
        project,
        drafts[0].evidence.suite,
        plan=plan,
        pipeline="builtin:reference",
        prices=Prices(),
        policy=policy,
        runs=runs,
        seed=1,
        reporter=reporter,
    )
    passes = planned.chances.fair_passes if planned.chances else 0.0
    if passes >= FAIR_PASSES:
        return []
    said = (
        f"a fair but noisy pipeline passes in {passes:.1%} of {runs} simulated runs of plan "
        f"{plan}, at least {FAIR_PASSES:.0%} needed; `govern plan` says which clause stops it"
    )
    return [Problem(policy.source, 1, None, said)]


def show_policy(project: Project, name: str) -> tuple[Policy, tuple[ShownClause, ...]]:
    """A policy and, clause by clause, its prose beside what the gate reads.

    Raises:
        GovernError: it cannot be read.
    """
    policy = _read(project, name)
    facts = specs_known()
    specs = {**facts.specs, **facts.record_specs}
    tries = policy.attempts.max_per_lineage
    return policy, tuple(
        ShownClause(
            id=clause.id,
            title=clause.title,
            severity=clause.severity,
            kind=clause.kind,
            prose=first_sentence(clause.prose),
            reading=reading(clause, specs, attempts=tries)
            if clause.kind in ("property", "attested") or clause.subject in specs
            else f"nothing: {clause.subject} is not measured by anything",
        )
        for clause in policy.clauses
    )


def first_sentence(prose: str) -> str:
    """The first sentence of some prose, on one line."""
    return _SENTENCE_END.split(" ".join(prose.split()), maxsplit=1)[0]


def diff_policies(project: Project, before: str, after: str) -> tuple[Change, ...]:
    """What differs between two policies, and what of it got looser.

    Raises:
        GovernError: one cannot be read.
    """
    return diff(_read(project, before), _read(project, after))


def try_policies(project: Project, names: Sequence[str]) -> tuple[Tried, ...]:
    """Every case of some policies, or of all that are known where none is named.

    Raises:
        PolicyError: a policy or a case cannot be read.
        InputError: a policy that was named has no case, or cases have no policy.
    """
    paths = _paths(project, names)
    if not _named(names):
        _refuse_orphans(paths)
    policies = [load_policy(path) for path in paths]
    facts = all_known(project, policies)
    tried = []
    for path, policy in zip(paths, policies, strict=True):
        files = sorted(_cases_of(path).glob("*.yaml"))
        if _named(names) and not files:
            raise InputError(f"{policy.policy} has no case; write one in {_cases_of(path)}")
        for file in files:
            case: PolicyCase = load_case(file)
            try:
                missed = misses(case, decide(policy, case, facts))
            except PolicyError as err:
                raise PolicyError(f"{file}: {err}") from err
            tried.append(Tried(policy.policy, file.name, case.case, missed))
    return tuple(tried)


def _cases_of(policy: Path) -> Path:
    return policy.parent / "tests" / policy.stem


def _refuse_orphans(paths: Sequence[Path]) -> None:
    stems = {(path.parent, path.stem) for path in paths}
    for folder in {path.parent for path in paths}:
        for tests in sorted(p for p in (folder / "tests").glob("*") if p.is_dir()):
            if (folder, tests.name) not in stems:
                raise InputError(f"{tests}: cases of no policy; rename it as one, or remove it")


def _named(names: Sequence[str]) -> bool:
    return bool(names) and ALL not in names


def _paths(project: Project, names: Sequence[str]) -> list[Path]:
    if _named(names):
        return [locate(project, "policies", name) for name in names]
    return list(known(project, "policies").values())


def _read(project: Project, name: str) -> Policy:
    """A policy by id, or a file that may have any name."""
    path = locate(project, "policies", name)
    return read_policy(path.read_bytes(), where=path.name)


def _unreadable(path: Path, message: str) -> Problem:
    placed = _PLACE.match(message)
    if placed is None:
        return Problem(path.name, 1, None, message.removeprefix(f"{path.name}: "))
    return Problem(placed["source"], int(placed["line"]), None, placed["what"])
