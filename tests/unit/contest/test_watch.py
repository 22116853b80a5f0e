"""What became of people who contested, beside like colleagues."""

from __future__ import annotations

from datetime import timedelta

import pytest

from govern.contest.machine import fold
from govern.contest.watch import SPECS, retaliation
from govern.domain.finding import Undefined
from govern.domain.review_intake import HrOutcome
from govern.stats.intervals import bounds
from govern.testing.contests import MONDAY, event, review, story

DAY = timedelta(days=1)
NOW = MONDAY + 300 * DAY
LATER = (MONDAY + 200 * DAY).date()


class Company:
    """Teams of a manager: one person who contests and some who do not."""

    def __init__(self):
        self.views, self.reviews, self.outcomes = [], [], []

    def person(self, name, manager, *, contests=None, **changes):
        fields = {"review_id": f"r-{name}", "employee": name, "manager": manager}
        self.reviews.append(review(**{**fields, "groups": {"gender": "female"}, **changes}))
        if contests:
            drafted = event("drafted", at=contests, review_id=f"r-{name}", on_behalf_of=name)
            self.views.append(fold(story(drafted, event("submitted", at=contests))))

    def outcome(self, name, kind, value, on=LATER):
        self.outcomes.append(HrOutcome(employee=name, kind=kind, on=on, value=value))

    def found(self, as_of=NOW):
        findings = retaliation(self.views, self.reviews, self.outcomes, as_of=as_of)
        return dict(zip(SPECS, findings, strict=True))


def teams(n, *, colleagues=2, **changes):
    company = Company()
    for t in range(n):
        company.person(f"c{t}", f"m{t}", contests=MONDAY, **changes)
        for k in range(colleagues):
            company.person(f"p{t}-{k}", f"m{t}", **changes)
    return company


def rated(company, contester, colleague, kind="rating"):
    for r in company.reviews:
        value = contester if r.employee.startswith("c") else colleague
        company.outcome(r.employee, kind, value)
    return company


def test_without_hr_outcomes_nothing_is_measured_and_it_says_so():
    for finding in teams(12).found().values():
        assert isinstance(finding.estimate, Undefined)
        assert finding.estimate.reason.startswith("not measured: no ")
        assert finding.estimate.code == "not_supplied"


def test_one_kind_of_outcome_says_nothing_of_another():
    found = rated(teams(12), 3.0, 3.0).found()
    assert found["rating"].estimate == 0.0
    assert found["leaver"].estimate.reason == "not measured: no leaver outcomes were supplied"


def test_people_rated_lower_after_contesting_are_found():
    """Planted: each a point below both colleagues of the same team."""
    finding = rated(teams(12), 2.0, 3.0).found()["rating"]
    low, high = bounds(finding.estimate, finding.interval, 0.05)
    assert finding.estimate == -1.0
    assert low < -1 < high < 0
    assert (finding.counts.scored, finding.counts.unit_name) == (12, "people")


def test_where_nobody_is_treated_otherwise_the_interval_holds_zero():
    company = teams(12)
    for t in range(12):
        company.outcome(f"c{t}", "pay", 2.0 + t % 3)
        company.outcome(f"p{t}-0", "pay", 2.0 + (t + 1) % 3)
    finding = company.found()["pay"]
    low, high = bounds(finding.estimate, finding.interval, 0.05)
    assert low < 0 < high


def test_leaving_is_counted_against_colleagues_who_could_have_left():
    """6 of 12 left, and one of 24 colleagues: (6 - 0.5)/12 of a person."""
    company = teams(12)
    for t in range(6):
        company.outcome(f"c{t}", "leaver", 1.0)
    company.outcome("p0-0", "leaver", 1.0)
    assert company.found()["leaver"].estimate == pytest.approx(5.5 / 12)


@pytest.mark.parametrize("days", [-1, 0, 366, 400])
def test_only_what_happened_within_a_year_after_counts(days):
    company = teams(12)
    for r in company.reviews:
        company.outcome(r.employee, "rating", 3.0, (MONDAY + days * DAY).date())
    found = company.found(MONDAY + 500 * DAY)["rating"]
    assert isinstance(found.estimate, Undefined)
    assert found.estimate.code == "too_few"


def test_what_happened_after_the_moment_asked_about_does_not_count():
    company = rated(teams(12), 2.0, 3.0)
    assert company.found(MONDAY + 100 * DAY)["rating"].estimate.code == "not_supplied"


def test_a_contest_of_long_ago_is_not_watched_any_more():
    assert isinstance(
        rated(teams(12), 2.0, 3.0).found(MONDAY + 731 * DAY)["rating"].estimate, Undefined
    )


@pytest.mark.parametrize(
    "other", [{"final_rating": 4}, {"groups": {"gender": "male"}}, {"period_end": "2024-12-31"}]
)
def test_only_like_colleagues_are_compared(other):
    """The colleagues of each team differ, so nobody is left to compare with."""
    company = Company()
    for t in range(12):
        company.person(f"c{t}", f"m{t}", contests=MONDAY)
        company.person(f"p{t}", f"m{t}", **other)
    assert rated(company, 2.0, 3.0).found()["rating"].estimate.code == "too_few"


def test_the_own_team_comes_first_and_others_only_where_there_is_none():
    """Rated 3 all, less the colleagues. Team 0 has two rated 3: 0. Teams 1 to 5 one rated 1: 2.
    Teams 6 to 11 nobody: 3 less the mean of the seven, 11/7. Of 12 people (10 + 6·10/7)/12.
    """
    company = Company()
    for t in range(12):
        company.person(f"c{t}", f"m{t}", contests=MONDAY)
        company.outcome(f"c{t}", "rating", 3.0)
    for name, t in (("a", 0), ("b", 0), *((f"p{t}", t) for t in range(1, 6))):
        company.person(name, f"m{t}")
        company.outcome(name, "rating", 1.0 if t else 3.0)
    assert company.found()["rating"].estimate == pytest.approx(130 / 84)


def test_people_who_contested_are_nobodys_colleagues():
    company = teams(12, colleagues=0)
    assert rated(company, 2.0, 3.0).found()["rating"].estimate.code == "too_few"


def test_a_person_counts_once_however_often_they_contest():
    company = teams(9)
    for n in range(5):
        company.views.append(company.views[0].model_copy(update={"case_id": f"{n}" * 32}))
    assert rated(company, 2.0, 3.0).found()["rating"].estimate.code == "too_few"


def test_words_are_no_pay():
    assert rated(teams(12), "more", "less", "pay").found()["pay"].estimate.code == "too_few"


def test_one_managers_many_cases_are_compared_person_by_person():
    company = Company()
    for n in range(12):
        company.person(f"c{n}", "m", contests=MONDAY)
    company.person("p", "m")
    finding = rated(company, 2.0, 3.0).found()["rating"]
    assert (finding.estimate, finding.interval.clusters) == (-1.0, 12)
