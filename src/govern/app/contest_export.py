"""Cases on their way out of the system, as far as whoever takes them may see them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from govern.app.contests import Contests, Shown, list_
from govern.contest.distance import between_versions, drafted_to_final
from govern.domain.base import Noun
from govern.domain.contest import Actor, Role
from govern.domain.contest_store import Read
from govern.report.csv_text import csv_text

COLUMNS = (
    *("case_id", "state", "visibility", "sent", "review_id", "review_version", "employee"),
    *("handler", "decider", "appeal_decider", "grounds", "statements", "remedy_sought"),
    *("ruling", "reasons", "appeal", "final_ruling", "final_reasons", "changes"),
    *("remedied_version", "missed", "through_glass", "next_duty", "next_due"),
)


class Taken(Noun):
    """A step that was taken in a case: when, and in which role."""

    seq: int
    at: AwareDatetime
    kind: str
    role: Role


def export(contests: Contests, actor: Actor, *, now: datetime) -> tuple[dict[str, Any], ...]:
    """Every case of which somebody may see something, with its steps; that they took it is kept.

    For an auditor people are numbers within each case and texts are withheld, unless two people
    lifted the pseudonyms of that case for them.
    """
    found = list_(contests, actor, now=now)
    for one in found:
        case_id = one.view.case_id
        contests.store.read_log.log(Read(at=now, actor=actor, what="export", case_id=case_id))
    return tuple(
        {**as_json(one), "steps": [step.as_json() for step in steps(contests, one)]}
        for one in found
    )


def as_json(shown: Shown) -> dict[str, Any]:
    """A case as somebody sees it."""
    return {
        "visibility": shown.visibility,
        "case": shown.view.as_json(),
        "due": [one.as_json() for one in shown.due],
        "tell_hr": shown.flag.as_json() if shown.flag else None,
    }


def review_json(shown: Shown) -> dict[str, Any]:
    """The review that a case is about, what people made of the draft, and what the remedy did."""
    review, remedied = shown.review, shown.remedied
    changed = drafted_to_final(review) if review else ()
    put_right = between_versions(review, remedied) if review and remedied else ()
    return {
        "review": review.as_json() if review else None,
        "draft_to_final": [one.as_json() for one in changed],
        "put_right": [one.as_json() for one in put_right],
    }


def as_csv(cases: Iterable[dict[str, Any]]) -> str:
    """One line a case. Nothing in it is a formula to a spreadsheet, or hides what it says."""
    rows = map(_row, cases)
    return csv_text(COLUMNS, ([row.get(name) for name in COLUMNS] for row in rows))


def steps(contests: Contests, shown: Shown) -> Iterator[Taken]:
    """Kinds, times and roles; to author and manager none, for they tell of an appeal."""
    if shown.visibility == "facts_only":
        return
    for event in contests.store.events(shown.view.case_id):
        yield Taken(seq=event.seq, at=event.at, kind=event.kind, role=event.actor.role)


def _row(exported: dict[str, Any]) -> dict[str, Any]:
    case, due = exported["case"], exported["due"]
    draft, first, last = (case.get(name) or {} for name in ("draft", "decided", "final"))
    complaints: Sequence[dict[str, Any]] = draft.get("complaints", ())
    return {
        **{name: case.get(name) for name in COLUMNS},
        "visibility": exported["visibility"],
        "sent": case.get("asked_at"),
        "review_id": draft.get("review_id"),
        "review_version": draft.get("review_version"),
        "grounds": _joined(c["ground"] for c in complaints),
        "statements": _joined(c["statement"] for c in complaints),
        "remedy_sought": draft.get("remedy_sought"),
        "ruling": first.get("ruling"),
        "reasons": first.get("reasons"),
        "appeal": (case.get("appeal") or {}).get("statement"),
        "final_ruling": last.get("ruling"),
        "final_reasons": last.get("reasons"),
        "changes": _joined(
            f"{c['field']}: {c['before']} → {c['after']}" for c in case.get("changes", ())
        ),
        "missed": _joined(f"{m['duty']} {m['due']}" for m in case.get("missed", ())),
        "through_glass": _joined(case.get("through_glass", ())),
        "next_duty": due[0]["duty"] if due else None,
        "next_due": due[0]["due"] if due else None,
    }


def _joined(parts: Iterable[str]) -> str:
    return " | ".join(parts)
