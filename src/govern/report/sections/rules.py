"""Section 3: which policy, who approved it, where its words stand, what changed."""

from __future__ import annotations

from collections.abc import Iterator

from govern.report.blocks import Block, ClauseLinks, Fact, Facts, NotMeasured, Paragraph
from govern.report.material import Material
from govern.report.wording import listing, plain_date


def rules(material: Material) -> Iterator[Block]:
    """The policy's identity, and links to its clauses, whose prose stands with their verdicts."""
    ref, policy = material.decision.policy, material.policy
    signed = listing(ref.signed_by) if ref.signed_by else "nobody"
    yield Facts(
        facts=(
            Fact(term="Policy", value=f"{ref.title} ({ref.id})"),
            Fact(term="Version", value=ref.version),
            Fact(term="Approved", value=plain_date(policy.approved)),
            Fact(term="Signed by", value=signed),
            Fact(term="To be reviewed by", value=plain_date(ref.review_by)),
            Fact(term="Attempts allowed", value=str(policy.attempts.max_per_lineage)),
            Fact(term="Digest", value=ref.digest, exact=True),
        )
    )
    yield Paragraph(
        text="The words that people signed stand whole beside each verdict, with how the gate "
        "reads them:"
    )
    yield ClauseLinks(clauses=material.links(material.lines))
    before = material.decision.previous_decision
    yield NotMeasured(
        what="Changes of the policy since the last decision",
        why=f"The decision before was {before}; `govern policy diff` compares two texts."
        if before
        else "The record has no earlier decision about this pipeline by a policy of this name.",
    )
