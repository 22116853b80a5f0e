"""Suites, plans and the cells they expand to."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from govern.domain.base import Noun

Block = Literal["main", "noise", "marker", "control", "variant"]


class Plan(Noun):
    """How many cells a suite drafts.

    ``cases`` are taken from the dataset in a fixed order that balances roles and
    ratings; every case is drafted for every group, ``drafts`` times under different
    names. Beyond that main block, each case is drafted again under one identity that
    rotates: ``noise`` repeats the cell exactly, ``markers`` puts one marker and, in another
    cell, its neutral control into the case, ``variants`` alters the case in one way.
    """

    id: str
    cases: int = Field(ge=1)
    drafts: int = Field(default=1, ge=1)
    noise: bool = True
    markers: bool = False
    variants: bool = False


class Suite(Noun):
    """Which cases, which identities, which plans, which measures."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]{1,63}$")
    version: str
    question: str
    dataset: str
    identities: str
    markers: str = "builtin:markers-v1"
    plans: tuple[Plan, ...] = Field(min_length=1)
    measures: tuple[str, ...] = Field(min_length=1)


class Cell(Noun):
    """One draft to be made: a case, an identity, what was put into the case, which repeat."""

    id: str
    case_id: str
    identity_id: str
    marker: str = "none"
    repeat: int = 0
    block: Block = "main"
    variant: str = "none"
