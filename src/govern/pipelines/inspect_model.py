"""Any model that Inspect has a provider for, asked through a prompt template."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, ValidationError

from govern.canon import sha256
from govern.domain.base import Noun
from govern.domain.case import Packet
from govern.domain.pipeline import Draft, DraftRequest, Manifest, Usage
from govern.errors import ManifestError, RunError
from govern.pipelines.answers import failed
from govern.pipelines.exchange import tell_came_back, tell_sent
from govern.pipelines.generate import Generate
from govern.pipelines.heard import Heard, heard, listen, returned
from govern.pipelines.llama_server import ENGINE, ServeSpec
from govern.pipelines.packages import package_digest
from govern.pipelines.prices import Prices
from govern.pipelines.reply import read_reply
from govern.pipelines.secrecy import longest_first, secret_values, without
from govern.pipelines.structured import Replies, Structured
from govern.pipelines.templates import PromptTemplate, Turns, read_examples
from govern.strict_yaml import explain

if TYPE_CHECKING:
    from inspect_ai.model import ChatMessage, ResponseSchema

# Inspect writes its messages for a terminal.
_MARKUP = re.compile(r"\[/?[a-z ]*\]")
# Inspect's providers that take one text and no turns end so.
_COMPLETES = "-completions"


class ModelSettings(Noun):
    """Prompt, generation and, for weights that a package carries, how to serve them.

    ``system`` and ``template`` are templates, ``examples`` a file of worked turns between the
    two. A model in ``mode`` ``completion`` is sent the template alone, which may write the
    examples out. ``slots`` drafts are asked for at once.
    """

    template: str
    system: str | None = None
    examples: str | None = None
    mode: Literal["chat", "completion"] | None = None
    rating_line: str = "Rating:"
    structured: Structured | None = None
    generate: Generate = Generate()
    prices: Prices | None = None
    slots: int | None = Field(default=None, ge=1)
    serve: ServeSpec | None = None


class InspectModel:
    """The ``inspect_model`` pipeline. Without ``model`` it asks Inspect's active one."""

    def __init__(self, manifest: Manifest, folder: Path) -> None:
        try:
            self.settings = settings = ModelSettings.model_validate(manifest.settings)
        except ValidationError as err:
            raise ManifestError(f"pipeline {manifest.id}: settings: {explain(err)}") from err
        self.mode = _mode(manifest, settings)
        self._model: Any = None
        self._response: ResponseSchema | None = None
        self._template = PromptTemplate(folder / settings.template)
        sources = {settings.template: self._template.source}
        self._system = PromptTemplate(folder / settings.system) if settings.system else None
        if settings.system and self._system:
            sources[settings.system] = self._system.source
        self._replies = Replies(settings.structured, folder) if settings.structured else None
        if self._replies and self._replies.source and self._replies.settings.json_schema:
            sources[self._replies.settings.json_schema] = self._replies.source
        self._examples: tuple[Turns, ...] = ()
        if settings.examples:
            self._examples, sources[settings.examples] = read_examples(folder / settings.examples)
        self._require_usable(manifest)
        digests = {name: sha256(source.encode()) for name, source in sources.items()}
        declared: tuple[str, ...] = (f"the model {manifest.model or 'that Inspect is given'}",)
        if settings.serve:
            digests["weights"] = settings.serve.sha256
            engine = package_digest(ENGINE)
            digests |= {ENGINE: engine} if engine else {}
            declared = () if engine else (f"{ENGINE}, which runs the weights and is absent here",)
        self.manifest = manifest.model_copy(
            update={"digests": manifest.digests | digests, "declared_only": declared}
        )

    @property
    def slots(self) -> int:
        """Drafts asked for at once."""
        if self.settings.serve:
            return self.settings.serve.slots
        return self.settings.slots or self.settings.generate.slots

    def connect(self, base_url: str | None = None) -> None:
        """Open the model; ``base_url`` for weights that are served here.

        Raises:
            ManifestError: Inspect has no such provider, or the provider lacks its key or package.
        """
        from inspect_ai.model import get_model

        name = self.manifest.model
        key = "local" if base_url else None
        self._response = self._replies.for_provider() if self._replies else None
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
        if name:
            listen(self._model.api)

    def prompt(self, packet: Packet) -> str:
        """All that the model is sent, the packet first: a draft that begins so is an echo."""
        said = [self._asked(packet)]
        if self._system:
            said.append(self._system.render(packet))
        if self.mode == "chat":
            said += [text for turn in self._examples for text in (turn.user, turn.assistant)]
        return "\n\n".join(said)

    async def draft(self, request: DraftRequest) -> Draft:
        """The model's reply.

        Raises:
            RunError: the provider could not be reached or gave up: an outage is not a draft.
        """
        if self._model is None:
            self.connect()
        config = self.settings.generate.config(
            request.cell.id, slots=self.slots, cached=not request.anew, response=self._response
        )
        note, started = heard(), time.perf_counter()
        messages = self._messages(request.packet)
        tell_sent([{"role": said.role, "content": said.text} for said in messages])
        try:
            output = await self._model.generate(messages, config=config)
        except Exception as err:  # noqa: BLE001 - whatever a provider raises is an outage
            hidden = longest_first(secret_values(os.environ))
            said = without(f"{self.manifest.model}: {type(err).__name__}: {err}", hidden)
            # Not from err: some providers repeat the key that they were sent.
            raise RunError(said[:500]) from None
        tell_came_back({"completion": output.completion, "stop_reason": output.stop_reason})
        draft = self._read(output, note, time.perf_counter() - started)
        return draft.model_copy(update={"returned": returned(output, note)})

    async def aclose(self) -> None:
        """Close the client of a model that this pipeline opened; Inspect closes its own."""
        model, self._model = self._model, None
        if model is not None and self.manifest.model is not None:
            await model.api.aclose()

    def _read(self, output: Any, note: Heard, latency_s: float) -> Draft:
        usage = self._usage(output.usage, note) if output.usage else Usage()
        if output.empty:
            error = "the provider sent no reply"
            return Draft(status="failed", error=error, usage=usage, latency_s=latency_s)
        if output.stop_reason == "content_filter":
            return Draft(status="refused", error="content filter", usage=usage, latency_s=latency_s)
        if output.error or output.stop_reason == "model_length":
            # Of a request that is too long Inspect hands on what the provider says as the reply.
            none = failed(f"{output.stop_reason}: {output.error or output.completion}", latency_s)
            return none.model_copy(update={"usage": usage})
        if self._replies is None:
            return read_reply(
                output.completion,
                rating_line=self.settings.rating_line,
                usage=usage,
                latency_s=latency_s,
            )
        cut = output.stop_reason in ("max_tokens", "model_length")
        return self._replies.read(output.completion, usage=usage, latency_s=latency_s, cut=cut)

    def _usage(self, used: Any, note: Heard) -> Usage:
        """Tokens and their price; a reply that Inspect's cache had cost nothing now."""
        cached = used.input_tokens_cache_read or 0
        full = used.input_tokens + (used.input_tokens_cache_write or 0)
        cost = used.total_cost
        if self.settings.prices:
            cost = self.settings.prices.cost_usd(
                input_tokens=full, output_tokens=used.output_tokens, cached_tokens=cached
            )
        if self.manifest.model and not note.asked:
            cost = 0.0
        return Usage(input_tokens=full + cached, output_tokens=used.output_tokens, cost_usd=cost)

    def _messages(self, packet: Packet) -> list[ChatMessage]:
        from inspect_ai.model import ChatMessageAssistant, ChatMessageSystem, ChatMessageUser

        asked = ChatMessageUser(content=self._asked(packet))
        if self.mode == "completion":
            return [asked]
        messages: list[ChatMessage] = []
        if self._system:
            messages.append(ChatMessageSystem(content=self._system.render(packet)))
        for turn in self._examples:
            messages.append(ChatMessageUser(content=turn.user))
            messages.append(ChatMessageAssistant(content=turn.assistant))
        return [*messages, asked]

    def _asked(self, packet: Packet) -> str:
        return self._template.render(packet, self._examples)

    def _require_usable(self, manifest: Manifest) -> None:
        """Refuse parts that would be left out, and examples that are no drafts themselves."""
        written = "examples" in self._template.asks_for
        if self._examples and written != (self.mode == "completion"):
            raise ManifestError(
                f"pipeline {manifest.id}: settings.examples: expected them in the template in mode "
                f"completion and nowhere else, found mode {self.mode} and a template "
                f"{'with' if written else 'without'} them"
            )
        for number, turn in enumerate(self._examples, start=1):
            shown = (
                self._replies.read(turn.assistant)
                if self._replies
                else read_reply(turn.assistant, rating_line=self.settings.rating_line)
            )
            if shown.status != "ok":
                raise ManifestError(
                    f"{self.settings.examples}: example {number}: the assistant's turn is no "
                    f"draft: {shown.error}"
                )


def _mode(manifest: Manifest, settings: ModelSettings) -> Literal["chat", "completion"]:
    """What the provider takes: turns, or one text.

    Raises:
        ManifestError: the manifest asks for turns where there are none.
    """
    provider = (manifest.model or "").partition("/")[0]
    mode = settings.mode or ("completion" if provider.endswith(_COMPLETES) else "chat")
    if mode == "chat" and provider.endswith(_COMPLETES):
        raise ManifestError(
            f"pipeline {manifest.id}: settings.mode: {provider} takes one text; expected completion"
        )
    if mode == "completion" and settings.system:
        raise ManifestError(
            f"pipeline {manifest.id}: settings.system: in mode completion there is one text; "
            "write it into the template"
        )
    return mode
