"""By when who has to do what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from govern.contest.calendar import Calendar, month_after
from govern.contest.deadlines import (
    ESCALATES_TO,
    OUTER,
    PAUSABLE,
    Deadlines,
    answer_due,
    clock_events,
    due,
    may_close,
)
from govern.contest.machine import apply
from govern.domain.contest import Duty
from govern.errors import ContestError
from govern.testing.contests import MONDAY, STORIES, actor, after, case, case_in, event

DEADLINES = Deadlines()
WORKDAYS = Calendar()
DAY = timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
DATES = st.dates(date(2020, 1, 1), date(2032, 12, 31))
HOLIDAYS = st.frozensets(st.dates(date(2019, 12, 1), date(2033, 2, 1)), max_size=40)
MOMENTS = st.builds(
    datetime.combine, DATES, st.times().map(lambda t: t.replace(fold=0)), st.just(UTC)
)
CALENDARS = st.builds(Calendar, holidays=HOLIDAYS)


def at(day: str, hour: int = 9) -> datetime:
    return datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC)


def dues(view, now, deadlines=DEADLINES, calendar=WORKDAYS):
    return {d.duty: d for d in due(view, deadlines, calendar, now)}


def missed(view, now, calendar=WORKDAYS):
    return {m.duty: m for m in clock_events(view, DEADLINES, calendar, now)}


# days


def test_working_days_leave_out_weekends_and_holidays():
    """Friday 3 April 2026 is Good Friday: two working days after Thursday are Mon 6 and Tue 7."""
    easter = Calendar(holidays={date(2026, 4, 3), date(2026, 4, 6)})
    assert WORKDAYS.after(date(2026, 4, 2), 2) == date(2026, 4, 6)
    assert easter.after(date(2026, 4, 2), 2) == date(2026, 4, 8)


def test_working_days_pass_the_end_of_a_year():
    """31 December 2026 is a Thursday; 1 January is a holiday, 2 and 3 are a weekend."""
    assert Calendar(holidays={date(2027, 1, 1)}).after(date(2026, 12, 30), 2) == date(2027, 1, 4)


def test_a_weekend_need_not_be_saturday_and_sunday():
    gulf = Calendar(weekend=frozenset((4, 5)))
    assert gulf.after(date(2026, 3, 5), 1) == date(2026, 3, 8)


@given(DATES, st.integers(0, 30), CALENDARS)
def test_counting_days_on_and_counting_them_again_agree(day, n, calendar):
    last = calendar.after(day, n)
    assert calendar.between(day, last) == n
    assert calendar.between(last, day) == -n
    assert n == 0 or calendar.works(last)


@given(DATES, st.integers(0, 15), st.integers(0, 15), CALENDARS)
def test_days_add_up_and_a_holiday_more_never_makes_them_shorter(day, n, m, calendar):
    assert calendar.after(calendar.after(day, n), m) == calendar.after(day, n + m)
    assert calendar.after(day, n) >= Calendar().after(day, n)


def test_a_calendar_without_working_days_is_an_error_and_no_endless_search():
    with pytest.raises(ContestError, match="mend the calendar"):
        Calendar(weekend=frozenset(range(7))).after(date(2026, 1, 1), 1)


@pytest.mark.parametrize(
    ("day", "after_a_month"),
    [
        ("2026-01-31", "2026-02-28"),
        ("2028-01-31", "2028-02-29"),
        ("2026-12-15", "2027-01-15"),
        ("2028-02-29", "2028-03-29"),
    ],
)
def test_a_month_ends_on_its_day_or_the_last(day, after_a_month):
    assert month_after(date.fromisoformat(day)) == date.fromisoformat(after_a_month)


def test_a_day_is_that_of_the_place_not_of_greenwich():
    """23:30 UTC on 30 June is 00:30 on 1 July in London."""
    assert Calendar(zone=LONDON).day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 7, 1)
    assert WORKDAYS.day(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)) == date(2026, 6, 30)


@pytest.mark.parametrize("change", ["2026-03-29", "2026-10-25"])
def test_an_hour_more_or_less_moves_no_deadline(change):
    """London changes its clocks on the Sunday; 14 days from Friday noon are 14 days."""
    friday = datetime.fromisoformat(change).replace(hour=12, tzinfo=LONDON) - 2 * DAY
    view = case("drafted", "submitted", start=friday, every=timedelta(0))
    calendar = Calendar(zone=LONDON)
    [expected] = {friday.date() + 14 * DAY}
    assert dues(view, friday, calendar=calendar)["decide"].due == expected
    last = datetime(expected.year, expected.month, expected.day, 23, 59, tzinfo=LONDON)
    assert dues(view, last, calendar=calendar)["decide"].status == "due_soon"
    past = last + timedelta(minutes=2)
    assert dues(view, past, calendar=calendar)["decide"].status == "overdue"


# duties


def test_what_is_due_when_something_was_sent():
    """Monday 2 March 2026: acknowledged by Wednesday, explained by 16, decided by 16 March."""
    found = dues(case("drafted", "submitted"), MONDAY)
    assert {
        "acknowledge": date(2026, 3, 4),
        "explain": date(2026, 3, 16),
        "decide": date(2026, 3, 16),
    } == {d: f.due for d, f in found.items()}
    assert found["explain"].latest == date(2026, 4, 2)


@pytest.mark.parametrize(
    ("state", "duties"),
    [
        ("draft", set()),
        ("submitted", {"acknowledge", "explain", "decide"}),
        ("acknowledged", {"explain", "decide"}),
        ("admitted", {"explain", "decide"}),
        ("not_admitted", {"explain", "appeal_window"}),
        ("gathering", {"explain", "decide"}),
        ("under_review", {"explain", "decide"}),
        ("decided", {"explain", "appeal_window", "remedy"}),
        ("appealed", {"explain", "decide_appeal"}),
        ("appeal_review", {"explain", "decide_appeal"}),
        ("final", {"explain", "remedy"}),
        ("remedied", {"explain", "appeal_window"}),
        ("closed", set()),
        ("withdrawn", set()),
        ("referred_external", set()),
    ],
)
def test_each_state_has_its_duties(state, duties):
    assert set(dues(case_in(state), MONDAY)) == duties


def test_every_state_is_tried_above_and_every_duty_has_somebody_above():
    tried = test_each_state_has_its_duties.pytestmark[0].args[1]
    assert {state for state, _ in tried} == set(STORIES)
    assert set(ESCALATES_TO) == set(Duty.__args__) - {"appeal_window"}


def test_an_explanation_that_was_given_is_not_due():
    assert "explain" not in dues(after(case_in("admitted"), "notice_sent"), MONDAY)


def test_relief_is_due_where_pay_was_decided():
    decided = event("drafted", pay_already_decided=True)
    view = case(decided, "submitted")
    assert dues(view, MONDAY)["relief"].due == date(2026, 3, 9)
    assert "relief" not in dues(after(view, "interim_relief"), MONDAY)


def test_the_hr_system_has_three_days_to_answer_also_once_the_case_is_over():
    view = after(case_in("withdrawn"), event("flag_sent", in_use=True))
    assert dues(view, MONDAY)["hr_acknowledge"].due == date(2026, 3, 5)
    wrong = after(view, event("flag_acknowledged", in_use=False))
    assert "hr_acknowledge" in dues(wrong, MONDAY)
    assert "hr_acknowledge" not in dues(
        after(view, event("flag_acknowledged", in_use=True)), MONDAY
    )


@pytest.mark.parametrize(
    ("now", "left", "status"),
    [
        ("2026-03-02", 10, "open"),
        ("2026-03-11", 3, "open"),
        ("2026-03-12", 2, "due_soon"),
        ("2026-03-16", 0, "due_soon"),
        ("2026-03-17", -1, "overdue"),
        ("2026-03-23", -5, "overdue"),
        ("2026-03-24", -6, "very_overdue"),
        ("2027-03-24", -267, "very_overdue"),
    ],
)
def test_a_deadline_is_open_near_missed_and_long_missed(now, left, status):
    """Due on Monday 16 March."""
    found = dues(case_in("admitted"), at(now))["decide"]
    assert (left, status) == (found.working_days_left, found.status)


def test_what_is_missed_on_a_friday_is_overdue_on_saturday():
    friday = case("drafted", "submitted", start=at("2026-03-06"))
    saturday = dues(friday, at("2026-03-21"))["decide"]
    assert (saturday.due, saturday.status) == (date(2026, 3, 20), "overdue")


def test_the_nearest_comes_first():
    found = due(case_in("submitted"), DEADLINES, WORKDAYS, MONDAY)
    assert [d.duty for d in found] == ["acknowledge", "decide", "explain"]


def test_the_time_to_appeal_cannot_be_made_short():
    with pytest.raises(ValidationError):
        Deadlines(appeal_window_working=9)


def test_a_case_is_not_closed_while_the_employee_can_appeal():
    """Decided on Monday 2 March: ten working days end on 16 March."""
    view = case_in("remedied")
    with pytest.raises(ContestError, match="can appeal until 2026-03-16"):
        may_close(view, DEADLINES, WORKDAYS, at("2026-03-16", 23))
    may_close(view, DEADLINES, WORKDAYS, at("2026-03-17", 0))
    may_close(case_in("final"), DEADLINES, WORKDAYS, MONDAY)


def test_a_first_answer_was_due_also_once_it_was_given():
    assert answer_due(case_in("closed"), DEADLINES, WORKDAYS, MONDAY) == date(2026, 3, 16)
    with pytest.raises(ContestError, match="never sent"):
        answer_due(case_in("draft"), DEADLINES, WORKDAYS, MONDAY)


def test_a_reopened_case_has_its_time_again():
    view = case(*STORIES["closed"], event("reopened", at=at("2026-05-04")))
    assert dues(view, at("2026-05-04"))["decide"].due == date(2026, 5, 18)


# pauses


def paused(since: str, until: str | None):
    view = apply(case_in("admitted"), event("paused", 5, at=at(since)))
    return view if until is None else apply(view, event("resumed", 6, at=at(until)))


def test_a_pause_moves_a_deadline_by_its_days():
    """Wednesday to Monday: five days for what counts days, three for what counts working days."""
    found = dues(paused("2026-03-04", "2026-03-09"), at("2026-03-10"))
    assert found["decide"].due == date(2026, 3, 21)
    assert found["explain"].due == date(2026, 3, 19)
    assert not found["decide"].paused


def test_while_it_is_on_a_pause_keeps_what_is_left():
    left = {
        dues(paused("2026-03-04", None), at(day))["explain"].working_days_left
        for day in ("2026-03-04", "2026-03-05", "2026-03-09", "2026-03-20")
    }
    assert left == {8}
    assert dues(paused("2026-03-04", None), at("2026-03-20"))["explain"].paused


def test_a_pause_after_the_deadline_does_not_undo_that_it_was_missed():
    view = paused("2026-03-17", "2026-04-17")
    found = dues(view, at("2026-04-20"))["decide"]
    assert (found.due, found.status) == (date(2026, 3, 16), "very_overdue")


def test_no_pause_moves_a_deadline_beyond_the_law():
    found = dues(paused("2026-03-04", None), at("2026-06-01"))["explain"]
    assert (found.due, found.status) == (date(2026, 4, 2), "very_overdue")


def test_to_acknowledge_relieve_and_answer_as_hr_does_not_wait():
    assert PAUSABLE == {"explain", "decide", "appeal_window", "decide_appeal"}
    sent = apply(case_in("submitted"), event("paused", 3, at=at("2026-03-03")))
    assert dues(sent, at("2026-03-09"))["acknowledge"].due == date(2026, 3, 4)


# the clock


def test_the_clock_enters_each_missed_duty_once_and_says_who_hears_of_it():
    view = case_in("submitted")
    found = missed(view, at("2026-03-05"))
    assert set(found) == {"acknowledge"}
    assert found["acknowledge"].escalated_to == "data-protection-officer"
    entered = apply(
        view,
        event("deadline_missed", 3, at=at("2026-03-05"), by=actor("clock")).model_copy(
            update={"payload": found["acknowledge"]}
        ),
    )
    assert missed(entered, at("2026-03-05")) == {}
    assert set(missed(entered, at("2026-03-17"))) == {"explain", "decide"}


def test_silence_is_no_rejection():
    view = case_in("under_review")
    found = missed(view, at("2027-01-01"))["decide"]
    assert found.escalated_to == "board"
    late = after(view, event("deadline_missed", due=found.due))
    assert (late.state, late.decided) == ("under_review", None)


def test_nobody_is_late_in_appealing():
    assert "appeal_window" not in missed(case_in("not_admitted"), at("2027-01-01"))


def test_a_clock_that_jumps_back_enters_nothing_and_nothing_twice():
    view = case_in("admitted")
    found = missed(view, at("2026-03-17"))["decide"]
    entered = after(view, event("deadline_missed", due=found.due))
    for day in ("2026-03-01", "2026-03-16", "2026-03-17", "2026-12-31"):
        assert "decide" not in missed(entered, at(day))


def test_another_round_can_be_missed_again():
    view = case(*STORIES["under_review"], event("deadline_missed", at=at("2026-03-17")))
    view = after(view, "decided", "remedied", "closed")
    view = apply(view, event("reopened", view.seq + 1, at=at("2026-05-04")))
    assert missed(view, at("2026-05-19"))["decide"].due == date(2026, 5, 18)


def test_a_shorter_deadline_set_later_is_not_missed_again():
    view = after(case_in("admitted"), event("deadline_missed", due=date(2026, 3, 16)))
    strict = Deadlines(decide_days=5)
    found = clock_events(view, strict, WORKDAYS, at("2026-03-20"))
    assert "decide" not in {m.duty for m in found}


@given(
    start=MOMENTS,
    jumps=st.lists(st.integers(-60, 60), min_size=1, max_size=12),
    calendar=CALENDARS,
    zone=st.sampled_from([UTC, LONDON, ZoneInfo("Pacific/Auckland"), ZoneInfo("America/Chicago")]),
)
def test_however_the_clock_jumps_each_duty_is_missed_at_most_once_and_never_early(
    start, jumps, calendar, zone
):
    calendar = Calendar(calendar.holidays, zone)
    view = case("drafted", "submitted", start=start)
    now = start
    for jump in jumps:
        now = max(now + jump * DAY, start - 40 * DAY)
        for found in clock_events(view, DEADLINES, calendar, now):
            assert calendar.day(now) > found.due > calendar.day(start)
            view = apply(
                view,
                event("deadline_missed", view.seq + 1, at=max(now, view.last_at)).model_copy(
                    update={"payload": found}
                ),
            )
    assert len({m.duty for m in view.missed}) == len(view.missed)


@given(
    start=MOMENTS,
    since=st.integers(0, 40),
    length=st.integers(0, 40),
    calendar=CALENDARS,
)
def test_a_pause_never_brings_a_deadline_forward(start, since, length, calendar):
    view = case("drafted", "submitted", start=start)
    begun = apply(view, event("paused", 3, at=view.last_at + since * DAY))
    ended = apply(begun, event("resumed", 4, at=begun.last_at + length * DAY))
    before = dues(view, start, calendar=calendar)
    for duty, found in dues(ended, start, calendar=calendar).items():
        assert found.due >= before[duty].due
        assert found.latest is None or found.due <= found.latest


# the law


@given(DATES, CALENDARS)
def test_no_duty_ends_after_a_limit_that_binds(day, calendar):
    view = case("drafted", "submitted", start=at(day.isoformat()))
    bound = {o.duty for o in OUTER if o.binds}
    for duty, found in dues(view, at(day.isoformat()), calendar=calendar).items():
        if duty in bound:
            assert found.due <= month_after(found.since)


def test_our_defaults_lie_within_every_limit_and_benchmark():
    """In a plain calendar: ten working days are two weeks, within 30 days and a month."""
    found = dues(case("drafted", "submitted"), MONDAY)
    days = {"one month": 28, "30 days": 30, "two weeks": 14}
    for outer in OUTER:
        duty = found[outer.duty]
        assert (duty.due - duty.since).days <= days[outer.limit]
        assert outer.source
