"""docs/metrics/ has a whole section for each metric, and its worked examples come out."""

from __future__ import annotations

import doctest
import re
from functools import cache
from pathlib import Path

import pytest

from govern.metrics import METRICS

DOCS = Path(__file__).resolve().parents[2] / "docs"
FAMILIES = list(dict.fromkeys(name.partition(".")[0] for name in METRICS))
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


@cache
def sections(family: str) -> dict[str, str]:
    page = (DOCS / "metrics" / f"{family}.md").read_text(encoding="utf-8")
    pieces = re.split(r"^## (.+)$", page, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


def section_of(name: str) -> str:
    return sections(name.partition(".")[0])[name]


def rows(section: str) -> dict[str, str]:
    found = re.findall(r"^\| ([^|]+?) \| (.+?) \|$", section, flags=re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_page_has_a_section_for_each_metric_in_the_order_of_the_table(family: str):
    assert [name for name in METRICS if name.startswith(f"{family}.")] == list(sections(family))


def test_the_index_leads_to_each_family():
    index = (DOCS / "metrics.md").read_text(encoding="utf-8")

    assert FAMILIES == re.findall(r"\(metrics/(\w+)\.md\)", index)


@pytest.mark.parametrize("name", METRICS)
def test_a_section_has_all_its_parts(name: str):
    section = section_of(name)

    assert [] == [row for row in ROWS if not rows(section).get(row)]
    assert [] == [part for part in PARTS if f"**{part}.** " not in section.replace("\n", " ")]
    assert "```python" in section


@pytest.mark.parametrize("name", METRICS)
def test_a_section_says_what_the_spec_says(name: str):
    spec, said = METRICS[name].spec, rows(section_of(name))

    assert (spec.version, spec.question, spec.unit) == (
        said["Version"],
        said["Question"],
        said["Unit"],
    )
    assert said["Direction"].startswith(f"`{spec.sense}`")
    assert said["Shape"].startswith(spec.shape)


@pytest.mark.parametrize("family", FAMILIES)
def test_the_worked_examples_come_out(family: str):
    """The Python blocks of a page as one doctest, after the lines that the index shares."""
    shared = (DOCS / "metrics.md").read_text(encoding="utf-8")
    page = (DOCS / "metrics" / f"{family}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", shared + page, re.DOTALL)
    examples = doctest.DocTestParser().get_doctest("\n\n".join(blocks), {}, family, family, 0)
    said: list[str] = []
    result = doctest.DocTestRunner().run(examples, out=said.append)

    assert result.attempted > 2 * len(sections(family))
    assert result.failed == 0, "".join(said)
