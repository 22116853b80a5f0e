"""What the terminal says, in words that fit it."""

from __future__ import annotations

import pytest

from govern.cli import _say as say
from govern.cli.output import print_line, print_rows, rate
from govern.cli.words import more_evidence, numbers
from govern.domain import Decision, MoreEvidence


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


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            MoreEvidence(cases=3168, drafts=25_344, tokens=19_314_240, minutes=547.9),
            "About 3,200 more cases would settle what more can: about 25,000 drafts, 19,000,000 "
            "tokens and 9.1 hours",
        ),
        (
            MoreEvidence(cases=1, drafts=8),
            "About 1 more case would settle what more can: about 8 drafts",
        ),
        (None, None),
    ],
)
def test_what_more_would_take_is_told_to_two_digits(more, said):
    assert said == more_evidence(Decision.model_construct(more_evidence=more))


ESCAPE = "x\x1b[2J\x1b[1;31mLevel reached: 4 of 4\u202e"


def test_nothing_that_others_wrote_steers_the_terminal(capsys):
    """A file's name in a bundle that was unpacked elsewhere, or a reason in its manifest."""
    print_rows([{"what": ESCAPE, "found": ESCAPE}], empty="")
    print_line(ESCAPE)
    say(ESCAPE)
    out, err = capsys.readouterr()

    assert not {"\x1b", "\u202e"} & {*out, *err}
    assert 3 == out.count("[U+001B][2J")
    assert "[U+001B][2J" in err


@pytest.mark.parametrize(
    ("estimate", "lower", "upper", "said"),
    [
        (4.44e-16, -0.06123, 0.06123, "0 [-0.0612, 0.0612]"),
        (-4.44e-16, None, 0.1, "0 […, 0.1]"),
        (2.5e-7, 0.0, None, "2.5e-07 [0, …]"),
        (1234.5, 1e6, float("inf"), "1.23e+03 [1e+06, inf]"),
    ],
)
def test_what_is_left_of_a_zero_is_shown_as_zero_and_small_numbers_stay(
    estimate, lower, upper, said
):
    assert said == numbers(estimate, lower, upper)
