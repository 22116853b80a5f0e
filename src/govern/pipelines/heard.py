"""What a provider says of itself beside the text: which model answered, by which system.

Inspect gives ``ModelOutput.model``, which some of its providers fill with what was asked for, and
drops the raw answer from most transcripts. So the answer is listened to where it comes in.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from govern.domain.pipeline import Returned
from govern.pipelines.reply import whole
from govern.pipelines.secrecy import longest_first, scrub, secret_values

# By the names that providers' answers give them.
_MODEL = ("model", "model_version", "modelVersion")
_FINGERPRINT = "system_fingerprint"


@dataclass
class Heard:
    """The last answer of a provider to the task that asked.

    ``asked`` is false where nobody was asked, as Inspect's cache had the reply.
    """

    asked: bool = False
    answer: dict[str, Any] | None = None


_HEARD: ContextVar[Heard | None] = ContextVar("heard", default=None)


def listen(api: Any) -> None:
    """Note from now on what this provider answers, beside giving it to Inspect."""
    api.generate = _listening(api.generate)


def heard() -> Heard:
    """A fresh note for what the current task asks next."""
    note = Heard()
    _HEARD.set(note)
    return note


def returned(output: Any, note: Heard) -> Returned:
    """What the provider says answered; ``None`` where it says nothing.

    Args:
        output: Inspect's ModelOutput.
        note: of the same question.
    """
    beside = output.metadata or {}
    said = note.answer
    model = output.model if said is None else next((said[k] for k in _MODEL if said.get(k)), None)
    fingerprint = (said or {}).get(_FINGERPRINT) or beside.get(_FINGERPRINT)
    return Returned(
        model=whole(str(model)) if model else None,
        fingerprint=whole(str(fingerprint)) if fingerprint else None,
    )


def _listening(generate: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def listening(*args: Any, **more: Any) -> Any:
        try:
            result = await generate(*args, **more)
        except Exception as err:
            _without_secrets(err)
            raise
        _without_secrets(result[0] if isinstance(result, tuple) else result)
        note = _HEARD.get()
        if note is not None:
            call = result[1] if isinstance(result, tuple) else None
            note.asked = True
            note.answer = call.response if call is not None else None
        return result

    return listening


def _without_secrets(result: Any) -> None:
    """An error as Inspect's log may keep it: some providers repeat the key that they were sent."""
    if isinstance(result, Exception):
        scrub(result, longest_first(secret_values(os.environ)))
