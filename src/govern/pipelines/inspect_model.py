"""Any model that Inspect has a provider for, asked through a prompt template."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from govern.canon import sha256, unit_interval
from govern.domain.base import Noun
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest, Usage
from govern.errors import ManifestError, RunError
from govern.pipelines.llama_server import ServeSpec
from govern.pipelines.reply import read_reply
from govern.pipelines.templates import PromptTemplate
from govern.strict_yaml import explain

# Inspect writes its messages for a terminal.
_MARKUP = re.compile(r"\[/?[a-z ]*\]")


class Generate(Noun):
    """What Inspect passes to the provider."""

    max_tokens: int = Field(default=400, ge=1)
    temperature: float | None = Field(default=None, ge=0)
    seed: int | None = None
    stop: tuple[str, ...] = ()
    timeout_s: int = Field(default=120, ge=1)
    max_retries: int = Field(default=2, ge=0)


class ModelSettings(Noun):
    """Prompt, generation and, for weights that a package carries, how to serve them.

    ``slots`` drafts are asked for at once.
    """

    template: str
    rating_line: str = "Rating:"
    generate: Generate = Generate()
    slots: int = Field(default=8, ge=1)
    serve: ServeSpec | None = None


class InspectModel:
    """The ``inspect_model`` pipeline. Without ``model`` it asks Inspect's active one."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        try:
            self.settings = ModelSettings.model_validate(manifest.settings)
        except ValidationError as err:
            raise ManifestError(f"pipeline {manifest.id}: settings: {explain(err)}") from err
        self._template = PromptTemplate(folder / self.settings.template)
        self._model: Any = None
        digests = manifest.digests | {
            self.settings.template: sha256(self._template.source.encode())
        }
        declared: tuple[str, ...] = (f"the model {manifest.model or 'that Inspect is given'}",)
        if self.settings.serve:
            digests |= {"weights": self.settings.serve.sha256}
            declared = ()
        self.manifest = manifest.model_copy(update={"digests": digests, "declared_only": declared})

    def connect(self, base_url: str | None = None) -> None:
        """Open the model; ``base_url`` for weights that are served here.

        Raises:
            ManifestError: Inspect has no such provider, or the provider lacks its key or package.
        """
        from inspect_ai.model import get_model

        name = self.manifest.model
        key = "local" if base_url else None
        try:
            self._model = (
                get_model(name, base_url=base_url, api_key=key, memoize=False)
                if name
                else get_model()
            )
        except Exception as err:  # whatever a provider raises when it cannot be set up
            why = " ".join(_MARKUP.sub("", str(err)).split())
            raise ManifestError(
                f"pipeline {self.manifest.id}: model {name or 'of Inspect'}: {why}"
            ) from err

    def prompt(self, packet: Packet) -> str:
        """The rendered template."""
        return self._template.render(packet)

    async def draft(self, request: DraftRequest) -> Draft:
        """The model's reply.

        Raises:
            RunError: the provider could not be reached or gave up: an outage is not a draft.
        """
        from inspect_ai.model import GenerateConfig

        if self._model is None:
            self.connect()
        asked = self.settings.generate
        config = GenerateConfig(
            max_tokens=asked.max_tokens,
            temperature=asked.temperature,
            seed=_seed(asked.seed, request.cell.id),
            stop_seqs=list(asked.stop) or None,
            attempt_timeout=asked.timeout_s,
            max_retries=asked.max_retries,
            max_connections=self.settings.slots,
        )
        started = time.perf_counter()
        try:
            output = await self._model.generate(self.prompt(request.packet), config=config)
        except Exception as err:
            raise RunError(f"{self.manifest.model}: {type(err).__name__}: {err}"[:500]) from err
        latency = time.perf_counter() - started
        if output.stop_reason == "content_filter":
            return Draft(status="refused", error="content filter", latency_s=latency)
        used = output.usage
        usage = (
            Usage(input_tokens=used.input_tokens, output_tokens=used.output_tokens)
            if used
            else None
        )
        return read_reply(
            output.completion,
            rating_line=self.settings.rating_line,
            usage=usage,
            latency_s=latency,
        )

    async def aclose(self) -> None:
        """Close the client of a model that this pipeline opened; Inspect closes its own."""
        model, self._model = self._model, None
        if model is not None and self.manifest.model is not None:
            await model.api.aclose()


def _seed(base: int | None, cell: str) -> int | None:
    """A seed for each cell, so that a true repeat is a fresh draw; none where none was asked."""
    return None if base is None else int(unit_interval(base, cell) * 2**31)
