"""Section 17: what an auditor checks, with which commands, and room for an opinion."""

from __future__ import annotations

from collections.abc import Iterator

from govern.domain import Decision
from govern.report.blocks import (
    Blank,
    Block,
    Command,
    Commands,
    Fact,
    Facts,
    Heading,
    Items,
    NotMeasured,
    Paragraph,
)
from govern.report.material import Material
from govern.report.standing import attempts_words, signed_words, verified_words, witness_words
from govern.report.wording import listing


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
    yield Commands(commands=_commands(material))
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
    makers = [decision.harness_version]
    if run.harness_version != decision.harness_version:
        makers = [f"{run.harness_version} (measured)", f"{decision.harness_version} (judged)"]
    return (
        Fact(term="Decision", value=decision.decision_id, exact=True),
        *(Fact(term=term, value=value, exact=True) for term, value in named if value is not None),
        Fact(term="Made with", value=f"govern {listing(makers)}"),
    )


def _commands(material: Material) -> tuple[Command, ...]:
    decision, policy = material.decision, material.policy
    run = decision.run
    again = (
        f"govern run {run.suite} --pipeline {run.pipeline} --plan {run.plan} --id again"
        if run.suite != "recorded"
        else f"govern run --drafts {run.dataset} --columns …"
    )
    return (
        Command(line="sha256sum policy.md", shows="prints the policy's digest above"),
        Command(
            line=f"govern verify {decision.decision_id} --trust YOUR-COPY.json --level 3",
            shows="follows the decision back to the drafts, offline",
        ),
        Command(
            line=f"govern gate {run.run_id} --policy {policy.policy}",
            shows="judges the recorded findings again, without a single new draft",
        ),
        Command(line=again, shows="drafts and measures anew; a hosted model may draft otherwise"),
        Command(
            line="govern ledger verify",
            shows="checks the record's chain, tree and checkpoints, and counts the witnesses",
        ),
    )
