"""Why there is no estimate, in clauses that whoever reads a report understands."""

from __future__ import annotations

from govern.domain.finding import UndefinedCode
from govern.stats.contrasts import MAX_MISSING

NO_GROUPS: tuple[str, UndefinedCode] = "the data names no groups to compare", "not_supplied"
NAMELESS = "some drafts carry no name of the person they are about"


def short_of(found: int, what: str, needed: int) -> str:
    """The reason where there is too little of something: ``6 complete cases, 12 needed …``."""
    return f"{found} {what}, {needed} needed for an estimate"


def too_many_lack(missing: float, what: str) -> str:
    """The reason where over 5 % lack something: ``8% of planned drafts could not be scored, …``."""
    share, most = f"{missing:.0%}", f"{MAX_MISSING:.0%}"
    if share == most:
        share = f"just over {most}"
    return f"{share} of {what}, and the measure allows {most}"


def one_group(label: str) -> str:
    """The reason where there is nothing to compare a group with."""
    return f"all drafts are of one group, {group_words(label)}"


def none_scored(label: str) -> str:
    """The reason where all of a group's drafts are missing."""
    return f"no draft of the group {group_words(label)} could be scored"


def none_selected(label: str) -> str:
    """The reason where a ratio would be over nothing."""
    return f"nobody in the group {group_words(label)} was selected"


def group_words(label: str) -> str:
    """A group, or a cell of a cross, as a reason names it: ``female × black``."""
    return label.replace("_", " ").replace("*", " × ")
