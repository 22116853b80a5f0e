"""Sections 11 and 12: what people set aside, were warned of and answered; who else was judged."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import Approval, Decision, Signed
from govern.report.blocks import (
    Block,
    ClauseLinks,
    Fact,
    Facts,
    Heading,
    Items,
    NotMeasured,
    Paragraph,
    grid,
)
from govern.report.material import Material
from govern.report.sentences import verdict_of, waiver_sentence
from govern.report.standing import ANSWERS
from govern.report.wording import as_sentence, listing, plain_date


def acts(material: Material) -> Iterator[Block]:
    """Waivers, warnings, statements of people, and the answers of the board."""
    decision = material.decision
    yield Heading(text="Waivers", anchor="waivers")
    waived = [f"{c.id}: {waiver_sentence(c)}" for c in decision.clauses if c.waiver]
    waived += [
        f"{one.clause}: a waiver does not hold. {as_sentence(one.why)}"
        for one in decision.waivers_refused
    ]
    yield Items(items=tuple(waived)) if waived else Paragraph(text="No clause was waived.")
    yield Heading(text="Warnings", anchor="warnings")
    warned = {c.id for c in decision.clauses if c.severity == "warn" and c.outcome != "pass"}
    lines = material.links(warned)
    if lines:
        yield Paragraph(text="Clauses that warn, and were not met or could not be settled:")
        yield ClauseLinks(clauses=lines)
    else:
        yield Paragraph(text="Every clause that warns is met.")
    yield Heading(text="What people stated", anchor="statements")
    yield from _statements(decision)
    yield Heading(text="What the board answered", anchor="answers")
    yield from _answers(material)


def alternatives(material: Material) -> Iterator[Block]:
    """Other candidates that the same policy judged, and why they were not preferred."""
    others = material.decision.alternatives
    if not others:
        yield NotMeasured(
            what="Alternatives",
            why="No other candidate was judged by this policy on this suite before.",
        )
        return
    why = {
        one.candidate: one.reason
        for answer in material.beside.answers
        for one in answer.act.not_chosen
    }
    yield grid(
        "alternatives-table",
        "Other candidates judged by this policy on this suite",
        columns=("Candidate", "Outcome", "Decision", "Why not this one"),
        rows=(
            (
                f"{one.pipeline} {one.pipeline_version}",
                verdict_of(one.outcome),
                one.decision_id,
                why.get(
                    f"{one.pipeline} {one.pipeline_version}",
                    "nobody has answered the decision yet",
                ),
            )
            for one in others
        ),
    )


def _statements(decision: Decision) -> Iterator[Block]:
    if not decision.attestations:
        yield NotMeasured(
            what="Statements of people", why="No clause was decided by a signed statement."
        )
        return
    yield grid(
        "statements-table",
        "Signed statements that clauses were decided by",
        columns=("Clause", "Answer", "Statement", "Signed by", "Holds until"),
        rows=(
            (
                one.clause,
                one.answer.replace("_", " "),
                one.statement,
                listing([f"{s.name} ({listing(s.roles)})" for s in one.signers]),
                plain_date(one.expires),
            )
            for one in decision.attestations
        ),
    )


def _answers(material: Material) -> Iterator[Block]:
    answers = material.beside.answers
    if not answers:
        yield NotMeasured(
            what="Approval of the decision",
            why="Nobody's signed answer was in the record when this was written.",
        )
    for one in answers:
        yield Facts(facts=_answer(one))


def _answer(one: Signed[Approval]) -> tuple[Fact, ...]:
    act = one.act
    facts = [
        Fact(term="Who", value=f"{one.signers[0].name}, as {act.role}"),
        Fact(term="Answer", value=f"{ANSWERS[act.verdict]}, {plain_date(act.created.date())}"),
        Fact(term="Reasons", value=act.reasons),
        Fact(term="Interests", value=act.conflict),
        Fact(term="Who answers for the use", value=act.owner),
    ]
    if act.conditions:
        facts.append(Fact(term="Conditions", value="; ".join(act.conditions)))
    if act.kill_criteria:
        facts.append(Fact(term="What ends it", value="; ".join(act.kill_criteria)))
    return tuple(facts)
