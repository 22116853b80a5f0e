"""One question a page: what is asked, what was answered, and what is wrong with the answer.

A question's words stand in the catalogue under ``ask``: ``NAME_label``, ``NAME_why``,
``NAME_next``, ``NAME_hint``, and ``NAME_CHOICE`` for each of its choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from govern.web.texts import Texts

Kind = Literal["text", "line", "one", "many"]
Sent = Mapping[str, tuple[str, ...]]
"""The fields of a form, each with all that was sent under its name."""
# Letters of any script, a form of one such text stays within what is taken at once.
LONGEST: Mapping[Kind, int] = {"text": 15_000, "line": 200, "one": 100, "many": 100}


@dataclass(frozen=True)
class Question:
    """``one`` and ``many`` choose among ``choices``."""

    name: str
    kind: Kind
    choices: tuple[str, ...] = ()
    required: bool = True


@dataclass(frozen=True)
class Answer:
    """What was answered, as it was sent, and what is wrong with it in the reader's words."""

    question: Question
    values: tuple[str, ...]
    error: str = ""

    @property
    def value(self) -> str:
        """The only value; empty where nothing was answered."""
        return self.values[0] if self.values else ""


def read_answer(question: Question, sent: Sent, texts: Texts) -> Answer:
    """The answer to a question, line breaks as everywhere, blanks at its ends left out."""
    values = tuple(
        text for value in sent.get(question.name, ()) if (text := _clean(value, question.kind))
    )
    return Answer(question, values, _wrong(question, values, texts))


def _clean(value: str, kind: Kind) -> str:
    text = value.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()
    return text if kind == "text" else " ".join(text.split())


def _wrong(question: Question, values: tuple[str, ...], texts: Texts) -> str:
    label = texts(f"ask.{question.name}_label")
    chooses = question.kind in {"one", "many"}
    if not values:
        key = "form.required_choice" if chooses else "form.required"
        return texts(key, label=label) if question.required else ""
    if chooses and not set(values) <= set(question.choices):
        return texts("form.unknown", label=label)
    if len(values) > 1 and question.kind != "many":
        return texts("form.unknown", label=label)
    over = len(values[0]) - LONGEST[question.kind]
    return texts("form.too_long", label=label, over=f"{over:,}") if over > 0 else ""
