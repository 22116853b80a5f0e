"""``govern link``: how the first of those who work on contests gets in."""

from __future__ import annotations

import sys

import pytest

from govern.app import one_time_links
from govern.cli import main
from govern.domain.contest import Actor
from govern.errors import RunError


@pytest.fixture
def link(site, capsys, monkeypatch):
    """The command as somebody types it in a site's project; its exit code, and what it says."""
    monkeypatch.chdir(site.project.root)
    monkeypatch.setenv("GOVERN_WEB_SECRET", "s" * 32)

    def typed(person="e-60", role="case-handler", by="e-2", days=1):
        told = ["--role", role, "--as", "board", "--person", by, "--days", str(days)]
        monkeypatch.setattr(sys, "argv", ["govern", "link", person, *told])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return ended.value.code, (said.out or said.err).strip()

    return typed


def made(site):
    return [
        read for read in site.contests.store.read_log.reads() if read.what == one_time_links.LINK
    ]


def test_a_link_lets_one_in_as_the_role_that_it_is_for_and_stands_in_the_log(site, link):
    code, address = link()
    path = address.removeprefix("http://127.0.0.1:8770")
    client = site.client()
    sent = client.post(path, data={"form_token": site.token(client.get(path).text)})

    assert (0, 303) == (code, sent.status_code)
    assert 200 == client.get("/handling").status_code
    assert 403 == client.get("/board").status_code
    assert 404 == site.client().get(path).status_code
    [read] = made(site)
    name = site.contests.store.pseudonym("e-60")
    assert (Actor(person="e-2", role="board"), (name, name, "case-handler")) == (
        read.actor,
        read.about[:3],
    )


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"role": "employee"}, "a case handler makes links for others"),
        ({"role": "representative"}, "a case handler makes links for others"),
        ({"role": "clock"}, "expected one of"),
        ({"by": "e-60"}, "nobody makes a link for themselves"),
        ({"days": 0}, "from 1 to 14 days"),
        ({"days": 15}, "from 1 to 14 days"),
    ],
)
def test_no_other_link_is_made(site, link, changed, why):
    code, said = link(**changed)

    assert 2 == code
    assert why in said
    assert "/enter/" not in said
    assert not made(site)


def test_a_link_that_cannot_be_kept_in_the_log_is_not_made(site, link, monkeypatch):
    def full(*_):
        raise RunError("the disk is full")

    monkeypatch.setattr(type(site.contests.store.read_log), "log", full)
    code, said = link()

    assert code
    assert "/enter/" not in said
