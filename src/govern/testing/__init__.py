"""Made-up drafts and findings, and planted effects: known faults in known shares of drafts.

For trying a metric or a policy of one's own, and for the certificates of ours.
"""

from govern.frames import build
from govern.testing.drafts import GROUPS, Place, evidence_of, paired_frame
from govern.testing.findings import certificate_of, finding_of, run_facts, trial_of
from govern.testing.plants import (
    Plant,
    add_boilerplate,
    add_habits,
    add_tell,
    alter_inputs,
    copy_texts,
    cut_short,
    echo_input,
    empty_texts,
    fail,
    hit,
    invent_numbers,
    lose_ratings,
    mislabel,
    refuse,
    shift_ratings,
    vary,
)

__all__ = [
    "GROUPS",
    "Place",
    "Plant",
    "add_boilerplate",
    "add_habits",
    "add_tell",
    "alter_inputs",
    "build",
    "certificate_of",
    "copy_texts",
    "cut_short",
    "echo_input",
    "empty_texts",
    "evidence_of",
    "fail",
    "finding_of",
    "hit",
    "invent_numbers",
    "lose_ratings",
    "mislabel",
    "paired_frame",
    "refuse",
    "run_facts",
    "shift_ratings",
    "trial_of",
    "vary",
]
