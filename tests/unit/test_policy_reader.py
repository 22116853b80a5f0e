"""The reader: from Markdown to clauses, and every refusal with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_policies import HEAD, read, refusal

from govern.canon import sha256
from govern.domain import Bound, Policy
from govern.errors import PolicyError
from govern.policy.reader import read_policy

SHIPPED = Path(__file__).parents[2] / "policies" / "review-drafting.md"
CLAUSE = """\
## COV-1 Drafts come back

At most 5 in 100 (0.05), 95 % sure (0.95), from 60 cases.

```yaml clause
id: COV-1
severity: block
metric: coverage.failed
statistic: {confidence: 0.95, sided: one}
pass_if: {upper_le: 0.05}
fail_if: {lower_gt: 0.05}
evidence: {min_cases: 60, suite: review-core}
```
"""
FENCE_LINE, ID_LINE = 17, 18
TEXT = HEAD + CLAUSE


def changed(old: str, new: str) -> str:
    assert 1 == TEXT.count(old), old
    return TEXT.replace(old, new)


def test_a_policy_is_read_with_its_prose_its_lines_and_the_digest_of_its_bytes():
    policy = read(TEXT)
    [clause] = policy.clauses

    assert ("small", "A small policy", "p.md") == (policy.policy, policy.title, policy.source)
    assert sha256(TEXT.encode()) == policy.digest
    assert (date(2026, 1, 2), date(2027, 1, 2)) == (policy.approved, policy.review_by)
    assert ("COV-1", "Drafts come back", FENCE_LINE) == (clause.id, clause.title, clause.line)
    assert "At most 5 in 100 (0.05), 95 % sure (0.95), from 60 cases." == clause.prose
    assert (Bound(upper_le=0.05), Bound(lower_gt=0.05)) == (clause.pass_if, clause.fail_if)
    assert ("all",) == tuple(s.by for s in clause.slices)
    assert 0.05 == clause.statistic.alpha


def test_the_shipped_policy_is_read_whole():
    policy = read_policy(SHIPPED.read_bytes(), where=SHIPPED.name)
    lines = SHIPPED.read_text("utf-8").splitlines()

    assert lines.count("```yaml clause") == len(policy.clauses) == 43
    for clause in policy.clauses:
        assert "```yaml clause" == lines[clause.line - 1]
        assert f"id: {clause.id}" == lines[clause.line]
        assert f"## {clause.id} {clause.title}" in lines
        assert clause.prose


def test_a_two_sided_confidence_is_two_tests_of_half_the_rest():
    [clause] = read(changed("sided: one", "sided: two")).clauses

    assert 0.025 == clause.statistic.alpha


def test_prose_after_the_block_does_not_bind():
    [clause] = read(TEXT + "\nSome afterthought about 0.07.\n").clauses

    assert "afterthought" not in clause.prose


def test_a_section_without_a_block_is_prose_for_people_alone():
    [clause] = read(TEXT + "\n## Questions\n\nAsk the board.\n").clauses

    assert "Ask the board" not in clause.prose


def test_line_ends_of_windows_change_the_digest_and_nothing_else():
    ours, theirs = read(TEXT), read(TEXT.replace("\n", "\r\n"))

    assert ours.digest != theirs.digest
    assert ours.clauses == theirs.clauses


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "p.md:1: expected front matter that starts with ---", id="empty"),
        pytest.param(
            "# Title\n", "p.md:1: expected front matter that starts", id="no front matter"
        ),
        pytest.param("\ufeff" + TEXT, "p.md:1: starts with a byte order mark", id="BOM"),
        pytest.param("---\npolicy: small\n", "p.md:1: front matter has no closing ---", id="open"),
        pytest.param(HEAD, "p.md: no ```yaml clause block found", id="no block"),
        pytest.param(
            changed("# A small policy\n", "A small policy\n"),
            "p.md: expected a title, a line that starts with '# '",
            id="no title",
        ),
        pytest.param(
            changed("## COV-1 Drafts come back\n", ""),
            f"p.md:{FENCE_LINE - 1}: a clause block stands before any '## ' heading",
            id="no heading",
        ),
        pytest.param(
            TEXT + CLAUSE.partition("\n")[2],
            f"p.md:{FENCE_LINE + 12}: a second clause block under 'COV-1 Drafts come back'",
            id="two blocks",
        ),
        pytest.param(
            TEXT + CLAUSE,
            f"p.md:{FENCE_LINE + 13}: clause COV-1 already stands at {FENCE_LINE}",
            id="double id",
        ),
        pytest.param(
            changed("## COV-1 ", "## COV-2 "),
            f"p.md:{FENCE_LINE}: clause COV-1 stands under the heading of COV-2",
            id="another clause's heading",
        ),
        pytest.param(
            changed("version: 1.0.0\n", ""),
            "p.md: front matter: version: Field required",
            id="missing front matter field",
        ),
        pytest.param(
            changed("version: 1.0.0\n", "version: 1.0.0\ncolour: red\n"),
            "p.md: front matter: colour: Extra inputs are not permitted, found 'red'",
            id="unknown front matter field",
        ),
        pytest.param(
            changed("version: 1.0.0\n", "version: 1.0.0\ndigest: abc\n"),
            "p.md: front matter: ",
            id="digest of one's own",
        ),
        pytest.param(
            changed("review_by: 2027-01-02", "review_by: someday"),
            "p.md: front matter: review_by: ",
            id="no date",
        ),
        pytest.param(
            changed("stage: pilot", "stage: everywhere"),
            "p.md: front matter: scope.stage: ",
            id="unknown stage",
        ),
        pytest.param(
            changed("threshold: 1", "threshold: 0"),
            "p.md: front matter: approvals.threshold: ",
            id="no approval needed",
        ),
    ],
)
def test_a_document_that_is_no_policy_is_refused(text, said):
    assert refusal(text).startswith(said)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: block", "severity: maybe", "clause COV-1: severity: "),
        ("severity: block", "colour: red\nseverity: block", "clause COV-1: colour: Extra inputs"),
        ("severity: block\n", "", "clause COV-1: severity: Field required"),
        ("id: COV-1", "id: cov one", "clause cov one: id: "),
        ("id: COV-1\n", "", "clause ?"),
        ("confidence: 0.95", "confidence: 95", "clause COV-1: statistic.confidence: "),
        ("confidence: 0.95", "confidence: 0.5", "clause COV-1: statistic.confidence: "),
        ("confidence: 0.95", "confidence: .nan", "clause COV-1: statistic.confidence: "),
        ("upper_le: 0.05", "upper_le: .inf", "clause COV-1: pass_if.upper_le: "),
        ("upper_le: 0.05", "at_most: 0.05", "clause COV-1: pass_if"),
        ("{upper_le: 0.05}", "{upper_le: 0.05, lower_ge: 0}", "clause COV-1: pass_if"),
        ("{upper_le: 0.05}", "{}", "clause COV-1: pass_if"),
        ("fail_if: {lower_gt: 0.05}\n", "", "clause COV-1: it: Value error, either every slice"),
        ("min_cases: 60", "min_cases: 0", "clause COV-1: evidence.min_cases: "),
        ("min_cases: 60", "min_cases: many", "clause COV-1: evidence.min_cases: "),
        ("suite: review-core", "suites: [a]", "clause COV-1: evidence.suite: Field required"),
        ("id: COV-1", "id: COV-1\nprose: trust me", "unknown field(s) prose"),
        ("id: COV-1", "id: COV-1\nline: 1\ntitle: x", "unknown field(s) line, title"),
        ("id: COV-1", "id: COV-1\n7: seven", "clause COV-1: "),
        ("severity: block", "slices: [{by: gender, inside: 0.1}, {by: race}]\nseverity: block", ""),
    ],
)
def test_a_block_with_a_field_that_does_not_fit_is_refused_where_it_starts(old, new, said):
    found = refusal(changed(old, new))

    assert found.startswith(f"p.md:{FENCE_LINE}: ")
    assert said in found


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("severity: block", "severity: [block", ID_LINE + 2, "not valid YAML"),
        ("severity: block", "severity: a\nseverity: b", ID_LINE + 2, "not valid YAML"),
        ("severity: block", "severity: !!python/name:os.system x", ID_LINE + 1, "tags are not"),
        ("severity: block", "severity: &a block", ID_LINE + 1, "anchors and tags are not allowed"),
        ("severity: block", "severity: *a", ID_LINE + 1, "aliases, anchors and tags"),
        ("severity: block", "\tseverity: block", ID_LINE + 1, "not valid YAML"),
        ("id: COV-1", "- id: COV-1", ID_LINE + 1, "not valid YAML"),
        ("severity: block", "---\nseverity: block", ID_LINE, "not valid YAML"),
    ],
)
def test_hostile_yaml_is_refused_at_its_own_line(old, new, line, said):
    found = refusal(changed(old, new))

    assert said in found
    assert found.startswith(f"p.md:{line}: ") or "not valid YAML" in said


@pytest.mark.parametrize("block", ["", "just words", "- a\n- b", "7"])
def test_a_block_that_is_no_mapping_is_refused(block):
    text = HEAD + f"## COV-1 Drafts\n\nProse.\n\n```yaml clause\n{block}\n```\n"

    assert refusal(text).startswith("p.md:18: expected a mapping, found ")


def test_front_matter_that_is_no_mapping_is_refused_at_its_line():
    assert refusal("---\n- a\n---\n# T\n\n" + CLAUSE).startswith("p.md:2: expected a mapping")


def test_deep_nesting_is_refused_and_not_a_crash():
    assert "p.md:" in refusal(changed("severity: block", "severity: " + "[" * 3000))


def test_bytes_that_are_not_utf8_are_refused_with_their_place():
    assert "p.md: expected UTF-8, byte 11 is not" == refusal(b"---\npolicy:\xff\xfe")


@pytest.mark.parametrize(
    "info", ["yaml", "YAML clause", "yaml  clause", "yaml clause 2", "yml clause", "yaml-clause"]
)
def test_a_fence_that_only_looks_like_a_clause_is_refused_and_never_skipped(info):
    """A typing error must not take a blocking clause out of the gate in silence."""
    more = CLAUSE.replace("COV-1", "COV-2").replace("```yaml clause", f"```{info}")

    assert f"p.md:{FENCE_LINE + 13}: expected ```yaml clause, found ```{info}" == refusal(
        TEXT + more
    )


@pytest.mark.parametrize("gap", ["\n", ""])
def test_an_indented_block_is_refused_and_never_skipped(gap):
    more = CLAUSE.replace("COV-1", "COV-2")
    prose, _, block = more.partition("\n\n```")
    indented = "".join(f"    {line}\n" for line in f"```{block}".splitlines())

    assert "fence is indented, so it would not be read" in refusal(
        f"{TEXT}{prose}\n{gap}{indented}"
    )


@pytest.mark.parametrize(
    "hidden", ["<!-- 0.07 -->\n\n", "<p>\n0.07\n</p>\n\n", "At most <b>0.07</b>.\n\n"]
)
def test_html_is_refused_since_readers_may_not_see_what_it_holds(hidden):
    text = changed("At most 5", f"{hidden}At most 5")

    assert "p.md:15: HTML is not allowed in a policy: readers may not see what it holds" == refusal(
        text
    )


def test_a_fence_left_open_is_refused():
    assert "p.md:" in refusal(TEXT.rstrip().removesuffix("```") + "\n" + CLAUSE)


def test_hostile_prose_is_kept_as_it_is_for_the_report_to_escape():
    text = changed("At most 5", "[x](javascript:alert(1)) {{ 7*7 }} & < > At most 5")
    [clause] = read(text).clauses

    assert clause.prose.startswith("[x](javascript:alert(1)) {{ 7*7 }} & < > At most 5")


def read_or_refusal(raw: bytes) -> Policy | str:
    try:
        return read(raw)
    except PolicyError as err:
        return str(err)


@given(st.binary(max_size=60), st.integers(0, len(TEXT.encode())))
def test_no_bytes_put_anywhere_do_more_than_be_refused(junk, place):
    raw = TEXT.encode()
    found = read_or_refusal(raw[:place] + junk + raw[place:])

    assert found.clauses if isinstance(found, Policy) else found.startswith("p.md:")


@given(st.integers(0, TEXT.index("evidence:")))
def test_a_policy_cut_off_before_its_last_field_is_refused(place):
    assert refusal(TEXT[:place]).startswith("p.md:")
