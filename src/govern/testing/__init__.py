"""Made-up drafts and findings, and planted effects: known faults in known shares of drafts.

For trying a metric or a policy of one's own, and for the certificates of ours.
"""

from govern.frames import build
from govern.testing.claim_plants import (
    alter_numbers,
    flatten_ratings,
    flip_directions,
    flip_goals,
    forget_citations,
    forget_dissent,
    forget_early,
    miscite,
    shift_periods,
    swap_persons,
)
from govern.testing.drafts import GROUPS, Place, evidence_of, paired_frame
from govern.testing.findings import certificate_of, finding_of, run_facts
from govern.testing.plants import (
    Plant,
    add_boilerplate,
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
)

__all__ = [
    "GROUPS",
    "Place",
    "Plant",
    "add_boilerplate",
    "alter_inputs",
    "alter_numbers",
    "build",
    "certificate_of",
    "copy_texts",
    "cut_short",
    "echo_input",
    "empty_texts",
    "evidence_of",
    "fail",
    "finding_of",
    "flatten_ratings",
    "flip_directions",
    "flip_goals",
    "forget_citations",
    "forget_dissent",
    "forget_early",
    "hit",
    "invent_numbers",
    "lose_ratings",
    "miscite",
    "mislabel",
    "paired_frame",
    "refuse",
    "run_facts",
    "shift_periods",
    "shift_ratings",
    "swap_persons",
]
