"""Regular expressions replaced in a column, in parts."""

from __future__ import annotations

import pyarrow as pa
import pytest

from govern.text.rewriting import FEW, rewritten


@pytest.mark.parametrize("count", [0, 1, FEW, 2 * FEW + 1])
def test_texts_stay_in_order_and_steps_follow_one_another(count: int):
    texts = pa.array([f"a{i}" if i % 3 else None for i in range(count)], pa.large_string())
    found = rewritten(texts, [("a", "bb"), ("b(b)", r"\1c")])

    assert [f"bc{i}" if i % 3 else None for i in range(count)] == found.to_pylist()
