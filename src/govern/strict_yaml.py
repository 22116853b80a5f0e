"""YAML without surprises: one shallow document, no aliases, tags, directives or doubled keys."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    DirectiveToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
    ScalarToken,
    TagToken,
    Token,
)

from govern.errors import GovernError

MOST_CHARACTERS = 1_000_000
MOST_LEVELS = 50

_OPENS = (
    BlockMappingStartToken
    | BlockSequenceStartToken
    | FlowMappingStartToken
    | FlowSequenceStartToken
)
_CLOSES = BlockEndToken | FlowMappingEndToken | FlowSequenceEndToken


def load(text: str, *, where: str, error: type[GovernError], first_line: int = 1) -> dict[str, Any]:
    """The mapping that ``text`` holds.

    Args:
        text: one YAML document.
        where: file name, for messages.
        error: what to raise.
        first_line: line of the file that ``text`` starts on, 1-based.

    Raises:
        GovernError: ``error``, with file and line, when it is no plain mapping.
    """
    if len(text) > MOST_CHARACTERS:
        raise error(f"{where}: {len(text)} characters of YAML, at most {MOST_CHARACTERS}")
    levels = 0
    try:
        for token in YAML(typ="safe", pure=True).scan(text):
            levels += isinstance(token, _OPENS) - isinstance(token, _CLOSES)
            refused = _refused(token, levels)
            if refused:
                raise error(f"{where}:{first_line + token.start_mark.line}: {refused}")
        value = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        line = first_line + (mark.line if mark else 0)
        raise error(f"{where}:{line}: not valid YAML: {err.problem or err.context}") from err
    except (YAMLError, RecursionError, TypeError, ValueError) as err:
        raise error(f"{where}:{first_line}: not valid YAML: {type(err).__name__}") from err
    if not isinstance(value, dict):
        raise error(f"{where}:{first_line}: expected a mapping, found {type(value).__name__}")
    return value


def as_json(fields: dict[str, Any]) -> str:
    """What was read as JSON, so that a noun can be validated strictly: ``"0.9"`` is no number."""
    return json.dumps(_keyed(fields), default=str)


def _keyed(value: Any) -> Any:
    """The same with keys that are strings, as JSON's are; another key is no field's name."""
    if isinstance(value, dict):
        return {k if isinstance(k, str) else repr(k): _keyed(v) for k, v in value.items()}
    return [_keyed(part) for part in value] if isinstance(value, list) else value


def _refused(token: Token, levels: int) -> str | None:
    """Why a document with this token is not read, or ``None``.

    Scanning deep flow collections takes a second for a thousand levels; a directive could
    turn on YAML 1.1, where ``no`` is false and 010 is 8.
    """
    if isinstance(token, AliasToken | AnchorToken | TagToken):
        return "YAML aliases, anchors and tags are not allowed"
    if isinstance(token, DirectiveToken):
        return "YAML directives are not allowed"
    if isinstance(token, ScalarToken) and token.plain and token.value == "<<":
        return "YAML merge keys are not allowed"
    if levels > MOST_LEVELS:
        return f"YAML nested deeper than {MOST_LEVELS} levels"
    return None


def explain(err: ValidationError, *, kinds: Collection[str] = ()) -> str:
    """What pydantic found wrong, as field: problem, one after the other.

    ``kinds`` are tags of a union, which the reader of the message did not write.
    """
    parts = []
    for problem in err.errors(include_url=False):
        loc = [str(part) for part in problem["loc"]]
        field = ".".join(loc[1:] if loc and loc[0] in kinds else loc) or "it"
        found = problem.get("input")
        shown = "" if isinstance(found, dict | list) or found is None else f", found {found!r:.60}"
        parts.append(f"{field}: {problem['msg']}{shown}")
    return "; ".join(parts)
