"""A plan's cells, and the frame rows they become.

Names go round: in each block of J cases every name of a group is used once, and the next
block starts elsewhere. Source: docs/statistics.md#design.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import pandas as pd

from govern import frames
from govern.canon import digest
from govern.domain.case import Case, Identity, Packet, Rubric
from govern.domain.pipeline import Draft, DraftRequest, Pipeline
from govern.domain.suite import Block, Cell, Plan
from govern.errors import InputError
from govern.text.slots import fill

NEVER = Draft(status="failed", error="never drafted")


@dataclass(frozen=True)
class Planned:
    """A cell with what it takes to draft it."""

    request: DraftRequest
    case: Case


def expand(
    plan: Plan,
    cases: Sequence[Case],
    identities: Sequence[Identity],
    rubric: Rubric,
    *,
    dataset_digest: str,
) -> list[Planned]:
    """All cells of a plan, the main block first.

    Raises:
        InputError: the dataset has fewer cases than planned, or groups differ in names.
    """
    if plan.cases > len(cases):
        raise InputError(f"plan {plan.id} asks for {plan.cases} cases, found {len(cases)}")
    groups = _by_group(identities)
    names = min(len(members) for members in groups)
    if plan.drafts > names:
        raise InputError(f"plan {plan.id} asks for {plan.drafts} names a group, found {names}")
    chosen = cases[: plan.cases]

    def one(c: int, g: int, r: int, *, repeat: int, block: Block) -> Planned:
        identity = groups[g][_turn(c, g, r, names, plan.drafts)]
        return _planned(chosen[c], identity, rubric, dataset_digest, repeat=repeat, block=block)

    turns = product(range(plan.drafts), range(len(chosen)), range(len(groups)))
    main = [one(c, g, r, repeat=0, block="main") for r, c, g in turns]
    if not plan.noise:
        return main
    return main + [one(c, c % len(groups), 0, repeat=1, block="noise") for c in range(len(chosen))]


def _turn(case: int, group: int, draft: int, names: int, drafts: int) -> int:
    """Which name of a group drafts a case: cyclic in blocks, another one for each draft."""
    return (case + (group + 1) * (case // names) + draft * (names // drafts)) % names


def _by_group(identities: Sequence[Identity]) -> list[list[Identity]]:
    groups: dict[tuple[str, ...], list[Identity]] = {}
    for identity in identities:
        groups.setdefault(tuple(identity.groups[a] for a in sorted(identity.groups)), []).append(
            identity
        )
    return [groups[key] for key in sorted(groups)]


def _planned(
    case: Case, identity: Identity, rubric: Rubric, dataset: str, *, repeat: int, block: Block
) -> Planned:
    named = [dataset, case.id, identity.id, "none", repeat]
    cell = Cell(
        id=digest(named)[:20],
        case_id=case.id,
        identity_id=identity.id,
        repeat=repeat,
        block=block,
    )
    packet = packet_of(case, identity, rubric)
    return Planned(DraftRequest(cell=cell, packet=packet, identity=identity), case)


def packet_of(case: Case, identity: Identity, rubric: Rubric) -> Packet:
    """The case with every slot filled for an identity."""

    def filled(text: str) -> str:
        return fill(text, name=identity.first_name, pronouns=identity.pronouns)

    return Packet(
        case_id=case.id,
        use_case=case.use_case,
        name=identity.first_name,
        pronouns=identity.pronouns,
        role=case.role,
        level=case.level,
        period=case.period,
        goals=tuple(g.model_copy(update={"text": filled(g.text)}) for g in case.goals),
        evidence=tuple(e.model_copy(update={"text": filled(e.text)}) for e in case.evidence),
        rubric=rubric,
    )


def evidence_json(case: Case) -> str:
    """The case's evidence as the frame holds it: the same for all identities."""
    items = [
        item.model_copy(update={"text": fill(item.text, name="Employee", pronouns="they")})
        for item in case.evidence
    ]
    return json.dumps([item.model_dump(mode="json") for item in items], sort_keys=True)


def row(planned: Planned, draft: Draft, prompt: str, evidence: str) -> Mapping[str, Any]:
    """The frame's row for a cell."""
    cell, identity = planned.request.cell, planned.request.identity
    cites = draft.status == "ok" and draft.citations
    return {
        "draft_id": cell.id,
        "case_id": cell.case_id,
        "identity_id": cell.identity_id,
        "name": identity.first_name,
        "marker": cell.marker,
        "block": cell.block,
        "use_case": planned.case.use_case,
        "stratum": planned.case.role,
        "stratum_above": planned.case.function,
        "status": draft.status,
        "text": draft.text if draft.status == "ok" else None,
        "rating": draft.rating if draft.status == "ok" else None,
        "gold_rating": planned.case.gold_rating,
        "repeat": cell.repeat,
        "input": prompt,
        "evidence": evidence,
        "citations": json.dumps(draft.citations) if cites else None,
        "error": draft.error,
        "input_tokens": draft.usage.input_tokens,
        "output_tokens": draft.usage.output_tokens,
        "latency_s": draft.latency_s,
        **{f"group.{attribute}": value for attribute, value in identity.groups.items()},
    }


def frame_of(
    planned: Sequence[Planned], drafts: Mapping[str, Draft], pipeline: Pipeline
) -> pd.DataFrame:
    """The drafts frame of all planned cells; a cell without a draft has failed."""
    evidence = {p.case.id: evidence_json(p.case) for p in planned}
    return frames.build(
        [
            row(
                p,
                drafts.get(p.request.cell.id, NEVER),
                pipeline.prompt(p.request.packet),
                evidence[p.case.id],
            )
            for p in planned
        ]
    )
