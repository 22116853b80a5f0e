"""What a run may cost before it stops of itself, and what it has cost so far."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from govern.domain.pipeline import Draft, Usage

ASLEEP_S = 60.0
"""Nothing was looked at for so long: the machine slept, and nobody paid for that."""

ROUNDING = 1e-9


@dataclass(frozen=True)
class Limits:
    """US dollars and tokens of a whole run, seconds of one command; ``None`` for no limit."""

    usd: float | None = None
    tokens: int | None = None
    seconds: float | None = None


NO_LIMITS = Limits()


@dataclass
class Meter:
    """What a run has cost, held against its limits.

    A draft begins only where it fits with those in flight, each at the price of the dearest so
    far. So a limit is passed by no more than the first drafts cost beyond what anybody knew.
    ``reached`` is the option whose limit ended the run, ``why`` says it.
    """

    limits: Limits = NO_LIMITS
    clock: Callable[[], float] = time.monotonic
    usd: float = 0.0
    tokens: int = 0
    seconds: float = 0.0
    reached: str = ""
    _untold: str = ""
    _dearest: tuple[float, int] = (0.0, 0)
    _in_flight: int = 0
    _seen: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def over(cls, limits: Limits, paid: Iterable[Draft]) -> Meter:
        """A meter of a run that has drafts already."""
        meter = cls(limits)
        for draft in paid:
            meter._count(draft.usage)
        return meter

    def begin(self) -> bool:
        """Whether one more draft may begin; it counts as in flight until ``end``."""
        with self._lock:
            if self.reached:
                return False
            ahead = self._in_flight + 1
            usd, tokens = self._dearest
            if self._passes(self.limits.usd, self.usd, usd, ahead):
                self._stop("--max-cost")
            elif self._passes(self.limits.tokens, self.tokens, tokens, ahead):
                self._stop("--max-tokens")
            else:
                self._in_flight = ahead
            return not self.reached

    def end(self, draft: Draft | None) -> None:
        """A draft came back, or none did."""
        with self._lock:
            self._in_flight -= 1
            if draft is not None:
                self._paid(draft)

    def paid(self, drafts: Iterable[Draft]) -> None:
        """Drafts came back that began elsewhere, within what was left of the limits."""
        with self._lock:
            for draft in drafts:
                self._paid(draft)

    @property
    def left(self) -> Limits:
        """What may still be spent."""
        usd, tokens, seconds = self.limits.usd, self.limits.tokens, self.limits.seconds
        return Limits(
            None if usd is None else max(usd - self.usd, 0.0),
            None if tokens is None else max(tokens - self.tokens, 0),
            None if seconds is None else max(seconds - self.seconds, 0.0),
        )

    @property
    def why(self) -> str:
        """How far what was reached has gone by now; nothing where no limit was."""
        match self._untold or self.reached:
            case "--max-cost":
                return f"{self.usd:.4g} of {self.limits.usd:.4g} USD spent"
            case "--max-tokens":
                return f"{self.tokens:,} of {self.limits.tokens:,} tokens used"
            case "--max-time":
                return f"{self.seconds:.0f} of {self.limits.seconds:.0f} s passed"
            case untold:
                return untold

    @property
    def idle(self) -> bool:
        """Whether nothing is in flight."""
        return self._in_flight == 0

    def look(self) -> None:
        """Let time pass."""
        now = self.clock()
        if self._seen is not None and now - self._seen < ASLEEP_S:
            self.seconds += now - self._seen
        self._seen = now
        if self.limits.seconds is not None and self.seconds >= self.limits.seconds:
            self._stop("--max-time")

    def rest(self) -> None:
        """What passes until the next look is nobody's time."""
        self.look()
        self._seen = None

    @staticmethod
    def _passes(limit: float | None, spent: float, dearest: float, ahead: int) -> bool:
        if limit is None:
            return False
        return spent >= limit or spent + ahead * dearest > limit * (1 + ROUNDING)

    def _paid(self, draft: Draft) -> None:
        self._count(draft.usage)
        if draft.status == "ok":
            self._require_told(draft.usage)

    def _count(self, usage: Usage) -> None:
        usd, tokens = usage.cost_usd or 0.0, usage.input_tokens + usage.output_tokens
        self.usd += usd
        self.tokens += tokens
        self._dearest = max(self._dearest[0], usd), max(self._dearest[1], tokens)

    def _require_told(self, usage: Usage) -> None:
        """A limit on what nobody tells would be none."""
        if self.limits.usd is not None and usage.cost_usd is None:
            self._stop("--max-cost", "a draft came back without its cost, so nobody can hold to it")
        if self.limits.tokens is not None and not usage.input_tokens + usage.output_tokens:
            self._stop("--max-tokens", "a draft came back without its tokens")

    def _stop(self, option: str, untold: str = "") -> None:
        if not self.reached:
            self.reached, self._untold = option, untold
