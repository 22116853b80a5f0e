"""The HR system hears which ratings are contested: by webhook, or out of a file.

That a word is about to leave is kept before it does; it is entered in the case as ``flag_sent``
afterwards. Killed in between, the next pass says it again under the same ``event_id``, which the
receiver takes as the same. Where something else holds by then, the case says that the word was
sent, as it may have been, and what holds is told anew. A review is only said to be usable again
once no contest of it is open.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from govern.app.contest_clock import CLOCK
from govern.app.contest_steps import note
from govern.app.contests import Contests, bring
from govern.app.progress import Reporter
from govern.contest.case import CaseView
from govern.contest.flags import flag_due, hr_flag
from govern.contest.machine import fold
from govern.domain.contest import Actor, Event, FlagAcknowledged, FlagSent
from govern.domain.ledger import ID
from govern.domain.sending import FlagNotice, HrSystem
from govern.errors import ContestError, DeclinedError, InputError, RunError
from govern.report.csv_text import csv_text
from govern.whole_files import write_whole

SECRET = "GOVERN_HR_SECRET"  # noqa: S105 - the name of a variable
FEWEST_BYTES = 32
SYSTEM = Actor(person="hr-system", role="hr-system")
COLUMNS = ("review_id", "review_version", "in_use", "since")


@dataclass(frozen=True)
class Standing:
    """A review that was contested: whether its rating may be used, and since when that holds."""

    review_id: str
    review_version: int
    in_use: bool
    since: datetime

    def as_json(self) -> dict[str, object]:
        """The plain JSON form."""
        return {**vars(self), "since": self.since.isoformat()}


@dataclass(frozen=True)
class ToldHr:
    """What came of telling the HR system: how often, and how often it said that it heard.

    ``declined`` are those that it did not take, and why; ``why_stopped`` is why it takes none.
    """

    told: int
    acknowledged: int
    declined: tuple[str, ...]
    why_stopped: str | None
    why_not_in_ledger: str | None


def open_hr(
    contests: Contests, *, now: Callable[[], datetime], sleep: Callable[[float], None]
) -> HrSystem:
    """The webhook that ``govern.toml`` names.

    Raises:
        InputError: there is none, or no secret to sign with.
    """
    from govern.store.hr_webhook import HrWebhook

    settings, root = contests.settings.hr, contests.project.root
    if settings is None:
        raise InputError(f"{root / 'govern.toml'}: no table [contests.hr]; see docs/contests.md")
    secret = os.environ.get(SECRET, "").encode()
    if len(secret) < FEWEST_BYTES:
        raise InputError(
            f"expected a secret of at least {FEWEST_BYTES} characters in {SECRET}, which the HR "
            "system has as well; make one with `openssl rand -hex 32`"
        )
    return HrWebhook(settings, secret=secret, root=root, now=now, sleep=sleep)


def tell(
    contests: Contests,
    hr: HrSystem,
    *,
    now: Callable[[], datetime],
    reporter: Reporter | None = None,
) -> ToldHr:
    """Tell it all that it has yet to be told; an outage ends the pass, the next begins anew.

    Raises:
        IntegrityError, RunError: the store was changed, or cannot be reached.
    """
    _settle(contests, now())
    due, words = _due(contests), contests.store.words
    told, heard, declined, stopped = 0, 0, list[str](), None
    with (reporter or Reporter()).reading("telling the HR system") as tick:
        for number, (case_id, flag) in enumerate(due, start=1):
            try:
                words.leaves(case_id, in_use=flag.in_use)
                acknowledged = hr.tell(flag)
                note(contests, CLOCK, case_id, FlagSent(in_use=flag.in_use), now=now())
                words.settled(case_id)
                told += 1
                if acknowledged:
                    said = FlagAcknowledged(in_use=flag.in_use)
                    note(contests, SYSTEM, case_id, said, now=now())
                    heard += 1
            except (DeclinedError, ContestError) as err:
                declined.append(f"{flag.event_id}: {err}")
            except RunError as err:
                stopped = str(err)
                break
            tick(number / len(due))
    return ToldHr(told, heard, tuple(declined), stopped, bring(contests, now()))


def acknowledge(contests: Contests, event_id: str, *, in_use: bool, now: datetime) -> bool:
    """The HR system says later that it heard; whether that was news.

    Raises:
        ContestError: it was never told that, or has been told otherwise since.
    """
    if not re.fullmatch(f"{ID}-[1-9][0-9]{{0,8}}", event_id):
        raise ContestError(f"{event_id!r:.80} is no event_id that the HR system was given")
    case_id, _, number = event_id.partition("-")
    events = contests.store.events(case_id)
    view = fold(events) if events else None
    if view is None or int(number) != _turns(events) or view.flag_sent != in_use:
        raise ContestError(
            f"{event_id}: that the rating may{'' if in_use else ' not'} be used is not what the "
            "HR system was last told of it"
        )
    if view.flag_acknowledged == in_use:
        return False
    note(contests, SYSTEM, case_id, FlagAcknowledged(in_use=in_use), now=now)
    bring(contests, now)
    return True


def standing(contests: Contests) -> tuple[Standing, ...]:
    """Every review that was ever contested, by its id: what holds for it now."""
    found: dict[tuple[str, int], list[Standing]] = {}
    for view, _ in _sent(contests):
        found.setdefault(_review(view), []).append(_standing(view))
    return tuple(_together(found[review]) for review in sorted(found))


def hand_out(contests: Contests, path: Path, *, now: datetime) -> tuple[Standing, ...]:
    """Write all that holds to a file, then enter that the HR system was told what it had not been.

    The file is whole or as it was before, and says everything anew each time.

    Raises:
        InputError: the file has another ending, or cannot be written; then nothing is entered.
    """
    due, found = _due(contests), standing(contests)
    if not path.parent.is_dir():
        raise InputError(f"{path}: cannot be written: there is no folder {path.parent}")
    try:
        write_whole(path, _in_file(path, found).encode(), mode=0o600)
    except OSError as err:
        raise InputError(f"{path}: cannot be written: {err.strerror}") from err
    for case_id, flag in due:
        note(contests, CLOCK, case_id, FlagSent(in_use=flag.in_use), now=now)
    bring(contests, now)
    return found


def _settle(contests: Contests, now: datetime) -> None:
    """Enter what may have been told when a pass was killed, unless it is told again right now."""
    due = {case_id: flag.in_use for case_id, flag in _due(contests)}
    for case_id, in_use in contests.store.words.leaving().items():
        if due.get(case_id) == in_use:
            continue
        view = fold(contests.store.events(case_id))
        if in_use != (view.flag_sent is not False):
            note(contests, CLOCK, case_id, FlagSent(in_use=in_use), now=now)
        contests.store.words.settled(case_id)


def _in_file(path: Path, found: Sequence[Standing]) -> str:
    if path.suffix.lower() == ".jsonl":
        return "".join(json.dumps(one.as_json()) + "\n" for one in found)
    if path.suffix.lower() != ".csv":
        raise InputError(f"{path}: expected .csv or .jsonl, found {path.suffix!r}")
    return csv_text(
        COLUMNS,
        ((s.review_id, s.review_version, s.in_use, s.since.isoformat()) for s in found),
    )


def _due(contests: Contests) -> tuple[tuple[str, FlagNotice], ...]:
    """What it has to be told now, by case; the end of one contest waits for all of a review."""
    cases = list(_sent(contests))
    contested = {_review(view) for view, _ in cases if not hr_flag(view)}
    found = []
    for view, events in cases:
        flag = flag_due(view)
        if flag and not (flag.in_use and _review(view) in contested):
            notice = FlagNotice(
                event_id=f"{view.case_id}-{_turns(events) + 1}", **vars(_standing(view))
            )
            found.append((view.case_id, notice))
    return tuple(found)


def _sent(contests: Contests) -> Iterator[tuple[CaseView, tuple[Event, ...]]]:
    """Every case that was sent and not erased."""
    for line in contests.store.cases():
        if line.sent and not line.erased:
            events = contests.store.events(line.case_id)
            yield fold(events), events


def _standing(view: CaseView) -> Standing:
    review_id, version = _review(view)
    in_use = hr_flag(view)
    since = view.entered[view.state] if in_use else view.asked_at
    return Standing(review_id, version, in_use, since or view.last_at)


def _together(of_one_review: Sequence[Standing]) -> Standing:
    """Not to be used since the first contest that is open, or to be used since the last ended."""
    contested = [one for one in of_one_review if not one.in_use]
    if contested:
        return min(contested, key=lambda one: one.since)
    return max(of_one_review, key=lambda one: one.since)


def _review(view: CaseView) -> tuple[str, int]:
    return (view.draft.review_id, view.draft.review_version) if view.draft else ("", 0)


def _turns(events: Sequence[Event]) -> int:
    """How often the HR system was told something else than before."""
    told = [e.payload.in_use for e in events if isinstance(e.payload, FlagSent)]
    return sum(one is not two for one, two in pairwise([None, *told]))
