"""The terms of the report, each explained in a line or two."""

from __future__ import annotations

from govern.report.page import Word

_MEANINGS = {
    ("case", "Case"): "One employee's work over one period, with the evidence a draft may use.",
    ("cell", "Cell"): "One draft to be made: a case, under one name and set of pronouns.",
    ("estimate", "Estimate"): (
        "What was measured, on average. For a group, its distance from the mean of the others."
    ),
    ("interval", "Interval"): (
        "The values that these drafts leave credible, at the confidence the policy asks for."
    ),
    ("allowed", "Margin or threshold"): (
        "What the policy allows. To pass, the whole interval must lie within it."
    ),
    ("n", "n"): (
        "How many independent units the interval counts, usually cases. "
        "More drafts of the same case add none."
    ),
    ("pass", "Pass"): "The whole interval lies within what the policy allows.",
    ("fail", "Fail"): "The whole interval lies outside what the policy allows.",
    ("thin", "Not enough evidence"): (
        "The interval lies partly within what is allowed and partly outside, "
        "or something needed is missing. It never counts as a pass."
    ),
    ("none", "Not assessable"): "Nothing could be measured here. It never counts as a pass.",
    ("digest", "Digest"): (
        "A fingerprint (SHA-256) of a file's bytes. If one byte changes, the digest changes."
    ),
    ("provisional", "Provisional"): (
        "The evaluator found every effect that its own authors planted. "
        "Nobody else has yet tried it."
    ),
    ("level", "Verification level"): (
        "1: digests and signatures hold. 2: the verdicts come out again from policy, findings and "
        "docket. 3: the findings come out again from the drafts. 4: somebody ran it all again."
    ),
    ("witness", "Witness"): (
        "Somebody outside the organisation who keeps a signed copy of the record's state, "
        "so that it cannot be rewritten unseen."
    ),
}
WORDS = tuple(
    Word(anchor=f"word-{key}", term=term, meaning=meaning)
    for (key, term), meaning in _MEANINGS.items()
)
