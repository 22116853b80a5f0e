"""What the terminal says, in words that fit it."""

from __future__ import annotations

import pytest

from govern.cli.output import print_line, rate


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


def test_what_others_wrote_moves_no_cursor_and_turns_no_line(capsys):
    """A service's error is quoted where its operator reads it: it could paint PASS there."""
    print_line("no answer: \x1b[2J\x1b[32mPASS\r \u202eDENY \ud800")

    assert (
        "no answer: \\u001b[2J\\u001b[32mPASS\\u000d \\u202eDENY \\ud800\n"
        == capsys.readouterr().out
    )
