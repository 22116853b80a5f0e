"""Several steps as one pipeline: draft, check it, write it anew. Each step is recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from pydantic import Field, ValidationError, model_validator

from govern.canon import digest
from govern.domain.base import Noun
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest, Pipeline, Step, Usage
from govern.errors import ManifestError, RunError
from govern.pipelines.exchange import overheard, tell_came_back, tell_sent
from govern.pipelines.manifest import closed_settings, fingerprint, read_manifest
from govern.pipelines.packets import StepPacket, Written
from govern.strict_yaml import explain


class Open(Protocol):
    """Opens the pipeline of one step."""

    def __call__(self, manifest: Manifest, folder: Path, *, where: str) -> Pipeline: ...


class StepSpec(Noun):
    """One step: a manifest beside the chain's, or ``kind``, ``model`` and ``settings`` as in one.

    Its name is how later steps refer to what it wrote.
    """

    name: str = Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")
    pipeline: str | None = None
    kind: str | None = None
    model: str | None = None
    settings: dict[str, Any] = {}

    @model_validator(mode="after")
    def _one_of_both(self) -> StepSpec:
        if (self.pipeline is None) == (self.kind is None):
            raise ValueError(f"step {self.name}: expected either pipeline or kind")
        if self.pipeline is not None and (self.model or self.settings):
            raise ValueError(f"step {self.name}: model and settings stand in {self.pipeline}")
        return self


class ChainSettings(Noun):
    """The steps, in their order; the last one's text is the draft."""

    steps: tuple[StepSpec, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def _names_differ(self) -> ChainSettings:
        names = [step.name for step in self.steps]
        if len(set(names)) < len(names):
            raise ValueError(f"steps: expected a name of its own for each, found {names}")
        return self


class Chain:
    """The ``chain`` pipeline: each step is shown the packet with what the earlier ones wrote.

    A step that refuses or fails ends its draft, which then names the step.
    """

    def __init__(self, manifest: Manifest, folder: Path, opener: Open) -> None:
        closed_settings(manifest, set(ChainSettings.model_fields))
        try:
            settings = ChainSettings.model_validate(manifest.settings)
        except ValidationError as err:
            raise ManifestError(f"pipeline {manifest.id}: settings: {explain(err)}") from err
        self._steps = {
            spec.name: _opened(spec, manifest, folder, opener) for spec in settings.steps
        }
        opened = {name: step.manifest for name, step in self._steps.items()}
        self.manifest = manifest.model_copy(
            update={
                "digests": manifest.digests
                | {f"step {name}": fingerprint(step) for name, step in opened.items()},
                "declared_only": tuple(
                    f"step {name}: {what}"
                    for name, step in opened.items()
                    for what in step.declared_only
                ),
            }
        )

    @property
    def steps(self) -> tuple[Pipeline, ...]:
        """The steps' pipelines, in their order."""
        return tuple(self._steps.values())

    def prompt(self, packet: Packet) -> str:
        """What the first step is asked."""
        return next(iter(self._steps.values())).prompt(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """The last step's draft, with all steps beside it.

        Raises:
            RunError: a step's pipeline is out of order; the whole draft is asked for again.
        """
        steps: list[Step] = []
        draft = Draft(status="failed", error="no step")
        for name, pipeline in self._steps.items():
            asked = _for_step(request, name, steps)
            try:
                with overheard() as heard:
                    draft = await pipeline.draft(asked)
            except RunError as err:
                raise RunError(f"step {name}: {err}") from err
            sent = heard.sent or [pipeline.prompt(asked.packet)]
            tell_sent({"step": name, "sent": sent})
            tell_came_back({"step": name, "came_back": heard.came_back or [draft.as_json()]})
            steps.append(_step(name, digest(sent), draft))
            if draft.status != "ok":
                draft = Draft(status=draft.status, error=f"step {name}: {draft.error}"[:500])
                break
        return draft.model_copy(
            update={
                "steps": tuple(steps),
                "usage": _total([step.usage for step in steps]),
                "latency_s": sum(step.latency_s for step in steps),
            }
        )

    async def aclose(self) -> None:
        """Close every step's pipeline, whatever one of them says to it."""
        failures = []
        for pipeline in self._steps.values():
            try:
                await pipeline.aclose()
            except Exception as err:  # noqa: BLE001 - the others are closed first
                failures.append(err)
        if failures:
            raise failures[0]


def _opened(spec: StepSpec, chain: Manifest, folder: Path, opener: Open) -> Pipeline:
    where = f"pipeline {chain.id}: step {spec.name}"
    if spec.pipeline is not None:
        manifest = read_manifest(folder / spec.pipeline)
    else:
        manifest = Manifest(
            id=chain.id,
            version=chain.version,
            kind=spec.kind or "",
            use_case=chain.use_case,
            description=f"Step {spec.name} of {chain.id}.",
            model=spec.model,
            settings=spec.settings,
        )
    if manifest.use_case != chain.use_case:
        raise ManifestError(f"{where}: it is for use case {manifest.use_case!r}")
    if manifest.kind in ("chain", "recorded"):
        raise ManifestError(f"{where}: a step is a pipeline of its own, no {manifest.kind}")
    if "serve" in manifest.settings:
        raise ManifestError(
            f"{where}: settings.serve: a chain asks servers that run already; name one by model"
        )
    try:
        return opener(manifest, folder, where=where)
    except ManifestError as err:
        raise ManifestError(f"{where}: {err}") from err


def _for_step(request: DraftRequest, name: str, before: list[Step]) -> DraftRequest:
    """The request as a step gets it, under an id of its own; the first one sees the packet alone.

    Other ids keep seeds and idempotency keys of two steps apart.
    """
    cell = request.cell.model_copy(update={"id": digest([request.cell.id, name])[:20]})
    packet = request.packet
    if before:
        written = {step.name: Written(text=step.text, rating=step.rating) for step in before}
        packet = StepPacket(**dict(packet), steps=written)
    return request.model_copy(update={"cell": cell, "packet": packet})


def _step(name: str, asked: str, draft: Draft) -> Step:
    return Step(
        name=name,
        status=draft.status,
        asked=asked,
        text=draft.text,
        rating=draft.rating,
        usage=draft.usage,
        latency_s=draft.latency_s,
        error=draft.error,
        returned=draft.returned,
    )


def _total(used: list[Usage]) -> Usage:
    """Tokens and cost of all steps; a cost that one step does not say is not known."""
    costs = [usage.cost_usd for usage in used]
    known = [cost for cost in costs if cost is not None]
    return Usage(
        input_tokens=sum(usage.input_tokens for usage in used),
        output_tokens=sum(usage.output_tokens for usage in used),
        cost_usd=sum(known) if len(known) == len(costs) else None,
    )
