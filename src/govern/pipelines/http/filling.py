"""JSON with Jinja in its strings, sandboxed; every variable must exist."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, TemplateError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from govern.errors import ManifestError

Filled = Callable[[Mapping[str, Any]], Any]
_ONE_EXPRESSION = re.compile(r"\{\{-?((?:(?!\{\{|\}\}).)*?)-?\}\}", re.DOTALL)
_ENVIRONMENT = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)


def filling(tree: Any, *, where: str) -> Filled:
    """What fills the strings of a JSON tree; keys stay as they are.

    A string that is one expression (``"{{ packet.evidence }}"``) becomes its value, a list for
    instance; any other one becomes text.

    Raises:
        ManifestError: a template is malformed; so does filling, where a variable is absent.
    """
    if isinstance(tree, dict):
        parts = {key: filling(value, where=f"{where}.{key}") for key, value in tree.items()}
        return lambda known: {key: fill(known) for key, fill in parts.items()}
    if isinstance(tree, list):
        items = [filling(value, where=f"{where}.{n}") for n, value in enumerate(tree)]
        return lambda known: [fill(known) for fill in items]
    if isinstance(tree, str) and "{" in tree:
        return _of_string(tree, where)
    return lambda _known: tree


def _of_string(source: str, where: str) -> Filled:
    whole = _ONE_EXPRESSION.fullmatch(source.strip())
    value: Callable[..., Any]
    try:
        if whole:
            value = _ENVIRONMENT.compile_expression(whole[1], undefined_to_none=False)
        else:
            value = _ENVIRONMENT.from_string(source).render
    except TemplateError as err:
        raise ManifestError(f"{where}: {err}") from err

    def fill(known: Mapping[str, Any]) -> Any:
        try:
            found = value(known)
            if isinstance(found, Undefined):
                str(found)  # raises, with its name
        except Exception as err:  # a template is a program: it may divide by zero
            raise ManifestError(f"{where}: {str(err) or type(err).__name__}") from err
        return found

    return fill
