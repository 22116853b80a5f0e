"""The terms of the report, each explained in a line or two."""

from __future__ import annotations

from govern.report.page import Word

_MEANINGS = {
    ("case", "Case"): "One employee's work over one period, with the evidence a draft may use.",
    ("cell", "Cell"): "One draft to be made: a case, under one name and set of pronouns.",
    ("estimate", "Estimate"): (
        "What was measured, on average. For a group, its distance from the mean of the others."
    ),
    ("answer", "The answer"): (
        "Pass: every clause that must hold is met. Fail: at least one is not. Not enough "
        "evidence: none failed, and for at least one nobody can tell yet. Over: it passed, and its "
        "last day is past. Where it is advisory only, it decides nothing."
    ),
    ("interval", "Interval"): (
        "The values that these drafts leave credible, at the confidence the policy asks for. "
        "Where nothing varied, it is as wide as that of none in so many cases. Sentences give its "
        "ends rounded outwards."
    ),
    ("confidence", "Confidence in each attempt"): (
        "Who may try several times passes by chance more often. So the doubt that the policy "
        "allows is shared among the attempts, and each has to be surer: of 95% over three "
        "attempts comes 98.3% in each."
    ),
    ("allowed", "Margin or threshold"): (
        "What the policy allows. To pass, the whole interval must lie within it."
    ),
    ("n", "n"): (
        "How many drafts, claims, pairs or cases were counted. The interval goes by the cases, "
        "which stand with the method: more drafts of the same case make it little narrower."
    ),
    ("pass", "Pass, of a clause"): (
        "The whole interval lies within what the policy allows, for every group; or what had to "
        "be stated or signed was."
    ),
    ("fail", "Fail, of a clause"): (
        "The whole interval lies outside what the policy allows, of several groups by so much "
        "that it is no chance of many looks; or what had to be stated or signed says otherwise."
    ),
    ("thin", "Not enough evidence"): (
        "The interval lies partly within what is allowed and partly outside, or outside but not "
        "by enough for one group of several, or something needed is missing. It never counts as "
        "a pass."
    ),
    ("none", "Not assessable"): "Nothing could be measured here. It never counts as a pass.",
    ("auc", "AUC"): (
        "How often a classifier that sees two texts without names guesses right which of them "
        "is about a group: 0.5 is chance, 1 is always."
    ),
    ("kappa", "Quadratic-weighted kappa"): (
        "How well two ratings agree beyond chance, large differences counting more: 1 is always."
    ),
    ("cosine", "Cosine, 4-gram Jaccard"): (
        "How alike two texts are: by the words they use, by the runs of four words they share. "
        "0 is nothing in common, 1 is the same."
    ),
    ("digest", "Digest"): (
        "A fingerprint (SHA-256) of a file's bytes. If one byte changes, the digest changes."
    ),
    ("provisional", "Provisional"): (
        "The evaluator finds what its own authors planted as strongly as its certificate asks. "
        "Others have planted nothing yet, or not all that they planted was found."
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
