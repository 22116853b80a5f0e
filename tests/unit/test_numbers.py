"""Numbers that a text states, and the many that it only seems to."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govern.text.numbers import stated_numbers


def stated(text: str) -> list[tuple[float, bool]]:
    found = stated_numbers(pd.Series([text], dtype="str"))
    return list(zip(found["value"], found["percent"], strict=True))


def plain(*values: float) -> list[tuple[float, bool]]:
    return [(value, False) for value in values]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("closed 12 tickets in 3 weeks", [12, 3]),
        ("moved from 4.25 to 3.5 days.", [4.25, 3.5]),
        ("saved $1,204 and then 1,234,567.5 in all", [1204, 1234567.5]),
        ("1,234,567,890 rows", [1234567890]),
        ("rose by .5 points, to .75.", [0.5, 0.75]),
        ("It ended at 12. Then 15.", [12, 15]),
        ("(7), “8”; 9!", [7, 8, 9]),
        ("A/B: 3x faster, 24-hour cover", [3, 24]),
        ("handled 2,019 requests", [2019]),
        ("averaged 2019.5 hours and 3.2019 errors", [2019.5, 3.2019]),
        ("0 complaints", [0]),
        ("wait ...5 more", [5]),
    ],
)
def test_plain_numbers_are_read(text: str, values: list[float]):
    assert plain(*values) == stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "12.5%",
        "12.5 %",
        "12.5 percent",
        "12.5 per cent",
        "12.5 Percent",
        "12.5-percent",
        "12.5\u00a0%",
        "12.5\u202f%",
        "(12.5%)",
        "12.5%.",
    ],
)
def test_percentages_are_marked_however_they_are_written(text: str):
    """RE2's \\s knows no hard spaces; typeset per cent signs follow one."""
    assert [(12.5, True)] == stated(f"retention rose to {text}")


def test_a_percentage_does_not_mark_its_neighbours():
    assert [(40, False), (55, True), (60, False)] == stated("from 40 to 55% in 60 days")


def test_large_and_small_percentages_are_read():
    assert [(1250, True), (0.5, True), (1950, True)] == stated("1,250% and .5% and 1950%")


def test_percentage_points_are_no_percentage():
    assert plain(12) == stated("up 12 percentage points")


@pytest.mark.parametrize(
    "text",
    [
        "in Q3 and q4",
        "see E1, E12 and (G4)",
        "[E7]",
        "since 2019, and in 1998.",
        "2023 2024 2025",
        "FY2024",
        "2024's plan; 2025",
        "in (2024)",
        "Rating: 4",
        "rating of 4",
        "Rating 4.0 out of 5",
        "rated 3/5",
        "She is rated at 5.",
        "rated 4.5 out of 5",
    ],
)
def test_labels_years_and_the_rating_are_not_claims(text: str):
    assert [] == stated(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Q5", 5),
        ("E123", 123),
        ("1850 units", 1850),
        ("2100 units", 2100),
        ("12019 units", 12019),
        ("rated 45 proposals", 45),
        ("rated 3,200 images", 3200),
        ("rating 6", 6),
        ("narrated 4", 4),
        ("separate 3", 3),
        ("operating 4", 4),
    ],
)
def test_what_only_resembles_a_label_is_a_claim(text: str, value: float):
    """RE2 has no lookahead: 'rated 45' must not lose its 4 and leave a 5."""
    assert plain(value) == stated(text)


def test_a_rated_percentage_is_a_claim():
    assert [(4, True)] == stated("customers rated 4% of calls")


@pytest.mark.parametrize(
    "text", ["", " ", "…", "no numbers", "twelve", ".", "...", "v1.2.3", "٣", "½", "%", "§"]
)
def test_nothing_is_read_where_no_number_stands(text: str):
    assert [] == stated(text)


def test_missing_texts_state_nothing_and_rows_count_positions():
    found = stated_numbers(pd.Series(["7 and 8", None, "", "9%"], index=[40, 30, 20, 10]))

    assert [(0, 7.0, False), (0, 8.0, False), (3, 9.0, True)] == list(
        found.itertuples(index=False, name=None)
    )


@pytest.mark.parametrize("texts", [[], [None], ["none"]])
def test_no_number_at_all_gives_an_empty_table(texts: list[str | None]):
    found = stated_numbers(pd.Series(texts, dtype="str"))

    assert (0, ["row", "value", "percent"]) == (len(found), list(found.columns))


@given(
    numbers=st.lists(
        st.tuples(
            st.one_of(st.integers(0, 1899), st.integers(2100, 9_999_999)),
            st.sampled_from(["", ".5", ".25"]),
            st.booleans(),
            st.booleans(),
        ),
        max_size=6,
    )
)
@settings(derandomize=True, deadline=None, max_examples=150)
def test_what_is_written_is_read(numbers: list[tuple[int, str, bool, bool]]):
    """Round trip, with and without thousands commas, decimals and per cent signs."""
    text = "; ".join(
        f"did {f'{whole:,}' if commas else whole}{decimals}{'%' if percent else ''} of it"
        for whole, decimals, commas, percent in numbers
    )

    assert [(float(f"{n}{d}"), percent) for n, d, _, percent in numbers] == stated(text)


@given(texts=st.lists(st.text("0123456789.,%§ Qe\u00a0-rated:/", max_size=20), max_size=5))
@settings(derandomize=True, deadline=None, max_examples=150)
def test_a_text_states_the_same_alone_and_in_company(texts: list[str]):
    together = stated_numbers(pd.Series(texts, dtype="str"))

    for row, text in enumerate(texts):
        mine = together[together["row"] == row]
        assert stated(text) == list(zip(mine["value"], mine["percent"], strict=True))
