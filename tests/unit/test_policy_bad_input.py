"""Policies that somebody tampered with, by accident or not: refused with the reason, or read."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_policies import HEAD, read, refusal

from govern.domain import Policy
from govern.errors import GovernError, PolicyError
from govern.metrics import METRICS
from govern.policy.known import Known
from govern.policy.lint import lint
from govern.policy.lint_numbers import numbers_in
from govern.policy.reader import MOST_BYTES
from govern.policy.reading import reading

SPECS = {name: metric.spec for name, metric in METRICS.items()}
PROSE = "At most 5 in 100 (0.05), 95 % sure (0.95), from 60 cases."
COV = f"""\
## COV-1 Drafts come back

{PROSE}

```yaml clause
id: COV-1
severity: block
metric: coverage.failed
statistic: {{confidence: 0.95, sided: one}}
pass_if: {{upper_le: 0.05}}
fail_if: {{lower_gt: 0.05}}
evidence: {{min_cases: 60, suite: review-core}}
```
"""
ATT = """\
## ATT-1 Trained

Signed within 365 days; may be waived for 30 days.

```yaml clause
id: ATT-1
severity: warn
attest: training-done
role: board-chair
max_age_days: 365
waiver: {allowed: true, approvers: [board-chair], max_days: 30}
applies_if: {stages: [pilot]}
```

## PROP-1 A person reads it

A person has to read each draft.

