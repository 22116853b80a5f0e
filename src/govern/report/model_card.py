"""A model card: what the report says of a candidate, for those who look for it where models are.

It says nothing that the report does not say. ``metadata`` and ``results`` are for the head that
the Hugging Face Hub reads; the card itself is Markdown that needs no library.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from govern.domain import ClauseOutcome, Decision, Noun, SliceOutcome, Undefined
from govern.report.answer import LANGUAGES, USES
from govern.report.blocks import (
    Block,
    ClauseLinks,
    Commands,
    Facts,
    Heading,
    Items,
    NotMeasured,
    Paragraph,
)
from govern.report.employees import how_to_object
from govern.report.escaping import code, inline
from govern.report.page import ClauseSection, Page, Row
from govern.report.sentences import group_name, slice_key
from govern.report.tables import heading_of
from govern.report.wording import counted, listing, plain_date, plain_words, visible

_NUMBERS = ("measured", "record")


class Result(Noun):
    """The worst of a clause's slices, in the unit of the finding; ``value`` may say why none."""

    clause: str
    title: str
    metric: str
    value: float | str
    slice: str
    lower: float | None
    upper: float | None
    unit: str
    n: int
    counted: str
    outcome: str
    slices: int


def model_card(decision: Decision, page: Page, papers: Collection[str]) -> str:
    """The card, in Markdown; what people wrote stands in it letter by letter.

    Args:
        decision: what was decided.
        page: its report.
        papers: the files that lie beside the card, such as ``data/cases/README.md``; it links
            to those.
    """
    sections = {section.anchor: section.blocks for section in page.sections}
    answer = page.answer
    blocks = [
        f"# {inline(decision.run.pipeline)} {inline(decision.run.pipeline_version)}",
        f"**{answer.verdict.word}: {inline(answer.question)}** {inline(answer.sentence)}",
        inline(answer.advisory),
        inline(answer.loosened),
        inline(answer.provisional),
        f"Made of decision {code(decision.decision_id)} of {page.made}. Its report has every "
        "number, with the policy's own words beside it; sections named by number are the report's.",
        "## What it is",
        *_texts(sections["system"]),
        "Weights, training data and licence: not measured. A decision is about what a pipeline "
        "drafts, and its manifest names nothing of them.",
        "## What it is for",
        *_uses(decision, answer.scope),
        "## How it was evaluated",
        *_evaluated(decision, page),
        "## The data it was evaluated on",
        *_texts(_below(sections["data"], "cards")),
        _papers(papers),
        "## Limits",
        *_texts(sections["data"][1:2]),
        "### Not tested, or not enough evidence",
        *_texts(sections["not-tested"]),
        "## How to check this",
        *_texts(_below(sections["auditor"], "standing")),
        *_texts(
            block
            for below in ("reproduce", "reproduce-install", "reproduce-offline")
            for block in _below(sections["auditor"], below)
        ),
        "## How to object",
        *map(inline, how_to_object().paragraphs),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def metadata(decision: Decision) -> dict[str, Any]:
    """The head of the card but for the results; ``govern`` names every clause's outcome."""
    run = decision.run
    return {
        "language": [run.language],
        "pipeline_tag": "text-generation",
        "model_name": visible(f"{run.pipeline} {run.pipeline_version}"),
        "tags": ["evaluation", "fairness", visible(run.use_case)],
        "govern": {
            "decision": decision.decision_id,
            "made": decision.created.date().isoformat(),
            "expires": decision.expires.isoformat(),
            "outcome": decision.outcome,
            "effective_outcome": decision.effective_outcome,
            "advisory": decision.advisory,
            "policy": {
                "id": decision.policy.id,
                "version": visible(decision.policy.version),
                "sha256": decision.policy.digest,
            },
            "fingerprint": run.fingerprint,
            "findings_sha256": decision.findings_digest,
            "clauses": {c.id: c.effective for c in decision.clauses},
        },
    }


def results(decision: Decision) -> tuple[Result, ...]:
    """One for each clause that a number decides, and why there is none where there is none."""
    return tuple(
        _result(clause, clause.slices[0] if clause.slices else None)
        for clause in decision.clauses
        if clause.kind in _NUMBERS
    )


def _result(clause: ClauseOutcome, worst: SliceOutcome | None) -> Result:
    return Result(
        clause=clause.id,
        title=visible(clause.title),
        metric=clause.subject,
        value=_value(clause, worst),
        slice=visible(worst.slice) if worst else "all",
        lower=worst.lower if worst else None,
        upper=worst.upper if worst else None,
        unit=clause.unit,
        n=worst.n if worst else 0,
        counted=worst.unit_name if worst else "drafts",
        outcome=worst.outcome if worst else clause.outcome,
        slices=len(clause.slices),
    )


def _value(clause: ClauseOutcome, worst: SliceOutcome | None) -> float | str:
    if worst is None or worst.estimate is None:
        return f"no finding: {visible(worst.explanation if worst else clause.explanation)}"
    if isinstance(worst.estimate, Undefined):
        return f"no estimate: {visible(worst.estimate.reason)}"
    return worst.estimate


def _uses(decision: Decision, told: Sequence[str]) -> Iterator[str]:
    """The decision's scope, and what lies out of it: nobody decided about that."""
    scope = decision.scope
    yield " ".join(map(inline, told))
    limits = [
        f"drafting anything but {listing([USES.get(u, plain_words(u)) for u in scope.use_cases])}.",
        f"languages other than {listing([LANGUAGES.get(one, one) for one in scope.languages])}.",
        *([f"people other than: {scope.cohort}."] if scope.cohort else []),
        *([f"any place but {listing(scope.jurisdictions)}."] if scope.jurisdictions else []),
        *([f"other roles than {listing(scope.role_families)}."] if scope.role_families else []),
        *(["drafts that no person checks, finishes and owns."] if scope.human_review else []),
        *(["more than a pilot."] if scope.stage == "pilot" else []),
        f"any use after {plain_date(decision.expires)}.",
    ]
    yield "**Out of scope**: the decision says nothing about"
    yield _list(map(inline, limits))


def _evaluated(decision: Decision, page: Page) -> Iterator[str]:
    run = decision.run
    people = "made-up cases" if run.synthetic else "cases that are not made up"
    yield (
        f"{inline(counted(run.planned, 'drafts'))} of suite {inline(run.suite)} "
        f"{inline(run.suite_version)}, plan {inline(run.plan)}, over {people}, judged by "
        f"{inline(decision.policy.title)} {inline(decision.policy.version)} "
        f"(SHA-256 {code(decision.policy.digest)}). Of each clause its worst group stands here; n "
        "is what its interval counts. An interval has the clause's own confidence, which is shared "
        "among the attempts that the policy allows. No estimate is never a pass."
    )
    head = ("Clause", "", "Verdict", "Worst group", "Found", "Interval", "Allowed", "n", "Of")
    by_id = {section.id: section for section in page.clauses}
    rows = [_row(clause, by_id[clause.id]) for clause in decision.clauses]
    yield _table(head, rows)


def _row(clause: ClauseOutcome, section: ClauseSection) -> tuple[str, ...]:
    lead = (f"{inline(clause.id)} {inline(section.title)}", section.severity, section.verdict.word)
    row = _worst(clause, section)
    if row is None or section.table is None:
        return (*lead, "–", inline(section.explanation), "–", "–", "–", "–")
    groups = counted(len(clause.slices), "groups")
    where = (inline(row.group), inline(row.allowed), _counted(row, clause), groups)
    if not row.estimate:
        return (*lead, where[0], inline(row.missing), "–", *where[1:])
    unit = f" {inline(section.table.unit)}" if section.table.unit else ""
    interval = f"{row.low} to {row.high}, {_sure(section)}"
    return (*lead, where[0], f"{row.estimate}{unit}", interval, *where[1:])


def _worst(clause: ClauseOutcome, section: ClauseSection) -> Row | None:
    """The row of the slice that stands first: slices stand worst first."""
    if section.table is None:
        return None
    first = clause.slices[0]
    heading, name = visible(heading_of(slice_key(first)[0])), visible(group_name(first))
    rows = (row for group in section.table.groups if group.heading == heading for row in group.rows)
    return next((row for row in rows if row.group == name), None)


def _counted(row: Row, clause: ClauseOutcome) -> str:
    name = inline(clause.slices[0].unit_name)
    return row.n if row.n.endswith(name) else f"{row.n} {name}"


def _sure(section: ClauseSection) -> str:
    said = next((fact.value for fact in section.method if fact.term == "Confidence"), "")
    return said.removesuffix(", in each attempt")


def _papers(papers: Collection[str]) -> str:
    lines = [f"[{name}]({name})" for name in sorted(papers) if name.startswith("data/")]
    return f"In full beside this card:\n\n{_list(lines)}" if lines else ""


def _below(blocks: Sequence[Block], anchor: str) -> list[Block]:
    """What stands below a heading, up to the next."""
    found: list[Block] = []
    under = False
    for block in blocks:
        if isinstance(block, Heading):
            under = block.anchor == anchor
        elif under:
            found.append(block)
    return found


def _texts(blocks: Iterable[Block]) -> Iterator[str]:
    """Blocks of words in Markdown; tables and drawings stay in the report.

    Lists that follow one another are told apart by their bullets.
    """
    for block in blocks:
        match block:
            case Heading():
                yield f"### {inline(block.text)}"
            case Paragraph():
                yield inline(block.text)
            case Items():
                yield _list(map(inline, block.items))
            case Facts():
                facts = (
                    f"**{inline(fact.term)}**: {(code if fact.exact else inline)(fact.value)}"
                    for fact in block.facts
                )
                yield _list(facts, bullet="*")
            case NotMeasured():
                yield inline(block.sentence)
            case ClauseLinks():
                links = (
                    f"{inline(c.id)} {inline(c.title)}: {c.verdict.word}" for c in block.clauses
                )
                yield _list(links, bullet="*")
            case Commands():
                shown = (f"{code(one.line)} {inline(one.shows)}" for one in block.commands)
                yield _list(shown, bullet="*")


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(lines: Iterable[str], *, bullet: str = "-") -> str:
    return "\n".join(f"{bullet} {line}" for line in lines)
