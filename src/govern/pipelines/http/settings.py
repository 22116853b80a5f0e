"""What a manifest of kind ``http`` may set."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

import httpx
from pydantic import Field, HttpUrl, model_validator

from govern.domain.base import Noun
from govern.pipelines.http.addresses import same_origin

DEFAULT_SLOTS = 16
DEFAULT_BODY = {"packet": "{{ packet }}", "prompt": "{{ prompt }}"}

# Names under which people put secrets; `max_tokens` and `partition-key` are none.
_SECRET = re.compile(
    r"(^|[-_.])(authorization|cookie|secret|password|credentials?|access[-_]?token|auth[-_]?token|"
    r"(api|access|subscription|functions?|auth|private|secret|account)[-_]?key)$",
    re.IGNORECASE,
)
_SECRET_BESIDE = re.compile(r"^key$|(^|[-_.])(token|sig|signature)$", re.IGNORECASE)
_REFUSAL = "{}: a secret never stands in a manifest; name it by auth_env or auth_file"
_OURS = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding"}

EnvName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
HeaderName = Annotated[str, Field(pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")]
Scalar = str | int | float | bool


class Retries(Noun):
    """How often a cell is tried, and how long is waited in between.

    Before the n-th retry up to ``first_s`` · 2ⁿ⁻¹ seconds, never over ``most_s``: how much of
    it is chance (full jitter). Where the service says how long, that long, unless it is over
    ``most_s``: then nobody waits.
    """

    tries: int = Field(default=4, ge=1, le=20)
    first_s: float = Field(default=0.5, gt=0)
    most_s: float = Field(default=60.0, gt=0)


class Rate(Noun):
    """Requests that are begun at most, evenly spread; with both, the slower one holds."""

    per_second: float | None = Field(default=None, gt=0)
    per_minute: float | None = Field(default=None, gt=0)

    @property
    def spacing_s(self) -> float:
        """Seconds from one request to the next."""
        by_second = 1 / self.per_second if self.per_second else 0.0
        return max(by_second, 60 / self.per_minute if self.per_minute else 0.0)


class Tls(Noun):
    """Whom to trust, and who we are: files beside the manifest, in PEM.

    With ``ca`` nobody else is trusted. ``verify`` can be off on loopback alone.
    """

    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    verify: bool = True


class AnsweredBy(Noun):
    """Where the answer says which model it came from, and from which state of the system."""

    model: str | None = None
    fingerprint: str | None = None


class Used(Noun):
    """Where the answer says what it took."""

    input_tokens: str | None = None
    output_tokens: str | None = None
    cost_usd: str | None = None


class Prices(Noun):
    """US dollars, where the answer does not say what it cost."""

    draft_usd: float = Field(default=0.0, ge=0)
    million_input_usd: float = Field(default=0.0, ge=0)
    million_output_usd: float = Field(default=0.0, ge=0)


class Batching(Noun):
    """A service that takes many cells at once and answers later.

    Paths are dotted, addresses on the server of ``url`` and relative to it, with ``{id}`` for the
    batch. ``size`` cells are submitted as a list at ``items`` of the body; a batch that
    is not full goes after ``wait_s`` seconds without another cell. The answer names the batch at
    ``id``; ``status_url`` is asked every ``every_s`` seconds, for ``within_s`` at most, until
    what stands at ``status`` is one of ``done`` or ``failed``. Results are at ``results_url``, or
    in the last answer about the status: a list at ``rows``, without it one JSON document a line.
    ``next`` is where a page names the next one: an address, or a cursor for the query
    parameter ``cursor``. A row says at ``key`` which cell it is of; what stands at ``error``
    makes the draft failed, or, for the values in ``outages``, leaves the cell undrafted; those in
    ``no_error`` say that all is well.
    """

    size: int = Field(ge=1, le=10_000)
    wait_s: float = Field(default=2.0, gt=0)
    items: str = Field(default="requests", min_length=1)
    key: str = "custom_id"
    id: str = "id"
    status_url: str
    status: str = "status"
    done: tuple[str, ...] = ("completed", "ended")
    failed: tuple[str, ...] = ("failed", "expired", "cancelled")
    every_s: float = Field(default=10.0, gt=0)
    within_s: float = Field(default=86_400.0, gt=0)
    results_url: str | None = None
    rows: str | None = None
    next: str | None = None
    cursor: str | None = None
    error: str | None = None
    no_error: tuple[str, ...] = ()
    outages: tuple[str, ...] = ()


class HttpSettings(Noun):
    """How to ask, and where the answer stands.

    Strings in ``headers``, ``query``, ``path`` and ``body`` are Jinja templates over ``packet``,
    ``packet_text``, ``prompt`` (the file ``template``, without it ``packet_text``) and ``key``
    (the cell's idempotency key). ``text``, ``rating``, ``returned`` and ``usage`` are dotted
    paths into the reply (``choices.0.text``). Without ``rating`` it is read from a line of the
    text. A secret never stands here: ``auth_env`` names the environment variable that holds it,
    ``auth_file`` the file; ``auth_as`` says how it is sent. ``proxy_env`` names the variable
    with a proxy's address; no other proxy is used.
    """

    url: HttpUrl | None = None
    openapi: str | None = None
    operation: str | None = None
    method: Literal["POST", "PUT", "PATCH", "GET"] | None = None
    path: dict[str, Scalar] = {}
    query: dict[str, Scalar | list[Scalar]] = {}
    headers: dict[HeaderName, str] = {}
    body: Any = DEFAULT_BODY
    template: str | None = None
    text: str
    rating: str | None = None
    rating_line: str = "Rating:"
    returned: AnsweredBy = AnsweredBy()
    usage: Used = Used()
    prices: Prices | None = None
    auth_env: EnvName | None = None
    auth_file: str | None = None
    auth_as: Literal["authorization", "bearer", "basic", "header", "query"] = "authorization"
    auth_name: HeaderName | None = None
    proxy_env: EnvName | None = None
    tls: Tls = Tls()
    timeout_s: float = Field(default=60.0, gt=0)
    retries: Retries = Retries()
    idempotency_header: HeaderName = "Idempotency-Key"
    slots: int | None = Field(default=None, ge=1, le=10_000)
    rate: Rate = Rate()
    most_bytes: int = Field(default=8_000_000, ge=1)
    batch: Batching | None = None

    @property
    def at_once(self) -> int:
        """Drafts that are asked for at once."""
        return self.slots or (self.batch.size if self.batch else DEFAULT_SLOTS)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        for wrong, why in (
            (not (self.url or self.openapi), "expected url, or openapi with operation"),
            (bool(self.openapi) != bool(self.operation), "openapi and operation go together"),
            (self.openapi and self.method, "method: the operation has its own"),
            (self.path and not self.openapi, "path: only an operation has such parameters"),
            (self.openapi and self.batch, "batch: not for a service described by openapi"),
            (self.method == "GET" and self.batch, "method: a batch is submitted, which GET is not"),
            (self.auth_env and self.auth_file, "expected auth_env or auth_file, found both"),
            (
                (self.auth_as in ("header", "query")) != bool(self.auth_name),
                "auth_name goes with auth_as: header or query, and with no other",
            ),
            (
                self.batch and self.at_once < self.batch.size,
                "slots: fewer than batch.size, so that no batch is ever full",
            ),
            (self.tls.key and not self.tls.certificate, "tls.key: expected tls.certificate too"),
        ):
            if wrong:
                raise ValueError(why)
        return self

    @model_validator(mode="after")
    def _stays_on_one_server(self) -> Self:
        for name in ("status_url", "results_url"):
            address = getattr(self.batch, name, None)
            if self.url and address:
                base = httpx.URL(str(self.url))
                try:
                    there = same_origin(base, base.join(address.replace("{id}", "id")))
                except httpx.InvalidURL:
                    there = False
                if not there:
                    raise ValueError(f"batch.{name}: expected an address on {base.host}")
        return self

    @model_validator(mode="after")
    def _holds_no_secret(self) -> Self:
        if self.url and (self.url.username or self.url.password):
            raise ValueError("url: a user or password in it; name it by auth_env or auth_file")
        beside = [*self.headers.items(), *self.query.items(), *self._own_query()]
        for name, value in [*beside, *_fields(self.body)]:
            if _SECRET.search(name) and not _is_template(value):
                raise ValueError(_REFUSAL.format(name))
        for name, value in beside:
            if _SECRET_BESIDE.search(name) and not _is_template(value):
                raise ValueError(_REFUSAL.format(name))
        for name in self.headers:
            if name.lower() in _OURS:
                raise ValueError(f"headers.{name}: set by the connection alone")
        return self

    def _own_query(self) -> list[tuple[str, str]]:
        return self.url.query_params() if self.url else []


def _fields(tree: Any) -> Iterator[tuple[str, Any]]:
    """All names in a JSON tree, with what stands under each."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield str(name), value
            yield from _fields(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from _fields(value)


def _is_template(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("{{") and value.endswith("}}")
