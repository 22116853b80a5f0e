"""A pipeline of kind ``http`` over made-up cells, with a clock and chance of its own."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from govern.domain.case import Evidence, Identity, Packet, Rubric
from govern.domain.pipeline import Draft, DraftRequest, Manifest
from govern.domain.suite import Cell
from govern.errors import RunError
from govern.pipelines.http import Http

RUBRIC = Rubric(
    id="r", text="1 to 5.", attainment_points=(), polarity_points={}, rating_from_mean=()
)
WHO = Identity(id="i1", first_name="Zoë", pronouns="she", groups={"gender": "female"}, source="us")


class Ticking:
    """A clock that only waiting moves; ``slept`` says how long each wait was."""

    def __init__(self, epoch: float = 1_800_000_000.0) -> None:
        self.now, self._epoch = 0.0, epoch
        self.slept: list[float] = []

    def passed(self) -> float:
        return self.now

    def epoch(self) -> float:
        return self._epoch + self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def request(cell: str = "c1", fact: str = "Closed 42 requests.") -> DraftRequest:
    """One cell about Zoë."""
    item = Evidence(
        id="E1", source="goal_outcome", quarter="Q1", text=fact, polarity="positive", salience="key"
    )
    packet = Packet(
        case_id="case-1",
        use_case="review",
        name="Zoë",
        pronouns="she",
        role="clerk",
        level="senior",
        period="2025",
        goals=(),
        evidence=(item,),
        rubric=RUBRIC,
    )
    return DraftRequest(
        cell=Cell(id=cell, case_id="case-1", identity_id="i1"), packet=packet, identity=WHO
    )


def manifest(**settings: Any) -> Manifest:
    """A manifest; text and rating stand where the service of the tests puts them."""
    told = {"text": "draft.text", "rating": "draft.rating"} | settings
    return Manifest(id="svc", version="1", kind="http", description="d", settings=told)


def pipeline(folder: Path = Path(), *, clock: Ticking | None = None, **settings: Any) -> Http:
    """An opened pipeline."""
    return Http(
        manifest(**settings), folder, clock=clock or Ticking(), chance=random.Random(20261126)
    )


def drafted(
    opened: Http, requests: Sequence[DraftRequest] = (request(),)
) -> list[Draft | RunError]:
    """What becomes of each cell, all asked for at once: its draft, or the outage."""

    async def ask(one: DraftRequest) -> Draft | RunError:
        try:
            return await opened.draft(one)
        except RunError as err:
            return err

    async def ask_all() -> list[Draft | RunError]:
        try:
            return await asyncio.gather(*map(ask, requests))
        finally:
            await opened.aclose()

    return asyncio.run(ask_all())
