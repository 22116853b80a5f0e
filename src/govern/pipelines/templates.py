"""Prompt templates: Jinja, sandboxed, every variable must exist."""

from __future__ import annotations

from pathlib import Path

from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from govern.domain.case import Packet
from govern.errors import ManifestError
from govern.pipelines.packets import as_text, public

MOST_CHARACTERS = 200_000


class PromptTemplate:
    """A template file, rendered with ``packet`` (as a service sees it) and ``packet_text``."""

    def __init__(self, path: Path) -> None:
        try:
            self.source = path.read_text(encoding="utf-8")
            environment = ImmutableSandboxedEnvironment(
                undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False
            )
            self._template = environment.from_string(self.source)
        except (OSError, UnicodeDecodeError) as err:
            raise ManifestError(f"{path}: prompt template cannot be read: {err}") from err
        except TemplateError as err:
            raise ManifestError(f"{path}: prompt template: {err}") from err
        self.path = path

    def render(self, packet: Packet) -> str:
        """The prompt for a packet.

        Raises:
            ManifestError: the template asks for something that a packet lacks.
        """
        try:
            text = self._template.render(packet=public(packet), packet_text=as_text(packet))
        except (TemplateError, TypeError) as err:
            raise ManifestError(f"{self.path}: prompt template: {err}") from err
        if len(text) > MOST_CHARACTERS:
            raise ManifestError(f"{self.path}: prompt of {len(text)} characters")
        return text
