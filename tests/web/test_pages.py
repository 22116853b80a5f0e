"""What the pages say, and what an auditor takes away."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from datetime import timedelta
from html import unescape

import pytest

from govern.app.decision_folder import templates
from govern.canon import sha256
from govern.web.routes import ROUTES
from govern.web.texts import Texts, catalogue


def text_of(answer) -> str:
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_the_board_sees_at_once_what_waits_for_a_second_person(site):
    text = text_of(site.signed_in("board").get("/board"))

    assert "1 decision waits for approval: acorn-drafter 1.0.0 Pass" in text
    assert "1 decision that allows something ends within 30 days: acorn-drafter" in text
    assert "2 waivers and statements run out within 30 days" in text
    assert "cedar-drafter 1.0.0 Not enough evidence" in text
    assert "birch-drafter 1.0.0 Fail" in text


def test_a_decision_says_who_is_missing_and_what_they_type(site):
    acorn = site.decision("acorn")
    text = text_of(site.signed_in("board").get(f"/board/decisions/{acorn}"))

    assert "May “acorn-drafter”, version 1.0.0, be piloted?" in text
    assert "ida-invented, board-chair, says yes" in text
    assert "Still missing: a yes as worker-representative" in text
    assert "Sign-off needs a second person" in text
    assert f"govern approve {acorn} --as worker-representative --conflict" in text
    assert "--not-chosen 'birch-drafter 1.0.0: WHY NOT'" in text
    assert "--as board-chair" not in text


def test_each_clause_stands_with_its_verdict_and_what_the_gate_reads(site):
    birch = site.decision("birch")
    text = text_of(site.signed_in("board").get(f"/board/decisions/{birch}"))

    assert "FAIR-1 Same work, same rating" in text
    assert "0.41 rating points below the other group" in text
    assert "Only a decision that passed and still holds is approved" in text
    assert "govern approve" not in text


def test_a_decision_that_ended_is_not_offered_for_approval(site):
    site.now += timedelta(days=26)
    acorn = site.decision("acorn")
    text = text_of(site.signed_in("board").get(f"/board/decisions/{acorn}"))

    report = site.signed_in("board").get(f"/board/decisions/{acorn}/report").text
    for page in (text, report):
        assert "No longer: it held until" in page
    assert "govern approve" not in text
    assert "waits for approval" not in text_of(site.signed_in("board").get("/board"))


def test_waivers_and_statements_say_how_long_they_hold(site):
    text = text_of(site.signed_in("board").get("/board/acts"))

    assert "COV-1 Until: 6 December 2026 (in 11 days)" in text
    assert "rob-invented" in text
    assert "works-council" in text
    site.now += timedelta(days=12)
    assert "6 December 2026 (ended)" in text_of(site.signed_in("board").get("/board/acts"))


def test_the_bundle_an_auditor_takes_away_is_whole_and_always_the_same(site):
    acorn = site.decision("acorn")
    client = site.signed_in("auditor")
    first = client.get(f"/audit/decisions/{acorn}/folder")
    second = client.get(f"/audit/decisions/{acorn}/folder")
    page = client.get(f"/audit/decisions/{acorn}").text
    folder = site.project.record / "decisions" / acorn
    with zipfile.ZipFile(io.BytesIO(first.content)) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}

    assert first.content == second.content
    assert hashlib.sha256(first.content).hexdigest() in page
    files = {p.relative_to(folder): p for p in folder.rglob("*") if p.is_file()}
    top = f"govern-bundle-{acorn}"
    assert {f"{top}/README.md", f"{top}/manifest.json", f"{top}/record/ledger.jsonl"} < set(held)
    for name, path in files.items():
        assert path.read_bytes() == held[f"{top}/decision/{name}"]
    assert f'attachment; filename="bundle-{acorn}.zip"' == first.headers["content-disposition"]


def test_the_record_is_read_in_order_some_entries_at_a_time(site, monkeypatch):
    monkeypatch.setattr("govern.web.pages_audit.PER_PAGE", 5)
    client = site.signed_in("auditor")
    pages = [text_of(client.get(f"/audit/record?from={first}")) for first in range(0, 30, 5)]
    entries = site.services.records.entries(first=0, count=100)

    assert 22 == entries.total == len(entries.entries)
    assert "Entries 0 to 4" in pages[0]
    assert "Entries 5 to 9" in pages[1]
    assert "Entries 10 to 14" in pages[2]
    assert "Entries 20 to 21" in pages[4]
    assert "There are no entries here" in pages[5]
    for number, entry in enumerate(entries.entries):
        assert entry.digest in pages[number // 5]


@pytest.mark.parametrize("first", ["-1", "x", "99999999999999999999", "1e3", ""])
def test_an_odd_place_in_the_record_is_no_page(site, first):
    assert site.signed_in("auditor").get(f"/audit/record?from={first}").status_code == 404


def test_a_file_keeps_its_address_as_long_as_its_bytes(site):
    client = site.client()
    html = client.get("/sign-in").text
    address = re.search(r'href="(/static/govern\.css\?v=\w+)"', html)[1]
    served = client.get(address)

    assert "immutable" in served.headers["cache-control"]
    assert sha256(served.content).startswith(address.rpartition("=")[2])
    assert "no-cache" == client.get("/static/govern.css?v=old").headers["cache-control"]


def test_every_text_of_the_catalogue_is_used_and_every_use_is_written():
    from importlib.resources import files

    sources = "".join(
        path.read_text()
        for folder in ("templates", ".")
        for path in sorted((files("govern.web") / folder).iterdir())
        if path.suffix in {".j2", ".py"}
    )
    asked = re.findall(r'\bt(\.count)?\(\s*"([\w.-]+\w)"(?! ~)', sources)
    asked = {f"{key}_{form}" for count, key in asked if count for form in ("one", "many")} | {
        key for count, key in asked if not count
    }
    made = tuple(re.findall(r'"(\w+\.\w+_)" ~', sources))
    whole = (
        "dates.",
        "errors.",
        "ask.",
        "areas.",
        "start.",
        "roles.",
        "history.",
        "board.pilot",
        "board.rollout",
    )
    texts = catalogue()
    unused = [
        key
        for key in texts
        if key not in asked
        and not key.startswith((*made, *whole))
        and f'"{key}"' not in sources
        and f'"{re.sub("_(one|many)$", "", key).partition(".")[2]}"' not in sources
    ]

    assert not asked - set(texts)
    assert not unused


def test_every_class_has_a_rule_and_every_rule_a_page():
    from importlib.resources import files

    root = files("govern.web")
    rules = (root / "static" / "govern.css").read_text()
    style = (templates() / "look.css").read_text() + rules
    ruled, ruled_here = (classes_of_style(css) for css in (style, rules))
    used = set()
    for path in (root / "templates").iterdir():
        used |= classes_of_page(path.read_text())

    assert not {one for one in used - ruled if not one.endswith("-")}
    assert not {one for one in ruled_here - used if f"{one.rpartition('-')[0]}-" not in used}
    for made in (one for one in used if one.endswith("-")):
        assert [one for one in ruled if one.startswith(made)], made


def classes_of_style(css: str) -> set[str]:
    """The classes that the selectors of a stylesheet name."""
    without = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    return set(re.findall(r"\.([a-z][\w-]*)", re.sub(r"\{[^{}]*\}", "{}", without)))


def classes_of_page(template: str) -> set[str]:
    """The classes that a template gives; of one that is made, what stands before the made part."""
    found = set()
    plain = re.sub(r"\{%.*?%\}", " ", re.sub(r"\{\{.*?\}\}", "§", template))
    for given in re.findall(r'\bclass="([^"]*)"', plain):
        found |= {one.partition("§")[0] for one in given.split()}
    return found - {""}


def test_each_page_that_navigation_may_name_has_its_words():
    texts = Texts()
    from govern.domain.access import ROLES
    from govern.web.routes import AREAS

    for name in AREAS:
        assert texts(f"areas.{name}")
        assert texts(f"start.{name}")
    for role in ROLES:
        assert texts(f"roles.{role}")
    assert {route.name for route in ROUTES} >= set(AREAS)


def test_text_that_hides_or_reorders_letters_is_written_out(site):
    html = site.signed_in("board", name="Ann\u202egnp.exe").get("/").text

    assert "Ann[U+202E]gnp.exe" in html


def test_an_auditor_sees_how_far_a_decision_can_be_followed_back(site):
    text = text_of(site.signed_in("auditor").get(f"/audit/decisions/{site.decision('acorn')}"))

    assert "The verdicts come out again" in text
    assert "Does not hold" not in text
    assert "with the record's own keys" in text


def test_an_auditor_sees_what_does_not_hold(site, record, tmp_path):
    from dataclasses import replace
    from shutil import copytree

    from govern.app.served import ProjectRecords

    copytree(record.root, tmp_path / "copy")
    copy = replace(record, root=tmp_path / "copy")
    object.__setattr__(site.services, "records", ProjectRecords(copy))
    folder = copy.record / "decisions" / site.decision("acorn")
    summary = folder / "report.html"
    summary.write_text(summary.read_text().replace("Pass", "Fail"))
    text = text_of(site.signed_in("auditor").get(f"/audit/decisions/{folder.name}"))

    assert "Does not hold" in text


def test_an_auditor_takes_the_newest_checkpoint_along(site):
    text = text_of(site.signed_in("auditor").get("/audit"))

    assert "as in the checkpoint that was signed of it" in text
    assert "witnesses of the newest checkpoint: none" in text
    assert site.services.records.log_state(now=site.now).note.split()[0] in text
