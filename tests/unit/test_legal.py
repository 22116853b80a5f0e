"""The legal tables: dated, sourced, and never doubtful about which duty an id means."""

from datetime import date
from pathlib import Path

import pytest

from govern.app.listing import listing
from govern.errors import InputError, PolicyError
from govern.sources.legal import duties, legal_tables, read_table
from govern.sources.locate import Project, builtin_root
from govern.sources.policies import load_policy

SHIPPED = Project(Path("nowhere"), configured=False)
TABLE = """
table: {table}
instrument: A made-up law
jurisdiction: XX
note: For tests.
duties:
  - id: {id}
    clause: Section 1
    duty: Be kind.
    in_force_from: {since}
    status: {status}
    checked_on: {checked}
    source: Nowhere
    certainty: {certainty}
"""


def written(folder: Path, name: str = "made-up", **changes: str) -> Path:
    facts = {
        "table": "made-up",
        "id": "XX-1",
        "since": "2020-01-01",
        "status": "in_force",
        "checked": "2026-01-01",
        "certainty": "read",
    }
    path = folder / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(TABLE.format(**(facts | changes)), encoding="utf-8")
    return path


def test_every_instrument_that_the_readme_of_policies_promises_is_there():
    assert {
        "california-cppa",
        "california-crd",
        "colorado-sb-26-189",
        "dora",
        "eu-ai-act",
        "gdpr",
        "illinois-hb-3773",
        "iso-42001",
        "new-jersey",
        "nist-ai-600-1",
        "nist-ai-rmf",
        "nyc-ll144",
        "pra-ss1-23",
        "ugesp",
        "uk-gdpr",
        "us-model-risk",
    } == {table.table for table in legal_tables(SHIPPED)}


def test_what_is_known_from_memory_alone_is_marked_uncertain():
    remembered = [d for d in duties(SHIPPED).values() if d.source.startswith("From memory")]

    assert remembered
    assert {"uncertain"} == {duty.certainty for duty in remembered}


def test_nothing_is_said_to_bind_that_had_not_come_into_force_when_it_was_checked():
    """Also as of a day that is written here, so that a wrong checked_on does not hide it."""
    for duty in duties(SHIPPED).values():
        if duty.status == "in_force" and duty.in_force_from:
            assert duty.in_force_from <= duty.checked_on
    assert date(2027, 12, 2) == duties(SHIPPED)["EU-2024-1689-9-8"].in_force_from
    assert date(2027, 1, 1) == duties(SHIPPED)["CO-SB26-189-1705"].in_force_from
    assert "rescission_proposed" == duties(SHIPPED)["UGESP-1607.4-D"].status
    assert "superseded" == duties(SHIPPED)["US-SR11-7"].status


def test_no_table_and_no_policy_calls_anything_compliant():
    for path in sorted((builtin_root() / "policies").rglob("*.[my]*")):
        assert "complian" not in path.read_text(encoding="utf-8").casefold(), path


def test_every_map_of_a_shipped_policy_names_a_duty():
    known = duties(SHIPPED)
    for path in sorted((builtin_root() / "policies").glob("*.md")):
        for clause in load_policy(path).clauses:
            assert set(clause.maps) <= set(known), (path.name, clause.id)


def test_a_project_adds_tables_of_its_own(tmp_path):
    written(tmp_path / "policies" / "legal")
    own = duties(Project(tmp_path, configured=True))

    assert "Be kind." == own["XX-1"].duty
    assert "GDPR-22" in own


def test_a_duty_that_stands_in_two_tables_is_refused(tmp_path):
    written(tmp_path / "policies" / "legal", id="GDPR-22")

    with pytest.raises(PolicyError, match=r"GDPR-22 already stands in"):
        duties(Project(tmp_path, configured=True))


def test_a_duty_that_stands_twice_in_one_table_is_refused(tmp_path):
    path = written(tmp_path / "policies" / "legal")
    rows = path.read_text(encoding="utf-8").partition("duties:\n")[2]
    path.write_text(path.read_text(encoding="utf-8") + rows.lstrip("\n"), encoding="utf-8")

    with pytest.raises(PolicyError, match=r"XX-1 already stands in made-up"):
        duties(Project(tmp_path, configured=True))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"since": "2026-06-01"}, "in_force, but in_force_from is after checked_on"),
        ({"status": "enacted"}, "enacted, but in_force_from is not after checked_on"),
        ({"since": "2026-02-30"}, "not valid YAML"),
        ({"since": "soon"}, "in_force_from"),
        ({"status": "binding"}, "status"),
        ({"certainty": "sure"}, "certainty"),
        ({"id": "xx 1"}, "id"),
        ({"table": "another"}, "calls itself 'another'"),
        ({"certainty": "read\n    text: the law itself"}, "text"),
        ({"certainty": "&a read"}, "aliases"),
    ],
)
def test_a_table_that_is_not_one_is_refused_with_its_file(tmp_path, changes, said):
    path = written(tmp_path, **changes)

    with pytest.raises(PolicyError, match=r"made-up\.yaml") as refused:
        read_table(path)
    assert said in str(refused.value)


def test_a_table_that_is_not_utf_8_is_refused(tmp_path):
    path = tmp_path / "made-up.yaml"
    path.write_bytes(b"table: \xff")

    with pytest.raises(InputError, match="UTF-8"):
        read_table(path)


def test_the_list_shows_where_from_when_and_when_it_was_checked():
    [row] = [row for row in listing(SHIPPED, "laws") if row["id"] == "NYC-LL144-5-301-B"]

    assert "US-NY-NYC" == row["jurisdiction"]
    assert "in force" == row["status"]
    assert "2023-07-05" == row["in force from"]
    assert "2026-11-21" == row["checked on"]
    assert row["duty"].startswith("For a tool that selects")
