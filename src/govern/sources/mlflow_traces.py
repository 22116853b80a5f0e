"""Drafts in MLflow traces, as ``mlflow traces search --output json`` or ``to_json`` wrote them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from govern.canon import read_json
from govern.errors import InputError

_INPUTS, _OUTPUTS = "mlflow.spanInputs", "mlflow.spanOutputs"


def holds_traces(path: Path) -> bool:
    """Whether a file of JSON Lines holds traces, by its first line."""
    try:
        with path.open(encoding="utf-8") as lines:
            first = json.loads(lines.readline())
    except (OSError, ValueError, RecursionError):
        return False
    return _is_trace(first)


def traces(path: Path) -> Iterator[dict[str, Any]]:
    """A record a trace: ``trace_id``, ``state``, ``inputs`` and ``outputs`` of its root span.

    Beside them ``spans``, by name and as the last one of that name, with inputs and outputs, and
    the trace's ``tags`` and ``metadata``. What a trace that did not end well returned is left out.

    Raises:
        InputError: no traces, or one page of several.
    """
    for number, trace in enumerate(_read(path), start=1):
        if not _is_trace(trace):
            raise InputError(f"{path}: trace {number}: expected info and data.spans")
        yield _record(trace)


def _read(path: Path) -> list[Any]:
    try:
        raw = path.read_bytes()
    except OSError as err:
        raise InputError(f"{path}: cannot be read: {err.strerror or err}") from err
    if path.suffix.lower() == ".jsonl":
        lines = enumerate(raw.split(b"\n"), start=1)
        return [read_json(line, where=f"{path}:{n}") for n, line in lines if line.strip()]
    value = read_json(raw, where=str(path))
    if isinstance(value, dict) and value.get("next_page_token"):
        raise InputError(f"{path}: holds the first page of several; ask for all with --max-results")
    found = value.get("traces", value) if isinstance(value, dict) else value
    return found if isinstance(found, list) else [found]


def _is_trace(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and isinstance(value.get("info"), dict)
        and isinstance(value.get("data"), dict)
        and isinstance(value["data"].get("spans"), list)
    )


def _record(trace: dict[str, Any]) -> dict[str, Any]:
    info, spans = trace["info"], [s for s in trace["data"]["spans"] if isinstance(s, dict)]
    told = {str(span.get("name")): _told(span) for span in spans}
    root = next((_told(span) for span in spans if not span.get("parent_span_id")), {})
    record = {
        "trace_id": info.get("trace_id"),
        "state": info.get("state"),
        "tags": info.get("tags"),
        "metadata": info.get("trace_metadata"),
        "spans": told,
        **root,
    }
    if record["state"] != "OK":
        record.pop("outputs", None)
    return record


def _told(span: dict[str, Any]) -> dict[str, Any]:
    attributes = span.get("attributes") or {}
    return {
        name: _value(attributes[key])
        for name, key in (("inputs", _INPUTS), ("outputs", _OUTPUTS))
        if key in attributes
    }


def _value(written: Any) -> Any:
    """MLflow keeps each value as JSON text."""
    try:
        return json.loads(written)
    except (TypeError, ValueError, RecursionError):
        return written
