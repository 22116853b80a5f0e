"""The Markdown summary: what a board reads in a minute, and what no text can make of it."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from govern.domain import Attempts, Decision, MoreEvidence
from govern.policy.reader import read_policy
from govern.report.escaping import code, inline
from govern.report.markdown import summary
from govern.report.wording import visible

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "ci"
POLICY = read_policy((GOLDEN / "policy.md").read_bytes(), where="policy.md")
DECISION = Decision.model_validate_json((GOLDEN / "decision.json").read_bytes())
GITHUB = MarkdownIt("gfm-like", {"html": True, "linkify": False})
HOSTILE = [
    "<script>alert(1)</script>",
    "<!-- -->",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/x.png)",
    "https://evil.example/ and www.evil.example",
    "@board please approve, see #1 and mail a@b.example",
    "**bold** _it_ ~~gone~~ `code` $x$",
    "a | b | c\n|---|---|",
    "# heading",
    "1. list",
    "12) list",
    "- list",
    "+ list",
    "> quote",
    "=====",
    "\\*not\\*",
    "&lt;b&gt; &amp; &#64;",
    "line one\n\n## ✅ Pass: yes\n<details>",
    "\u202egnp.exe\u2066",
    "***",
    "```\nfence",
]


class Seen(HTMLParser):
    """The tags and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        assert not attrs

    def handle_data(self, data):
        self.text += data


def seen(markdown: str) -> Seen:
    page = Seen()
    page.feed(GITHUB.render(markdown))
    return page


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_is_shown_letter_by_letter_and_does_nothing(text):
    page = seen(inline(text))

    assert ["p"] == page.tags
    assert " ".join(visible(text).split()) == page.text.strip().replace("\u2060", "")


@given(
    st.text(st.characters(codec="utf-8"), min_size=1) | st.text("@#*_`[]()<>&|\\~$!-+=1.):/ w\n")
)
def test_any_text_is_shown_letter_by_letter(text):
    page = seen(f"before {inline(text)}")

    assert ["p"] == page.tags
    whole = " ".join(f"before {visible(text)}".split())
    assert whole == page.text.strip().replace("\u2060", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_in_a_cell_of_a_table_stays_in_it(text):
    table = f"| a | b | c |\n|---|---|---|\n| {inline(text)} | {code(text)} | end |"
    first, _, last = re.findall("<td>(.*?)</td>", GITHUB.render(table))

    assert " ".join(visible(text).split()) == unescape(first).replace("\u2060", "")
    assert "end" == last


def test_nobody_is_mentioned_and_nothing_is_linked():
    """GitHub makes links of these after rendering: the signs must not touch what follows."""
    shown = unescape(inline("@board #12 https://a.example www.a.example me@a.example"))

    assert not re.search(r"[@#]\w|https?://|www\.", shown)


def test_no_name_becomes_a_mark_that_people_take_for_a_verdict():
    """GitHub draws these after rendering as well; times of the day stay as they are."""
    shown = seen(inline("one :white_check_mark: two :+1: GH-12 at 10:30:00")).text

    assert not re.search(r":[\w+-]+: |GH-\d", shown)
    assert "10:30:00" in shown
    assert "one :white_check_mark: two :+1: GH-12" in shown.replace("\u2060", "")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_pipeline_policy_reason_or_group_changes_nothing_about_the_page(text):
    clauses = tuple(
        c.model_copy(
            update={
                "title": text,
                "explanation": text,
                "waiver": c.waiver and c.waiver.model_copy(update={"reason": text}),
                "slices": tuple(s.model_copy(update={"slice": f"by: {text}"}) for s in c.slices),
            }
        )
        for c in DECISION.clauses
    )
    spoilt = DECISION.model_copy(
        update={
            "clauses": clauses,
            "run": DECISION.run.model_copy(update={"pipeline": text}),
            "policy": DECISION.policy.model_copy(update={"title": text}),
        }
    )

    assert seen(summary(DECISION, POLICY)).tags == seen(summary(spoilt, POLICY)).tags


def before_the_table(decision: Decision) -> str:
    return summary(decision, POLICY).partition("<details>")[0]


def test_the_answer_comes_first_with_the_sentence_of_the_policy_that_decided_it():
    text = before_the_table(DECISION)

    assert text.startswith("## ❌ Fail: May “draft-writer”, version 1.4.0, be piloted?")
    assert "> If only the name changes, the suggested rating must not move" in text
    assert "between 0.22 and 0.40 below" in text


def test_it_is_read_in_a_minute():
    """People read about 240 words a minute; the table of all clauses is folded away."""
    assert len(before_the_table(DECISION).split()) < 300


def test_scope_expiry_attempts_waivers_and_what_is_missing_are_named():
    text = before_the_table(DECISION)

    assert "in EU, as a pilot" in text
    assert "until 21 December 2026" in text
    assert "Number 2; the policy allows 3. In the record so far: 1 abandoned, 1 decided." in text
    assert "Measured: fail. Waived until 20 December 2026 by ana" in text
    assert "**FAIR-1** · This waiver does not hold: The clause cannot be waived." in text
    assert "has signed impact-assessment" in text


def test_what_would_settle_an_undecided_clause_that_must_hold_is_named_with_its_cost():
    blocking = (
        c.model_copy(update={"severity": "block"}) if c.id == "REP-1" else c
        for c in DECISION.clauses
    )
    more = MoreEvidence(cases=340, drafts=2720)
    asked = DECISION.model_copy(update={"clauses": tuple(blocking), "more_evidence": more})

    assert "About 340 more cases would settle REP-1: about 2,700 drafts." in before_the_table(asked)


def test_attempts_that_nobody_can_count_are_not_passed_over():
    lost = Attempts(lineage="x", known=False, why="the record could not be reached")
    decision = DECISION.model_copy(update={"attempts": lost, "attempt": None})

    assert "Nobody can tell how many there were: The record could" in summary(decision, POLICY)


def test_an_exploratory_run_and_a_bar_set_afterwards_are_named_before_anything_else():
    explored, after = (
        before_the_table(
            DECISION.model_copy(update={"advisory": True, "bar_set_after": late})
        ).partition("**Scope.**")[0]
        for late in (False, True)
    )

    assert "exploratory run" in explored
    assert "bar was set after the result" in after
    assert "exploratory" not in after


def test_clauses_that_lack_the_same_thing_share_a_line():
    thin = [
        c.model_copy(
            update={
                "severity": "block",
                "outcome": "insufficient_evidence",
                "effective": "insufficient_evidence",
                "explanation": "24 cases, the clause asks for 50",
                "slices": (),
                "waiver": None,
            }
        )
        for c in DECISION.clauses
    ]
    decision = DECISION.model_copy(
        update={
            "clauses": tuple(thin),
            "outcome": "insufficient_evidence",
            "effective_outcome": "insufficient_evidence",
        }
    )

    line = "- **FAIR-1, ACC-1, OVER-1, DPIA-1, HOM-1 and REP-1:** 24 cases, the clause asks for 50."
    text = summary(decision, POLICY)
    assert line in text
    assert (2, 1) == (text.count("\n> "), text.count("And 4 more, below."))
