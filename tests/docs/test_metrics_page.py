"""docs/metrics.md has a whole section for each metric, and its worked examples come out."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import pytest

from govern.metrics import METRICS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
ROWS = (
    "Version",
    "Question",
    "Unit",
    "Direction",
    "Shape",
    "Denominators",
    "Interval",
    "Undefined when",
)
PARTS = ("Definition", "Worked example", "Source", "Limits")


def sections() -> dict[str, str]:
    pieces = re.split(r"^## (.+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def rows(section: str) -> dict[str, str]:
    found = re.findall(r"^\| ([^|]+?) \| (.+?) \|$", section, flags=re.MULTILINE)
    return dict(found)


def test_the_page_has_a_section_for_each_metric_in_the_order_of_the_table():
    assert list(METRICS) == list(sections())


@pytest.mark.parametrize("name", METRICS)
def test_a_section_has_all_its_parts(name: str):
    section = sections()[name]

    assert [] == [row for row in ROWS if not rows(section).get(row)]
    assert [] == [part for part in PARTS if f"**{part}.** " not in section.replace("\n", " ")]
    assert "```python" in section


@pytest.mark.parametrize("name", METRICS)
def test_a_section_says_what_the_spec_says(name: str):
    spec, said = METRICS[name].spec, rows(sections()[name])

    assert (spec.version, spec.question, spec.unit) == (
        said["Version"],
        said["Question"],
        said["Unit"],
    )
    assert said["Direction"].startswith(f"`{spec.sense}`")
    assert said["Shape"].startswith(spec.shape)


def test_the_worked_examples_come_out():
    """All Python blocks of the page as one doctest, since they share their first lines."""
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    examples = doctest.DocTestParser().get_doctest(
        "\n\n".join(blocks), {}, "worked examples", str(PAGE), 0
    )
    said: list[str] = []
    result = doctest.DocTestRunner().run(examples, out=said.append)

    assert result.attempted > 2 * len(METRICS)
    assert result.failed == 0, "".join(said)
