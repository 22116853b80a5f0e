"""Made-up drafts and findings, and planted effects: known faults in known shares of drafts.

For trying a metric or a policy of one's own, and for the certificates of ours.
"""

from govern.frames import build
from govern.testing.blocks import add_blocks
from govern.testing.drafts import GROUPS, Place, evidence_of, paired_frame
from govern.testing.findings import certificate_of, finding_of, run_facts, trial_of
from govern.testing.plants import (
    Plant,
    add_boilerplate,
    add_contacts,
    add_habits,
    add_remark,
    add_tell,
    alter_inputs,
    copy_texts,
    cut_short,
    echo_input,
    empty_texts,
    fail,
    hit,
    invent_numbers,
    leak_canaries,
    lose_ratings,
    mislabel,
    obey_injections,
    refuse,
    repeat_confidential,
    shift_altered,
    shift_ratings,
    sway_ratings,
    vary,
)

__all__ = [
    "GROUPS",
    "Place",
    "Plant",
    "add_blocks",
    "add_boilerplate",
    "add_contacts",
    "add_habits",
    "add_remark",
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
    "leak_canaries",
    "lose_ratings",
    "mislabel",
    "obey_injections",
    "paired_frame",
    "refuse",
    "repeat_confidential",
    "run_facts",
    "shift_altered",
    "shift_ratings",
    "sway_ratings",
    "trial_of",
    "vary",
]
