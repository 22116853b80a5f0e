"""What the columns of the report's tables mean, for the data dictionary."""

from __future__ import annotations

from fnmatch import fnmatchcase

SHARE = "share, 0 to 1"
_AS_UNIT = "as the column Unit says"

_MEANINGS: tuple[tuple[str, str, str, str], ...] = (
    # Table, column, meaning, unit; the first row that fits counts.
    ("funnel-table", "Step", "a step from planned cells to scored drafts", ""),
    ("funnel-table", "Count", "how many are left at the step", "cells or drafts"),
    ("funnel-table", "Of those planned", "count over what was planned", SHARE),
    ("policy-changes-table", "Clause", "the clause, or the whole policy", ""),
    ("policy-changes-table", "What", "the field; added or removed is the whole clause", ""),
    ("policy-changes-table", "Before", "its value at the decision before, cut if long", ""),
    ("policy-changes-table", "Now", "its value now, cut if long", ""),
    ("policy-changes-table", "Effect", "whether a candidate may pass that did not before", ""),
    ("metrics-table", "Clause", "the clause's id in the policy", ""),
    ("metrics-table", "Metric", "what the clause is decided by", ""),
    ("metrics-table", "Question", "what the metric answers", ""),
    ("metrics-table", "Confidence", "of the interval in each attempt, and how many sides", ""),
    ("metrics-table", "Fewest cases", "fewer are not enough evidence", "cases"),
    ("certificates", "Metric", "the evaluator on trial", ""),
    ("certificates", "Holds", "whether it kept what its certificate asks", ""),
    ("certificates", "Found, planted by*", "found of those planted, at each dose", ""),
    ("certificates", "False alarms", "runs with an alarm on clean drafts, of all such runs", ""),
    ("certificates", "Made on", "the day of the trial", ""),
    ("gate-table", "Planted", "the fault of the simulated pipelines, with its size", ""),
    ("gate-table", "Pass", "runs that passed", SHARE),
    ("gate-table", "Fail", "runs that failed", SHARE),
    ("gate-table", "Not enough evidence", "runs that came out undecided", SHARE),
    ("gate-table", "Runs", "how many were simulated", "runs"),
    ("attempts-table", "Run", "the run's id", ""),
    ("attempts-table", "Entered", "when the intent entered the record", ""),
    ("attempts-table", "What became of it", "the state of the attempt when this was decided", ""),
    ("attempts-table", "Candidate", "the start of the candidate's fingerprint", ""),
    ("attempts-table", "Decision", "the decision about it", ""),
    ("ll144-*", "Category", "the category, as the data name it", ""),
    ("ll144-*", "Assessed", "drafts of the category that were assessed", "drafts"),
    ("ll144-*", "Selection rate", "selected over assessed", SHARE),
    ("ll144-*", "Impact ratio, selection", "selection rate over the highest", "ratio of rates"),
    ("ll144-*", "Scoring rate", "share rated above the median of all", SHARE),
    ("ll144-*", "Impact ratio, scoring", "scoring rate over the highest", "ratio of rates"),
    ("ll144-*", "Shortfall, selections", "how many more at the highest rate", "selections"),
    ("ll144-*", "Fisher p", "of Fisher's exact test on the shortfall", "probability"),
    ("reliability-table", "Rubric's rating", "the rating that the rubric gives", ""),
    ("reliability-table", "*", "of the drafts to the row's rating, those that give this", "drafts"),
    ("similarity-table", "Texts", "which texts are held against those about others", ""),
    ("similarity-table", "Median", "half of the likenesses lie below", "TF-IDF cosine"),
    ("similarity-table", "*", "so many of the likenesses lie below", "TF-IDF cosine"),
    ("statements-table", "Clause", "the clause that the statement decided", ""),
    ("statements-table", "Answer", "what was answered", ""),
    ("statements-table", "Statement", "in the words of who signed it", ""),
    ("statements-table", "Signed by", "names with their roles", ""),
    ("statements-table", "Holds until", "the last day on which it counts", ""),
    ("alternatives-table", "Candidate", "another pipeline and its version", ""),
    ("alternatives-table", "Outcome", "what was decided about it", ""),
    ("alternatives-table", "Decision", "that decision's id", ""),
    ("alternatives-table", "Why not this one", "in the words of an approval", ""),
    ("law-table", "Where", "the provision", ""),
    ("law-table", "What it asks, in our words", "the duty", ""),
    ("law-table", "Clauses", "clauses that relate to it, which is not that it is met", ""),
    ("law-table", "Status", "whether it binds, and from when", ""),
    ("law-table", "Checked on", "when somebody looked, and how we know", ""),
    ("*", "Measure", "what was measured", ""),
    ("*", "Question", "what the measure answers", ""),
    ("*", "Group", "whom it is about", ""),
    ("*", "Estimate", "what was found", _AS_UNIT),
    ("*", "Low", "lower end of the 90 % interval", _AS_UNIT),
    ("*", "High", "upper end of the 90 % interval", _AS_UNIT),
    ("*", "Unit", "of the numbers in the row", ""),
    ("*", "n", "how many units the interval counts, and of what", ""),
)
UNEXPLAINED = "as the report's table of this name heads it"


def meaning_of(table: str, column: str) -> tuple[str, str]:
    """What a column of a table means, and its unit; ``UNEXPLAINED`` where nobody wrote it down."""
    for one, name, meaning, unit in _MEANINGS:
        if fnmatchcase(table, one) and fnmatchcase(column, name):
            return meaning, unit
    return UNEXPLAINED, ""
