"""Readings that several measures share are made once: kept by what was read, not by object."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from hashlib import blake2b

import pandas as pd

from govern.frames import Texts

Reading = Callable[[pd.DataFrame], pd.DataFrame | None]


def kept(*columns: str, most: int = 2) -> Callable[[Reading], Reading]:
    """Keep the last ``most`` results of a pure function of a frame's ``columns`` and index.

    Results are shared between callers and must not be changed in place.
    """

    def decorate(read: Reading) -> Reading:
        results: OrderedDict[bytes, pd.DataFrame | None] = OrderedDict()

        @wraps(read)
        def remembered(drafts: pd.DataFrame) -> pd.DataFrame | None:
            key = _content(drafts, columns)
            if key not in results:
                results[key] = read(drafts)
                while len(results) > most:
                    results.popitem(last=False)
            results.move_to_end(key)
            return results[key]

        return remembered

    return decorate


def _content(drafts: pd.DataFrame, columns: tuple[str, ...]) -> bytes:
    digest = blake2b(pd.util.hash_pandas_object(drafts.index).to_numpy().tobytes(), digest_size=16)
    for column in columns:
        digest.update(Texts(drafts[column]).digest)
    return digest.digest()
