"""YAML without surprises: one document, no aliases, tags or duplicate keys, lines in errors."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import AliasToken, AnchorToken, TagToken

from govern.errors import GovernError

MOST_CHARACTERS = 1_000_000


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
    yaml = YAML(typ="safe", pure=True)
    try:
        for token in yaml.scan(text):
            if isinstance(token, AliasToken | AnchorToken | TagToken):
                line = first_line + token.start_mark.line
                raise error(f"{where}:{line}: YAML aliases, anchors and tags are not allowed")
        value = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        line = first_line + (mark.line if mark else 0)
        raise error(f"{where}:{line}: not valid YAML: {err.problem or err.context}") from err
    except (YAMLError, RecursionError, ValueError) as err:
        raise error(f"{where}:{first_line}: not valid YAML: {type(err).__name__}") from err
    if not isinstance(value, dict):
        raise error(f"{where}:{first_line}: expected a mapping, found {type(value).__name__}")
    return value


def explain(err: ValidationError) -> str:
    """What pydantic found wrong, as field: problem, one after the other."""
    parts = []
    for problem in err.errors(include_url=False):
        field = ".".join(str(p) for p in problem["loc"]) or "it"
        found = problem.get("input")
        shown = "" if isinstance(found, dict | list) or found is None else f", found {found!r:.60}"
        parts.append(f"{field}: {problem['msg']}{shown}")
    return "; ".join(parts)
