"""What the terminal says, in words that fit it."""

from __future__ import annotations

import pytest

from govern.cli.output import rate


@pytest.mark.parametrize(
    ("cells", "seconds", "said"),
    [
        (90, 2.0, "45.0 cells/s"),
        (1, 1.0, "1.0 cells/s"),
        (2, 30.0, "4.0 cells/min"),
        (0, 5.0, ""),
        (3, 0.0, ""),
    ],
)
def test_a_slow_model_has_a_rate_that_is_not_zero(cells, seconds, said):
    """2 cells in 30 seconds are 4 a minute; as 0.07 a second they were shown as 0.1 or 0.0."""
    assert said == rate(cells, seconds)