```yaml clause
id: PROP-1
severity: block
property: human_review
must: {one_of: [required]}
```
"""
TEXT = HEAD + COV + ATT


def changed(old: str, new: str) -> str:
    assert old in TEXT, old
    return TEXT.replace(old, new, 1)


class TestBytes:
    def test_byte_order_mark_is_named(self):
        assert refusal("\ufeff" + TEXT).startswith("p.md:1: starts with a byte order mark")

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "latin-1", "cp1252"])
    def test_other_encodings_are_refused(self, encoding):
        assert "p.md: expected UTF-8" in refusal(changed("5 in 100", "5 in 100 é").encode(encoding))

    @pytest.mark.parametrize("raw", [b"\xc0\x80", b"\xed\xa0\x80", b"\xf8\x88\x80\x80\x80"])
    def test_overlong_and_surrogate_sequences_are_refused(self, raw):
        text = TEXT.encode().replace(b"At most", raw + b"At most", 1)

        assert "p.md: expected UTF-8" in refusal(text)

    def test_file_nobody_would_read_is_refused_unread(self):
        assert f"more than {MOST_BYTES} bytes" in refusal(b"a" * (MOST_BYTES + 1))
        assert "more than" not in refusal(b"a" * MOST_BYTES)

    def test_line_ends_of_any_kind_give_the_same_clauses_and_lines(self):
        texts = [TEXT, TEXT.replace("\n", "\r\n"), TEXT.replace("\n", "\r")]
        policies = [read(text) for text in texts]

        assert 3 == len({p.digest for p in policies})
        assert 1 == len({str([c.as_json() for c in p.clauses]) for p in policies})

    @given(st.integers(0, len(TEXT.encode()) - 1), st.integers(1, 255))
    def test_one_other_byte_anywhere_is_another_policy_or_none(self, place, other):
        raw = bytearray(TEXT.encode())
        raw[place] ^= other
        try:
            digest = read(bytes(raw)).digest
        except PolicyError:
            return
        assert digest != read(TEXT).digest


class TestCharactersNobodySees:
    @pytest.mark.parametrize(
        "character",
        [
            pytest.param(c, id=f"U+{ord(c):04X}")
            for c in (
                "\x00\x07\x08\x0b\x0c\x1b\x1c\x7f\x85\x9b\u00ad\u061c\u115f\u180e\u200b\u200d\u200e"
                "\u200f\u2028\u2029\u202a\u202e\u2060\u2066\u2069\u3164\ue000\ufeff\U000e0041"
            )
        ],
    )
    @pytest.mark.parametrize("place", [PROSE, "severity: block", "# A small", "version: 1.0.0"])
    def test_are_refused_wherever_they_stand(self, character, place):
        text = changed(place, place[:3] + character + place[3:])
        line = text[: text.index(character)].count("\n") + 1

        assert refusal(text).startswith(f"p.md:{line}: holds U+{ord(character):04X}, which")

    @pytest.mark.parametrize("escaped", ["\\u202e", "\\x07", "\\u200b", "\\L", "\\N"])
    def test_are_refused_in_the_escapes_of_yaml(self, escaped):
        found = refusal(changed("role: board-chair", f'role: "board{escaped}-chair"'))

        assert "by its number, which readers do not see" in found
        assert found.startswith("p.md:31: ")

    @pytest.mark.parametrize("escaped", ["&#8238;", "&#x202e;", "&ZeroWidthSpace;", "&shy;"])
    def test_are_refused_in_the_entities_of_markdown(self, escaped):
        found = refusal(changed("At most 5", f"At {escaped}most 5"))

        assert found.startswith("p.md:15: holds U+")

    @pytest.mark.parametrize("mark", ["\u0338", "\u20dd", "\u0335"])
    def test_mark_that_strikes_out_a_digit_is_refused(self, mark):
        assert f"holds U+{ord(mark):04X}" in refusal(changed("(0.05)", f"(0.0{mark}5)"))

    @pytest.mark.parametrize(
        "words", ["Zürich, naïve, Łódź", "зарплата", "評価", "תקציב", "é è", "±0.05 − 5 % …"]
    )
    def test_letters_of_every_script_are_read(self, words):
        assert words in read(changed("At most 5", f"{words}. At most 5")).clauses[0].prose


class TestValues:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("confidence: 0.95", 'confidence: "0.95"', "statistic.confidence: Input should be a"),
            ("upper_le: 0.05", 'upper_le: "0.05"', "pass_if.upper_le: Input should be a"),
            ("upper_le: 0.05", "upper_le: 5e-2%", "pass_if.upper_le: Input should be a"),
            ("upper_le: 0.05", "upper_le: null", "exactly one of upper_le"),
            ("upper_le: 0.05", "upper_le: .nan", "pass_if.upper_le: "),
            ("upper_le: 0.05", "upper_le: -.inf", "pass_if.upper_le: "),
            ("upper_le: 0.05", "upper_le: true", "pass_if.upper_le: Input should be a"),
            ("upper_le: 0.05", "upper_le: 0,05", "pass_if"),
            ("min_cases: 60", "min_cases: 60.0", "evidence.min_cases: "),
            ("min_cases: 60", "min_cases: 60.5", "evidence.min_cases: "),
            ("min_cases: 60", "min_cases: '60'", "evidence.min_cases: "),
            ("min_cases: 60", "min_cases: 1_000", ""),
            ("min_cases: 60", "min_cases: 1,000", "evidence"),
            ("min_cases: 60", "min_cases: ٦٠", "evidence.min_cases: "),
            ("min_cases: 60", "min_cases: 10000000000", "evidence.min_cases: "),
            ("max_age_days: 365", "max_age_days: 999999999", "max_age_days: "),
            ("allowed: true", "allowed: yes", "waiver.allowed: Input should be a valid boolean"),
            ("allowed: true", "allowed: 1", "waiver.allowed: Input should be a valid boolean"),
            ("one_of: [required]", "one_of: required", "must.one_of: "),
            ("one_of: [required]", "one_of: [1]", "must.one_of.0: "),
            ("one_of: [required]", "equals: null", "exactly one of equals"),
            ("one_of: [required]", "equals: 0.5", "must.equals"),
            ("one_of: [required]", "stated: false", "must.stated: "),
            ("version: 1.0.0", "version: 1.0", "front matter: version: "),
            ("threshold: 1", "threshold: '1'", "front matter: approvals.threshold: "),
            ("decision_valid_days: 90", "decision_valid_days: 1e9", "decision_valid_days: "),
            ("approved: 2026-01-02", "approved: 2026-02-30", "not valid YAML"),
            ("approved: 2026-01-02", "approved: 20260102", "approved: "),
            ("approved: 2026-01-02", "approved: 2026-01-02T10:00:00Z", "approved: "),
        ],
    )
    def test_value_of_another_kind_is_refused_and_never_bent(self, old, new, said):
        if not said:
            assert 1_000 == read(changed(old, new)).clauses[0].evidence.min_cases
            return
        assert said in refusal(changed(old, new))

    def test_every_clause_with_a_problem_is_named_at_once(self):
        text = changed("severity: block", "severity: bar").replace("max_age_days: 365", "age: 1")
        found = refusal(text.replace("version: 1.0.0", "number: 1.0.0")).splitlines()

        assert ["p.md: front ", "p.md:17: cla", "p.md:30: cla"] == [line[:12] for line in found]


class TestYaml:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("role: board-chair", "role: &r board-chair", "aliases, anchors and tags"),
            ("role: board-chair", "role: !!str board-chair", "aliases, anchors and tags"),
            ("role: board-chair", "<<: {role: x}\nrole: board-chair", "merge keys"),
            ("role: board-chair", "role: a\nrole: board-chair", "duplicate key"),
            ("role: board-chair", "role: board-chair\n---\nid: X", "not valid YAML"),
            ("role: board-chair", "role: board-chair\n...\nid: X", "not valid YAML"),
            ("stage: pilot", "stage: &s pilot", "aliases, anchors and tags"),
            ("stages: [pilot]", f"stages: {'[' * 60}{']' * 60}", "nested deeper"),
            ("role: board-chair", "? [a, b]\n: c\nrole: board-chair", ""),
            ("role: board-chair", "1: 2\nrole: board-chair", "1: Extra inputs"),
            ("role: board-chair", "null: 2\nrole: board-chair", "Extra inputs"),
        ],
    )
    def test_that_could_surprise_is_refused(self, old, new, said):
        assert said in refusal(changed(old, new))


class TestFences:
    CLAUSE = "```yaml clause\nid: COV-2\n```"

    @pytest.mark.parametrize(
        ("shown", "said"),
        [
            (f"````\n{CLAUSE}\n````", "stands within another fence"),
            (f"````markdown\n{CLAUSE}\n````", "stands within another fence"),
            (f"~~~text\n{CLAUSE}\n~~~", "stands within another fence"),
            (f"> {CLAUSE}".replace("\n", "\n> "), "stands in a list or a quotation"),
            (f"- {CLAUSE}".replace("\n", "\n  "), "stands in a list or a quotation"),
            (f"1. {CLAUSE}".replace("\n", "\n   "), "stands in a list or a quotation"),
            (f"- a\n\n      {CLAUSE}".replace("\n```", "\n      ```"), "is indented"),
        ],
    )
    def test_a_clause_that_people_see_and_the_gate_does_not_is_refused(self, shown, said):
        assert said in refusal(f"{TEXT}\n## Notes\n\n{shown}\n")

    def test_a_clause_in_a_quotation_does_not_count_as_its_own_prose(self):
        """Its numbers would stand in the prose because the block itself does."""
        text = changed(PROSE, "Few.").replace(
            "```yaml clause\nid: COV-1", "> ```yaml clause\n> id: COV-1"
        )

        assert "stands in a list or a quotation" in refusal(text)

    def test_a_heading_that_reads_like_a_clause_needs_a_block(self):
        found = refusal(f"{TEXT}\n## FAIR-1 Nobody is left out\n\nNever.\n")

        assert found.startswith("p.md:51: FAIR-1 reads like a clause and has no ```yaml clause")

    def test_a_heading_in_a_quotation_opens_no_section(self):
        policy = read(changed(PROSE, f"> ## Somebody said\n\n{PROSE}"))

        assert PROSE in policy.clauses[0].prose

    def test_two_titles_are_refused(self):
        assert "expected a title" in refusal(f"{TEXT}\n# Another\n")

    def test_other_fences_are_prose(self):
        policy = read(changed(PROSE, f"```text\n0.05\n```\n\n{PROSE}"))

        assert "```text" in policy.clauses[0].prose


@pytest.mark.parametrize(
    ("prose", "numbers"),
    [
        ("[a](http://x/(0.15)0.30)", set()),
        ("[0.15](http://x)", {0.15}),
        ("![0.15](x.png)", set()),
        ('[a](x "0.15")', set()),
        ("[a]\n\n[a]: http://x/0.15", set()),
        ("[a]: x '0.15'", set()),
        ("0.1**5**", {0.15}),
        ("0&#46;15", {0.15}),
        ("0\\.15", {0.15}),
        ("`0.15`", {0.15}),
        ("```\n0.15\n```", {0.15}),
        ("- 0.15\n- > 0.25", {0.15, 0.25}),
        ("0.1\n5", {0.1, 5}),
        ("at most 1,000 of 2,000,000", {1_000, 2_000_000}),
    ],
)
def test_a_number_stands_in_prose_where_a_browser_shows_it(prose, numbers):
    assert numbers == numbers_in(prose)


def survives(raw: bytes) -> Policy | None:
    """Whatever reads must also lint and be said back; nothing but our own errors comes out."""
    try:
        policy = read(raw)
        lint(policy, Known(specs=SPECS), today=date(2026, 6, 1))
        for clause in policy.clauses:
            if clause.kind in ("property", "attested") or clause.subject in SPECS:
                assert reading(clause, SPECS, attempts=3)
    except GovernError as err:
        assert str(err).startswith("p.md:")  # noqa: PT017
        return None
    return policy


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_never_more_than_refused(raw):
    survives(raw)


@given(st.text(max_size=80), st.integers(0, len(TEXT)), st.integers(0, 30))
@example("upper_le: 1e400", TEXT.index("upper_le"), 14)
@example("9" * 400, TEXT.index("60, suite"), 2)
@settings(max_examples=80)
def test_any_text_in_the_place_of_some_is_never_more_than_refused(junk, place, length):
    text = TEXT[:place] + junk + TEXT[place + length :]
    policy = survives(text.encode(errors="surrogatepass"))

    assert policy is None or policy == survives(text.encode())


PIECES = [
    "```yaml clause\n",
    "```\n",
    "## ",
    "# ",
    "\n",
    "> ",
    "- ",
    "---\n",
    "    ",
    "````\n",
    "~~~\n",
]


@given(st.lists(st.tuples(st.sampled_from(PIECES), st.integers(0, len(TEXT))), max_size=6))
def test_marks_of_markdown_put_anywhere_hide_no_clause(pieces):
    """However fences are broken, what reads like a clause binds or the file is refused."""
    text = TEXT
    for piece, place in pieces:
        text = text[:place] + piece + text[place:]
    policy = survives(text.encode())
    ids = {clause.id for clause in policy.clauses} if policy else set()

    assert policy is None or ids == {
        line.removeprefix("id: ") for line in text.splitlines() if line.startswith("id: ")
    }


def test_a_policy_read_twice_is_the_same():
    assert read(TEXT) == read(TEXT)
