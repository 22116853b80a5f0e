"""Schemas of an OpenAPI description as JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from govern.errors import ManifestError

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

Direction = Literal["sent", "returned"]
_HERE = "urn:govern:openapi:"


class Schemas:
    """All schemas of a description, each as it holds for what is sent or returned.

    OpenAPI 3.0 has a dialect of its own, 3.1 that of JSON Schema 2020-12. What is ``readOnly`` need
    not be sent, what is ``writeOnly`` not returned. Source: OpenAPI 3.0.4 and 3.1.1, Schema Object.

    Raises:
        ManifestError: it refers to another file, which is never fetched, or to nothing.
    """

    def __init__(self, document: dict[str, Any], *, old: bool, where: str) -> None:
        from jsonschema import Draft4Validator, Draft202012Validator
        from referencing import Registry
        from referencing.jsonschema import DRAFT4, DRAFT202012

        self._document, self._where = document, where
        for reference in _references(document):
            self.at(reference)
        self._class = Draft4Validator if old else Draft202012Validator
        dialect = DRAFT4 if old else DRAFT202012
        self._registry: Any = Registry().with_resources(
            (_HERE + way, dialect.create_resource(_adapted(document, way, old)))
            for way in ("sent", "returned")
        )
        self._old = old
        for schema in document.get("components", {}).get("schemas", {}).values():
            self.validator(schema, "sent")

    def at(self, reference: str) -> dict[str, Any]:
        """The part of the description that a reference stands for."""
        if not reference.startswith("#/"):
            raise ManifestError(
                f"{self._where}: refers to {reference!r}; expected one file without references "
                "to others: bundle it first"
            )
        part: Any = self._document
        for name in reference[2:].split("/"):
            step = unquote(name).replace("~1", "/").replace("~0", "~")
            if not isinstance(part, dict) or step not in part:
                raise ManifestError(f"{self._where}: {reference!r} stands for nothing")
            part = part[step]
        if not isinstance(part, dict):
            raise ManifestError(f"{self._where}: {reference!r}: expected a mapping")
        return self.at(part["$ref"]) if set(part) == {"$ref"} else part

    def validator(self, schema: Any, way: Direction) -> Validator:
        """What checks values by a schema of the description.

        Raises:
            ManifestError: it is no schema.
        """
        from jsonschema.exceptions import SchemaError

        adapted = _adapted(schema, way, self._old)
        if isinstance(adapted, bool):
            adapted = {} if adapted else {"not": {}}
        try:
            self._class.check_schema(adapted)
        except SchemaError as err:
            raise ManifestError(f"{self._where}: {err.json_path}: {err.message}"[:500]) from err
        return self._class(adapted, registry=self._registry)


def _references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for name, inner in part.items():
            if name not in ("example", "examples"):
                yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _adapted(part: Any, way: Direction, old: bool) -> Any:
    """A part of a description whose schemas hold one way, with references that can be followed."""
    if isinstance(part, list):
        return [_adapted(inner, way, old) for inner in part]
    if not isinstance(part, dict):
        return part
    made = {name: _adapted(inner, way, old) for name, inner in part.items()}
    if isinstance(made.get("$ref"), str):
        made["$ref"] = _HERE + way + made["$ref"]
    if isinstance(made.get("required"), list) and isinstance(made.get("properties"), dict):
        made["required"] = [n for n in made["required"] if not _one_way(part, str(n), way)]
        if not made["required"]:
            del made["required"]
    if old and made.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


def _one_way(part: dict[str, Any], name: str, way: Direction) -> bool:
    described = part["properties"].get(name)
    other = "readOnly" if way == "sent" else "writeOnly"
    return isinstance(described, dict) and described.get(other) is True
