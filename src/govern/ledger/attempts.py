"""Attempts, counted from the record.

Every intent counts, whatever became of it. States follow from the events of a run, in order:

- an intent opens it; ``failed`` and ``abandoned`` say how it stopped, ``finished`` that it has
  findings, ``decision`` that these were judged;
- a failed run may still finish; an abandoned one stays abandoned;
- an open run is abandoned once a later attempt of its lineage was entered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import TypeVar

from pydantic import ValidationError

from govern.domain.attempts import Attempt, Attempts, AttemptState, Lineage
from govern.domain.base import Noun
from govern.domain.ledger import Entry, EntryKind, Finished, Intended, Judged
from govern.domain.policy import Policy
from govern.errors import IntegrityError

P = TypeVar("P", bound=Noun)
_TURNS: MappingProxyType[EntryKind, tuple[AttemptState, frozenset[AttemptState]]] = (
    MappingProxyType(
        {
            "failed": ("failed", frozenset({"open"})),
            "abandoned": ("abandoned", frozenset({"open", "failed"})),
            "finished": ("finished", frozenset({"open", "failed"})),
            "decision": ("decided", frozenset({"finished", "decided"})),
        }
    )
)
"""What an event turns a run into, and from which states."""


def lineage_of(pipeline: str, use_case: str, policy: Policy) -> Lineage:
    """The lineage that a pipeline's attempts under a policy belong to."""
    return Lineage(
        pipeline=pipeline,
        use_case=use_case,
        policy=policy.policy,
        approved=policy.approved,
        review_by=policy.review_by,
    )


def attempts_of(entries: Iterable[Entry], lineage: Lineage) -> Attempts:
    """All attempts of a lineage, in the order of their intents.

    Raises:
        IntegrityError: an intent does not say what an intent must.
    """
    found: list[Attempt] = []
    place: dict[object, int] = {}
    for entry in entries:
        if entry.kind == "intent":
            intended = payload_of(entry, Intended)
            if _of_lineage(entry, intended, lineage):
                place[intended.run_id] = len(found)
                found.append(_opened(entry, intended))
        elif entry.kind in _TURNS and entry.payload.get("run_id") in place:
            at = place[entry.payload["run_id"]]
            found[at] = _turned(found[at], entry)
    earlier = [
        one.model_copy(update={"state": "abandoned"}) if one.state == "open" else one
        for one in found[:-1]
    ]
    return Attempts(lineage=lineage.name, known=True, entered=(*earlier, *found[-1:]))


def of_run(entries: Iterable[Entry], run_id: str) -> dict[EntryKind, Entry]:
    """What the record says of a run: of each kind the first intent and seed, else the last."""
    found: dict[EntryKind, Entry] = {}
    for entry in entries:
        if entry.payload.get("run_id") == run_id:
            if entry.kind in ("intent", "seed"):
                found.setdefault(entry.kind, entry)
            else:
                found[entry.kind] = entry
    return found


def drafts_entered(entries: Iterable[Entry], run_id: str) -> str | None:
    """The digest of the drafts that a run finished with; measuring them again changes nothing.

    The first word counts: drafts that somebody changed once they knew the findings are others.

    Raises:
        IntegrityError: the entry does not say what it must.
    """
    for entry in entries:
        if entry.kind == "finished" and entry.payload.get("run_id") == run_id:
            return payload_of(entry, Finished).drafts_digest
    return None


def payload_of(entry: Entry, noun: type[P]) -> P:
    """An entry's payload as the noun that its kind has.

    Raises:
        IntegrityError: it is none.
    """
    try:
        return noun.model_validate(entry.payload)
    except ValidationError as err:
        first = err.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise IntegrityError(
            f"entry {entry.seq} of the record: not what {entry.kind!r} says: {where}: "
            f"{first['msg']}"
        ) from err


def resumable(attempts: Attempts, run_id: str) -> bool:
    """Whether a run may still draft: it stopped, and no later attempt was entered."""
    last: Sequence[Attempt] = attempts.entered[-1:]
    return any(one.run_id == run_id and one.state in ("open", "failed") for one in last)


def _of_lineage(entry: Entry, intended: Intended, lineage: Lineage) -> bool:
    return (
        (intended.pipeline, intended.use_case, intended.policy)
        == (lineage.pipeline, lineage.use_case, lineage.policy)
    ) and lineage.approved <= entry.at.date() <= lineage.review_by


def _opened(entry: Entry, intended: Intended) -> Attempt:
    return Attempt(
        run_id=intended.run_id,
        entered=entry.at,
        fingerprint=intended.fingerprint,
        policy_digest=intended.policy_digest,
        state="open",
    )


def _turned(attempt: Attempt, entry: Entry) -> Attempt:
    state, before = _TURNS[entry.kind]
    if attempt.state not in before:
        return attempt
    decision = payload_of(entry, Judged).decision_id if state == "decided" else None
    return attempt.model_copy(update={"state": state, "decision_id": decision})
