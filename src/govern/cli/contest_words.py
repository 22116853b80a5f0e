"""A contest in words on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from govern.app.contest_steps import Kept
    from govern.app.contests import Shown
    from govern.domain.contest import FieldChange
    from govern.domain.review_intake import IntakeReview


def row(shown: Shown) -> dict[str, Any]:
    """A case as a row of the list."""
    view, nearest = shown.view, shown.due[0] if shown.due else None
    return {
        "case": view.case_id,
        "state": view.state.replace("_", " "),
        "review": view.draft.review_id if view.draft else "",
        "due": f"{nearest.duty.replace('_', ' ')} {nearest.due}" if nearest else "",
        "status": nearest.status.replace("_", " ") if nearest else "",
        "you see": shown.visibility.replace("_", " "),
    }


def print_kept(kept: Kept, *, as_json: bool) -> None:
    """What came of a step."""
    from govern.app.contest_export import as_json as case_json
    from govern.cli.output import print_json

    if as_json:
        print_json(
            {
                "case_id": kept.case_id,
                "seq": kept.seq,
                "why_not_in_ledger": kept.why_not_in_ledger,
                **(case_json(kept.shown) if kept.shown else {}),
            }
        )
        return
    state = f": {kept.shown.view.state.replace('_', ' ')}" if kept.shown else ""
    typer.echo(f"Case {kept.case_id}, event {kept.seq}{state}.")
    if kept.shown:
        _print_due(kept.shown)
    say_not_in_ledger(kept.why_not_in_ledger)


def print_shown(shown: Shown) -> None:
    """A case as far as somebody may see it."""
    from govern.cli.output import print_line
    from govern.report.wording import visible

    def told(line: str) -> None:
        print_line(visible(line))

    view = shown.view
    typer.echo(f"Case {view.case_id}, event {view.seq}: {view.state.replace('_', ' ')}.")
    told(f"You see: {shown.visibility.replace('_', ' ')}.")
    if view.draft:
        told(f"Review {view.draft.review_id}, version {view.draft.review_version}.")
        for one in view.draft.complaints:
            told(f"- {one.ground.replace('_', ' ')}: {one.statement}")
    for proof in view.evidence:
        told(f"Evidence, {proof.title}: {proof.text}")
    if view.not_admitted_because:
        told(f"Not admitted: {view.not_admitted_because}")
    if view.decided:
        told(f"Decided: {view.decided.ruling}. {view.decided.reasons}")
    if view.appeal:
        told(f"Appealed: {view.appeal.statement}")
    if view.final:
        told(f"On appeal: {view.final.ruling}. {view.final.reasons}")
    _tell_changes(told, "Ruled", view.changes)
    for waits in view.awaits_second:
        step = waits.step
        told(
            f"Event {waits.seq} waits for a second person: {step.kind.replace('_', ' ')}, asked "
            f"for by {waits.by.person}. "
            + " ".join(str(value) for name, value in step if name != "kind")
        )
    if shown.review:
        _tell_review(told, shown.review, shown.remedied)
    _print_due(shown)


def _tell_review(
    told: Callable[[str], None], review: IntakeReview, remedied: IntakeReview | None
) -> None:
    from govern.contest.distance import between_versions, drafted_to_final, edit_share

    share = edit_share(review.draft, review.final)
    changed = f"{share:.2f}" if isinstance(share, float) else f"not known: {share.reason}"
    role = review.ai_role.replace("_", " ")
    told(f"What the AI did: {role}. Share of words changed since: {changed}.")
    _tell_changes(told, "From draft to final", drafted_to_final(review))
    if remedied:
        put = f"From version {review.version} to {remedied.version}"
        _tell_changes(told, put, between_versions(review, remedied))


def _tell_changes(told: Callable[[str], None], which: str, changes: Iterable[FieldChange]) -> None:
    for one in changes:
        told(f"{which}, {one.field}: {one.before} → {one.after}")


def _print_due(shown: Shown) -> None:
    for one in shown.due:
        paused = ", paused" if one.paused else ""
        typer.echo(
            f"{one.duty.replace('_', ' ')}: {one.due}, {one.status.replace('_', ' ')}{paused}"
        )
    if shown.flag and shown.visibility == "full":
        typer.echo(flag_words(shown.flag.in_use))


def flag_words(in_use: bool) -> str:
    """What the HR system is to be told."""
    if in_use:
        return "The HR system has yet to hear that the rating may be used again (`send`, `flags`)."
    return "The HR system has yet to hear not to use the contested rating (`send` or `flags`)."


def say_not_in_ledger(why: str | None) -> None:
    """That a step has yet to reach the ledger, if it has."""
    if why:
        from govern.cli.output import print_line

        print_line(f"Kept, but not in the ledger yet: {why}")
