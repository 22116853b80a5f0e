"""How often somebody may ask: a bucket for each visitor that refills evenly."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

MOST_KEPT = 50_000
"""Buckets kept; beyond it the one longest unused is given up, which at worst fills it."""


@dataclass
class _Bucket:
    left: float
    at: datetime


class Buckets:
    """Requests a minute for each key, all of which may come at once."""

    def __init__(self, per_minute: int) -> None:
        self._size = float(per_minute)
        self._kept: OrderedDict[str, _Bucket] = OrderedDict()
        self._lock = Lock()

    def wait(self, key: str, now: datetime) -> int:
        """0 where the request may go on, else the seconds after which one may come again."""
        rate = self._size / 60
        with self._lock:
            bucket = self._kept.setdefault(key, _Bucket(self._size, now))
            self._kept.move_to_end(key)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            passed = max((now - bucket.at).total_seconds(), 0.0)
            bucket.left = min(self._size, bucket.left + passed * rate)
            bucket.at = now
            if bucket.left >= 1:
                bucket.left -= 1
                return 0
            return int((1 - bucket.left) / rate) + 1
