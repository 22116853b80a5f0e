"""Replies that are one JSON value of a stated schema. What breaks the schema is no draft."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import Field, ValidationError

from govern.canon import read_json
from govern.domain.base import Noun
from govern.domain.pipeline import Draft, Usage
from govern.errors import InputError, ManifestError
from govern.pipelines.reply import HALVES, opens_with_refusal, rated_reply, whole
from govern.pipelines.templates import read_text
from govern.strict_yaml import explain

if TYPE_CHECKING:
    from inspect_ai.model import ResponseSchema

_FENCED = re.compile(r"\A```(?:json)?[ \t]*\n(.*)\n```\Z", re.DOTALL | re.IGNORECASE)
_MOST_SAID = 300


class Structured(Noun):
    """What replies look like, and where in them a draft stands.

    ``text``, ``rating`` and ``citations`` are dotted paths; ``rating`` and ``citations`` may be
    null where replies have none. Without ``json_schema``, a file beside the manifest, the schema
    is an object with these. ``strict`` asks providers that know it to allow nothing else.
    """

    json_schema: str | None = None
    text: str = Field(default="text", min_length=1)
    rating: str | None = Field(default="rating", min_length=1)
    citations: str | None = Field(default="citations", min_length=1)
    strict: bool = True


class Replies:
    """A schema, for the provider that is to follow it and for checking whether it did."""

    def __init__(self, settings: Structured, folder: Path) -> None:
        """Raises ManifestError where the schema cannot be used."""
        from jsonschema import Draft202012Validator
        from jsonschema.exceptions import SchemaError

        self.settings = settings
        self.source: str | None = None
        if settings.json_schema is None:
            self.schema = _own(settings)
        else:
            self.schema, self.source = _read(folder / settings.json_schema)
        self._where = where = settings.json_schema or "structured"
        try:
            Draft202012Validator.check_schema(self.schema)
        except SchemaError as err:
            raise ManifestError(f"{where}: no JSON Schema: {err.message}"[:_MOST_SAID]) from err
        if _refers(self.schema):
            raise ManifestError(
                f"{where}: expected a schema without $ref, as providers are sent none; "
                "write out what it refers to"
            )
        self._validator = Draft202012Validator(self.schema)

    def for_provider(self) -> ResponseSchema:
        """The schema as Inspect passes it on; keywords that it does not know are checked here.

        Raises:
            ManifestError: it has a form that Inspect cannot pass on.
        """
        from inspect_ai.model import ResponseSchema
        from inspect_ai.util import JSONSchema

        try:
            known = JSONSchema.model_validate(self.schema)
        except ValidationError as err:
            raise ManifestError(
                f"{self._where}: Inspect cannot pass it on: {explain(err)}"
            ) from err
        return ResponseSchema(name="draft", json_schema=known, strict=self.settings.strict)

    def read(
        self, reply: str, *, usage: Usage | None = None, latency_s: float = 0.0, cut: bool = False
    ) -> Draft:
        """The draft in a reply.

        Args:
            reply: what the model wrote; a code fence around all of it is taken off.
            usage: tokens, where known.
            latency_s: seconds from request to reply.
            cut: it was ended at the most tokens.

        Returns:
            ``failed`` with the reason where it is no JSON, breaks the schema, or has no text, no
            rating from 1 to 5 or no citations where these have to stand; ``refused`` where it
            is no JSON and opens with a refusal.
        """
        cost = {"usage": usage or Usage(), "latency_s": latency_s}
        try:
            found = self._found(reply)
        except InputError as err:
            if opens_with_refusal(reply):
                said = whole(reply.strip())[:200]
                return Draft.model_validate({"status": "refused", "error": said} | cost)
            why = f"{err}{'; it was cut at max_tokens' if cut else ''}"
            said = whole(why)[:_MOST_SAID]
            return Draft.model_validate({"status": "failed", "error": said} | cost)
        rated = rated_reply(found["text"], found["rating"])
        return rated.model_copy(update=cost | {"citations": found["citations"]})

    def _found(self, reply: str) -> dict[str, Any]:
        """The parts of a draft; InputError says what is wrong with the reply."""
        from jsonschema.exceptions import best_match

        if whole(reply) != reply:
            raise InputError(HALVES)
        bare = reply.strip()
        fenced = _FENCED.match(bare)
        value = read_json((fenced.group(1) if fenced else bare).encode(), where="the reply")
        wrong = best_match(self._validator.iter_errors(value))
        if wrong is not None:
            at = ".".join(map(str, wrong.absolute_path)) or "its top"
            raise InputError(f"the reply breaks the schema at {at}: {wrong.message}")
        settings = self.settings
        return {
            "text": _text(_at(value, settings.text)),
            "rating": _rating(_at(value, settings.rating)) if settings.rating else None,
            "citations": _citations(_at(value, settings.citations)) if settings.citations else (),
        }


def _own(settings: Structured) -> dict[str, Any]:
    """An object of the paths' names, all of them required, and nothing else."""
    kinds: dict[str, dict[str, Any]] = {"text": {"type": "string"}}
    if settings.rating:
        # Not by minimum and maximum, which Inspect keeps from several providers.
        kinds["rating"] = {"type": "integer", "enum": [1, 2, 3, 4, 5]}
    if settings.citations:
        kinds["citations"] = {"type": "array", "items": {"type": "string"}}
    paths = {getattr(settings, name): kind for name, kind in kinds.items()}
    nested = sorted(path for path in paths if "." in path)
    if nested or len(paths) < len(kinds):
        raise ManifestError(
            f"structured: {', '.join(nested) or 'two parts under one name'}: expected a name of "
            "its own for each part; for another form name a json_schema"
        )
    return {
        "type": "object",
        "properties": paths,
        "required": list(paths),
        "additionalProperties": False,
    }


def _read(path: Path) -> tuple[dict[str, Any], str]:
    source = read_text(path, "schema")
    try:
        schema = read_json(source.encode(), where=str(path))
    except InputError as err:
        raise ManifestError(str(err)) from err
    if not isinstance(schema, dict) or schema.get("type") != "object":
        raise ManifestError(f"{path}: expected a JSON Schema of type object")
    return schema, source


def _refers(value: Any) -> bool:
    if isinstance(value, dict):
        return "$ref" in value or "$dynamicRef" in value or any(map(_refers, value.values()))
    return isinstance(value, list) and any(map(_refers, value))


def _at(value: Any, path: str) -> Any:
    """What stands at a dotted path, or ``None``."""
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise InputError("the reply holds no text")
    return value.strip()


def _rating(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 <= value <= 5:
        raise InputError(f"the reply's rating is {str(value)[:40]!r}, expected 1 to 5")
    return float(value)


def _citations(value: Any) -> tuple[str, ...]:
    listed = value is None or isinstance(value, list)
    if not listed or any(not isinstance(one, str) or whole(one) != one for one in value or ()):
        raise InputError("the reply's citations are no list of evidence ids")
    return tuple(value or ())
