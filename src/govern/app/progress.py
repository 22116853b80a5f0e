"""How a run tells whoever is waiting where it stands; silent by default."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Reporter:
    """Says nothing. The command line's reporter draws bars."""

    @contextmanager
    def drafting(
        self,
        pipeline: str,  # noqa: ARG002
        *,
        done: int,  # noqa: ARG002
        planned: int,  # noqa: ARG002
    ) -> Iterator[Callable[[int, int], None]]:
        """Around the drafting; yields what to call with new cells done and output tokens."""
        yield lambda _done, _tokens: None

    @contextmanager
    def reading(self, what: str) -> Iterator[Callable[[float], None]]:  # noqa: ARG002
        """Around reading a file; yields what to call with the share that was read, 0 to 1."""
        yield lambda _share: None

    @contextmanager
    def step(self, what: str) -> Iterator[None]:  # noqa: ARG002
        """Around one step without a count."""
        yield

    def draining(self) -> None:
        """Ctrl-C was heard; what is in flight is waited for and kept."""
