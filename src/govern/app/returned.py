"""What a provider says answered, over many drafts, and what it hides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govern.domain.pipeline import Draft, Manifest, Returned

_SHOWN = 5


@dataclass(frozen=True)
class Answered:
    """The models and the fingerprints that a provider named, in order; nothing where it hides them.

    ``asked`` is false where no draft says anything of a provider.
    """

    asked: bool
    models: tuple[str, ...]
    fingerprints: tuple[str, ...]


def answered(drafts: Iterable[Draft]) -> Answered:
    """What was returned beside these drafts and beside the steps of chains."""
    said = (one for draft in drafts for one in (draft.returned, *_of_steps(draft)))
    found = [one for one in said if one is not None]
    return Answered(
        asked=bool(found),
        models=tuple(sorted({one.model for one in found if one.model})),
        fingerprints=tuple(sorted({one.fingerprint for one in found if one.fingerprint})),
    )


def _of_steps(draft: Draft) -> list[Returned | None]:
    return [step.returned for step in draft.steps]


def declared_only(manifest: Manifest, drafts: Iterable[Draft]) -> tuple[str, ...]:
    """What rests on a declaration: the manifest's own list, with the provider's word on it.

    Where the weights were digested the word adds nothing.
    """
    said = answered(drafts)
    if not manifest.declared_only or not said.asked:
        return manifest.declared_only
    return (
        *manifest.declared_only,
        f"which model answered: {_word(said.models)}",
        f"by which system: {_word(said.fingerprints)}",
    )


def _word(said: tuple[str, ...]) -> str:
    if not said:
        return "hidden, the provider does not say"
    more = len(said) - _SHOWN
    shown = ", ".join(said[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
    return f"{shown}, says the provider"
