"""``govern plan``: size, price, what can be detected, how often pipelines pass."""

from __future__ import annotations

import json
import re

import pytest
from given_commands import given

pytestmark = pytest.mark.usefixtures("unmirrored")


PLANNED = "plan review-core --plan starter --policy review-drafting --runs 60"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """A small plan of the shipped suite, priced, as JSON."""
    folder = tmp_path_factory.mktemp("plan")
    return json.loads(given(folder, f"{PLANNED} --price-in 1 --price-out 10 --json"))


def test_the_cells_are_those_that_a_run_drafts_and_the_price_follows_the_tokens(told):
    cost = told["cost"]

    assert (540, 480, 60) == (cost["cells"], cost["main"], cost["noise"])
    assert 540 * 250 == cost["tokens_out"]
    assert pytest.approx((cost["tokens_in"] + 10 * cost["tokens_out"]) / 1e6) == cost["money"]


def test_a_small_plan_is_told_that_a_fair_but_noisy_pipeline_cannot_pass_it(told):
    chances = told["chances"]

    assert chances["fair_passes"] < 0.9
    assert 0.0 == chances["biased_passes"]
    assert {"FAIR-1", "ACC-1"} <= set(chances["clauses"])
    assert {"FAIR-9", "LEN-1", "ROB-2"} <= set(chances["not_simulated"])


def test_a_clause_with_a_slice_that_nothing_simulates_is_not_said_to_fail(told):
    chances = told["chances"]

    assert {"FAIR-7", "FAIR-8"} <= set(chances["not_simulated"])
    assert not set(chances["clauses"]) & set(chances["not_simulated"])
    assert set(chances["clauses"]) == {row["clause"] for row in told["detectable"]}


def test_what_can_be_detected_is_beyond_the_margin(told):
    rows = told["detectable"]

    margins = [row for row in rows if row["margin"] is not None]
    assert margins
    assert all(row["failed_from"] > row["margin"] for row in margins)
    assert all(0 < row["half_width"] < 1 for row in rows)


def test_the_table_says_it_in_words(govern, project):
    shown = govern(*PLANNED.split())

    assert 0 == shown.code
    assert re.search(r"540 drafts \(480 cells and 60 exact repeats\)", shown.out)
    assert "a price unknown (give --price-in and --price-out)" in shown.out
    assert "a fair but noisy pipeline in" in shown.out
    assert 100 >= max(map(len, shown.out.splitlines()[2:20]))


def test_too_few_simulated_runs_are_refused(govern, project):
    refused = govern("plan", "review-core", "--plan", "smoke", "--runs", "3")

    assert 2 == refused.code
    assert "at least 50" in refused.err


def test_without_a_policy_the_cost_is_all_there_is(govern, project):
    shown = govern("plan", "review-core", "--plan", "smoke")

    assert 0 == shown.code
    assert "Name a --policy" in shown.out


def test_a_plan_with_markers_and_variants_says_how_many_drafts_they_cost(govern, project):
    shown = govern("plan", "review-core", "--plan", "smoke")

    counted = "192 cells, 24 exact repeats, 48 with a marker or its control and 24 variants"
    assert f"288 drafts ({counted})" in shown.out.replace("\n", " ")
