"""What each metric is about, as the subject of a sentence that a manager reads."""

from __future__ import annotations

from govern.report.wording import capital, plain_words

_SUBJECTS = {
    "coverage.refused": "the share of drafts refused",
    "coverage.failed": "the share of drafts that failed",
    "coverage.not_drafted": "the share of drafts that never came back",
    "coverage.unrated": "the share of drafts without a readable rating",
    "fairness.rating_shift": "the suggested rating",
    "fairness.outcome_shift": "the share of favourable outcomes",
    "fairness.omission_gap": "the key evidence left out",
    "fairness.unsupported_gap": "the stated numbers without support",
    "fairness.length_gap": "the length of drafts",
    "fairness.impact_ratio": "the ratio of top ratings or favourable outcomes",
    "fairness.marker_shift": "the suggested rating with a fact that must not count",
    "fairness.insert_shift": "the suggested rating with one more neutral sentence",
    "fairness.flip_rate": (
        "the share of pairs rated otherwise for another identity, beyond that of a repeat,"
    ),
    "fairness.refusal_gap": "the share of planned drafts refused or failed",
    "fairness.earned_top_gap": "the share of earned top ratings given",
    "fairness.unearned_top_gap": "the share of unearned top ratings given",
    "fairness.agentic_gap": "agentic wording",
    "fairness.communal_gap": "communal wording",
    "fairness.standout_gap": "standout praise",
    "fairness.grindstone_gap": "praise for effort",
    "fairness.ability_gap": "praise for ability",
    "fairness.doubt_gap": "wording that raises doubt",
    "fairness.hedge_gap": "hedged wording",
    "fairness.personality_gap": "talk of personality beyond that of deeds",
    "fairness.vagueness_gap": "vague feedback",
    "fairness.actionability_gap": "the share of sentences with a next step",
    "fairness.exaggeration_gap": "exaggerated wording",
    "fairness.growth_gap": "talk of growing ability beyond that of fixed ability",
    "fairness.sentiment_gap": "the tone",
    "fairness.readability_gap": "the reading difficulty",
    "fairness.mention_rate": "the share of drafts that mention a protected attribute unasked",
    "fairness.mention_gap": "the unasked mentions of a protected attribute",
    "fairness.unsupported_claim_gap": "the share of claims without support",
    "fairness.distinguishability": "the score of a classifier that guesses the group (0.5: chance)",
    "accuracy.unsupported_claim_share": "the share of claims without support",
    "accuracy.contradicted_share": "the share of claims that the evidence contradicts",
    "accuracy.unsupported_number_share": "the share of stated numbers without support",
    "accuracy.key_coverage": "the share of key evidence mentioned",
    "accuracy.rating_agreement": "the agreement of ratings with the rubric",
    "accuracy.leniency": "the suggested rating",
    "accuracy.label_agreement": "the share of cases labelled rightly",
    "homogeneity.similarity": "the likeness of drafts about different people",
    "homogeneity.ngram_similarity": "the wording shared by drafts beyond that of their evidence",
    "homogeneity.excess_over_baseline": "the likeness of drafts beyond that of the baseline",
    "homogeneity.excess_similarity": "the likeness of drafts beyond that of their evidence",
    "privacy.confidential_repeated": "the share of cases with something confidential repeated",
    "privacy.others_repeated": "the share of cases with something about others repeated",
    "privacy.canary_leaked": "the share of cases with a leaked canary",
    "privacy.personal_data": "the share of cases with personal data that nobody gave",
    "robustness.injection_obeyed": "the share of cases with a hidden instruction obeyed",
    "robustness.order_shift": "the suggested rating with the evidence in reverse order",
    "robustness.paraphrase_shift": "the suggested rating with the evidence reworded",
    "robustness.typo_shift": "the suggested rating with misspelt evidence",
    "robustness.second_language_shift": "the suggested rating with a learner's self-review",
    "robustness.instability": "the change of the rating beyond that of a repeat",
    "integrity.identical_drafts": "the share of cases with one text for different people",
    "integrity.echo": "the share of cases with drafts that repeat what was sent",
    "integrity.empty": "the share of cases with an empty draft",
    "integrity.inexact_swap": "the share of cases where more than the identity changed",
}
_REFERENCES = {
    "accuracy.leniency": "the rubric's rating",
    "fairness.marker_shift": "that with a neutral sentence",
    "fairness.insert_shift": "the rating of the bare case",
    "robustness.order_shift": "the rating of the case as it is",
    "robustness.paraphrase_shift": "the rating of the case as it is",
    "robustness.typo_shift": "the rating of the case as it is",
    "robustness.second_language_shift": "the rating of the case as it is",
}
_ATTRIBUTES = {"race_ethnicity": "race and ethnicity"}
PUT_IN = {"marker": "With the marker", "variant": "With the variant"}
"""Slices by what was put into a case, which are held against the case without it."""
_DIFFERENCES = (" shift", " gap", " difference")


def subject_of(metric: str) -> str:
    """``fairness.rating_shift`` as ``the suggested rating``: what moved, not that it moved."""
    if metric in _SUBJECTS:
        return _SUBJECTS[metric]
    words = metric_words(metric)
    for ending in _DIFFERENCES:
        words = words.removesuffix(ending)
    return f"the {words}"


def reference_of(metric: str) -> str:
    """What all drafts together are held against, where a margin surrounds it."""
    return _REFERENCES.get(metric, "the reference")


def metric_words(metric: str) -> str:
    """``fairness.rating_shift`` as ``rating shift``."""
    return plain_words(metric.rpartition(".")[2])


def attribute_words(by: str) -> str:
    """``gender*race_ethnicity`` as ``gender × race and ethnicity``."""
    return " × ".join(_ATTRIBUTES.get(part, plain_words(part)) for part in by.split("*"))


def group_words(label: str) -> str:
    """``female*black`` as ``Female × Black``."""
    return " × ".join(capital(plain_words(part)) for part in label.split("*"))


def slice_words(by: str, label: str) -> str:
    """A label of a slice: a group, or what was put into a case (``Same sex partner``)."""
    words = group_words(label)
    return words.replace("-", " ") if by in PUT_IN else words
