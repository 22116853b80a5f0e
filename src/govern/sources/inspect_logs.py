"""Drafts in an Inspect log: one record a sample and epoch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from govern.errors import InputError

if TYPE_CHECKING:
    from inspect_ai.log import EvalSample

_KEPT = {"id", "epoch", "target", "metadata", "output", "scores", "store"}
# What nobody maps to a column, and what fills a log.
_LEFT = {"messages", "events", "timelines"}


def samples(path: Path) -> list[dict[str, Any]]:
    """The samples of a finished log as Inspect names their parts, with ``input`` as text.

    A sample that ended in an error has no draft: its completion is empty.

    Raises:
        InputError: no log, or one of an eval that did not finish.
    """
    try:
        status, found = _read(path)
    except Exception as err:
        raise InputError(
            f"{path}: cannot be read as an Inspect log: {type(err).__name__}: {err}"[:500]
        ) from err
    if status != "success":
        raise InputError(
            f"{path}: expected the log of a finished eval, found the status {status!r}; "
            "`inspect eval-retry` goes on with it"
        )
    return found


def _read(path: Path) -> tuple[str, list[dict[str, Any]]]:
    """How the eval ended, and its samples where it ended well."""
    from inspect_ai.log import read_eval_log, read_eval_log_samples

    status = read_eval_log(str(path), header_only=True).status
    if status != "success":
        return status, []
    read = read_eval_log_samples(str(path), resolve_attachments=True, exclude_fields=_LEFT)
    return status, [_record(sample) for sample in read]


def _record(sample: EvalSample) -> dict[str, Any]:
    record = sample.model_dump(mode="json", include=_KEPT)
    given = sample.input
    record["input"] = given if isinstance(given, str) else "\n\n".join(m.text for m in given)
    record["output"]["completion"] = "" if sample.error else sample.output.completion
    return record
