"""``govern contest`` and ``govern intake`` as handlers drive them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from govern.testing.contests import review

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
AS_EMPLOYEE = ("--as", "employee", "--person", "emp")
AS_HANDLER = ("--as", "case-handler", "--person", "handler")
STATEMENT = "<script>alert(1)</script>\x1b[2J\u202e and =1+1"


@pytest.fixture
def store(govern, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("GOVERN_STORE_URL", "GOVERN_VAULT_KEY", "GOVERN_VAULT_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delenv("GOVERN_RECORD_URL", raising=False)
    monkeypatch.setattr("govern.cli.context.now", lambda: NOW)
    (project / "govern.toml").touch()
    (project / "reviews.jsonl").write_text(json.dumps(review(ai_role="none").as_json()))
    said = {
        "review_id": "r1",
        "review_version": 1,
        "complaints": [{"ground": "wrong_fact", "statement": STATEMENT}],
        "remedy_sought": "=1+1",
    }
    (project / "contest.json").write_text(json.dumps(said))
    glass = {"person": "dec", "role": "decider", "reason": "nobody else"}
    second = {"second": {"person": "dpo", "role": "data-protection-officer"}}
    (project / "glass.json").write_text(json.dumps(glass | second))
    return project


@pytest.fixture
def case(govern, store: Path) -> str:
    assert govern("intake", "reviews.jsonl").code == 0
    done = govern("contest", "file", "contest.json", *AS_EMPLOYEE, "--json")
    assert done.code == 0, done.err
    return str(done.json["case_id"])


def test_everything_is_told_as_json_and_nothing_else(govern, case, store):
    for line in (
        ("intake", "reviews.jsonl"),
        ("contest", "list", *AS_HANDLER),
        ("contest", "show", case, *AS_EMPLOYEE),
        ("contest", "act", case, "acknowledged", "--set", "handler=handler", *AS_HANDLER),
        ("contest", "export", *AS_HANDLER),
        ("contest", "stats"),
        ("contest", "clock"),
        ("contest", "check"),
        ("contest", "held", "emp", *AS_EMPLOYEE),
        ("contest", "mandate", "--employee", "emp", "--representative", "rep", *AS_EMPLOYEE),
    ):
        done = govern(*line, "--json")
        assert done.code == 0, (line, done.err)
        assert done.json is not None


def test_the_review_and_what_is_due_are_shown_to_whom_they_belong(govern, case):
    mine = govern("contest", "show", case, *AS_EMPLOYEE, "--json").json
    assert mine["visibility"] == "own"
    assert mine["review"]["final"] == review().final
    assert {d["duty"] for d in mine["due"]} >= {"acknowledge", "decide"}


def test_what_became_of_the_draft_is_shown_field_by_field(govern, case):
    shown = govern("contest", "show", case, *AS_EMPLOYEE, "--json").json
    assert shown["put_right"] == []
    [text] = [one for one in shown["draft_to_final"] if one["field"] == "text"]
    assert (text["before"], text["after"]) == (review().draft, review().final)
    assert "From draft to final, text:" in govern("contest", "show", case, *AS_EMPLOYEE).out


def test_a_representative_acts_once_they_were_asked_and_until_it_ends(govern, case):
    as_rep = ("--as", "representative", "--person", "rep")
    mandate = ("contest", "mandate", "--employee", "emp", "--representative", "rep", *AS_EMPLOYEE)
    assert govern("contest", "show", case, *as_rep).code == 2
    assert "rep" in govern(*mandate).out
    assert govern("contest", "show", case, *as_rep).code == 0
    assert "nobody speaks for emp" in govern(*mandate, "--end").out
    assert govern("contest", "show", case, *as_rep).code == 2


def test_two_people_lift_pseudonyms_each_for_themselves(govern, case, store):
    as_auditor = ("--as", "auditor", "--person", "aud")
    as_dpo = ("--as", "data-protection-officer", "--person", "dpo")
    step = {"step": {"kind": "unmasked", "to": "aud", "reason": f"a complaint {STATEMENT}"}}
    (store / "ask.json").write_text(json.dumps(step))
    ask = ("contest", "act", case, "second_asked", "--say", "ask.json", *as_auditor)
    number = str(govern(*ask, "--json").json["seq"])
    shown = govern("contest", "show", case, *as_dpo).out
    assert f"Event {number} waits for a second person: unmasked, asked for by aud." in shown
    assert "\x1b" not in shown
    assert govern("contest", "agree", case, number, *as_auditor).code == 2
    assert govern("contest", "show", case, *as_auditor, "--json").json["review"] is None
    agreed = govern("contest", "agree", case, number, *as_dpo, "--json")
    assert (agreed.code, agreed.json["seq"]) == (0, int(number) + 1)
    seen = govern("contest", "show", case, *as_auditor, "--json").json
    assert (seen["visibility"], seen["review"]["final"]) == ("full", review().final)


def test_a_second_person_can_refuse(govern, case, store):
    step = {"step": {"kind": "broken_glass", "person": "dec", "role": "decider", "reason": "x"}}
    (store / "ask.json").write_text(json.dumps(step))
    ask = ("contest", "act", case, "second_asked", "--say", "ask.json", *AS_HANDLER)
    number = str(govern(*ask, "--json").json["seq"])
    refuse = ("--set", f"asked={number}", "--set", "reason=no", *AS_HANDLER)
    assert govern("contest", "act", case, "second_refused", *refuse).code == 0
    done = govern("contest", "agree", case, number, *AS_HANDLER)
    assert (done.code, done.err.count("\n")) == (2, 1)
    assert "waits for a second person" in done.err


def test_an_officer_hands_out_what_is_held_and_then_forgets_it(govern, case, store):
    as_dpo = ("--as", "data-protection-officer", "--person", "dpo")
    assert "1 contests" in govern("contest", "held", "emp", "--out", "held.json", *as_dpo).out
    assert json.loads((store / "held.json").read_text())["cases"][0]["case_id"] == case
    assert govern("contest", "held", "emp", "--out", "held.txt", *AS_EMPLOYEE).code == 0
    text = (store / "held.txt").read_text()
    assert "<script>alert(1)</script>[U+001B][2J[U+202E]" in text
    assert "Person: dpo" in text
    ground = ("--ground", "GDPR 17(1)(b)")
    forget = ("contest", "forget", "emp", *ground, *as_dpo)
    assert "not erased" in govern(*forget).err
    assert govern("contest", "act", case, "withdrawn", *AS_EMPLOYEE).code == 0
    step = {"step": {"kind": "erased", "ground": "GDPR 17(1)(b)"}}
    (store / "erase.json").write_text(json.dumps(step))
    ask = ("contest", "act", case, "second_asked", "--say", "erase.json", *as_dpo)
    number = str(govern(*ask, "--json").json["seq"])
    assert govern("contest", "agree", case, number, *AS_HANDLER).code == 0
    assert govern(*forget, "--json").json["rows"] >= 1
    assert govern("contest", "held", "emp", *as_dpo, "--json").json["reviews"] == []
    assert govern("contest", "check").code == 0


def test_a_ledger_that_does_not_fit_the_store_is_exit_code_13(govern, case, store):
    assert "agree on 2 events; 0 more" in govern("contest", "check").out
    path = store / "record/leaves.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:-1]))
    done = govern("contest", "check")
    assert (done.code, done.out) == (13, "")
    assert "1 events of the store are not in the ledger" in done.err


def test_what_people_wrote_does_nothing_to_terminal_or_spreadsheet(govern, case):
    shown = govern("contest", "show", case, *AS_HANDLER).out
    assert "<script>alert(1)</script>[U+001B][2J[U+202E]" in shown
    table = govern("contest", "export", *AS_HANDLER).out
    assert '"\'=1+1"' in table
    assert "\x1b" not in shown + table


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (("act", "CASE", "withdrawn", *AS_HANDLER), "employee or representative may"),
        (("act", "CASE", "closed", *AS_HANDLER), "closed cannot happen now"),
        (("act", "CASE", "vanished", *AS_HANDLER), "nothing called 'vanished'"),
        (("act", "CASE", "acknowledged", *AS_HANDLER), "handler"),
        (("act", "CASE", "acknowledged", "--set", "handler", *AS_HANDLER), "name=value"),
        (("act", "CASE", "acknowledged", "--set", "handler=auth", *AS_HANDLER), "takes part"),
        (("act", "CASE", "admitted", "--seen", "1", *AS_HANDLER), "you saw its event 1"),
        (("act", "CASE", "broken_glass", "--say", "glass.json", *AS_HANDLER), "takes two people"),
        (("act", "CASE", "second_asked", "--set", "step=unmasked", *AS_HANDLER), "step"),
        (("agree", "CASE", "2", *AS_HANDLER), "nothing that event 2 asked for"),
        (("agree", "f" * 32, "2", *AS_HANDLER), "no such case"),
        (("act", "f" * 32, "admitted", *AS_HANDLER), "no such case"),
        (("act", "../../etc/passwd", "admitted", *AS_HANDLER), "no such case"),
        (("act", "\udcff\0", "admitted", *AS_HANDLER), "no such case"),
        (("show", "CASE", "--as", "employee", "--person", "mgr"), "no such case"),
        (("show", "CASE", "--as", "employee", "--person", "\udcff"), "text in UTF-8"),
        (("act", "CASE", "remedied", "--set", f"review_version={10**30}", *AS_HANDLER), "version"),
        (("show", "CASE", "--as", "clock", "--person", "clock"), "no such role"),
        (("show", "CASE", "--as", "employee", "--person", " "), "say who you are"),
        (("list", "--state", "lost", *AS_HANDLER), "no state lost"),
        (("file", "reviews.jsonl", *AS_EMPLOYEE), "drafted"),
        (("file", "missing.json", *AS_EMPLOYEE), "missing.json"),
        (("file", "contest.json", "--as", "employee", "--person", "mgr"), "not your review"),
        (("mandate", "--employee", "emp", "--representative", "", *AS_EMPLOYEE), "representative"),
        (("mandate", "--employee", "mgr", "--representative", "rep", *AS_EMPLOYEE), "themselves"),
        (("export", "--out", "cases.xlsx", *AS_HANDLER), "expected .csv or .json"),
        (("held", "emp", *AS_HANDLER), "not case-handler"),
        (("held", "emp", "--out", "held.pdf", *AS_EMPLOYEE), "expected .json or .txt"),
        (("held", "emp", "--out", "no/where.txt", *AS_EMPLOYEE), "cannot be written"),
        (("regressions", "--roster", "r.csv", "--out", "up", *AS_EMPLOYEE), "not employee"),
        (("regressions", "--roster", "r.csv", "--out", "up", *AS_HANDLER), "has not consented"),
        (("act", "CASE", "consented", "--set", "to_reuse=true", *AS_HANDLER), "employee may, not"),
        (("forget", "emp", "--ground", "GDPR 17(1)(b)", *AS_HANDLER), "not case-handler"),
        (("export", "--out", "no/where.csv", *AS_HANDLER), "cannot be written"),
    ],
)
def test_what_may_not_be_is_one_line_and_exit_code_2(govern, case, line, said):
    done = govern("contest", *(case if part == "CASE" else part for part in line))
    assert (done.code, done.out) == (2, "")
    assert said in done.err
    assert done.err.count("\n") == 1
    [one] = govern("contest", "list", *AS_HANDLER, "--json").json
    assert one["case"]["seq"] == 2


def above(*line: str, of: str) -> str:
    """A review without AI, which tells who stands above somebody."""
    told = review(
        review_id=f"r-{of}", employee=of, author=line[0], manager=line[0], line=line, ai_role="none"
    )
    return json.dumps(told.as_json())


def test_from_intake_to_a_changed_review_by_two_independent_deciders(govern, store, monkeypatch):
    own = review(ai_role="none")
    fixed = own.model_copy(update={"version": 2, "final": "You closed 21 tickets."})
    lines = [
        above("other-head", "top-2", of="dec"),
        above("third-head", "top-3", of="app"),
        above("head", "top", of="auth"),
        above("people-head", "top", of="handler"),
        *(json.dumps(one.as_json()) for one in (own, fixed)),
    ]
    (store / "all.jsonl").write_text("\n".join(lines))
    assert govern("intake", "all.jsonl", "--json").json["new_reviews"] == 6
    case = govern("contest", "file", "contest.json", *AS_EMPLOYEE, "--json").json["case_id"]

    def ruling(word: str, *changes: dict[str, str]) -> str:
        one = {"ground": "wrong_fact", "ruling": word, "reason": "the tracker says so"}
        said = {
            "ruling": word,
            "rulings": [one],
            "changes": changes,
            "reasons": "as above",
            "external_routes": ["a court"],
        }
        (store / f"{word}.json").write_text(json.dumps(said))
        return f"{word}.json"

    def act(role: str, person: str, kind: str, *fields: str, say: str = "") -> tuple[int, str]:
        sets = [part for field in fields for part in ("--set", field)]
        more = ("--say", say) if say else ()
        done = govern("contest", "act", case, kind, *sets, *more, "--as", role, "--person", person)
        return done.code, done.err

    opens = ("review_started", "no_conflict=true")
    assert act("case-handler", "handler", "acknowledged", "handler=handler")[0] == 0
    assert act("case-handler", "handler", "admitted")[0] == 0
    assert "they wrote the review" in act("decider", "auth", *opens, "decider=auth")[1]
    assert act("decider", "dec", *opens, "decider=dec")[0] == 0
    assert act("decider", "dec", "decided", say=ruling("rejected"))[0] == 0
    assert "can appeal until" in act("case-handler", "handler", "closed")[1]
    assert act("employee", "emp", "appealed", "statement=Nobody looked.")[0] == 0
    again = ("appeal_started", "no_conflict=true")
    assert "they decided first" in act("appeal-decider", "dec", *again, "decider=dec")[1]
    assert act("appeal-decider", "app", *again, "decider=app")[0] == 0
    change = {"field": "final", "before": own.final, "after": fixed.final}
    assert act("appeal-decider", "app", "final", say=ruling("upheld", change))[0] == 0
    assert "has to be remedied" in act("case-handler", "handler", "closed")[1]
    assert act("case-handler", "handler", "remedied", "review_version=2")[0] == 0
    assert act("case-handler", "handler", "closed")[0] == 0
    end = govern("contest", "show", case, *AS_EMPLOYEE, "--json").json
    assert (end["case"]["state"], end["case"]["remedied_version"]) == ("closed", 2)
    assert end["due"] == []
    changed = {"field": "text", "before": own.final, "after": fixed.final}
    assert end["put_right"] == [changed]


def test_intake_says_what_is_wrong_and_takes_nothing(govern, store):
    (store / "bad.csv").write_text("review_id,version\nr9,zero\n")
    done = govern("intake", "bad.csv")
    assert done.code == 2
    assert "line 2: version" in done.err
    assert govern("intake").code == 2
    assert govern("intake", "reviews.jsonl", "--columns", "final=a").code == 2
    assert govern("intake", "reviews.jsonl", "--json").json["new_reviews"] == 1


def test_a_draft_can_come_from_stdin(govern, store, monkeypatch):
    govern("intake", "reviews.jsonl")
    with (store / "contest.json").open() as stream:
        monkeypatch.setattr("sys.stdin", stream)
        assert govern("contest", "file", "-", *AS_EMPLOYEE).code == 0
