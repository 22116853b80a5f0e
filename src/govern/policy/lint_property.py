"""A property that a manifest can state, and a demand that its answer can meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, get_args, get_origin

from govern.domain.deployment import Deployment
from govern.domain.policy import Must, PropertyClause

# What each kind of answer can be asked.
FITTING = {
    "yes or no": ("equals",),
    "a number": ("equals", "at_most", "stated"),
    "a list of words": ("one_of", "none_of", "includes", "stated"),
    "one of some words": ("equals", "one_of", "none_of", "stated"),
    "words": ("equals", "one_of", "none_of", "stated"),
}


def property_problems(clause: PropertyClause) -> Iterator[str]:
    """What is wrong with a clause on what the manifest says."""
    if clause.property not in Deployment.model_fields:
        known = ", ".join(sorted(Deployment.model_fields))
        yield f"property {clause.property!r} is none that a manifest states; known: {known}"
        return
    kind, choices = answer_of(clause.property)
    must = clause.must
    if must.name not in FITTING[kind]:
        fitting = ", ".join(FITTING[kind])
        yield f"{clause.property} is {kind} and takes {fitting}, not {must.name}"
        return
    yield from _value_problems(clause.property, must, kind, choices)


def answer_of(name: str) -> tuple[str, tuple[str, ...]]:
    """What the answer to a known property is, and the words it is one of, if there are such."""
    annotation = Deployment.model_fields[name].annotation
    [stated] = [part for part in get_args(annotation) if part is not type(None)]
    if get_origin(stated) is Literal:
        return "one of some words", get_args(stated)
    if get_origin(stated) is tuple:
        return "a list of words", ()
    return {bool: "yes or no", int: "a number", str: "words"}[stated], ()


def _value_problems(name: str, must: Must, kind: str, choices: Sequence[str]) -> Iterator[str]:
    value = must.value
    if must.name == "equals":
        wanted = {"yes or no": bool, "a number": int}.get(kind, str)
        if type(value) is not wanted:
            yield f"{name} is {kind}, equals {value!r} is not"
            return
    asked = value if isinstance(value, tuple) else (value,) if must.name == "equals" else ()
    if isinstance(value, tuple) and not value:
        yield f"{must.name} is empty, so {name} could be anything or nothing"
    if must.name == "at_most" and value < 0:
        yield f"{name} at most {value} can never be"
    if choices:
        strangers = sorted(set(asked) - set(choices))
        yield from (f"{name} is never {s!r}; it is {', '.join(choices)}" for s in strangers)
        if must.name == "one_of" and set(choices) <= set(asked):
            yield f"one_of holds every answer there is, so {name} could be anything"
        if must.name == "none_of" and set(choices) <= set(asked):
            yield f"none_of holds every answer there is, so {name} could be nothing"
