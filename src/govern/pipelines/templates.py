"""Prompt templates: Jinja, sandboxed, every variable must exist. Worked examples beside them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import Field, ValidationError

from govern import strict_yaml
from govern.domain.base import Noun
from govern.domain.case import Packet
from govern.errors import ManifestError
from govern.pipelines.packets import as_text, public

MOST_CHARACTERS = 200_000


class Turns(Noun):
    """One worked example: what is asked, and what the model is to answer."""

    user: str = Field(min_length=1)
    assistant: str = Field(min_length=1)


class _ExamplesFile(Noun):
    examples: tuple[Turns, ...] = Field(min_length=1)


class PromptTemplate:
    """A template file, rendered with ``packet`` (as a service sees it) and ``packet_text``.

    It sees ``examples`` too, for models that take one text instead of turns.
    """

    def __init__(self, path: Path) -> None:
        self.source = read_text(path, "prompt template")
        environment = ImmutableSandboxedEnvironment(
            undefined=StrictUndefined, keep_trailing_newline=False, autoescape=False
        )
        try:
            self.asks_for = find_undeclared_variables(environment.parse(self.source))
            self._template = environment.from_string(self.source)
        except TemplateError as err:
            raise ManifestError(f"{path}: prompt template: {err}") from err
        self.path = path

    def render(self, packet: Packet, examples: Sequence[Turns] = ()) -> str:
        """The prompt for a packet.

        Raises:
            ManifestError: the template asks for something that a packet lacks, reaches for what
                the sandbox keeps, or fails in any other way.
        """
        turns = [example.as_json() for example in examples]
        try:
            text = self._template.render(
                packet=public(packet), packet_text=as_text(packet), examples=turns
            )
        except Exception as err:  # a template is a program: it may divide by zero
            why = str(err) or type(err).__name__
            raise ManifestError(f"{self.path}: prompt template: {why}") from err
        if len(text) > MOST_CHARACTERS:
            raise ManifestError(f"{self.path}: prompt of {len(text)} characters")
        return text


def read_examples(path: Path) -> tuple[tuple[Turns, ...], str]:
    """The worked examples in a YAML file, under its one key ``examples``, and the file's text.

    Raises:
        ManifestError: with file and field, when it cannot be read or is malformed.
    """
    text = read_text(path, "examples")
    fields = strict_yaml.load(text, where=str(path), error=ManifestError)
    try:
        return _ExamplesFile.model_validate(fields).examples, text
    except ValidationError as err:
        raise ManifestError(f"{path}: {strict_yaml.explain(err)}") from err


def read_text(path: Path, what: str) -> str:
    """A file that a manifest names.

    Raises:
        ManifestError: it cannot be read as UTF-8 text.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as err:
        raise ManifestError(f"{path}: {what} cannot be read: {err}") from err
