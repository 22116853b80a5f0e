"""What identifies by its form, dates that move, listed names."""

from __future__ import annotations

import re
from datetime import date

import pytest

from govern.sources.anonymise.dates import find_dates
from govern.sources.anonymise.spans import Span, apply, placed, resolve

PATTERNS = {
    "Write to ana.torres@example.com today.": "Write to [email] today.",
    "Write to ana(at)example.com today.": "Write to [email] today.",
    "Write to ana.o'brien@example.com or 'bo@example.com'.": "Write to [email] or '[email]'.",
    "See bit.ly/3xAbC for it.": "See [link] for it.",
    "See https://x.example.com/a?b=c, please.": "See [link], please.",
    "See www.example.org and intranet.example.com/x.": "See [link] and [link].",
    "Ask @ana_t there.": "Ask [handle] there.",
    "Call (212) 555-0147 or 555-0199.": "Call [phone] or [phone].",
    "Call +44 20 7946 0958, ext. 4432.": "Call [phone], ext. [phone].",
    "Her number is 536-22-1847.": "Her number is [national id].",
    "NINO AB 12 34 56 C here": "NINO [national id] here",
    "To GB82 WEST 1234 5698 7654 32 at once": "To [account] at once",
    "Card 4111-1111-1111-1111 failed": "Card [account] failed",
    "Account no. 12345 and policy number PX-99831": "Account no. [account] and policy number [id]",
    "At 12 High Street, Leeds LS1 4AP we met": "At [address] we met",
    "At 4411 N Oak Ridge Ave, Apt 4, Springfield, IL 62704.": "At [address].",
    "Host 10.2.3.4 and 2001:db8::ff00:42:8329 fell": "Host [ip address] and [ip address] fell",
    "bad\u200b.name@exam\u200bple.com": "[email]",
    "a&#64;example.com": "[email]",
}


@pytest.mark.parametrize("text", PATTERNS)
def test_a_pattern_is_replaced_by_what_it_is(text, rewrite):
    assert PATTERNS[text] == rewrite(text, "Zoe Quispe")


@pytest.mark.parametrize(
    "text",
    [
        "Sales rose from $1,200,000 to 1 250 000 by 12.5%.",
        "From 2019-2023 we answered 98% of 4500 calls, 24/7.",
        "Version 2.4.1 at 10:30:15 in Q3 2024, 3/4 done.",
        "Raised EUR 25000000 and 12000000 users.",
        "Node.js etc.The end. The way we work in 3 great ways.",
    ],
)
def test_numbers_of_the_work_stay(text, rewrite):
    assert text == rewrite(text, "Zoe Quispe")


DATES = {
    "2024-03-15": "2024-04-12",
    "03/15/2024": "04/12/2024",
    "3/15/24": "4/12/24",
    "15.03.2024": "12.04.2024",
    "15 March 2024": "12 April 2024",
    "15th of March, 2024": "12th of April, 2024",
    "March 15, 2024": "April 12, 2024",
    "MAR 15": "APR 12",
    "the 3rd of May": "the 31st of May",
    "May 2024": "June 2024",
    "2024-03-15T10:22:00Z": "2024-04-12[time]",
    "31/02/2024": "[date]",
    "born on 1980-02-03": "born on [date]",
    "3/1/24-3/15/24": "3/29/24-4/12/24",
    "2024-03-01/2024-03-15": "2024-03-29/2024-04-12",
    "2024/2025": "2024/2025",
    "2019": "2019",
    "Q3 2024": "Q3 2024",
}


@pytest.mark.parametrize("written", DATES)
def test_a_date_moves_by_its_offset_and_keeps_its_form(written):
    found = resolve(find_dates(written, offset=28, day_first=False))

    assert DATES[written] == apply(written, found)


def test_day_first_is_for_the_ambiguous_alone():
    def moved(text):
        return apply(text, resolve(find_dates(text, offset=7, day_first=True)))

    assert "10/4/2024" == moved("3/4/2024")
    assert "3/22/2024" == moved("3/15/2024")


def test_dates_of_one_person_keep_their_distance_and_their_weekday(engine):
    made = engine("Ana Torres", "Ben Lopez")
    text = "From 2024-03-01 to 2024-03-15."
    new = [made.anonymise([text], [n])[0].text for n in (0, 1)]
    days = [[date.fromisoformat(d) for d in re.findall(r"[\d-]{10}", t)] for t in new]

    assert [14, 14] == [(b - a).days for a, b in days]
    assert [4, 4] == [a.weekday() for a, _ in days]
    assert all(28 <= abs((a - date(2024, 3, 1)).days) <= 182 for a, _ in days)


def test_listed_names_become_the_same_label_in_every_spelling(rewrite):
    lists = {"client": ["Acme Corp", "Delta"], "product": ["Zéphyr 2"]}
    text = "Acme  Corp's, ACME corp; zephyr-2. Zephyr 22 and Acmeville stay."
    expected = "Client 1's, Client 1; Product 1. Zephyr 22 and Acmeville stay."

    assert expected == rewrite(text, "Zoe Quispe", lists=lists)


def test_a_listed_name_that_is_a_word_needs_its_capital(rewrite):
    text = "We sold Bridge to a bridge builder. Bridge work went on."
    expected = "We sold Product 1 to a bridge builder. Bridge work went on."

    assert expected == rewrite(text, "Zoe Quispe", lists={"product": ["Bridge"]})


def test_roster_ids_are_replaced_wherever_they_stand(rewrite):
    shown = rewrite("See E10423, e10423. It stays.", "Zoe Quispe", codes={"e10423"})

    assert "See [id], [id]. It stays." == shown


def test_an_address_takes_the_name_in_it_along(rewrite):
    assert "At [address] we met" == rewrite("At 12 Torres Street we met", "Ana Torres")


def test_overlaps_leave_no_half_of_anything_standing():
    spans = [Span(0, 10, "phone", "P"), Span(5, 15, "name", "N"), Span(20, 22, "name", "M")]
    kept = resolve(spans)

    assert [(0, 15), (20, 22)] == [(s.start, s.end) for s in kept]
    assert "P" == kept[0].new


def test_a_span_over_two_winners_covers_both():
    kept = resolve([Span(0, 4, "email", "E"), Span(8, 12, "url", "U"), Span(2, 10, "name", "N")])

    assert [(0, 12)] == [(s.start, s.end) for s in kept]


def test_placed_says_where_replacements_stand():
    spans = [Span(0, 3, "name", "Longer"), Span(4, 8, "name", "x")]
    new = apply("Ana Ben!", spans)

    assert ["Longer", "x"] == [new[a:b] for a, b in placed(spans)]


def test_the_representation_of_a_span_holds_no_text():
    assert "secret" not in repr(Span(0, 1, "name", "secret"))
