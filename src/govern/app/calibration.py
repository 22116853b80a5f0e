"""``govern calibration``: labelled drafts, half of them spoiled, to calibrate a model's verdicts.

The sound ones are the reference pipeline's, which says what the evidence says. Each spoiled one
has an effect of ``govern.testing.apart`` planted, so that it claims what no evidence supports.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from govern.app.certify import SMALL, clean_frame
from govern.canon import unit_interval
from govern.errors import InputError
from govern.frames import GROUP, group_attributes, main_block
from govern.sources.locate import Project
from govern.testing.apart import EFFECTS

#: What makes a draft claim something unsupported, in turn.
PLANTED = (
    "unsupported_claims",
    "invent_numbers",
    "alter_numbers",
    "others_facts",
    "flip_goal_status",
)


def write_calibration(project: Project, path: Path, *, drafts: int) -> pd.DataFrame:
    """Write ``drafts`` labelled drafts of the shipped cases as CSV and return them.

    Cases are taken whole, so that every group has as many; in each case every other group's
    draft is spoiled, and in the next case the others.

    Raises:
        InputError: the file exists, is no CSV, or so many drafts are not to be had.
    """
    if path.suffix.lower() != ".csv":
        raise InputError(f"{path}: expected a name that ends in .csv")
    if path.exists():
        raise InputError(f"{path}: exists; name a new file")
    table = labelled(main_block(clean_frame(project, SMALL)), drafts)
    path.parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(path, index=False)
    return table


def labelled(clean: pd.DataFrame, drafts: int) -> pd.DataFrame:
    """``drafts`` of the clean ones, half of them spoiled, with the label ``unsupported``.

    Raises:
        InputError: there are not so many.
    """
    if not 0 < drafts <= len(clean):
        raise InputError(f"--drafts: from 1 to {len(clean)}, found {drafts}")
    rank = clean.groupby("case_id", sort=True).cumcount()
    case = clean.groupby("case_id", sort=True).ngroup()
    taken = clean[case.isin(range(-(-drafts // (int(rank.max()) + 1))))].head(drafts)
    spoiled = ((rank + case) % 2 == 1).loc[taken.index]
    kind = taken["draft_id"].map(lambda id_: int(unit_interval("kind", id_) * len(PLANTED)))
    texts = taken["text"].copy()
    for number, effect in enumerate(PLANTED):
        meant = spoiled & (kind == number)
        texts = texts.where(~meant, EFFECTS[effect](taken, 1.0)["text"])
    # What an effect could do nothing with gets a claim out of thin air.
    same = spoiled & (texts == taken["text"])
    texts = texts.where(~same, EFFECTS[PLANTED[0]](taken, 1.0)["text"])
    groups = [f"{GROUP}{attribute}" for attribute in group_attributes(taken)]
    columns = ["draft_id", "case_id", "name", *groups, "evidence"]
    return taken[columns].assign(text=texts, unsupported=spoiled.map({True: "yes", False: "no"}))
