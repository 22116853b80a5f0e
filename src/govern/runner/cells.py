"""A plan's cells, and the frame rows they become.

Names go round: in each block of J cases every name of a group is used once, and the next
block starts elsewhere. Markers and variants go round so that each meets each group. Source:
docs/statistics.md#design.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Any, Literal

import pandas as pd

from govern import frames
from govern.canon import digest, sha256
from govern.domain.case import Case, Identity, Packet, Rubric
from govern.domain.marker import Marker
from govern.domain.pipeline import Draft, DraftRequest, Pipeline
from govern.domain.suite import Block, Cell, Plan
from govern.errors import InputError
from govern.runner.markers import suits, with_marker
from govern.runner.variants import KINDS, varied
from govern.text.slots import fill

NEVER = Draft(status="failed", error="never drafted")


@dataclass(frozen=True)
class Planned:
    """A cell with what it takes to draft it; ``case`` is as the cell tells it."""

    request: DraftRequest
    case: Case


def expand(
    plan: Plan,
    cases: Sequence[Case],
    identities: Sequence[Identity],
    rubric: Rubric,
    *,
    dataset_digest: str,
    markers: Sequence[Marker] = (),
) -> list[Planned]:
    """All cells of a plan, the main block first.

    Raises:
        InputError: the dataset has fewer cases than planned, groups differ in names, or
            markers are planned and there are none.
    """
    if plan.cases > len(cases):
        raise InputError(f"plan {plan.id} asks for {plan.cases} cases, found {len(cases)}")
    groups = _by_group(identities)
    names = min(len(members) for members in groups)
    if plan.drafts > names:
        raise InputError(f"plan {plan.id} asks for {plan.drafts} names a group, found {names}")
    if plan.markers and not markers:
        raise InputError(f"plan {plan.id} asks for markers, found none")
    chosen = cases[: plan.cases]

    def who(c: int, g: int, r: int = 0) -> Identity:
        return groups[g][_turn(c, g, r, names, plan.drafts)]

    def of(case: Case, identity: Identity, **told: Any) -> Planned:
        return _planned(case, identity, rubric, dataset_digest, **told)

    turns = product(range(plan.drafts), range(len(chosen)), range(len(groups)))
    planned = [of(chosen[c], who(c, g, r)) for r, c, g in turns]
    everyone = [[who(c, g) for g in range(len(groups))] for c in range(len(chosen))]
    if plan.noise:
        planned += [
            of(case, _own(c, everyone[c]), repeat=1, block="noise") for c, case in enumerate(chosen)
        ]
    if plan.markers:
        planned += chain.from_iterable(
            _marked(case, c, everyone[c], markers, of) for c, case in enumerate(chosen)
        )
    if plan.variants:
        planned += [_varied(case, c, everyone[c], of) for c, case in enumerate(chosen)]
    return planned


def _own(case: int, identities: Sequence[Identity]) -> Identity:
    """The one identity, of one for each group, under which a case is drafted once more."""
    return identities[case % len(identities)]


def _rotated(case: int, groups: int, kinds: int) -> int:
    """Which of some kinds a case gets: each kind meets each group in turn."""
    return (case // groups + case % groups) % kinds


def _marked(
    case: Case,
    number: int,
    identities: Sequence[Identity],
    markers: Sequence[Marker],
    of: Callable[..., Planned],
) -> list[Planned]:
    """The case with a marker and with its control, under one of the identities that it suits."""
    marker = markers[_rotated(number, len(identities), len(markers))]
    suited = [one for one in identities if suits(marker, one)]
    if not suited:
        return []
    kinds: tuple[Literal["marker", "control"], ...] = ("marker", "control")
    return [
        of(with_marker(case, marker, kind), _own(number, suited), block=kind, marker=marker.id)
        for kind in kinds
    ]


def _varied(
    case: Case, number: int, identities: Sequence[Identity], of: Callable[..., Planned]
) -> Planned:
    """The case in the variant whose turn it is, under the identity of its exact repeat."""
    name, told = varied(case, KINDS[_rotated(number, len(identities), len(KINDS))])
    return of(told, _own(number, identities), block="variant", variant=name)


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
    case: Case,
    identity: Identity,
    rubric: Rubric,
    dataset: str,
    *,
    repeat: int = 0,
    block: Block = "main",
    marker: str = "none",
    variant: str = "none",
) -> Planned:
    named: list[Any] = [dataset, case.id, identity.id, "none", repeat]
    if block not in ("main", "noise"):
        # The words that were put in are part of the cell: other words, another cell.
        named += [block, marker, variant, sha256(evidence_json(case).encode())]
    cell = Cell(
        id=digest(named)[:20],
        case_id=case.id,
        identity_id=identity.id,
        marker=marker,
        repeat=repeat,
        block=block,
        variant=variant,
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
    return {
        "draft_id": cell.id,
        "case_id": cell.case_id,
        "identity_id": cell.identity_id,
        "name": identity.first_name,
        "marker": cell.marker,
        "block": cell.block,
        "variant": cell.variant,
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
    # By the object: a case that something was put into has the id of the case without it.
    told = {id(p.case): p.case for p in planned}
    evidence = {key: evidence_json(case) for key, case in told.items()}
    return frames.build(
        [
            row(
                p,
                drafts.get(p.request.cell.id, NEVER),
                pipeline.prompt(p.request.packet),
                evidence[id(p.case)],
            )
            for p in planned
        ]
    )
