"""What was decrypted lately, so that the next read of the very same bytes need not do it again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any, TypeVar

MOST = 4000
"""Texts that are kept: of a case its events and what they make, and reviews."""
LONGEST_S = 600.0
"""Seconds that one is kept, however often it is read."""
T = TypeVar("T")


class KeptOpen:
    """Texts by the sealed rows and the wrapped key that they were opened from.

    It stands for the decrypting alone: rows and key are read anew each time, under whatever rules
    bind the reader, and where one byte of them is another, they are opened and checked anew. Old
    ones are dropped as others are read, all of them once something was deleted.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, object, Any]] = OrderedDict()
        self._lock = Lock()

    def __call__(self, name: str, sealed: object, opened: Callable[[], T]) -> T:
        """What ``opened`` makes of ``sealed``, of which there is one at a time under a name."""
        now = self._clock()
        with self._lock:
            self._drop_old(now)
            kept = self._kept.get(name)
        if kept is not None and kept[1] == sealed:
            found: T = kept[2]
            return found
        found = opened()
        with self._lock:
            self._kept.pop(name, None)
            self._kept[name] = (now, sealed, found)
        return found

    def __len__(self) -> int:
        return len(self._kept)

    def forget(self) -> None:
        """Keep nothing: something was deleted."""
        with self._lock:
            self._kept.clear()

    def _drop_old(self, now: float) -> None:
        while self._kept:
            name = next(iter(self._kept))
            if len(self._kept) <= MOST and now - self._kept[name][0] <= LONGEST_S:
                break
            del self._kept[name]
