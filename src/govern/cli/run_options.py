"""The options of ``govern run``, in groups, and what they come to."""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from govern.app.drafting import Manner

Suite = Annotated[str, typer.Argument(help="Suite to run; see `govern list suites`.")]
Pipeline = Annotated[str, typer.Option(help="Candidate; an id or a manifest.")]
Plan = Annotated[str, typer.Option(help="How many cells; see `govern list suites`.")]
Baseline = Annotated[
    str, typer.Option(help="Likeness beside: reference, or a dataset of anonymised reviews.")
]
RunId = Annotated[str, typer.Option("--id", help="Id for the new run.")]

Resume = Annotated[str, typer.Option(help="Go on with this run.")]
CellsOf = Annotated[str, typer.Option(help="Draft the very cells of this run, to compare with it.")]
Abandon = Annotated[str, typer.Option(help="Give this attempt up; it still counts.")]
Drafts = Annotated[
    Path | None,
    typer.Option(help="Measure drafts that exist: a table, an Inspect log, MLflow traces."),
]
Columns = Annotated[
    str, typer.Option(help="What the file's columns are: text=…,case=…,group.gender=…")
]

Decide = Annotated[
    bool, typer.Option("--decide", help="An attempt that may promote: counted, fresh cases.")
]
Policy = Annotated[
    str, typer.Option(help="Signed policy that an attempt is made for; or to stop early by.")
]
UntilDecided = Annotated[
    bool,
    typer.Option("--until-decided", help="Stop at a planned look once the policy is settled."),
]
RequestedBy = Annotated[str, typer.Option(help="Who asks for the attempt.")]

MaxCost = Annotated[float | None, typer.Option(help="Stop at so many US dollars in all.")]
MaxTokens = Annotated[int | None, typer.Option(help="Stop at so many tokens in all, in and out.")]
MaxTime = Annotated[str, typer.Option(help="Stop after so long: 90s, 30m, 2h.")]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Take no drafts of the same cells from earlier runs.")
]

_TIME = re.compile(r"(\d+(?:\.\d+)?)(s|m|min|h)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600}


def require_one_way(given: Collection[str]) -> None:
    """That the options which were given go together.

    Raises:
        InputError: they do not.
    """
    from govern.errors import InputError

    ways = [way for way in ("suite", "cells_of", "resume", "abandon", "drafts") if way in given]
    if len(ways) != 1:
        raise InputError(
            "name a suite, or --cells-of RUN, or --resume RUN, or --abandon RUN, or --drafts FILE: "
            "one of the five"
        )
    suite, new = ways == ["suite"], ways[0] in ("suite", "cells_of")
    judged = "decide" in given or "until_decided" in given
    asked_by = "requested_by" in given and "decide" not in given
    if judged != ("policy" in given) or (judged and not suite) or asked_by:
        raise InputError(
            "--decide and --policy go together, or --until-decided and --policy, with a new run of "
            "a suite; --requested-by with them"
        )
    if new and "pipeline" not in given:
        raise InputError("--pipeline says what to evaluate; see `govern list pipelines`")
    if "baseline" in given and not suite:
        raise InputError("--baseline goes with a new run of a suite")
    if ("plan" in given and not suite) or (
        not new and not {"pipeline", "run_id"}.isdisjoint(given)
    ):
        raise InputError(
            "--plan goes with a suite, --pipeline and --id with any new run; one that is gone on "
            "with, given up or read from a file keeps its own"
        )


def manner_of(
    max_cost: float | None,
    max_tokens: int | None,
    max_time: str,
    no_cache: bool,
    until_decided: str,
    cluster: str | None,
) -> Manner:
    """How the run is to go about it.

    Raises:
        InputError: a limit is none.
    """
    from govern.app.drafting import Manner
    from govern.errors import InputError
    from govern.runner.limits import Limits

    for option, limit in (("--max-cost", max_cost), ("--max-tokens", max_tokens)):
        if limit is not None and not 0 < limit < float("inf"):
            raise InputError(f"{option} {limit}: expected more than 0")
    limits = Limits(max_cost, max_tokens, _seconds(max_time))
    return Manner(limits, reuse=not no_cache, until_decided=until_decided, cluster=cluster)


def _seconds(said: str) -> float | None:
    from govern.errors import InputError

    if not said:
        return None
    found = _TIME.fullmatch(said)
    if not found or not float(found[1]):
        raise InputError(f"--max-time {said!r}: expected a number with s, m or h, such as 30m")
    return float(found[1]) * _SECONDS[found[2]]
