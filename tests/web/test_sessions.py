"""Getting in by a one-time link, staying in, getting out; and forms that somebody else sends."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from govern.domain.access import Visitor
from govern.web.sessions import key_of


def enter(site, client, path):
    page = client.get(path)
    return client.post(path, data={"form_token": site.token(page.text)})


def test_a_link_is_not_used_up_by_looking_at_it(site):
    path, client = site.link("board"), site.client()
    for _ in range(3):
        assert client.get(path).status_code == 200

    assert enter(site, client, path).status_code == 303
    assert client.get("/board").status_code == 200


def test_a_link_lets_in_once(site):
    path = site.link("board")
    enter(site, site.client(), path)
    second = site.client()

    assert second.get(path).status_code == 404
    assert second.get("/board").status_code == 303


def test_of_ten_who_use_a_link_at_once_one_gets_in(site):
    key = key_of(site.link("board").rsplit("/", 1)[-1])
    with ThreadPoolExecutor(10) as pool:
        taken = list(pool.map(lambda _: site.doors.take(key, now=site.now), range(10)))

    assert 1 == sum(one is not None for one in taken)


def test_a_link_ends_with_its_last_day(site):
    path, client = site.link("board", days=1), site.client()
    token = site.token(client.get(path).text)
    site.now += timedelta(days=1)

    assert client.get(path).status_code == 404
    assert client.post(path, data={"form_token": token}).status_code == 404


def test_the_database_holds_nothing_that_lets_anybody_in(site):
    path = site.link("board")
    client = site.client()
    enter(site, client, path)
    kept = b"".join(file.read_bytes() for file in site.project.state.glob("contests.db*"))

    assert path.rsplit("/", 1)[-1].encode() not in kept
    assert client.cookies["govern"].encode() not in kept


def test_signing_in_changes_what_the_browser_holds_and_ends_what_it_held(site):
    """Session fixation: whoever planted or stole the former cookie holds nothing."""
    client = site.signed_in("board")
    former = client.cookies["govern"]
    enter(site, client, site.link("auditor"))
    thief = site.client()
    thief.cookies.set("govern", former)

    assert client.cookies["govern"] != former
    assert thief.get("/board").status_code == 303


def test_a_cookie_that_was_made_up_is_nobody(site):
    client = site.client()
    client.cookies.set("govern", "x" * 43)

    assert client.get("/board").status_code == 303


def test_signing_out_ends_the_session_for_every_copy_of_the_cookie(site):
    client = site.signed_in("board")
    copy = site.client()
    copy.cookies.set("govern", client.cookies["govern"])
    token = site.token(client.get("/").text)

    assert client.post("/sign-out", data={"form_token": token}).headers["location"] == "/sign-in"
    assert copy.get("/board").status_code == 303


def test_who_was_away_for_half_an_hour_signs_in_again(site):
    client = site.signed_in("board")
    site.now += timedelta(minutes=29)
    assert client.get("/board").status_code == 200
    site.now += timedelta(minutes=29)
    assert client.get("/board").status_code == 200
    site.now += timedelta(minutes=30)

    assert client.get("/board").status_code == 303


def test_nobody_stays_longer_than_eight_hours(site):
    client = site.signed_in("board")
    for _ in range(23):
        site.now += timedelta(minutes=20)
        assert client.get("/board").status_code == 200
    site.now += timedelta(minutes=20)

    assert client.get("/board").status_code == 303


def test_a_clock_that_jumps_back_keeps_nobody_signed_in_for_ever(site):
    client = site.signed_in("board")
    site.now -= timedelta(hours=1)

    assert client.get("/board").status_code == 303


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"origin": "http://127.0.0.1:8770", "sec-fetch-site": "same-origin"}, 303),
        ({"origin": "https://elsewhere.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
def test_a_form_is_taken_from_our_own_pages_only(site, headers, status):
    client = site.signed_in("board")
    token = site.token(client.get("/").text)
    sent = client.post("/sign-out", data={"form_token": token}, headers=headers)

    assert status == sent.status_code


def test_a_token_is_of_no_use_in_another_session(site):
    ours, theirs = site.signed_in("board"), site.signed_in("board")
    token = site.token(theirs.get("/").text)

    assert ours.post("/sign-out", data={"form_token": token}).status_code == 403
    assert ours.get("/board").status_code == 200


@pytest.mark.parametrize("told", ["", "0" * 64, "é", "\0"])
def test_a_made_up_token_is_refused_in_words(site, told):
    sent = site.signed_in("board").post("/sign-out", data={"form_token": told})

    assert sent.status_code == 403
    assert "Nothing was done" in sent.text


def test_nobody_can_be_signed_in_as_somebody_else_by_a_form_from_elsewhere(site):
    """Login CSRF: the attacker has a valid link of their own and sends it from the victim."""
    path = site.link("employee")
    token = site.token(site.client().get(path).text)
    victim = site.client()
    victim.get("/sign-in")

    assert victim.post(path, data={"form_token": token}).status_code == 403


def test_cookies_are_closed_to_scripts_and_other_sites(site):
    path, client = site.link("board"), site.client()
    enter(site, client, path)
    set_by = client.get("/sign-in").headers.get_list("set-cookie")
    client.cookies.clear()
    set_by += client.get("/sign-in").headers.get_list("set-cookie")

    for cookie in set_by:
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert "Path=/" in cookie
        assert "domain" not in cookie.lower()


def test_beyond_this_machine_cookies_travel_by_https_and_stay_with_the_host(make_site):
    site = make_site(public_url="https://reviews.example", tls_in_front=True, host="0.0.0.0")
    client = site.client()
    path = site.link("board")
    token = site.token(client.get(path).text)
    sent = client.post(path, data={"form_token": token})
    cookies = sent.headers.get_list("set-cookie")

    assert any(re.match(r"__Host-govern=[\w-]{43}; .*Secure", cookie) for cookie in cookies)
    assert all("Secure" in cookie and "Path=/" in cookie for cookie in cookies)
    assert sent.headers["strict-transport-security"]
    assert client.get("/board").status_code == 200


def test_a_visitor_without_a_role_sees_nothing(site):
    client = site.signed_in()

    assert client.get("/").status_code == 403


def test_sessions_older_than_two_days_are_cleared_away(site):
    client = site.signed_in("board")
    old = key_of(client.cookies["govern"])
    site.now += timedelta(days=3)
    site.signed_in("board")

    assert site.doors.find(old) is None


def test_a_visitor_is_remembered_letter_by_letter(site):
    visitor = Visitor(person="ü'\"; --", name="Ünï <b>", roles=("board",), by="one-time link")
    site.doors.offer("k" * 64, visitor, until=site.now + timedelta(days=1))

    assert visitor == site.doors.take("k" * 64, now=site.now)
