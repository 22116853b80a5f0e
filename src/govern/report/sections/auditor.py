"""Section 17: what an auditor checks, with which commands, and room for an opinion."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import Decision
from govern.report.blocks import (
    Blank,
    Block,
    Commands,
    Fact,
    Facts,
    Heading,
    Items,
    NotMeasured,
    Paragraph,
)
from govern.report.material import Material
from govern.report.reproduction import (
    INSTALL,
    OFFLINE,
    PROJECT,
    in_project,
    install,
    offline,
)
from govern.report.standing import attempts_words, signed_words, verified_words, witness_words


def auditor(material: Material) -> Iterator[Block]:
    """Independence, digests, proofs, reproduction, and the auditor's own page."""
    decision, beside = material.decision, material.beside
    yield Heading(text="Independence", anchor="independence")
    yield from _independence(material)
    yield Heading(text="Signatures, record and attempts", anchor="standing")
    yield Items(
        items=(
            *signed_words(decision, beside),
            verified_words(beside),
            witness_words(beside),
            attempts_words(decision),
        )
    )
    yield Heading(text="Digests", anchor="digests")
    yield Paragraph(
        text="Each digest is the SHA-256 of what it names. Compare them with the files you were "
        "given. Sections 3, 5, 7 to 9 and 11 to 16 show things that lie beside the decision "
        "(`beside.json`); the decision's signature does not cover these."
    )
    yield Facts(facts=_digests(decision))
    yield Heading(text="Make it again", anchor="reproduce")
    yield from _again(material)
    yield Heading(text="The auditor's opinion", anchor="opinion")
    yield Paragraph(text="To be filled in by an auditor. The harness gives no opinion.")
    yield Blank(label="Name, firm, and ties to whoever built or uses the system", lines=2)
    yield Blank(label="What was checked, and how", lines=4)
    yield Blank(label="Opinion, date and signature", lines=4)


def _independence(material: Material) -> Iterator[Block]:
    answers = material.beside.answers
    if answers:
        yield Items(
            items=tuple(
                f"{one.signers[0].name}, as {one.act.role}, on their interests: {one.act.conflict}"
                for one in answers
            )
        )
    else:
        yield NotMeasured(
            what="Interests of those who decide",
            why="Nobody has answered to the decision in the record yet.",
        )
    yield NotMeasured(
        what="Independence of the evaluation",
        why="Whoever ran it may have built the candidate; the files do not tell. Section 6 says "
        "who planted the faults that the evaluators were tried with.",
    )


def _digests(decision: Decision) -> tuple[Fact, ...]:
    run = decision.run
    named = [
        ("Policy", decision.policy.digest),
        ("Findings", decision.findings_digest),
        ("Docket", decision.docket_digest),
        ("Drafts", run.drafts_digest),
        ("Dataset", run.dataset_digest),
        ("Identities", run.identities_digest),
        ("Candidate", run.fingerprint),
    ]
    return (
        Fact(term="Decision (its first digits)", value=decision.decision_id, exact=True),
        *(Fact(term=term, value=value, exact=True) for term, value in named if value is not None),
    )


def _again(material: Material) -> Iterator[Block]:
    """Versions and seed, then what to type where."""
    decision = material.decision
    evaluators = sorted(
        {p.finding.evaluator for c in decision.clauses for p in c.slices if p.finding is not None}
    )
    yield Facts(
        facts=(
            Fact(term="Measured with", value=f"govern {decision.run.harness_version}"),
            Fact(term="Judged with", value=f"govern {decision.harness_version}"),
            Fact(term="Libraries", value="requirements.lock in the audit bundle"),
            Fact(term="Seed", value=str(decision.run.seed)),
            *(Fact(term="Evaluators' code", value=one, exact=True) for one in evaluators),
        )
    )
    yield Heading(text="Make it again: install", anchor="reproduce-install")
    yield Paragraph(text=INSTALL)
    yield Commands(commands=install(decision))
    yield Heading(text="Make it again: from the audit bundle", anchor="reproduce-offline")
    yield Paragraph(text=OFFLINE)
    yield Commands(commands=offline(decision))
    yield Heading(text="Make it again: in the project", anchor="reproduce-project")
    yield Paragraph(text=PROJECT)
    yield Commands(commands=in_project(decision, material.policy.policy))
