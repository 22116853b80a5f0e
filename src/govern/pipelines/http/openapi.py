"""A service by its OpenAPI description (3.0 and 3.1): where to send what, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from govern import strict_yaml
from govern.canon import read_json, sha256
from govern.errors import InputError, ManifestError
from govern.pipelines.http.schemas import Schemas

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

    from govern.pipelines.http.settings import HttpSettings

_METHODS = ("get", "put", "post", "patch")
_JSON = re.compile(r"application/(?:[\w.+-]+\+)?json(?:\s*;.*)?", re.IGNORECASE)
# Parameters of these names are described elsewhere. Source: OpenAPI 3.1.1, Parameter Object.
_NO_PARAMETERS = {"accept", "content-type", "authorization"}
_PLACES = {"path": "path", "query": "query", "header": "headers"}


@dataclass(frozen=True)
class Parameter:
    """One parameter: its name, its place (``path``, ``query`` or ``header``), what it may be."""

    name: str
    place: str
    required: bool
    schema: Validator | None


@dataclass(frozen=True)
class Operation:
    """One operation. ``url`` has ``{name}`` for each path parameter."""

    id: str
    method: str
    url: str
    parameters: tuple[Parameter, ...]
    body: Validator | None
    takes_body: bool
    needs_body: bool
    answers: Mapping[str, Validator | None]

    def check_names(self, settings: HttpSettings, *, where: str) -> None:
        """Whether all parameters are given that have to be, and none that does not exist.

        Raises:
            ManifestError: naming them.
        """
        given = {
            "path": set(settings.path),
            "query": set(settings.query),
            "header": {name.lower() for name in settings.headers},
        }
        if settings.auth_as == "query":
            given["query"].add(str(settings.auth_name))
        known: dict[str, set[str]] = {place: set() for place in given}
        for one in self.parameters:
            name = one.name.lower() if one.place == "header" else one.name
            known[one.place].add(name)
            ours = {settings.idempotency_header.lower(), (settings.auth_name or "").lower()}
            if one.required and name not in given[one.place] and name not in ours:
                raise ManifestError(
                    f"{where}: operation {self.id} needs the {one.place} parameter {one.name!r}; "
                    f"set it in settings.{_PLACES[one.place]}"
                )
        for place in ("path", "query"):
            for name in sorted(given[place] - known[place] - {settings.auth_name}):
                raise ManifestError(
                    f"{where}: operation {self.id} has no {place} parameter {name!r}; "
                    f"it has {', '.join(sorted(known[place])) or 'none'}"
                )

    def check(
        self,
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        headers: Mapping[str, str],
        body: Any,
        *,
        where: str,
    ) -> None:
        """Whether a request is one that the operation takes.

        Raises:
            ManifestError: saying which part is not.
        """
        given = {
            "path": path,
            "query": query,
            "header": {name.lower(): value for name, value in headers.items()},
        }
        for one in self.parameters:
            name = one.name.lower() if one.place == "header" else one.name
            if one.schema and name in given[one.place]:
                _refuse(_fault(one.schema, given[one.place][name]), where, self.id, one.name)
        if body is None and self.needs_body:
            raise ManifestError(f"{where}: operation {self.id} needs a body: set settings.body")
        if body is not None and not self.takes_body:
            raise ManifestError(f"{where}: operation {self.id} takes none: settings.body: null")
        if body is not None and self.body:
            _refuse(_fault(self.body, body), where, self.id, "the body")

    def fault_of(self, status: int, answer: Any) -> str | None:
        """What is wrong with an answer by the description, or ``None``."""
        for name in (str(status), f"{status // 100}XX", "default"):
            if name in self.answers:
                schema = self.answers[name]
                fault = _fault(schema, answer) if schema else None
                return (
                    f"the answer is not what operation {self.id} returns: {fault}"
                    if fault
                    else None
                )
        return f"operation {self.id} describes no answer {status}"


def read_operation(
    path: Path, operation: str, base: str | None, *, where: str
) -> tuple[Operation, str]:
    """The operation ``operation`` of the description in a file, and the file's SHA-256.

    Args:
        path: a YAML or JSON file.
        operation: its ``operationId``.
        base: the server's address, where it is not the one that the description names.
        where: the pipeline, for messages.

    Raises:
        ManifestError: unreadable, in parts, no such operation, or one that takes no JSON.
    """
    where = f"{where}: {path.name}"
    try:
        raw = path.read_bytes()
        described = (
            read_json(raw, where=where)
            if path.suffix == ".json"
            else strict_yaml.load(raw.decode(), where=where, error=ManifestError)
        )
    except (OSError, UnicodeDecodeError, InputError) as err:
        raise ManifestError(f"{where}: cannot be read: {err}") from err
    try:
        return _Described(described, where).operation(operation, base), sha256(raw)
    except (KeyError, IndexError, TypeError, AttributeError, RecursionError) as err:
        raise ManifestError(
            f"{where}: no OpenAPI description: {type(err).__name__}: {err}"
        ) from err


class _Described:
    """A whole description, as it was read."""

    def __init__(self, document: dict[str, Any], where: str) -> None:
        self._document, self._where = document, where
        version = str(document.get("openapi", "none"))
        if not re.match(r"3\.[01]\.", version):
            raise ManifestError(f"{where}: expected OpenAPI 3.0 or 3.1, found {version}")
        self._schemas = Schemas(document, old=version.startswith("3.0."), where=where)

    def operation(self, wanted: str, base: str | None) -> Operation:
        found = {
            str(item[method].get("operationId")): (url, method, item)
            for url, item in self._document["paths"].items()
            for method in _METHODS
            if method in item
        }
        if wanted not in found:
            have = ", ".join(sorted(found)) or "none"
            raise ManifestError(f"{self._where}: no operation {wanted!r}; there are: {have}")
        path, method, item = found[wanted]
        described = item[method]
        body = self._seen(described.get("requestBody", {}))
        schema = _json_schema(body)
        takes_body = bool(body)
        if takes_body and schema is None:
            raise ManifestError(f"{self._where}: operation {wanted} takes no JSON")
        parameters = tuple(self._parameters(item, described))
        unset = set(re.findall(r"\{([^}]*)\}", path)) - {
            one.name for one in parameters if one.place == "path"
        }
        if unset:
            raise ManifestError(
                f"{self._where}: operation {wanted}: {', '.join(sorted(unset))} in its path "
                "is no parameter of it"
            )
        return Operation(
            id=wanted,
            method=method.upper(),
            url=self._server(item, described, base).rstrip("/") + path,
            parameters=parameters,
            body=self._schemas.validator(schema, "sent") if schema is not None else None,
            takes_body=takes_body,
            needs_body=bool(body.get("required")),
            answers=dict(self._answers(described)),
        )

    def _seen(self, part: dict[str, Any]) -> dict[str, Any]:
        return self._schemas.at(part["$ref"]) if "$ref" in part else part

    def _parameters(self, item: dict[str, Any], described: dict[str, Any]) -> Iterator[Parameter]:
        named = {}
        for part in [*item.get("parameters", []), *described.get("parameters", [])]:
            one = self._seen(part)
            named[one["name"], one["in"]] = one
        for (name, place), one in named.items():
            if place == "header" and name.lower() in _NO_PARAMETERS:
                continue
            if place not in _PLACES:
                if one.get("required"):
                    raise ManifestError(f"{self._where}: parameter {name}: no {place}s are sent")
                continue
            schema = one.get("schema")
            yield Parameter(
                name,
                place,
                bool(one.get("required")),
                self._schemas.validator(schema, "sent") if schema is not None else None,
            )

    def _answers(self, described: dict[str, Any]) -> Iterator[tuple[str, Validator | None]]:
        for status, part in described.get("responses", {}).items():
            schema = _json_schema(self._seen(part))
            yield (
                str(status),
                self._schemas.validator(schema, "returned") if schema is not None else None,
            )

    def _server(self, item: dict[str, Any], described: dict[str, Any], base: str | None) -> str:
        servers = (
            described.get("servers") or item.get("servers") or self._document.get("servers") or []
        )
        url = str(servers[0]["url"]) if servers else "/"
        for name, variable in (servers[0].get("variables", {}) if servers else {}).items():
            url = url.replace("{" + name + "}", str(variable["default"]))
        if base:
            return base
        if not re.match(r"https?://", url):
            raise ManifestError(
                f"{self._where}: names no server's address, found {url!r}; set settings.url to it"
            )
        return url


def _json_schema(part: dict[str, Any]) -> Any:
    """The schema of the JSON in a body: ``None`` without JSON, ``True`` where any will do."""
    for kind, content in part.get("content", {}).items():
        if _JSON.fullmatch(kind):
            return content.get("schema", True)
    return None


def _fault(schema: Validator, value: Any) -> str | None:
    from jsonschema.exceptions import best_match

    try:
        worst = best_match(schema.iter_errors(value))
    except RecursionError:
        return "it is nested too deeply to be checked"
    return None if worst is None else f"{worst.json_path}: {worst.message}"


def _refuse(fault: str | None, where: str, operation: str, part: str) -> None:
    if fault:
        raise ManifestError(f"{where}: operation {operation}: {part}: {fault}"[:500])
