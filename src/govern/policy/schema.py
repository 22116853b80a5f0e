"""JSON Schema of what authors write: front matter, clause blocks, cases of a policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter

from govern.domain.policy import Clause, FrontMatter
from govern.policy.cases import PolicyCase

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What the reader takes from the document itself; nobody writes it into a block.
READ = frozenset({"title", "prose", "line"})
KINDS = ("MeasuredClause", "PropertyClause", "AttestedClause", "RecordClause")


def front_matter() -> dict[str, Any]:
    """Of the front matter; in ``$defs`` also of a clause's block, as ``Clause``."""
    schema = FrontMatter.model_json_schema()
    clauses = clause()
    schema["$defs"] |= clauses["$defs"] | {"Clause": {"oneOf": clauses["oneOf"]}}
    return {"$schema": DIALECT} | schema


def clause() -> dict[str, Any]:
    """Of one ``yaml clause`` block, of any of the four kinds."""
    schema = TypeAdapter(Clause).json_schema()
    for kind in KINDS:
        schema["$defs"][kind] = _written(schema["$defs"][kind])
    return {"$schema": DIALECT, "title": "Clause"} | schema


def case() -> dict[str, Any]:
    """Of one file in ``policies/tests/<policy>/``."""
    return {"$schema": DIALECT} | PolicyCase.model_json_schema()


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = MappingProxyType(
    {"policy": front_matter, "clause": clause, "case": case}
)


def _written(schema: dict[str, Any]) -> dict[str, Any]:
    """A noun's schema without what nobody writes."""
    properties = {k: v for k, v in schema["properties"].items() if k not in READ}
    required = [name for name in schema["required"] if name not in READ]
    return schema | {"properties": properties, "required": required}
