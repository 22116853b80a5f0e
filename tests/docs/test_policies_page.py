"""The page on policies says what the code knows."""

import re
from pathlib import Path

from pydantic import TypeAdapter

from govern.contest.specs import SPECS
from govern.domain.deployment import Deployment
from govern.domain.policy import Clause
from govern.errors import PolicyError
from govern.sources.locate import builtin_root
from govern.strict_yaml import load

DOCS = builtin_root() / "docs"


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def test_every_statistic_of_the_record_stands_there_with_its_question():
    for name, spec in SPECS.items():
        assert f"| `{name}` | {spec.shape} | {spec.question} |" in page("policies.md")


def test_every_shipped_policy_stands_in_the_table_of_which_for_what():
    for path in sorted((builtin_root() / "policies").glob("*.md")):
        assert f"[`{path.stem}`](../policies/{Path(path).name})" in page("policies.md")


def test_every_field_of_the_deployment_is_explained():
    for name in Deployment.model_fields:
        assert f"| `{name}` |" in page("pipelines.md")


def test_every_clause_on_the_page_is_one_and_all_kinds_are_there():
    blocks = re.findall(
        r"^```yaml clause\n(.*?)^```", page("policies.md"), re.DOTALL | re.MULTILINE
    )
    read = TypeAdapter(Clause).validate_python
    clauses = [read(load(b, where="policies.md", error=PolicyError)) for b in blocks]

    assert {"measured", "property", "attested", "record"} == {clause.kind for clause in clauses}
